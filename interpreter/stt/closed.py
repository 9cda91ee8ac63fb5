"""Hearing a closed set: which phrase of the book was said, with which values, and how sure that is.

Two looks at the sound. While it comes in, a small network of every sentence of a language runs along (phones without
context, slots as wholes), on cepstra whose mean is still an estimate. When it ends, the best few sentences are heard
again in full: the mean of the whole utterance, in English phones in context, every slot value told apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interpreter.phrases import Book, Slot
from interpreter.stt.acoustic import CEPSTRAL_MEAN, WARPS, AcousticModel, Floats, FrontEnd, features
from interpreter.stt.belief import NO_RIVAL, Evidence, Filler, evidence
from interpreter.stt.decoys import opposites, turned
from interpreter.stt.grammar import Detailed, Grammar, compact, emissions, spoken
from interpreter.stt.search import Network

_FIRST = 100
"""Frames waited for before the first look: enough to know the mean and the length of the speaker's vocal tract."""
_BEST_SENTENCES = 16
"""How many sentences get the second look."""
_WARP_COST = 10.0
"""What a warp must gain per frame and unit, against the middle one, before it is believed."""


_VALUE_COST = 8.0
"""Weight of a slot's size: one of 144 clock times is expected that much less than a phrase without a slot.

The likelihoods of neighbouring frames are not independent, so what is expected counts several times (the usual weight
of a language model).
"""


class Sound:
    """One utterance as the model hears it: senone scores, first as it comes and then as a whole."""

    def __init__(self, model: AcousticModel) -> None:
        self._model = model
        self._front = FrontEnd()
        self._cepstra = np.zeros((len(WARPS), 0, len(CEPSTRAL_MEAN)), np.float32)
        self._scored = 0
        self._warp = WARPS.index(1.0)

    @property
    def frames(self) -> int:
        """How many frames were heard."""
        return self._cepstra.shape[1]

    def accept(self, samples: Floats, last: bool = False) -> Floats:
        """Take 16 kHz samples; return senone scores of the frames they complete, shape ``(frames, senones)``."""
        self._cepstra = np.concatenate([self._cepstra, self._front.accept(samples)], axis=1)
        # Slopes look three frames ahead.
        ready = self.frames if last else self.frames - 3
        if ready <= self._scored or (self._scored == 0 and ready < _FIRST and not last):
            return np.zeros((0, self._model.senones), np.float32)
        if self._scored == 0:
            self._warp = self._best_warp()
        heard = self._cepstra[self._warp]
        begin = max(0, self._scored - 3)
        vectors = features(heard[begin:] - _mean(heard))
        vectors = vectors[self._scored - begin : ready - begin]
        self._scored = ready
        return self._model.score(vectors)

    @classmethod
    def scores_of(cls, samples: Floats, model: AcousticModel) -> Floats:
        """Senone scores of a whole recording (16 kHz), shape ``(frames, senones)``."""
        sound = cls(model)
        sound.accept(samples, last=True)
        return sound.whole()

    def _best_warp(self) -> int:
        """Index of the vocal tract length under which the sound is most like speech."""
        fits = []
        for warp, heard in zip(WARPS, self._cepstra, strict=True):
            loud = heard[:, 0] >= np.median(heard[:, 0])
            vectors = features(heard - heard.mean(axis=0))[loud][::2]
            fits.append(self._model.fit(vectors) - _WARP_COST * abs(warp - 1.0))
        return int(np.argmax(fits))

    def whole(self) -> Floats:
        """Senone scores of the whole utterance with its own mean, shape ``(frames, senones)``."""
        if self.frames == 0:
            return np.zeros((0, self._model.senones), np.float32)
        heard = self._cepstra[self._best_warp()]
        return self._model.score(features(heard - _mean(heard)))


def _mean(cepstra: Floats) -> Floats:
    """Mean of the cepstra, shape ``(13,)``, in which silence weighs at most half of what the speech weighs."""
    level = cepstra[:, 0]
    low, high = np.percentile(level, (5, 95))
    speech = level >= low + 0.35 * (high - low)
    weights = np.where(speech, 1.0, min(1.0, 0.5 * speech.sum() / max(1, (~speech).sum())))
    return np.asarray(np.average(cepstra, axis=0, weights=weights), np.float32)


