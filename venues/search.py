"""Finding the passage of one language that a question is about, and how much of the question it answers.

BM25 over words, senses and runs of letters (the library bm25s) draws the candidates, however many stops there are.
What is drawn is then weighed: every word of the question that carries meaning has a weight by how few stops speak of
it, and a passage is worth the share of that weight which it, and best a few of its sentences, hold.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import bm25s

from venues.mentions import near, tokens
from venues.passages import Passage
from venues.words import UNSPACED, normal, words_of

DRAWN = 24
"""Passages that are weighed, of however many there are."""
UNKNOWN = 3
"""Stops by which a word is weighed that none of them has: it may only be a form that is not known."""
LONGEST_WINDOW = 3
"""Sentences of an answer."""
_RUN = {"th": 3}
"""Letters of a run in languages without spaces; two in Chinese and Japanese, where a letter says more."""
_SHORT = 14
"""Words, or runs of letters, of a sentence that only goes on with the one before: "Only one is left." """
_LEAST_THAI = 40
"""Letters of a Thai piece: a space ends a phrase rather than a sentence."""
_COMPOUNDS = frozenset({"de", "nl", "id", "ko", "ru"})
"""Languages in which a word of the question may stand inside one of the text."""
_SENSES = ("sense", "topic", "place")
_CAPITALS = frozenset({"en", "id", "vi", "pt", "es", "fr", "nl", "ru", "it"})
YEAR, NUMBER, NAME = "#year", "#number", "#name"
"""Senses of sentences that could answer when, how many and who."""


@dataclass(frozen=True)
class Unit:
    """A word of a question, or a run of letters, that carries meaning."""

    text: str
    """Normalised."""
    senses: frozenset[str]
    """What it means, where a list says so."""
    factor: float = 1.0
    """How much more or less it counts than its rarity says."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a passage, taken apart once."""

    text: str
    plain: str
    """Normalised."""
    words: frozenset[str]
    """Words, or runs of letters."""
    senses: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A passage and how much of the question it holds."""

    passage: Passage
    share: float
    """Of the question's weight, 0 to 1, that the whole passage holds."""
    window_share: float
    """Likewise, the best few sentences."""
    window: tuple[str, ...]
    """These sentences."""
    first: int
    """Place of the first of them in the passage."""
    drawn: float
    """BM25, of the best one's 1."""
    held: tuple[float, ...] = ()
    """How well these sentences hold each unit, 0 to 1."""
    named: float = 0.0
    """Share of the names in the question that are the stop's own or stand in the passage."""


def sentences_of(text: str, language: str) -> list[str]:
    """A text cut where a voice would stop."""
    if language == "th":
        pieces: list[str] = []
        for piece in text.split():
            if pieces and (len(pieces[-1]) < _LEAST_THAI or re.fullmatch(r"[\d.,]+|ค\.ศ\.|ๆ", piece)):
                pieces[-1] += " " + piece
            else:
                pieces.append(piece)
        return pieces
    pattern = r"(?<=[。！？])\s*" if language in UNSPACED else r"(?<=[.!?…])[»”\"]?\s+(?=[^\s\da-zа-яà-ÿ])"
    return [part.strip() for part in re.split(pattern, text) if part.strip()]


def _names_somebody(text: str) -> bool:
    """Whether a word within a sentence is written large, in a language that writes only names so."""
    return bool(re.search(r"(?<=[\w,] )(?:[«„\"'’]?[A-ZÀ-ÞА-Я])\w+", text))


def runs(text: str, size: int) -> list[str]:
    """Runs of letters of a text, not across spaces and marks; a shorter piece is one run."""
    found = []
    for piece in re.findall(r"[\w\u0e30-\u0e4e]+", text):
        found += [piece[i : i + size] for i in range(max(1, len(piece) - size + 1))]
    return found


