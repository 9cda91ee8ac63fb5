"""Translation and the venues' guides for other programs.

``POST /v1/translate``, ``GET /v1/venues``, ``/v1/venues/{venue}``, ``/v1/venues/{venue}/stops/{stop}`` and
``POST /v1/ask``. Texts are those that visitors get: never a draft. Where a language lacks one, another language's
stands there, and says so in its ``language``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse
from pydantic import Field

from ui.server.house import House, Told
from ui.server.limits import Work
from ui.server.problems import RESPONSES, Asked, Described, Refused
from ui.server.shelf import tag_of
from ui.server.speech_api import BEARER, LONGEST_TEXT
from venues.names import nearest
from venues.pack import TAGS, Checked, Stop
from venues.passages import KINDS

LONGEST_QUESTION = 500
"""Letters of a question."""
Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
Tag = Annotated[str, Query(max_length=35, examples=["ko"])]


class Text(Described):
    """A text and the language it is in."""

    text: str
    language: str = Field(examples=["ko"])
    """BCP-47 tag; another one than was asked for where that has no text."""


class Passage(Text):
    """A text of the guide."""

    state: str = Field(examples=["approved"])
    """``approved`` by the venue, ``supplied`` with it, or ``stale``: its original has changed since."""


class Emergency(Described):
    """A number to call."""

    id: str
    number: str
    name: Text


class StopHead(Described):
    """A stop in the list of a venue."""

    id: str = Field(examples=["park"])
    order: int
    """Place in the walk, from 1."""
    title: Text | None
    tours: list[str]
    image: str | None = Field(examples=["/v1/venues/beitou/stops/park/image"])
    """Where its picture is."""


class VenueHead(Described):
    """A venue in the list."""

    id: str = Field(examples=["beitou"])
    name: Text
    source_language: str = Field(examples=["zh-Hant"])
    """Tag of the language that its texts are first written in."""
    languages: list[str]
    """Tags that it wants to be told in."""


class VenueList(Described):
    """Every venue of this machine."""

    object: Literal["list"] = "list"
    data: list[VenueHead]


class VenueTold(VenueHead):
    """A venue."""

    description: Text
    address: Text
    time_zone: str = Field(examples=["Asia/Taipei"])
    latitude: float | None
    longitude: float | None
    emergency: list[Emergency]
    stops: list[StopHead]
    """In the order of the walk."""


class Read(Described):
    """Something that may change."""

    checked: date
    """The day it was read."""
    sources: list[str]
    part: Text | None
    """The part of the stop it holds for; null: all of it."""


class Hours(Read):
    """When a stop is open."""

    days: list[str] = Field(examples=[["tue", "wed"]])
    open: time
    """The venue's own clock."""
    close: time
    """Not later than ``open``: on the following day."""


class Price(Read):
    """What it costs."""

    who: Text
    amount: int | None
    """In whole units of the currency; null where it is free."""
    currency: str = Field(examples=["TWD"])
    free: bool


class Notice(Read):
    """Something a visitor should know."""

    kind: str
    text: Text


class StopTold(StopHead):
    """A stop of the guide."""

    venue: str
    texts: dict[str, Passage]
    """By kind: title, short, long, children, practical; those that there are."""
    alt: Text | None
    """What its picture shows, in words."""
    latitude: float | None
    longitude: float | None
    location: Text | None
    closed: list[str]
    """Weekdays."""
    hours: list[Hours]
    prices: list[Price]
    notices: list[Notice]


class ToTranslate(Asked):
    """A text to translate."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT, examples=["廁所在哪裡？"])
    """The text, a sentence or a few."""
    source: str = Field(max_length=35, examples=["zh-Hant"])
    """Tag of the text's language."""
    target: str = Field(max_length=35, examples=["ko"])
    """Tag of the language wanted."""


class Origin(Described):
    """Where a translation comes from."""

    kind: Literal["phrasebook", "model", "same"]
    name: str
    """The phrase's id, or the model's name."""
    status: str
    """Of a phrase: draft, supplied or approved."""
    match: float
    """Of a phrase: how much the text is like it, 0 to 1."""


