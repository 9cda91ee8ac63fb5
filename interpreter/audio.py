"""Audio: mono float32 samples with their sampling rate; reading block by block, and writing whole or not at all.

Everything FFmpeg's libraries read is read (through PyAV), so two hours take no more memory than a minute.
"""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from interpreter.endings import cut_off
from interpreter.errors import AudioError, ChoiceError

if TYPE_CHECKING:
    from av import AudioFrame

Samples = npt.NDArray[np.float32]

RATE = 16_000
"""Sampling rate, in hertz, that recognition works at."""
BLOCK = 0.1
"""Seconds of sound in one block of a stream."""
WRITABLE = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG"}
"""File endings that can be written, with libsndfile's name of the format."""


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

    @property
    def level(self) -> float:
        """Root mean square in decibels relative to full scale; silence is -120."""
        if not len(self.samples):
            return -120.0
        power = float(np.mean(np.square(self.samples, dtype=np.float64)))
        return max(-120.0, 10 * float(np.log10(power + 1e-12)))


def from_pcm16(data: bytes, rate: int) -> Audio:
    """Signed 16-bit little-endian mono samples as audio."""
    samples: Samples = np.frombuffer(data, dtype="<i2").astype(np.float32)
    samples /= 32768
    return Audio(samples, rate)


def to_pcm16(audio: Audio) -> bytes:
    """Audio as signed 16-bit little-endian mono samples."""
    return np.clip(np.round(audio.samples * 32768), -32768, 32767).astype("<i2").tobytes()


def join(chunks: Iterable[Audio]) -> Audio:
    """Put chunks of one rate behind each other. Raises AudioError when there is none or the rates differ."""
    parts = list(chunks)
    if not parts:
        raise AudioError("there is no sound to join.")
    if len({part.rate for part in parts}) > 1:
        raise AudioError(f"chunks of different rates cannot be joined: {sorted({part.rate for part in parts})} Hz.")
    return Audio(np.concatenate([part.samples for part in parts]), parts[0].rate)


def stream(path: Path, rate: int = RATE, block: float = BLOCK) -> Iterator[Audio]:
    """Read a file of any usual format, mixed down to mono, in blocks of ``block`` seconds at ``rate``.

    Raises AudioError, naming the file and what is wrong: missing, empty, not audio, cut off, samples that are no
    numbers.
    """
    import av

    name = f"'{path}'"
    if not path.exists():
        raise AudioError(f"{name} does not exist; give the path of an audio file, or - for standard input.")
    if path.is_dir():
        raise AudioError(f"{name} is a folder; give the path of an audio file.")
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise AudioError(f"{name} is empty (0 bytes); record it again.")
        container = av.open(str(path), metadata_errors="ignore")
    except PermissionError:
        raise AudioError(f"{name} cannot be read: permission denied; check its rights with 'ls -l'.") from None
    except av.FFmpegError as error:
        raise AudioError(f"{name} is not an audio file that can be read ({_reason(error)}); {_FORMATS}") from None
    with container:
        if not container.streams.audio:
            raise AudioError(f"{name} holds no sound; {_FORMATS}")
        track = container.streams.audio[0]
        declared = _declared_seconds(path, container) if path.is_file() else None
        # Every channel counts the same: FFmpeg's own way to mono adds them up for speakers in a room, and clips.
        resampler = av.AudioResampler(format="flt", rate=rate)
        cutter = _Cutter(rate, block)
        seconds = 0.0
        try:
            for frame in container.decode(track):
                seconds += frame.samples / frame.sample_rate
                for piece in resampler.resample(frame):
                    yield from cutter.add(_checked(_mixed(piece), name, seconds))
            for piece in resampler.resample(None):
                yield from cutter.add(_checked(_mixed(piece), name, seconds))
        except (av.FFmpegError, ValueError) as error:
            raise AudioError(
                f"{name} is damaged or cut off after {seconds:.1f} s ({_reason(error)}); record or convert it again."
            ) from None
        if seconds == 0:
            raise AudioError(f"{name} holds no samples (length 0); record it again.")
        # Half a second of slack: lossy formats declare their padding too.
        if declared is not None and seconds < 0.98 * declared - 0.5:
            raise AudioError(
                f"{name} is cut off: it declares {declared:.1f} s and holds {seconds:.1f} s; copy or record it again."
            )
        if path.is_file() and cut_off(path):
            raise AudioError(f"{name} is cut off after {seconds:.1f} s; copy or record it again.")
        yield from cutter.rest()


_FORMATS = "WAV, FLAC, MP3, OGG, Opus, M4A and WebM are read."


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).split(": '")[0].strip().rstrip(".") or "invalid data"


def _mixed(frame: AudioFrame) -> Samples:
    """The mean of all channels of a packed float frame, shape ``(n,)``."""
    channels = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    return np.asarray(channels.mean(axis=1), np.float32)


def _checked(samples: npt.NDArray[np.float32], name: str, seconds: float) -> Samples:
    if not np.isfinite(samples).all():
        raise AudioError(
            f"{name} holds samples that are no numbers (NaN or infinite) near {seconds:.1f} s; export it again."
        )
    return np.clip(samples, -1.0, 1.0).astype(np.float32, copy=False)


