"""Words that stand against each other: where one text has one of them and the other text another, the meanings differ.

"I need a doctor" and "You need a doctor" are the same text but for a word that half of all phrases have, so its weight
tells nothing. What tells is that I and you are two poles of one axis (:mod:`interpreter.axes`). Two texts are opposed
when, on one axis, each has a pole that the other lacks; a text that is silent on an axis is not opposed ("a doctor is
needed"). Only what asks must be there on both sides: "where does it end" is never "it ends here".
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interpreter.axes import NONE, axes
from interpreter.translation.matching import BY_CHARACTER, tokens

ASKING = ("ask", "whether")
"""The axes of who, what, where, and of the ending that makes a question: no text is silent on them."""
Contrasts = Mapping[str, Counter[int]]
"""Axis -> how often each of its poles is pointed at."""


@dataclass(frozen=True)
class _Axes:
    """The axes of one language."""

    words: Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]
    """Token sequence -> (axis, pole) of each that it points at."""
    longest: int
    """Tokens of the longest sequence."""
    pattern: re.Pattern[str]
    """Finds the words in running text, the longest first; for languages without spaces."""


@functools.cache
def _of(tag: str) -> _Axes:
    words: dict[tuple[str, ...], dict[tuple[str, int], None]] = {}
    for axis, poles in axes(tag).items():
        for number, pole in enumerate(poles):
            for word in pole:
                words.setdefault(tuple(tokens(word, tag)), {})[axis, number] = None
    texts = sorted(("".join(word) for word in words), key=len, reverse=True)
    return _Axes(
        {word: tuple(points) for word, points in words.items()},
        max(map(len, words), default=0),
        re.compile("|".join(map(re.escape, texts)) or r"(?!)"),
    )


def contrasts(sequence: Sequence[str], tag: str) -> Contrasts:
    """Where a token sequence points on each axis of its language; a longer word hides the shorter ones in it."""
    known = _of(tag)
    found: dict[str, Counter[int]] = {}
    for word in _words(sequence, known) if tag not in BY_CHARACTER else _characters(sequence, known, tag):
        for axis, pole in known.words[word]:
            if axis != NONE:
                found.setdefault(axis, Counter())[pole] += 1
    if "ask" in found:
        found.pop("whether", None)  # "where" asks already, with the ending or without
    return found


def _words(sequence: Sequence[str], known: _Axes) -> list[tuple[str, ...]]:
    found = []
    start = 0
    while start < len(sequence):
        for size in range(known.longest, 0, -1):
            word = tuple(sequence[start : start + size])
            if len(word) == size and word in known.words:
                found.append(word)
                start += size
                break
        else:
            start += 1
    return found


def _characters(sequence: Sequence[str], known: _Axes, tag: str) -> list[tuple[str, ...]]:
    return [tuple(tokens(match[0], tag)) for match in known.pattern.finditer("".join(sequence))]


def opposed(one: Contrasts, other: Contrasts) -> bool:
    """Whether two texts point to different poles of an axis, or only one of them asks."""
    for axis in {*one, *other}:
        left, right = one.get(axis, Counter()), other.get(axis, Counter())
        if (left - right and right - left) or (axis in ASKING and left != right):
            return True
    return False
