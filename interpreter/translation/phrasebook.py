"""The phrasebook as a translator: what was said is found among the phrases, or it is not ours.

A wrong answer from a phrasebook is worse than none, so a text matches a phrase when the two are the same after
normalisation, or when what differs tells nothing: fillers, articles, a slip of a finger. They never match across a
negation, another number or another object. ``tests/phrasebook_precision.py`` measures the threshold.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from interpreter import numerals
from interpreter.phrases import Book, Literal, Plural, Slot, Template, parse
from interpreter.translation import Origin, Term, Translation
from interpreter.translation.contrasts import Contrasts, contrasts, opposed
from interpreter.translation.matching import BY_CHARACTER, UNSPACED, fillers, negations, tokens, typo, without_fillers

THRESHOLD = 0.8
"""Similarity from which a fuzzy match counts."""
_LOUD = 0.55
"""Share of the heaviest weight from which a token that stands on one side only means something else was said."""
_RUN = 0.7
"""The same for what is left over in a row, where a token is a character and no word."""
_SLIP = 0.02
"""The same for a safety phrase: nothing but fillers and slips of a finger."""
_LONGEST = 100
"""Tokens above which a sentence is no phrase of a phrasebook."""
_QUESTION = ("?", "？", "؟")
_SAMPLES = {"number": "2", "price": "100", "time": "10:00"}


@dataclass(frozen=True)
class Match:
    """A phrase that a text was found to be."""

    phrase: str
    """Its id."""
    values: Mapping[str, str]
    """Slot name -> value key."""
    similarity: float
    """0 to 1; 1 is the same after normalisation."""


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    slot: str
    """Name and form, as in ``food:accusative``."""
    key: str


@dataclass(frozen=True)
class _Pattern:
    """A template as the token sequence it is compared by; slots are one token each."""

    phrase: str
    safety: bool
    slots: tuple[str, ...]
    sequence: tuple[str, ...]
    bare: tuple[str, ...]
    """The sequence without fillers."""
    negations: int
    question: bool
    """Whether it is written with a question mark: "contém leite" is a question or a warning."""
    contrasts: Contrasts = field(compare=False)
    """Where it points: whose, when, which way."""


def _marker(slot: str) -> str:
    return f"{{{slot}}}"


def _name(slot: str, form: str) -> str:
    return f"{slot}:{form}" if form else slot


class _Lexicon:
    """The patterns and slot values of one language, made once at its first use."""

    def __init__(self, book: Book, tag: str) -> None:
        self.tag = tag
        self.patterns: list[_Pattern] = []
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
        self.index: dict[str, list[int]] = {}
        for number, pattern in enumerate(self.patterns):
            for token in set(pattern.sequence):
                self.index.setdefault(token, []).append(number)
        self.exact: dict[tuple[str, ...], list[_Pattern]] = {}
        for pattern in self.patterns:
            self.exact.setdefault(pattern.sequence, []).append(pattern)

    def _patterns(self, template: Template, safety: bool) -> list[_Pattern]:
        plurals = max((len(part.forms) for part in template.parts if isinstance(part, Plural)), default=1)
        found = []
        for form in range(plurals):
            sequence: list[str] = []
            text = ""
            for part in template.parts:
                if isinstance(part, Slot):
                    sequence += [*tokens(text, self.tag), _marker(_name(part.name, part.form))]
                    text = ""
                else:
                    text += part.text if isinstance(part, Literal) else part.forms[min(form, len(part.forms) - 1)]
            sequence += tokens(text, self.tag)
            whole = "".join(part.text if isinstance(part, Literal) else " " for part in template.parts)
            found.append(
                _Pattern(
                    template.phrase,
                    safety,
                    tuple(_name(part.name, part.form) for part in template.parts if isinstance(part, Slot)),
                    tuple(sequence),
                    without_fillers(sequence, self.tag),
                    negations(whole, self.tag),
                    whole.rstrip().endswith(_QUESTION),
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
                choices += [(_name(slot, form), key, texts) for form, texts in by_tag.get(self.tag, {}).items()]
        for name, key, texts in choices:
            for text in texts:
                whole = tuple(tokens(text, self.tag))
                # People leave the article out.
                for sequence in {whole, without_fillers(whole, self.tag)}:
                    known = self.values.setdefault(sequence, [])
                    if sequence and not any(other == name for other, _ in known):
                        known.append((name, key))

    def weight(self, token: str) -> float:
        return self.weights.get(token, self.heaviest)

    def spans(self, sequence: Sequence[str]) -> dict[str, list[_Span]]:
        """Where a value of a slot may stand: slot -> spans, none inside a longer one of the same slot."""
        found: dict[str, list[_Span]] = {}
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
                        spans.append(_Span(start, end, slot, key))
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

    def _price(self, sequence: Sequence[str], start: int) -> _Span | None:
        token = sequence[start]
        if not token.isdecimal() or len(token) > 5:
            return None
        for tail in self._currencies:
            if tuple(sequence[start + 1 : start + 1 + len(tail)]) == tail:
                return _Span(start, start + 1 + len(tail), "price", str(int(token)))
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
            loudest = max(loudest, weight, runs[side] * _LOUD / _RUN)
            i, j = (i + 1, j) if side == 0 else (i, j + 1)
        total = sum(map(self.weight, said)) + sum(map(self.weight, pattern))
        return (2 * best[0][0] / total if total else 0.0), loudest / self.heaviest

    def _gain(self, one: str, other: str) -> float:
        if one == other:
            return self.weight(one)
        # A slip of a finger in a word of the book; a word the book knows is that word and no slip.
        return 0.9 * self.weight(other) if one not in self.weights and typo(one, other) else 0.0


class Phrasebook:
    """Translates what is in the book, and nothing else. Thread-safe."""

    def __init__(self, book: Book, name: str = "phrasebook", threshold: float = THRESHOLD) -> None:
        self.name = name
        self.book = book
        self.threshold = threshold
        self._lexicon = functools.lru_cache(maxsize=None)(lambda tag: _Lexicon(book, tag))
        self._tags = {tag for phrase in book.phrases.values() for tag in phrase.texts}

    def serves(self, source: str, target: str) -> bool:
        """Whether the book has phrases in both languages."""
        return source in self._tags and target in self._tags

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """The phrase (or the sentences, each of them a phrase) in the target language, or None: not in the book."""
        if not self.serves(source, target):
            return None
        match = self.match(text, source)
        found = [match] if match else self._sentences(text, source)
        if not found or any(target not in self.book.phrases[each.phrase].texts for each in found):
            return None
        said = [self.book.render(each.phrase, each.values, target) for each in found]
        statuses = [self.book.phrases[each.phrase].status[target] for each in found]
        joiner = "" if target in ("zh-Hant", "zh-Hans", "ja") else " "
        origin = Origin(
            "phrasebook",
            "+".join(each.phrase for each in found),
            # The weakest link: a draft among approved phrases makes the whole a draft.
            min(statuses, key=("draft", "supplied", "approved").index),
            round(min(each.similarity for each in found), 3),
        )
        return Translation(joiner.join(said), source, target, origin)

    def match(self, text: str, tag: str) -> Match | None:
        """The phrase that a text of a language is, or None."""
        lexicon = self._lexicon(tag)
        said = tokens(text, tag)
        if not said or len(said) > _LONGEST:
            return None
        asks = text.rstrip().endswith(_QUESTION)
        candidates = list(self._candidates(lexicon, said))
        same = [
            (pattern, values)
            for sequence, values in candidates
            for pattern in lexicon.exact.get(sequence, ())
            if sorted(pattern.slots) == sorted(values)
        ]
        states = text.rstrip().endswith((".", "。", "!", "！"))
        if same:
            wanted = [each for each in same if each[0].question is not states] if asks or states else same
            pattern, values = (wanted or same)[0]
            return Match(pattern.phrase, _by_slot(values), 1.0)
        best: Match | None = None
        for sequence, values in candidates:
            bare = without_fillers(sequence, tag)
            says_no = negations(("" if tag in UNSPACED else " ").join(sequence), tag)
            points = contrasts(sequence, tag)
            for pattern in self._near(lexicon, sequence):
                if sorted(pattern.slots) != sorted(values) or pattern.negations != says_no:
                    continue
                # Where the words are nearly the same, the mark tells a question from its answer.
                if (asks and not pattern.question) or (states and pattern.question and tag in UNSPACED):
                    continue
                if bare == pattern.bare:
                    similarity = 0.99
                elif (states and pattern.question) or sorted(bare) == sorted(pattern.bare):
                    continue  # "is it allowed" and "it is allowed" are the same words
                elif opposed(points, pattern.contrasts):
                    continue
                else:
                    similarity, loudest = lexicon.similarity(bare, pattern.bare)
                    # A "not" that moved to another place changes the meaning and none of the words.
                    strict = pattern.safety or says_no > 0
                    if loudest > (_SLIP if strict else _LOUD) or similarity < self.threshold:
                        continue
                if best is None or similarity > best.similarity:
                    best = Match(pattern.phrase, _by_slot(values), similarity)
        return best

    def nearest(self, text: str, tag: str, count: int = 3) -> list[str]:
        """The phrases most like a text, as the language writes them: what somebody might have meant."""
        lexicon = self._lexicon(tag)
        scored: dict[str, tuple[float, dict[str, str]]] = {}
        for sequence, values in self._candidates(lexicon, tokens(text, tag)[:_LONGEST]):
            for pattern in self._near(lexicon, sequence):
                similarity = lexicon.similarity(sequence, pattern.sequence)[0]
                if similarity > scored.get(pattern.phrase, (0.0,))[0]:
                    scored[pattern.phrase] = similarity, _by_slot(values)
        best = sorted(scored.items(), key=lambda item: -item[1][0])[:count]
        return [self._sample(phrase, values, tag) for phrase, (_, values) in best]

    def _sample(self, phrase: str, values: Mapping[str, str], tag: str) -> str:
        filled = {}
        for part in parse(self.book.phrases[phrase].texts[tag][0]):
            if isinstance(part, Slot):
                first = _SAMPLES.get(part.name) or next(iter(self.book.values[part.name]))
                filled[part.name] = values.get(part.name, first)
        return self.book.render(phrase, filled, tag)

    def _sentences(self, text: str, tag: str) -> list[Match]:
        if len(text) > 2000:
            return []
        parts = [part for part in re.split(r"(?<=[.!?。！？\n])\s*", text) if tokens(part, tag)]
        if not 1 < len(parts) <= 6:
            return []
        matches = [self.match(part, tag) for part in parts]
        return [match for match in matches if match] if all(matches) else []

    def _candidates(self, lexicon: _Lexicon, said: Sequence[str]) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """The text as it stands, and with values of one or two slots replaced by the slot."""
        found: list[tuple[tuple[str, ...], dict[str, str]]] = [(tuple(said), {})]
        spans = lexicon.spans(said)
        singles = [span for each in spans.values() for span in each]
        found += [_replaced(said, (span,)) for span in singles]
        pairs = (
            (one, other)
            for one, other in itertools.combinations(singles, 2)
            if one.slot.partition(":")[0] != other.slot.partition(":")[0]
            and (one.end <= other.start or other.end <= one.start)
        )
        found += [_replaced(said, pair) for pair in itertools.islice(pairs, 200)]
        return found

    def _near(self, lexicon: _Lexicon, sequence: Sequence[str], count: int = 24) -> list[_Pattern]:
        """The patterns that share the most weight with a sequence, before any alignment."""
        shared: dict[int, float] = {}
        for token in set(sequence):
            for number in lexicon.index.get(token, ()):
                shared[number] = shared.get(number, 0.0) + lexicon.weight(token)
        if any(len(token) > 5 and token not in lexicon.index for token in sequence):
            for token in sequence:
                for known in lexicon.index:
                    if token not in lexicon.index and typo(token, known):
                        for number in lexicon.index[known]:
                            shared[number] = shared.get(number, 0.0) + lexicon.weight(known)
        return [lexicon.patterns[number] for number in sorted(shared, key=lambda n: -shared[n])[:count]]


def _by_slot(values: Mapping[str, str]) -> dict[str, str]:
    return {name.partition(":")[0]: key for name, key in values.items()}


def _replaced(said: Sequence[str], spans: Sequence[_Span]) -> tuple[tuple[str, ...], dict[str, str]]:
    sequence = list(said)
    for span in sorted(spans, key=lambda each: -each.start):
        sequence[span.start : span.end] = [_marker(span.slot)]
    return tuple(sequence), {span.slot: span.key for span in spans}
