"""The embedded recogniser: English freely, and the phrases of the book in every language, without any download.

PocketSphinx and the English model of its wheel give a free transcript of English. The same acoustic model, read by
:mod:`interpreter.stt.acoustic`, hears the phrasebook's sentences of each language as a closed set
(:mod:`interpreter.stt.closed`). A phrase counts as heard with certainty when it fits the sound nearly as well as any
string of sounds would and clearly better than every other phrase (:mod:`interpreter.stt.belief`); in English the free
transcript is asked, too. Everything else is shown as up to three readings, for a finger to choose.
"""

from __future__ import annotations

import contextlib
import functools
import re
import threading
from collections import OrderedDict
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
from interpreter.stt.acoustic import AcousticModel, Floats, english
from interpreter.stt.belief import NO_RIVAL, Evidence, Filler, filler
from interpreter.stt.closed import Ear, Reading, Sound
from interpreter.stt.spotting import Spotter, put_in

_CONTEXT_FREE = 126
"""Senones of the 42 phones without context: what any string of sounds can be made of."""
_TOGETHER = 3
"""Languages whose phrases are followed while somebody speaks; with more, the others wait for the end."""
_BOOKS = 3
"""Books whose networks are kept: the phrasebook, what a page asks for, and what it asked for before somebody wrote."""
_SHORTEST = 0.25
"""Seconds below which nothing was said."""
_QUIET = 0.003
"""Peak below which a block is no speech at all."""
_DITHER = np.float32(3e-4)
"""Level of the noise added to every sample: -70 dB, as quiet as a good microphone."""
_PARTIAL_EVERY = 0.4
"""Seconds of sound between two partial transcripts."""
_CLEAR = 0.6
"""Agreement from which a transcript understood the sentence: where it still differs, another word was said."""
_TRANSCRIPT = 0.5
"""Confidence of a free transcript: PocketSphinx gives no useful one of its own."""


@dataclass(frozen=True)
class Limits:
    """When a phrase counts as heard."""

    belief: float = 0.92
    """How likely a certain phrase must be, 0 to 1 (see :mod:`interpreter.stt.belief`)."""
    unlikely: float = 0.03
    """How likely an English phrase must be to be shown before the free transcript."""
    nonsense: float = 7.0
    """Log-likelihood per frame behind any string of sounds, above which nothing in the book was said."""


