"""How far each possible answer is to be believed, so that the likeliest is given, or none.

Three ways lead to an answer: the venue's data, a search of its texts, and a known question that is like the one asked,
by its letters and by its meaning. What they propose is weighed together by a logistic regression. Its weights come from
``python tests/ask_weights.py``, which fits them to ``tests/questions_development.tsv``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from venues.known import FACTS, UNANSWERED
from venues.likeness import Likeness

LEAST = 0.3
"""Belief that an answer needs."""
LEAST_NEAR = 0.02
"""Belief from which an answer is among the nearest."""
_LEAST_LEAD = -0.3
_MANY = 200
"""Known questions from which a venue is taken to know most of what it is asked; those that ship know some 350."""
_WITH_MEANING = {
    "always": -2.47,
    "letters": 1.45,
    "meaning": -0.12,
    "meaning squared": 1.26,
    "lead of letters": 4.18,
    "lead of meaning": 3.77,
    "first by meaning": 0.83,
    "is the fact that was found": 1.51,
    "is the text that was found": 0.43,
    "confidence in the text that was found": 0.68,
    "confidence in a text of its stop": 1.55,
    "nowhere": 2.95,
    "nowhere, by letters": -2.21,
    "nowhere, though a fact was found": -2.14,
    "nowhere, though a text was found": -1.95,
    "another stop was found": -0.19,
    "a fact that was not found": -1.31,
}
_BY_LETTERS = {
    "always": -2.09,
    "letters": 2.33,
    "lead of letters": 6.41,
    "is the fact that was found": 1.65,
    "is the text that was found": 0.55,
    "confidence in the text that was found": 0.93,
    "confidence in a text of its stop": 1.38,
    "nowhere": 2.75,
    "nowhere, by letters": -2.11,
    "nowhere, though a fact was found": -2.06,
    "nowhere, though a text was found": -1.96,
    "another stop was found": -0.58,
    "a fact that was not found": -1.53,
}
"""Weights where the encoder does not serve the language."""
_FEW_WITH_MEANING = {
    "always": -2.03,
    "letters": 1.15,
    "meaning": -1.26,
    "meaning squared": 2.02,
    "lead of letters": 2.49,
    "lead of meaning": 1.19,
    "first by meaning": 0.21,
    "is the fact that was found": 3.29,
    "is the text that was found": 1.07,
    "confidence in the text that was found": 1.74,
    "confidence in a text of its stop": 1.19,
    "nowhere": 2.76,
    "nowhere, by letters": -2.28,
    "nowhere, though a fact was found": -2.74,
    "nowhere, though a text was found": -2.23,
    "another stop was found": -1.07,
    "a fact that was not found": -1.95,
}
_FEW_BY_LETTERS = {
    "always": -2.14,
    "letters": 1.59,
    "lead of letters": 3.38,
    "is the fact that was found": 3.27,
    "is the text that was found": 1.06,
    "confidence in the text that was found": 1.74,
    "confidence in a text of its stop": 1.22,
    "nowhere": 2.74,
    "nowhere, by letters": -2.29,
    "nowhere, though a fact was found": -2.75,
    "nowhere, though a text was found": -2.32,
    "another stop was found": -1.13,
    "a fact that was not found": -1.95,
}
"""Weights where few questions are known: being the most alike of them says little then."""


@dataclass(frozen=True)
class Found:
    """What the data or the search found, without any known question."""

    answer: str
    """``<stop>/<kind>``; empty: nothing."""
    fact: bool
    """Whether it comes from the data."""
    confidence: float
    """Share of the question's weight that the best text holds, 0 to 1; 0: it does not speak of what is asked."""
    best_stop: str
    """The stop of the best text, whether or not it holds enough."""


@dataclass(frozen=True)
class Candidate:
    """An answer that is possible, and how far it is believed."""

    answer: str
    """``<stop>/<kind>``, or :data:`UNANSWERED`."""
    like: Likeness | None
    """The most alike known question that it answers; None where none does."""
    evidence: Mapping[str, float]
    """What speaks for it and against it."""
    belief: float
    """Probability that it is right, 0 to 1."""


def weigh(likes: Sequence[Likeness], found: Found, known: int, served: bool) -> list[Candidate]:
    """Every possible answer, the most believed first.

    ``likes`` has one for each answer; ``known``: how many questions the venue knows; ``served``: whether meanings were
    compared.
    """
    by_answer: dict[str, Likeness | None] = {like.answer: like for like in likes}
    by_answer.setdefault(UNANSWERED, None)
    if found.answer:
        by_answer.setdefault(found.answer, None)
    letters = sorted((like.letters for like in likes), reverse=True)
    meanings = sorted((like.meaning or 0.0 for like in likes), reverse=True)
    if known >= _MANY:
        weights = _WITH_MEANING if served else _BY_LETTERS
    else:
        weights = _FEW_WITH_MEANING if served else _FEW_BY_LETTERS
    candidates = []
    for answer, like in by_answer.items():
        evidence = _evidence(answer, like, found, letters, meanings)
        z = sum(weight * evidence[name] for name, weight in weights.items())
        candidates.append(Candidate(answer, like, evidence, 1 / (1 + math.exp(-z))))
    return sorted(candidates, key=lambda each: (-each.belief, each.answer))


def _evidence(
    answer: str, like: Likeness | None, found: Found, letters: Sequence[float], meanings: Sequence[float]
) -> dict[str, float]:
    mine = like.letters if like else 0.0
    meaning = (like.meaning or 0.0) if like else 0.0
    stop, _, kind = answer.partition("/")
    nowhere = answer == UNANSWERED
    is_found = answer == found.answer
    return {
        "always": 1.0,
        "letters": mine,
        "meaning": meaning,
        "meaning squared": meaning * meaning,
        "lead of letters": _lead(mine, letters),
        "lead of meaning": _lead(meaning, meanings),
        "first by meaning": float(meaning > 0 and meaning >= meanings[0]),
        "is the fact that was found": float(is_found and found.fact),
        "is the text that was found": float(is_found and not found.fact),
        "confidence in the text that was found": found.confidence * (is_found and not found.fact),
        "confidence in a text of its stop": found.confidence * (not nowhere and stop == found.best_stop),
        "nowhere": float(nowhere),
        "nowhere, by letters": nowhere * mine,
        "nowhere, though a fact was found": float(nowhere and bool(found.answer) and found.fact),
        "nowhere, though a text was found": float(nowhere and bool(found.answer) and not found.fact),
        "another stop was found": float(not nowhere and bool(found.answer) and stop != found.answer.partition("/")[0]),
        "a fact that was not found": float((kind in FACTS or stop == "emergency") and not is_found),
    }


def _lead(value: float, values: Sequence[float]) -> float:
    """How far a value is before the next, or behind the first."""
    if not values:
        return 0.0
    others = values[1:] if value >= values[0] else values
    return max(_LEAST_LEAD, value - max(others[:1], default=0.0))
