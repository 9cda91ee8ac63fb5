"""The embedded recogniser: English freely, and the phrases of the book in every language, without any download.

PocketSphinx and the English model of its wheel give a free transcript of English. The same acoustic model, read by
:mod:`interpreter.stt.acoustic`, hears the phrasebook's sentences of each language as a closed set
(:mod:`interpreter.stt.closed`). A phrase counts as heard with certainty when it fits the sound nearly as well as any
string of sounds would and clearly better than every other phrase; in English also when the free transcript says the
same words. Everything else is shown as up to three readings, for a finger to choose.
"""

from __future__ import annotations

import contextlib
import functools
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interpreter.audio import RATE, Audio, Samples, to_pcm16
from interpreter.errors import LanguageError, ModelError
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.numerals import words as number_words
from interpreter.phrases import Book
from interpreter.stt import Alternative, Hints, Hypothesis
from interpreter.stt.acoustic import AcousticModel, english
from interpreter.stt.closed import Ear, Reading, Sound

_CONTEXT_FREE = 126
"""Senones of the 42 phones without context: what any string of sounds can be made of."""
_TOGETHER = 3
"""Languages whose phrases are followed while somebody speaks; with more, the others wait for the end."""
_SHORTEST = 0.25
"""Seconds below which nothing was said."""
_QUIET = 0.003
"""Peak below which a block is no speech at all."""
_DITHER = np.float32(3e-4)
"""Level of the noise added to every sample: -70 dB, as quiet as a good microphone."""
_PARTIAL_EVERY = 0.4
"""Seconds of sound between two partial transcripts."""


@dataclass(frozen=True)
class Limits:
    """When a phrase counts as heard; log-likelihoods per frame of 10 ms."""

    misfit: float = 2.5
    """How much worse than any string of sounds a certain phrase may be."""
    stretch: float = 5.0
    """The same for its worst quarter of a second: where another word was said."""
    margin: float = 0.35
    """How much better than the next phrase of another meaning it must be."""
    nonsense: float = 7.0
    """Misfit above which the sound is no phrase of the language at all."""


@dataclass(frozen=True)
class _Heard:
    """The best readings of one language."""

    tag: str
    readings: tuple[Reading, ...]
    misfits: tuple[float, ...]
    """Per frame, against the best string of sounds."""

    stretch: float
    """Misfit of the best reading where it fits worst."""

    @property
    def margin(self) -> float:
        """How far the second meaning is behind, per frame."""
        return self.misfits[1] - self.misfits[0] if len(self.misfits) > 1 else float("inf")


