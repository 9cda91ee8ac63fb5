"""Hearing the venue's names in free English speech: a name is found by its sounds, whatever the dictionary lacks.

Each name is tried at every moment of an utterance, between two stretches of free phones (keyword spotting against a
filler, Rose and Paul 1990). Where a name explains the sound nearly as well as any phones would, it replaces the English
words that the dictionary put there: "bay toe" becomes "Beitou".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interpreter.stt.acoustic import AcousticModel, Floats, Ints
from interpreter.stt.belief import NEXT_PHONE, Filler
from interpreter.stt.grammar import Inventory, emissions
from interpreter.stt.phones import WORD_END, sounds
from interpreter.stt.search import NEVER

BEHIND = 1.0
"""Log-likelihood per frame by which a name may be behind free phones (``tests/term_spotting.py`` measures it)."""
_SHORTEST = 4
"""Sounds a name must have: shorter ones are found everywhere."""


@dataclass(frozen=True)
class Spotted:
    """A name that was heard."""

    term: str
    """As it was handed in."""
    start: int
    """First frame of 10 ms."""
    end: int
    """Frame after the last."""
    behind: float
    """Log-likelihood per frame behind free phones."""


class Spotter:
    """A list of names, ready to be heard. Shared; immutable after it is built."""

    def __init__(self, terms: Sequence[str], model: AcousticModel) -> None:
        inventory = Inventory(model)
        columns: list[int] = []
        phones: list[int] = []
        optional: list[bool] = []
        self._terms: list[str] = []
        first: list[int] = []
        last: list[int] = []
        for term in dict.fromkeys(terms):
            found = sounds(term, "en")
            if len([sound for sound in found if not sound.endswith("?") and sound != WORD_END]) < _SHORTEST:
                continue
            self._terms.append(term)
            first.append(len(columns))
            for sound in found:
                name = "SIL" if sound == WORD_END else sound.rstrip("?")
                columns.append(inventory.column(name))
                phones.append(model.index[name.split("|")[0]])
                optional.append(sound == WORD_END or sound.endswith("?"))
            last.append(len(columns) - 1)
        self._first: Ints = np.array(first, np.int32)
        self._last: Ints = np.array(last, np.int32)
        self._columns = np.array(columns, np.int32)[None, :] + np.arange(3, dtype=np.int32)[:, None]
        self._stay, self._move = model.stay[phones].T, model.move[phones].T
        self._skip = np.array(optional, np.bool_)
        # Each sound pays for its beginning what a free phone pays, or every name would be ahead of free phones.
        self._cost = np.where(self._skip, np.float32(0.0), NEXT_PHONE).astype(np.float32)
        self._table = inventory.table() if columns else np.zeros((1, 0), np.int32)

    def find(self, scores: Floats, free: Filler, limit: float = BEHIND) -> tuple[Spotted, ...]:
        """Names heard in senone scores, shape ``(frames, senones)``, in order of time; they do not overlap."""
        if not self._terms or not len(scores):
            return ()
        table = emissions(scores, self._table)
        count = len(self._skip)
        states = np.full((3, count), NEVER, np.float32)
        began = np.zeros((3, count), np.int32)
        best = np.full(len(self._terms), np.inf, np.float32)
        where = np.zeros((len(self._terms), 2), np.int32)
        before = np.float32(0.0)
        for t, row in enumerate(table):
            # What has ended before this frame: each sound, or the one before it where it may be left out.
            ended, ended_began = states[2] + self._move[2], began[2]
            ended, ended_began = _past_optional(ended, ended_began, self._skip)
            enter = np.concatenate([[NEVER], ended[:-1]])
            enter_began = np.concatenate([[0], ended_began[:-1]])
            enter += self._cost
            enter[self._first], enter_began[self._first] = before + self._cost[self._first], t
            arriving = np.concatenate([enter[None], (states + self._move)[:2]])
            arriving_began = np.concatenate([enter_began[None], began[:2]])
            staying = states + self._stay
            began = np.where(arriving > staying, arriving_began, began)
            states = (np.maximum(arriving, staying) + row[self._columns]).astype(np.float32)
            before = free.running[t]
            done, done_began = _past_optional(states[2], began[2], self._skip)
            length = t + 1 - done_began[self._last]
            behind = (before - done[self._last]) / np.maximum(1, length)
            better = behind < best
            best[better] = behind[better]
            where[better] = np.stack([done_began[self._last], np.full(len(self._terms), t + 1)], axis=1)[better]
        return self._chosen(best, where, limit)

    def _chosen(self, best: Floats, where: Ints, limit: float) -> tuple[Spotted, ...]:
        chosen: list[Spotted] = []
        # A long name beats the short one inside it when both are good enough: it explains more of the sound.
        order = sorted(np.flatnonzero(best <= limit), key=lambda i: (best[i] - limit) * (where[i, 1] - where[i, 0]))
        for i in order:
            start, end = int(where[i, 0]), int(where[i, 1])
            if all(end <= other.start or start >= other.end for other in chosen):
                chosen.append(Spotted(self._terms[i], start, end, float(best[i])))
        return tuple(sorted(chosen, key=lambda each: each.start))


def _past_optional(score: Floats, began: Ints, skip: np.ndarray) -> tuple[Floats, Ints]:
    """Let the end of a sound count as the end of the optional one behind it; twice, for two in a row."""
    for _ in range(2):
        earlier = np.concatenate([[NEVER], score[:-1]]).astype(np.float32)
        earlier_began = np.concatenate([[0], began[:-1]]).astype(np.int32)
        take = skip & (earlier > score)
        score, began = np.where(take, earlier, score), np.where(take, earlier_began, began)
    return score, began


def put_in(words: Sequence[tuple[str, int, int]], spotted: Sequence[Spotted]) -> str:
    """A transcript, as (word, first frame, frame after the last), with the names where they were heard."""
    out: list[tuple[int, str]] = [(each.start, each.term) for each in spotted]
    for word, start, end in words:
        inside = max((min(end, each.end) - max(start, each.start) for each in spotted), default=0)
        if inside * 2 <= end - start:
            out.append((start, word))
    return " ".join(text for _, text in sorted(out))
