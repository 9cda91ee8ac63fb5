"""How alike a visitor's question is to those that a venue's people know.

A wording is a vector of what it says: words, their beginnings and runs of letters, the senses that the lists of words
know, the stops and the terms that it names; each weighed by how few wordings have it. What none of them has weighs
most, so that a question about something else is not taken for the one it is built like. Beside these letters, what
both mean is compared as vectors of :mod:`venues.meaning`, which finds the same question in other words.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from venues.known import FACTS, UNANSWERED, KnownQuestion
from venues.meaning import LANGUAGES, vectors_of, vectors_of_wordings
from venues.mentions import Names, tokens
from venues.words import UNSPACED, normal, words_of

_LOOKED_AT = 5
"""Answers that are looked at, by letters and by meaning."""
_UNSEEN = 0.5
"""Wordings by which a feature is weighed that none of them has."""
_LISTS = ("asking", "intent", "when", "topic", "place", "sense")
_OF_KIND = {"asking": 0.7, "intent": 0.7, "when": 0.5, "topic": 1.0, "place": 0.5, "sense": 1.5}
_MUST = frozenset({"price", "fire-ambulance", "police", "tourist-hotline"})
"""Facts that a known question has to ask for when the visitor's does."""
_RUNS = {"": ((1, 0.8), (2, 1.0), (3, 0.4)), "th": ((3, 0.7), (5, 0.7))}
"""Letters of a run and how much it counts, in languages without spaces."""
_OTHER_WANTS = 0.5
"""What is left of the likeness when the visitor asks for a fact or a topic that the known question does not."""
_NAME = 0.35
"""How much a word counts that is part of a name."""
_STEM, _PIECE = 0.8, 0.35
"""How much the beginning of a word counts, and a run of four of its letters."""
_DULL = 0.4
"""How much a word counts that says nothing by itself."""


@dataclass(frozen=True)
class Likeness:
    """A known question and how alike the visitor's is."""

    question: KnownQuestion
    answer: str
    """Its answer; of a fact, that of the stop which the visitor names."""
    wording: str
    letters: float
    """0 to 1: cosine of what both say, rare words and names weighing more."""
    meaning: float | None
    """0 to 1: cosine of what both mean; None in a language that the encoder does not serve."""

    @property
    def score(self) -> float:
        """0 to 1: how alike they are in all."""
        return self.letters if self.meaning is None else (self.letters + self.meaning) / 2


@dataclass(frozen=True)
class _Said:
    """What a wording says."""

    worth: Mapping[str, float]
    """Feature -> how much it counts, before its rarity."""
    stops: frozenset[str]
    """That are named clearly."""
    faint: frozenset[str]
    """That are named at all."""
    wants: frozenset[str]
    """Topics, and facts that are asked for."""


class Known:
    """The known questions of a venue, ready to be compared with a visitor's. A language is indexed when first asked."""

    def __init__(self, questions: Sequence[KnownQuestion], names: Names) -> None:
        self._questions = questions
        self._names = names
        self._languages: dict[str, _Wordings] = {}

    def like(self, question: str, text: str, language: str) -> list[Likeness]:
        """The most alike, best first, one for each answer; of what stands nowhere always one.

        ``question`` is as it was asked, ``text`` the same normalised; ``language`` what it is read in.
        """
        return self._of(language).like(question, text)

    @property
    def count(self) -> int:
        """How many questions are known."""
        return len(self._questions)

    def has(self, language: str) -> bool:
        """Whether any question is known in a language."""
        return self._of(language).some

    def _of(self, language: str) -> _Wordings:
        if language not in self._languages:
            self._languages[language] = _Wordings(self._questions, language, self._names)
        return self._languages[language]


