"""A text as it is being spoken: a first clause at once, then longer and longer parts, for whoever listens already."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from interpreter.audio import Audio, join

GROWTH = 0.5
"""A part is at least this share of what came before it: few cuts, and none later than the voice needs for the next."""


@dataclass(frozen=True)
class Part:
    """A stretch of a spoken text, cut between two clauses."""

    sound: bytes
    """FLAC."""
    start: float
    """Seconds from the beginning of the text."""
    end: float
    times: tuple[tuple[float, float], ...]
    """Seconds at which further sentences begin and end, those that were finished since the part before."""


class Growing:
    """The parts that there are so far. Filled by one thread, read by any number of tasks."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._ended = False
        self._problem: Exception | None = None
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()

    def cut(self, chunks: Iterable[Audio], times: list[tuple[float, float]]) -> Iterator[Audio]:
        """Hand the clauses of a voice on, all of one rate, and note them as parts; ``times`` is filled on the way."""
        held: list[Audio] = []
        start = end = 0.0
        told = 0

        def flush() -> None:
            nonlocal held, start, told
            finished = tuple(times[told:])
            told += len(finished)
            self._add(Part(flac(join(held)) if held else b"", round(start, 3), round(end, 3), finished))
            held, start = [], end

        for chunk in chunks:
            yield chunk
            held.append(chunk)
            end += chunk.duration
            if end - start >= GROWTH * start:
                flush()
        if held or told < len(times):
            flush()

    def end(self, problem: Exception | None = None) -> None:
        """There will be no more parts; ``problem`` says why, where that is not the end of the text."""
        with self._lock:
            self._ended, self._problem = True, problem
        self._wake()

    async def parts(self) -> AsyncIterator[Part]:
        """Every part from the first one on, as soon as it is there. Raises what the voice failed with."""
        mark = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.append(mark)
        count = 0
        try:
            while True:
                mark[1].clear()
                with self._lock:
                    found, ended, problem = self._parts[count:], self._ended, self._problem
                count += len(found)
                for part in found:
                    yield part
                if ended and problem is not None:
                    raise problem
                if ended:
                    return
                if not found:
                    await mark[1].wait()
        finally:
            with self._lock:
                self._waiting.remove(mark)

    def _add(self, part: Part) -> None:
        with self._lock:
            self._parts.append(part)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            waiting = tuple(self._waiting)
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


def flac(audio: Audio) -> bytes:
    """A sound as a file."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(audio.samples, -1, 1), audio.rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
