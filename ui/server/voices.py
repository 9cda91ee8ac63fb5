"""The guide's texts as sound: spoken once, sentence by sentence, and kept on disk with the times of the sentences.

``GET /v1/venues/{venue}/stops/{stop}/{kind}/speech?language=TAG&rate=1`` tells when each sentence begins and ends and
where the sound lies; ``GET /v1/speech/{name}`` is the sound. ``.../speech/parts`` sends the same while it is being
spoken. FLAC, because every browser plays it and jumps in it exactly; Ogg is silent on older iPhones.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from interpreter.audio import Audio, resample, write
from interpreter.errors import InterpreterError, LanguageError
from ui.options import say
from ui.server.parts import Growing, Part
from ui.server.problems import RESPONSES, Refused
from venues.errors import VenueError
from venues.names import nearest
from venues.pack import TAGS
from venues.passages import KINDS
from venues.search import sentences_of

if TYPE_CHECKING:
    from interpreter.session import Engines
    from interpreter.tts import Speaker
    from ui.server.house import House
    from venues.passages import Passage

RATES = (0.7, 1.0, 1.3)
"""Speeds of the voice; few, so that what one visitor heard is there for the next."""
GAP, BREAK = 0.3, 0.7
"""Seconds of silence after a sentence, and after a paragraph."""
LARGEST = 500 * 2**20
"""Bytes of sound that are kept; beyond that, what was heard longest ago goes."""
MOST_WAITING = 24
"""Texts that wait to be spoken; whoever asks for one more is told to come back."""
FORM = 1
"""Counted up when the same text would be spoken or laid out differently: what was kept before is not used."""
_NAME = re.compile(r"[0-9a-f]{32}\.flac")


class VoiceError(InterpreterError):
    """A text that cannot be spoken now."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Speech:
    """A text that has been spoken."""

    name: str
    """Of the file with the sound."""
    seconds: float
    """Length of the sound."""
    times: tuple[tuple[float, float], ...]
    """Seconds at which each sentence begins and ends, in the order of :func:`paragraphs`."""


