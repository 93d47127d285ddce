"""What is wrong with handlers: in their source, in what is deployed of them, and in what they return for samples."""

from __future__ import annotations

import ast
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from truthkit.aws_names import ROLE_ARN
from truthkit.findings import Finding, TruthkitError, excerpt
from truthkit.handlers import Handler
from truthkit.job.spec import OUTPUT_BUCKET, arn_of
from truthkit.lint.python import parse, return_line
from truthkit.lint.rules import Place, flaw
from truthkit.lint.samples import Sample
from truthkit.liquid.place import Source
from truthkit.project import HandlerRef
from truthkit_core.messages import (
    LAMBDA_PAYLOAD_BYTES,
    AnnotatedObject,
    Annotation,
    ContractError,
    PostAnnotationEvent,
    emit_consolidation_request,
    parse_consolidation_response,
)
from truthkit_core.messages import Source as DataSource

Which = Literal["pre", "post"]
INVOKABLE = ("GtRecipe", "LabelingFunction", "SageMaker", "sagemaker", "Sagemaker")
"""What a function's name has that the managed policies let a job invoke (contract b)."""
BATCH = 1_000
"""Objects of a full batch (MaxConcurrentTaskCount)."""

_RUNTIME = frozenset(
    {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "awslambdaric", "__future__"}
)
_DISTRIBUTIONS = {"PIL": "pillow", "yaml": "pyyaml", "cv2": "opencv-python-headless", "sklearn": "scikit-learn",
                  "skimage": "scikit-image", "bs4": "beautifulsoup4", "attr": "attrs"}  # fmt: skip
_KEYS = ("annotationData", "consolidatedAnnotation", "dataObject", "datasetObjectId", "labelAttributeName",
         "labelCategories", "labelingJobArn", "taskInput", "roleArn", "isHumanAnnotationRequired",
         "humanAnnotationRequired")  # fmt: skip
_EVENT_KEYS = (*_KEYS, "outputConfig", "payload", "s3Uri", "version", "kmsKeyId")
_FLAT = {key.lower(): key for key in _EVENT_KEYS}
_MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class SamFunction:
    """A function of ``template.yaml``."""

    logical_id: str
    line: int
    name: str | None
    handler: str
    layers: bool


def sam_functions(text: str) -> list[SamFunction]:
    """The functions of a SAM or CloudFormation template, read by its lines."""
    found: list[SamFunction] = []
    lines = text.split("\n")
    for at, line in enumerate(lines):
        head = re.match(r"(\s+)([A-Za-z0-9]+):\s*(?:#.*)?$", line)
        if head is None:
            continue
        block = []
        for each in lines[at + 1 :]:
            if each.strip() and not each.startswith(head[1] + " "):
                break
            block.append(each)
        if not re.match(r"\s+Type:\s*['\"]?AWS::(?:Serverless|Lambda)::Function\b", next(filter(str.strip, block), "")):
            continue
        body = "\n".join(block)
        name = re.search(r"^\s+FunctionName:\s*(.+?)\s*$", body, re.MULTILINE)
        handler = re.search(r"^\s+Handler:\s*['\"]?([\w./-]+)", body, re.MULTILINE)
        layers = re.search(r"^\s+Layers:", body, re.MULTILINE) is not None
        name_line = at + 2 + body[: name.start()].count("\n") if name else at + 1
        if name is not None and body[name.start() : name.start() + 1] == "\n":
            name_line += 1
        found.append(SamFunction(head[2], name_line, name[1] if name else None, handler[1] if handler else "", layers))
    return found


def check_names(file: Path, text: str) -> Iterator[Finding]:
    """Functions that look like a workflow's and that a job's role may not invoke."""
    source = Source(str(file), text)
    if re.search(r"lambda:(?:InvokeFunction|\*)", text) and "GroundTruthExecution" not in text:
        return  # it has a policy of its own
    for function in sam_functions(text):
        if not re.search(r"annotation|(?:^|[._/-])(?:pre|post)(?:[._-]|$)|lambda_handler", function.handler):
            continue
        name = function.name or function.logical_id
        if any(word in name for word in INVOKABLE):
            continue
        message = f"the managed policies let no job invoke {name.removeprefix('!Sub ')}"
        cure = "put LabelingFunction into the name, or give the job's role lambda:InvokeFunction on it"
        yield flaw("handler-name", message, Place.of_line(source, function.line), cure)


# ---- the source ------------------------------------------------------------------------------------------------------