class PocketSphinx:
    """The embedded recogniser. Thread-safe; decoders and phrase networks are made at first use and kept."""

    def __init__(
        self,
        book: Book,
        languages: Collection[str] = PHRASEBOOK_TAGS,
        options: Mapping[str, str] = {},
        name: str = "pocketsphinx",
    ) -> None:
        if options:
            raise ModelError(f"'{name}' has no option '{next(iter(options))}'; write - into its options in models.txt.")
        self.name = name
        self.languages = frozenset(languages)
        self.limits = Limits()
        self._book = book
        self._lock = threading.Lock()
        self._ears: dict[str, Ear] = {}
        self._idle: list[Any] = []

    def start(self, languages: Sequence[str], hints: Hints = Hints()) -> PocketSphinxUtterance:
        """Begin an utterance in one of ``languages``. Raises LanguageError when none of them is served."""
        tags = tuple(dict.fromkeys(tag for tag in languages if tag in self.languages))
        if not tags:
            raise LanguageError(
                f"'{self.name}' does not hear {' or '.join(languages) or 'nothing'}; it hears "
                f"{', '.join(sorted(self.languages))}. See: interpreter models list"
            )
        return PocketSphinxUtterance(self, tags, hints)

    @functools.cached_property
    def model(self) -> AcousticModel:
        """The acoustic model of the wheel."""
        return english()

    def ear(self, tag: str) -> Ear:
        """The phrases of a language, ready to be heard."""
        with self._lock:
            if tag not in self._ears:
                self._ears[tag] = Ear(self._book, tag, self.model)
            return self._ears[tag]

    @contextlib.contextmanager
    def _new_decoder(self) -> Iterator[Any]:
        import pocketsphinx

        # Errors of its own go to the standard error of the program, where nobody can act on them.
        yield pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL", fwdflat=False)

    def borrow(self) -> Any:
        """A decoder for one utterance; give it back with :meth:`give_back`."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        with self._new_decoder() as decoder:
            return decoder

    def give_back(self, decoder: Any) -> None:
        """Keep a decoder for the next utterance; one is enough for a kiosk, more are made when more people speak."""
        with self._lock:
            if len(self._idle) < 2:
                self._idle.append(decoder)


class PocketSphinxUtterance:
    """One utterance. Not shared between threads."""

    def __init__(self, owner: PocketSphinx, tags: tuple[str, ...], hints: Hints) -> None:
        self._owner = owner
        self._tags = tags
        self._sound = Sound(owner.model)
        self._scores: list[Any] = []
        followed = tags if len(tags) <= _TOGETHER else tuple(tag for tag in tags if tag == "en")
        self._following = {tag: owner.ear(tag).start() for tag in followed}
        self._decoder: Any = None
        if "en" in tags:
            self._decoder = owner.borrow()
            self._decoder.start_utt()
        # The silence of a file is digital zero, which no microphone gives and no model has heard.
        self._dither = np.random.default_rng(0)
        self._length = 0
        self._peak = 0.0
        self._asked = 0
        self._partial = ""

    def accept(self, audio: Audio) -> Hypothesis | None:
        """Take the next block (mono, 16 kHz); return what English has been understood, when it changed."""
        samples = audio.samples
        self._length += len(samples)
        self._peak = max(self._peak, float(np.abs(samples).max(initial=0.0)))
        self._follow(samples)
        if self._decoder is None:
            return None
        self._decoder.process_raw(to_pcm16(audio))
        if self._tags != ("en",) or self._length - self._asked < _PARTIAL_EVERY * RATE:
            return None
        self._asked = self._length
        text = _transcript(self._decoder)
        if not text or text == self._partial:
            return None
        self._partial = text
        return Hypothesis(text, "en", 0.5)

    def finish(self) -> Hypothesis:
        """Return the final hypothesis."""
        transcript = ""
        if self._decoder is not None:
            self._decoder.end_utt()
            transcript = _transcript(self._decoder)
            self._owner.give_back(self._decoder)
            self._decoder = None
        if self._length < _SHORTEST * RATE or self._peak < _QUIET:
            return Hypothesis("", self._tags[0])
        self._follow(np.zeros(0, np.float32), last=True)
        whole = self._sound.whole()
        if not len(whole):
            return Hypothesis("", self._tags[0])
        heard = {tag: self._heard(tag, whole) for tag in self._following}
        spoken = self._english(heard.get("en"), transcript)
        if spoken is not None and spoken.certain and spoken.confidence > 0.8:
            return spoken
        for tag in self._tags:
            if tag not in heard:
                heard[tag] = self._heard(tag, whole)
        return self._decide(heard, spoken)

    def _follow(self, samples: Samples, last: bool = False) -> None:
        noise = self._dither.standard_normal(len(samples), np.float32)
        scores = self._sound.accept(samples + _DITHER * noise, last)
        if not len(scores):
            return
        for listening in self._following.values():
            listening.accept(scores)
        if len(self._following) < len(self._tags):
            self._scores.append(scores.astype(np.float16))

    def _heard(self, tag: str, whole: Any) -> _Heard:
        ear = self._owner.ear(tag)
        listening = self._following.get(tag)
        if listening is None:
            listening = ear.start()
            for scores in self._scores:
                listening.accept(scores.astype(np.float32))
        order, _ = listening.likely()
        readings = ear.readings(order, whole)[:4]
        any_sounds = whole[:, :_CONTEXT_FREE].max(axis=1)
        misfits = tuple((float(any_sounds.sum()) - each.score) / len(whole) for each in readings)
        # Only where certainty is still possible is the sound gone through once more.
        hopeful = bool(readings) and misfits[0] <= self._owner.limits.misfit
        stretch = ear.worst_stretch(readings[0], whole, any_sounds) if hopeful else float("inf")
        return _Heard(tag, tuple(readings), misfits, stretch)

    def _decide(self, heard: Mapping[str, _Heard], spoken: Hypothesis | None) -> Hypothesis:
        """One hypothesis of what the languages heard."""
        limits = self._owner.limits
        ranked = sorted(
            (
                (misfit, reading)
                for each in heard.values()
                if each.tag != "en" or spoken is None
                for misfit, reading in zip(each.misfits, each.readings, strict=True)
            ),
            key=lambda pair: pair[0],
        )
        if not ranked or ranked[0][0] > limits.nonsense:
            return spoken or Hypothesis("", self._tags[0])
        misfit, best = ranked[0]
        margin = ranked[1][0] - misfit if len(ranked) > 1 else float("inf")
        stretch = heard[best.language].stretch
        certain = misfit <= limits.misfit and margin >= limits.margin and stretch <= limits.stretch
        if spoken is not None and not certain:
            # English was in play, and no phrase of another language stands out: what the transcript says is shown
            # first, unless its own phrases fit worse than theirs.
            rival = min(heard["en"].misfits, default=float("inf")) if "en" in heard else float("inf")
            if misfit > limits.misfit or rival <= misfit:
                return spoken
        others = tuple(
            Alternative(reading.text, _confidence(value, limits), reading.language) for value, reading in ranked[:3]
        )
        return Hypothesis(best.text, best.language, _confidence(misfit, limits), certain, others)

    def _english(self, heard: _Heard | None, transcript: str) -> Hypothesis | None:
        """English: the transcript, or the phrase of the book that it nearly is."""
        if heard is None:
            return None
        limits = self._owner.limits
        said = _words(transcript)
        agreeing = sorted(
            ((_agreement(said, _words(reading.text)), -misfit, reading) for misfit, reading in
             zip(heard.misfits, heard.readings, strict=True)),
            key=lambda item: (-item[0], -item[1]),
        )  # fmt: skip
        if heard.readings and heard.misfits[0] <= limits.nonsense / 2:
            best = heard.readings[0]
            agreement = _agreement(said, _words(best.text))
            fits = heard.misfits[0] <= limits.misfit and heard.stretch <= limits.stretch
            if agreement >= 0.9 or (agreement >= 0.5 and fits and heard.margin >= limits.margin):
                others = tuple(Alternative(reading.text, agreement) for reading in heard.readings[:3])
                return Hypothesis(best.text, "en", 0.5 + agreement / 2, True, others)
        if agreeing and agreeing[0][0] == 1.0:
            return Hypothesis(agreeing[0][2].text, "en", 1.0, True, (Alternative(agreeing[0][2].text, 1.0),))
        if not transcript:
            return None
        # Something else in English, or the nearest phrase misheard: the words are shown as they were understood.
        near = [Alternative(reading.text, agreement) for agreement, _, reading in agreeing if agreement >= 0.5][:2]
        if near:
            readings = (Alternative(near[0].text, 0.5), Alternative(transcript, 0.4), *near[1:])
            return Hypothesis(near[0].text, "en", 0.5, False, readings)
        return Hypothesis(transcript, "en", 0.6, True, (Alternative(transcript, 0.6),))


def _confidence(misfit: float, limits: Limits) -> float:
    return round(float(np.clip(1.0 - misfit / (2 * limits.misfit), 0.05, 0.99)), 3)


def _transcript(decoder: Any) -> str:
    best = decoder.hyp()
    return re.sub(r"\(\d+\)", "", best.hypstr).strip() if best else ""


def _words(text: str) -> list[str]:
    """The words of an English text, numbers written out, without marks."""
    text = re.sub(r"\d+", lambda found: f" {number_words(int(found.group()), 'en')[0]} ", text.lower())
    text = re.sub(r"\b([ap])m\b", r"\1 m", text.replace(":", " "))
    return re.findall(r"[a-z']+", text)


def _agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of words that two sequences have in common in the same order, 0 to 1."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(one, other))