class Index:
    """The passages of one language, ready to be asked."""

    def __init__(
        self, language: str, passages: Iterable[Passage], parallel: Mapping[tuple[str, str], Passage] | None = None
    ) -> None:
        self.language = language
        self._parallel = parallel or {}
        self._words = words_of(language)
        self.passages: Sequence[Passage] = tuple(each for each in passages if each.kind != "title")
        self._sentences: dict[int, tuple[Sentence, ...]] = {}
        stops: dict[str, set[str]] = defaultdict(set)
        corpus = []
        for each in self.passages:
            text = normal(each.text, language)
            found = self.terms(text)
            if (other := self._parallel.get((each.stop, each.kind))) is not None:
                plain = normal(other.text, other.language)
                found += [f"={key}" for _, key in words_of(other.language).keys(plain, *_SENSES)]
            corpus.append(found)
            for term in found:
                stops[term].add(each.stop)
        self._frequency = {term: len(where) for term, where in stops.items()}
        self._count = len({each.stop for each in self.passages})
        self._by_stop: dict[str, list[int]] = defaultdict(list)
        for i, each in enumerate(self.passages):
            self._by_stop[each.stop].append(i)
        self._engine = bm25s.BM25()
        if corpus:
            self._engine.index(corpus, show_progress=False)

    def terms(self, plain: str) -> list[str]:
        """What a normalised text is indexed by: words with their beginnings, or runs of letters; and senses."""
        if self.language in UNSPACED:
            found = runs(plain, _RUN.get(self.language, 2))
        else:
            found = []
            for word, _, _ in tokens(plain):
                found += [word, "^" + word[: max(4, len(word) - 3)]]
                found += ["~" + word[i : i + 4] for i in range(len(word) - 3)]
        return found + [f"={key}" for _, key in self._words.keys(plain, *_SENSES)]

    def sentences(self, number: int) -> tuple[Sentence, ...]:
        """The sentences of a passage."""
        if number not in self._sentences:
            passage = self.passages[number]
            texts = sentences_of(passage.text, self.language)
            theirs = self._senses_beside(passage, len(texts))
            out = []
            for text, others in zip(texts, theirs, strict=True):
                plain = normal(text, self.language)
                words = (
                    runs(plain, _RUN.get(self.language, 2))
                    if self.language in UNSPACED
                    else [word for word, _, _ in tokens(plain)]
                )
                senses = {key for _, key in self._words.keys(plain, *_SENSES)} | self._evidence(text, plain) | others
                if theirs[0] and self.language not in _CAPITALS and NAME not in others:
                    senses.discard(NAME)
                out.append(Sentence(text, plain, frozenset(words), frozenset(senses)))
            self._sentences[number] = tuple(out)
        return self._sentences[number]

    def _senses_beside(self, passage: Passage, count: int) -> list[set[str]]:
        """What the sentences at the same places mean in the parallel text, whose lists may know other words."""
        other = self._parallel.get((passage.stop, passage.kind))
        if other is None:
            return [set() for _ in range(count)]
        words = words_of(other.language)
        found = []
        for text in sentences_of(other.text, other.language):
            senses = {key for _, key in words.keys(normal(text, other.language), *_SENSES)}
            if _names_somebody(text):
                senses.add(NAME)
            found.append(senses)
        # Cut differently, it cannot be told which sentence stands beside which.
        return found if len(found) == count else [set() for _ in range(count)]

    def _evidence(self, text: str, plain: str) -> set[str]:
        """What kinds of answers a sentence could hold: a year or a season, a number, a name."""
        found = set()
        if re.search(r"(?<!\d)(?:1[0-9]|20)[0-9]{2}(?!\d)", plain) or {
            key for _, key in self._words.keys(plain, "sense")
        } & {"season", "age", "hour"}:
            found.add(YEAR)
        if re.search(r"\d", re.sub(r"(?<!\d)(?:1[0-9]|20)[0-9]{2}(?!\d)", "", plain)) or any(
            key == "numerals" for _, key in self._words.keys(plain, "asking")
        ):
            found.add(NUMBER)
        # German writes every noun large; the scripts of East Asia none.
        if self.language not in _CAPITALS or _names_somebody(text):
            found.add(NAME)
        return found

    def weight(self, unit: Unit) -> float:
        """How much a unit says: the fewer stops speak of it, the more."""
        if not unit.text:
            return unit.factor
        counts = [self._frequency.get("=" + sense, 0) for sense in unit.senses]
        if self.language in UNSPACED:
            parts = runs(unit.text, _RUN.get(self.language, 2))
            counts.append(min((self._frequency.get(part, 0) for part in parts), default=0))
        else:
            counts += [self._frequency.get(unit.text, 0), self._frequency.get("^" + unit.text, 0)]
            counts.append(self._frequency.get("^" + unit.text[: max(4, len(unit.text) - 3)], 0))
        count = max(counts) or UNKNOWN
        return unit.factor * max(0.25, math.log((self._count + 1) / (count + 0.3)))

    def ask(
        self, units: Sequence[Unit], favoured: Iterable[str] = (), names: Sequence[tuple[Unit, frozenset[str]]] = ()
    ) -> list[Hit]:
        """The passages that hold most of the units, unordered: the drawn ones and all of the favoured stops.

        ``names`` are the names in the question with the stops that have them; they only say which passage is meant.
        """
        by_names = not any(unit.text for unit in units)
        if by_names:
            units = [*units, *(unit for unit, _ in names)]
        if not self.passages or not any(unit.text for unit in units):
            return []
        query = [term for unit in (*units, *(unit for unit, _ in names)) for term in self._query(unit)]
        scores = self._engine.get_scores(query) if query else None
        numbers: dict[int, float] = {}
        if scores is not None and scores.max() > 0:
            order = scores.argsort()[::-1][:DRAWN]
            numbers = {int(i): float(scores[i] / scores.max()) for i in order if scores[i] > 0}
        for stop in favoured:
            for i in self._by_stop.get(stop, ()):
                numbers.setdefault(i, float(scores[i] / scores.max()) if scores is not None and scores.max() else 0.0)
        weights = [self.weight(unit) for unit in units]
        content = sum(w for w, unit in zip(weights, units, strict=True) if unit.text)
        # What kind of answer is wanted weighs as a share of what is asked about.
        weights = [w if unit.text else unit.factor * content for w, unit in zip(weights, units, strict=True)]
        total = sum(weights)
        vocabulary = {word for i in numbers for sentence in self.sentences(i) for word in sentence.words}
        matchers = [self._matches(unit, vocabulary) for unit in units]
        hits = [self._weigh(i, drawn, units, weights, total, matchers) for i, drawn in numbers.items()]
        return [replace(hit, named=self._named(hit.passage, i, names)) for hit, i in zip(hits, numbers, strict=True)]

    def _named(self, passage: Passage, number: int, names: Sequence[tuple[Unit, frozenset[str]]]) -> float:
        if not names:
            return 0.0
        sentences = self.sentences(number)
        vocabulary = {word for sentence in sentences for word in sentence.words}
        held = 0.0
        for unit, stops in names:
            matches = self._matches(unit, vocabulary)
            held += 1.0 if passage.stop in stops else 0.7 * max(self._match(unit, matches, s) for s in sentences)
        return held / len(names)

    def _query(self, unit: Unit) -> list[str]:
        return [*self.terms(unit.text), *(f"={sense}" for sense in unit.senses)]

    def _matches(self, unit: Unit, vocabulary: set[str]) -> Mapping[str, float]:
        """Word of the texts -> how surely it is the unit's, for languages that write spaces."""
        if self.language in UNSPACED or not unit.text:
            return {}
        found = {}
        parts = unit.text.split()
        for word in vocabulary:
            if (alike := max(near(part, word) for part in parts)) > 0:
                found[word] = alike / (1 if len(parts) == 1 else 1.2)
            elif self.language in _COMPOUNDS and any(
                min(len(part), len(word)) >= 5 and (part in word or word in part) for part in parts
            ):
                found[word] = 0.7
        return found

    def _match(self, unit: Unit, matches: Mapping[str, float], sentence: Sentence) -> float:
        score = 0.9 if unit.senses & sentence.senses else 0.0
        if not unit.text:
            return score
        if self.language in UNSPACED:
            if unit.text in sentence.plain:
                return 1.0
            parts = runs(unit.text, _RUN.get(self.language, 2))
            held = sum(part in sentence.words or part in sentence.plain for part in parts) / len(parts) if parts else 0
            return max(score, held if held >= 0.3 else 0.0)
        return max(score, max((matches[word] for word in sentence.words & matches.keys()), default=0.0))

    def _weigh(
        self,
        number: int,
        drawn: float,
        units: Sequence[Unit],
        weights: Sequence[float],
        total: float,
        matchers: Sequence[Mapping[str, float]],
    ) -> Hit:
        sentences = self.sentences(number)
        rows = [[self._match(u, m, s) for u, m in zip(units, matchers, strict=True)] for s in sentences]
        content = [sum(w * r for w, r, u in zip(weights, row, units, strict=True) if u.text) for row in rows]
        about = [held >= 0.6 * max(content) for held in content]
        for i, row in enumerate(rows):
            # A year or a name answers only where the sentence also says what it is about; a number may follow shortly.
            if not about[i]:
                follows = i > 0 and about[i - 1] and len(sentences[i].words) <= _SHORT
                row[:] = [
                    r if u.text or (NUMBER in u.senses and follows) else 0.0 for r, u in zip(row, units, strict=True)
                ]
        share = sum(w * max(column) for w, column in zip(weights, zip(*rows, strict=True), strict=True)) / total
        best = (0.0, 0, 1)
        for size in range(1, LONGEST_WINDOW + 1):
            for first in range(len(rows) - size + 1):
                window = rows[first : first + size]
                held = (
                    sum(w * max(column) for w, column in zip(weights, zip(*window, strict=True), strict=True)) / total
                )
                # A longer answer has to be worth its length.
                if held - 0.08 * (size - 1) > best[0] + 1e-9:
                    best = (held - 0.08 * (size - 1), first, size)
        held, first, size = best
        return Hit(
            self.passages[number],
            share,
            held,
            tuple(s.text for s in sentences[first : first + size]),
            first,
            drawn,
            tuple(max(column) for column in zip(*rows[first : first + size], strict=True)),
        )

    @cached_property
    def stops(self) -> frozenset[str]:
        """The stops that have a passage here."""
        return frozenset(each.stop for each in self.passages)
