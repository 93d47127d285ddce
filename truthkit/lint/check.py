"""All rules on all targets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truthkit.elements import Element, is_unknown, load_catalogue
from truthkit.findings import Finding, TruthkitError, UsageError
from truthkit.handlers import Handler
from truthkit.job.spec import arn_of
from truthkit.lint.contract import check_contract, check_field, unused_attribute
from truthkit.lint.expected import Names, check_expected
from truthkit.lint.handlers import check_calls, check_code, check_names, check_post
from truthkit.lint.made_up import answer_of
from truthkit.lint.manifest import Look, check_manifest, look_in_aws, look_in_folders
from truthkit.lint.page import Page
from truthkit.lint.rules import RULES, Place, flaw
from truthkit.lint.samples import MOST_TASKS, Sample, fake_sign, make_samples, unused_attributes
from truthkit.lint.targets import Target
from truthkit.lint.template import TOO_BIG, check_rendered, check_source, load
from truthkit.lint.workers import check_workers
from truthkit.lint.workflow import check_config, check_folders, check_request
from truthkit.liquid import Rendered, Template
from truthkit.liquid.place import Source
from truthkit.manifest import ManifestLine, read_manifest
from truthkit.objects import ObjectStore
from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig

MOST_OF_ONE = 100
"""Findings of one rule in one file."""
MOST_PAGES = 50
"""Pages that are rendered of one manifest, spread over it."""
MOST_RENDERED = 2_000_000
THREADS = 3
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found, in the order of files and lines."""

    targets: tuple[str, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")


def check(targets: Sequence[Target], *, aws: bool = False, advance: Callable[[str], None] | None = None) -> Checked:
    """Check targets; no file of theirs makes it fail.

    Args:
        aws: look for objects that are in no folder in AWS, with the user's own credentials.
        advance: told the name of each target that is done.
    """
    elements = load_catalogue()
    findings: list[Finding] = []
    with ExitStack() as stack:
        writes = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truthkit-")))
        mappings: dict[str, Path] = {}
        for target in targets:
            mappings.update({prefix: folder for prefix, folder in target.objects.items() if folder.is_dir()})
        store = ObjectStore(mappings, writes=writes, aws=aws)
        stack.callback(store.close)
        if any(target.post is not None or target.pre is not None for target in targets):
            store.start()
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))

        def one(target: Target) -> list[Finding]:
            found = list(_safely(target, elements, store, writes, aws))
            if advance is not None:
                advance(target.name)
            return found

        # One process for all of them, beside the others: most of its time is the import of the browser's driver.
        scripts = [target.worker for target in targets if target.worker is not None]
        loaded = pool.submit(lambda: list(check_workers(scripts)))
        for found in pool.map(one, targets):
            findings += found
        findings += loaded.result()
    files = list(dict.fromkeys(str(file) for target in targets for file in target.files()))
    return Checked(tuple(target.name for target in targets), tuple(files), tuple(_tidy(findings)))


