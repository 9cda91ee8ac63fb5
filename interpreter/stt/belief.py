"""How likely a reading is what was said: the sound, compared with what any phones at all would have made of it.

A phrase of the book must come near to what a free sequence of English phones reaches on the same frames; speech that is
not in the book stays further behind, because the grammar has no room for it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interpreter.stt.acoustic import AcousticModel, Floats, Ints

NEXT_PHONE = np.float32(-8.0)
"""Log-probability of starting another phone: keeps the loop from changing phone with every frame."""
_FILLERS = ("+NSN+", "+SPN+")
_STRETCH = 25
"""Frames of the stretch in which a reading is looked at closely: about a short word."""
NO_RIVAL = 100.0
"""Log-likelihood by which a reading without a rival is ahead."""
_CLEAR = 60.0
"""Log-likelihood beyond which being ahead of an opposite counts no more."""
WEIGHTS = (-5.559, -2.016, 0.782, 0.592)
"""Bias and one per :attr:`Evidence.features`: logistic regression, printed by ``tests/belief_weights.py``."""
CHINESE = 2.333
"""What Chinese adds to the bias: it negates with one short syllable, which is nearly always at hand."""
VIETNAMESE = -0.3
"""What Vietnamese takes from it, fitted alone: finals that are not released leave more readings open."""
WEIGHTS_IN_ENGLISH = (-4.804, -1.689, 2.141, 0.843, 0.698)
"""The same for English, per :meth:`Evidence.features_in_english`."""


@dataclass(frozen=True)
class Filler:
    """The best free phone sequence of an utterance."""

    speech: npt.NDArray[np.bool_]
    """Shape ``(frames,)``: frames on which speech beats silence."""
    running: Floats
    """Shape ``(frames,)``: the best score up to and with each frame."""

    @property
    def total(self) -> float:
        """Log-likelihood of all frames."""
        return float(self.running[-1]) if len(self.running) else 0.0


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against a reading."""

    behind: float
    """Log-likelihood per frame of speech by which the reading is behind the free phones."""
    worst: float
    """The same in the stretch where it fits worst: "I have lost my keys" is "I have lost my phone" but for one word."""
    margin: float
    """Log-likelihood by which it is ahead of any other meaning in the book."""
    opposite_margin: float
    """Log-likelihood by which it is ahead of the same sentence negated (:mod:`interpreter.stt.decoys`)."""
    turned_margin: float = NO_RIVAL
    """The same of the sentence with a word turned round: before for after."""

    @property
    def contradicted(self) -> bool:
        """Whether the sentence with a word turned round fits no worse: likely or not, somebody has to be asked."""
        return self.turned_margin <= 0.0

    @property
    def features(self) -> tuple[float, ...]:
        """What the regression looks at."""
        return self.behind, math.log1p(max(0.0, self.margin)), _clear(self.opposite_margin)

    def features_in_english(self, agreement: float) -> tuple[float, ...]:
        """The same in English, where a free transcript shares a part of its words, 0 to 1, with the reading.

        There the phones fit so well that the worst stretch tells more than the whole.
        """
        return self.worst, math.log1p(max(0.0, self.margin)), _clear(self.opposite_margin), agreement

    def belief(self, tag: str) -> float:
        """Probability that the reading, in the language of a tag, is what was said, 0 to 1."""
        bias = WEIGHTS[0] + (CHINESE if tag.startswith("zh") else VIETNAMESE if tag == "vi" else 0.0)
        return _logistic((bias, *WEIGHTS[1:]), self.features)

    def belief_in_english(self, agreement: float) -> float:
        """The same in English, with what :meth:`features_in_english` takes."""
        return _logistic(WEIGHTS_IN_ENGLISH, self.features_in_english(agreement))


def _clear(margin: float) -> float:
    """A margin in tens, cut off where it tells no more."""
    return max(-_CLEAR, min(_CLEAR, margin)) / 10.0


def _logistic(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    logit = weights[0] + sum(weight * value for weight, value in zip(weights[1:], features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def evidence(
    along: Floats, free: Filler, margin: float, opposite_margin: float, turned_margin: float = NO_RIVAL
) -> Evidence:
    """Evidence for a reading from the emission score of each frame on its path, shape ``(frames,)``."""
    behind = np.diff(free.running, prepend=np.float32(0.0)) - along
    whole = float(free.total - along.sum()) / max(1, int(free.speech.sum()))
    worst = float(behind.mean()) if len(behind) else 0.0
    if len(behind) > _STRETCH:
        worst = float(np.convolve(behind, np.ones(_STRETCH) / _STRETCH, "valid").max())
    return Evidence(whole, worst, margin, opposite_margin, turned_margin)


@functools.lru_cache(maxsize=4)
def _phones(model: AcousticModel) -> tuple[Ints, Floats, Floats, int]:
    names = [name for name in model.phones if name not in _FILLERS]
    index = [model.index[name] for name in names]
    senones = np.array([model.context_free(name) for name in names], np.int32)
    return senones, model.stay[index].T, model.move[index].T, names.index("SIL")


def filler(scores: Floats, model: AcousticModel) -> Filler:
    """Run the loop over senone scores, shape ``(frames, senones)``."""
    senones, stay, move, silence = _phones(model)
    emissions = scores[:, senones.T]  # frames, 3, phones
    states = np.full((3, len(senones)), -1e30, np.float32)
    enter = np.float32(0.0)
    running = np.zeros(len(scores), np.float32)
    for t, row in enumerate(emissions):
        arriving = np.empty_like(states)
        arriving[0] = enter
        arriving[1:] = (states + move)[:2]
        states = np.maximum(states + stay, arriving) + row
        enter = (states[2] + move[2]).max() + NEXT_PHONE
        running[t] = states.max()
    best = emissions.max(axis=1)
    if len(best) == 0:
        return Filler(np.zeros(0, np.bool_), running)
    # Five frames together: a single frame of noise is no speech.
    ahead = np.delete(best, silence, axis=1).max(axis=1) - best[:, silence]
    smooth = np.convolve(np.clip(ahead, -20.0, 20.0), np.ones(5) / 5, "same")
    return Filler(smooth > 0.0, running)
