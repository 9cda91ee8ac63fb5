"""What the guide says: answers laid out from passages and facts, with what stands near them.

A text answer is one to three sentences of a passage, a fact is the structured data in fixed sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from venues.choice import Choice
from venues.facts import STATE, Fact, language_name, sentence
from venues.known import FACTS
from venues.likeness import Likeness
from venues.mentions import Mention
from venues.pack import Venue
from venues.passages import Passage
from venues.reading import Reading
from venues.search import Hit, sentences_of

_UNSPACED = ("zh-Hant", "zh-Hans", "ja")
_NEAR = 3


@dataclass(frozen=True)
class Alternative:
    """A passage or a fact near the question."""

    id: str
    title: str
    """Of the stop, in the language of the answer."""
    language: str


@dataclass(frozen=True)
class Answer:
    """What the guide says."""

    text: str
    language: str
    """Tag of the language of the text."""
    asked_in: str
    """Tag of the language that the question was taken to be in."""
    id: str
    """Of the passage, such as ``beitou/park/long``, or of the fact, such as ``beitou/park/hours``; empty: neither."""
    state: str
    """Of the passage (``supplied``, ``approved`` ...); ``checked`` for a fact; empty when nothing is said."""
    found: str
    """How it was found, one clause."""
    score: float
    """0 to 1: share of the question that the answer holds."""
    nearest: tuple[Alternative, ...]
    """Up to three, the answer itself first when there is one."""
    supported: bool
    """False: the guide does not say anything about it."""

    @property
    def path(self) -> str:
        """The id without the venue, such as ``park/long``, as known questions name what answers them."""
        return self.id.partition("/")[2]


class Answers:
    """Lays out the answers of one venue."""

    def __init__(self, venue: Venue, passages: Mapping[tuple[str, str, str], Passage], choice: Choice) -> None:
        self._venue = venue
        self._passages = passages
        self._choice = choice
        self._stops = [stop.id for stop in sorted(venue.stop, key=lambda each: each.order)]

    def nothing(self, language: str, text: str = "") -> Answer:
        """The admission that nothing is said about it, or ``text``, which says what the data do not hold."""
        said = text or sentence("unknown", language)
        return Answer(said, language, language, "", "", "nothing in the guide supports an answer", 0.0, (), False)

    def fact(self, fact: Fact, language: str) -> Answer:
        """What the venue's data say."""
        kind = fact.id.split("/")[-1] if "/emergency/" not in fact.id else "emergency"
        return Answer(
            fact.text, fact.language, language, fact.id, STATE, f"from the venue's data on {kind}", 1.0, (), True
        )

    def overview(self, mention: Mention, language: str) -> Answer | None:
        """The first sentences on a stop that is named and nothing else."""
        passage = self._shown(mention.stop, language, ("long", "short"))
        if passage is None:
            return None
        text = " ".join(sentences_of(passage.text, passage.language)[:3])
        return self._passage(passage, text, 1.0, f"by the name {mention.name}", language)

    def text(self, hit: Hit, score: float, language: str) -> Answer:
        """The sentences that a search found."""
        passage, window = hit.passage, hit.window
        if passage.language != language:
            # Asked in another language than the visitor's: the same passage in theirs, where it exists.
            own = self._passages.get((passage.stop, passage.kind, language))
            if own is not None:
                passage, window = own, _same_place(hit, own)
        how = f"{round(100 * score)} % of the question's weight stands in these sentences"
        return self._passage(passage, _gap(passage).join(window), score, how, language)

    def known(self, like: Likeness, language: str) -> Answer | None:
        """The sentences that answer a known question; None where the passage is not there."""
        stop, _, kind = like.answer.partition("/")
        passage = self._shown(stop, language, (kind,))
        if passage is None:
            return None
        text = _gap(passage).join(self._sentences_with(like.question.words, passage))
        return self._passage(passage, text, like.score, how_known(like), language)

    def near(
        self, answers: Sequence[str], ranked: Sequence[Hit], reading: Reading, language: str
    ) -> tuple[Alternative, ...]:
        """Up to three passages or facts, one or more: ``answers`` first, then those of stops the search found."""
        found: dict[str, Alternative] = {}

        def add(stop: str, kind: str, tag: str) -> None:
            title = self._choice.title(stop, language) if stop in self._stops else ""
            found.setdefault(f"{stop}/{kind}", Alternative(f"{self._venue.id}/{stop}/{kind}", title, tag))

        for answer in answers:
            stop, _, kind = answer.partition("/")
            passage = None if kind in FACTS or stop == "emergency" else self._shown(stop, language, (kind,))
            add(stop, kind, language if passage is None else passage.language)
        taken = {name.partition("/")[0] for name in found}
        for hit in ranked:
            if hit.passage.stop not in taken:
                taken.add(hit.passage.stop)
                add(hit.passage.stop, hit.passage.kind, hit.passage.language)
        for other in (*(mention.stop for mention in reading.mentions), *self._stops):
            if len(found) < _NEAR and other not in taken and (shown := self._shown(other, language)) is not None:
                taken.add(other)
                add(other, shown.kind, shown.language)
        return tuple(found.values())[:_NEAR]

    def _sentences_with(self, words: str, passage: Passage) -> Sequence[str]:
        """The sentences of a passage that stand where the original has these words, with the one before."""
        mine = sentences_of(passage.text, passage.language)
        source = self._passages.get((passage.stop, passage.kind, self._venue.source_language))
        theirs = sentences_of(source.text, source.language) if source is not None else []
        place = next((i for i, each in enumerate(theirs) if words and words in each), None)
        if place is None:
            return mine[:3]
        if len(theirs) == len(mine):
            return mine[max(0, place - 1) : place + 1]
        place = min(len(mine) - 1, round(place * len(mine) / len(theirs)))
        return mine[max(0, place - 1) : place + 2]

    def _shown(self, stop: str, language: str, kinds: Sequence[str] = ("short", "long")) -> Passage | None:
        for tag in (language, self._venue.source_language, "en"):
            for kind in kinds:
                if (found := self._passages.get((stop, kind, tag))) is not None:
                    return found
        return None

    def _passage(self, passage: Passage, text: str, score: float, how: str, language: str) -> Answer:
        name = f"{self._venue.id}/{passage.stop}/{passage.kind}"
        if passage.language != language:
            note = sentence("other-language", language, language=language_name(passage.language, language))
            text = f"{note}\n{text}"
        if passage.status == "stale":
            text = f"{text}\n{sentence('stale', language)}"
        return Answer(text, passage.language, language, name, passage.status, how, round(score, 3), (), True)


def how_known(like: Likeness) -> str:
    """How an answer was found that a known question led to."""
    return f"like the known question “{like.wording}”"


def _gap(passage: Passage) -> str:
    return "" if passage.language in _UNSPACED else " "


def _same_place(hit: Hit, own: Passage) -> tuple[str, ...]:
    """The sentences of a translation that stand where the found ones stand in the original."""
    theirs = len(sentences_of(hit.passage.text, hit.passage.language))
    mine = sentences_of(own.text, own.language)
    first = min(len(mine) - 1, round(hit.first * len(mine) / max(1, theirs)))
    return tuple(mine[max(0, first - 1) : first + 2])
