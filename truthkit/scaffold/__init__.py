"""``truthkit new``: a workflow's three folders, and in an empty folder a project around them. ``make`` is the entry."""

from truthkit.scaffold.making import Made, make

__all__ = ["Made", "make"]
