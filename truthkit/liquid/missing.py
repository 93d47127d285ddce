"""Variables that are not there: an error where they would be printed, false where they are tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from liquid.exceptions import UndefinedError
from liquid.token import Token
from liquid.undefined import Undefined

SHOWN = 30


class MissingVariableError(UndefinedError):
    """A missing variable was used where its value counts."""

    def __init__(self, message: str, cure: str, token: Token | None) -> None:
        super().__init__(message, token=token)
        self.cure = cure


class Missing(Undefined):
    """The strict undefined value: tests see nil, ``default`` replaces it, every other use raises."""

    __slots__ = ("at", "parent", "path", "scope")

    def __init__(self, path: list[Any], at: int, parent: Any, scope: Mapping[str, object], token: Token | None) -> None:
        super().__init__(str(path[0]), token=token)
        self.path = path
        self.at = at  # index in the path of the segment that is not there
        self.parent = parent  # what has no such segment; None when the first one is missing
        self.scope = scope

    def poke(self) -> NoReturn:
        message, cure = explain(self.path, self.at, self.parent, self.scope)
        raise MissingVariableError(message, cure, self.token)

    def __str__(self) -> NoReturn:
        self.poke()

    def __iter__(self) -> Iterator[Any]:
        self.poke()

    def __len__(self) -> NoReturn:
        self.poke()

    def __int__(self) -> NoReturn:
        self.poke()

    def __getitem__(self, key: str) -> NoReturn:
        self.poke()

    def __reversed__(self) -> NoReturn:
        self.poke()


def dotted(path: Iterable[Any]) -> str:
    """A path as it is written in a template."""
    first, *rest = path
    parts = [str(first)]
    for segment in rest:
        if isinstance(segment, str) and segment.replace("-", "_").isidentifier():
            parts.append(f".{segment}")
        else:
            parts.append(f"[{segment!r}]")
    return "".join(parts)


def where_half(task_input: Any, half: str) -> list[Any] | None:
    """The path to a text (or a key) of the task input that has the character ``half``."""
    todo: list[tuple[list[Any], Any]] = [(["task", "input"], task_input)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, str) and half in value:
            return path
        if isinstance(value, Mapping):
            for key, item in value.items():
                todo += [([*path, key], item), ([*path, key], key)]
        elif isinstance(value, (list, tuple)):
            todo += [([*path, index], item) for index, item in enumerate(value)]
    return None


def explain(path: list[Any], at: int, parent: Any, scope: Mapping[str, object]) -> tuple[str, str]:
    """Message and cure for the segment ``path[at]`` that ``parent`` has not."""
    name = path[at]
    full = dotted(path[: at + 1])
    task = scope.get("task")
    task_input = task.get("input") if isinstance(task, Mapping) else None
    inputs = task_input if isinstance(task_input, Mapping) else {}

    if at == 0:
        message = f"{full} is not defined: only task is in scope, and {_has('task.input', inputs)}"
        own = [key for key in scope if key != "forloop"]
        return message, _cure(name, {**{key: key for key in own}, **{key: f"task.input.{key}" for key in inputs}})
    before = dotted(path[:at])
    if isinstance(parent, Mapping):
        near = {key: dotted([*path[:at], key]) for key in parent if isinstance(key, str)}
        if before == "task":
            near |= {key: dotted(["task", "input", key]) for key in inputs}
        return f"{full} is missing: {_has(before, parent)}", _cure(name, near)
    if isinstance(parent, (list, tuple)):
        kind = f"a list of {len(parent)}"
    elif isinstance(parent, str):
        kind = "a string"
    elif parent is None:
        kind = "null"
    else:
        kind = "true or false" if isinstance(parent, bool) else "a number"
    return f"{full} is missing: {before} is {kind}", _cure(name, {})


def _has(name: str, value: Mapping[Any, Any]) -> str:
    keys = [str(key) for key in value]
    if not keys:
        return f"{name} is empty"
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return f"{name} has {', '.join(keys[:SHOWN])}{more}"


def _cure(name: Any, near: Mapping[str, str]) -> str:
    """``near`` gives for each name that could have been meant how it is written in full."""
    found = get_close_matches(str(name), near, 1)
    if not found:
        folded = {key.lower(): key for key in near}
        found = [folded[key] for key in get_close_matches(str(name).lower(), folded, 1)]
    guess = f"did you mean {near[found[0]]}? Otherwise " if found else ""
    return f"{guess}put it into the task input, or write | default: '' or an {{% if %}} where it may be absent"
