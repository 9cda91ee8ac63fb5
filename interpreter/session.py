"""A session: one stream of sound in, events out. The only file that knows the order of the stages.

Voice activity cuts the stream into utterances; each is recognised while it is spoken, translated when it has ended
and spoken clause by clause. Engines are shared; what a session holds is its own stream, its count of utterances and
the generation of the voice: a new utterance begins a new generation, and what belongs to an older one is dropped.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from interpreter.audio import RATE, Audio
from interpreter.errors import InterpreterError, LanguageError, TextError
from interpreter.events import Event, Failed, Final, Partial, SpeechEnded, SpeechStarted, Spoken, Translated
from interpreter.phrases import Book
from interpreter.stt import Alternative, Hints, Hypothesis, Learner, Recognizer, Utterance
from interpreter.translation import Term
from interpreter.translation.chain import Chain
from interpreter.tts import Speaker
from interpreter.vad import Activity, Ended, Listening, Started, Voice, VoiceActivity


@dataclass(frozen=True)
class Engines:
    """What all sessions share: for each role its engines, the preferred one first."""

    recognizers: tuple[Recognizer, ...]
    translator: Chain
    speakers: tuple[Speaker, ...]

    def recognizer(self, languages: Sequence[str]) -> Recognizer:
        """The first that hears all the languages, else the first that hears any. Raises LanguageError for none."""
        for wanted in (all, any):
            for each in self.recognizers:
                if wanted(tag in each.languages for tag in languages):
                    return each
        raise LanguageError(
            f"no installed engine hears {', '.join(languages)}; see what would with: interpreter models list"
        )

    def speaker(self, language: str) -> Speaker:
        """The first that speaks the language. Raises LanguageError for none."""
        for each in self.speakers:
            if language in each.languages:
                return each
        raise LanguageError(f"no installed voice speaks {language}; see what would with: interpreter models list")

    def learn(self, book: Book) -> None:
        """Understand the phrases of another book from the next utterance on; may take a second for each language."""
        self.translator.learn(book)
        for each in self.recognizers:
            if isinstance(each, Learner):
                each.learn(book)


@dataclass(frozen=True)
class Conversation:
    """Who speaks what: every language heard, and what each is answered in."""

    answers: Mapping[str, tuple[str, ...]]
    """Spoken tag -> tags that it is told in."""
    aloud: frozenset[str] | None = None
    """Tags that it is told in by voice as well; None: all of them."""

    @classmethod
    def between(cls, one: str, other: str) -> Conversation:
        """Two people, each in their own language; the direction is found from what is spoken."""
        return cls({one: (other,), other: (one,)})

    @classmethod
    def among(cls, spoken: Sequence[str], heard: Sequence[str], aloud: frozenset[str] | None = None) -> Conversation:
        """Whatever is spoken is told in every language that somebody listens in, but its own."""
        return cls({source: tuple(tag for tag in dict.fromkeys(heard) if tag != source) for source in spoken}, aloud)

    @classmethod
    def towards(cls, target: str, sources: Sequence[str]) -> Conversation:
        """Whatever is spoken, in one of ``sources``, is told in ``target``."""
        return cls({source: (target,) for source in sources})


class Session:
    """One stream being interpreted. Feed it from one thread; :meth:`interrupt` may come from any."""

    def __init__(
        self,
        engines: Engines,
        conversation: Conversation,
        *,
        listening: Listening = Listening(),
        hints: Hints = Hints(),
        terms: Sequence[Term] = (),
        voice: bool = True,
        voice_rate: float = 1.0,
        guess: bool = False,
        hears: Sequence[str] = (),
    ) -> None:
        """Begin to listen, for the languages that are answered or for some of them.

        ``voice=False`` gives text only. ``guess=True`` answers an uncertain final with its best reading instead of
        waiting for :meth:`choose`. Raises LanguageError when nobody hears the languages.
        """
        self.engines = engines
        self.conversation = conversation
        """Who is answered in what from the next utterance on, and aloud from the next clause on; may be replaced at
        any time."""
        self.hear(tuple(hears or conversation.answers))
        self._activity = VoiceActivity(listening)
        self.hints = hints
        """What helps to hear the next utterance; may be replaced at any time."""
        self._terms = tuple(terms)
        self._voice, self._voice_rate, self._guess = voice, voice_rate, guess
        self._waiting: deque[Activity] = deque()
        self._utterance: Utterance | None = None
        self._number = 0
        self._started_at = 0.0
        self._samples = 0
        self._finals: dict[int, tuple[str, tuple[Alternative, ...]]] = {}
        self._begin = time.monotonic()
        self._generation = 0
        self._lock = threading.Lock()

    def hear(self, languages: Sequence[str]) -> None:
        """Expect these languages from the next utterance on: who holds the button is known, and so is their language.

        Raises LanguageError when nobody hears any of them.
        """
        self._recognizer = self.engines.recognizer(languages)
        self._heard = tuple(tag for tag in languages if tag in self._recognizer.languages)

    def accept(self, audio: Audio) -> Iterator[Event]:
        """Take the next block (mono, 16 kHz) and yield what happens because of it, as it happens."""
        self._waiting.extend(self._activity.accept(audio))
        self._samples += len(audio.samples)
        yield from self._drain()

    def finish(self) -> Iterator[Event]:
        """End the utterance, as at the end of the stream, and yield what is still to come. More may follow."""
        self._waiting.extend(self._activity.finish())
        yield from self._drain()

    def choose(self, utterance: int, text: str) -> Iterator[Event]:
        """Answer an uncertain final with the reading somebody confirmed.

        Raises TextError when ``text`` is none of the alternatives of that utterance.
        """
        language, alternatives = self._finals.get(utterance, ("", ()))
        for each in alternatives:
            if each.text == text:
                self.interrupt()
                spoken, at = each.language or language, self._samples / RATE
                # Those who were not asked learn only now what was said.
                yield Final(utterance, text, spoken, 1.0, True, (each,), at, at, self._clock())
                yield from self._answer(utterance, text, spoken)
                return
        known = ", ".join(f"'{each.text}'" for each in alternatives) or "none"
        raise TextError(f"'{text}' is no reading of utterance {utterance}; the readings are: {known}.")

    def tell(self, text: str, language: str) -> Iterator[Event]:
        """Interpret typed text as if it had been said.

        Raises TextError for an empty text, LanguageError for a language that is not spoken here.
        """
        if not text.strip():
            raise TextError("the text is empty; type what should be interpreted.")
        if language not in self.conversation.answers:
            spoken = ", ".join(self.conversation.answers)
            raise LanguageError(f"'{language}' is not spoken in this conversation; it is between {spoken}.")
        self.interrupt()
        self._number += 1
        at = self._samples / RATE
        readings = (Alternative(text, 1.0, language),)
        yield Final(self._number, text, language, 1.0, True, readings, at, at, self._clock())
        yield from self._answer(self._number, text, language)

    def interrupt(self) -> None:
        """Drop what is left of the voice."""
        with self._lock:
            self._generation += 1

    def _clock(self) -> float:
        return time.monotonic() - self._begin

    def _drain(self) -> Iterator[Event]:
        # A shared queue, not a loop over this block: a caller may leave this generator in the middle of the voice
        # and feed the next block, which then goes on where this one stopped.
        while self._waiting:
            activity = self._waiting.popleft()
            if isinstance(activity, Started):
                self.interrupt()
                self._number += 1
                self._started_at = activity.at
                yield SpeechStarted(self._number, activity.at, self._clock())
                self._utterance = self._recognizer.start(self._heard, self.hints)
            elif isinstance(activity, Voice):
                yield from self._hear(activity.audio)
            else:
                yield SpeechEnded(self._number, activity.at, self._clock())
                yield from self._end(activity)

    def _hear(self, audio: Audio) -> Iterator[Event]:
        if self._utterance is None:
            return
        try:
            hypothesis = self._utterance.accept(audio)
        except Exception as error:
            self._utterance = None
            yield self._failed("hearing", error)
            return
        if hypothesis is not None and hypothesis.text:
            heard = self._samples / RATE
            yield Partial(self._number, hypothesis.text, hypothesis.stable, hypothesis.language, heard, self._clock())

    def _end(self, ended: Ended) -> Iterator[Event]:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        number = self._number
        try:
            hypothesis = utterance.finish()
        except Exception as error:
            yield self._failed("hearing", error)
            return
        if not hypothesis.text.strip():
            return
        yield self._final(number, hypothesis, ended.at)
        if hypothesis.certain or self._guess:
            yield from self._answer(number, hypothesis.text, hypothesis.language)

    def _final(self, number: int, hypothesis: Hypothesis, end: float) -> Final:
        readings = hypothesis.alternatives or (Alternative(hypothesis.text, hypothesis.confidence),)
        self._finals[number] = hypothesis.language, readings
        for old in [known for known in self._finals if known < number - 20]:
            del self._finals[old]
        return Final(
            number,
            hypothesis.text,
            hypothesis.language,
            round(hypothesis.confidence, 3),
            hypothesis.certain,
            readings,
            self._started_at,
            end,
            self._clock(),
        )

    def _answer(self, number: int, text: str, source: str) -> Iterator[Event]:
        generation = self._generation
        told = []
        # Everybody reads before anybody hears.
        for target in self.conversation.answers.get(source, ()):
            event = self._translated(number, text, source, target)
            yield event
            if isinstance(event, Translated):
                told.append(event)
        for translated in told if self._voice else ():
            yield from self._speak(number, translated.text, translated.target, generation)

    def _translated(self, number: int, text: str, source: str, target: str) -> Translated | Failed:
        try:
            translation = self.engines.translator.translate(text, source, target, self._terms)
        except Exception as error:
            return self._failed("translation", error, number)
        if translation is None:
            near = self.engines.translator.nearest(text, source)
            message = (
                f"'{text}' is not in the phrasebook and no translation model from {source} to {target} is installed."
            )
            return self._failed("translation", message, number, near)
        return Translated(
            number,
            translation.text,
            source,
            target,
            translation.origin,
            translation.terms,
            translation.warnings,
            self._clock(),
        )

    def _speak(self, number: int, text: str, language: str, generation: int) -> Iterator[Event]:
        try:
            if not self._wanted(language, generation):
                return
            chunks = self.engines.speaker(language).speak(text, language, self._voice_rate)
            for count, audio in enumerate(chunks):
                if not self._wanted(language, generation):
                    return
                yield Spoken(number, audio, language, count, self._clock())
                if not self._wanted(language, generation):
                    return
        except Exception as error:
            yield self._failed("voice", error, number)

    def _wanted(self, language: str, generation: int) -> bool:
        aloud = self.conversation.aloud
        return self._generation == generation and (aloud is None or language in aloud)

    def _failed(
        self, stage: str, problem: str | Exception, number: int | None = None, suggestions: tuple[str, ...] = ()
    ) -> Failed:
        # One engine that dies must not take the conversation with it, whatever it raises: the text still stands.
        known = isinstance(problem, (str, InterpreterError))
        message = str(problem) if known else f"the engine for {stage} failed ({type(problem).__name__}: {problem})."
        return Failed(self._number if number is None else number, stage, message, suggestions, self._clock())
