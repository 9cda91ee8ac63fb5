"""Ask the guide: an answer in the venue's own words or from its own data, or the admission that there is none.

Nothing is made up. A text answer is one to three sentences of a passage, a fact is the structured data laid out in
fixed sentences. When what is asked for beyond the name of a place stands nowhere, the guide says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from venues.answers import Answer, Answers, how_known
from venues.belief import LEAST, LEAST_NEAR, Candidate, Found, weigh
from venues.choice import SUPPORTED, Choice
from venues.errors import WrongUseError
from venues.facts import STATE, Fact
from venues.hours import zone
from venues.known import FACTS, UNANSWERED, KnownQuestion
from venues.likeness import Known
from venues.meaning import LANGUAGES
from venues.mentions import Names
from venues.names import nearest
from venues.pack import TAGS, Venue
from venues.passages import Passage
from venues.questions import Languages
from venues.reading import VAGUE, Reading, read
from venues.search import Hit, Index, Unit
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
_SURE = 0.5
"""Likeness from which the sentence that people chose is shown rather than the one that was found."""
_CLEAR = 0.5
"""Strength from which a stop counts as named: what its texts do not hold is not looked for at other stops."""


@dataclass(frozen=True)
class Considered:
    """What a question was weighed by."""

    question: str
    reading: Reading
    ranked: tuple[Hit, ...]
    """What the search found, best first."""
    found: Answer | None
    """What the data or the search would say by themselves."""
    fact: Fact | None
    """What the data say, even if it is that they do not hold what is asked for."""
    candidates: tuple[Candidate, ...]
    """The most believed first; empty where the venue has no known questions."""


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
        self._answers = Answers(venue, passages, self._choice)
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
        answer = self._answer(self.consider(question, language, at), at, language)
        source = self._venue.source_language
        if translate is not None and language != source:
            missing = not self.index(language).passages
            if (missing or not answer.supported) and (turned := translate(question, language, source)):
                other = self._answer(self.consider(turned, source, at, language), at, language)
                if other.supported:
                    answer = replace(other, found=f"{other.found}, by a translation of the question")
        return replace(
            answer, asked_in=language, found=f"{answer.found}; the question was taken to be in {language} ({told})"
        )

    def _moment(self, at: datetime | None) -> datetime:
        if at is None:
            return datetime.now(UTC)
        return at if at.tzinfo is not None else at.replace(tzinfo=zone(self._venue.time_zone))

    def consider(self, question: str, language: str, at: datetime, answer_in: str = "") -> Considered:
        """Look for answers to a question in one language, to be shown in ``answer_in``, and weigh them."""
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
        fact = self._choice.fact(reading, best, confidence, at, show_in)
        found: Answer | None = None
        if fact is not None:
            found = self._answers.fact(fact, show_in) if fact.known else None
        elif self._wants_overview(reading):
            found = self._answers.overview(reading.mentions[0], show_in)
        elif best is not None and confidence >= self._least(best, reading, strength):
            found = self._answers.text(best, confidence, show_in)
        likes = self._known.like(question, reading.asked.text, reads_in)
        candidates = weigh(
            likes,
            Found(
                found.path if found is not None else "",
                found is not None and found.state == STATE,
                confidence,
                best.passage.stop if best is not None else "",
            ),
            self._known.count,
            reads_in.removesuffix("-bare") in LANGUAGES,
        )
        return Considered(
            question, reading, tuple(ranked), found, fact, tuple(candidates) if self._known.has(reads_in) else ()
        )

    def _answer(self, considered: Considered, at: datetime, language: str) -> Answer:
        """The most believed answer, or that there is none, with what is nearest."""
        candidates = considered.candidates
        answer = considered.found
        if candidates:
            first = candidates[0]
            answer = None
            if first.answer != UNANSWERED and first.belief >= LEAST:
                answer = self._laid_out(first, considered, at, language)
        if answer is None:
            fact = considered.fact
            answer = self._answers.nothing(language, fact.text if fact is not None and not fact.known else "")
        likely = [each.answer for each in candidates if each.answer != UNANSWERED and each.belief >= LEAST_NEAR]
        if considered.found is not None and considered.found.path not in likely:
            likely.append(considered.found.path)
        if answer.supported:
            likely.insert(0, answer.path)
        near = self._answers.near(likely, considered.ranked, considered.reading, language)
        return replace(answer, nearest=near)

    def _laid_out(self, candidate: Candidate, considered: Considered, at: datetime, language: str) -> Answer | None:
        """The answer as it is said; None where the venue does not have it after all."""
        found, like = considered.found, candidate.like
        is_found = found is not None and found.path == candidate.answer
        stop, _, kind = candidate.answer.partition("/")
        is_fact = kind in FACTS or stop == "emergency"
        # What the data found also knows for which day; of a text, people have chosen the sentence.
        dated = considered.reading.asked.days or considered.reading.asked.moment
        both = {f"{stop}/hours", f"{stop}/closure"}
        if found is not None and dated and {found.path, candidate.answer} == both:
            return found
        if like is None or (is_found and (is_fact or like.score < _SURE)):
            return found
        if not is_fact:
            return self._answers.known(like, language) or found
        fact = self._choice.stated(stop, kind, considered.reading.asked, at, language)
        if fact is None or not fact.known:
            return None
        return replace(self._answers.fact(fact, language), found=how_known(like), score=round(like.score, 3))

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
