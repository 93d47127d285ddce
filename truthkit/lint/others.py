"""The codes of other commands' findings: told in docs/findings.md, which the wheel carries."""

from __future__ import annotations

import re

from truthkit.project import kit_root

_ROW = re.compile(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (.+) \|$", re.MULTILINE)


def other_codes() -> dict[str, tuple[str, str]]:
    """Every code of ``docs/findings.md``: under which heading it stands, and what it means."""
    text = (kit_root() / "docs" / "findings.md").read_text("utf-8")
    found: dict[str, tuple[str, str]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading = section.split("\n", 1)[0]
        for codes, what in _ROW.findall(section):
            for code in re.findall(r"[a-z-]+", codes):
                found[code] = heading, re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", what).replace("`", "")
    return found
