"""What a careful editor would notice in a pack: one line per finding, nothing is changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from venues.ledger import STATUSES
from venues.pack import TAGS, Pack
from venues.passages import Passage

REQUIRED = ("title", "short", "long")
"""Kinds that every stop has in every language."""
WORDS = {"short": (20, 75), "long": (90, 260)}
"""Fewest and most words of a text in a language that writes spaces."""
CHARACTERS = {"short": (35, 220), "long": (180, 1000)}
"""Fewest and most letters of a text in Chinese, Japanese and Thai."""
LONGEST_SENTENCE = 34
"""Words after which a listener has lost the beginning."""
LONGEST_SENTENCE_UNSPACED = {"zh-Hant": 60, "zh-Hans": 60, "ja": 95, "th": 150}
"""Letters, likewise. Thai has no mark for the end of a sentence, but a space where the voice may rest."""
_SCRIPTS = {
    "ja": "HIRAGANA|KATAKANA|CJK", "ko": "HANGUL", "th": "THAI", "ru": "CYRILLIC", "zh-Hant": "CJK", "zh-Hans": "CJK",
}  # fmt: skip
_UNSPACED = frozenset(LONGEST_SENTENCE_UNSPACED)


@dataclass(frozen=True)
class Finding:
    """Something an editor should look at."""

    stop: str
    language: str
    kind: str
    """Kind of the passage, or ``image`` or ``sources``."""
    problem: str
    """One clause."""

    def __str__(self) -> str:
        return f"{self.stop} {self.language} {self.kind}: {self.problem}"


def check(pack: Pack) -> Iterator[Finding]:
    """Go through a pack in the order of its stops."""
    for stop in sorted(pack.venue.stop, key=lambda each: each.order):
        if not pack.facts.get(stop.id):
            yield Finding(stop.id, "-", "sources", "no source is given for any fact (sources.toml)")
        image = pack.images.get(stop.id)
        for tag in TAGS:
            if image is None or not image.alt.get(tag, "").strip():
                yield Finding(stop.id, tag, "image", "the picture has no alternative text")
            for kind in REQUIRED:
                passage = pack.passages.get((stop.id, kind, tag))
                if passage is None:
                    yield Finding(stop.id, tag, kind, "is missing")
                    continue
                source = pack.passages.get((stop.id, kind, pack.venue.source_language))
                yield from _of_passage(passage, source)
    for what, texts in (("name", pack.venue.name), ("description", pack.venue.description)):
        for tag in TAGS:
            if not texts.get(tag, "").strip():
                yield Finding(pack.venue.id, tag, what, "of the venue is missing")


def _of_passage(passage: Passage, source: Passage | None) -> Iterator[Finding]:
    def found(problem: str) -> Finding:
        return Finding(passage.stop, passage.language, passage.kind, problem)

    text = passage.text
    if source is not None and source is not passage:
        lost = sorted(numbers(source.text) - numbers(text) - numerals(text))
        new = sorted(numbers(text) - numbers(source.text) - numerals(source.text))
        if lost or new:
            yield found(f"numbers differ from {source.language}: lost {lost or 'none'}, new {new or 'none'}")
    wanted = _SCRIPTS.get(passage.language)
    if wanted:
        letters = [char for char in text if char.isalpha()]
        own = sum(bool(re.match(wanted, unicodedata.name(char, ""))) for char in letters)
        if letters and own < 0.7 * len(letters):
            yield found("is mostly in another script")
    strange = simplified(text) if passage.language == "zh-Hant" else ""
    if strange:
        yield found(f"holds Simplified characters: {strange}")
    if re.search(r"[()\[\]（）［］;；]", text):
        yield found("holds brackets or a semicolon, which cannot be heard")
    if passage.kind in WORDS:
        yield from (found(problem) for problem in _lengths(passage))


def _lengths(passage: Passage) -> Iterator[str]:
    text, tag = passage.text, passage.language
    end = r"\s+" if tag == "th" else r"(?<=[.!?。！？])\s*"
    sentences = [part for part in re.split(end, text) if part.strip()]
    if tag in _UNSPACED:
        size, (low, high), unit = sum(char.isalnum() for char in text), CHARACTERS[passage.kind], "letters"
        longest, most = max(map(len, sentences)), LONGEST_SENTENCE_UNSPACED[tag]
    else:
        size, (low, high), unit = len(text.split()), WORDS[passage.kind], "words"
        longest, most = max(len(part.split()) for part in sentences), LONGEST_SENTENCE
    if not low <= size <= high:
        yield f"has {size} {unit}; {low} to {high} are right for a text of this kind"
    if longest > most:
        yield f"has a sentence of {longest} {unit}; a listener follows {most}"


def numbers(text: str) -> frozenset[int]:
    """The numbers of a text that are the same in every language: years, sizes, amounts; not days and months."""
    text = unicodedata.normalize("NFKC", text)
    # 3,500 and 3.500 and 3 500 are one number, and so are 70萬, 70만 and 700,000.
    text = re.sub(r"(?<=\d)[.,\u00a0\u202f ](?=\d{3}(?!\d))", "", text)
    found = (int(digits) * (10_000 if myriad else 1) for digits, myriad in re.findall(r"(\d+)([萬万만]?)", text))
    return frozenset(number for number in found if number > _LARGEST_DATE)


_LARGEST_DATE = 31
_NUMERALS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"兩": 2, "两": 2, "零": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "萬": 10_000, "万": 10_000}


def numerals(text: str) -> frozenset[int]:
    """The numbers that a text writes in Chinese characters."""
    out = set()
    for run in re.findall(f"[{''.join(_NUMERALS)}{''.join(_UNITS)}]+", re.sub("[多餘余](?=[萬万])", "", text)):
        total = section = digit = 0
        for char in run:
            if char in _NUMERALS:
                digit = 10 * digit + _NUMERALS[char] if digit else _NUMERALS[char]
            elif _UNITS[char] == 10_000:
                total, section, digit = (total + section + digit) * 10_000, 0, 0
            else:
                section, digit = section + max(1, digit) * _UNITS[char], 0
        out.add(total + section + digit)
    return frozenset(out)


def simplified(text: str) -> str:
    """Chinese characters of a text that Taiwan's own encoding (Big5) does not have, each once."""
    characters = dict.fromkeys(char for char in text if "\u4e00" <= char <= "\u9fff")
    return "".join(char for char in characters if not char.encode("big5", "ignore"))


def status_table(pack: Pack) -> str:
    """Languages across, stops down: A approved, S supplied, D draft, - something is missing."""
    stops = sorted(pack.venue.stop, key=lambda each: each.order)
    width = max(len(stop.id) for stop in stops)
    lines = [" " * width + "  " + " ".join(f"{tag:>7}" for tag in TAGS)]
    for stop in stops:
        cells = []
        for tag in TAGS:
            found = [pack.passages.get((stop.id, kind, tag)) for kind in REQUIRED]
            states = [each.status for each in found if each is not None]
            cells.append("-" if len(states) < len(REQUIRED) else min(states, key=STATUSES.index)[0].upper())
        lines.append(f"{stop.id:{width}}  " + " ".join(f"{cell:>7}" for cell in cells))
    return "\n".join([*lines, "", "A approved by the venue   S supplied with the program   D draft   - missing"])