class _Wordings:
    """Every wording of one language as a vector of weighted features."""

    def __init__(self, questions: Iterable[KnownQuestion], language: str, names: Names) -> None:
        self._language = language
        self._names = names
        tag = language.removesuffix("-bare")
        self._of = [(q, w) for q in questions for w in q.wordings.get(tag, ())]
        self._said = [self._say(normal(wording, language)) for _, wording in self._of]
        counts = Counter(feature for said in self._said for feature in said.worth)
        self._rarity = {feature: math.log(1 + len(self._of) / count) for feature, count in counts.items()}
        self._unseen = math.log(1 + len(self._of) / _UNSEEN)
        served = tag in LANGUAGES
        self._vectors = vectors_of_wordings(tuple(wording for _, wording in self._of)) if served and self._of else None
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, said in enumerate(self._said):
            for feature, worth in self._unit(said.worth).items():
                self._postings[feature].append((number, worth))

    @property
    def some(self) -> bool:
        """Whether there is any."""
        return bool(self._of)

    def like(self, question: str, text: str) -> list[Likeness]:
        asked = self._say(text)
        scores: dict[int, float] = defaultdict(float)
        for feature, worth in self._unit(asked.worth).items():
            for number, other in self._postings.get(feature, ()):
                scores[number] += worth * other
        meanings = self._meanings(question)
        by_answer: dict[str, list[Likeness]] = defaultdict(list)
        for number, (known, wording) in enumerate(self._of):
            said = self._said[number]
            if not (answer := self._answer(known, asked, said)):
                continue
            # Runs of letters agree less often than words do.
            letters = scores.get(number, 0.0)
            letters = math.sqrt(letters) if self._language in UNSPACED else letters
            letters = min(1.0, letters) * _OTHER_WANTS ** len(asked.wants - said.wants)
            meaning = None if meanings is None else max(0.0, float(meanings[number]))
            by_answer[answer].append(Likeness(known, answer, wording, letters, meaning))
        found = sorted(map(_most_alike, by_answer.values()), key=lambda each: -each.score)
        first = {each.answer for each in sorted(found, key=lambda each: -each.letters)[:_LOOKED_AT]}
        first |= {each.answer for each in sorted(found, key=lambda each: -(each.meaning or 0.0))[:_LOOKED_AT]}
        return [each for each in found if each.answer in first or each.answer == UNANSWERED]

    def _meanings(self, question: str) -> NDArray[np.float32] | None:
        """Cosine of each wording's meaning with that of the question; None where they cannot be compared."""
        if self._vectors is None:
            return None
        mine: NDArray[np.float32] = self._vectors @ vectors_of([question])[0]
        return mine

    def _answer(self, question: KnownQuestion, asked: _Said, known: _Said) -> str:
        """The answer of the known question to the one that is asked; empty when they differ in what they name."""
        stop, _, kind = question.answer.partition("/")
        if asked.wants & _MUST - known.wants:
            return ""
        if asked.stops and not asked.stops & (known.faint | {stop}):
            # The same is asked of another place: its data answer, its texts may not.
            if kind in FACTS and len(asked.stops) == 1:
                (other,) = asked.stops
                return f"{other}/{kind}"
            return ""
        return "" if known.stops and not known.stops & asked.faint else question.answer

    def _unit(self, bag: Mapping[str, float]) -> dict[str, float]:
        weighed = {feature: worth * self._rarity.get(feature, self._unseen) for feature, worth in bag.items()}
        length = math.sqrt(sum(worth * worth for worth in weighed.values())) or 1.0
        return {feature: worth / length for feature, worth in weighed.items()}

    def _say(self, text: str) -> _Said:
        mentions = [m for m in self._names.mentions(text, self._language) if m.strength >= 0.2]
        bag = {f"@{mention.stop}": min(1.0, mention.strength + 0.2) for mention in mentions}
        # What is part of a name says nothing more.
        named = [span for mention in mentions if mention.strength >= 0.5 for span in mention.spans]
        bag.update(self._letters(text, named))
        found = [
            each
            for each in words_of(self._language).find(text, *_LISTS)
            if not any(start <= each.start and each.end <= end for start, end in named)
        ]
        bag.update({f"{each.kind}={each.key}": _OF_KIND[each.kind] for each in found})
        bag.update({f"#{each.term.id}": 1.0 for each in self._names.terms(text)})
        return _Said(
            bag,
            frozenset(m.stop for m in mentions if m.strength >= 0.5),
            frozenset(m.stop for m in mentions),
            frozenset(
                each.key for each in found if each.kind == "topic" or (each.kind == "intent" and each.key in _MUST)
            ),
        )

    def _letters(self, text: str, named: Sequence[tuple[int, int]]) -> dict[str, float]:
        """Words and runs of letters; those of names count less, since the stop that is named counts already."""
        bag: dict[str, float] = {}

        def add(feature: str, worth: float, start: int, end: int) -> None:
            part = _NAME if any(s < end and start < e for s, e in named) else 1.0
            bag[feature] = max(bag.get(feature, 0.0), part * worth)

        if self._language in UNSPACED:
            for size, worth in _RUNS.get(self._language, _RUNS[""]):
                for match in re.finditer(r"[\w\u0e30-\u0e4e]+", text):
                    for i in range(match.start(), match.end() - size + 1):
                        add(text[i : i + size], worth, i, i + size)
            return bag
        dull = [(each.start, each.end) for each in words_of(self._language).find(text, "function")]
        for word, start, end in tokens(text):
            worth = _DULL if any(s <= start and end <= e for s, e in dull) else 1.0
            add(word, worth, start, end)
            add("^" + word[: max(4, len(word) - 3)], _STEM * worth, start, end)
            padded = f"<{word}>"
            for i in range(len(padded) - 3):
                add("~" + padded[i : i + 4], _PIECE * worth, start, end)
        return bag


def _most_alike(likes: Sequence[Likeness]) -> Likeness:
    """Of the wordings with one answer the most alike, with the letters and the meaning of whichever has most."""
    best = max(likes, key=lambda each: each.score)
    meaning = None if best.meaning is None else max(each.meaning or 0.0 for each in likes)
    return replace(best, letters=max(each.letters for each in likes), meaning=meaning)