class Translated(Described):
    """A translation."""

    text: str = Field(examples=["화장실이 어디예요?"])
    source: str
    target: str
    origin: Origin
    terms: list[str]
    """Names that were kept, as they stand in it."""
    warnings: list[str]
    """Checks that it failed, one sentence each."""


class Question(Asked):
    """A question to the guide."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, examples=["온천박물관은 언제 문을 열어요?"])
    """In any language of the guide."""
    language: str = Field("", max_length=35, examples=["ko"])
    """Its tag; empty: found from the question."""
    at: datetime | None = Field(None, examples=["2026-11-25T14:00"])
    """The moment that is now; without a time zone by the venue's clock. Null: now."""
    venue: str = Field("", max_length=60, examples=["beitou"])
    """Whose guide; empty: the one that this machine shows."""


class Near(Described):
    """A text or a fact near the question."""

    id: str
    title: str
    language: str


class Answer(Described):
    """What the guide says."""

    text: str
    language: str
    asked_in: str
    """Tag of the language that the question was taken to be in."""
    id: str = Field(examples=["beitou/hot-spring-museum/hours"])
    """Of the text or the fact it stands in; empty: none."""
    state: str
    """Of the text; ``checked`` for a fact."""
    found: str
    """How it was found."""
    score: float
    """0 to 1."""
    nearest: list[Near]
    supported: bool
    """False: the guide says nothing about it, and ``text`` admits that."""


