"""Ask the guide: an answer in the venue's own words or from its own data, or the admission that there is none.

Nothing is made up. A text answer is one to three sentences of a passage, a fact is the structured data laid out in
fixed sentences. When what is asked for beyond the name of a place stands nowhere, the guide says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from venues import belief
from venues.choice import SUPPORTED, Choice
from venues.errors import WrongUseError
from venues.facts import STATE, Fact, language_name, sentence
from venues.hours import zone
from venues.known import FACTS, UNANSWERED, KnownQuestion
from venues.likeness import Known, Likeness
from venues.mentions import Mention, Names
from venues.names import nearest
from venues.pack import TAGS, Venue
from venues.passages import Passage
from venues.questions import Languages
from venues.reading import VAGUE, Reading, read
from venues.search import Hit, Index, Unit, sentences_of
from venues.terms import Term
from venues.words import normal

Translate = Callable[[str, str, str], str | None]
"""(text, source tag, target tag) -> the text in the target language, None when it cannot be translated."""
SUPPORTED_KIND = 0.51
"""Likewise, where the question says what kind of place it means, and there is one."""
SUPPORTED_NAMED = 0.5
"""Likewise, where the question names the stop by its whole name."""
NAMED, NAMES = 0.5, 0.4
"""Worth of a passage whose stop is named whole, and of one that speaks of every name in the question."""
HEADLESS = 0.6
"""What is left of the confidence when what is counted or done is not in the sentences of the answer."""
NEARLY_KNOWN = 0.35
"""Likeness to a known question from which its answer is among the nearest."""
_SURE = 0.5
"""Likeness from which the sentence that people chose is shown rather than the one that was found."""
_CLEAR = 0.5
"""Strength from which a stop counts as named: what its texts do not hold is not looked for at other stops."""


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


class Guide:
    """A venue that can be asked. Indexes are built when a language is first asked for, and kept."""

    def __init__(
        self,
        venue: Venue,
        passages: Mapping[tuple[str, str, str], Passage],
        terms: Sequence[Term] = (),
        questions: Sequence[KnownQuestion] = (),
    ) -> None:
        self._venue = venue
        self._passages = passages
        self._names = Names(venue, passages, terms)
        self._choice = Choice(venue, passages, self.index)
        self._known = Known(questions, self._names)
        self._languages = Languages(passages, venue.source_language)
        self._indexes: dict[str, Index] = {}
        self._stops = {stop.id: stop for stop in venue.stop}

    def index(self, language: str) -> Index:
        """The passages of a language, ready to be searched."""
        if language not in self._indexes:
            written = language.removesuffix("-bare")
            mine = [p for (stop, _, tag), p in self._passages.items() if tag == written and stop in self._stops]
            # The lists of one language help those of all others where the texts are translations of each other.
            parallel = {(stop, kind): p for (stop, kind, tag), p in self._passages.items() if tag == "en" != written}
            self._indexes[language] = Index(language, mine, parallel)
        return self._indexes[language]

    def ask(
        self,
        question: str,
        language: str | None = None,
        at: datetime | None = None,
        translate: Translate | None = None,
    ) -> Answer:
        """Answer a question. ``at`` is the moment "now" means; without a time zone it is the venue's own clock.

        Raises WrongUseError for an empty question and for a language that no guide is written in.
        """
        question = question.strip()
        if not re.search(r"\w", question):
            raise WrongUseError("the question is empty; ask it in a few words, in quotation marks.")
        told = "given"
        if language is None:
            language, told = self._languages.tell(question)
        elif language not in TAGS:
            raise WrongUseError(f"'{language}' is no language of a guide; {nearest(language, TAGS)}")
        at = self._moment(at)
        answer = self._ask(question, language, at)
        source = self._venue.source_language
        if translate is not None and language != source:
            missing = not self.index(language).passages
            if (missing or not answer.supported) and (turned := translate(question, language, source)):
                other = self._ask(turned, source, at, language)
                if other.supported:
                    answer = replace(other, found=f"{other.found}, by a translation of the question")
        return replace(
            answer, asked_in=language, found=f"{answer.found}; the question was taken to be in {language} ({told})"
        )

    def _moment(self, at: datetime | None) -> datetime:
        if at is None:
            return datetime.now(UTC)
        return at if at.tzinfo is not None else at.replace(tzinfo=zone(self._venue.time_zone))

    def _ask(self, question: str, language: str, at: datetime, answer_in: str = "") -> Answer:
        reading = read(question, language, self._names, self._venue)
        show_in = answer_in or language
        reads_in = reading.asked.reads_in
        search_in = reads_in if self.index(reads_in).passages else self._fallback()
        units = reading.units if search_in == reads_in else ()
        units = (*units, *self._foreign(reading, search_in.removesuffix("-bare")))
        strength = {mention.stop: mention.strength for mention in reading.mentions}
        names = reading.names if search_in == reads_in else ()
        hits = self.index(search_in).ask((*units, *reading.evidence), strength, names)
        if not reading.mentions or reading.mentions[0].strength < _CLEAR:
            hits = [hit for hit in hits if self._choice.speaks_of_topics(hit, reading)] or hits
        ranked = sorted(hits, key=lambda hit: -self._value(hit, strength))
        best = ranked[0] if ranked else None
        confidence = self._confidence(best, reading) if best and self._choice.speaks_of_topics(best, reading) else 0.0
        likes = self._known.like(reading.asked.text, reads_in)
        fact = self._choice.fact(reading, best, confidence, at, show_in)
        near_by = self._nearest(ranked, reading, show_in, fact, likes)
        found: Answer | None = None
        if fact is not None:
            found = self._fact_answer(fact, near_by, show_in) if fact.known else None
        elif self._wants_overview(reading):
            found = self._overview(reading.mentions[0], near_by, show_in)
        elif best is not None and confidence >= self._least(best, reading, strength):
            found = self._text_answer(best, confidence, near_by, show_in)
        believed = self._believed(found, likes, confidence, best.passage.stop if best is not None else "")
        if believed is found is not None:
            return found
        if isinstance(believed, Likeness):
            answer = self._by_known(believed, reading, ranked, likes, at, show_in)
            if answer is not None:
                return answer
        return self._nothing(near_by, show_in, fact.text if fact is not None and not fact.known else "")

    def _believed(
        self, found: Answer | None, likes: Sequence[Likeness], confidence: float, best: str
    ) -> Answer | Likeness | None:
        """What is believed most: what was found, the known question that is most alike, or neither."""
        if not likes:
            return found
        like = likes[0]
        stop, _, kind = like.answer.partition("/")
        beside = found.id.split("/")[1] if found is not None else best
        evidence = belief.Evidence(
            confidence,
            like.score,
            like.score - max((each.score for each in likes if each.answer != like.answer), default=0.0),
            like.answer == UNANSWERED,
            # A fact and a text of one stop are two answers.
            stop == beside and (found is None or (found.state == STATE) == (kind in FACTS or stop == "emergency")),
        )
        known = belief.known(evidence)
        if found is None:
            return None if evidence.unanswered or known < belief.LEAST_KNOWN else like
        if found.state == STATE:
            # Where the data answer, they also know for which day; the known question only has to agree.
            return found if evidence.same_stop or belief.fact(evidence) >= known else like
        if belief.text(evidence) < max(known, belief.LEAST_TEXT) or (evidence.same_stop and like.score >= _SURE):
            return like if known >= belief.LEAST_KNOWN or like.score >= _SURE else None
        return found

    def _by_known(
        self,
        like: Likeness,
        reading: Reading,
        ranked: Sequence[Hit],
        likes: Sequence[Likeness],
        at: datetime,
        language: str,
    ) -> Answer | None:
        """The answer of a known question; None where the venue does not have it after all."""
        answer = like.answer
        near_by = self._nearest(ranked, reading, language, None, likes)
        if answer == UNANSWERED:
            return self._nothing(near_by, language)
        stop, kind = answer.split("/")
        how = f"like the known question “{like.wording}”"
        if stop == "emergency" or kind in FACTS:
            fact = self._choice.stated(stop, kind, reading.asked, at, language)
            if fact is None or not fact.known:
                return None
            near_by = self._nearest(ranked, reading, language, fact, likes)
            return replace(self._fact_answer(fact, near_by, language), found=how, score=round(like.score, 3))
        passage = self._shown(stop, language, (kind,))
        if passage is None:
            return None
        gap = "" if passage.language in ("zh-Hant", "zh-Hans", "ja") else " "
        text = gap.join(self._sentences_with(like.question.words, passage))
        return self._passage_answer(passage, text, like.score, how, near_by, language)

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

    def _fallback(self) -> str:
        return next((t for t in (self._venue.source_language, "en") if self.index(t).passages), "en")

    def _foreign(self, reading: Reading, search_in: str) -> tuple[Unit, ...]:
        """The names that the question writes in another language than the texts, as the texts write them."""
        found = []
        own = {mention.name for mention in reading.mentions}
        for each in reading.terms:
            known = [normal(name, search_in) for name in each.term.said().get(search_in, ())]
            if known and each.written not in known and each.written not in own:
                found.append(Unit(known[0], frozenset()))
        return tuple(found)

    def _value(self, hit: Hit, strength: Mapping[str, float]) -> float:
        named = strength.get(hit.passage.stop, 0.0)
        by_name = NAMED * named + NAMES * hit.named
        # What the short text says, the long one mostly tells better; only where it says clearly less, the short one.
        whole = 0.0 if hit.passage.kind == "short" else 0.12
        return 0.45 * hit.share + 0.55 * hit.window_share + 0.08 * hit.drawn + by_name + whole

    def _least(self, hit: Hit, reading: Reading, strength: Mapping[str, float]) -> float:
        """The confidence that an answer needs: less where the question names the stop whole."""
        named = strength.get(hit.passage.stop, 0.0)
        return SUPPORTED_NAMED if named >= 0.8 else SUPPORTED_KIND if named >= _CLEAR else SUPPORTED

    def _confidence(self, hit: Hit, reading: Reading) -> float:
        confidence = 0.4 * hit.share + 0.6 * hit.window_share
        if reading.head is not None and reading.head < len(hit.held) and hit.held[reading.head] < 0.5:
            confidence *= HEADLESS
        return confidence

    def _wants_overview(self, reading: Reading) -> bool:
        """Whether a stop is named and nothing else that could be looked for."""
        if not reading.mentions or reading.asked.topics or (len(reading.mentions) > 1 and len(reading.names) > 1):
            return False
        return all(unit.senses and unit.senses <= VAGUE for unit in reading.units)

    def _nearest(
        self,
        ranked: Sequence[Hit],
        reading: Reading,
        language: str,
        fact: Fact | None,
        likes: Sequence[Likeness] = (),
    ) -> tuple[Alternative, ...]:
        found: dict[str, Alternative] = {}
        taken: set[str] = set()
        if fact is not None and fact.known:
            stop = fact.id.split("/")[1]
            title = self._choice.title(stop, language) if stop in self._stops else ""
            found[fact.id] = Alternative(fact.id, title, fact.language)
        for like in likes[:2]:
            if like.score >= NEARLY_KNOWN and like.answer != UNANSWERED:
                name = f"{self._venue.id}/{like.answer}"
                stop = like.answer.split("/")[0]
                taken.add(stop)
                title = self._choice.title(stop, language) if stop in self._stops else ""
                found.setdefault(name, Alternative(name, title, language))
        searched: set[str] = set()
        for hit in ranked:
            if hit.passage.stop not in searched:
                searched.add(hit.passage.stop)
                taken.add(hit.passage.stop)
                name = f"{self._venue.id}/{hit.passage.stop}/{hit.passage.kind}"
                found.setdefault(
                    name, Alternative(name, self._choice.title(hit.passage.stop, language), hit.passage.language)
                )
        others = [mention.stop for mention in reading.mentions]
        others += [stop.id for stop in sorted(self._venue.stop, key=lambda each: each.order)]
        for other in others:
            if other not in taken and (passage := self._shown(other, language)) is not None:
                taken.add(other)
                name = f"{self._venue.id}/{other}/{passage.kind}"
                found.setdefault(name, Alternative(name, self._choice.title(other, language), passage.language))
        return tuple(found.values())[:3]

    def _shown(self, stop: str, language: str, kinds: Sequence[str] = ("short", "long")) -> Passage | None:
        for tag in (language, self._venue.source_language, "en"):
            for kind in kinds:
                if (found := self._passages.get((stop, kind, tag))) is not None:
                    return found
        return None

    def _fact_answer(self, fact: Fact, near_by: tuple[Alternative, ...], language: str) -> Answer:
        kind = fact.id.split("/")[-1] if "/emergency/" not in fact.id else "emergency"
        return Answer(
            fact.text, fact.language, language, fact.id, STATE, f"from the venue's data on {kind}", 1.0, near_by, True
        )

    def _nothing(self, near_by: tuple[Alternative, ...], language: str, text: str = "") -> Answer:
        said = text or sentence("unknown", language)
        return Answer(said, language, language, "", "", "nothing in the guide supports an answer", 0.0, near_by, False)

    def _overview(self, mention: Mention, near_by: tuple[Alternative, ...], language: str) -> Answer:
        passage = self._shown(mention.stop, language, ("long", "short"))
        if passage is None:
            return self._nothing(near_by, language)
        text = " ".join(sentences_of(passage.text, passage.language)[:3])
        return self._passage_answer(passage, text, 1.0, f"by the name {mention.name}", near_by, language)

    def _text_answer(self, hit: Hit, score: float, near_by: tuple[Alternative, ...], language: str) -> Answer:
        passage, window = hit.passage, hit.window
        if passage.language != language:
            # Asked in another language than the visitor's: the same passage in theirs, where it exists.
            own = self._passages.get((passage.stop, passage.kind, language))
            if own is not None:
                passage, window = own, _same_place(hit, own)
        gap = "" if passage.language in ("zh-Hant", "zh-Hans", "ja") else " "
        how = f"{round(100 * score)} % of the question's weight stands in these sentences"
        return self._passage_answer(passage, gap.join(window), score, how, near_by, language)

    def _passage_answer(
        self, passage: Passage, text: str, score: float, how: str, near_by: tuple[Alternative, ...], language: str
    ) -> Answer:
        name = f"{self._venue.id}/{passage.stop}/{passage.kind}"
        mine = Alternative(name, self._choice.title(passage.stop, language), passage.language)
        if passage.language != language:
            note = sentence("other-language", language, language=language_name(passage.language, language))
            text = f"{note}\n{text}"
        if passage.status == "stale":
            text = f"{text}\n{sentence('stale', language)}"
        others = tuple(each for each in near_by if each.id != name)
        return Answer(
            text, passage.language, language, name, passage.status, how, round(score, 3), (mine, *others)[:3], True
        )


def _same_place(hit: Hit, own: Passage) -> tuple[str, ...]:
    """The sentences of a translation that stand where the found ones stand in the original."""
    theirs = len(sentences_of(hit.passage.text, hit.passage.language))
    mine = sentences_of(own.text, own.language)
    first = min(len(mine) - 1, round(hit.first * len(mine) / max(1, theirs)))
    return tuple(mine[max(0, first - 1) : first + 2])
