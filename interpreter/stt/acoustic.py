"""The acoustic model of the PocketSphinx wheel, read into numpy: sound in, log-likelihood of every senone out.

PocketSphinx searches one language at a time and keeps one hypothesis per state. Hearing phrases of fifteen languages
through one English model asks for more: one scoring of the sound shared by all languages, sounds between two English
phones, exact scores of every phrase. The model makes that cheap, because it is phonetically tied: 42 phones own 128
Gaussians per stream, and the 5126 senones are only weights over them, so all senones of a frame are a few matrix
products. The numbers of the model stay its own; only the arithmetic is here.

Formulas: Davis and Mermelstein 1980 (mel cepstra); the noise tracker is the one the model was trained with
(PocketSphinx's ``remove_noise``: minimum tracking of mel power with temporal masking).
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from interpreter.audio import RATE
from interpreter.errors import ModelError

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

HOP = 160
"""Samples between frames: 100 frames a second."""
WINDOW = 410
_FFT = 512
_FILTERS = 25
_LOWEST, _HIGHEST = 130.0, 6800.0  # hertz, the model's feat.params
_CEPSTRA = 13
_LIFTER = 22
_DENSITIES = 128
_STREAMS = 3
_WEIGHT_STEP = 1024 * np.log(1.0001)  # sendump stores -log(weight) in these steps

CEPSTRAL_MEAN = np.array(
    [41.0, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17], np.float32
)
"""PocketSphinx's mean of the cepstra before anything was heard."""


def _mel(hertz: npt.ArrayLike) -> Doubles:
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hertz, np.float64) / 700.0))


def _hertz(mel: npt.ArrayLike) -> Doubles:
    return np.asarray(700.0 * (10.0 ** (np.asarray(mel, np.float64) / 2595.0) - 1.0))


WARPS = (0.94, 1.0, 1.06, 1.12, 1.18)
"""Lengths of the vocal tract tried, relative to the model's speakers: above 1 for shorter ones (women, children)."""
_KNEE = 4800.0  # hertz up to which the warp is linear; from there it returns to the upper edge


