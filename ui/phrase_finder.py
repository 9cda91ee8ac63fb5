"""Which phrases are offered to whom: those of a category, those for an emergency, and those that a word leads to."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from interpreter.errors import InterpreterError
from interpreter.numerals import OPEN_SLOTS
from interpreter.phrases import Phrase, Plural, Slot, parse

if TYPE_CHECKING:
    from interpreter.phrases import Book
    from interpreter.translation.chain import Chain

URGENT = {"emergency": 0, "doctor": 1, "allergy": 2, "help": 4}
"""Categories of who needs help, and the place of each."""
_ELSEWHERE = 3
"""Place of the safety phrases of other categories."""
MOST_SLOTS = 2
"""Values of one phrase that can be chosen; the phrasebook understands as many."""
MOST_FOUND = 40
"""Phrases that a search gives."""
MOST_NEAR = 6
"""Phrases that are offered where a search finds none."""


@dataclass(frozen=True)
class Offer:
    """A phrase that somebody may tap."""

    phrase: str
    """Its id."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Slot name -> value key, as far as they are known."""


class Finder:
    """Looks into one book; ``source`` is always the tag of who speaks, ``target`` of who listens. Thread-safe."""

    def __init__(self, book: Book, translator: Chain) -> None:
        """``translator`` knows which phrases are like a text."""
        self.book = book
        self._translator = translator
        self._text = functools.lru_cache(maxsize=None)(self._folded_phrase)
        self._values = functools.lru_cache(maxsize=None)(self._folded_values)

    def offered(self, source: str, target: str, staff: bool) -> Iterator[Phrase]:
        """The phrases that a visitor, or the staff, can say between two languages."""
        for phrase in self.book.phrases.values():
            if source not in phrase.texts or target not in phrase.texts:
                continue
            says = phrase.speaker in ("both", "staff" if staff else "visitor")
            if says and len(self.slots(phrase.id, source)) <= MOST_SLOTS:
                yield phrase

    def category(self, name: str, known: Iterable[str], source: str, target: str, staff: bool) -> list[Offer]:
        """The phrases of a category; an empty name means every category that is not among the known ones."""
        wanted = (lambda each: each == name) if name else (lambda each, known=frozenset(known): each not in known)
        return [Offer(phrase.id) for phrase in self.offered(source, target, staff) if wanted(phrase.category)]

    def urgent(self, source: str, target: str, staff: bool) -> dict[str, list[Offer]]:
        """What somebody in need says: category -> phrases, the most urgent first."""
        found: dict[str, list[Offer]] = {}
        for phrase in self.offered(source, target, staff):
            if phrase.safety or phrase.category in URGENT:
                found.setdefault(phrase.category, []).append(Offer(phrase.id))
        return dict(sorted(found.items(), key=lambda each: URGENT.get(each[0], _ELSEWHERE)))

    def slots(self, phrase: str, tag: str) -> tuple[str, ...]:
        """Names of the slots of a phrase, each once, in the order of the sentence."""
        parts = parse(self.book.phrases[phrase].texts[tag][0])
        return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, Slot)))

    def choices(self, slot: str, source: str, target: str) -> dict[str, str]:
        """Value key -> its name in the speaker's language, for every value that both languages have."""
        both = self.book.named(slot, target)
        return {key: name for key, name in self.book.named(slot, source).items() if key in both}

    def key(self, slot: str, text: str, source: str, target: str) -> str | None:
        """The value that was chosen or typed; None for one that there is not."""
        choices = self.choices(slot, source, target)
        text = unicodedata.normalize("NFKC", text).strip()
        if text in choices:
            return text
        for key, name in choices.items():
            if fold(name) == fold(text):
                return key
        if slot not in OPEN_SLOTS:
            return None
        if slot == "time":
            clock = re.fullmatch(r"(\d{1,2})[:.h](\d{2})", text)
            text = f"{int(clock[1]):02d}:{clock[2]}" if clock else text
        elif text.isdecimal():
            text = str(int(text))
        try:
            self.book.written(slot, text, source)
        except InterpreterError:
            return None
        return text

    def search(self, text: str, source: str, target: str, staff: bool) -> tuple[list[Offer], bool]:
        """What a text leads to, and whether it was really found there (else: it is only like it)."""
        words = fold(text).split()
        if not words:
            return [], True
        plain, valued = [], []
        for phrase in self.offered(source, target, staff):
            for tag in (source, target):
                own = self._text(phrase.id, tag)
                rest = " ".join(word for word in words if word not in own)
                if not rest:
                    plain.append(Offer(phrase.id))
                    break
                if values := self._value(phrase.id, rest, tag, source, target):
                    valued.append(Offer(phrase.id, values))
                    break
        found = [*plain, *valued][:MOST_FOUND]
        return (found, True) if found else (self._near(text, source, target, staff), False)

    def _value(self, phrase: str, text: str, tag: str, source: str, target: str) -> dict[str, str]:
        """The one slot of a phrase that a text is a value of."""
        for slot in self.slots(phrase, tag):
            if slot in ("number", "price") and text.isdecimal():
                if key := self.key(slot, text, source, target):
                    return {slot: key}
            elif slot not in OPEN_SLOTS:
                fitting = [(len(name), key) for name, key in self._values(slot, tag) if text in name]
                known = self.choices(slot, source, target)
                if best := min((each for each in fitting if each[1] in known), default=None):
                    return {slot: best[1]}
        return {}

    def _near(self, text: str, source: str, target: str, staff: bool) -> list[Offer]:
        offered = {phrase.id for phrase in self.offered(source, target, staff)}
        found: dict[str, tuple[float, Offer]] = {}
        for tag in (source, target):
            for near in self._translator.nearest(text, tag, 2 * MOST_NEAR):
                match = self._translator.match(near, tag)
                if match is not None and match.phrase in offered:
                    alike = fuzz.WRatio(fold(text), fold(near))
                    if match.phrase not in found or alike > found[match.phrase][0]:
                        # The values are those of an example, unless somebody wrote them.
                        found[match.phrase] = alike, Offer(match.phrase)
        return [offer for _, offer in sorted(found.values(), key=lambda each: -each[0])[:MOST_NEAR]]

    def _folded_phrase(self, phrase: str, tag: str) -> str:
        texts = []
        for variant in self.book.phrases[phrase].texts[tag]:
            for part in parse(variant):
                if isinstance(part, Plural):
                    texts.append(" ".join(part.forms))
                else:
                    texts.append("\n" if isinstance(part, Slot) else part.text)
            texts.append("\n")
        return fold("".join(texts))

    def _folded_values(self, slot: str, tag: str) -> list[tuple[str, str]]:
        values = self.book.values.get(slot, {})
        return [
            (fold(text), key)
            for key, by_tag in values.items()
            for texts in by_tag.get(tag, {}).values()
            for text in texts
        ]


def fold(text: str) -> str:
    """A text as it is compared: one case, one width, without the marks that people leave out when they type."""
    apart = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    # Only the marks of Latin, Greek and Cyrillic letters: those of kana and Thai make other letters.
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))
