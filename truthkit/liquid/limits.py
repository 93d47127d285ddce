"""How much one page may take; a template that wants more is told so instead of hanging."""

from __future__ import annotations

MOST_CHARACTERS = 16_000_000
"""Length of a rendered page, and of any text that a filter makes."""
MOST_ITEMS = 500_000
"""Iterations of all loops of one page together, and the length of a range that a filter is given."""
MOST_VARIABLE_BYTES = 32_000_000
"""Size of what ``assign`` and ``capture`` keep."""
MOST_NUMBER_BITS = 4096
MOST_NESTED_BLOCKS = 100
