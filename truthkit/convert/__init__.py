"""A job's labels in the formats of other tools, and theirs as what workers start from."""

from truthkit.convert.bring import SOURCES, Brought, bring
from truthkit.convert.convert import TARGETS, Converted, Target, convert

__all__ = ["SOURCES", "TARGETS", "Brought", "Converted", "Target", "bring", "convert"]