def check_code(ref: HandlerRef, which: Which, project: Path | None) -> Iterator[Finding]:
    """What shows in the handler's source, and imports that what is deployed lacks."""
    file = ref.file
    try:
        text = file.read_bytes().decode("utf-8-sig")
        tree = parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        message = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}"
        yield flaw("handler-syntax", message, Place(str(file), line))
        return
    except (RecursionError, MemoryError):
        yield flaw("handler-syntax", "the code is nested too deep", Place(str(file), 1))
        return
    except OSError as error:
        yield flaw("check-file", f"cannot be read: {error.strerror}", Place(str(file)))
        return
    source = Source(str(file), text)
    yield from _definition(tree, source, ref)
    for node in ast.walk(tree):
        yield from _keys(node, source, which, text)
        yield from _calls(node, source)
    yield from _imports(tree, source, ref, project)


def _at(source: Source, node: ast.AST) -> Place:
    number = getattr(node, "lineno", 1)
    lines = source.text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    column = len(line.encode("utf-8", "replace")[: getattr(node, "col_offset", 0)].decode("utf-8", "replace")) + 1
    return Place(source.name, number, column, excerpt(line, column))


def _definition(tree: ast.Module, source: Source, ref: HandlerRef) -> Iterator[Finding]:
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name == ref.function:
            yield flaw("handler-async", f"{node.name} is async", _at(source, node))
        elif isinstance(node, ast.FunctionDef) and node.name == ref.function:
            arguments = node.args
            positional = len(arguments.posonlyargs) + len(arguments.args)
            needed = positional - len(arguments.defaults)
            if not arguments.vararg and not needed <= 2 <= positional and not node.decorator_list:
                message = (
                    f"{node.name} takes {positional} argument{'s' if positional != 1 else ''}, and is called with 2"
                )
                yield flaw("handler-arguments", message, _at(source, node))


