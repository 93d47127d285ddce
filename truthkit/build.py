"""From a worker template and its bundles to the file that the service takes.

Inline, the bundle becomes a script that neither Liquid nor the HTML parser takes for its own: `{{`, `{%`, `</script`
and `<!--` are respelled where they stand (in code by a space, in literals by an escape), which changes no value. As an
asset, it is a file of its own with its content's hash in its name, and the page holds the browser to that content.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from truthkit.aws_calls import upload
from truthkit.findings import Finding, TruthkitError, UsageError, excerpt
from truthkit.project import Workflow, bundles_dir
from truthkit.script_tags import Tag, address_of, bundle_name, tags

MAX_CHARACTERS = 128_000
"""A template has fewer characters than this (contract c: ``UiTemplate.Content`` of RenderUiTemplate)."""

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/-]*)?")
# The name changes with the content.
_FOR_EVER = "public, max-age=31536000, immutable"
_LIQUID = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{%.*?%\}|(?P<output>\{\{.*?\}\})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A bundle under the name that its content gives it: ``truthkit/NAME.HASH.js``, with what ``integrity`` says."""

    bundle: str
    path: str
    integrity: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Built:
    """One built template: ``characters`` long, with the kit's ``bundles`` inside, or beside it as ``assets``."""

    workflow: str
    file: Path
    characters: int
    bundles: tuple[str, ...]
    assets: tuple[Path, ...] = ()
    a2i: Path | None = None


def build(workflows: Iterable[Workflow], out: Path, *, assets: str | None = None, a2i: bool = False) -> list[Built]:
    """Write ``<out>/<workflow>.liquid.html`` for each workflow; the same input gives the same bytes.

    Args:
        assets: the address under which ``<out>/assets`` will be served; None: the bundles go into the templates.
        a2i: write ``<out>/<workflow>.a2i.json`` too, the request of Augmented AI's CreateHumanTaskUi.

    Raises TruthkitError with file, line and cure; nothing is written unless every workflow can be built.
    """
    if assets is not None and not _ADDRESS.fullmatch(assets):
        raise UsageError(f"--assets {assets} is no address that begins with https://", "give https://HOST/FOLDER")
    ready = [(workflow, *_built(workflow, _inlined if assets is None else _linked(assets))) for workflow in workflows]
    if not ready:
        raise UsageError(
            "there is no workflow to build", "name one, or run it in a folder with templates/ and lambdas/"
        )
    out.mkdir(parents=True, exist_ok=True)
    built = []
    for workflow, text, bundles in ready:
        file = out / f"{workflow.name}.liquid.html"
        file.write_text(text, encoding="utf-8", newline="")
        files = []
        for asset in map(asset_of, bundles) if assets is not None else ():
            place = out / "assets" / asset.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(asset.content)
            files.append(place)
        request = out / f"{workflow.name}.a2i.json" if a2i else None
        if request is not None:
            content = {"HumanTaskUiName": workflow.name, "UiTemplate": {"Content": text}}
            request.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        built.append(Built(workflow.name, file, len(text), bundles, tuple(files), request))
    return built


def upload_assets(built: Iterable[Built], root: Path, target: str) -> list[str]:
    """Bring the assets below ``root`` to S3, with their type, to be cached for ever; gives the new ones' addresses.

    Raises UsageError for what is no S3 URI, TruthkitError where AWS refuses.
    """
    if not target.startswith("s3://"):
        raise UsageError(f"--upload {target} is no S3 URI", "give --upload s3://BUCKET, with the folder of --assets")
    done = []
    for file in dict.fromkeys(file for one in built for file in one.assets):
        uri = f"{target.rstrip('/')}/{file.relative_to(root).as_posix()}"
        if upload(file, uri, content_type="text/javascript; charset=utf-8", cache=_FOR_EVER):
            done.append(uri)
    return done


def asset_of(bundle: str) -> Asset:
    """The asset that a built bundle is."""
    content = (bundles_dir() / f"{bundle}.js").read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    integrity = base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")
    return Asset(bundle, f"truthkit/{bundle}.{digest}.js", f"sha384-{integrity}", content)


def build_inline(workflow: Workflow) -> str:
    """The workflow's template with each of the kit's bundles as an inline script.

    Scripts of others (the crowd script) stay as they are. Raises TruthkitError for a bundle that is not built, a
    module script, and a result of 128,000 characters or more.
    """
    return _built(workflow, _inlined)[0]


Put = Callable[[str, str, Tag], str]
"""What stands in place of a script: of a template's source, a bundle's name and its tag."""


def _inlined(source: str, bundle: str, tag: Tag) -> str:
    del source, tag
    file = bundles_dir() / f"{bundle}.js"
    return f"<script>{inline_safe(_read(file), str(file))}</script>"


