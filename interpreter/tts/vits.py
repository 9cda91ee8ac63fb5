"""VITS voices through transformers: one checkpoint per language, letters in, sound out (the shape of MMS-TTS).

VITS draws its rhythm and its timbre from noise, so the same words sound a little different each time; a fixed seed
makes them the same. Such a checkpoint knows letters only: digits are written out first, and where its tokenizer asks
for the Latin alphabet, uroman gives it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interpreter import numerals
from interpreter.audio import Audio, Samples
from interpreter.checkpoint import damaged, need, settings
from interpreter.errors import LanguageError, ModelError
from interpreter.tts.clauses import clauses
from interpreter.tts.readable import readable

_FILES = ("config.json", "model.safetensors", "tokenizer_config.json", "vocab.json")
_NUMBER = re.compile(r"\d{1,5}")


@dataclass(frozen=True)
class Settings:
    """The options of a VITS voice."""

    seed: int = 0
    """Of the noise; the same seed says the same words in the same way."""
    noise: float = 0.667
    """Spread of the timbre, 0 to 1; VITS's own default."""
    noise_duration: float = 0.8
    """Spread of the rhythm, 0 to 1; VITS's own default."""

    def __post_init__(self) -> None:
        if not (0 <= self.noise <= 1 and 0 <= self.noise_duration <= 1):
            raise ValueError("options 'noise' and 'noise_duration' are 0 to 1")


class Vits:
    """Speaks the language of one checkpoint. Thread-safe; one clause is computed at a time."""

    def __init__(
        self,
        name: str,
        path: Path,
        languages: Collection[str],
        device: str = "cpu",
        options: Mapping[str, str] = {},
    ) -> None:
        """Load the checkpoint in ``path``. Raises ModelError when a file is missing or damaged."""
        self.name = name
        self.languages = frozenset(languages)
        self._settings = settings(Settings, options, name)
        need(path, _FILES, name)
        self._lock = threading.Lock()  # torch's noise generator is one for the whole process
        self._device = device
        self._model, self._tokenizer = self._load(path)
        self._rate = int(self._model.config.sampling_rate)
        self._uroman = self._romanizer() if self._tokenizer.is_uroman else None

    def _load(self, path: Path) -> tuple[Any, Any]:
        from transformers import VitsModel, VitsTokenizer
        from transformers.utils import logging

        verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            tokenizer = VitsTokenizer.from_pretrained(path, local_files_only=True)
        except Exception as error:
            raise damaged(path, "vocab.json", self.name, error) from error
        try:
            model, report = VitsModel.from_pretrained(
                path, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
            # Weights of another shape or name would be filled with noise, and the voice with them.
            lost = [key for key in report["missing_keys"] if not key.startswith("posterior_encoder.")]
            if lost or report["mismatched_keys"]:
                raise ValueError(
                    f"it lacks {len(lost) + len(report['mismatched_keys'])} weights that config.json names"
                )
            return model.eval().to(self._device), tokenizer
        except Exception as error:
            raise damaged(path, "model.safetensors", self.name, error) from error
        finally:
            logging.set_verbosity(verbosity)
            if bar:
                logging.enable_progress_bar()

    def _romanizer(self) -> Any:
        try:
            import uroman
        except ImportError:
            raise ModelError(
                f"'{self.name}' reads Latin letters only and needs uroman; run: pip install 'interpreter[uroman]'"
            ) from None
        return uroman.Uroman()

    def speak(self, text: str, language: str, rate: float = 1.0) -> Iterator[Audio]:
        """Yield one chunk per clause, at the checkpoint's rate (16 kHz for MMS).

        A clause it has no letters for gives none. Raises LanguageError when the checkpoint is not of this language.
        """
        if language not in self.languages:
            raise LanguageError(f"'{self.name}' speaks {', '.join(sorted(self.languages))}, not {language}.")
        for clause in clauses(self._written_out(readable(text, language), language), language):
            samples = self._synthesize(clause, rate)
            if len(samples):
                yield Audio(samples, self._rate)

    def _written_out(self, text: str, language: str) -> str:
        """Digits as words, unless the checkpoint knows digits."""
        if "0" in self._tokenizer.get_vocab():
            return text
        return _NUMBER.sub(lambda match: f" {numerals.words(int(match.group()), language)[0]} ", text)

    def _synthesize(self, clause: str, rate: float) -> Samples:
        import torch

        if self._uroman is not None:
            clause = str(self._uroman.romanize_string(clause, lcode=self._tokenizer.language))
        tokens = self._tokenizer(clause, return_tensors="pt")
        # With a blank before, between and after the letters, one token is no letter at all.
        if tokens["input_ids"].shape[1] <= 1:
            return np.zeros(0, np.float32)
        with self._lock, torch.inference_mode(), torch.random.fork_rng(self._random_devices()):
            torch.manual_seed(self._settings.seed)
            self._model.noise_scale = self._settings.noise
            self._model.noise_scale_duration = self._settings.noise_duration
            self._model.speaking_rate = rate * self._model.config.speaking_rate
            waveform = self._model(**tokens.to(self._device)).waveform[0]
        samples: Samples = waveform.float().cpu().numpy()
        return np.clip(np.nan_to_num(samples), -1, 1)

    def _random_devices(self) -> list[Any]:
        import torch

        return [torch.device(self._device)] if self._device.startswith("cuda") else []