def _member(node: ast.AST) -> tuple[ast.expr, str, bool] | None:
    """The owner and the key of ``owner["key"]`` and ``owner.get("key")``, and whether it must be there."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.value, node.slice.value, True
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ):
        return node.func.value, node.args[0].value, False
    return None


def _keys(node: ast.AST, source: Source, which: Which, text: str) -> Iterator[Finding]:
    if isinstance(node, ast.Constant) and node.value == "s3uri":
        yield flaw("handler-s3uri", "the key is s3Uri, with a capital U", _at(source, node))
    if which == "post" and isinstance(node, ast.Dict):
        for written in node.keys:
            if written is not None and _ends_with_metadata(written):
                message = "the service replaces LABEL-metadata by its own"
                yield flaw("handler-metadata", message, _at(source, written))
    found = _member(node)
    if found is None:
        return
    owner, key, must = found
    inner = _member(owner)
    right = _FLAT.get(re.sub(r"[_-]", "", key).lower())
    of_event = isinstance(owner, ast.Name) and owner.id == "event"
    if right and right != key and right != "s3Uri" and (right in _KEYS or of_event):
        yield flaw("handler-key", f"the service's key is {right}, not {key}", _at(source, node), f"write {right}")
    elif of_event and must and key not in _EVENT_KEYS and (near := get_close_matches(key, _EVENT_KEYS, 1, 0.85)):
        yield flaw("handler-key", f"the event has no key {key}", _at(source, node), f"did you mean {near[0]}?")
    looked_for = re.search(r"[\"']labelCategories[\"']\s+in\b|except\s+(?:\(.*)?KeyError", text)
    if key == "labelCategories" and must and isinstance(getattr(node, "ctx", None), ast.Load) and not looked_for:
        yield flaw("handler-categories", "an event may have no labelCategories", _at(source, node))
    if inner is not None and inner[1] == "content":
        innermost = _member(inner[0])
        if innermost is not None and innermost[1] == "annotationData":
            message = f"content is JSON text: it has no member {key!r} before json.loads"
            yield flaw("handler-content", message, _at(source, node))
    if which == "post" and inner is not None and inner[1] == "dataObject" and key not in ("content", "s3Uri", "s3uri"):
        message = f"dataObject of a consolidation request has no {key!r}: only content or s3Uri"
        yield flaw("handler-data-object", message, _at(source, node))


def _ends_with_metadata(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _ends_with_metadata(node.right)
    if isinstance(node, ast.JoinedStr):
        return bool(node.values) and len(node.values) > 1 and _ends_with_metadata(node.values[-1])
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("-metadata")


def _calls(node: ast.AST, source: Source) -> Iterator[Finding]:
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    if not re.search(r"(?:client|resource|Session)$", called):
        return
    for keyword in node.keywords:
        if keyword.arg == "profile_name" or (
            keyword.arg in ("aws_access_key_id", "aws_secret_access_key", "endpoint_url")
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is not None
        ):
            yield flaw("handler-credentials", f"{keyword.arg} stands in code", _at(source, keyword.value))


# ---- what is deployed ------------------------------------------------------------------------------------------------


def _imports(tree: ast.Module, source: Source, ref: HandlerRef, project: Path | None) -> Iterator[Finding]:
    root = ref.code_root
    brought = _requirements(root / "requirements.txt")
    layered: set[str] | None = None
    if project is not None and (sam := project / "template.yaml").is_file():
        try:
            functions = [
                one for one in sam_functions(sam.read_text("utf-8")) if one.handler.startswith(f"{ref.module}.")
            ]
        except (OSError, ValueError):
            functions = []
        if functions and functions[0].layers:
            layered = set()
            for file in sorted((project / "layers").glob("*/requirements.txt")):
                layered |= _requirements(file)
        elif functions:
            layered = set()
    todo = [(tree, source, True)]
    seen = {ref.file.resolve()}
    told: set[str] = set()
    while todo and len(seen) < _MOST_FILES:
        module, place, whole = todo.pop()
        for node, name in _imported(module, whole):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top in _RUNTIME:
                continue
            found = _file_of(root, name)
            if found is not None:
                if found.resolve() not in seen:
                    seen.add(found.resolve())
                    try:
                        text = found.read_text("utf-8")
                        todo.append((parse(text), Source(str(found), text), False))
                    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
                        pass
                continue
            if (root / top).is_dir() or (root / f"{top}.py").is_file():
                continue
            distribution = _DISTRIBUTIONS.get(top, top).lower().replace("_", "-")
            if distribution in brought or (layered is not None and distribution in layered) or top in told:
                continue
            told.add(top)
            by = "" if place is source else f" (which {ref.file.name} imports)"
            message = f"{top} is imported{by}, and neither Lambda nor the code root has it"
            severity: Literal["error", "warning"] = "warning" if layered is None and project is None else "error"
            if severity == "warning":
                message += "; a layer would have to bring it"
            yield flaw("handler-artefact", message, _at(place, node), severity=severity)


def _requirements(file: Path) -> set[str]:
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError):
        return set()
    names = re.findall(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)", text, re.MULTILINE)
    return {name.lower().replace("_", "-") for name in names}


def _imported(tree: ast.Module, whole: bool) -> Iterator[tuple[ast.AST, str]]:
    """The absolute imports of a module: all, or those that run when it is imported; not the optional ones."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module:
                yield node, node.module
        elif isinstance(node, ast.Try) and any(_catches_import(handler) for handler in node.handlers):
            continue
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo.extend(node.orelse)
        elif whole or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            todo.extend(
                child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt | ast.ExceptHandler)
            )


def _catches_import(handler: ast.ExceptHandler) -> bool:
    return (
        handler.type is None
        or re.search(r"ImportError|ModuleNotFoundError|Exception\b", ast.unparse(handler.type)) is not None
    )


def _file_of(root: Path, name: str) -> Path | None:
    base = root.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


# ---- what they return ------------------------------------------------------------------------------------------------


def check_calls(samples: Sequence[Sample], ref: HandlerRef, timeout: float) -> Iterator[Finding]:
    """What the pre-annotation handler did with the samples; each fault once, with the first line that has it."""
    told: set[tuple[str, str | None, int | None]] = set()
    for sample in samples:
        for finding in sample.findings:
            key = (finding.code, finding.file, finding.line)
            if key not in told:
                told.add(key)
                yield _placed(_as_attribute(finding, sample, ref), ref)
    slowest = max(samples[1:], key=lambda sample: sample.seconds, default=None)
    if slowest is not None and slowest.seconds > timeout / 2:
        message = f"line {slowest.line.number} took {slowest.seconds:.1f} of {timeout:g} seconds"
        yield flaw("handler-slow", message, Place(str(ref.file)), object_id=slowest.line.object_id)


def _placed(finding: Finding, ref: HandlerRef) -> Finding:
    """A fault of the result at the handler's return: no line of it failed."""
    if finding.line is not None or finding.file != str(ref.file):
        return finding
    line, text = return_line(ref)
    return replace(finding, line=line, excerpt=excerpt(text, None)) if line else finding


