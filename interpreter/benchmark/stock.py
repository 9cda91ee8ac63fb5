"""The stock pipeline: what a developer writes with the same packages, used as they come.

``faster_whisper.WhisperModel.transcribe``, ``transformers``' ``generate`` and VITS on the whole sentence, one after
the other. It is told when speech ends, for nothing; whoever uses it has to find out.

Where weights are random three things are not left to chance, all of them in its favour: nothing is decoded a second
time at a higher temperature, the recogniser writes no time stamps, and every output has the length that is asked for.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.audio import Audio
from interpreter.languages import language


@dataclass(frozen=True)
class Told:
    """What is said, and in what it is answered; with random weights the engines' own texts mean nothing."""

    source: str
    target: str
    text: str
    """The transcript, which is translated."""
    reply: str
    """The translation, which is spoken."""
    tokens: int
    """Length of the transcript and of the translation, in tokens."""


@dataclass(frozen=True)
class Stages:
    """Seconds from the end of speech to the whole answer, stage by stage."""

    recognition: float
    translation: float
    voice: float

    @property
    def response(self) -> float:
        """Seconds from the last voiced sample to the first sample of the answer."""
        return self.recognition + self.translation + self.voice


class Stock:
    """The three models, loaded as their cards show."""

    def __init__(self, whisper: Path, translation: Path, voice: Path) -> None:
        """``whisper``: a CTranslate2 folder (int8); ``translation`` and ``voice``: Hugging Face folders."""
        from faster_whisper import WhisperModel
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, VitsModel, VitsTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._whisper: Any = WhisperModel(str(whisper), device="cpu", compute_type="int8")
            self._tokenizer: Any = AutoTokenizer.from_pretrained(translation, local_files_only=True)
            self._translation: Any = AutoModelForSeq2SeqLM.from_pretrained(translation, local_files_only=True).eval()
            self._letters: Any = VitsTokenizer.from_pretrained(voice, local_files_only=True)
            self._voice: Any = VitsModel.from_pretrained(voice, local_files_only=True).eval()

    def answer(self, audio: Audio, told: Told) -> Stages:
        """Answer an utterance (mono, 16 kHz) and tell how long each stage took."""
        began = time.perf_counter()
        end = self._whisper.hf_tokenizer.token_to_id("<|endoftext|>")
        segments, _ = self._whisper.transcribe(
            audio.samples,
            temperature=0.0,
            without_timestamps=True,
            max_new_tokens=told.tokens,
            suppress_tokens=[-1, end],
            compression_ratio_threshold=None,
            log_prob_threshold=None,
            no_speech_threshold=None,
        )
        for _ in segments:
            pass
        heard = time.perf_counter()
        self._translate(told)
        translated = time.perf_counter()
        self._speak(told.reply)
        return Stages(heard - began, translated - heard, time.perf_counter() - translated)

    def _translate(self, told: Told) -> None:
        import torch

        options: dict[str, Any] = {}
        if hasattr(self._tokenizer, "get_lang_id"):
            self._tokenizer.src_lang = language(told.source).m2m100
            options["forced_bos_token_id"] = self._tokenizer.get_lang_id(language(told.target).m2m100)
        tokens = self._tokenizer(told.text, return_tensors="pt")
        with torch.inference_mode():
            self._translation.generate(**tokens, min_new_tokens=told.tokens, max_new_tokens=told.tokens, **options)

    def _speak(self, reply: str) -> None:
        import torch

        with torch.inference_mode():
            self._voice(**self._letters(reply, return_tensors="pt"))
