"""Hearing and speaking for other programs, as OpenAI's clients ask for it.

``POST /v1/audio/transcriptions``, ``/v1/audio/translations``, ``/v1/audio/speech`` and ``GET /v1/models``. What these
say more than OpenAI's: languages are BCP-47 tags, and every sentence says whether it was heard with certainty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Security, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import ConfigDict, Field

from interpreter.errors import LanguageError
from interpreter.tts import Speaker
from ui.server.hearing import FORMATS as HEARD_FORMATS
from ui.server.hearing import Heard, hear, shown
from ui.server.house import House
from ui.server.limits import Limits, Work
from ui.server.problems import RESPONSES, Asked, Described, Refused
from ui.server.shelf import AUTO, Shelf, tag_of
from ui.server.sounds import FORMATS, encoded

BEARER = Security(HTTPBearer(auto_error=False, description="A key, where the venue has set some."))
"""Describes the key; :mod:`ui.server.keys` asks for it."""
LONGEST_TEXT = 4096
"""Letters that are spoken or translated at once."""


class Model(Described):
    """A model that can be named."""

    id: str = Field(examples=["pocketsphinx"])
    object: Literal["model"] = "model"
    created: int = 0
    """Always 0: a model's age is not known here."""
    owned_by: str = Field(examples=["package"])
    """Where it is from, as models.txt says it."""
    role: str = Field(examples=["stt"])
    """``stt``, ``translation``, ``tts``, or ``any`` for auto."""
    languages: list[str]
    """BCP-47 tags."""
    licence: str = Field(examples=["BSD-2-Clause"])


class Models(Described):
    """Every model that can be named."""

    object: Literal["list"] = "list"
    data: list[Model]


class _Sound(Asked):
    """A sound file, and how it is to be heard."""

    file: UploadFile
    """WAV, FLAC, MP3, OGG, Opus, M4A or WebM."""
    model: str = Field(AUTO, examples=["auto", "pocketsphinx"])
    """A recogniser's name, or auto."""
    language: str = Field("", examples=["ja"])
    """What is spoken: BCP-47 or ISO 639-1. Empty: English first, then every other language that is heard."""
    response_format: str = Field("json", examples=list(HEARD_FORMATS))
    """json, text, verbose_json (with a segment for every sentence), srt or vtt."""
    prompt: str = ""
    """Taken and not used."""
    temperature: float = Field(0.0, ge=0, le=1)
    """Taken and not used."""


class Transcribed(_Sound):
    """A sound file to write down."""

    stream: bool = False
    """Only false."""
    granularities: list[str] = Field([], alias="timestamp_granularities[]", examples=[["segment"]])
    """Only segment."""


class Interpreted(_Sound):
    """A sound file to tell in English."""

    guess: bool = False
    """Whether a sentence that was not heard with certainty is told all the same."""


class Speech(Asked):
    """A text to speak."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "auto", "input": "溫泉博物館在哪裡？", "voice": "zh-Hant"}]}
    )

    input: str = Field(min_length=1, max_length=LONGEST_TEXT, examples=["溫泉博物館在哪裡？"])
    """The text."""
    voice: str = Field(max_length=100, examples=["zh-Hant", "espeak"])
    """A language's tag, or a voice's name."""
    model: str = Field(AUTO, examples=["auto", "espeak"])
    """A voice's name, or auto."""
    language: str = Field("", examples=["ko"])
    """The text's language, where the voice's name does not tell it."""
    response_format: str = Field("mp3", examples=list(FORMATS))
    """mp3, opus, flac, wav or pcm (24 kHz, 16 bits, mono)."""
    speed: float = Field(1.0, ge=0.4, le=2.5)
    """1 is normal, 0.7 slower."""
    stream_format: Literal["audio"] = "audio"
    """Only audio."""


