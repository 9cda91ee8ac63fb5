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
_STRETCH = 40
"""Frames of the stretch in which a reading is looked at closely: about a word."""
WEIGHTS = (-4.222, -1.015, -0.511, 1.38)
"""Bias, ``behind``, ``worst``, ``log1p(margin)``: logistic regression, printed by ``tests/belief_weights.py``."""
WEIGHTS_WITH_TRANSCRIPT = (-5.366, -2.463, -0.496, 1.839, 1.205, -4.827)
"""The same for English, where a free transcript stands beside: then ``agreement`` and ``rival_agreement``."""


@dataclass(frozen=True)
class Filler:
    """The best free phone sequence of an utterance."""

    total: float
    """Log-likelihood of all frames."""
    speech: npt.NDArray[np.bool_]
    """Shape ``(frames,)``: frames on which speech beats silence."""
    running: Floats
    """Shape ``(frames,)``: the best score up to and with each frame."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against a reading."""

    behind: float
    """Log-likelihood per frame of speech by which the reading is behind the free phones."""
    worst: float
    """The same in the stretch where it fits worst: "I have lost my keys" is "I have lost my phone" but for one word."""
    margin: float
    """Log-likelihood by which it is ahead of any other meaning."""

    def belief(self) -> float:
        """Probability that the reading is what was said, 0 to 1."""
        return _logistic(WEIGHTS, (self.behind, self.worst, math.log1p(max(0.0, self.margin))))

    def belief_with_transcript(self, agreement: float, rival_agreement: float) -> float:
        """The same with a free transcript: its agreement (0 to 1) with the reading and with the next best one."""
        features = (self.behind, self.worst, math.log1p(max(0.0, self.margin)), agreement, rival_agreement)
        return _logistic(WEIGHTS_WITH_TRANSCRIPT, features)


def _logistic(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    logit = weights[0] + sum(weight * value for weight, value in zip(weights[1:], features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def evidence(along: Floats, margin: float, free: Filler) -> Evidence:
    """Evidence for a reading from the emission score of each frame on its path, shape ``(frames,)``."""
    behind = np.diff(free.running, prepend=np.float32(0.0)) - along
    whole = float(free.total - along.sum()) / max(1, int(free.speech.sum()))
    worst = float(behind.mean()) if len(behind) else 0.0
    if len(behind) > _STRETCH:
        worst = float(np.convolve(behind, np.ones(_STRETCH) / _STRETCH, "valid").max())
    return Evidence(whole, worst, margin)


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
        return Filler(0.0, np.zeros(0, np.bool_), running)
    # Five frames together: a single frame of noise is no speech.
    ahead = np.delete(best, silence, axis=1).max(axis=1) - best[:, silence]
    smooth = np.convolve(np.clip(ahead, -20.0, 20.0), np.ones(5) / 5, "same")
    return Filler(float(running[-1]), smooth > 0.0, running)
