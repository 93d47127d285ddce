"""What ``truthkit check`` is asked to look at: workflows by name, files and folders by path."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from truthkit.findings import UsageError
from truthkit.lint.python import parse
from truthkit.lint.workflow import is_request
from truthkit.project import HandlerRef, Project, Workflow, kit_root

TEMPLATES = (".liquid.html", ".liquid", ".html", ".htm")
MANIFESTS = (".jsonl", ".manifest", ".ndjson")


@dataclass(frozen=True, slots=True)
class Target:
    """Files that belong together. What is None is not looked at."""

    name: str
    template: Path | None = None
    manifest: Path | None = None
    pre: HandlerRef | None = None
    post: HandlerRef | None = None
    config: Path | None = None
    expected: Path | None = None
    gold: Path | None = None
    worker: Path | None = None
    request: Path | None = None
    sam: Path | None = None
    unknown: Path | None = None
    objects: Mapping[str, Path] = field(default_factory=dict)
    workflow: Workflow | None = None
    project: Path | None = None

    def files(self) -> list[Path]:
        """The files that are looked at."""
        handlers = [ref.file for ref in (self.pre, self.post) if ref is not None]
        samples = (self.manifest, self.expected, self.gold, self.worker)
        own = (self.template, *samples, *handlers, self.config, self.request, self.sam, self.unknown)
        return [file for file in own if file is not None]


def targets_of(
    arguments: Sequence[str], *, project: Path | None = None, objects: Mapping[str, Path] | None = None
) -> list[Target]:
    """The targets of the command's arguments; without any, all workflows of the project. Raises UsageError."""
    here = Project(project.resolve()) if project else Project.find()
    found: list[Target] = []
    files: list[Path] = []
    names = {workflow.name: workflow for root in (kit_root(), here.root) for workflow in Project(root).workflows()}
    for argument in arguments:
        if argument in names and not Path(argument).is_file():
            found.append(_of_workflow(names[argument], objects or {}))
        elif Path(argument).is_dir():
            folder = Path(argument).resolve()
            if (folder / "templates").is_dir() and (folder / "lambdas").is_dir():
                found += _of_project(Project(folder), objects or {})
            else:
                found += _of_folder(folder, objects or {})
        elif Path(argument).exists():
            files.append(Path(argument).resolve())
        else:
            near = get_close_matches(argument, names, 1)
            guess = f"did you mean {near[0]}? " if near else ""
            named = Path(argument).suffix or "/" in argument
            cure = "give a file that exists" if named else f"{guess}workflows here: {', '.join(names) or 'none'}"
            raise UsageError(f"{argument!r} is neither a workflow nor a file", cure)
    if files:
        found += _grouped(files, objects or {})
    if not arguments:
        found += _of_project(here, objects or {})
        if not found:
            raise UsageError(
                "there is no workflow here", "name files, or go into a folder with templates/ and lambdas/"
            )
    return found


def _of_project(project: Project, objects: Mapping[str, Path]) -> list[Target]:
    found = [_of_workflow(workflow, objects) for workflow in project.workflows()]
    sam = project.root / "template.yaml"
    if found and sam.is_file():
        found.append(Target("template.yaml", sam=sam, project=project.root))
    return found


def _of_workflow(workflow: Workflow, objects: Mapping[str, Path]) -> Target:
    return Target(
        workflow.name,
        template=workflow.template,
        manifest=_there(workflow.manifest),
        expected=_there(workflow.expected),
        gold=_there(workflow.gold),
        worker=_there(workflow.worker_script),
        pre=workflow.handler("pre_annotation"),
        post=workflow.handler("post_annotation"),
        config=_there(workflow.config_file),
        objects={**workflow.objects(), **objects},
        workflow=workflow,
        project=workflow.root,
    )


def _there(file: Path) -> Path | None:
    return file if file.is_file() else None


def _workflow_of(file: Path) -> Workflow | None:
    """The workflow of a project that a file belongs to, by its folder."""
    for root in file.parents:
        if (root / "templates").is_dir() and (root / "lambdas").is_dir():
            room, *rest = file.relative_to(root).parts
            if room in ("templates", "samples", "lambdas") and len(rest) > 1:
                workflow = Workflow(rest[0] if room != "lambdas" else rest[0].replace("_", "-"), root)
                if workflow.template.is_file():
                    return workflow
            return None
    return None


def _grouped(files: Iterable[Path], objects: Mapping[str, Path]) -> list[Target]:
    """A workflow's file stands for the workflow; the others are grouped by themselves."""
    workflows: dict[Path, Workflow] = {}
    others: list[Path] = []
    for file in files:
        workflow = _workflow_of(file)
        if workflow is None:
            others.append(file)
        else:
            workflows[workflow.template] = workflow
    found = [_of_workflow(workflow, objects) for workflow in workflows.values()]
    return found + (_of_files(others, objects) if others else [])


def _of_folder(folder: Path, objects: Mapping[str, Path]) -> Iterator[Target]:
    """A folder's files, those of each folder below it by themselves."""
    by_folder: dict[Path, list[Path]] = {}
    for file in sorted(folder.rglob("*")):
        hidden = any(
            part.startswith(".") or part in ("node_modules", "__pycache__") for part in file.relative_to(folder).parts
        )
        if not hidden and file.is_file() and kind_of(file) not in (None, "other"):
            by_folder.setdefault(file.parent, []).append(file)
    if not by_folder:
        raise UsageError(f"{folder} has nothing to check", "give templates, manifests, handlers or workflow.toml")
    workflows: set[Path | None] = set()
    for files in by_folder.values():
        for target in _grouped(files, objects):
            if target.workflow is None or target.template not in workflows:
                workflows.add(target.template)
                yield target


def _of_files(files: Iterable[Path], objects: Mapping[str, Path]) -> list[Target]:
    """Files that fit together (one template, one manifest, one of each handler) are one target."""
    by_kind: dict[str, list[Path]] = {}
    for file in dict.fromkeys(files):
        by_kind.setdefault(kind_of(file) or "other", []).append(file)
    together = ("template", "manifest", "pre", "post", "config", "expected", "gold", "worker")
    single = all(len(by_kind.get(kind, ())) <= 1 for kind in together)
    targets: list[Target] = []
    if single and any(kind in by_kind for kind in together):
        first = next(by_kind[kind][0] for kind in together if kind in by_kind)
        target = Target(first.name.split(".")[0] if first.suffix != ".py" else first.stem, objects=objects)
        for kind in together:
            for file in by_kind.pop(kind, ()):
                target = _with(target, kind, file)
        targets.append(target)
    for kind, found in by_kind.items():
        for file in found:
            targets.append(_with(Target(file.name, objects=objects), kind, file))
    return targets


def _with(target: Target, kind: str, file: Path) -> Target:
    changes: dict[str, Any] = {
        "unknown" if kind == "other" else kind: HandlerRef(file.parent, file.stem) if kind in ("pre", "post") else file
    }
    return replace(target, **changes)


def kind_of(file: Path) -> str | None:
    """A target's field that the file is for; ``other`` of what is for none, None of what is not looked at."""
    name = file.name.lower()
    by_name = {"workflow.toml": "config", "expected.jsonl": "expected", "gold.jsonl": "gold", "worker.py": "worker"}
    if name in by_name:
        return by_name[name]
    if name.endswith(TEMPLATES):
        return "template"
    if name.endswith(MANIFESTS):
        return "manifest"
    if name in ("template.yaml", "template.yml"):
        return "sam"
    if name.endswith(".py"):
        return _kind_of_python(file)
    if name.endswith(".json"):
        return _kind_of_json(file)
    return "other"


def _kind_of_python(file: Path) -> str | None:
    try:
        text = file.read_bytes()[:1_000_000].decode("utf-8", "replace")
    except OSError:
        return "other"
    try:
        defined = any(
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "lambda_handler"
            for node in parse(text).body
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        defined = "lambda_handler" in text
    if not defined:
        return None
    after = len(
        re.findall(r"consolidated?Annotation|annotationData|payload|labelAttributeName|consolidat|\bpost", text)
    )
    before = len(re.findall(r"taskInput|task_input|HumanAnnotationRequired|PreAnnotation|\bpre", text))
    named = "post" if "post" in file.stem else "pre" if "pre" in file.stem else ""
    return named or ("post" if after > before else "pre")


def _kind_of_json(file: Path) -> str | None:
    if file.name.endswith(".input.json"):
        return None
    try:
        text = file.read_bytes()[:4_000_000].decode("utf-8", "replace")
        value = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return "manifest" if "source" in text[:20_000] and "\n" in text.strip() else "other"
    if is_request(value):
        return "request"
    return "manifest" if isinstance(value, dict) and {"source", "source-ref"} & value.keys() else None
