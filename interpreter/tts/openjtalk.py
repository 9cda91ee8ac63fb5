"""Japanese voice: Open JTalk (``pyopenjtalk-plus``), which reads kanji and brings its own voice."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from interpreter.audio import Audio
from interpreter.errors import LanguageError
from interpreter.tts.clauses import clauses
from interpreter.tts.readable import readable


class OpenJTalk:
    """Speaks Japanese. Thread-safe."""

    def __init__(self, name: str = "openjtalk") -> None:
        self.name = name
        self.languages = frozenset({"ja"})
        # One engine with one settings object behind the module's functions.
        self._lock = threading.Lock()

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        """Yield one chunk per clause, 48 kHz. Raises LanguageError for any other language than Japanese."""
        if language not in self.languages:
            raise LanguageError(f"Open JTalk speaks ja, not {language}; use the speaker 'espeak'.")
        import pyopenjtalk

        for clause in clauses(readable(text, language), language):
            with self._lock:
                samples, sampling_rate = pyopenjtalk.tts(clause, speed=rate)
            if len(samples):
                yield Audio((samples / 32768).astype(np.float32), int(sampling_rate))
