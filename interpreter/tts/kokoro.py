"""Kokoro-82M (Apache-2.0), a small neural voice, as ONNX: phonemes in, 24 kHz sound out.

The files are those of ``onnx-community/Kokoro-82M-v1.0-ONNX``: ``onnx/model.onnx``, ``tokenizer.json`` with the
phoneme alphabet, and one table of styles per voice in ``voices/``. Phonemes come from eSpeak NG, as in Kokoro's own
pipeline for every language but English, Japanese and Chinese. English is trained on a dictionary of its own, near
enough to eSpeak's American; Japanese and Chinese are not offered here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interpreter import espeak
from interpreter.audio import Audio, Samples
from interpreter.checkpoint import damaged, need, settings
from interpreter.errors import LanguageError, ModelError
from interpreter.languages import language as find_language
from interpreter.tts.clauses import clauses
from interpreter.tts.readable import readable

RATE = 24_000
"""Samples per second of what the model gives."""
VOICES: dict[str, str] = {"en": "af_heart", "es": "ef_dora", "fr": "ff_siwis", "it": "if_sara", "pt": "pf_dora"}
"""The voice of each language it speaks; pt is Brazilian."""
_STYLE = 256
"""Numbers in one style; a voice has one style per number of phonemes."""
_LONGEST = 510
"""Phonemes the model takes at once."""
_MODEL, _ALPHABET = "onnx/model.onnx", "tokenizer.json"
_INPUTS = {"input_ids", "style", "speed"}

# Kokoro writes a diphthong or an affricate as one character; eSpeak NG keeps each between its separators.
_ONE: dict[str, str] = {
    "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "əʊ": "Q", "ɔɪ": "Y",
    "tʃ": "ʧ", "dʒ": "ʤ", "ts": "ʦ", "dz": "ʣ", "tɕ": "ʨ",
}  # fmt: skip
# Its English has no long vowels but r-coloured ones, and an alphabet with fewer letters than the IPA.
_ENGLISH: dict[str, str] = {
    "ɜː": "ɜɹ", "ɚ": "əɹ", "r": "ɹ", "ɐ": "ə", "ɾ": "T", "ʔ": "t", "x": "k", "ç": "k", "ɬ": "l", "ː": "", "\u0303": "",
    "\u0329": "", "ʲ": "", "o": "ɔ", "e": "A",
}  # fmt: skip
_MARKS = {"。": ".", "．": ".", "！": "!", "？": "?", "，": ",", "、": ",", "；": ";", "：": ":", "–": "—"}
_KNOWN_MARKS = ".!?,;:—…"


@dataclass(frozen=True)
class Settings:
    """The options of a Kokoro model."""

    voice: str = ""
    """A file of ``voices/`` without its ending, for all languages of the card; empty takes :data:`VOICES`."""


class Kokoro:
    """Speaks with Kokoro's voices. Thread-safe."""

    def __init__(
        self,
        name: str,
        path: Path,
        languages: Collection[str],
        device: str = "cpu",
        options: Mapping[str, str] = {},
    ) -> None:
        """Load the model in ``path``. Raises ModelError: a file missing or damaged, a language without a voice."""
        self.name = name
        self.languages = frozenset(languages)
        chosen = settings(Settings, options, name).voice
        strangers = sorted(self.languages - set(VOICES))
        if strangers:
            raise ModelError(
                f"'{name}' has no voice for {', '.join(strangers)}; it speaks {', '.join(VOICES)}: correct its line in "
                "models.txt."
            )
        voices = {tag: chosen or VOICES[tag] for tag in self.languages}
        need(path, (_MODEL, _ALPHABET, *(f"voices/{voice}.bin" for voice in sorted(set(voices.values())))), name)
        self._alphabet = self._read_alphabet(path)
        self._styles = {tag: self._read_styles(path, f"voices/{voice}.bin") for tag, voice in voices.items()}
        self._session = self._open(path, device)

    def _read_alphabet(self, path: Path) -> dict[str, int]:
        try:
            vocabulary = json.loads((path / _ALPHABET).read_text(encoding="utf-8"))["model"]["vocab"]
            return {str(symbol): int(number) for symbol, number in vocabulary.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(path, _ALPHABET, self.name, error) from error

    def _read_styles(self, path: Path, file: str) -> Samples:
        """Shape ``(phonemes, 256)``."""
        numbers = np.fromfile(path / file, dtype="<f4")
        if not len(numbers) or len(numbers) % _STYLE or not np.isfinite(numbers).all():
            raise damaged(path, file, self.name, f"its {len(numbers)} numbers are no rows of {_STYLE}")
        return numbers.reshape(-1, _STYLE)

    def _open(self, path: Path, device: str) -> Any:
        import onnxruntime

        wanted = ["CUDAExecutionProvider"] if device.startswith("cuda") else []
        providers = [each for each in wanted if each in onnxruntime.get_available_providers()]
        quiet = onnxruntime.SessionOptions()
        quiet.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(path / _MODEL, quiet, providers=[*providers, "CPUExecutionProvider"])
        except Exception as error:
            raise damaged(path, _MODEL, self.name, error) from error
        inputs = {each.name for each in session.get_inputs()}
        if inputs != _INPUTS:
            raise damaged(path, _MODEL, self.name, f"it takes {', '.join(sorted(inputs))}")
        return session

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        """Yield one chunk per clause, 24 kHz. Raises LanguageError when the language is not served."""
        if language not in self.languages:
            raise LanguageError(f"'{self.name}' speaks {', '.join(sorted(self.languages))}, not {language}.")
        for clause in clauses(readable(text, language), language):
            samples = self._synthesize(phonemes(clause, language), language, rate)
            if len(samples):
                yield Audio(samples, RATE)

    def _synthesize(self, sounds: str, language: str, rate: float) -> Samples:
        tokens = [self._alphabet[sound] for sound in sounds if sound in self._alphabet]
        if not any(unicodedata.category(sound)[0] == "L" and sound in self._alphabet for sound in sounds):
            return np.zeros(0, np.float32)
        pieces = [tokens[at : at + _LONGEST] for at in range(0, len(tokens), _LONGEST)]
        return np.concatenate([self._run(piece, language, rate) for piece in pieces])

    def _run(self, tokens: list[int], language: str, rate: float) -> Samples:
        styles = self._styles[language]
        style = styles[min(len(tokens), len(styles)) - 1]
        waveform = self._session.run(
            None,
            {
                "input_ids": np.array([[0, *tokens, 0]], np.int64),  # 0 pads both ends
                "style": style[None].astype(np.float32),
                "speed": np.array([rate], np.float32),
            },
        )[0]
        return np.clip(np.nan_to_num(np.asarray(waveform, np.float32).reshape(-1)), -1, 1)


def phonemes(clause: str, language: str) -> str:
    """The clause in Kokoro's phoneme alphabet, with the mark that ends it."""
    parts = espeak.phonemes(clause, find_language(language).espeak).split("\n")
    # eSpeak NG drops the marks; a break inside the clause is a comma's.
    text = ", ".join("".join(_sound(each, language) for each in re.split("(_| )", part)) for part in parts if part)
    last = clause.rstrip("\"'”’»)] ")[-1:]
    mark = _MARKS.get(last, last)
    return text + (mark if text and mark in _KNOWN_MARKS else "")


def _sound(phoneme: str, language: str) -> str:
    """One phoneme of eSpeak NG, with its stress mark, in Kokoro's alphabet."""
    if phoneme in ("_", ""):
        return ""
    stress = phoneme[0] if phoneme[0] in "ˈˌ" else ""
    bare = phoneme.removeprefix(stress)
    for old, new in _ONE.items():
        bare = bare.replace(old, new)
    for old, new in _ENGLISH.items() if language == "en" else ():
        bare = bare.replace(old, new)
    return stress + bare
