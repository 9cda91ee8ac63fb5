"""eSpeak NG through ctypes: text to IPA and text to speech, from the ``espeakng-loader`` wheel (no system package).

eSpeak NG is one global machine per process (voice, speed and pitch are global settings), so every call here sets
what it needs and holds one process-wide lock. The library is GPL-3.0 and is loaded at run time.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from interpreter.errors import LanguageError, ModelError

_LOCK = threading.Lock()

# Numbers of speak_lib.h.
_RETRIEVAL = 1  # samples come to the callback, no sound device is opened
_DONT_EXIT = 0x8000  # a missing data folder must not end the process
_UTF8 = 1
_IPA = 0x02
_RATE, _PITCH = 1, 3
_SEPARATOR = "_"

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Machine:
    """The loaded library, its sampling rate and the callback that collects samples; use under :data:`_LOCK`."""

    def __init__(self) -> None:
        try:
            import espeakng_loader

            self.native: Any = ctypes.CDLL(str(espeakng_loader.get_library_path()))
            data = str(espeakng_loader.get_data_path())
        except (ImportError, OSError) as error:
            raise ModelError(
                f"eSpeak NG cannot be loaded ({error}): it comes with the package 'espeakng-loader'; "
                "run: pip install --force-reinstall espeakng-loader"
            ) from error
        self.rate = int(self.native.espeak_Initialize(_RETRIEVAL, 0, data.encode(), _DONT_EXIT))
        if self.rate <= 0:
            raise ModelError(
                f"eSpeak NG finds no voices in '{data}'; run: pip install --force-reinstall espeakng-loader"
            )
        self.native.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.native.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        self.native.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        self.blocks: list[npt.NDArray[np.int16]] = []
        self.callback = _Callback(self._collect)
        self.native.espeak_SetSynthCallback(self.callback)
        self.voice = ""

    def _collect(self, samples: Any, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def use(self, voice: str) -> None:
        """Switch to a voice, named as eSpeak names it (``ja``, ``en-us+f3``)."""
        if voice == self.voice:
            return
        # A language of one region only has no voice of that region: fr-fr is called fr.
        name, plus, variant = voice.partition("+")
        for known in (voice, name.split("-")[0] + plus + variant):
            if self.native.espeak_SetVoiceByName(known.encode()) == 0:
                break
        else:
            self.voice = ""
            raise LanguageError(f"eSpeak NG has no voice '{voice}': give a language such as 'en-us', 'ja' or 'de+f3'.")
        self.voice = voice


@functools.cache
def _machine() -> _Machine:
    return _Machine()


def phonemes(text: str, voice: str) -> str:
    """Return the text as eSpeak's IPA: phonemes joined by ``_``, words by a space, clauses by a newline.

    Stress and tone marks stay in. Raises LanguageError for an unknown voice.
    """
    with _LOCK:
        machine = _machine()
        machine.use(voice)
        rest = ctypes.c_char_p(text.encode("utf-8").replace(b"\0", b" "))
        clauses = []
        while rest.value:
            clause = machine.native.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA | ord(_SEPARATOR) << 8)
            clauses.append(clause.decode("utf-8").strip())
    return "\n".join(filter(None, clauses))


def synthesize(
    text: str, voice: str, speed_wpm: int = 160, pitch: int = 50, variant: str = ""
) -> tuple[npt.NDArray[np.int16], int]:
    """Speak the text; return its samples, shape ``(n,)``, and their rate in hertz (22050).

    ``speed_wpm`` is 80 to 450 words a minute, ``pitch`` 0 to 99, ``variant`` one of eSpeak's voice variants
    (``f3``, ``m5``, ``klatt``, ...). Raises LanguageError for an unknown voice.
    """
    with _LOCK:
        machine = _machine()
        machine.use(f"{voice}+{variant}" if variant else voice)
        machine.native.espeak_SetParameter(_RATE, speed_wpm, 0)
        machine.native.espeak_SetParameter(_PITCH, pitch, 0)
        machine.blocks = []
        data = text.encode("utf-8").replace(b"\0", b" ") + b"\0"
        machine.native.espeak_Synth(data, len(data), 0, 1, 0, _UTF8, None, None)
        machine.native.espeak_Synchronize()
        blocks, machine.blocks = machine.blocks, []
    return (np.concatenate(blocks) if blocks else np.zeros(0, np.int16)), machine.rate
