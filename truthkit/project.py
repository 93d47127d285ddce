"""Where a project's rooms are, and what one workflow consists of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from truthkit.findings import Finding, UsageError
from truthkit_core.messages import ContractError
from truthkit_core.strategies import Settings
from truthkit_core.workflow import WorkflowConfig, read_toml

PACKAGE = Path(__file__).resolve().parent


def kit_root() -> Path:
    """The kit's own project: ``truthkit/kit`` in an installed wheel, else the checkout."""
    installed = PACKAGE / "kit"
    return installed if installed.is_dir() else PACKAGE.parent


def is_project(folder: Path) -> bool:
    return (folder / "templates").is_dir() and (folder / "lambdas").is_dir()


def is_installed_kit(folder: Path) -> bool:
    """Whether it is the kit's project of an installed wheel, which is nobody's to change."""
    return folder == PACKAGE / "kit"


def bundles_dir() -> Path:
    """The folder of the built front-end bundles (``<name>.js``)."""
    return kit_root() / "frontend" / "dist"


def contract_finding(error: ContractError) -> Finding:
    """A fault of a workflow's settings."""
    message = ": ".join(filter(None, (error.path, error.problem)))
    return Finding("workflow", message, error.cure, file=error.file, line=error.line)


@dataclass(frozen=True, slots=True)
class HandlerRef:
    """A Lambda handler by path: ``module.function`` inside the folder ``code_root``."""

    code_root: Path
    module: str
    function: str = "lambda_handler"

    @property
    def file(self) -> Path:
        return self.code_root.joinpath(*self.module.split(".")).with_suffix(".py")

    def __str__(self) -> str:
        return f"{self.file}:{self.function}"

    @classmethod
    def parse(cls, text: str) -> HandlerRef:
        """``FILE`` or ``FILE:function``; the file's own folder is the code root, as in a zipped function.

        Raises UsageError if the file is missing or has a name that Lambda cannot import.
        """
        path, colon, function = text.rpartition(":")
        if not colon or not function.isidentifier():
            path, function = text, "lambda_handler"
        file = Path(path).expanduser().resolve()
        if not file.is_file():
            raise UsageError(f"the handler {text} does not exist", "give FILE or FILE:function of a Python file")
        if file.suffix != ".py":
            raise UsageError(f"the handler {text} is not a Python file", "handlers are run as Python")
        # Lambda takes "my.post" for the module post in the package my; its handler names have no blanks. Hyphens do.
        name = re.sub(r"[.\s]+", "_", file.stem)
        if name != file.stem:
            raise UsageError(
                f"the handler {text} has a dot or a blank in its name, so Lambda cannot import it",
                f"rename it to {name}.py",
            )
        return cls(file.parent, file.stem, function)


def check_strategy(post_lambda: HandlerRef | None) -> None:
    """Raise ContractError if the handler is a strategy whose ``workflow.toml`` says what there is not.

    The handler itself would say so only when it is imported, after the workers' work.
    """
    if post_lambda is None or not post_lambda.file.is_file():
        return
    source = post_lambda.file.read_text("utf-8", errors="replace")
    settings = post_lambda.file.with_name("workflow.toml")
    if "Settings.load(" in source and settings.name in source and settings.is_file():
        Settings.load(settings)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One name in three places: ``templates/``, ``lambdas/`` and ``samples/`` of a project."""

    name: str
    root: Path

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def template(self) -> Path:
        return self.root / "templates" / self.name / "template.liquid.html"

    @property
    def lambdas(self) -> Path:
        return self.root / "lambdas" / self.package

    @property
    def samples(self) -> Path:
        return self.root / "samples" / self.name

    @property
    def manifest(self) -> Path:
        return self.samples / "manifest.jsonl"

    @property
    def worker_script(self) -> Path:
        return self.samples / "worker.py"

    @property
    def expected(self) -> Path:
        return self.samples / "expected.jsonl"

    @property
    def gold(self) -> Path:
        return self.samples / "gold.jsonl"

    @property
    def config_file(self) -> Path:
        return self.lambdas / "workflow.toml"

    def config(self) -> WorkflowConfig:
        return WorkflowConfig.load(self.config_file)

    def handler(self, which: str) -> HandlerRef | None:
        """The handler ``pre_annotation`` or ``post_annotation``, None where the workflow has none."""
        ref = HandlerRef(self.root / "lambdas", f"{self.package}.{which}")
        return ref if ref.file.is_file() else None

    def objects(self) -> dict[str, Path]:
        """What ``samples/<workflow>/objects.toml`` maps: S3 prefix to folder. Raises UsageError."""
        file = self.samples / "objects.toml"
        if not file.is_file():
            return {}
        try:
            table = read_toml(file)[0].get("objects", {})
        except ContractError as error:
            raise UsageError(error.problem, error.cure, file=error.file, line=error.line) from None
        if not isinstance(table, dict) or not all(isinstance(folder, str) for folder in table.values()):
            cure = 'write [objects] and below it "s3://BUCKET/PREFIX" = "FOLDER"'
            raise UsageError("objects is not a table of folders", cure, file=str(file))
        return {prefix: (self.samples / folder).resolve() for prefix, folder in table.items()}

    def missing(self) -> list[str]:
        """What the workflow still lacks to be complete, as paths relative to the project."""
        wanted = [
            self.template,
            self.lambdas / "pre_annotation.py",
            self.lambdas / "post_annotation.py",
            self.config_file,
            self.manifest,
            self.worker_script,
        ]
        return [str(path.relative_to(self.root)) for path in wanted if not path.is_file()]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``templates/`` and ``lambdas/``: this repository, a user's own, or the installed kit."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The nearest parent folder with ``templates/`` and ``lambdas/``; outside of any, the kit itself."""
        return cls.around(start or Path.cwd()) or cls(kit_root())

    @classmethod
    def around(cls, folder: Path) -> Project | None:
        """The project that ``folder`` is in, None outside of any."""
        here = folder.resolve()
        return next((cls(one) for one in (here, *here.parents) if is_project(one)), None)

    def workflows(self) -> Iterator[Workflow]:
        """Every workflow that has at least a template, by name."""
        templates = self.root / "templates"
        for folder in sorted(templates.iterdir() if templates.is_dir() else ()):
            if (folder / "template.liquid.html").is_file():
                yield Workflow(folder.name, self.root)

    def workflow(self, name: str) -> Workflow:
        """The workflow ``name`` of this project, else of the kit. Raises UsageError with the nearest name."""
        names = []
        for root in dict.fromkeys((self.root, kit_root())):
            for workflow in Project(root).workflows():
                if workflow.name == name:
                    return workflow
                names.append(workflow.name)
        near = get_close_matches(name, names, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"there is no workflow {name!r}", f"{guess}workflows here: {', '.join(dict.fromkeys(names)) or 'none'}"
        )
