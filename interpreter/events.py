"""What happens in a session, as frozen events that travel as JSON.

Every event carries the number of its utterance and ``clock``, the seconds since the session began; times in the
audio are seconds from its first sample.
"""

from __future__ import annotations

import base64
import dataclasses
from dataclasses import dataclass
from typing import Any

from interpreter.audio import Audio, from_pcm16, to_pcm16
from interpreter.stt import Alternative
from interpreter.translation import Origin


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak."""

    utterance: int
    """Counts the utterances of the session from 1."""
    at: float
    """Seconds of audio at which speech began."""
    clock: float
    """Seconds since the session began."""


@dataclass(frozen=True)
class Partial:
    """What has been understood so far; the next one replaces it."""

    utterance: int
    text: str
    """The whole hypothesis."""
    stable: str
    """Its leading part that will not change any more."""
    language: str
    """BCP-47 tag."""
    at: float
    """Seconds of audio heard so far."""
    clock: float


@dataclass(frozen=True)
class SpeechEnded:
    """Somebody stopped speaking; the answer is on its way."""

    utterance: int
    at: float
    """Seconds of audio at which the last voiced sample lies."""
    clock: float


@dataclass(frozen=True)
class Final:
    """What was understood. It never changes."""

    utterance: int
    text: str
    language: str
    confidence: float
    """0 to 1, comparable within one engine."""
    certain: bool
    """False: nothing is translated until somebody chooses one of the alternatives."""
    alternatives: tuple[Alternative, ...]
    """Up to three readings, best first."""
    start: float
    """Seconds of audio."""
    end: float
    """Seconds of audio."""
    clock: float


@dataclass(frozen=True)
class Translated:
    """The final in the other language, and where that comes from."""

    utterance: int
    text: str
    source: str
    target: str
    origin: Origin
    terms: tuple[str, ...]
    """Names of the text that the translation kept."""
    warnings: tuple[str, ...]
    """Checks that the translation failed, one sentence each."""
    clock: float


@dataclass(frozen=True)
class Spoken:
    """A piece of the voice: one clause."""

    utterance: int
    audio: Audio
    language: str
    chunk: int
    """Counts the pieces of this answer from 0."""
    clock: float


@dataclass(frozen=True)
class Failed:
    """A stage could not do its work; what came before still stands."""

    utterance: int
    stage: str
    """``hearing``, ``translation`` or ``voice``."""
    message: str
    """One sentence for a person."""
    suggestions: tuple[str, ...]
    """The nearest phrases that would work, in the language spoken."""
    clock: float


Event = SpeechStarted | Partial | SpeechEnded | Final | Translated | Spoken | Failed

_TYPES: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (SpeechStarted, Partial, SpeechEnded, Final, Translated, Spoken, Failed)
}


def to_json(event: Event, samples: bool = True) -> dict[str, Any]:
    """The event as plain JSON values with its ``type``.

    Audio becomes 16-bit little-endian PCM in base64; with ``samples=False`` only its rate and length are given, and
    the result cannot be read back.
    """
    values = dataclasses.asdict(event)
    if isinstance(event, Spoken):
        audio: dict[str, Any] = {"rate": event.audio.rate, "seconds": round(event.audio.duration, 3)}
        if samples:
            audio["pcm16"] = base64.b64encode(to_pcm16(event.audio)).decode("ascii")
        values["audio"] = audio
    for name, value in values.items():
        if isinstance(value, float):
            values[name] = round(value, 3)
    return {"type": type(event).__name__, **values}


def from_json(values: dict[str, Any]) -> Event:
    """The event again. Raises ValueError for a type or a field that does not exist."""
    fields = dict(values)
    name = fields.pop("type", None)
    if name not in _TYPES:
        raise ValueError(f"'{name}' is no event; the events are {', '.join(_TYPES)}.")
    kind = _TYPES[name]
    expected = [field.name for field in dataclasses.fields(kind)]
    if sorted(fields) != sorted(expected):
        raise ValueError(f"{name} has the fields {', '.join(expected)}, not {', '.join(fields)}.")
    if kind is Spoken:
        fields["audio"] = from_pcm16(base64.b64decode(fields["audio"]["pcm16"]), fields["audio"]["rate"])
    if kind is Final:
        fields["alternatives"] = tuple(Alternative(**each) for each in fields["alternatives"])
    if kind is Translated:
        fields["origin"] = Origin(**fields["origin"])
    for key in ("terms", "warnings", "suggestions"):
        if key in fields:
            fields[key] = tuple(fields[key])
    event: Event = kind(**fields)
    return event
