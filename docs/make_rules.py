"""Writes the table of rules in docs/check.md from truthkit/lint/rules.py: .venv/bin/python docs/make_rules.py"""

from __future__ import annotations

import re
from pathlib import Path

from truthkit.lint import GROUPS, RULES

PAGE = Path(__file__).resolve().parent / "check.md"
START, END = "<!-- rules: written by docs/make_rules.py -->\n", "<!-- rules: end -->\n"


def page_text(text: str) -> str:
    """``text`` with the table between its marks written anew."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return f"{before}{START}{tables()}{END}{after}"


def tables() -> str:
    parts = []
    for group, title in GROUPS.items():
        rules = [rule for rule in RULES.values() if rule.group == group]
        rows = [
            f"| `{rule.code}` | {rule.severity} | {cell(rule.what)} | {cell(rule.why)} | {cell(rule.cure)} |\n"
            for rule in rules
        ]
        head = "| code | severity | what | why | cure |\n| --- | --- | --- | --- | --- |\n"
        parts.append(f"\n### {title}\n\n{head}{''.join(rows)}")
    return "".join(parts) + "\n"


def cell(text: str) -> str:
    """A text for a cell: Markdown's and HTML's signs are only signs."""
    return re.sub(r"([|*_`\[\]])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page_text(PAGE.read_text("utf-8")), "utf-8")
