"""Audio: mono float32 samples with their sampling rate; reading, streaming, resampling and writing.

Everything that FFmpeg's libraries read is read (through PyAV), block by block, so two hours take no more memory
than a minute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 16_000
"""Sampling rate, in hertz, that recognition works at."""


@dataclass(frozen=True)
class Audio:
    """A stretch of sound."""

    samples: Samples
    """Shape ``(n,)``, float32, -1 to 1."""
    rate: int
    """Samples per second."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate
