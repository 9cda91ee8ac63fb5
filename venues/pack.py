"""A pack: one venue as plain files that people can read, compare and edit.

::

    <venue>/venue.toml               names, position, stops, hours, prices, emergency numbers
    <venue>/stops/<stop>/<tag>.md    title, short and long text in one language, with a small front matter
    <venue>/stops/<stop>/sources.toml  every fact of the texts with the public pages it was read on
    <venue>/stops/<stop>/image.toml  what the picture shows, and its alternative text in every language

A pack is checked while it is read; nothing is guessed. Times and prices are data with the day they were checked.
"""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from venues.errors import VenueError, WrongUseError
from venues.images import SUFFIXES
from venues.known import KnownQuestion, possible_answers, read_known
from venues.names import nearest
from venues.passages import KINDS, Passage, parse
from venues.phrases import PhraseText, read_phrases
from venues.text_files import LARGEST_TEXT, LARGEST_VENUE, text_of

TAGS = ("zh-Hant", "zh-Hans", "en", "ja", "ko", "id", "th", "vi", "pt", "es", "fr", "de", "nl", "ru", "it")
"""The languages a guide is written in."""

_IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SOURCE = r"^https?://\S+$"
Identifier = Annotated[str, Field(pattern=_IDENTIFIER, max_length=60)]
Source = Annotated[str, Field(pattern=_SOURCE)]


def _time_of_day(value: object) -> object:
    if isinstance(value, time) or (isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:00)?", value)):
        return value
    if str(value).startswith("24:00"):
        raise ValueError("'24:00' is written \"00:00\"; a closing time not later than open is on the following day")
    raise ValueError(f"'{value}' is no time of day; write it in quotation marks and 24 hours, such as \"09:00\"")


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Texts = Mapping[str, str]
"""Tag -> text."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Checked(_Strict):
    """A piece of practical information that may change."""

    checked: date
    """The day it was read."""
    sources: tuple[Source, ...] = Field(min_length=1)
    """Addresses of the pages it was read on."""
    note: str = ""
    """For the editor: doubts, exceptions."""
    part: str = ""
    """The part of the stop it holds for, one of the stop's ``parts``; empty: all of it."""


