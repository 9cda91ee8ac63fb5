"""How fast the installed engines answer: per stage, and from the end of speech to the first sound.

Each utterance is fed block by block as a microphone would, on a virtual clock: a block arrives when its last sample
would have been spoken, and is worked on when it has arrived and the block before it is done. So a machine that falls
behind is seen to fall behind, and nobody has to wait for the speech in real time.

- *hearing*: computing time for voice activity and recognition, divided by the length of the speech (real-time factor).
- *final*: from the end of the hangover to the final text.
- *translation*: from the final text to its translation.
- *first sound*: from the translation to the first clause of the voice.
- *response*: from the end of the hangover to the first sound; the hangover itself is not in it.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from interpreter.audio import RATE, Audio, join, read, resample
from interpreter.events import Event, Final, SpeechEnded, Spoken, Translated
from interpreter.phrases import default_book
from interpreter.session import Conversation, Engines, Session
from interpreter.vad import Listening

BLOCK = RATE // 20
"""Samples of one block: 50 ms."""


@dataclass(frozen=True)
class Measured:
    """One utterance, timed."""

    hearing: float
    """Real-time factor of voice activity and recognition."""
    final: float
    """Seconds from the end of the hangover to the final."""
    translation: float
    """Seconds from the final to the translation."""
    first_sound: float
    """Seconds from the translation to the first piece of the voice."""
    response: float
    """Seconds from the end of the hangover to the first piece of the voice."""
    from_speech: float
    """Seconds from the last voiced sample to the first piece of the voice: the hangover is in it."""


@dataclass(frozen=True)
class Row:
    """All repetitions of one utterance."""

    source: str
    target: str
    text: str
    """What was understood, or empty."""
    seconds: float
    """Length of the audio."""
    engines: str
    """Recogniser, translator and voice that did the work."""
    runs: tuple[Measured, ...]

    def median(self, field: str) -> float:
        """The median of a field over the repetitions."""
        return float(statistics.median(getattr(run, field) for run in self.runs))


def timed(session: Session, audio: Audio, listening: Listening) -> tuple[Measured | None, list[Event]]:
    """Feed one utterance (16 kHz) and some silence on the virtual clock; None when it was not answered."""
    # Silence after the speech, as a real microphone goes on sending it.
    tail = np.zeros(int((listening.hangover + 0.5) * RATE), dtype=np.float32)
    samples = np.concatenate([audio.samples, tail])
    clock, hearing = 0.0, 0.0
    seen: list[Event] = []
    at: dict[str, float] = {}
    for start in range(0, len(samples), BLOCK):
        block = Audio(samples[start : start + BLOCK], RATE)
        clock = max(clock, (start + len(block.samples)) / RATE)
        began = time.perf_counter()
        for event in session.accept(block):
            now = clock + time.perf_counter() - began
            seen.append(event)
            name = type(event).__name__
            at.setdefault(name, now)
            if isinstance(event, SpeechEnded):
                at["end"] = (start + len(block.samples)) / RATE
                at["voiced"] = event.at
        spent = time.perf_counter() - began
        hearing += spent if "Final" not in at else 0.0
        clock += spent
    if not {"Final", "Translated", "Spoken"} <= set(at):
        return None, seen
    return (
        Measured(
            hearing / audio.duration,
            at["Final"] - at["end"],
            at["Translated"] - at["Final"],
            at["Spoken"] - at["Translated"],
            at["Spoken"] - at["end"],
            at["Spoken"] - at["voiced"],
        ),
        seen,
    )


DIRECTIONS: tuple[tuple[str, str], ...] = (("en", "ja"), ("ja", "en"), ("zh-Hant", "en"), ("es", "zh-Hant"))
"""Directions that are timed: the shipped question, and one phrase of each language in the installed voice."""
_PHRASE = "ticket.where-to-buy"


def utterances(engines: Engines) -> list[tuple[Audio, str, str]]:
    """What :func:`measure` is fed: the question that comes with the program, and phrases in the installed voices."""
    book = default_book()
    found = []
    for source, target in DIRECTIONS:
        if source == "en":
            audio = read(question_file())
        else:
            audio = resample(join(engines.speaker(source).speak(book.render(_PHRASE, {}, source), source)), RATE)
        found.append((audio, source, target))
    return found


def question_file() -> Path:
    """``question.wav``: inside the package when installed, above it in a checkout."""
    inside = Path(__file__).parents[1] / "question.wav"
    return inside if inside.exists() else Path(__file__).parents[2] / "question.wav"


def measure(
    engines: Engines,
    utterances: Sequence[tuple[Audio, str, str]],
    repetitions: int = 5,
    listening: Listening = Listening(),
) -> Iterator[Row]:
    """Time each ``(audio at 16 kHz, spoken tag, target tag)``; the first repetition warms up and is not counted."""
    for audio, source, target in utterances:
        runs: list[Measured] = []
        text, used = "", ["", "", ""]
        for number in range(repetitions + 1):
            session = Session(engines, Conversation.towards(target, [source]), listening=listening, guess=True)
            measured, seen = timed(session, audio, listening)
            if measured is None:
                break
            if number:
                runs.append(measured)
            used[0] = engines.recognizer([source]).name
            for event in seen:
                if isinstance(event, Final):
                    text = event.text
                elif isinstance(event, Translated):
                    used[1] = event.origin.kind if event.origin.kind == "phrasebook" else event.origin.name
                elif isinstance(event, Spoken):
                    used[2] = engines.speaker(target).name
        yield Row(source, target, text, audio.duration, " > ".join(used), tuple(runs))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    packages = (
        "pocketsphinx",
        "ctranslate2",
        "faster-whisper",
        "torch",
        "transformers",
        "pyopenjtalk-plus",
        "espeakng-loader",
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in packages},
    }


def table(rows: Sequence[Row]) -> str:
    """The rows for people: medians, in milliseconds; the real-time factor as it is."""
    lines = ["from     to       audio  hearing   final  translation  first sound  response  engines: understood"]
    for row in rows:
        head = f"{row.source:8} {row.target:8} {row.seconds:4.1f} s"
        if not row.runs:
            lines.append(f"{head}  no answer: '{row.text}'")
            continue
        final, translation, first, response = (
            f"{row.median(field) * 1000:.0f} ms" for field in ("final", "translation", "first_sound", "response")
        )
        lines.append(
            f"{head}  {row.median('hearing'):7.2f} {final:>7} {translation:>12} {first:>12} {response:>9}"
            f"  {row.engines}: {row.text}"
        )
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows with every repetition, and the machine."""
    return {"machine": machine(), "rows": [asdict(row) for row in rows]}
