"""Speech to text: what a recogniser is, whichever engine does the work.

A :class:`Recognizer` is shared by all sessions and holds no conversation; each stretch of speech gets its own
:class:`Utterance`. The stream is the primitive: feed blocks, take partial hypotheses, finish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from interpreter.audio import Audio
from interpreter.phrases import Book


@dataclass(frozen=True)
class Alternative:
    """One reading of what was said."""

    text: str
    """As the language writes it."""
    confidence: float
    """0 (a guess) to 1 (certain)."""
    language: str = ""
    """BCP-47 tag; empty means the hypothesis's own."""


@dataclass(frozen=True)
class Word:
    """A word with its place in the utterance."""

    text: str
    start: float
    """Seconds from the first sample of the utterance."""
    end: float
    """Seconds from the first sample of the utterance."""


@dataclass(frozen=True)
class Hypothesis:
    """What a recogniser believes was said; an empty text means nothing was."""

    text: str
    """The best reading; empty when nothing was said or nothing was understood."""
    language: str
    """BCP-47 tag."""
    confidence: float = 0.0
    """0 to 1, comparable within one engine."""
    certain: bool = False
    """False: show the alternatives and let the speaker confirm."""
    alternatives: tuple[Alternative, ...] = ()
    """Up to three readings, best first, the best among them."""
    words: tuple[Word, ...] = ()
    """Timed words where the engine knows them."""
    stable: str = ""
    """For a partial: the leading part that will not change any more."""


@dataclass(frozen=True)
class Hints:
    """What the venue knows that helps hearing: names and what is likely to be said."""

    terms: tuple[str, ...] = field(default=())
    """Proper names in the spoken language, most important first."""
    sentences: Book | None = None
    """What is likely to be said, where that is not the phrasebook. A recogniser that writes down freely needs none."""


class Utterance(Protocol):
    """One stretch of speech being recognised. Not shared between threads."""

    def accept(self, audio: Audio) -> Hypothesis | None:
        """Take the next block (mono, 16 kHz) and return a new partial hypothesis, or None when nothing changed."""
        ...

    def finish(self) -> Hypothesis:
        """Return the final hypothesis. The utterance is used up."""
        ...


class Recognizer(Protocol):
    """A speech recogniser over all its languages. Thread-safe."""

    name: str
    """The model's name as in models.txt."""
    languages: frozenset[str]
    """BCP-47 tags it hears."""

    def start(self, languages: Sequence[str], hints: Hints = Hints()) -> Utterance:
        """Begin an utterance spoken in one of ``languages`` (one tag: it is known; several: the engine decides).

        Raises LanguageError when none of them is served.
        """
        ...


@runtime_checkable
class Learner(Protocol):
    """A recogniser that listens for the phrases of a book."""

    def learn(self, book: Book) -> None:
        """Listen for the phrases of another book from the next utterance on. From any thread."""
        ...
