"""The files of a new workflow and of a new project, before they are anywhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import truthkit_core
from truthkit.project import Workflow, kit_root
from truthkit.scaffold.names import title

PARTS = Path(__file__).resolve().parent / "parts"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be: its place relative to the project, and its text or the file that it is a copy of."""

    place: Path
    text: str | None = None
    source: Path | None = None

    def write(self, root: Path) -> None:
        file = root / self.place
        file.parent.mkdir(parents=True, exist_ok=True)
        if self.text is not None:
            file.write_bytes(self.text.encode("utf-8"))
        elif self.source is not None:
            shutil.copyfile(self.source, file)
        if self.source is not None:
            # Of the source's mode only what makes a script one: an installed kit may be read-only.
            file.chmod(file.stat().st_mode | self.source.stat().st_mode & 0o111)


def fresh_workflow(name: str) -> Iterator[NewFile]:
    """A small workflow of its own: messages that get one of a few categories."""
    workflow = Workflow(name, Path())
    places = {"template": workflow.template.parent, "lambdas": workflow.lambdas, "samples": workflow.samples}
    for folder, place in places.items():
        for file in sorted((PARTS / "workflow" / folder).iterdir()):
            text = _rendered(f"workflow/{folder}/{file.name}", name=name, package=workflow.package, title=title(name))
            yield NewFile(place / file.name.removesuffix(".j2"), text)


def fresh_project(name: str) -> Iterator[NewFile]:
    """What a project has besides its workflows and what their handlers need; ``name`` is the first one's."""
    facts = {"name": name, "package": name.replace("-", "_"), "version": version("truthkit")}
    yield NewFile(Path(".gitignore"), _rendered("project/gitignore.j2"))
    yield NewFile(Path("README.md"), _rendered("project/README.md.j2", **facts))
    yield NewFile(Path("template.yaml"), (kit_root() / "template.yaml").read_text("utf-8"))


def core() -> Iterator[NewFile]:
    """``lambdas/truthkit_core``, with its license."""
    folder = Path(truthkit_core.__file__).resolve().parent
    place = Path("lambdas") / folder.name
    yield from copies(folder, place)
    yield NewFile(place / "LICENSE", source=kit_root() / "LICENSE")


def layer() -> Iterator[NewFile]:
    """``layers/numpy``."""
    yield from copies(kit_root() / "layers" / "numpy", Path("layers/numpy"))


def copies(folder: Path, place: Path) -> Iterator[NewFile]:
    """The files of a folder at another place, without what is hidden or compiled."""
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            yield NewFile(place.joinpath(*parts), source=file)


def _rendered(template: str, **values: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(PARTS),
        autoescape=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        # {{ and {% are Liquid's.
        variable_start_string="«",
        variable_end_string="»",
        block_start_string="«%",
        block_end_string="%»",
        comment_start_string="«#",
        comment_end_string="#»",
    )
    return environment.get_template(template).render(values)
