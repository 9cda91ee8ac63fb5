"""What a careful editor would notice in a pack: one line per finding, nothing is changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from venues.errors import VenueError
from venues.images import verify
from venues.pack import TAGS, Pack, Venue, picture
from venues.passages import Passage
from venues.phrases import PhraseText
from venues.terms import Term

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


def _lost_questions(pack: Pack) -> Iterator[Finding]:
    """Known questions whose words no longer stand in the original: the text was changed, and they point nowhere."""
    source = pack.venue.source_language
    for question in pack.questions:
        if question.words:
            stop, kind = question.answer.split("/")
            passage = pack.passages.get((stop, kind, source))
            if passage is None or question.words not in passage.text:
                yield Finding(
                    stop, source, kind,
                    f"lacks '{question.words}', by which questions.csv finds the answer of {question.id}",
                )  # fmt: skip


def check(pack: Pack, terms: Sequence[Term] = ()) -> Iterator[Finding]:
    """Go through a pack in the order of its stops. ``terms``: the venue's own names, which translations should use."""
    names = [term for term in terms if term.kind in NAMES]
    for stop in sorted(pack.venue.stop, key=lambda each: each.order):
        if not pack.facts.get(stop.id):
            yield Finding(stop.id, "-", "sources", "no source is given for any fact (sources.toml)")
        if stop.id not in pack.pictured:
            yield Finding(stop.id, "-", "image", "there is no picture (image.svg, .png, .jpg or .webp)")
        image = pack.images.get(stop.id)
        for tag in pack.venue.languages:
            if image is None or not image.alt.get(tag, "").strip():
                yield Finding(stop.id, tag, "image", "the picture has no alternative text")
            for kind in REQUIRED:
                passage = pack.passages.get((stop.id, kind, tag))
                if passage is None:
                    yield Finding(stop.id, tag, kind, "is missing")
                    continue
                source = pack.passages.get((stop.id, kind, pack.venue.source_language))
                yield from _of_passage(passage, source)
            yield from _lost_names(pack, stop.id, tag, names)
    yield from _lost_questions(pack)
    for what, texts in (("name", pack.venue.name), ("description", pack.venue.description)):
        for tag in pack.venue.languages:
            if not texts.get(tag, "").strip():
                yield Finding(pack.venue.id, tag, what, "of the venue is missing")


def check_pictures(folder: Path, venue: Venue) -> Iterator[Finding]:
    """Pictures of a folder that the store would not take."""
    for stop in venue.stop:
        path = picture(folder / "stops" / stop.id)
        if path is None:
            continue
        try:
            verify(path.read_bytes(), path.name)
        except VenueError as error:
            yield Finding(stop.id, "-", "image", str(error).rstrip("."))


def check_terms(venue: Venue, terms: Iterable[Term]) -> Iterator[Finding]:
    """A venue's own terms that lack a name in one of its languages."""
    for term in terms:
        missing = [tag for tag in venue.languages if tag not in term.names]
        if missing:
            yield Finding(venue.id, "-", "terms", f"'{term.id}' has no name in {', '.join(missing)}")


def check_phrases(venue: Venue, phrases: Iterable[PhraseText]) -> Iterator[Finding]:
    """Phrases whose meaning must not blur and that nobody here approved: one finding for each language."""
    unread: dict[str, list[str]] = {}
    for phrase in phrases:
        if phrase.safety and phrase.status != "approved" and phrase.language in venue.languages:
            unread.setdefault(phrase.language, []).append(phrase.id)
    for language, ids in sorted(unread.items(), key=lambda item: TAGS.index(item[0])):
        some = ", ".join(ids[:3]) + (" ..." if len(ids) > 3 else "")
        yield Finding(
            venue.id, language, "phrases", f"{len(ids)} phrases for emergencies are not approved here: {some}"
        )


NAMES = ("place", "station", "street", "institution", "person", "deity", "artwork")
"""Kinds of terms that have one right name."""
ALIKE = 80
"""Likeness, 0 to 100, from which a name in another case or with another ending is the name."""


def _lost_names(pack: Pack, stop: str, tag: str, terms: Sequence[Term]) -> Iterator[Finding]:
    """Names in the original of a stop that its translation has nowhere."""
    source_language = pack.venue.source_language
    if tag == source_language:
        return
    original, translation = (
        " ".join(pack.passages[key].text for kind in REQUIRED if (key := (stop, kind, language)) in pack.passages)
        for language in (source_language, tag)
    )
    if not translation:
        return
    folded = _folded(translation)
    there = [term for term in terms if term.names.get(source_language, "\0") in original]
    # A longer name covers the shorter ones in it: the museum's name is not also the town's.
    for term in sorted(there, key=lambda each: -len(each.names[source_language])):
        name = term.names[source_language]
        if name not in original or tag not in term.names:
            continue
        original = original.replace(name, "\n")
        if not any(_holds(folded, _folded(_proper(each)), tag) for each in term.said()[tag]):
            yield Finding(stop, tag, "terms", f"'{term.names[tag]}' ({name}) is in the original, but not here")


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w]", " ", unicodedata.normalize("NFKC", text).lower()).split())


def _holds(text: str, name: str, tag: str) -> bool:
    if tag in _UNSPACED:
        return name.replace(" ", "") in text.replace(" ", "")
    # Word by word: a language may put a preposition between them, or an ending on one.
    return name in text or all(fuzz.partial_ratio(word, text) >= ALIKE for word in name.split())


def _proper(name: str) -> str:
    """The words of a name that cannot be said otherwise: Beitou of "ribeiro Beitou". All, when none is capital."""
    words = name.replace("-", " ").split()
    return " ".join([word for word in words if word[:1].isupper()] or words)


def _of_passage(passage: Passage, source: Passage | None) -> Iterator[Finding]:
    def found(problem: str) -> Finding:
        return Finding(passage.stop, passage.language, passage.kind, problem)

    text = passage.text
    if passage.status == "stale":
        yield found("is stale: the original has changed since; see diff --original")
    if not any(char.isalpha() for char in text):
        yield found("is not written yet")
        return
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


_LETTERS = {"approved": "A", "supplied": "S", "draft": "D", "stale": "O", "missing": "-"}
_WORST_FIRST = ("missing", "stale", "draft", "supplied", "approved")
_LEGEND = "A approved by the venue   S supplied   D draft   O outdated: the original changed since (stale)   - missing"


def status_table(venue: Venue, words: Mapping[tuple[str, str, str], str]) -> str:
    """Languages across, stops down, the least of each stop's texts.

    ``words``: (stop, kind, language) -> ``approved``, ``supplied``, ``draft`` or ``stale``.
    """
    stops = sorted(venue.stop, key=lambda each: each.order)
    width = max(len(stop.id) for stop in stops)
    lines = [" " * width + "  " + " ".join(f"{tag:>7}" for tag in venue.languages)]
    least: dict[tuple[str, str], str] = {}
    for (stop, _, tag), word in words.items():
        least[stop, tag] = min(least.get((stop, tag), word), word, key=_WORST_FIRST.index)
    for each in stops:
        cells = []
        for tag in venue.languages:
            whole = all((each.id, kind, tag) in words for kind in REQUIRED)
            cells.append(_LETTERS[least[each.id, tag] if whole else "missing"])
        lines.append(f"{each.id:{width}}  " + " ".join(f"{cell:>7}" for cell in cells))
    return "\n".join([*lines, "", _LEGEND])