def _filters(warp: float) -> Doubles:
    """Triangular mel filters of unit area, shape ``(257, 25)``; edges are rounded to FFT bins, as in training.

    Moving the edges instead of the sound is vocal tract length normalisation (Lee and Rose 1996).
    """
    step = RATE / _FFT
    edges = _hertz(np.linspace(_mel(_LOWEST), _mel(_HIGHEST), _FILTERS + 2))
    upper = _KNEE * warp + (edges - _KNEE) * (_HIGHEST - _KNEE * warp) / (_HIGHEST - _KNEE)
    edges = np.where(edges <= _KNEE, edges * warp, upper)
    edges = np.floor(edges / step + 0.5) * step
    bins = np.arange(_FFT // 2 + 1) * step
    bank = np.zeros((_FFT // 2 + 1, _FILTERS))
    for i in range(_FILTERS):
        left, centre, right = edges[i : i + 3]
        rising, falling = (bins - left) / (centre - left), (right - bins) / (right - centre)
        bank[:, i] = np.clip(np.minimum(rising, falling), 0.0, None) * 2.0 / (right - left)
    return bank


def _cosines() -> Doubles:
    """Discrete cosine transform with the lifter multiplied in, shape ``(25, 13)``."""
    k = np.arange(_CEPSTRA)[None, :]
    n = np.arange(_FILTERS)[:, None]
    table = np.cos(np.pi * k * (n + 0.5) / _FILTERS) * np.sqrt(2.0 / _FILTERS)
    table[:, 0] *= np.sqrt(0.5)
    return np.asarray(table * (1.0 + _LIFTER / 2 * np.sin(np.pi * np.arange(_CEPSTRA) / _LIFTER)))


class _NoiseTracker:
    """Takes steady noise out of the mel power, frame by frame, for all warps at once; one per utterance."""

    def __init__(self) -> None:
        self.power: Doubles | None = None
        self.noise = self.floor = self.peak = np.zeros((len(WARPS), _FILTERS))
        counts = np.convolve(np.ones(_FILTERS), np.ones(9), "same")
        self.smooth = np.array([np.convolve(row, np.ones(9), "same") for row in np.eye(_FILTERS)]) / counts

    @staticmethod
    def _follow(level: Doubles, value: Doubles) -> Doubles:
        # Rises slowly, falls fast: the lower envelope.
        return np.where(value >= level, 0.995 * level + 0.005 * value, 0.5 * level + 0.5 * value)

    def clean(self, mel: Doubles) -> Doubles:
        """Return the mel power of one frame, shape ``(warps, 25)``, without its noise."""
        if self.power is None:
            self.power, self.noise, self.floor = mel, mel / 20.0, mel / 20.0
        self.power = 0.7 * self.power + 0.3 * mel
        self.noise = self._follow(self.noise, self.power)
        signal = np.maximum(self.power - self.noise, 1.0)
        self.floor = self._follow(self.floor, signal)
        heard = signal
        self.peak = 0.85 * self.peak
        signal = np.where(signal < 0.85 * self.peak, 0.2 * self.peak, signal)
        self.peak = np.maximum(self.peak, heard)
        signal = np.maximum(signal, self.floor)
        return np.asarray(mel * (np.clip(signal / self.power, 0.05, 20.0) @ self.smooth))


class FrontEnd:
    """Sound to cepstra, incrementally; one per utterance."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float64)
        self._last = 0.0
        self._noise = _NoiseTracker()

    def accept(self, samples: npt.NDArray[np.float32]) -> Floats:
        """Take mono 16 kHz samples (-1 to 1); return the new cepstra for each warp, shape ``(warps, frames, 13)``."""
        sound = np.asarray(samples, np.float64) * 32768.0
        if len(sound):
            flat = sound - 0.97 * np.concatenate([[self._last], sound[:-1]])
            self._last = float(sound[-1])
            self._rest = np.concatenate([self._rest, flat])
        count = max(0, (len(self._rest) - WINDOW) // HOP + 1)
        if count == 0:
            return np.zeros((len(WARPS), 0, _CEPSTRA), np.float32)
        window, banks, cosines = _tables()
        frames = np.lib.stride_tricks.sliding_window_view(self._rest, WINDOW)[: count * HOP : HOP] * window
        self._rest = self._rest[count * HOP :]
        power = np.abs(np.fft.rfft(frames, _FFT)) ** 2
        # One bit of noise: a digital silence has no logarithm.
        mel = (power @ banks + 1.0).reshape(count, len(WARPS), _FILTERS)
        clean = np.array([self._noise.clean(row) for row in mel])
        return np.asarray((np.log(clean) @ cosines).transpose(1, 0, 2), np.float32)


@functools.cache
def _tables() -> tuple[Doubles, Doubles, Doubles]:
    """Window ``(410,)``, the filters of all warps side by side ``(257, warps * 25)``, cosines ``(25, 13)``."""
    return np.hamming(WINDOW), np.concatenate([_filters(warp) for warp in WARPS], axis=1), _cosines()


def features(cepstra: Floats) -> Floats:
    """Cepstra with their mean already taken off, shape ``(n, 13)``, to the model's ``(n, 3, 13)``.

    The streams are the cepstra, their slope over four frames and the slope of the slope; edges repeat.
    """
    if len(cepstra) == 0:
        return np.zeros((0, _STREAMS, _CEPSTRA), np.float32)
    padded = np.pad(cepstra, ((3, 3), (0, 0)), mode="edge")
    n = len(cepstra)

    def at(shift: int) -> Floats:
        return padded[3 + shift : 3 + shift + n]

    bend = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.stack([at(0), at(2) - at(-2), bend], axis=1)


@functools.cache
def _threadpools() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one_thread(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let a method multiply on one thread: a second gains little, and waits long when another program has the core."""

    @functools.wraps(method)
    def alone(*args: Parameters.args, **keywords: Parameters.kwargs) -> Result:
        with _threadpools().limit(limits=1, user_api="blas"):
            return method(*args, **keywords)

    return alone


class AcousticModel:
    """Gaussians, senone weights and triphones of one phonetically tied model."""

    def __init__(self, folder: Path) -> None:
        try:
            self._read_phones(folder / "mdef")
            means = self._read_gaussians(folder / "means")
            variances = np.maximum(self._read_gaussians(folder / "variances"), 1e-4)
            self._read_weights(folder / "sendump")
            self._read_transitions(folder / "transition_matrices")
        except (OSError, struct.error, ValueError, IndexError) as error:
            raise ModelError(
                f"The acoustic model in '{folder}' cannot be read ({error}); "
                "run: pip install --force-reinstall pocketsphinx"
            ) from error
        # -(x - m)^2 / 2v = x^2 * square + x * linear + constant: two matrix products for all Gaussians of a stream.
        self._square = (-0.5 / variances).astype(np.float32)
        self._linear = (means / variances).astype(np.float32)
        constant = -0.5 * (means**2 / variances + np.log(2 * np.pi * variances)).sum(axis=-1)
        self._constant = constant.astype(np.float32)

    def _read_phones(self, path: Path) -> None:
        data = path.read_bytes()
        (length,) = struct.unpack_from("<i", data, 8)
        at = 12 + length
        ci, phones, emitting, _, _, _, sequences, _, nodes, _ = struct.unpack_from("<10i", data, at)
        at += 40
        names = []
        for _ in range(ci):
            end = data.index(b"\0", at)
            names.append(data[at:end].decode())
            at = end + 1
        at = (at + 3) // 4 * 4 + nodes * 8
        self.phones: tuple[str, ...] = tuple(names)
        """The 39 English phones, SIL and the fillers, in the model's order."""
        self.index = {name: i for i, name in enumerate(names)}
        entries = np.frombuffer(data, np.dtype([("ssid", "<i4"), ("tmat", "<i4"), ("info", "u1", 4)]), phones, at)
        at += phones * 12
        (size,) = struct.unpack_from("<i", data, at)
        table = np.frombuffer(data, "<u2", size, at + 4).reshape(sequences, emitting).astype(np.int32)
        self._ci = table[entries["ssid"][:ci]]
        place, phone, left, right = entries["info"][ci:].astype(np.int64).T
        keys = ((phone * ci + left) * ci + right) * 4 + place
        order = np.argsort(keys)
        self._keys = keys[order]
        self._sequences = table[entries["ssid"][ci:][order]]
        # A senone belongs to the codebook of its phone.
        self._book = np.zeros(int(table.max()) + 1, np.int32)
        self._book[self._ci] = np.arange(ci)[:, None]
        self._book[self._sequences] = phone[order][:, None]

    @staticmethod
    def _body(path: Path) -> bytes:
        data = path.read_bytes()
        return data[data.index(b"endhdr\n") + 11 :]  # 4 bytes tell the byte order

    def _read_gaussians(self, path: Path) -> Doubles:
        data = self._body(path)
        books, streams, densities = struct.unpack_from("<3i", data, 0)
        lengths = struct.unpack_from(f"<{streams}i", data, 12)
        if streams != _STREAMS or densities != _DENSITIES or set(lengths) != {_CEPSTRA}:
            raise ValueError(f"{path.name} has another shape")
        values = np.frombuffer(data, "<f4", books * streams * densities * _CEPSTRA, 12 + 4 * streams + 4)
        return values.reshape(books, streams, densities, _CEPSTRA).astype(np.float64)

    def _read_weights(self, path: Path) -> None:
        data = path.read_bytes()
        at = 0
        while True:
            (length,) = struct.unpack_from("<i", data, at)
            at += 4
            if length == 0:
                break
            at += length
        densities, senones = struct.unpack_from("<2i", data, at)
        raw = np.frombuffer(data, np.uint8, _STREAMS * densities * senones, at + 8)
        weights = np.exp(-_WEIGHT_STEP * raw.reshape(_STREAMS, densities, senones)).astype(np.float32)
        self.senones = senones
        if len(self._book) != senones:
            raise ValueError(f"{path.name} has {senones} senones, mdef {len(self._book)}")
        self._members = [np.flatnonzero(self._book == i) for i in range(len(self.phones))]
        self._weights = [np.ascontiguousarray(weights[:, :, members]) for members in self._members]

    def _read_transitions(self, path: Path) -> None:
        data = self._body(path)
        count, rows, columns = struct.unpack_from("<3i", data, 0)
        counts = np.frombuffer(data, "<f4", count * rows * columns, 16).reshape(count, rows, columns)
        share = counts / counts.sum(axis=2, keepdims=True)
        i = np.arange(rows)
        self.stay: Floats = np.log(np.maximum(share[:, i, i], 1e-6)).astype(np.float32)
        """Log-probability to stay, shape ``(phones, 3)``."""
        self.move: Floats = np.log(np.maximum(share[:, i, i + 1], 1e-6)).astype(np.float32)
        """Log-probability to go on, shape ``(phones, 3)``."""

    def context_free(self, phone: str) -> Ints:
        """Senones of a phone without context, shape ``(3,)``."""
        senones: Ints = self._ci[self.index[phone]]
        return senones

    def in_context(self, phone: str, left: str, right: str, place: int) -> Ints:
        """Senones of a phone between two others, shape ``(3,)``; unseen neighbours fall back to the phone alone."""
        n = len(self.phones)
        base = ((self.index[phone] * n + self.index[left]) * n + self.index[right]) * 4
        for tried in (place, 3, 0, 1, 2):
            at = int(np.searchsorted(self._keys, base + tried))
            if at < len(self._keys) and self._keys[at] == base + tried:
                return np.asarray(self._sequences[at])
        return self.context_free(phone)

    @_one_thread
    def fit(self, vectors: Floats) -> float:
        """How well any phones explain the sound: mean over frames of the best Gaussian mixture without context."""
        best = np.full(len(vectors), -np.inf, np.float32)
        for book in range(len(self.phones)):
            logs = sum(
                ((x * x) @ self._square[book, i].T + x @ self._linear[book, i].T + self._constant[book, i]).max(axis=1)
                for i, x in ((i, vectors[:, i]) for i in range(_STREAMS))
            )
            np.maximum(best, logs, out=best)
        return float(best.mean()) if len(best) else 0.0

    @_one_thread
    def score(self, vectors: Floats) -> Floats:
        """Log-likelihood of every senone, shape ``(frames, senones)``, of feature vectors ``(frames, 3, 13)``."""
        frames = len(vectors)
        scores = np.zeros((frames, self.senones), np.float32)
        for book, members in enumerate(self._members):
            if len(members) == 0:
                continue
            total = np.zeros((frames, len(members)), np.float32)
            for stream in range(_STREAMS):
                x = vectors[:, stream]
                logs = (
                    (x * x) @ self._square[book, stream].T
                    + x @ self._linear[book, stream].T
                    + self._constant[book, stream]
                )
                best = logs.max(axis=1, keepdims=True)
                mixed = np.exp(logs - best) @ self._weights[book][stream]
                total += np.log(np.maximum(mixed, 1e-20)) + best
            scores[:, members] = total
        return scores


@functools.cache
def english() -> AcousticModel:
    """Return the English model inside the PocketSphinx wheel, loaded once."""
    import pocketsphinx

    return AcousticModel(Path(pocketsphinx.get_model_path("en-us/en-us")))
