"""Speech for the small checkpoints: eSpeak NG, of the ``espeakng-loader`` wheel, says a phrase and when words began.

Used by the scripts that train the checkpoints and by the tests that try them on renderings they have not heard.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 16_000
"""Sampling rate of everything rendered here, in hertz."""
VOICES = {"en": "en-us", "zh": "cmn", "ja": "ja", "es": "es-419"}
"""Whisper's language code to the voice of eSpeak NG. The Japanese voice reads kana only."""
# fmt: off
VARIANTS = (
    "", "f1", "f2", "f5", "m1", "m2", "m3", "m6", "m7", "m8", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo",
    "Gene", "Henrique", "Hugo", "Lee", "Marco", "Mike", "Reed", "adam", "anika", "antonio", "aunty", "benjamin",
    "boris", "caleb", "david", "ed", "edward", "gustave", "ian", "john", "kaukovalta", "max", "michel", "miguel",
    "norbert", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "travis", "victor", "zac",
)
# fmt: on
"""The variants of eSpeak NG's voices heard in training."""
HELD_OUT = ("f3", "f4", "m4", "m5", "linda", "belinda", "Mario", "pablo")
"""The variants kept for testing."""
PHRASES = Path(__file__).parent / "whisper" / "phrases.tsv"
"""One phrase per line: Whisper's language code, a tab, the text."""

_SYNCHRONOUS = 2
_UTF8 = 1
_SPEED, _PITCH = 1, 3
_EVENT_END, _EVENT_WORD = 0, 1


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@functools.cache
def _library() -> tuple[Any, int]:
    """eSpeak NG and its own sampling rate.

    The library keeps its voice and callback in globals, so this loads a copy under another name: the speaking engine
    of the product, alive in the same process, is left alone.
    """
    import espeakng_loader

    folder = tempfile.mkdtemp(prefix="checkpoint-speech-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library = ctypes.CDLL(shutil.copy(espeakng_loader.get_library_path(), folder))
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0)
    if rate <= 0:
        raise RuntimeError("eSpeak NG did not start: is the espeakng-loader wheel whole?")
    return library, rate


def phrases() -> list[tuple[str, str]]:
    """The phrases the checkpoints know: Whisper's language code and text."""
    lines = PHRASES.read_text(encoding="utf-8").splitlines()
    return [(language, text) for language, text in (line.split("\t") for line in lines)]


def render_words(
    text: str, language: str, variant: str = "", speed: int = 160, pitch: int = 50
) -> tuple[npt.NDArray[np.float32], list[tuple[int, float]]]:
    """Say a text; return samples ``(n,)`` at 16 kHz and, per word, where it starts in the text and in time (seconds).

    ``variant`` is one of eSpeak NG's (``f2``, ``m3``, ``belinda``, ...) or empty, ``speed`` in words per minute,
    ``pitch`` 0 to 99.
    """
    import soxr

    library, rate = _library()
    pieces: list[npt.NDArray[np.int16]] = []
    words: list[tuple[int, float]] = []

    def collect(samples: Any, count: int, events: Any) -> int:
        if count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
        index = 0
        while events[index].type != _EVENT_END:
            if events[index].type == _EVENT_WORD:
                words.append((events[index].text_position - 1, events[index].audio_position / 1000))
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    voice = VOICES[language] + (f"+{variant}" if variant else "")
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise ValueError(f"eSpeak NG has no voice '{voice}'.")
    library.espeak_SetParameter(_SPEED, speed, 0)
    library.espeak_SetParameter(_PITCH, pitch, 0)
    data = text.encode("utf-8") + b"\0"
    library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    sound = np.concatenate(pieces).astype(np.float32) / 32768
    return np.asarray(soxr.resample(sound, rate, RATE), dtype=np.float32), words


def render(
    text: str, language: str, variant: str = "", speed: int = 160, pitch: int = 50
) -> tuple[npt.NDArray[np.float32], int]:
    """Say a text; return samples ``(n,)``, -1 to 1, and their rate, 16,000. Arguments as of :func:`render_words`."""
    return render_words(text, language, variant, speed, pitch)[0], RATE
