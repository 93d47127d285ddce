"""Names of files and of classes, as other tools take them."""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

_LONGEST = 200  # bytes of a file's name; file systems take 255, and endings and numbers are added


def relative_names(uris: Sequence[str]) -> list[str]:
    """A file name for each URI, all different: the key without what all keys begin with."""
    keys = [posixpath.normpath("/" + re.sub(r"^[a-z0-9]+://[^/]*/", "", uri)) for uri in uris]
    common = posixpath.commonpath([posixpath.dirname(key) for key in keys]) if keys else "/"
    names = ["/".join(map(_clean, posixpath.relpath(key, common).split("/"))) for key in keys]
    folders = {
        fold("/".join(parts[:end])) for parts in (name.split("/") for name in names) for end in range(len(parts))
    }
    return _different(names, folders)


def flat_names(names: Iterable[str]) -> list[str]:
    """File names without folders, and all different also without their endings."""
    flat = [_clean(name.replace("/", "_")) for name in names]
    stems = _different([posixpath.splitext(name)[0] for name in flat], set(), endings=False)
    return [stem + posixpath.splitext(name)[1] for stem, name in zip(stems, flat, strict=True)]


def folder_names(labels: Iterable[str]) -> list[str]:
    """Names for folders of classes, all different."""
    cleaned = [_clean(re.sub(r'[/:*?"<>|]|^\.+', "_", label)) or "_" for label in labels]
    return _different(cleaned, set(), endings=False)


def plain_names(labels: Sequence[str], unfit: str) -> list[str]:
    """Names of classes without the signs of the pattern ``unfit``, all different; what needs no change has none."""
    plain = {label: re.sub(unfit, "_", label) or "_" for label in labels}
    order = sorted(plain, key=lambda label: plain[label] != label)
    names = dict(zip(order, _different([plain[label] for label in order], set(), endings=False, same=str), strict=True))
    return [names[label] for label in labels]


def fold(name: str) -> str:
    """Equal for names that are one on some file system: with capitals or without, composed or not."""
    return unicodedata.normalize("NFC", name).casefold()


def _clean(name: str) -> str:
    """Without signs that lists of files and other tools' paths cannot hold, and not too long."""
    name = re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029\\]", "_", name)
    if len(name.encode()) <= _LONGEST:
        return name
    stem, ending = posixpath.splitext(name)
    ending = ending if len(ending.encode()) <= 20 else ""
    return stem.encode()[: _LONGEST - len(ending.encode())].decode(errors="ignore") + ending


def _different(
    names: Sequence[str], taken: set[str], *, endings: bool = True, same: Callable[[str], str] = fold
) -> list[str]:
    """The names, with a number before the ending where one is there already; ``same`` tells names that are one."""
    all_names = {same(name) for name in names}
    used, last, found = set(taken), dict[str, int](), []
    for name in names:
        own = name
        if same(own) in used:
            stem, ending = posixpath.splitext(name) if endings else (name, "")
            number = last.get(same(name), 1)
            while same(own) in used or same(own) in all_names:
                number += 1
                own = f"{stem}-{number}{ending}"
            last[same(name)] = number
        used.add(same(own))
        found.append(own)
    return found


def yaml_text(text: str) -> str:
    """A text as YAML: JSON's escapes, but for signs beyond the 16 bits that JSON writes as two."""
    return "".join(json.dumps(sign)[1:-1] if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}" for sign in text).join('""')
