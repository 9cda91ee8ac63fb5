"""Runaway repetition: decoders that have lost the thread say one stretch of text over and over."""

from __future__ import annotations

import re

_LONGEST = 60
"""Characters of the longest stretch looked for; a decoder's loop is shorter."""
_LOOP = re.compile(rf"(?P<unit>.{{1,{_LONGEST}}}?)(?P=unit){{2,}}", re.DOTALL)
_WINDOW = 2_000
"""Characters searched at a time, because the search is quadratic."""


def repetition(text: str) -> tuple[str, int]:
    """The stretch that follows itself most often, and how often it stands there; ``("", 1)`` when none stands thrice.

    Case and white space do not count. A stretch of one character counts a third ("ah, haaa!" is no loop, and
    neither is a row of dots).
    """
    folded = " ".join(text.casefold().split()) + " "
    best = ("", 1)
    for start in range(0, len(folded), _WINDOW // 2):
        for match in _LOOP.finditer(folded[start : start + _WINDOW]):
            unit = match["unit"]
            times = (match.end() - match.start()) // len(unit)
            if len(unit.strip()) < 2:
                times //= 3
            if times > best[1]:
                best = (unit.strip(), times)
        if len(folded) - start <= _WINDOW:
            break
    return best
