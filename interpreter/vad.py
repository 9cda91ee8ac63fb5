"""Voice activity: a stream of audio becomes utterances.

Silero's model (the ONNX file inside faster-whisper) gives each window of 32 ms a speech probability. Speech begins
when a window is above the threshold, with some pre-roll so that the first consonant is not lost; it ends after a
hangover of silence. The model is shared; each stream keeps its own state.
"""

from __future__ import annotations

import functools
import importlib.util
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interpreter.audio import RATE, Audio, Samples
from interpreter.errors import ModelError

WINDOW = 512
"""Samples the model looks at, at 16 kHz."""
_CONTEXT = 64
_STATE = (1, 1, 128)


@dataclass(frozen=True)
class Listening:
    """When speech begins and ends."""

    threshold: float = 0.5
    """Speech probability at which a window counts as voiced."""
    release: float = 0.35
    """Below this a voiced stretch counts as silent again; between the two the state stays."""
    hangover: float = 0.6
    """Seconds of silence that end an utterance."""
    minimum: float = 0.2
    """Seconds of voice below which it was a click or a cough and no utterance."""
    maximum: float = 28.0
    """Seconds after which an utterance is ended without a pause, so that a recogniser's 30 s window holds it."""
    preroll: float = 0.3
    """Seconds kept from before the first voiced window."""


@dataclass(frozen=True)
class Started:
    """Speech began; the blocks that follow belong to it."""

    at: float
    """Seconds from the start of the stream, pre-roll included."""


@dataclass(frozen=True)
class Voice:
    """The next stretch of the utterance that has begun."""

    audio: Audio


@dataclass(frozen=True)
class Ended:
    """Speech ended."""

    at: float
    """Seconds from the start of the stream to the end of the last voiced window."""


Activity = Started | Voice | Ended


@functools.cache
def _model() -> Any:
    import onnxruntime

    spec = importlib.util.find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    # Found without importing faster-whisper, which would load half of what this package can do without.
    files = [file for folder in folders for file in sorted(Path(folder, "assets").glob("silero_vad*.onnx"))]
    if not files:
        raise ModelError(
            "the voice activity model of faster-whisper is missing; reinstall it: pip install faster-whisper"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(files[-1]), options, providers=["CPUExecutionProvider"])


class SpeechProbability:
    """Speech probability of consecutive windows of one stream."""

    def __init__(self) -> None:
        self._session = _model()
        self._h = np.zeros(_STATE, dtype=np.float32)
        self._c = np.zeros(_STATE, dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)

    def __call__(self, window: Samples) -> float:
        """Probability, 0 to 1, that the window (shape ``(512,)``, 16 kHz) is speech."""
        batch = np.concatenate([self._context, window])[None]
        output, self._h, self._c = self._session.run(None, {"input": batch, "h": self._h, "c": self._c})
        self._context = window[-_CONTEXT:]
        return float(np.ravel(output)[0])


class VoiceActivity:
    """Cuts one stream of 16 kHz audio into utterances. Not shared between streams."""

    def __init__(self, listening: Listening = Listening()) -> None:
        self.listening = listening
        self._probability = SpeechProbability()
        self._rest = np.zeros(0, dtype=np.float32)
        self._windows = 0
        self._preroll: deque[Samples] = deque(maxlen=max(1, round(listening.preroll * RATE / WINDOW)))
        self._pending: list[Samples] = []
        self._voiced = 0
        self._silent = 0
        self._length = 0
        self._speaking = False
        self._announced = False
        self._last_voiced = 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return self._announced

    def accept(self, audio: Audio) -> Iterator[Activity]:
        """Take the next block (mono, 16 kHz, any length) and yield what follows from it."""
        if audio.rate != RATE:
            raise ValueError(f"voice activity works at {RATE} Hz, not at {audio.rate} Hz")
        samples = np.concatenate([self._rest, audio.samples]) if len(self._rest) else audio.samples
        whole = len(samples) - len(samples) % WINDOW
        for start in range(0, whole, WINDOW):
            yield from self._window(samples[start : start + WINDOW])
        self._rest = samples[whole:]

    def finish(self) -> Iterator[Activity]:
        """End the stream, and with it an utterance that is still open."""
        if len(self._rest):
            yield from self._window(np.pad(self._rest, (0, WINDOW - len(self._rest))))
            self._rest = self._rest[:0]
        yield from self._end()

    def _window(self, window: Samples) -> Iterator[Activity]:
        listening = self.listening
        probability = self._probability(window)
        self._windows += 1
        voiced = probability >= (listening.release if self._speaking else listening.threshold)
        if voiced:
            self._last_voiced = self._windows
        if not self._speaking:
            if not voiced:
                self._preroll.append(window)
                return
            self._speaking = True
            self._pending = [*self._preroll, window]
            self._voiced, self._silent, self._length = 1, 0, len(self._pending)
        else:
            self._length += 1
            self._voiced += voiced
            self._silent = 0 if voiced else self._silent + 1
            self._pending.append(window)
        # Held back until it is longer than a click, so that a click is never announced.
        if not self._announced and self._voiced * WINDOW >= listening.minimum * RATE:
            self._announced = True
            yield Started((self._windows - self._length) * WINDOW / RATE)
        if self._announced:
            yield Voice(Audio(np.concatenate(self._pending), RATE))
            self._pending = []
        if self._silent * WINDOW >= listening.hangover * RATE or self._length * WINDOW >= listening.maximum * RATE:
            yield from self._end()

    def _end(self) -> Iterator[Activity]:
        if self._announced:
            yield Ended(self._last_voiced * WINDOW / RATE)
        if self._speaking:
            self._preroll.clear()
            # A pause that was no utterance is pre-roll of the next one.
            self._preroll.extend(self._pending[-(self._preroll.maxlen or 1) :])
        self._pending = []
        self._speaking = self._announced = False