def router(house: House, work: Work) -> APIRouter:
    """The routes of a house."""
    routes = APIRouter(prefix="/v1", responses=RESPONSES, dependencies=[BEARER], tags=["guide"])

    @routes.post("/translate")
    async def translate(body: ToTranslate) -> Translated:
        """Translate a text, by the phrasebook or by a model that is installed."""
        source, target = tag_of(body.source, "source"), tag_of(body.target, "target")
        if not any(char.isalnum() for char in body.text):
            raise Refused(400, "invalid_text", "there are no words in the text; give some.", param="text")

        def answer() -> Translated:
            translator = house.engines.translator
            found = translator.translate(body.text, source, target, house.terms)
            if found is None:
                raise Refused(
                    422, "not_translated",
                    f"the text is not in the phrasebook, and no model that translates {source} to {target} is "
                    "installed; take one of the nearest phrases, or add a model: interpreter models pull cpu",
                    param="text", nearest=list(translator.nearest(body.text, source)),
                )  # fmt: skip
            return Translated.model_validate(asdict(found))

        return await work.do(answer)

    @routes.get("/venues")
    def venues(language: Tag = "") -> VenueList:
        """Every venue of this machine."""
        tag = _guide_tag(language)
        return VenueList(data=[VenueHead(**_head(house.told(each), tag)) for each in house.venues()])

    @routes.get("/venues/{venue}")
    def venue(venue: Name, language: Tag = "") -> VenueTold:
        """A venue and its stops, told in a language; without one in the venue's own."""
        tag = _guide_tag(language)
        told = _told(house, venue)
        found = told.pack.venue
        return VenueTold(
            **_head(told, tag),
            description=_needed(found.description, tag, told),
            address=_needed(found.address, tag, told),
            time_zone=found.time_zone,
            latitude=found.latitude,
            longitude=found.longitude,
            emergency=[
                Emergency(id=each.id, number=each.number, name=_needed(each.name, tag, told))
                for each in found.emergency
            ],
            stops=[StopHead(**_stop_head(told, each, tag)) for each in sorted(found.stop, key=lambda each: each.order)],
        )

    @routes.get("/venues/{venue}/stops/{stop}")
    def stop(venue: Name, stop: Name, language: Tag = "") -> StopTold:
        """A stop with its texts, told in a language; without one in the venue's own."""
        tag = _guide_tag(language)
        told = _told(house, venue)
        found = _stop(told, stop)
        tag = tag or told.pack.venue.source_language
        texts = {kind: told.pack.passage(stop, kind, tag) for kind in KINDS}
        picture = told.pack.images.get(stop)

        def read(each: Checked) -> dict[str, Any]:
            part = _text(found.parts[each.part], tag, told) if each.part else None
            return {"checked": each.checked, "sources": list(each.sources), "part": part}

        return StopTold(
            **_stop_head(told, found, tag),
            venue=venue,
            texts={
                kind: Passage(text=each.text, language=each.language, state=each.status)
                for kind, each in texts.items()
                if each is not None
            },
            alt=_text(picture.alt, tag, told) if picture is not None else None,
            latitude=found.latitude,
            longitude=found.longitude,
            location=_text(found.location, tag, told),
            closed=list(found.closed),
            hours=[Hours(**read(each), days=list(each.days), open=each.open, close=each.close) for each in found.hours],
            prices=[
                Price(**read(each), who=_needed(each.who, tag, told), amount=each.amount, currency=each.currency,
                      free=each.free)
                for each in found.price
            ],
            notices=[Notice(**read(each), kind=each.kind, text=_needed(each.text, tag, told)) for each in found.notice],
        )  # fmt: skip

    @routes.get("/venues/{venue}/stops/{stop}/image", response_class=FileResponse, responses={
        200: {"description": "The picture.", "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
    })  # fmt: skip
    def image(venue: Name, stop: Name) -> FileResponse:
        """A stop's picture."""
        path = house.picture(venue, stop)
        if path is None:
            raise Refused(404, "not_found", f"there is no picture of '{stop}' in the venue '{venue}'.")
        return FileResponse(path, headers={"Cache-Control": "max-age=300"})

    @routes.post("/ask")
    async def ask(body: Question) -> Answer:
        """Ask a venue's guide. It answers in the venue's own words, or says that they hold no answer."""
        tag = _guide_tag(body.language)
        if not any(char.isalnum() for char in body.question):
            raise Refused(400, "invalid_text", "there are no words in the question; give some.", param="question")

        def turned(text: str, source: str, target: str) -> str | None:
            found = house.engines.translator.translate(text, source, target, house.terms)
            return found.text if found is not None else None

        def answer() -> Answer:
            guide = _told(house, body.venue).guide
            return Answer.model_validate(asdict(guide.ask(body.question, tag or None, body.at, turned)))

        return await work.do(answer)

    return routes


def _guide_tag(language: str) -> str:
    if not language:
        return ""
    tag = tag_of(language)
    if tag not in TAGS:
        raise Refused(400, "unknown_language", f"no guide is told in '{tag}'; {nearest(tag, TAGS)}", param="language")
    return tag


def _told(house: House, venue: str) -> Told:
    known = house.venues()
    if venue and venue not in known:
        raise Refused(404, "not_found", f"there is no venue '{venue}'; {nearest(venue, known)}", param="venue")
    return house.told(venue)


def _stop(told: Told, stop: str) -> Stop:
    known = {each.id: each for each in told.pack.venue.stop}
    if stop not in known:
        message = f"'{told.pack.venue.id}' has no stop '{stop}'; {nearest(stop, sorted(known))}"
        raise Refused(404, "not_found", message, param="stop")
    return known[stop]


def _text(texts: Mapping[str, str], tag: str, told: Told) -> Text | None:
    """In the language, else in the venue's own, else in English, else in any."""
    own = told.pack.venue.source_language
    for each in (tag or own, own, "en", *texts):
        if each in texts:
            return Text(text=texts[each], language=each)
    return None


def _needed(texts: Mapping[str, str], tag: str, told: Told) -> Text:
    return _text(texts, tag, told) or Text(text="", language=tag or told.pack.venue.source_language)


def _head(told: Told, tag: str) -> dict[str, Any]:
    venue = told.pack.venue
    return {"id": venue.id, "name": _needed(venue.name, tag, told), "source_language": venue.source_language,
            "languages": list(venue.languages)}  # fmt: skip


def _stop_head(told: Told, stop: Stop, tag: str) -> dict[str, Any]:
    venue = told.pack.venue
    title = told.pack.passage(stop.id, "title", tag or venue.source_language)
    image = f"/v1/venues/{venue.id}/stops/{stop.id}/image" if stop.id in told.pack.pictured else None
    return {"id": stop.id, "order": stop.order, "tours": list(stop.tours), "image": image,
            "title": Text(text=title.text, language=title.language) if title is not None else None}  # fmt: skip