def _linked(assets: str) -> Put:
    def put(source: str, bundle: str, tag: Tag) -> str:
        asset = asset_of(bundle)
        address = f'src="{assets.rstrip("/")}/{asset.path}" integrity="{asset.integrity}" crossorigin="anonymous"'
        parts, at = [], tag.start
        # Liquid may stand between the attributes, so that only these are changed.
        for one in tag.attributes:
            if one.name in ("src", "integrity", "crossorigin"):
                parts += [source[at : one.span.start], address if one is tag.get("src") else ""]
                at = one.span.stop
        return "".join((*parts, source[at : tag.end], "</script>"))

    return put


def _built(workflow: Workflow, put: Put) -> tuple[str, tuple[str, ...]]:
    """The template with its bundles put where their scripts are, and their names."""
    file = workflow.template
    source = _read(file)
    faults: list[Finding] = []
    parts: list[str] = []
    names: list[str] = []
    done = 0
    # Liquid runs first, and its quotes are no page's: a tag of it leaves nothing, an output leaves a text.
    page = _LIQUID.sub(lambda match: ("x" if match["output"] else " ") * len(match[0]), source)
    for tag in tags(page):
        if tag.name != "script":
            continue
        kind, src = tag.get("type"), tag.get("src")
        name = bundle_name(address_of(source, src)) if src else None
        if kind and address_of(source, kind).lower() == "module":
            cure = "load a classic script: leave out type=module"
            faults.append(
                _fault("build-module", "a built template cannot have module scripts", cure, file, source, tag.start)
            )
        elif name:
            if not (bundles_dir() / f"{name}.js").is_file():
                known = ", ".join(sorted(path.stem for path in bundles_dir().glob("*.js"))) or "none"
                what = f"there is no bundle {name!r} (built ones: {known})"
                faults.append(_fault("build-bundle", what, "make build, or mend the name", file, source, tag.start))
                continue
            parts += [source[done : tag.start], put(source, name, tag)]
            names.append(name)
            done = tag.close
    if faults:
        raise TruthkitError.of(faults)
    text = "".join((*parts, source[done:]))
    if len(text) >= MAX_CHARACTERS:
        what = f"the built template has {len(text):,} characters, and must have fewer than {MAX_CHARACTERS:,}"
        cure = "make the template shorter, or load its bundles by their address: --assets https://…"
        raise TruthkitError(Finding("build-size", what, cure, file=str(file), line=1))
    return text, tuple(dict.fromkeys(names))


def _read(file: Path) -> str:
    # Line ends stay as they are: read_text would change them.
    return file.read_bytes().decode("utf-8")


def _fault(code: str, message: str, cure: str, file: Path, source: str, at: int) -> Finding:
    line = source.count("\n", 0, at) + 1
    column = at - source.rfind("\n", 0, at)
    shown = excerpt(source.split("\n")[line - 1], column)
    return Finding(code, message, cure, file=str(file), line=line, column=column, excerpt=shown)


# ---- JavaScript ------------------------------------------------------------------------------------------------------

_RISKY = re.compile(r"\{(?=[{%])|<(?=/script)|<(?=!--)", re.IGNORECASE)
_ESCAPE_OR_BRACE = re.compile(r"(\\?\{(?=[{%]))|\\[\s\S]")
_LINE_END = re.compile(r"[\n\r\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[\w$\u0080-\uffff\\#@]+")
_NUMBER = re.compile(r"\.?\d(?:[\w.]|(?<=[eE])[+-])*")
_STRING = re.compile(r"'(?:[^'\\\n]|\\[\s\S])*'|\"(?:[^\"\\\n]|\\[\s\S])*\"")
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_CHUNK = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*")
_OPERATOR = re.compile(r"=>|\+\+|--|[{}()\[\];,<>=!+\-*%&|^~?:.]")

# After these words a slash begins a regular expression and a brace an object.
_BEFORE_VALUE = frozenset(
    ("await", "case", "default", "delete", "do", "else", "extends", "in", "instanceof", "new", "of", "return")
) | frozenset(("throw", "typeof", "void", "yield"))
_HEADS = frozenset(("if", "while", "for", "with"))
_VALUE_ENDS = frozenset(("word", ")", "]", "literal", "++", "--"))


def inline_safe(code: str, name: str = "script") -> str:
    """``code`` (a classic script) so that it can stand in a Liquid template's ``<script>`` and means the same.

    Only what ``Function.prototype.toString`` and ``RegExp.prototype.source`` show changes. Raises TruthkitError for
    a tagged template whose raw text would change, and for code that is not JavaScript.
    """
    out: list[str] = []
    for kind, text, at in _tokens(code, name):
        if kind == "tagged" and _RISKY.search(text):
            what = "a tagged template has characters that Liquid or HTML would take for their own"
            raise TruthkitError(
                _script_fault("build-tagged", what, "part them by a space or an expression", code, at, name)
            )
        out.append(_escaped(text) if kind == "literal" else text)
    safe = "".join(out)
    if risk := _RISKY.search(safe):
        # Only code that is not JavaScript comes here.
        raise _not_javascript(safe, risk.start(), name)
    return safe


