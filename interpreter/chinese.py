"""Chinese in the script the tag asks for, through OpenCC, with the words of Taiwan (zh-Hant) or the mainland (zh-Hans).

Models write either script, now and then both in one sentence. A text that holds no character of the other script is
left as it is: OpenCC's phrase tables expect the other script as input and would rewrite good text (台灣 as 臺灣).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

_TABLES = {"zh-Hant": ("s2twp", "STCharacters.txt"), "zh-Hans": ("tw2sp", "TSCharacters.txt")}
"""Tag: OpenCC's conversion, and its table of characters of the other script."""


def convert(text: str, tag: str) -> str:
    """Bring ``text`` to the script of ``tag``; the text of any other language is returned as it is."""
    if tag not in _TABLES or not foreign(text, tag):
        return text
    return str(_converter(tag).convert(text))


def foreign(text: str, tag: str) -> str:
    """The characters of ``text`` that only the other Chinese script has, in order, each once."""
    if tag not in _TABLES:
        return ""
    other = _others(tag)
    return "".join(dict.fromkeys(character for character in text if character in other))


@functools.cache
def _converter(tag: str) -> Any:
    import opencc

    return opencc.OpenCC(_TABLES[tag][0])


@functools.cache
def _others(tag: str) -> frozenset[str]:
    """Characters whose every counterpart differs from themselves; 后, 里 or 台 are at home in both scripts."""
    import opencc

    table = Path(str(opencc.__file__)).parent / "dictionary" / _TABLES[tag][1]
    found = set()
    for line in table.read_text(encoding="utf-8").splitlines():
        character, _, counterparts = line.partition("\t")
        if character and character not in counterparts.split():
            found.add(character)
    return frozenset(found)
