"""Whether a question is answered from the venue's data, by a text, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from venues.facts import Fact, Facts, sentence
from venues.pack import Stop, Venue
from venues.passages import Passage
from venues.questions import Asked
from venues.reading import Reading
from venues.search import Hit, Index
from venues.words import normal, words_of

SUPPORTED = 0.57
"""Share of the question's weight that has to stand in the passage, most of it in the sentences of the answer."""
_SURE = 0.8
"""Share from which a text is preferred to a fact that the question could also mean."""
_NO_EMERGENCY = frozenset({"counted", "crowd", "salary"})
"""Topics with which a word such as "police" calls for nobody."""
_NEVER = frozenset(
    {
        "wifi", "parking", "weather", "cash", "booking", "crowd", "lost", "hotel", "charging", "rental", "counted",
        "contact", "drone", "bicycle", "building-cost", "foreign", "spoken", "ph", "massage", "buy", "supermarket",
        "prayer", "tattoo", "opinion", "timetable", "salary", "insured",
    }
)  # fmt: skip
"""Topics that no text of a guide answers, whatever words of theirs it holds."""
_PROPERTIES = ("weight", "area")
"""Senses that a text has to speak of when the question does."""
_GOODS = frozenset(
    {"towel", "egg", "chicken", "oyster", "soup", "squid", "sausage", "pancake", "book", "metal", "alcohol", "shoes"}
)
"""Senses of things whose price is not that of the way in."""
_LEAST_REST = 0.9
"""Weight that has to be left of a question, besides the words that ask for a fact, before a text may answer it."""
_MEASURES = frozenset({"weight", "area", "temperature"})
"""Senses with which "how much" does not ask for money."""
_THINGS = ("dish", "drink", "ingredient", "artwork", "craft", "mineral", "bathing")
"""Kinds of terms that may have a price of their own."""