def _escaped(text: str) -> str:
    """A string, template or regular expression with the risky characters written as escapes of the same value.

    The brace before another brace is always a character, in a regular expression too: a quantifier has digits behind
    it. Of `<!--` it is the last hyphen, since `<!` may open a lookbehind and `!-` a range.
    """
    text = _ESCAPE_OR_BRACE.sub(lambda match: "\\x7b" if match[1] else match[0], text)
    text = re.sub(r"<(?=/script)", r"<\\", text, flags=re.IGNORECASE)
    return text.replace("<!--", r"<!-\x2d")


def _tokens(code: str, name: str) -> Iterator[tuple[str, str, int]]:
    """Pieces of ``code`` in order: ``code``, ``literal`` (strings, regular expressions, plain templates), ``tagged``.

    Joined they are ``code``, except that a comment becomes the white space that it stands for.
    """
    at = 0
    before = ""  # the last token that counts: "word", "literal", a keyword, or an operator
    depth: list[str] = []  # what each open bracket is: "head(", "(", "[", "block{", "value{", "${" or "tagged${"
    while at < len(code):
        start = at
        two = code[at : at + 2]
        if match := _SPACES.match(code, at):
            at = match.end()
            yield "code", match[0], start
        elif two == "//" or code.startswith("<!--", at):
            end_of_line = _LINE_END.search(code, at)
            at = end_of_line.start() if end_of_line else len(code)
        elif two == "/*":
            end = code.find("*/", at)
            if end < 0:
                raise _not_javascript(code, at, name)
            at = end + 2
            yield "code", "\n" if _LINE_END.search(code, start, at) else " ", start
        elif match := _STRING.match(code, at):
            at, before = match.end(), "literal"
            yield "literal", match[0], start
        elif code[at] == "`" or (code[at] == "}" and depth and depth[-1].endswith("${")):
            opened = code[at] == "`"
            tagged = (before in _VALUE_ENDS) if opened else depth.pop() == "tagged${"
            match = _CHUNK.match(code, at + 1)
            at = match.end() if match else at
            if code.startswith("${", at):
                at += 2
                depth.append("tagged${" if tagged else "${")
                before = "${"
            elif code.startswith("`", at):
                at += 1
                before = "literal"
            else:
                raise _not_javascript(code, start, name)
            yield "tagged" if tagged else "literal", code[start:at], start
            if before == "${" and code.startswith("{", at):
                yield "code", " ", at
        elif match := _NUMBER.match(code, at):
            at, before = match.end(), "literal"
            yield "code", match[0], start
        elif match := _WORD.match(code, at):
            at = match.end()
            member = before in (".", "?.")
            before = match[0] if not member and match[0] in _BEFORE_VALUE | _HEADS else "word"
            yield "code", match[0], start
        elif code[at] == "/" and before not in _VALUE_ENDS:
            match = _REGEX.match(code, at)
            if match is None:
                raise _not_javascript(code, at, name)
            at, before = match.end(), "literal"
            yield "literal", match[0], start
        elif code[at] == "/":
            at, before = at + 1, "/"
            yield "code", "/", start
        elif match := _OPERATOR.match(code, at):
            at = match.end()
            token = match[0]
            if token in ("(", "["):
                depth.append("head(" if token == "(" and before in _HEADS else token)
                before = token
            elif token == "{":
                depth.append("block{" if _is_block(before) else "value{")
                before = token
            elif token in (")", "]", "}"):
                opened_by = depth.pop() if depth else ""
                # After the head of a statement, and after a block, a value may begin.
                before = {"head(": "head)", "block{": "block}"}.get(opened_by, ")")
            else:
                before = token
            yield "code", token, start
            if _RISKY.match(code, start):
                yield "code", " ", at
        else:
            raise _not_javascript(code, at, name)
    if depth:
        raise _not_javascript(code, len(code), name)


def _is_block(before: str) -> bool:
    """Whether a brace after ``before`` opens statements (or a function's or a class's body), not an object."""
    return before in ("", ")", "head)", "{", "block}", ";", "=>", "else", "do", "word", "literal")


def _script_fault(code: str, message: str, cure: str, script: str, at: int, name: str) -> Finding:
    return Finding(code, message, cure, file=name, line=script.count("\n", 0, at) + 1)


def _not_javascript(code: str, at: int, name: str) -> TruthkitError:
    what = f"the script cannot be read from {code[at : at + 20]!r} on"
    return TruthkitError(_script_fault("build-script", what, "make build: the bundle may be damaged", code, at, name))