def _tidy(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each fault once, by file and line; no rule more than a hundred times a file."""
    seen: set[tuple[object, ...]] = set()
    counts: dict[tuple[str | None, str], int] = {}
    rank = sorted(findings, key=lambda one: (one.file or "", one.line or 0, one.column or 0, _ORDER[one.severity]))
    for finding in rank:
        key = (
            finding.code,
            finding.file,
            finding.line,
            finding.column,
            finding.message if not finding.object_id else "",
        )
        if key in seen:
            continue
        seen.add(key)
        counted = (finding.file, finding.code)
        counts[counted] = counts.get(counted, 0) + 1
        if counts[counted] <= MOST_OF_ONE:
            rule = RULES.get(finding.code)
            yield finding if finding.cure or rule is None else replace(finding, cure=rule.cure)


def _safely(
    target: Target, elements: Mapping[str, Element], store: ObjectStore, writes: Path, aws: bool
) -> Iterator[Finding]:
    try:
        yield from _check(target, elements, store, writes, aws)
    except TruthkitError as error:
        yield from error.findings
    except RecursionError:
        yield flaw("check-file", "the file is nested too deep to be checked", Place(str(target.files()[0])))


def _check(
    target: Target, elements: Mapping[str, Element], store: ObjectStore, writes: Path, aws: bool
) -> Iterator[Finding]:
    config: WorkflowConfig | None = None
    if target.unknown is not None:
        yield flaw("check-file", "this is no file that is checked", Place(str(target.unknown)))
    for file, rules in ((target.config, check_config), (target.request, check_request), (target.sam, check_names)):
        if file is not None:
            source, said = _read(file)
            yield from said
            if source is not None:
                yield from rules(file, source.text)
    if target.workflow is not None:
        yield from check_folders(target.workflow)
    if target.config is not None:
        try:
            config = WorkflowConfig.load(target.config)
        except ContractError:
            config = None
    for ref, which in ((target.pre, "pre"), (target.post, "post")):
        if ref is not None:
            yield from check_code(ref, which, target.project)  # type: ignore[arg-type]
    source, said = _read(target.template) if target.template is not None else (None, [])
    yield from said
    page = template = None
    if source is not None:
        text = source.text if len(source.text) < TOO_BIG else ""
        page = Page(text)
        if len(source.text) >= TOO_BIG:
            yield from (one for one in check_source(source, page, elements) if one.code == "template-size")
        else:
            yield from check_source(source, page, elements)
            template, faults = load(source, page)
            yield from faults
            if config is not None and target.config is not None:
                text = target.config.read_text("utf-8")
                settings = Source(str(target.config), text)
                yield from check_field(source, page, elements, config.consolidation, settings)
    yield from _with_data(target, elements, store, writes, aws, config, source, page, template)


def _read(file: Path) -> tuple[Source | None, list[Finding]]:
    try:
        data = file.read_bytes()
    except OSError as error:
        return None, [flaw("check-file", f"cannot be read: {error.strerror}", Place(str(file)))]
    try:
        return Source(str(file), data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start:,}"
        return None, [
            flaw("liquid-encoding" if file.suffix != ".toml" else "workflow-toml", message, Place(str(file), line))
        ]


def _with_data(
    target: Target,
    elements: Mapping[str, Element],
    store: ObjectStore,
    writes: Path,
    aws: bool,
    config: WorkflowConfig | None,
    source: Source | None,
    page: Page | None,
    template: Template | None,
) -> Iterator[Finding]:
    """What needs the manifest: the tasks, the pages of them, the handlers' results."""
    lines: list[ManifestLine] = []
    told: list[Finding] = []
    if target.manifest is not None:
        try:
            for line in read_manifest(target.manifest, on_fault=told.append):
                if len(lines) < MOST_TASKS:  # a manifest may be larger than memory
                    lines.append(line)
        except UsageError as error:
            told += [replace(one, code="check-file") for one in error.findings]
    yield from told
    arn = arn_of(target.name)
    samples: list[Sample] = []
    with ExitStack() as stack:
        pre = None
        seconds = float(config.pre_timeout_seconds if config else 30)
        if target.pre is not None and lines:
            pre = Handler(target.pre, environment=store.environment(), timeout=seconds)
            stack.callback(pre.close)
        if lines and (template is not None or pre is not None):
            samples = list(make_samples(lines, pre, arn))
        if pre is not None and target.pre is not None:
            yield from check_calls(samples, target.pre, seconds)
            if template is not None and target.manifest is not None:
                for sample, name in unused_attributes(samples[:20], pre, arn):
                    yield unused_attribute(target.manifest, sample, name)
    pages: list[tuple[Sample, Rendered]] = []
    shown_as: dict[str, str] = {}
    if source is not None and page is not None and template is not None:
        before = target.pre.file if target.pre else None
        failed = target.pre is not None and not any(one.task_input is not None for one in samples)
        contract = list(check_contract(source, page, template, [] if failed else samples, before, target.manifest))
        rendered, said = _pages(template, samples, contract)
        pages += rendered
        yield from said
        # What a page really lacks is told as that page's error, not as a branch's warning.
        lacking = {(one.line, one.column) for one in said if one.code == "contract-missing-name"}
        yield from (one for one in contract if one.severity == "error" or (one.line, one.column) not in lacking)
        for sample, made in pages:
            if len(made.html) <= MOST_RENDERED:
                yield from check_rendered(source, made, elements, sample.line.object_id)
                _note_shown(made, shown_as)
        if not samples:
            # Without data what is literal still shows.
            yield from check_rendered(source, _literal(source), elements)
    if target.manifest is not None and lines:
        look: Look = look_in_folders(target.objects)
        label = config.label_attribute if config else None
        every = read_manifest(target.manifest, on_fault=lambda fault: None)
        yield from check_manifest(
            target.manifest, every, label=label, look=look_in_aws(look) if aws else look, shown_as=shown_as
        )
    names = Names(sure=bool(pages))
    for html in [made.html for _, made in pages] or ([_literal(source).html] if source is not None else []):
        names.add_page(Page(html, liquid=False), elements)
    if target.post is not None and pages:
        whole = page is None or not any(is_unknown(node.name, elements) for node in page.nodes)
        told = list(_post(target, pages[:5], elements, store, writes, config, names))
        yield from (one for one in told if whole or one.code != "handler-made-up")
    for right in (target.expected, target.gold):
        if right is not None:
            # Gold may be whole answers, in any form that simulated workers read.
            known = names if right == target.expected and page is not None else None
            label = config.label_attribute if config else None
            yield from check_expected(right, target.manifest, known, label)


def _literal(source: Source) -> Rendered:
    """The template as a page in which whatever Liquid decides is left out."""
    page = Page(source.text)
    text = page.masked
    for start, end in page.outputs:
        text = text[:start] + " " * (end - start) + text[end:]
    parts, done = [], 0
    for node in page.nodes:
        for attribute in node.tag.attributes:
            if page.has_liquid(attribute.span) or "{%" in source.text[attribute.span]:
                parts += [text[done : attribute.span.start], " " * (attribute.span.stop - attribute.span.start)]
                done = attribute.span.stop
    masked = "".join((*parts, text[done:]))
    # Names in different branches are not twice there.
    if "{%" in source.text:
        masked = masked.replace(" name=", " nome=")
    return Rendered(masked, tuple(range(1, source.text.count("\n") + 2)))


def _pages(
    template: Template, samples: Sequence[Sample], contract: Sequence[Finding]
) -> tuple[list[tuple[Sample, Rendered]], list[Finding]]:
    tasks = [sample for sample in samples if sample.task_input is not None]
    step = max(1, len(tasks) // MOST_PAGES)
    found: list[tuple[Sample, Rendered]] = []
    said: list[Finding] = []
    known = {(finding.line, finding.column) for finding in contract if finding.severity == "error"}
    signing = any(finding.code == "contract-not-s3-uri" for finding in contract)
    for sample in tasks[::step][:MOST_PAGES]:
        assert sample.task_input is not None
        try:
            found.append((sample, template.render(sample.task_input, sign=fake_sign)))
        except TruthkitError as error:
            for finding in error.findings:
                if finding.code == "liquid-missing-variable":
                    if (finding.line, finding.column) not in known:
                        said.append(replace(finding.about(sample.line.object_id), code="contract-missing-name"))
                elif finding.code in ("object-uri", "liquid-bad-value") and signing:
                    continue
                else:
                    code = "contract-not-s3-uri" if finding.code == "object-uri" else finding.code
                    said.append(replace(finding.about(sample.line.object_id), code=code))
    return found, said


def _note_shown(made: Rendered, shown_as: dict[str, str]) -> None:
    """Which objects a page shows as what, by their signed addresses."""
    page = Page(made.html, liquid=False)
    for node in page.nodes:
        kind = {"img": "image", "audio": "audio", "video": "video"}.get(node.name)
        if node.name in ("crowd-bounding-box", "crowd-image-classifier", "crowd-image-classifier-multi-select",
                         "crowd-keypoint", "crowd-line", "crowd-polygon", "crowd-polyline",
                         "crowd-semantic-segmentation", "crowd-instance-segmentation"):  # fmt: skip
            kind = "image"
        address = page.value(node, "src") or ""
        if kind and address.startswith("https://s3.amazonaws.com/"):
            shown_as["s3://" + address.removeprefix("https://s3.amazonaws.com/").split("?X-Amz-")[0]] = kind


def _post(
    target: Target,
    pages: Sequence[tuple[Sample, Rendered]],
    elements: Mapping[str, Element],
    store: ObjectStore,
    writes: Path,
    config: WorkflowConfig | None,
    names: Names,
) -> Iterator[Finding]:
    assert target.post is not None
    answers, reliable = [], True
    for _, made in pages:
        answer, sure = answer_of(Page(made.html, liquid=False), elements)
        answers.append(answer)
        reliable = reliable and sure and bool(answer)
    seconds = float(config.post_timeout_seconds if config else 300)
    given: list[Any] = []
    post = Handler(target.post, environment=store.environment(), timeout=min(seconds, 60.0))
    try:
        yield from check_post(
            post,
            [sample for sample, _ in pages],
            answers,
            reliable=reliable,
            name=target.name,
            label=config.label_attribute if config else target.name,
            labels=tuple(config.labels) if config and config.labels else None,
            folder=writes,
            timeout=seconds,
            given=given,
        )
    finally:
        post.close()
    names.add_labels(given)