def paragraphs(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    """The sentences of a text, by paragraph: what is read, and what the voice stops between."""
    found = (tuple(sentences_of(part, language)) for part in re.split(r"\n\s*\n", text))
    return tuple(part for part in found if part)


class Voices:
    """Speaks with the engines of a house, one text at a time. Its methods may be called from any thread."""

    def __init__(self, folder: Path, engines: Engines, largest: int = LARGEST) -> None:
        """Keep up to ``largest`` bytes of sound in a folder, which is made when it is needed."""
        self._folder = folder
        self._engines = engines
        self._largest = largest
        self._worker = ThreadPoolExecutor(1, "voices")
        self._making: dict[str, tuple[Future[Speech], Growing]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Speak no more; what is being spoken is given up at its next clause."""
        self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    def path(self, name: str) -> Path | None:
        """The file of that name; None where it is not, or no longer, kept."""
        path = self._folder / name
        return path if _NAME.fullmatch(name) and path.is_file() else None

    def speech(self, text: str, language: str, rate: float = 1.0) -> Future[Speech]:
        """The text as sound. Who asks for what is being spoken already waits for the same.

        Raises LanguageError where no voice speaks the language, VoiceError where too many texts wait.
        """
        found = self._find(text, language, rate)
        if isinstance(found, tuple):
            return found[0]
        ready: Future[Speech] = Future()
        ready.set_result(found)
        return ready

    def follow(self, text: str, language: str, rate: float = 1.0) -> Speech | Growing:
        """The text as sound, or its parts where it is not yet spoken to its end. Raises as :meth:`speech` does."""
        found = self._find(text, language, rate)
        return found[1] if isinstance(found, tuple) else found

    def _find(self, text: str, language: str, rate: float) -> Speech | tuple[Future[Speech], Growing]:
        speaker = self._engines.speaker(language)
        key = "\n".join((str(FORM), speaker.name, language, f"{rate:.2f}", text))
        name = hashlib.sha256(key.encode()).hexdigest()[:32] + ".flac"
        with self._lock:
            if (made := self._making.get(name)) is not None:
                return made
            if (kept := self._kept(name)) is not None:
                return kept
            if self._closed or len(self._making) >= MOST_WAITING:
                raise VoiceError("busy", "many texts are being spoken just now; try again in a minute.")
            growing = Growing()
            future = self._worker.submit(self._make, name, speaker, text, language, rate, growing)
            self._making[name] = future, growing
        # Outside the lock: what is done at once calls back at once.
        future.add_done_callback(lambda done: self._made(name, growing, done))
        return future, growing

    def _made(self, name: str, growing: Growing, done: Future[Speech]) -> None:
        with self._lock:
            self._making.pop(name, None)
        if done.cancelled():
            growing.end(VoiceError("busy", "the program is being ended."))
        else:
            problem = done.exception()
            growing.end(problem if isinstance(problem, Exception) else None)

    def _kept(self, name: str) -> Speech | None:
        path = self._folder / name
        try:
            known = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            os.utime(path)
            return Speech(name, known["seconds"], tuple((start, end) for start, end in known["times"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _make(self, name: str, speaker: Speaker, text: str, language: str, rate: float, growing: Growing) -> Speech:
        times: list[tuple[float, float]] = []
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            seconds = write(path, growing.cut(self._spoken(speaker, text, language, rate, times), times))
            speech = Speech(name, round(seconds, 2), tuple(times))
            # Written last and in one go: a text counts as spoken when its times are there.
            beside = path.with_suffix(".part")
            beside.write_text(json.dumps({"seconds": speech.seconds, "times": speech.times}), encoding="utf-8")
            beside.replace(path.with_suffix(".json"))
            self._tidy(name)
        except VoiceError:
            raise
        except Exception as error:
            # A full disk or a broken voice is for who runs the machine; the visitor reads on.
            say(f"the text '{name}' could not be spoken by '{speaker.name}': {error}")
            raise VoiceError("voice", f"the voice '{speaker.name}' could not speak this text.") from error
        return speech

    def _spoken(
        self, speaker: Speaker, text: str, language: str, rate: float, times: list[tuple[float, float]]
    ) -> Iterator[Audio]:
        """The sound clause by clause, all at the rate of the first; ``times`` is filled with every sentence's end."""
        sampling_rate, at = 0, 0.0
        for part in paragraphs(text, language):
            for number, sentence in enumerate(part, start=1):
                begun = at
                for chunk in speaker.speak(sentence, language, rate):
                    if self._closed:
                        raise VoiceError("busy", "the program is being ended.")
                    sampling_rate = sampling_rate or chunk.rate
                    clause = chunk if chunk.rate == sampling_rate else resample(chunk, sampling_rate)
                    yield clause
                    at += clause.duration
                times.append((round(begun, 2), round(at, 2)))
                if at > begun:
                    rest = BREAK if number == len(part) else GAP
                    yield Audio(np.zeros(round(rest * sampling_rate), np.float32), sampling_rate)
                    at += rest

    def _tidy(self, newest: str) -> None:
        """Remove what was heard longest ago until the rest fits."""
        found = []
        for path in self._folder.glob("*.flac"):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._largest:
                return
            if path.name != newest:
                path.with_suffix(".json").unlink(missing_ok=True)
                path.unlink(missing_ok=True)
                total -= size


def router(house: House, voices: Voices) -> APIRouter:
    """The routes of a house's spoken texts."""
    routes = APIRouter(responses=RESPONSES)

    @routes.get("/v1/venues/{venue}/stops/{stop}/{kind}/speech")
    async def speech(venue: str, stop: str, kind: str, language: str, rate: float = 1.0) -> Response:
        """Where the sound of a stop's text lies, and when each of its sentences begins and ends.

        A text that is missing in the language is spoken in the one that visitors get it in: ``language`` tells which.
        """
        try:
            passage = await asyncio.to_thread(_passage, house, venue, stop, kind, language, rate)
            told = await asyncio.to_thread(voices.speech, passage.text, passage.language, rate)
            # Shielded: others may wait for the same when this one leaves.
            found = await asyncio.shield(asyncio.wrap_future(told))
        except (VoiceError, LanguageError, VenueError) as error:
            return _refused(error)
        texts = [each for part in paragraphs(passage.text, passage.language) for each in part]
        return JSONResponse(
            {
                "language": passage.language,
                "status": passage.status,
                "rate": rate,
                "seconds": found.seconds,
                "audio": f"/v1/speech/{found.name}",
                "sentences": [
                    {"text": text, "start": start, "end": end}
                    for text, (start, end) in zip(texts, found.times, strict=True)
                ],
            }
        )

    @routes.get("/v1/venues/{venue}/stops/{stop}/{kind}/speech/parts")
    async def parts(venue: str, stop: str, kind: str, language: str, rate: float = 1.0) -> Response:
        """The sound of a stop's text while it is being spoken: one JSON object a line.

        A part has ``start`` and ``end`` (seconds), ``audio`` (an address, also ``data:audio/flac``), and ``sentences``:
        when those that are finished begin and end. The last line has ``seconds``, or the ``error`` that ended it.
        """
        try:
            passage = await asyncio.to_thread(_passage, house, venue, stop, kind, language, rate)
            told = await asyncio.to_thread(voices.follow, passage.text, passage.language, rate)
        except (VoiceError, LanguageError, VenueError) as error:
            return _refused(error)
        return StreamingResponse(_lines(told), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})

    @routes.get("/v1/speech/{name}")
    def sound(name: str) -> Response:
        """The sound of a text, FLAC; 404 where it is no longer kept: ask for the text's speech again."""
        path = voices.path(name)
        if path is None:
            return _refusal("not_found", "this sound is no longer kept; ask for the speech of the text again.")
        return FileResponse(path, media_type="audio/flac", headers={"Cache-Control": "private, max-age=3600"})

    return routes


async def _lines(told: Speech | Growing) -> AsyncIterator[str]:
    if isinstance(told, Speech):
        yield _line(f"/v1/speech/{told.name}", 0.0, told.seconds, told.times)
        yield json.dumps({"seconds": told.seconds}) + "\n"
        return
    seconds = 0.0
    try:
        async for part in told.parts():
            seconds = part.end
            yield _line(_address(part), part.start, part.end, part.times)
        yield json.dumps({"seconds": seconds}) + "\n"
    except VoiceError as error:
        yield json.dumps({"error": {"code": error.code, "message": str(error)}}) + "\n"


def _line(audio: str, start: float, end: float, times: tuple[tuple[float, float], ...]) -> str:
    sentences = [{"start": begun, "end": ended} for begun, ended in times]
    return json.dumps({"start": start, "end": end, "audio": audio, "sentences": sentences}) + "\n"


def _address(part: Part) -> str:
    return f"data:audio/flac;base64,{base64.b64encode(part.sound).decode()}" if part.sound else ""


def _passage(house: House, venue: str, stop: str, kind: str, language: str, rate: float) -> Passage:
    if rate not in RATES:
        raise VoiceError("bad_rate", f"rate {rate:g} is not spoken; take {', '.join(map(str, RATES))}.")
    if language not in TAGS:
        raise VoiceError("bad_language", f"'{language}' is no language of a guide; {nearest(language, TAGS)}")
    if kind not in KINDS:
        raise VenueError(f"'{kind}' is no kind of text; {nearest(kind, KINDS)}")
    found = house.told(venue).pack.passage(stop, kind, language)
    if found is None:
        raise VenueError(f"'{stop}' of '{venue}' has no text '{kind}'.")
    return found


_STATUS = {"not_found": 404, "no_voice": 404, "busy": 503, "voice": 500}


def _refused(error: Exception) -> Response:
    code = error.code if isinstance(error, VoiceError) else "no_voice" if isinstance(error, LanguageError) else ""
    return _refusal(code or "not_found", str(error))


def _refusal(code: str, message: str) -> Response:
    return Refused(_STATUS.get(code, 422), code, message).response()