@dataclass(frozen=True)
class _Heard:
    """The best readings of one language."""

    readings: tuple[Reading, ...]
    """Best first."""
    misfit: float
    """Log-likelihood per frame by which the best is behind any string of sounds."""


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
        self._ears: OrderedDict[int, dict[str, Ear]] = OrderedDict()
        self._idle: list[Any] = []
        self._spotter: tuple[tuple[str, ...], Spotter] | None = None

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

    def learn(self, book: Book) -> None:
        """Listen for the phrases of another book from the next utterance on. From any thread."""
        with self._lock:
            used = tuple(self._ears.get(id(self._book), ()))
        # Made beside those in use, so that nobody who speaks meanwhile waits for them.
        ears = {tag: Ear(book, tag, self.model) for tag in used}
        with self._lock:
            self._ears.pop(id(self._book), None)
            self._book = book
            self._ears[id(book)] = ears

    @property
    def book(self) -> Book:
        """What is listened for where nothing else is asked for."""
        return self._book

    def ear(self, tag: str, book: Book | None = None) -> Ear:
        """The sentences of a language, ready to be heard: those of the phrasebook, or of another book."""
        with self._lock:
            return self._ear(tag, book or self._book)

    def _ear(self, tag: str, book: Book) -> Ear:
        # An ear holds its book, so no other book takes the identity while the ear is kept.
        ears = self._ears.setdefault(id(book), {})
        if tag not in ears:
            ears[tag] = Ear(book, tag, self.model)
        self._ears.move_to_end(id(book))
        while len(self._ears) > _BOOKS:
            del self._ears[next(each for each in self._ears if each != id(self._book))]
        return ears[tag]

    def spotter(self, terms: tuple[str, ...]) -> Spotter:
        """The venue's names, ready to be heard in English."""
        with self._lock:
            if self._spotter is None or self._spotter[0] != terms:
                self._spotter = terms, Spotter(terms, self.model)
            return self._spotter[1]

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
        # Taken now: a book that comes while somebody speaks is for the next utterance.
        self._book, self._sentences = owner.book, hints.sentences or owner.book
        self._following = {tag: self._ear(tag).start() for tag in followed}
        self._decoder: Any = None
        self._spotter = owner.spotter(hints.terms) if hints.terms and "en" in tags else None
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
        return Hypothesis(text, "en", _TRANSCRIPT)

    def finish(self) -> Hypothesis:
        """Return the final hypothesis."""
        words: list[tuple[str, int, int]] = []
        if self._decoder is not None:
            self._decoder.end_utt()
            words = _timed(self._decoder)
            self._owner.give_back(self._decoder)
            self._decoder = None
        if self._length < _SHORTEST * RATE or self._peak < _QUIET:
            return Hypothesis("", self._tags[0])
        self._follow(np.zeros(0, np.float32), last=True)
        whole = self._sound.whole()
        if not len(whole):
            return Hypothesis("", self._tags[0])
        free = filler(whole, self._owner.model)
        transcript = put_in(words, self._spotter.find(whole, free) if words and self._spotter else ())
        heard = [self._heard(tag, whole) for tag in self._following]
        hypothesis = self._decide(heard, transcript, whole, free)
        others = [tag for tag in self._tags if tag not in self._following]
        # English fits other languages' speech best, being the model's own: it ends the search where it is sure of every
        # word, and is compared with the other languages where a phrase of it only sounds right.
        if not others or (hypothesis.certain and _words(transcript) == _words(hypothesis.text)):
            return hypothesis
        return self._decide([*heard, *(self._heard(tag, whole) for tag in others)], transcript, whole, free)

    def _follow(self, samples: Samples, last: bool = False) -> None:
        noise = self._dither.standard_normal(len(samples), np.float32)
        scores = self._sound.accept(samples + _DITHER * noise, last)
        if not len(scores):
            return
        for listening in self._following.values():
            listening.accept(scores)
        if len(self._following) < len(self._tags):
            self._scores.append(scores.astype(np.float16))

    def _ear(self, tag: str) -> Ear:
        # English is understood freely, whatever is likely to be said.
        return self._owner.ear(tag, self._book if tag == "en" else self._sentences)

    def _heard(self, tag: str, whole: Any) -> _Heard:
        ear = self._ear(tag)
        listening = self._following.get(tag)
        if listening is None:
            listening = ear.start()
            for scores in self._scores:
                listening.accept(scores.astype(np.float32))
        order, _ = listening.likely()
        readings = ear.readings(order, whole)[:4]
        any_sounds = float(whole[:, :_CONTEXT_FREE].max(axis=1).sum())
        misfit = (any_sounds - readings[0].score) / len(whole) if readings else float("inf")
        return _Heard(tuple(readings), misfit)

    def _evidence(self, readings: Sequence[Reading], whole: Floats, free: Filler) -> Evidence:
        """What speaks for the first of some readings, given the others and what any phones would have scored."""
        best = readings[0]
        margin = best.score - readings[1].score if len(readings) > 1 else NO_RIVAL
        return self._ear(best.language).evidence(best, margin, whole, free)

    def _decide(self, heard: Sequence[_Heard], transcript: str, whole: Floats, free: Filler) -> Hypothesis:
        """One hypothesis of what was heard, as phrases of each language and as a free transcript of English."""
        limits = self._owner.limits
        ranked = sorted((reading for each in heard for reading in each.readings), key=lambda reading: -reading.score)
        misfit = min((each.misfit for each in heard), default=float("inf"))
        understood = Alternative(transcript, _TRANSCRIPT, "en")
        if not ranked or misfit > limits.nonsense:
            # Nothing in the book: what English made of it is shown, for somebody to confirm.
            if not transcript:
                return Hypothesis("", self._tags[0])
            return Hypothesis(transcript, "en", _TRANSCRIPT, False, (understood,))
        # The two scripts of Chinese sound alike: they are no rivals, the language asked for first stands.
        order = {tag: place for place, tag in enumerate(self._tags)}
        by_meaning: dict[object, Reading] = {}
        for each in ranked:
            key = each.language.split("-")[0], each.meaning
            if key not in by_meaning or order[each.language] < order[by_meaning[key].language]:
                by_meaning[key] = each
        readings = list(by_meaning.values())
        best = readings[0]
        found = self._evidence(readings, whole, free)
        belief = found.belief(best.language)
        contradicted = found.contradicted
        if best.language == "en":
            agreement = _agreement(_words(transcript), _words(best.text))
            belief = found.belief_in_english(agreement)
            contradicted |= _CLEAR <= agreement < 1.0
        choices = [
            Alternative(each.text, _confidence(belief, best.score - each.score), each.language) for each in readings[:3]
        ]
        if belief >= limits.belief and not contradicted:
            return Hypothesis(best.text, best.language, choices[0].confidence, True, tuple(choices))
        if transcript and any(each.language == "en" for each in choices):
            # Something else in English, or a phrase misheard: the words as they were understood are one choice.
            at = 0 if belief < limits.unlikely and best.language == "en" else 2
            choices = choices[:2]
            choices.insert(at, understood)
        first = choices[0]
        return Hypothesis(first.text, first.language, first.confidence, False, tuple(choices))


def _confidence(belief: float, behind: float) -> float:
    """Of a reading that is ``behind`` the first in log-likelihood."""
    return round(float(np.clip(belief / (1.0 + behind / 10.0), 0.01, 0.99)), 3)


def _transcript(decoder: Any) -> str:
    return " ".join(word for word, _, _ in _timed(decoder))


def _timed(decoder: Any) -> list[tuple[str, int, int]]:
    """Words of the best transcript with their first frame and the frame after the last."""
    found = []
    for segment in decoder.seg() or ():
        word = re.sub(r"\(\d+\)$", "", segment.word)
        if not word.startswith(("<", "[", "+")):
            found.append((word, segment.start_frame, segment.end_frame + 1))
    return found


def _words(text: str) -> list[str]:
    """The words of an English text, numbers written out, without marks."""
    text = re.sub(r"\d+", lambda found: f" {number_words(int(found.group()), 'en')[0]} ", text.lower())
    text = re.sub(r"\b([ap])m\b", r"\1 m", text.replace(":", " "))
    return re.findall(r"[a-z']+", text)


def _agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of words that two sequences have in common in the same order, 0 to 1."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(one, other))
