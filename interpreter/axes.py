"""What can be turned round in a sentence: axes like whose, when and which way, and the words at their poles.

``phrasebook/contrasts.csv`` has a line for each axis of each language: its poles, parted by ``|``, each with the words
that point there. Where poles have the same forms these stand in the same order (abre abren | cierra cierran).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from interpreter.phrases import read_rows

NONE = "none"
"""The axis of words that point nowhere and only look as if they did: 溫泉 is not warm, 대문 is not big."""
_FILE = Path(__file__).parent / "phrasebook" / "contrasts.csv"


@functools.cache
def _all() -> Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]:
    found: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    for row in read_rows(_FILE):
        poles = tuple(tuple(word.replace("_", " ") for word in pole.split()) for pole in row["poles"].split("|"))
        found.setdefault(row["language"], {})[row["axis"]] = poles
    return found


def axes(tag: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Axis -> poles -> words of a language; empty for one that has none."""
    return _all().get(tag, {})
