"""The phrases of one language as token sequences: their weights, the values that fill them, what is near what."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from interpreter import numerals
from interpreter.phrases import Book, Literal, Plural, Slot, Template
from interpreter.translation.contrasts import Contrasts, contrasts
from interpreter.translation.matching import (
    BY_CHARACTER,
    SHORTEST_SLIP,
    fillers,
    negations,
    tokens,
    typo,
    without_fillers,
)

LOUD = 0.55
"""Share of the heaviest weight from which a token that stands on one side only means something else was said."""
_RUN = 0.7
"""The same for what is left over in a row, where a token is a character and no word."""
QUESTION = ("?", "？", "؟")


@dataclass(frozen=True)
class Span:
    """Where a value may stand in what was said."""

    start: int
    """First token."""
    end: int
    """One behind the last token."""
    slot: str
    """Name and form, as in ``food:accusative``."""
    key: str
    """The value."""


@dataclass(frozen=True)
class Pattern:
    """A template as the token sequence it is compared by; slots are one token each."""

    phrase: str
    safety: bool
    slots: tuple[str, ...]
    """Name and form of each, sorted."""
    sequence: tuple[str, ...]
    bare: tuple[str, ...]
    """The sequence without fillers."""
    negations: int
    question: bool
    """Whether it is written with a question mark: "contém leite" is a question or a warning."""
    contrasts: Contrasts = field(compare=False)
    """Where it points: whose, when, which way."""


def marker(slot: str) -> str:
    """The token that stands for a slot."""
    return f"{{{slot}}}"


def slot_name(slot: str, form: str) -> str:
    """Name and form in one."""
    return f"{slot}:{form}" if form else slot


class Lexicon:
    """The patterns and slot values of one language, made once at its first use."""

    def __init__(self, book: Book, tag: str) -> None:
        self.tag = tag
        self.patterns: list[Pattern] = []
        for template in book.templates(tag):
            self.patterns += self._patterns(template, book.phrases[template.phrase].safety)
        self.values: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for slot in (*numerals.OPEN_SLOTS, *book.values):
            self._learn(book, slot)
        self.longest = max((len(key) for key in self.values), default=0)
        documents: dict[str, set[str]] = {}
        for pattern in self.patterns:
            documents.setdefault(pattern.phrase, set()).update(pattern.sequence)
        counts = Counter(token for found in documents.values() for token in found)
        self.heaviest = math.log(len(documents) + 1.0)
        self.weights = {token: math.log((len(documents) + 1) / (count + 0.5)) for token, count in counts.items()}
        for filler in fillers(tag):
            if len(filler) == 1:
                self.weights[filler[0]] = 0.05
        self.exact: dict[tuple[str, ...], list[Pattern]] = {}
        self.bare: dict[tuple[str, ...], list[Pattern]] = {}
        self._index: dict[tuple[str, ...], dict[str, list[int]]] = {}
        self._weight: list[float] = []
        self._counts = [Counter(pattern.bare) for pattern in self.patterns]
        for number, pattern in enumerate(self.patterns):
            self.exact.setdefault(pattern.sequence, []).append(pattern)
            self.bare.setdefault(pattern.bare, []).append(pattern)
            self._weight.append(sum(map(self.weight, pattern.bare)))
            index = self._index.setdefault(pattern.slots, {})
            for token in set(pattern.bare):
                index.setdefault(token, []).append(number)
        self._slips = functools.lru_cache(maxsize=1000)(self._slips_of)

    @property
    def slots(self) -> Collection[tuple[str, ...]]:
        """The slots that a pattern can have, sorted."""
        return self._index.keys()

    def _patterns(self, template: Template, safety: bool) -> list[Pattern]:
        plurals = max((len(part.forms) for part in template.parts if isinstance(part, Plural)), default=1)
        found = []
        for form in range(plurals):
            sequence: list[str] = []
            text = ""
            for part in template.parts:
                if isinstance(part, Slot):
                    sequence += [*tokens(text, self.tag), marker(slot_name(part.name, part.form))]
                    text = ""
                else:
                    text += part.text if isinstance(part, Literal) else part.forms[min(form, len(part.forms) - 1)]
            sequence += tokens(text, self.tag)
            whole = "".join(part.text if isinstance(part, Literal) else " " for part in template.parts)
            found.append(
                Pattern(
                    template.phrase,
                    safety,
                    tuple(sorted(slot_name(part.name, part.form) for part in template.parts if isinstance(part, Slot))),
                    tuple(sequence),
                    without_fillers(sequence, self.tag),
                    negations(whole, self.tag),
                    whole.rstrip().endswith(QUESTION),
                    contrasts(sequence, self.tag),
                )
            )
        return list(dict.fromkeys(found))

    def _learn(self, book: Book, slot: str) -> None:
        choices: list[tuple[str, str, Sequence[str]]] = []
        if slot == "number":
            numbers = (*range(301), *range(400, 1001, 100))
            choices = [(slot, str(number), numerals.words(number, self.tag)) for number in numbers]
        elif slot in numerals.OPEN_SLOTS:
            choices = [(slot, c.key, (c.written, *c.spoken)) for c in book.slot_choices(slot, "", self.tag)]
            if slot == "time":
                halves = [(half, hour) for half in ("?", "") for hour in (range(1, 13) if half else range(24))]
                keys = [f"{hour:02d}:{minute:02d}{half}" for half, hour in halves for minute in range(60)]
                choices += [(slot, key, (numerals.written("time", key, self.tag),)) for key in keys]
        else:
            for key, by_tag in book.values[slot].items():
                choices += [(slot_name(slot, form), key, texts) for form, texts in by_tag.get(self.tag, {}).items()]
        for name, key, texts in choices:
            for text in texts:
                whole = tuple(tokens(text, self.tag))
                # People leave the article out.
                for sequence in {whole, without_fillers(whole, self.tag)}:
                    known = self.values.setdefault(sequence, [])
                    if sequence and not any(other == name for other, _ in known):
                        known.append((name, key))

    def weight(self, token: str) -> float:
        """What a token tells, from nothing to :attr:`heaviest`."""
        return self.weights.get(token, self.heaviest)

    def spans(self, sequence: Sequence[str]) -> dict[str, list[Span]]:
        """Where a value of a slot may stand: slot -> spans, none inside a longer one of the same slot."""
        found: dict[str, list[Span]] = {}
        for start in range(len(sequence)):
            for end in range(min(len(sequence), start + self.longest), start, -1):
                candidates = list(self.values.get(tuple(sequence[start:end]), ()))
                token = sequence[start]
                if end == start + 1 and token.isdecimal():
                    candidates += [("number", str(int(token))), ("price", str(int(token)))] if len(token) < 6 else []
                for slot, key in candidates:
                    spans = found.setdefault(slot, [])
                    inside = any(s.start <= start and end <= s.end and (s.start, s.end) != (start, end) for s in spans)
                    if not inside and not any((s.start, s.end) == (start, end) for s in spans):
                        spans.append(Span(start, end, slot, key))
            price = self._price(sequence, start)
            if price is not None:
                found["price"] = [s for s in found.get("price", []) if s.start >= price.end or s.end <= price.start] + [
                    price
                ]
        return found

    @functools.cached_property
    def _currencies(self) -> list[tuple[str, ...]]:
        pattern = tuple(tokens(numerals.written("price", "500", self.tag), self.tag))[1:]
        others = [tuple(tokens(text, self.tag)) for text in numerals.spoken("price", "7", self.tag)]
        seven = {tuple(tokens(word, self.tag)) for word in numerals.words(7, self.tag)}
        tails = {pattern, *(o[len(w) :] for o in others for w in seven if o[: len(w)] == w)}
        return sorted((tail for tail in tails if tail), key=len, reverse=True)

    def _price(self, sequence: Sequence[str], start: int) -> Span | None:
        token = sequence[start]
        if not token.isdecimal() or len(token) > 5:
            return None
        for tail in self._currencies:
            if tuple(sequence[start + 1 : start + 1 + len(tail)]) == tail:
                return Span(start, start + 1 + len(tail), "price", str(int(token)))
        return None

    def similarity(self, said: Sequence[str], pattern: Sequence[str]) -> tuple[float, float]:
        """Weighted longest common subsequence as a share of both, and the heaviest token left over (0 to 1)."""
        rows, columns = len(said), len(pattern)
        best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
        for i in range(rows - 1, -1, -1):
            for j in range(columns - 1, -1, -1):
                gain = self._gain(said[i], pattern[j])
                best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + gain if gain else 0.0)
        loudest = 0.0
        runs = [0.0, 0.0]
        i = j = 0
        while i < rows or j < columns:
            gain = self._gain(said[i], pattern[j]) if i < rows and j < columns else 0.0
            if gain and math.isclose(best[i][j], best[i + 1][j + 1] + gain):
                i, j = i + 1, j + 1
                runs = [0.0, 0.0]
                continue
            side = 0 if i < rows and (j == columns or math.isclose(best[i][j], best[i + 1][j])) else 1
            weight = self.weight(said[i] if side == 0 else pattern[j])
            runs[side] += weight if self.tag in BY_CHARACTER else 0.0
            loudest = max(loudest, weight, runs[side] * LOUD / _RUN)
            i, j = (i + 1, j) if side == 0 else (i, j + 1)
        total = sum(map(self.weight, said)) + sum(map(self.weight, pattern))
        return (2 * best[0][0] / total if total else 0.0), loudest / self.heaviest

    def _gain(self, one: str, other: str) -> float:
        if one == other:
            return self.weight(one)
        # A slip of a finger in a word of the book; a word the book knows is that word and no slip.
        return 0.9 * self.weight(other) if one not in self.weights and typo(one, other) else 0.0

    def near(self, bare: Sequence[str], slots: tuple[str, ...], threshold: float, count: int = 24) -> list[Pattern]:
        """The patterns with these slots that may be similar enough to a sequence without fillers.

        ``count`` of them, the nearest first.

        Twice the shared weight over the weight of both is at least the threshold only where a pattern shares one of the
        heaviest tokens that are, together, more than may be missing (prefix filter, Chaudhuri et al. 2006).
        """
        index = self._index.get(slots, {})
        total = sum(map(self.weight, bare))
        missing = total * (1 - threshold / (2 - threshold))
        order = sorted(set(bare), key=self.weight, reverse=True)
        meant = {token: (token, *self._slips(token)) for token in order}
        found: set[int] = set()
        for token in order:
            for known in meant[token]:
                found.update(index.get(known, ()))
            missing -= self.weight(token) * bare.count(token)
            if missing < 0:
                break
        counts = Counter(bare)
        shared: dict[int, float] = {}
        for number in found:
            theirs = self._counts[number]
            both = sum(
                self.weight(known) * min(count, theirs[known])
                for token, count in counts.items()
                for known in meant[token]
                if known in theirs
            )
            if 2 * both >= threshold * (total + self._weight[number]):
                shared[number] = both
        return [self.patterns[number] for number in sorted(shared, key=lambda n: -shared[n])[:count]]

    def _slips_of(self, token: str) -> tuple[str, ...]:
        if token in self.weights or len(token) < SHORTEST_SLIP:
            return ()
        return tuple(known for known in self.weights if typo(token, known))
