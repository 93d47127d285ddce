"""``truthkit check``: what is wrong with templates, manifests, handlers and settings, told before a job is paid for.

A module a group of rules (contract, template, manifest, handlers, workflow); ``rules.RULES`` is the one table of them.
"""

from __future__ import annotations

from truthkit.lint.check import Checked, check
from truthkit.lint.others import other_codes
from truthkit.lint.rules import GROUPS, RULES, Rule, explain
from truthkit.lint.targets import Target, targets_of

__all__ = ["GROUPS", "RULES", "Checked", "Rule", "Target", "check", "explain", "other_codes", "targets_of"]
