"""A whole sound file through a session: what was said in it, and how that is written down."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import UploadFile

from interpreter.audio import Audio, stream
from interpreter.errors import AudioError, LanguageError
from interpreter.events import Event, Failed, Final, Translated
from interpreter.session import Conversation, Session
from ui.server.problems import Refused
from ui.server.sounds import held

if TYPE_CHECKING:
    from interpreter.session import Engines
    from ui.server.house import House

FORMATS = ("json", "text", "verbose_json", "srt", "vtt")
GAP = "[…]"
"""Stands where something was said that could not be told."""
_SPACELESS = ("zh-Hant", "zh-Hans", "ja", "th")


@dataclass
class Segment:
    """One utterance."""

    final: Final
    text: str
    """What was said or, of a translation, what it means."""
    problem: str = ""
    """Why it could not be told."""
    nearest: tuple[str, ...] = ()
    """Readings or phrases that would do instead."""


@dataclass(frozen=True)
class Heard:
    """A file that has been listened to."""

    segments: tuple[Segment, ...]
    seconds: float
    """Length of the sound."""
    target: str
    """Tag that it was told in; empty: as it was said."""

    @property
    def language(self) -> str:
        """Tag of what was spoken longest; empty when nothing was."""
        spoken: dict[str, float] = {}
        for each in self.segments:
            spoken[each.final.language] = spoken.get(each.final.language, 0.0) + each.final.end - each.final.start
        return max(spoken, key=lambda tag: spoken[tag], default="")

    @property
    def text(self) -> str:
        """All of it in one line."""
        gap = "" if (self.target or self.language) in _SPACELESS else " "
        return gap.join(each.text for each in self.segments)


def hear(
    file: UploadFile, engines: Engines, house: House, tag: str, target: str | None, guess: bool, most: float
) -> Heard:
    """Listen to a file in one language, or in every one that is heard, up to ``most`` seconds.

    With ``target`` what was certain (or all of it, with ``guess``) is translated. Raises Refused.
    """
    tags = (tag,) if tag else tuple(sorted(house.heard, key=lambda each: each != "en"))
    conversation = Conversation({each: (target,) if target else () for each in tags})
    try:
        session = Session(engines, conversation, hints=house.hints, terms=house.terms, voice=False, guess=guess)
    except LanguageError as error:
        raise Refused(400, "language_not_served", str(error), param="language") from None
    segments: dict[int, Segment] = {}
    seconds = 0.0
    with held(file.file) as path:
        for block in _blocks(path, file.filename or "the file"):
            seconds += block.duration
            if seconds > most:
                raise Refused(413, "too_long", f"the sound is longer than {most:.0f} s; send it in parts.",
                              param="file")  # fmt: skip
            _take(session.accept(block), segments, target, guess)
    _take(session.finish(), segments, target, guess)
    heard = Heard(tuple(segments.values()), round(seconds, 3), target or "")
    lost = [each for each in heard.segments if each.problem]
    if lost and len(lost) == len(heard.segments):
        raise Refused(422, "not_understood", lost[0].problem, param="file", heard=lost[0].final.text,
                      nearest=list(lost[0].nearest))  # fmt: skip
    return heard


def _blocks(path: Path, name: str) -> Iterator[Audio]:
    shown = "".join(char for char in name if char.isprintable())[:80]
    try:
        yield from stream(path)
    except AudioError as error:
        message = str(error).replace(f"'{path}'", f"'{shown}'")
        raise Refused(400, "invalid_audio", message, param="file") from None


def _take(events: Iterator[Event], segments: dict[int, Segment], target: str | None, guess: bool) -> None:
    for event in events:
        if isinstance(event, Final):
            segment = Segment(event, event.text)
            if target and not event.certain and not guess:
                segment.text = GAP
                segment.problem = "what was said is not certain; say it again, or take the first reading with guess."
                segment.nearest = tuple(each.text for each in event.alternatives)
            segments[event.utterance] = segment
        elif isinstance(event, Translated):
            segments[event.utterance].text = event.text
        elif isinstance(event, Failed):
            if event.stage == "hearing":
                raise Refused(500, "engine_failed", event.message)
            found = segments[event.utterance]
            found.text, found.problem, found.nearest = GAP, event.message, event.suggestions


def shown(heard: Heard, form: str) -> tuple[str, str | dict[str, Any]]:
    """The media type and what is sent: text, or an object to be written as JSON."""
    certain = all(each.final.certain for each in heard.segments)
    if form == "json":
        return "application/json", {"text": heard.text, "language": heard.language, "certain": certain}
    if form == "verbose_json":
        return "application/json", {
            "task": "translate" if heard.target else "transcribe",
            "language": heard.language,
            "duration": heard.seconds,
            "text": heard.text,
            "certain": certain,
            "segments": [_segment(number, each) for number, each in enumerate(heard.segments)],
        }
    if form == "srt":
        cues = (
            f"{number}\n{_clock(each.final.start, ',')} --> {_clock(each.final.end, ',')}\n{each.text}\n"
            for number, each in enumerate(heard.segments, start=1)
        )
        return "application/x-subrip; charset=utf-8", "\n".join(cues)
    if form == "vtt":
        lines = (f"{_clock(each.final.start, '.')} --> {_clock(each.final.end, '.')}\n{_cue(each.text)}\n"
                 for each in heard.segments)  # fmt: skip
        return "text/vtt; charset=utf-8", "\n".join(["WEBVTT\n", *lines])
    return "text/plain; charset=utf-8", f"{heard.text}\n"


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    final, raw = segment.final, segment.text.encode()
    found: dict[str, Any] = {
        "id": number,
        "start": round(final.start, 3),
        "end": round(final.end, 3),
        "text": segment.text,
        "language": final.language,
        "confidence": final.confidence,
        "certain": final.certain,
        "alternatives": [{"text": each.text, "confidence": each.confidence, "language": each.language or final.language}
                         for each in final.alternatives],
        # What OpenAI's clients expect besides: of these the engines know the likelihood alone.
        "seek": round(final.start * 100),
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": round(math.log(max(final.confidence, 1e-6)), 3),
        "compression_ratio": round(len(raw) / len(zlib.compress(raw)), 3),
        "no_speech_prob": 0.0,
    }  # fmt: skip
    if segment.problem:
        found |= {"problem": segment.problem, "nearest": list(segment.nearest)}
    return found


def _clock(seconds: float, mark: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def _cue(text: str) -> str:
    """A text where ``&`` and ``<`` mean something else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