class Hours(Checked):
    """When a stop is open."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    open: TimeOfDay
    """Local time."""
    close: TimeOfDay
    """Local time; not later than ``open``: on the following day. 00:00 to 00:00 is day and night."""


class Price(Checked):
    """What it costs."""

    who: Texts
    """Tag -> whom the price is for."""
    amount: int | None = Field(default=None, ge=0)
    """In the smallest unit that is used in speech: whole dollars."""
    currency: str = "TWD"
    free: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Price:
        if self.free == (self.amount is not None):
            raise ValueError("a price has either an amount or free = true")
        return self


class Notice(Checked):
    """Something a visitor should know."""

    kind: Literal["access", "accessibility", "rules", "closure"]
    text: Texts
    """Tag -> sentence."""


class Stop(_Strict):
    """A place where the guide has something to tell."""

    id: Identifier
    order: int = Field(ge=1)
    """Place in the walk."""
    tours: tuple[Identifier, ...] = ()
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    position_note: str = ""
    position_sources: tuple[Source, ...] = ()
    location: Texts = Field(default_factory=dict)
    """Tag -> where it is, in words."""
    location_sources: tuple[Source, ...] = ()
    parts: Mapping[Identifier, Texts] = Field(default_factory=dict)
    """Part that hours and prices may name -> tag -> what it is called."""
    closed: tuple[Weekday, ...] = ()
    hours: tuple[Hours, ...] = ()
    price: tuple[Price, ...] = ()
    notice: tuple[Notice, ...] = ()

    @model_validator(mode="after")
    def _parts_have_names(self) -> Stop:
        for each in (*self.hours, *self.price, *self.notice):
            if each.part and each.part not in self.parts:
                raise ValueError(f"part '{each.part}' has no name; {nearest(each.part, list(self.parts))}")
        return self


class Emergency(Checked):
    """A number to call."""

    id: Identifier
    number: str
    name: Texts


class Venue(_Strict):
    """What stands in ``venue.toml``."""

    id: Identifier
    source_language: str
    """Tag of the language in which texts are first written."""
    time_zone: str
    """IANA name."""
    languages: tuple[str, ...] = Field(default=TAGS, min_length=1)
    """The languages it wants to be told in."""
    written: date | None = None
    """The day the texts of a pack that comes with the program were last written."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    position_sources: tuple[Source, ...] = ()
    name: Texts
    description: Texts
    address: Texts
    stop: tuple[Stop, ...] = Field(min_length=1)
    emergency: tuple[Emergency, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Venue:
        if self.time_zone not in zoneinfo.available_timezones():
            near = nearest(self.time_zone, sorted(zoneinfo.available_timezones())).split("?")[0]
            raise ValueError(f"there is no time zone '{self.time_zone}'; {near}?")
        for tag in self.languages:
            if tag not in TAGS:
                raise ValueError(f"'{tag}' is no language of a guide; {nearest(tag, TAGS)}".rstrip("."))
        if self.source_language in TAGS and self.source_language not in self.languages:
            raise ValueError(f"languages lacks {self.source_language}, in which the texts are written first")
        for what, ids in (
            ("stop", [each.id for each in self.stop]),
            ("order", [str(each.order) for each in self.stop]),
        ):
            twice = sorted({each for each in ids if ids.count(each) > 1})
            if twice:
                raise ValueError(f"{what} {', '.join(twice)} is given twice")
        if any(each.id == "phrases" for each in self.stop):
            raise ValueError("a stop may not be called phrases")
        return self


class Fact(_Strict):
    """One statement of the texts and where it was read."""

    fact: str
    sources: tuple[Source, ...] = Field(min_length=1)
    note: str = ""


class Facts(_Strict):
    """What stands in ``sources.toml``."""

    facts: tuple[Fact, ...]


class Image(_Strict):
    """What stands in ``image.toml``."""

    description: str
    """For whoever draws it."""
    alt: Texts
    """Tag -> alternative text."""


@dataclass(frozen=True)
class Pack:
    """A venue with all its texts."""

    venue: Venue
    passages: Mapping[tuple[str, str, str], Passage]
    """(stop, kind, language) -> passage."""
    facts: Mapping[str, tuple[Fact, ...]]
    """Stop -> facts."""
    images: Mapping[str, Image]
    """Stop -> picture."""
    phrases: tuple[PhraseText, ...] = ()
    """The venue's own."""
    pictured: frozenset[str] = frozenset()
    """Stops that have a picture."""
    questions: tuple[KnownQuestion, ...] = ()
    """What visitors are known to ask."""

    def passage(self, stop: str, kind: str, language: str) -> Passage | None:
        """The passage in the language, else in the source language, else in English: the reader is told which."""
        self.stop(stop)
        for tag in (language, self.venue.source_language, "en"):
            found = self.passages.get((stop, kind, tag))
            if found is not None:
                return found
        return None

    def stop(self, name: str) -> Stop:
        """The stop of that id. Raises VenueError naming the nearest."""
        for each in self.venue.stop:
            if each.id == name:
                return each
        raise VenueError(f"'{self.venue.id}' has no stop '{name}'; {nearest(name, [s.id for s in self.venue.stop])}")


def check_language(tag: str) -> None:
    """Raise WrongUseError, listing the languages, for a tag that no guide is told in."""
    if tag not in TAGS:
        raise WrongUseError(f"'{tag}' is no language of a guide; {nearest(tag, TAGS)}")


def packs_folder() -> Path:
    """Where the packs that come with the program lie."""
    return Path(__file__).parent


def names() -> tuple[str, ...]:
    """Ids of the venues that come with the program."""
    return tuple(sorted(path.parent.name for path in packs_folder().glob("*/venue.toml")))


def find(name: str) -> Path:
    """The folder of a venue by its id, or by a path. Raises VenueError naming the nearest."""
    for folder in (packs_folder() / name, Path(name)):
        if re.fullmatch(r"[\w./\\:~-]+", name) and (folder / "venue.toml").is_file():
            return folder
    raise VenueError(f"there is no venue '{name}'; {nearest(name, names())} A folder with a venue.toml will do, too.")


def read_pack(folder: Path) -> Pack:
    """Read and check a pack. Raises VenueError naming the file, the line where it is known, and the nearest name."""
    venue = parse_venue(_text(folder / "venue.toml"), str(folder / "venue.toml"))
    known = [stop.id for stop in venue.stop]
    for path in sorted((folder / "stops").glob("*")):
        if path.name not in known:
            raise VenueError(f"{path}: venue.toml has no stop '{path.name}'; {nearest(path.name, known)}")
    passages: dict[tuple[str, str, str], Passage] = {}
    facts: dict[str, tuple[Fact, ...]] = {}
    images: dict[str, Image] = {}
    for stop in venue.stop:
        where = folder / "stops" / stop.id
        for path in sorted(where.glob("*.md")):
            if path.stem not in TAGS:
                raise VenueError(f"{path}: '{path.stem}' is no language of a guide; {nearest(path.stem, TAGS)}")
            for passage in parse(_text(path), str(path), stop.id, path.stem):
                passages[passage.stop, passage.kind, passage.language] = passage
        if (where / "sources.toml").exists():
            facts[stop.id] = parse_toml(Facts, _text(where / "sources.toml"), str(where / "sources.toml")).facts
        if (where / "image.toml").exists():
            images[stop.id] = parse_toml(Image, _text(where / "image.toml"), str(where / "image.toml"))
    own = folder / "phrases.csv"
    if (folder / "terms.csv").exists():
        from venues.terms import read_terms

        list(read_terms(folder / "terms.csv"))
    pictured = frozenset(stop.id for stop in venue.stop if picture(folder / "stops" / stop.id) is not None)
    phrases = read_phrases(own, TAGS) if own.exists() else ()
    asked = folder / "questions.csv"
    questions = read_known(asked, TAGS, answers(venue)) if asked.exists() else ()
    return Pack(venue, passages, facts, images, phrases, pictured, questions)


def answers(venue: Venue) -> tuple[str, ...]:
    """What a question to the venue may be answered with; see :func:`venues.known.possible_answers`."""
    kinds = tuple(kind for kind in KINDS if kind != "title")
    return possible_answers({stop.id: kinds for stop in venue.stop}, [each.id for each in venue.emergency])


def picture(folder: Path) -> Path | None:
    """The picture of a stop: ``image.svg``, ``image.png``, ... Raises VenueError when there are several."""
    found = [path for suffix in SUFFIXES if (path := folder / f"image{suffix}").is_file()]
    if len(found) > 1:
        raise VenueError(f"{folder} holds {' and '.join(path.name for path in found)}; a stop has one picture.")
    return found[0] if found else None


def _text(path: Path) -> str:
    if path.name == "venue.toml":
        return text_of(path, LARGEST_VENUE, "make two venues of it")
    return text_of(path, LARGEST_TEXT, "cut it into several stops")


Model = TypeVar("Model", bound=BaseModel)


def parse_toml(model: type[Model], text: str, where: str) -> Model:
    """What stands in a file. Raises VenueError naming ``where``, the line where it is known, and the nearest key."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise VenueError(f"{where}: {error}.") from None
    except ValidationError as error:
        # A key that was misspelt is missing, too: the misspelling is what helps.
        first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
        raise VenueError(_sentence(first, model, text, where)) from None


def parse_venue(text: str, where: str) -> Venue:
    """``venue.toml``. Raises VenueError."""
    venue = parse_toml(Venue, text, where)
    if venue.source_language not in TAGS:
        raise VenueError(f"{where}: source_language '{venue.source_language}' is none of ours; "
                         f"{nearest(venue.source_language, TAGS)}")  # fmt: skip
    return venue


def _sentence(error: Any, model: type[BaseModel], text: str, path: str) -> str:
    place = list(error["loc"])
    key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
    line = _line(text, place)
    where = f"{path}{f', line {line}' if line else ''}: {'.'.join(str(part) for part in place) or 'the file'}"
    if error["type"] == "extra_forbidden":
        return f"{where} is no key here; {nearest(key, _keys(model, place))}"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        return f"{where}: '{error['input']}' is not allowed; {_PATTERN_ADVICE[error['ctx']['pattern']]}."
    advice = '; write it as "2026-01-31"' if error["type"].startswith("date") else ""
    return f"{where}: {message[:1].lower()}{message[1:]}{advice}."


_PATTERN_ADVICE = {
    _IDENTIFIER: "use small letters, digits and '-', such as tea-museum",
    _SOURCE: "write the address of a page, such as https://example.org/page",
}


def _keys(model: type[BaseModel], place: list[Any]) -> list[str]:
    current: Any = model
    for part in place[:-1]:
        if not isinstance(part, str):
            continue
        inside = re.findall(r"venues\.pack\.(\w+)", str(current.model_fields[part].annotation))
        if not inside:
            return []
        current = globals()[inside[0]]
    return list(current.model_fields)


def _line(text: str, place: list[Any]) -> int:
    """Line of a key of a TOML file, 0 when it cannot be told: the n-th table of its array, then the key in it."""
    lines = text.splitlines()
    at = 0
    path: list[str] = []
    for part in place:
        if isinstance(part, str):
            path.append(part)
            continue
        header = f"[[{'.'.join(path)}]]"
        if header not in text:
            break  # an element of a plain list: the line of its key will do
        for _ in range(part + 1):
            at = next((i + 1 for i in range(at, len(lines)) if lines[i].strip() == header), at)
    found = (i + 1 for i in range(at, len(lines)) if path and re.match(rf"\s*{re.escape(path[-1])}\s*=", lines[i]))
    return next(found, at)
