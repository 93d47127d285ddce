"""What render, preview and run start from: a workflow by name, or its files by path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from truthkit.findings import TruthkitError, UsageError
from truthkit.project import HandlerRef, Project, Workflow, contract_finding
from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig

PathLike = str | Path


@dataclass(frozen=True, slots=True)
class Source:
    """A workflow, or files by path: what render, preview and run start from. Paths are absolute."""

    name: str
    template: Path
    manifest: Path
    pre_lambda: HandlerRef | None
    post_lambda: HandlerRef | None
    objects: tuple[tuple[str, Path], ...]
    workflow: Workflow | None = None

    @classmethod
    def of(
        cls,
        workflow: str | None,
        template: PathLike | None,
        manifest: PathLike | None,
        pre_lambda: PathLike | None,
        post_lambda: PathLike | None,
        objects: Mapping[str, PathLike] | None,
        project: PathLike | None = None,
    ) -> Source:
        """Resolve the arguments; what is given by path goes before the workflow's own. Raises UsageError."""
        if workflow is None and template is None:
            raise UsageError("neither a workflow nor a template is given", "name a workflow, or --template FILE")
        named = None
        if workflow is not None:
            root = Project(Path(project).resolve()) if project is not None else Project.find()
            named = root.workflow(workflow)
        template_file = (
            require_file("--template", template) if template is not None else named.template if named else None
        )
        assert template_file is not None
        mappings = dict(named.objects()) if named else {}
        mappings.update({prefix: Path(folder).resolve() for prefix, folder in (objects or {}).items()})
        for prefix, folder in mappings.items():
            if not folder.is_dir():
                raise UsageError(f"the folder {folder} for {prefix} does not exist", "give --objects s3://…=FOLDER")
        if manifest is None:
            if named is None:
                raise UsageError("there is no manifest", "give --manifest FILE or s3://…")
            manifest_file = require_file("the workflow's manifest", named.manifest)
        elif str(manifest).startswith("s3://"):
            manifest_file = _mapped("--manifest", str(manifest), mappings)
        else:
            manifest_file = require_file("--manifest", manifest)
        pre = named.handler("pre_annotation") if named else None
        post = named.handler("post_annotation") if named else None
        return cls(
            name=named.name if named else _job_name(template_file),
            template=template_file,
            manifest=manifest_file,
            pre_lambda=HandlerRef.parse(str(pre_lambda)) if pre_lambda is not None else pre,
            post_lambda=HandlerRef.parse(str(post_lambda)) if post_lambda is not None else post,
            objects=tuple(mappings.items()),
            workflow=named,
        )

    @property
    def config(self) -> WorkflowConfig | None:
        """The workflow's ``workflow.toml``, None without a workflow. Raises TruthkitError where it is wrong."""
        if self.workflow is None or not self.workflow.config_file.is_file():
            return None
        try:
            return self.workflow.config()
        except ContractError as error:
            raise TruthkitError(contract_finding(error)) from None

    @property
    def worker_script(self) -> Path | None:
        script = self.workflow.worker_script if self.workflow else None
        return script if script is not None and script.is_file() else None

    @property
    def gold_places(self) -> tuple[Path | None, Path | None]:
        """The samples' folder and its expected labels, as far as they belong to the manifest."""
        own = self.workflow is not None and self.manifest == self.workflow.manifest
        return (self.workflow.samples if own and self.workflow else None), self.expected

    @property
    def expected(self) -> Path | None:
        """The gold labels, which only belong to the workflow's own manifest."""
        if self.workflow is None or self.manifest != self.workflow.manifest:
            return None
        return self.workflow.expected if self.workflow.expected.is_file() else None


def _job_name(template: Path) -> str:
    """A labeling job's name from the template's: letters, digits, hyphens, 63 at most."""
    stem = template.name.split(".")[0]
    if stem == "template":
        stem = template.parent.name
    name = re.sub(r"[^a-zA-Z0-9]+", "-", stem).strip("-")[:63].strip("-")
    return name or "job"


def require_file(what: str, path: PathLike) -> Path:
    """The absolute path of a file that is there. Raises UsageError."""
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise UsageError(f"{what}: {path} does not exist", "give the path of a file")
    return file


def _mapped(what: str, uri: str, mappings: Mapping[str, Path]) -> Path:
    """The local file behind an S3 URI."""
    for prefix, folder in sorted(mappings.items(), key=lambda item: -len(item[0])):
        base = prefix.rstrip("/") + "/"
        if uri.startswith(base):
            return require_file(f"{what} {uri}", folder / uri[len(base) :])
    raise UsageError(f"{what} {uri} lies in no mapped folder", "map its bucket: --objects s3://BUCKET/PREFIX=FOLDER")
