"""The table of rules: every example breaks its rule, every rule is told, and the page of it is not stale."""

from __future__ import annotations

import re

import pytest

from tests.documents import DOCS
from tests.lint.bench import SCRIPT, check_all
from truthkit.findings import Finding
from truthkit.lint import GROUPS, RULES, explain

PLAIN = {
    "template.liquid.html": "<p>{{ task.input.text }}</p> <crowd-input name=\"said\"></crowd-input>",
    "manifest.jsonl": '{"source": "a text", "text": "a text with \\"quotes\\""}\n',
}  # fmt: skip
SETTINGS = {"title": '"Tone"', "description": '"Choose the tone"', "task_time_limit_seconds": "900"}
EXAMPLES = [code for code, rule in RULES.items() if rule.example]


def files_of(code: str) -> dict[str, str]:
    """An example as whole files."""
    files = {**PLAIN, **RULES[code].example}
    template = files["template.liquid.html"]
    if code == "template-size":
        template += " " * 128_000
    if not re.search(r"<crowd-(?:form|entity)|<form", template):
        template = f"<crowd-form>{template}</crowd-form>"
    files["template.liquid.html"] = template if template.startswith("<!doctype") else SCRIPT + template
    if "workflow.toml" in files and code != "workflow-missing":
        own = files["workflow.toml"]
        base = [
            f"{key} = {value}\n" for key, value in SETTINGS.items() if not re.search(rf"^{key}\b", own, re.MULTILINE)
        ]
        files["workflow.toml"] = "".join(base) + own
    return files


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    whole = f"{SCRIPT}<crowd-form>{PLAIN['template.liquid.html']}</crowd-form>"
    cases = {code: files_of(code) for code in EXAMPLES}
    return check_all(tmp_path_factory.mktemp("examples"), {**cases, "plain": {**PLAIN, "template.liquid.html": whole}})


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_breaks_the_rule(found: dict[str, list[Finding]], code: str) -> None:
    own = [finding for finding in found[code] if finding.code == code]
    assert own, found[code]
    # By path nobody knows which layers a function has.
    assert own[0].severity == ("warning" if code == "handler-artefact" else RULES[code].severity)
    assert all(finding.cure and finding.file for finding in own)


def test_what_the_examples_are_made_of_has_no_fault(found: dict[str, list[Finding]]) -> None:
    assert found["plain"] == []


def test_every_code_that_is_found_is_a_rule(found: dict[str, list[Finding]]) -> None:
    assert {finding.code for findings in found.values() for finding in findings} <= RULES.keys()


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(code: str) -> None:
    rule = RULES[code]
    assert rule.group in GROUPS
    assert min(map(len, (rule.what, rule.why, rule.cure))) > 5
    text = explain(code)
    assert text.startswith(f"{code} ({rule.severity})\n")
    assert "Why: " in text
    assert "Cure: " in text
    assert ("Example, " in text) == bool(rule.example)


def test_the_page_of_the_rules_is_that_of_the_table() -> None:
    """``docs/make_rules.py`` writes it anew."""
    from docs.make_rules import page_text

    text = (DOCS / "check.md").read_text("utf-8")
    assert text == page_text(text)
