"""The words of fifteen languages that a question is read by: plain lists in ``words/<tag>.toml``, one file a language.

Sections of a file: ``function`` (words that say nothing by themselves), ``asking`` (what kind of answer is wanted),
``intent`` (facts the guide holds as data), ``when``, ``topic`` (what visitors ask everywhere and a guide may well not
know), ``place`` (what kind of place), ``sense`` (words that mean the same, so that a question may use one and the text
another). A value is a list of entries joined by `` | ``. How an entry is compared depends on how the language writes:
see :func:`_pattern`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

UNSPACED = frozenset({"zh-Hant", "zh-Hans", "ja", "th"})
"""Languages that do not write spaces between words."""
BARE = {"vi": "vi-bare"}
"""Languages that are often typed without their marks: the name under which such a question is read."""
_EXACT = frozenset({"vi", "vi-bare"})
"""Languages whose words do not change, so that only the whole word counts."""
_ANYWHERE = {"de": 5, "nl": 5, "id": 4}
"""Languages that put words together, or before words: fewest letters with which an entry is looked for inside one."""
_PREFIX = {"ko": 1}
"""Fewest letters with which an entry also stands for longer words that begin with it; Korean adds its particles."""
_PREFIX_ELSEWHERE = 4
_KEEPS_MARKS = frozenset({"vi", "th", "ja", "ko", "ru", "zh-Hant", "zh-Hans"})
_FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Found:
    """An entry found in a text."""

    kind: str
    """Section: ``function``, ``asking``, ``intent``, ``when``, ``topic``, ``place``, ``sense``."""
    key: str
    """Key within the section."""
    start: int
    """Offset in the normalised text."""
    end: int


def normal(text: str, language: str) -> str:
    """Text as it is compared: one width, small letters, no accents in languages that are often typed without them."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    if language not in _KEEPS_MARKS:
        marked = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in marked if not unicodedata.combining(c)))
        text = text.replace("đ", "d").replace("œ", "oe").replace("ß", "ss")
    elif language == "ru":
        text = text.replace("ё", "е")
    return text


def _pattern(entry: str, language: str) -> str:
    entry = normal(entry.strip(), language)
    if language in UNSPACED:
        # A tilde stands for a few letters between, as in 何時~閉.
        return ".{0,12}?".join(re.escape(part) for part in entry.split("~"))
    words = []
    for word in re.findall(r"[^\W_]+\.?|~", entry):
        stem = word.rstrip(".")
        if word == "~":
            words.append(r"(?:[^\W_]+\W+){0,4}?")
        elif word.endswith(".") or language in _EXACT or len(stem) < _PREFIX.get(language, _PREFIX_ELSEWHERE):
            words.append(rf"\b{re.escape(stem)}\b")
        elif len(stem) >= _ANYWHERE.get(language, 99):
            words.append(rf"\b\w*{re.escape(stem)}\w*")
        else:
            words.append(rf"\b{re.escape(stem)}\w*")
    return r"\W+".join(words).replace(r"{0,4}?\W+", "{0,4}?")


@dataclass(frozen=True)
class Words:
    """The lists of one language, ready to be looked for."""

    language: str
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Section -> key -> entries as they are written."""
    patterns: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    """Section -> (key, what finds any of its entries in a question)."""
    in_texts: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    """Likewise in the texts of a guide, where entries that begin with a question mark mean something else."""

    def find(self, text: str, *kinds: str) -> Iterator[Found]:
        """Every entry of those sections in a normalised question."""
        for kind in kinds:
            for key, pattern in self.patterns.get(kind, ()):
                for match in pattern.finditer(text):
                    if match.end() > match.start():
                        yield Found(kind, key, match.start(), match.end())

    def keys(self, text: str, *kinds: str) -> frozenset[tuple[str, str]]:
        """(section, key) of every entry in a normalised text of a guide."""
        return frozenset(
            (kind, key) for kind in kinds for key, pattern in self.in_texts.get(kind, ()) if pattern.search(text)
        )


@lru_cache(maxsize=32)
def words_of(language: str) -> Words:
    """The lists of a language; of a language that has none, empty ones."""
    path = _FOLDER / f"{language.removesuffix('-bare')}.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    bare = language.endswith("-bare")
    lists = {
        kind: {
            key: tuple(
                entry
                for each in value.split("|")
                # Without its marks one syllable stands for several words: too little to know a topic by.
                if (entry := each.strip()) and not (bare and kind == "topic" and " " not in entry and len(entry) < 6)
            )
            for key, value in section.items()
        }
        for kind, section in raw.items()
    }
    return Words(language, lists, _compiled(lists, language), _compiled(lists, language, without="?"))


def _compiled(
    lists: Mapping[str, Mapping[str, tuple[str, ...]]], language: str, without: str = ""
) -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Section -> (key, pattern); entries that begin with ``without`` left out."""
    out = {}
    for kind, section in lists.items():
        pairs = []
        for key, entries in section.items():
            # Longer entries first, so that "credit card" is found whole.
            kept = sorted((e for e in entries if not without or not e.startswith(without)), key=len, reverse=True)
            if kept:
                pairs.append((key, re.compile("|".join(_pattern(e.lstrip("?"), language) for e in kept))))
        out[kind] = tuple(pairs)
    return out
