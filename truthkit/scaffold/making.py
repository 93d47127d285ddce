"""What ``truthkit new`` makes, all or nothing: written into a hidden folder beside its place, checked, and moved."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from truthkit.aws.sam import functions, update_template, write_beside
from truthkit.findings import UsageError
from truthkit.project import Project, Workflow, is_installed_kit, is_project
from truthkit.scaffold.copying import copied_workflow
from truthkit.scaffold.files import NewFile, core, fresh_project, fresh_workflow, layer
from truthkit.scaffold.names import check_free, check_name

# What may be in a folder that a project is made in, besides what is hidden: a new repository has these.
_WELCOME = {"README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"}


@dataclass(frozen=True, slots=True)
class Made:
    """What there is now; paths are relative to ``root``, the project."""

    root: Path
    workflow: Workflow
    like: Workflow | None
    new_project: bool
    made: tuple[str, ...]
    changed: tuple[str, ...]
    kept: tuple[str, ...]


def make(name: str, *, like: str | None = None, project: Path | None = None) -> Made:
    """Make the workflow ``name``: in the project that the working directory is in, else a project around it.

    Args:
        like: copy this workflow, of the project or the kit; else a small one of its own.
        project: the folder in place of the working directory: a project, or empty.

    Raises UsageError for a name that cannot be or is taken, for a folder that is neither a project nor empty, and for a
    model that there is not; TruthkitError for a ``template.yaml`` that ``truthkit sam`` cannot write.
    """
    check_name(name)
    root, is_new = _place(project)
    check_free(root, name)
    model = Project(root).workflow(like) if like is not None else None
    if model and any(model.handler(f"{which}_annotation") for which in ("pre", "post")):
        model.config()  # a fault is told of the model's file, not the copy's
    files = list(copied_workflow(model, name) if model else fresh_workflow(name))
    around = list(fresh_project(name)) if is_new else []
    kept = [file.place for file in around if (root / file.place).exists()]
    files += [file for file in around if file.place not in kept]
    has_template = is_new or (root / "template.yaml").is_file()
    with _stage(root) as stage:
        _write(files, stage)
        if not (root / "lambdas" / "truthkit_core").exists() and (is_new or _imports_core(stage)):
            _write(core(), stage)
        needs_layer = has_template and any(function.numpy for function in functions(Project(stage)))
        if needs_layer and not (root / "layers" / "numpy").exists():
            _write(layer(), stage)
        if is_new:
            update_template(Project(stage))
        made = sorted(str(file.relative_to(stage)) for file in stage.rglob("*") if file.is_file())
        with _moved(stage, root):
            changed = not is_new and has_template and _update(Project(root))
    return Made(
        root,
        Workflow(name, root),
        model,
        is_new,
        tuple(made),
        ("template.yaml",) if changed else (),
        tuple(map(str, kept)),
    )


def _place(project: Path | None) -> tuple[Path, bool]:
    """The project's folder, and whether it is to be made."""
    here = (project or Path.cwd()).resolve()
    found = Project.around(here) if project is None else Project(here) if is_project(here) else None
    if found is not None:
        if is_installed_kit(found.root):
            raise UsageError("the kit's own workflows are installed, and not to be changed", "run it somewhere else")
        return found.root, False
    others = sorted(one.name for one in here.iterdir() if not one.name.startswith(".") and one.name not in _WELCOME)
    if others:
        shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
        raise UsageError(
            f"{here} is neither empty nor a project: it has {shown}",
            "run it in an empty folder (mkdir labels && cd labels), of which it makes a project, "
            "or in a project, which has templates/ and lambdas/",
        )
    return here, True


def _write(files: Iterable[NewFile], folder: Path) -> None:
    for file in files:
        file.write(folder)


def _imports_core(stage: Path) -> bool:
    sources = (file.read_text("utf-8", errors="replace") for file in (stage / "lambdas").rglob("*.py"))
    return any(re.search(r"(?m)^\s*(?:from|import)\s+truthkit_core\b", source) for source in sources)


@contextmanager
def _stage(root: Path) -> Iterator[Path]:
    """A folder beside the places of what is made, so that it only has to be renamed; gone at the end."""
    stage = Path(tempfile.mkdtemp(prefix=".truthkit-new-", dir=root))
    try:
        yield stage
    finally:
        shutil.rmtree(stage)


@contextmanager
def _moved(stage: Path, root: Path) -> Iterator[None]:
    """What is staged is in its place; back in the stage if that, or what is done then, does not end."""
    folders: list[Path] = []
    moved: list[Path] = []
    try:
        for entry in _entries(stage):
            place = root / entry
            if not place.parent.exists():
                folders.append(place.parent)
                place.parent.mkdir()
            if place.exists():
                raise FileExistsError(errno.EEXIST, "was made by another program meanwhile", str(place))
            moved.append(entry)
            (stage / entry).rename(place)
        yield
    except BaseException:
        for entry in moved:
            if not (stage / entry).exists():
                (root / entry).rename(stage / entry)
        for folder in folders:
            with suppress(OSError):  # not made yet, or somebody's file is in it
                folder.rmdir()
        raise


def _entries(stage: Path) -> list[Path]:
    """What is moved as one: files of the project, and folders in its rooms. Rooms that make it one come last."""
    found = [
        entry.relative_to(stage) for top in stage.iterdir() for entry in (top.iterdir() if top.is_dir() else (top,))
    ]
    return sorted(found, key=lambda entry: (len(entry.parts), entry.parts[0] in ("lambdas", "templates"), entry))


def _update(project: Project) -> bool:
    """``update_template``, undone if it is interrupted."""
    file = project.root / "template.yaml"
    before = file.read_text("utf-8")
    try:
        return update_template(project)
    except BaseException:
        if file.read_text("utf-8") != before:
            write_beside(file, before)
        raise