def _declared_seconds(path: Path, container: object) -> float | None:
    """Length the file itself declares, where that is a promise and not an estimate."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            # FFmpeg trusts the file's size over the header, so the header is read here.
            byte_rate = 0
            while len(chunk := file.read(8)) == 8:
                size = int.from_bytes(chunk[4:], "little")
                if chunk[:4] == b"data":
                    # 0 and the largest values are what recorders write that stream and never come back.
                    return size / byte_rate if byte_rate and 0 < size < 0xFFFFFF00 else None
                body = file.read(size + size % 2) if chunk[:4] == b"fmt " else None
                if body is None:
                    file.seek(size + size % 2, os.SEEK_CUR)
                elif len(body) >= 12:
                    byte_rate = int.from_bytes(body[8:12], "little")
            return None
    duration = getattr(container, "duration", None)
    kind = str(getattr(getattr(container, "format", None), "name", ""))
    # Only containers that store their length in the header; for the others FFmpeg guesses it from the bit rate.
    stored = any(word in kind for word in ("mov", "matroska", "flac"))
    return duration / 1_000_000 if duration and stored else None


class _Cutter:
    """Gathers pieces of any length into blocks of one length."""

    def __init__(self, rate: int, block: float) -> None:
        self.rate = rate
        self.length = max(1, round(rate * block))
        self.pieces: list[Samples] = []
        self.held = 0

    def add(self, samples: Samples) -> Iterator[Audio]:
        self.pieces.append(samples)
        self.held += len(samples)
        if self.held < self.length:
            return
        whole = np.concatenate(self.pieces)
        end = self.held - self.held % self.length
        for start in range(0, end, self.length):
            yield Audio(whole[start : start + self.length], self.rate)
        self.pieces, self.held = [whole[end:]], self.held - end

    def rest(self) -> Iterator[Audio]:
        if self.held:
            yield Audio(np.concatenate(self.pieces), self.rate)


def stream_pcm(file: BinaryIO, rate: int = RATE, block: float = BLOCK) -> Iterator[Audio]:
    """Read raw signed 16-bit little-endian mono samples as they arrive, for instance from standard input.

    A thread of its own reads, so that a recorder is never held up while an answer is being worked on; what waits is
    bounded by an hour.
    """
    size = 2 * max(1, round(rate * block))
    waiting: queue.Queue[bytes] = queue.Queue(maxsize=round(3600 / block))

    def fetch() -> None:
        data = b"."
        while data:
            try:
                # Not through the buffer where it can be helped: Python aborts when it ends while a thread holds that.
                data = os.read(descriptor, size) if descriptor is not None else file.read(size)
            except (OSError, ValueError):  # closed while we waited: the end
                data = b""
            waiting.put(data)

    try:
        descriptor: int | None = file.fileno()
    except (OSError, AttributeError):
        descriptor = None

    threading.Thread(target=fetch, name="standard input", daemon=True).start()
    rest = b""
    while data := waiting.get():
        rest += data
        usable = len(rest) - len(rest) % 2
        yield from_pcm16(rest[:usable], rate)
        rest = rest[usable:]


def read(path: Path, rate: int = RATE) -> Audio:
    """Read a whole file. Raises AudioError as :func:`stream` does."""
    return join(stream(path, rate))


def resample(audio: Audio, rate: int) -> Audio:
    """The same sound at another sampling rate."""
    import av

    if audio.rate == rate or not len(audio.samples):
        return Audio(audio.samples, rate)
    frame = av.AudioFrame.from_ndarray(audio.samples[None], format="flt", layout="mono")
    frame.sample_rate = audio.rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    pieces = [*resampler.resample(frame), *resampler.resample(None)]
    samples: Samples = np.concatenate([piece.to_ndarray()[0] for piece in pieces])
    return Audio(samples, rate)


def check_writable(path: Path) -> None:
    """Raise AudioError, or ChoiceError for an unknown ending, when :func:`write` could not succeed: before any work."""
    if path.suffix.lower() not in WRITABLE:
        raise ChoiceError(f"'{path}' has no ending that can be written; use {', '.join(WRITABLE)}.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise AudioError(f"'{path}' is not a regular file; give another path.")
    if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise AudioError(f"'{path}' is there already and may not be written to; give another path.")
    folder = path.parent
    if not folder.is_dir():
        raise AudioError(f"the folder '{folder}' does not exist; make it with: mkdir -p '{folder}'")
    if not os.access(folder, os.W_OK):
        raise AudioError(f"the folder '{folder}' cannot be written to; choose another path.")


def write(path: Path, chunks: Iterable[Audio]) -> float:
    """Write chunks of one rate as 16-bit audio and return the seconds written; the file appears whole or not at all.

    Raises AudioError when the path cannot be written, the disk is full, or there is nothing to write.
    """
    import soundfile

    check_writable(path)
    frames, rate = 0, 0
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        file: soundfile.SoundFile | None = None
        try:
            for chunk in chunks:
                if file is None:
                    rate = chunk.rate
                    subtype = "VORBIS" if path.suffix.lower() == ".ogg" else "PCM_16"
                    file = soundfile.SoundFile(name, "w", rate, 1, subtype, format=WRITABLE[path.suffix.lower()])
                elif chunk.rate != rate:
                    raise AudioError(f"chunks of {rate} Hz and {chunk.rate} Hz cannot go into one file.")
                file.write(chunk.samples)
                frames += len(chunk.samples)
        finally:
            if file is not None:
                file.close()
        if not frames:
            raise AudioError(f"there is no sound to write to '{path}'.")
        # libsndfile reports a full disk late or never, so what landed is counted.
        if soundfile.info(name).frames != frames:
            raise OSError("No space left on device")
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.replace(temporary, path)
    except (OSError, soundfile.SoundFileError, AssertionError) as error:
        raise AudioError(
            f"'{path}' cannot be written: {_reason(error)}; free some space or choose another path."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    return frames / rate