def _as_attribute(finding: Finding, sample: Sample, ref: HandlerRef) -> Finding:
    """A KeyError for an attribute that the line lacks, told as what it is."""
    item = sample.line.data_object
    key = re.fullmatch(r"KeyError: ['\"](.+)['\"]", finding.message)
    core = re.search(r"dataObject[.:\s]+['\"]?([\w-]+)['\"]?:? is missing|dataObject\.([\w-]+)", finding.message)
    name = key[1] if key else (core[1] or core[2]) if core and "missing" in finding.message else None
    if finding.code != "handler-error" or name is None or name in item or name in _EVENT_KEYS or finding.line is None:
        return finding
    near = get_close_matches(name, item, 1)
    has = ", ".join(item)
    guess = f"did you mean {near[0]}? " if near else ""
    message = f"the handler reads {name!r}, and line {sample.line.number} of the manifest has only {has}"
    text = finding.excerpt.split("\n")
    shown = "\n".join(text[-2:]) if len(text) > 1 else finding.excerpt
    place = Place(finding.file or str(ref.file), finding.line, finding.column, shown)
    return flaw("contract-missing-attribute", message, place, f"{guess}Add it to the lines, or read it with .get()",
                object_id=sample.line.object_id)  # fmt: skip


def check_post(
    post: Handler,
    samples: Sequence[Sample],
    answers: Sequence[dict[str, Any]],
    *,
    reliable: bool,
    name: str,
    label: str,
    labels: tuple[str, ...] | None,
    folder: Path,
    timeout: float,
    given: list[Any],
) -> Iterator[Finding]:
    """What the post-annotation handler returns for made-up answers of three workers.

    Args:
        samples: the objects; ``answers`` has one for each.
        reliable: whether the answers are surely of the shape that the page gives.
        folder: where the object store reads what was written (``<folder>/<bucket>/<key>``).
        given: takes the labels that it returns.
    """
    objects = []
    for sample, answer in zip(samples, answers, strict=True):
        text = json.dumps(answer, sort_keys=True)
        item = sample.line.data_object
        data = DataSource(content=item["source"]) if "source" in item else DataSource(s3_uri=item["source-ref"])
        workers = tuple(Annotation(f"private.us-east-1.check{number}", content=text) for number in range(3))
        objects.append(AnnotatedObject(sample.line.object_id, data, workers))
    key = f"{name}/annotations/consolidated-annotation/consolidation-request/iteration-1/request.json"
    request = folder / OUTPUT_BUCKET / key
    line, text = return_line(post.ref)
    place = Place(str(post.ref.file), line, excerpt=excerpt(text, None) if line else "")
    began = time.monotonic()
    try:
        request.parent.mkdir(parents=True, exist_ok=True)
        request.write_text(json.dumps(emit_consolidation_request(objects)), "utf-8")
        event = PostAnnotationEvent(
            labeling_job_arn=arn_of(name),
            label_attribute_name=label,
            payload_s3_uri=f"s3://{OUTPUT_BUCKET}/{key}",
            role_arn=ROLE_ARN,
            label_categories=labels,
            output_config=f"s3://{OUTPUT_BUCKET}/{name}/annotations",
        )
        result = post.invoke(event.to_json(), about="check")
        made, warnings = parse_consolidation_response(result, [one.dataset_object_id for one in objects], label)
        given += [one.content[label] for one in made]
    except TruthkitError as error:
        for finding in error.findings:
            if finding.code == "handler-error" and not reliable:
                yield replace(finding, code="handler-made-up", severity="info")
            else:
                yield _placed(finding, post.ref)
        return
    except ContractError as error:
        message = f"what the handler returned: {error.path}: {error.problem}"
        yield flaw("post-annotation-contract", message, place, error.cure)
        return
    seconds = time.monotonic() - began
    for warning in warnings:
        if "left out of the response" in warning and not reliable:
            continue
        yield flaw("post-annotation-contract", warning, place, "return one entry for each object of the request",
                   severity="warning")  # fmt: skip
    if seconds > timeout / 2:
        yield flaw("handler-slow", f"{len(objects)} objects took {seconds:.1f} of {timeout:g} seconds", place)
    size = len(json.dumps(result)) / max(1, len(objects))
    if size * BATCH > LAMBDA_PAYLOAD_BYTES:
        message = f"{size:,.0f} bytes an object: {BATCH:,} objects pass {LAMBDA_PAYLOAD_BYTES:,} bytes"
        yield flaw("handler-response-size", message, place)