@dataclass(frozen=True)
class Reading:
    """One thing that may have been said."""

    language: str
    phrase: str
    variant: int
    values: Mapping[str, str]
    """Slot -> value key."""
    text: str
    """As the language writes it."""
    score: float
    """Log-likelihood of the whole utterance."""

    @property
    def meaning(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What the reading says, apart from its words."""
        return self.phrase, tuple(sorted(self.values.items()))


class Ear:
    """One language's phrases, ready to be heard. Shared; immutable after it is built."""

    def __init__(self, book: Book, tag: str, model: AcousticModel) -> None:
        self.tag = tag
        self._book = book
        self._model = model
        self.grammar = Grammar(book, tag)
        self.first = compact(self.grammar, model)
        self._detailed = Detailed(self.grammar, model)
        self.context = tag == "en"
        """Whether phones are heard in context: the neighbours that the model learnt are those of English words."""
        self.cost: Floats = np.array(
            [
                _VALUE_COST * sum(np.log(max(1, len(self.grammar.parts[i].choices))) for i in sentence.parts)
                for sentence in self.grammar.sentences
            ],
            np.float32,
        )
        """What each sentence costs for the values it could have had."""

    def start(self) -> Listening:
        """Begin an utterance."""
        return Listening(self)

    def readings(self, sentences: Sequence[int], scores: Floats) -> list[Reading]:
        """Hear some sentences in full; return every (phrase, values) with its best score, best first."""
        found = self._detailed.network(sentences, self.context)
        table = emissions(scores, found.table)
        run = found.network.forward(keep=True)
        run.accept(table)
        totals = run.scores()
        after = found.network.backward(table)
        # Through each value: its score when it ends before frame t, and the rest from there.
        ended = np.array(run.kept)
        through = (ended + after[1:, found.network.junction_of]).max(axis=0)
        best: dict[object, Reading] = {}
        for path, index in enumerate(found.sentences):
            for reading in self._of_path(path, index, float(totals[path]), through, found.network):
                known = best.get(reading.meaning)
                if known is None or reading.score > known.score:
                    best[reading.meaning] = reading
        return sorted(best.values(), key=lambda reading: -reading.score)

    def evidence(self, reading: Reading, margin: float, scores: Floats, free: Filler) -> Evidence:
        """What speaks for a reading that is ``margin`` better than any other meaning.

        ``scores``: senone scores, shape ``(frames, senones)``; ``free``: what any phones would have scored.
        """
        negated, other_way = opposites(reading.text, self.tag), turned(reading.text, self.tag)
        found = spoken([reading.text, *negated, *other_way], self.tag, self._model, self.context)
        run = found.network.forward()
        run.accept(emissions(scores, found.table))
        score = dict(zip(found.sentences, run.scores().tolist(), strict=True))
        own = score.pop(0, reading.score)
        nothing = own - NO_RIVAL
        against = max((each for index, each in score.items() if index <= len(negated)), default=nothing)
        otherwise = max((each for index, each in score.items() if index > len(negated)), default=nothing)
        single = spoken([reading.text], self.tag, self._model, self.context)
        table = emissions(scores, single.table)
        along = single.network.best_emissions(single.network.align(table), table)
        return evidence(along, free, margin, own - against, own - otherwise)

    def _of_path(self, path: int, index: int, total: float, through: Floats, network: Network) -> list[Reading]:
        sentence = self.grammar.sentences[index]
        template = sentence.template
        slots = [part for part in template.parts if isinstance(part, Slot)]
        options: list[list[tuple[str, str, float]]] = []
        junction = network.places.index((path, 0))
        for place, part_index in enumerate(sentence.parts):
            part = self.grammar.parts[part_index]
            if not part.slot:
                continue
            first = network.first_value[junction + place]
            scored = [
                (part.slot, choice.key, float(through[first + i]) - total)
                for i, choice in enumerate(part.choices)
                if junction + place < len(network.places)
                and first + i < len(through)
                and network.junction_of[first + i] == junction + place
            ]
            options.append(sorted(scored, key=lambda item: -item[2])[:4])
        readings = []
        for combination in itertools.product(*options):
            values = {slot: key for slot, key, _ in combination}
            loss = sum(item[2] for item in combination)
            text = self._book.fill(template.parts, values, self.tag)
            score = total + loss - float(self.cost[index])
            readings.append(Reading(self.tag, template.phrase, template.variant, values, text, score))
        return readings if options or not slots else []


class Listening:
    """One utterance going through one language's phrases."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._run = ear.first.network.forward()

    def accept(self, scores: Floats) -> None:
        """Take senone scores, shape ``(frames, senones)``."""
        self._run.accept(emissions(scores, self._ear.first.table))

    def likely(self) -> tuple[list[int], Floats]:
        """Indices of the best sentences so far, best first, and the score of every sentence."""
        scores = self._run.scores() - self._ear.cost
        order = np.argsort(-scores)[:_BEST_SENTENCES]
        return [int(i) for i in order], scores