def router(house: House, shelf: Shelf, work: Work, limits: Limits) -> APIRouter:
    """The routes of a house."""
    routes = APIRouter(prefix="/v1", responses=RESPONSES, dependencies=[BEARER], tags=["speech"])

    @routes.get("/models")
    def models() -> Models:
        """What can be named as ``model``: the models that are installed, and auto."""
        return Models(data=_models(house, shelf))

    @routes.get("/models/{model}")
    def model(model: str) -> Model:
        """One of them."""
        for each in _models(house, shelf):
            if each.id == model:
                return each
        raise Refused(404, "model_not_found", f"'{model}' is not installed; GET /v1/models lists what is.")

    @routes.post("/audio/transcriptions", response_class=JSONResponse, responses=_written("Excuse me, where is it?"))
    async def transcriptions(form: Annotated[Transcribed, Form(media_type="multipart/form-data")]) -> Response:
        """Write down what is said. Without speech the text is empty."""
        if form.stream:
            raise Refused(400, "unsupported_value", "only stream=false; live sound goes to WS /v1/interpret.",
                          param="stream")  # fmt: skip
        if strange := [each for each in form.granularities if each != "segment"]:
            raise Refused(400, "unsupported_value", f"'{strange[0]}' has no times here; only segment has.",
                          param="timestamp_granularities")  # fmt: skip
        return await _hear(form, None)

    @routes.post("/audio/translations", response_class=JSONResponse, responses=_written("Where is the toilet?"))
    async def translations(form: Annotated[Interpreted, Form(media_type="multipart/form-data")]) -> Response:
        """Tell in English what is said. A sentence that could not be told is […], and an error where all could not."""
        return await _hear(form, "en", form.guess)

    async def _hear(form: _Sound, target: str | None, guess: bool = False) -> Response:
        if form.response_format not in HEARD_FORMATS:
            raise Refused(400, "unsupported_format", f"'{form.response_format[:40]}' is no format here; there is "
                          f"{', '.join(HEARD_FORMATS)}.", param="response_format")  # fmt: skip
        tag = tag_of(form.language) if form.language else ""

        def listen() -> Heard:
            engines = shelf.hearing(form.model)
            return hear(form.file, engines, house, tag, target, guess, limits.seconds)

        heard = await work.do(listen)
        media_type, body = shown(heard, form.response_format)
        return JSONResponse(body) if isinstance(body, dict) else PlainTextResponse(body, media_type=media_type)

    @routes.post("/audio/speech", response_class=Response, responses={
        200: {"description": "The voice, mono, 24 kHz.",
              "content": {each.media_type: {"schema": {"type": "string", "format": "binary"}}
                          for each in FORMATS.values()}},
    })  # fmt: skip
    async def speech(body: Speech) -> Response:
        """Speak a text; mp3, opus and pcm begin to arrive with the first clause."""
        form = FORMATS.get(body.response_format)
        if form is None:
            raise Refused(400, "unsupported_format", f"'{body.response_format[:40]}' is no format here; there is "
                          f"{', '.join(FORMATS)}.", param="response_format")  # fmt: skip
        if not any(char.isalnum() for char in body.input):
            raise Refused(400, "invalid_text", "there is nothing to speak; give some words.", param="input")

        def begin() -> tuple[bytes, Iterator[bytes]]:
            speaker, tag = _voice(house, shelf, body)
            chunks = speaker.speak(body.input, tag, body.speed)
            # The first clause is made before anything is answered, so that what goes wrong can still be said.
            first = next(chunks, None)
            if first is None:
                raise Refused(400, "invalid_text", f"{speaker.name} finds nothing to speak in it.", param="input")
            parts = encoded(chain([first], chunks), form)
            return next(parts, b""), parts

        first, parts = await work.do(begin)

        async def rest() -> AsyncIterator[bytes]:
            part: bytes | None = first
            while part is not None:
                yield part
                part = await work.do(lambda: next(parts, None), patient=True)

        return StreamingResponse(rest(), media_type=form.media_type)

    return routes


def _models(house: House, shelf: Shelf) -> list[Model]:
    every = sorted({*house.heard, *house.spoken})
    auto = Model(id=AUTO, owned_by="this machine", role="any", languages=every, licence="of the models it takes")
    return [auto, *(
        Model(id=card.name, owned_by=card.source.partition(":")[2] if card.source.startswith("hf:") else "package",
              role=card.role, languages=sorted(card.languages), licence=card.licence)
        for card in shelf.cards()
    )]  # fmt: skip


def _voice(house: House, shelf: Shelf, body: Speech) -> tuple[Speaker, str]:
    """Who speaks, and in which language. Raises Refused."""
    names = [card.name for card in shelf.cards() if card.role == "tts"]
    named = body.voice if body.voice in names else body.model if body.model != AUTO else ""
    if body.voice in names and body.model not in (AUTO, body.voice):
        raise Refused(400, "invalid_voice", f"the voice '{body.voice}' is not of the model '{body.model}'; leave one "
                      "of them out.", param="voice")  # fmt: skip
    speaker = shelf.voice(named) if named else None
    if body.voice not in names:
        try:
            tag = tag_of(body.voice, "voice")
        except Refused:
            known = ", ".join([*names, *house.spoken])
            raise Refused(400, "invalid_voice", f"'{body.voice}' is no voice here; a voice is one of {known}.",
                          param="voice") from None  # fmt: skip
        if body.language and tag_of(body.language) != tag:
            raise Refused(400, "invalid_voice", f"the voice '{body.voice}' does not speak '{body.language}'; leave "
                          "language out.", param="language")  # fmt: skip
    elif body.language:
        tag = tag_of(body.language)
    elif speaker is not None and len(speaker.languages) == 1:
        (tag,) = speaker.languages
    else:
        raise Refused(400, "missing_language", f"'{body.voice}' speaks several languages; say which with language.",
                      param="language")  # fmt: skip
    try:
        speaker = speaker or house.engines.speaker(tag)
    except LanguageError as error:
        raise Refused(400, "invalid_voice", str(error), param="voice") from None
    if tag not in speaker.languages:
        raise Refused(400, "invalid_voice", f"'{speaker.name}' does not speak {tag}; it speaks "
                      f"{', '.join(sorted(speaker.languages))}.", param="voice")  # fmt: skip
    return speaker, tag


def _written(example: str) -> dict[int | str, dict[str, Any]]:
    return {200: {
        "description": "As response_format says.",
        "content": {
            "application/json": {"example": {"text": example, "language": "en", "certain": True}},
            "text/plain": {"example": example},
            "application/x-subrip": {"example": f"1\n00:00:00,350 --> 00:00:03,390\n{example}\n"},
            "text/vtt": {"example": f"WEBVTT\n\n00:00:00.350 --> 00:00:03.390\n{example}\n"},
        },
    }}  # fmt: skip