class Choice:
    """Chooses for one venue."""

    def __init__(
        self,
        venue: Venue,
        passages: Mapping[tuple[str, str, str], Passage],
        index: Callable[[str], Index],
    ) -> None:
        self._venue = venue
        self._passages = passages
        self._index = index
        self._facts = Facts(venue)
        self._stops = {stop.id: stop for stop in venue.stop}

    def fact(self, reading: Reading, best: Hit | None, confidence: float, at: datetime, show_in: str) -> Fact | None:
        """The fact that answers, one that says the data hold nothing, or None: a text has to."""
        asked = replace(reading.asked, language=show_in)
        if not asked.intents or (best is not None and self._text_wins(reading, confidence)):
            return None
        intent = asked.intents[0]
        if intent == "emergency":
            return None if asked.topics & _NO_EMERGENCY else self._facts.emergency(asked.emergencies, show_in)
        if intent in ("hours", "closure") and "history" in asked.asking and not asked.days and not asked.moment:
            return None
        no_price = Fact("", sentence("no-price", show_in), "", known=False)
        if intent == "price" and {s for unit in reading.rest for s in unit.senses} & _GOODS:
            return no_price
        named = [mention for mention in reading.mentions if mention.strength >= 0.2]
        if not named:
            if intent in ("hours", "price") and not reading.rest and not asked.topics:
                titles = {stop: self.title(stop, show_in) for stop in self._stops}
                return self._facts.every_stop(intent, titles, asked, at)
            return no_price if intent == "price" else None
        least = 0.5 * named[0].strength
        stops = [self._stops[mention.stop] for mention in named if mention.strength > least]
        stop = next((s for s in stops if self._has(s, intent)), stops[0])
        if self._unsupported_topics(reading, stop):
            return Fact("", sentence("unknown", show_in), "", known=False)
        if intent in ("rules", "access", "accessibility") and not self._has(stop, intent):
            return None
        if intent == "accessibility" and "number" in asked.asking and not self._counts(stop):
            return None
        if intent == "price" and self._another_thing(reading, stop):
            return no_price
        return self._facts.of(stop, intent, self.title(stop.id, show_in), asked, at)

    def stated(self, stop: str, kind: str, asked: Asked, at: datetime, show_in: str) -> Fact | None:
        """A fact that is known by name: of a stop, or the number ``kind`` to call where ``stop`` is ``emergency``."""
        asked = replace(asked, language=show_in)
        if stop == "emergency":
            return self._facts.emergency((kind,), show_in)
        return self._facts.of(self._stops[stop], kind, self.title(stop, show_in), asked, at)

    def _text_wins(self, reading: Reading, confidence: float) -> bool:
        """Whether the texts answer better than the data that the question could also mean."""
        asked, intent = reading.asked, reading.asked.intents[0]
        weights = self._index(asked.reads_in)
        if sum(weights.weight(unit) for unit in reading.rest) < _LEAST_REST:
            return False
        senses = {sense for unit in reading.rest for sense in unit.senses}
        if intent in ("hours", "closure"):
            if "history" in asked.asking:
                return confidence >= SUPPORTED
            return confidence >= _SURE and "year" in asked.asking and not asked.days and not asked.moment
        if intent == "price":
            return confidence >= SUPPORTED and bool(senses & _MEASURES)
        if intent == "accessibility":
            return confidence >= _SURE and "number" in asked.asking
        if intent == "emergency":
            return confidence >= _SURE and len(reading.rest) > 1
        if intent == "access" and reading.mentions and reading.mentions[0].strength >= 0.8:
            return confidence >= _SURE
        return confidence >= SUPPORTED

    def _counts(self, stop: Stop) -> bool:
        """Whether what is said on accessibility holds a number."""
        return any(
            re.search(r"\d", text)
            or any(key == "numerals" for _, key in words_of(tag).keys(normal(text, tag), "asking"))
            for notice in self._facts.notices(stop, "accessibility")
            for tag, text in notice.text.items()
        )

    def _has(self, stop: Stop, intent: str) -> bool:
        if intent == "price":
            return bool(stop.price)
        if intent in ("hours", "closure"):
            return bool(stop.hours or stop.closed or self._facts.notices(stop, "closure"))
        if intent == "access":
            return bool(stop.location or self._facts.notices(stop, "access"))
        return bool(self._facts.notices(stop, intent))

    def _unsupported_topics(self, reading: Reading, stop: Stop) -> bool:
        """Whether something is asked for that neither the texts of the stop nor its notices speak of."""
        topics = reading.asked.topics - ({"buy", "height"} if "price" in reading.asked.intents else {"height"})
        if not topics:
            return False
        language = reading.asked.language
        own = [(tag, notice.text[tag]) for notice in stop.notice for tag in (language, "en") if tag in notice.text]
        own += [(tag, p.text) for (s, _, tag), p in self._passages.items() if s == stop.id and tag == language]
        held = {key for tag, text in own for _, key in words_of(tag).keys(normal(text, tag), "topic")}
        return not topics <= held - _NEVER

    def _another_thing(self, reading: Reading, stop: Stop) -> bool:
        """Whether the price of a thing is asked for, not of the way in."""
        spans = [span for mention in reading.mentions if mention.stop == stop.id for span in mention.spans]
        return any(
            each.term.kind in _THINGS and not any(s < each.span[1] and each.span[0] < e for s, e in spans)
            for each in reading.terms
        )

    def speaks_of_topics(self, hit: Hit, reading: Reading) -> bool:
        """Whether the passage speaks of what visitors ask everywhere, where the question does."""
        wanted = reading.asked.topics | {
            f.key for f in reading.asked.found if f.kind == "sense" and f.key in _PROPERTIES
        }
        if not wanted:
            return True
        reads_in = self._read_in(hit.passage.language, reading)
        held = words_of(reads_in).keys(normal(hit.passage.text, reads_in), "topic", "sense")
        found = {key for _, key in held} - _NEVER
        if "length" in found:
            found.add("height")
        return wanted <= found

    def _read_in(self, language: str, reading: Reading) -> str:
        return reading.asked.reads_in if language == reading.asked.language else language

    def title(self, stop: str, language: str) -> str:
        """What a stop is called, in the language or in English or in the source language."""
        for tag in (language, "en", self._venue.source_language):
            if (found := self._passages.get((stop, "title", tag))) is not None:
                return found.text
        return stop
