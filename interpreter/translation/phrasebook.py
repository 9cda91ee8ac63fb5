"""The phrasebook as a translator: what was said is found among the phrases, or it is not ours.

A wrong answer from a phrasebook is worse than none, so a text matches a phrase when the two are the same after
normalisation, or when what differs tells nothing: fillers, articles, a slip of a finger. They never match across a
negation, another number or another object. ``tests/phrasebook_precision.py`` measures the threshold.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from interpreter.phrases import Book, Slot, parse
from interpreter.translation import Origin, Term, Translation
from interpreter.translation.contrasts import contrasts, opposed
from interpreter.translation.lexicon import LOUD, QUESTION, Lexicon, Span, marker
from interpreter.translation.matching import UNSPACED, negations, tokens, without_fillers

THRESHOLD = 0.8
"""Similarity from which a fuzzy match counts."""
_SLIP = 0.02
"""Share of the heaviest weight that may be left over in a safety phrase: fillers and slips of a finger."""
_LONGEST = 100
"""Tokens above which a sentence is no phrase of a phrasebook."""
_OFFERED = 0.05
"""Similarity from which a phrase is offered as what somebody might have meant."""
_ALIKE_LETTERS = 200
"""Letters of a text that are compared when its words are like nothing in the book."""
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


class Phrasebook:
    """Translates what is in the book, and nothing else. Thread-safe."""

    def __init__(self, book: Book, name: str = "phrasebook", threshold: float = THRESHOLD) -> None:
        self.name = name
        self.book = book
        self.threshold = threshold
        self._lexicon = functools.lru_cache(maxsize=None)(lambda tag: Lexicon(book, tag))
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
        asks = text.rstrip().endswith(QUESTION)
        candidates = list(self._candidates(lexicon, said))
        same = [
            (pattern, values)
            for sequence, values in candidates
            for pattern in lexicon.exact.get(sequence, ())
            if pattern.slots == tuple(sorted(values))
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
            slots = tuple(sorted(values))
            for pattern in (*lexicon.bare.get(bare, ()), *lexicon.near(bare, slots, self.threshold)):
                if pattern.slots != slots or pattern.negations != says_no:
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
                    if loudest > (_SLIP if strict else LOUD) or similarity < self.threshold:
                        continue
                if best is None or similarity > best.similarity:
                    best = Match(pattern.phrase, _by_slot(values), similarity)
        return best

    def nearest(self, text: str, tag: str, count: int = 3) -> list[str]:
        """The phrases most like a text, as the language writes them: what somebody might have meant."""
        lexicon = self._lexicon(tag)
        scored: dict[str, tuple[float, dict[str, str]]] = {}
        for sequence, values in self._candidates(lexicon, tokens(text, tag)[:_LONGEST]):
            bare = without_fillers(sequence, tag)
            # Without a value any phrase may be near; with one, those that take it.
            for slots in (tuple(sorted(values)),) if values else lexicon.slots:
                for pattern in lexicon.near(bare, slots, _OFFERED, 2 * count):
                    similarity = lexicon.similarity(bare, pattern.bare)[0]
                    if similarity > scored.get(pattern.phrase, (0.0,))[0]:
                        scored[pattern.phrase] = similarity, _by_slot(values)
        best = sorted(scored.items(), key=lambda item: -item[1][0])[:count]
        found = [self._sample(phrase, values, tag) for phrase, (_, values) in best]
        if len(found) < count:
            # Nothing shares enough words: what looks most alike, letter by letter, is still a hand held out.
            others = {
                phrase.id: phrase.texts[tag][0]
                for phrase in self.book.phrases.values()
                if tag in phrase.texts and phrase.id not in scored
            }
            alike = process.extract(text[:_ALIKE_LETTERS], others, scorer=fuzz.ratio, limit=count - len(found))
            found += [self._sample(phrase, {}, tag) for _, _, phrase in alike]
        return found

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

    def _candidates(self, lexicon: Lexicon, said: Sequence[str]) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """The text as it stands, and with values of one or two slots replaced by the slot."""
        singles = [span for each in lexicon.spans(said).values() for span in each]
        found: list[tuple[Span, ...]] = [(), *((span,) for span in singles)]
        found += itertools.islice(
            (
                (one, other)
                for one, other in itertools.combinations(singles, 2)
                if tuple(sorted((one.slot, other.slot))) in lexicon.slots
                and (one.end <= other.start or other.end <= one.start)
            ),
            200,
        )
        known = lexicon.slots
        return [_replaced(said, each) for each in found if not each or tuple(sorted(s.slot for s in each)) in known]


def _by_slot(values: Mapping[str, str]) -> dict[str, str]:
    return {name.partition(":")[0]: key for name, key in values.items()}


def _replaced(said: Sequence[str], spans: Sequence[Span]) -> tuple[tuple[str, ...], dict[str, str]]:
    sequence = list(said)
    for span in sorted(spans, key=lambda each: -each.start):
        sequence[span.start : span.end] = [marker(span.slot)]
    return tuple(sequence), {span.slot: span.key for span in spans}
