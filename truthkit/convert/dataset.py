"""What a converter is given: the examples of each set, the classes, and where pictures and texts lie."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from truthkit.convert.labels import Example, Kind, Label
from truthkit.convert.objects import Objects
from truthkit.convert.pixels import picture_size


@dataclass(slots=True)
class Dataset:
    """Labeled examples, ready to be written.

    ``sets`` has the examples by the set's name, "" where nothing is split. ``classes`` are in the order that class
    numbers follow. ``told`` counts what the target does not hold, by what is said of it.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...]
    sets: dict[str, list[Example]]
    objects: Objects
    copy_pictures: bool = True
    told: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = file_names(one.source_ref for one in self.examples() if one.source_ref is not None)

    def examples(self) -> Iterator[Example]:
        for examples in self.sets.values():
            yield from examples

    def number(self, label: str) -> int:
        """The place of a class, from 0."""
        return self.classes.index(label)

    def file_name(self, example: Example) -> str:
        """A picture's name in the converted data set: its key without what all keys begin with."""
        assert example.source_ref is not None
        return self.names[example.source_ref]

    def picture(self, example: Example) -> Path | None:
        """The labeled picture's file, None where it is in no known folder."""
        return None if example.source_ref is None else self.objects.find(example.source_ref)

    def size(self, example: Example) -> tuple[int, int] | None:
        """Width and height of the labeled picture, as the label has them or the picture itself."""
        if example.label is not None and example.label.size is not None:
            return example.label.size
        file = self.picture(example)
        return None if file is None else picture_size(file)

    def text(self, example: Example) -> str | None:
        """The labeled text: the source, or the text file that ``source-ref`` or a ``…s3-uri`` attribute names."""
        if example.source is not None:
            return example.source
        named = [value for key, value in example.others.items() if isinstance(value, str) and key.endswith("-s3-uri")]
        for uri in (*named, example.source_ref):
            file = self.objects.find(uri) if uri is not None else None
            if file is not None and file.suffix.lower() in (".txt", ".text", ".md", ""):
                try:
                    return file.read_bytes().decode("utf-8-sig")
                except (OSError, UnicodeDecodeError):
                    continue
        return None

    def copy_picture(self, example: Example, into: Path) -> None:
        """Copy the labeled picture, where it is known; told where not."""
        if not self.copy_pictures:
            return
        file = self.picture(example)
        if file is None:
            self.told["pictures that are in no mapped folder: not copied"] += 1
            return
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, into)


def labeled(examples: Iterable[Example]) -> Iterator[tuple[Example, Label]]:
    """The examples with their labels; the data set has none without."""
    for example in examples:
        assert example.label is not None
        yield example, example.label


def file_names(uris: Iterable[str]) -> dict[str, str]:
    """A relative file name for each URI, all different: the key without what all keys begin with."""
    found = list(dict.fromkeys(uris))
    keys = [posixpath.normpath("/" + re.sub(r"^[a-z0-9]+://[^/]*/", "", uri)) for uri in found]
    folders = [posixpath.dirname(key) for key in keys]
    common = posixpath.commonpath(folders) if folders else "/"
    names: dict[str, str] = {}
    taken: set[str] = set()
    for uri, key in zip(found, keys, strict=True):
        own = name = posixpath.relpath(key, common)
        stem, ending = posixpath.splitext(own)
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}{ending}"
        taken.add(name)
        names[uri] = name
    return names


def renamed(examples: Sequence[Example], names: Mapping[str, str | None]) -> list[Example]:
    """The examples with other names for their classes; marks whose class has none are left out."""
    found = []
    for example in examples:
        label = example.label
        if label is not None and any(mark.label in names for mark in label.marks):
            marks = []
            for mark in label.marks:
                name = names.get(mark.label, mark.label)
                if name is not None:
                    marks.append(mark if name == mark.label else replace(mark, label=name))
            example = replace(example, label=replace(label, marks=tuple(marks)))
        found.append(example)
    return found
