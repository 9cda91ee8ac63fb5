"""The voice that is always there: eSpeak NG, from the ``espeakng-loader`` wheel, for every language with a voice."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter import espeak
from interpreter.audio import Audio, from_pcm16
from interpreter.errors import LanguageError
from interpreter.languages import OTHER, PHRASEBOOK
from interpreter.languages import language as find_language
from interpreter.tts.clauses import clauses
from interpreter.tts.readable import readable

_WORDS_PER_MINUTE = 150
"""A calm pace: eSpeak's own 175 is hard to follow in a language one half knows."""


class Espeak:
    """Speaks with eSpeak NG's formant voices. Thread-safe; the library itself speaks one clause at a time."""

    def __init__(self, name: str = "espeak") -> None:
        self.name = name
        # Kanji are read as "Chinese letter", so Japanese is left to Open JTalk.
        self.languages = frozenset(known.tag for known in PHRASEBOOK + OTHER if known.espeak and known.tag != "ja")

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        """Yield one chunk per clause, 22.05 kHz. Raises LanguageError when eSpeak NG has no voice for the language."""
        if language not in self.languages:
            raise LanguageError(f"eSpeak NG speaks no '{language}'; it speaks {', '.join(sorted(self.languages))}.")
        voice = find_language(language).espeak
        for clause in clauses(readable(text, language), language):
            pcm, sampling_rate = espeak.synthesize(clause, voice, round(_WORDS_PER_MINUTE * rate))
            if len(pcm):
                yield from_pcm16(pcm.tobytes(), sampling_rate)
