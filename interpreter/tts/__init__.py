"""Voice: what a speaker is, and how text is cut so that speech starts with the first clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from interpreter.audio import Audio


class Speaker(Protocol):
    """Speaks text in its languages. Thread-safe."""

    name: str
    """The model's name as in models.txt."""
    languages: frozenset[str]
    """BCP-47 tags it speaks."""

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        """Yield one chunk of audio per clause (mono; the sampling rate may differ between engines).

        ``rate`` is the speed: 1.0 normal, 0.7 slower. Raises LanguageError when the language is not served.
        """
        ...
