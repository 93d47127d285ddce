"""A text that matches a regular expression, as far as the ``pattern`` of a form field goes."""

from __future__ import annotations

import re
import string
from random import Random

_CLASSES = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits,
    "s": " ",
    "D": string.ascii_letters,
    "W": "-",
    "S": string.ascii_letters + string.digits,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_ANY = string.ascii_lowercase
_MORE = 3
"""How many times more than it must an open repetition is taken."""

MOST = 2_000
"""How many characters a text for a pattern has at most, or little more."""
_STEPS = 200_000
"""How many ways of matching a text may be tried."""


def matching(pattern: str, random: Random, *, least: int = 0) -> str:
    """A text for ``pattern``; a part that is not understood (a look-around, a back reference) is left out.

    Args:
        pattern: a JavaScript regular expression that the whole text must match.
        random: what chooses.
        least: the length that is wished for.
    """
    return _Sampler(pattern, random, least).alternatives()


def longest_to_check(pattern: str) -> int:
    """How long a text may be for a check against ``pattern`` to end in no time; 0 if no length is safe.

    A repetition of what itself repeats, or is one of several, can be matched in exponentially many ways; several open
    repetitions in a row in as many as the power of the length.
    """
    groups = [False]  # whether there is a repetition or a choice in each open bracket
    repetitions = 0
    tokens = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|<)|[()|]|[*+]|\{\d*,?\d*\}", re.DOTALL)
    closed = False  # whether the bracket before this very place has one inside
    end = 0
    for token in tokens.finditer(pattern):
        text, follows = token[0], token.start() == end
        end = token.end()
        if text[0] == "(":
            groups.append(False)
        elif text == "|":
            groups[-1] = True
        elif text[0] in "*+{":
            if follows and closed:
                return 0
            repetitions += 1
            groups[-1] = True
        if text == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        else:
            closed = False
    return min(MOST, int(_STEPS ** (1 / repetitions))) if repetitions else MOST


class _Sampler:
    def __init__(self, pattern: str, random: Random, least: int) -> None:
        self._text = pattern
        self._at = 0
        self._random = random
        self._more = min(max(_MORE, least), MOST)
        self._left = MOST

    def alternatives(self) -> str:
        """Everything up to the end or the closing bracket; one of what ``|`` separates."""
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        return self._random.choice(found)

    def _sequence(self) -> str:
        parts = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated())
        return "".join(parts)

    def _repeated(self) -> str:
        start = self._at
        first = self._atom()
        least, most = self._quantifier()
        least = min(least, max(self._left, 0))
        count = self._random.randint(least, max(least, min(most, least + self._more)))
        if count == 1:
            return first
        after = self._at
        parts = []
        for _ in range(count):
            if self._left < 0:
                break
            self._at = start
            parts.append(self._atom())
        self._at = after
        return "".join(parts)

    def _quantifier(self) -> tuple[int, int]:
        least, most = 1, 1
        if self._take("*"):
            least, most = 0, self._more
        elif self._take("+"):
            least, most = 1, self._more
        elif self._take("?"):
            least, most = 0, 1
        elif found := re.compile(r"\{(\d+)(,(\d*))?\}").match(self._text, self._at):
            self._at = found.end()
            least = int(found[1])
            most = least if found[2] is None else int(found[3]) if found[3] else least + self._more
        else:
            return least, most
        self._take("?")
        return least, max(least, most)

    def _atom(self) -> str:
        character = self._text[self._at]
        self._at += 1
        self._left -= 1
        if character == "(":
            return self._group()
        if character == "[":
            return self._random.choice(self._set())
        if character == "\\":
            return self._escape()
        if character in "^$":
            return ""
        return self._random.choice(_ANY) if character == "." else character

    def _group(self) -> str:
        around = False
        if self._take("?"):
            around = not self._take(":")
            if around and (named := re.compile(r"<[^=!>][^>]*>").match(self._text, self._at)):
                self._at = named.end()
                around = False
            elif around:
                self._at += 2 if self._text[self._at : self._at + 1] == "<" else 1
        inside = self.alternatives()
        self._take(")")
        return "" if around else inside

    def _escape(self) -> str:
        if self._at >= len(self._text):
            return ""
        character = self._text[self._at]
        self._at += 1
        if character in _CLASSES:
            return self._random.choice(_CLASSES[character])
        if character in "bB123456789":
            return ""
        if character in "pP" and (named := re.compile(r"\{([^}]*)\}").match(self._text, self._at)):
            self._at = named.end()
            return self._random.choice(string.digits if named[1].startswith("N") else string.ascii_letters)
        if character in "ux" and (code := re.compile(r"[0-9A-Fa-f]{2,4}").match(self._text, self._at)):
            self._at = code.end()
            return chr(int(code[0], 16))
        return _ESCAPES.get(character, character)

    def _set(self) -> str:
        """The characters of ``[…]``."""
        negated = self._take("^")
        members: set[str] = set()
        while self._at < len(self._text) and not self._take("]"):
            character = self._text[self._at]
            self._at += 1
            if character == "\\":
                following = self._text[self._at : self._at + 1]
                if following in _CLASSES:
                    members.update(_CLASSES[following])
                    self._at += 1
                    continue
                character = self._escape() or following
            if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                last = self._text[self._at]
                self._at += 1
                if last == "\\":
                    last = self._escape() or last
                # A long range is cut: any of its characters will do.
                members.update(chr(code) for code in range(ord(character), min(ord(last), ord(character) + 200) + 1))
            else:
                members.add(character)
        if negated:
            members = set(string.ascii_letters + string.digits) - members or set(string.punctuation) - members
        return "".join(sorted(members)) or _ANY

    def _take(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False
