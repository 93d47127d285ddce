"""What a converter is given: the examples of each set, the classes, and where pictures and texts lie."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from truthkit.convert.exif import is_turned, upright
from truthkit.convert.labels import Example, Kind, Label
from truthkit.convert.names import flat_names, relative_names
from truthkit.convert.objects import Objects
from truthkit.convert.pixels import BadMaskError, Table, picture_size, read_parts

_Key = tuple[int, int | None, str | None]
NO_SIZE = "pictures whose size is not known: left out (map their folder: --objects)"
NO_TEXT = "objects whose text is in no mapped folder: left out (map it: --objects)"


@dataclass
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

    def examples(self) -> Iterator[Example]:
        for examples in self.sets.values():
            yield from examples

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.classes)}

    def number(self, label: str) -> int:
        """The place of a class, from 0."""
        return self._numbers[label]

    @cached_property
    def _names(self) -> dict[_Key, str]:
        pictures = {_key(one): one.source_ref for one in self.examples() if one.source_ref is not None}
        return dict(zip(pictures, relative_names(list(pictures.values())), strict=True))

    @cached_property
    def _flat_names(self) -> dict[_Key, str]:
        return dict(zip(self._names, flat_names(self._names.values()), strict=True))

    def file_name(self, example: Example) -> str:
        """A picture's name in the converted data set, no other example's: its key without what all keys begin with."""
        return self._names[_key(example)]

    @cached_property
    def folder_names(self) -> frozenset[str]:
        """The first folders of the pictures' names."""
        return frozenset(name.partition("/")[0] for name in self._names.values())

    def flat_name(self, example: Example) -> str:
        """The same without folders, and no other example's also without its ending."""
        return self._flat_names[_key(example)]

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

    def parts(self, example: Example, label: Label) -> Table | None:
        """Which mark of a mask each pixel is of, from 1, as (height, width); None, and told, where it is not known."""
        file = self.objects.find(label.mask) if label.mask is not None else None
        if file is None:
            self.told["masks that are in no mapped folder: left out (map it: --objects)"] += 1
            return None
        try:
            table, others = read_parts(file, label.marks)
        except BadMaskError as error:
            self.told[f"masks that cannot be read: left out ({error})"] += 1
            return None
        if (table.shape[1], table.shape[0]) != (self.size(example) or (table.shape[1], table.shape[0])):
            self.told["masks of another size than their picture: left out"] += 1
            return None
        if others:
            self.told["masks with pixels of a color that has no name: these count as background"] += 1
        return table

    def copy_picture(self, example: Example, into: Path) -> None:
        """Copy the labeled picture, where it is known; told where not.

        What its EXIF says of turning is not copied: labels are of the pixels as they are stored, and readers that heed
        it would see them elsewhere.
        """
        if not self.copy_pictures:
            return
        file = self.picture(example)
        if file is None:
            self.told["pictures that are in no mapped folder: not copied"] += 1
            return
        into.parent.mkdir(parents=True, exist_ok=True)
        if not is_turned(file):
            shutil.copyfile(file, into)
            return
        if self._is_of_the_turned(example, file):
            self.told["pictures whose label is of their turned form (EXIF): copied as they are"] += 1
            shutil.copyfile(file, into)
            return
        data = upright(file.read_bytes())
        assert data is not None
        into.write_bytes(data)
        self.told["pictures that EXIF turns: copied without that, since labels are of the pixels as stored"] += 1

    def _is_of_the_turned(self, example: Example, file: Path) -> bool:
        seen, stored = example.label and example.label.size, picture_size(file)
        return seen is not None and stored is not None and seen != stored and seen == stored[::-1]

    def tell_if_turned(self, example: Example) -> None:
        """For formats that only name the picture: tell of one that readers show turned, and labels are not."""
        file = self.picture(example)
        if file is not None and is_turned(file) and not self._is_of_the_turned(example, file):
            self.told["pictures that EXIF turns: readers that heed it see the labels elsewhere"] += 1


def _key(example: Example) -> _Key:
    return example.line, example.frame, example.source_ref


def labeled(examples: Iterable[Example]) -> Iterator[tuple[Example, Label]]:
    """The examples with their labels; the data set has none without."""
    for example in examples:
        assert example.label is not None
        yield example, example.label


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
            if label.kind == "classes":
                # What two names were chosen for is chosen once, and as sure as the surer.
                surest = sorted(marks, key=lambda mark: -1 if mark.confidence is None else mark.confidence)
                known = {mark.label: mark for mark in surest}
                marks = [known[name] for name in dict.fromkeys(mark.label for mark in marks)]
            example = replace(example, label=replace(label, marks=tuple(marks)))
        found.append(example)
    return found
