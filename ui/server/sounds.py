"""Sound as other programs send and want it: files in memory, and voices in five formats. Nothing lies on a disk."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from interpreter.audio import Audio, resample, to_pcm16

RATE = 24_000
"""Samples per second of what is given, whichever voice speaks: what OpenAI's clients expect of ``pcm``."""


@dataclass(frozen=True)
class Format:
    """A format that a voice is given in."""

    media_type: str
    container: str
    """FFmpeg's name; empty: samples alone."""
    codec: str
    """FFmpeg's name."""
    piecewise: bool = True
    """Whether a part can be sent before the rest is there; its header says nothing of the length."""


FORMATS = {
    "mp3": Format("audio/mpeg", "mp3", "libmp3lame"),
    "opus": Format("audio/ogg", "ogg", "libopus"),
    "flac": Format("audio/flac", "flac", "flac", piecewise=False),
    "wav": Format("audio/wav", "wav", "pcm_s16le", piecewise=False),
    "pcm": Format("audio/pcm", "", "pcm_s16le"),
}


@contextmanager
def held(data: BinaryIO) -> Iterator[Path]:
    """A path where readers of files find what was uploaded, in memory where the system can, and gone afterwards."""
    data.seek(0)
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        with open(os.memfd_create("upload"), "wb", buffering=0) as file:
            _copy(data, file.write)
            yield Path(f"/proc/self/fd/{file.fileno()}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copied:
            _copy(data, copied.write)
        yield path


def _copy(data: BinaryIO, write: Callable[[bytes], object]) -> None:
    while block := data.read(1 << 20):
        write(block)


def encoded(chunks: Iterable[Audio], form: Format) -> Iterator[bytes]:
    """The chunks of a voice as a file, mono, 24 kHz: part by part where the format allows it, else whole."""
    if not form.container:
        for chunk in chunks:
            yield to_pcm16(resample(chunk, RATE))
        return
    import av

    sink: Any = _Pipe() if form.piecewise else io.BytesIO()
    # A header of MP3 with the length in it would have to be written at the end.
    options = {"write_xing": "0"} if form.container == "mp3" else {}
    with av.open(sink, "w", format=form.container, options=options) as file:
        track: Any = file.add_stream(form.codec, rate=RATE)
        track.layout = "mono"
        written = 0
        for chunk in chunks:
            samples = np.frombuffer(to_pcm16(resample(chunk, RATE)), "<i2")
            if not len(samples):
                continue
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, written
            written += len(samples)
            file.mux(track.encode(frame))
            if form.piecewise and (part := sink.take()):
                yield part
        file.mux(track.encode(None))
    yield sink.take() if form.piecewise else sink.getvalue()


class _Pipe:
    """What FFmpeg writes, to be taken away part by part."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
