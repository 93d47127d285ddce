"""The library entry of ``truthkit smoke``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from truthkit._object_files import Folder, ObjectFiles
from truthkit.browser import launch_options, require_chromium
from truthkit.event_loop import run_async
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.job.tasks import prepare
from truthkit.manifest import read_manifest
from truthkit.objects import ObjectStore
from truthkit.pages import require_bundles
from truthkit.project import HandlerRef
from truthkit.rendering import read_json_object
from truthkit.smoke.server import Objects
from truthkit.smoke.templates import find_templates
from truthkit.smoke.trial import TemplateResult, try_templates
from truthkit.source import PathLike, require_file

PRE_SECONDS = 30

OnResult = Callable[[TemplateResult, int], None]


def smoke(
    templates: Iterable[PathLike],
    *,
    task_input: PathLike | Mapping[str, Any] | None = None,
    manifest: PathLike | None = None,
    pre_lambda: PathLike | None = None,
    objects: Mapping[str, PathLike] | None = None,
    out: PathLike | None = None,
    seed: int = 0,
    on_result: OnResult | None = None,
) -> list[TemplateResult]:
    """Try templates: each is rendered, filled in with valid values by the automatic worker, submitted, and judged.

    Args:
        templates: template files, and folders of them.
        task_input: the task input of all, an object or a JSON file. Without it and a manifest: ``taskInput`` of the
            file ``NAME.input.json`` beside a template, else one that is made up from what the template reads.
        manifest: its first line that is for people gives the task input of all.
        pre_lambda: ``FILE`` or ``FILE:function``, for the manifest's line.
        objects: ``s3://BUCKET/PREFIX`` to folder; other objects are placeholders.
        out: a folder for a picture and the answer of each template.
        seed: of the worker's chance.
        on_result: called with each result as it comes, and the number of templates.

    Returns the results in the order of the templates.

    Raises:
        UsageError: the call is wrong.
        TruthkitError: the task input, the manifest or the handler is; nothing was tried.
    """
    found = find_templates(Path(path).expanduser() for path in templates)
    if not found:
        raise UsageError("there are no templates", "give template files, or folders of them")
    if task_input is not None and manifest is not None:
        raise UsageError("--task-input and --manifest exclude each other", "give one of them")
    if pre_lambda is not None and manifest is None:
        raise UsageError("--pre-lambda needs a manifest line to make a task input of", "give --manifest FILE")
    folders = {prefix: Path(folder).resolve() for prefix, folder in (objects or {}).items()}
    mapped = [Folder.of(prefix, folder) for prefix, folder in folders.items()]
    pictures = _writable(Path(out).expanduser().resolve()) if out is not None else None
    launch = launch_options(require_chromium())
    require_bundles(found[0].path)
    results: dict[Path, TemplateResult] = {}

    def done(result: TemplateResult) -> None:
        results[result.path] = result
        if on_result:
            on_result(result, len(found))

    with tempfile.TemporaryDirectory(prefix="truthkit-smoke-") as writes:
        given: Mapping[str, Any] | None = None
        if isinstance(task_input, Mapping):
            given = task_input
        elif task_input is not None:
            given = read_json_object(require_file("--task-input", task_input))
        elif manifest is not None:
            given = _first_input(require_file("--manifest", manifest), pre_lambda, folders, Path(writes))
        run_async(
            try_templates(
                found,
                task_input=given,
                objects_of=Objects(
                    ObjectFiles.of(folders, {}, Path(writes)).find,
                    lambda bucket, key: any(folder.path(bucket, key) is not None for folder in mapped),
                ),
                launch=launch,
                seed=seed,
                out=pictures,
                on_result=done,
            )
        )
    return [results[one.path] for one in found]


def _writable(out: Path) -> Path:
    """The folder ``out``, made if need be. Raises UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out} cannot be a folder: {error.strerror or error}", "give another one") from None
    return out


def _first_input(
    manifest: Path, pre_lambda: PathLike | None, folders: Mapping[str, Path], writes: Path
) -> Mapping[str, Any]:
    """The task input of the manifest's first line that people are to see. Raises TruthkitError."""
    faults: list[Finding] = []
    lines = read_manifest(manifest, on_fault=faults.append)
    if pre_lambda is None:
        line = next(lines, None)
        if line is None:
            raise TruthkitError.of(faults)
        return line.data_object
    ref = HandlerRef.parse(str(pre_lambda))
    with ExitStack() as stack:
        store = stack.enter_context(ObjectStore(folders, writes=writes))
        handler = Handler(ref, environment=store.environment(), timeout=PRE_SECONDS)
        stack.callback(handler.close)
        for line in lines:
            prepared = prepare(handler, line.data_object, arn_of("smoke"), about=f"line {line.number}")
            if prepared.human_annotation_required:
                return prepared.task_input
    raise TruthkitError.of(faults or [Finding("no-human-annotation", "no line is for people", file=str(manifest))])
