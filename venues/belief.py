"""How far each way of finding an answer is to be believed, so that the likelier one answers, or none.

Three ways lead to an answer: the venue's data, a search of its texts, and a known question that is like the one asked.
Each is right with a probability that follows from how well the question fits, and from whether the others agree. The
weights are those of logistic regressions over 930 questions of ``tests/questions_development.tsv``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What the three ways found."""

    confidence: float
    """Share of the question's weight that the best text holds, 0 to 1; 0: it does not speak of what is asked."""
    likeness: float
    """Of the most alike known question, 0 to 1."""
    margin: float
    """By how much it is more alike than the next one with another answer."""
    unanswered: bool
    """Whether it is known to stand nowhere."""
    same_stop: bool
    """Whether its answer is of the stop that the other way found."""


LEAST_KNOWN, LEAST_TEXT = 0.45, 0.4
"""Belief that an answer needs."""


def known(evidence: Evidence) -> float:
    """Probability that the known question's answer is right, whether or not something else was found."""
    z = -2.1 + 3.2 * evidence.likeness + 3.2 * evidence.margin + 0.6 * evidence.same_stop
    return _probability(z - 1.1 * (evidence.confidence == 0.0))


def text(evidence: Evidence) -> float:
    """Probability that the sentences which the search found are right."""
    return _probability(-0.9 + 1.55 * evidence.confidence + _agreement(evidence, 3.0, 2.25, 0.7))


def fact(evidence: Evidence) -> float:
    """Probability that the venue's data answer."""
    return _probability(1.2 + _agreement(evidence, 3.5, 1.4, 3.0))


def _agreement(evidence: Evidence, same: float, nowhere: float, other: float) -> float:
    weight = -nowhere if evidence.unanswered else same if evidence.same_stop else -other
    return weight * evidence.likeness


def _probability(z: float) -> float:
    return 1 / (1 + math.exp(-z))
