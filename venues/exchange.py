"""Between the files of a pack and the pieces of the store: nothing is lost on the way there and back.

An export also holds ``ledger.jsonl``, every entry of every ledger, one JSON object per line. Whoever imports it with
approvals gets the history as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from venues import passages as markdown
from venues.errors import VenueError
from venues.images import LARGEST, Media
from venues.ledger import FILE, PHRASES, Action, Entry, Piece, Status
from venues.pack import TAGS, Pack, parse_venue, picture, read_pack
from venues.passages import KINDS, Passage
from venues.phrases import PhraseText, phrase_text, phrases_text
from venues.store import Incoming

WHOLE = ("venue.toml", "terms.csv", "questions.csv")
"""Files of a venue that are kept as they are."""
OF_A_STOP = ("sources.toml", "image.toml")
"""Files of a stop that are kept as they are."""
IMAGE = "image"
"""The kind of the piece that is a stop's picture; its text is the picture's name among the media."""
LEDGER = "ledger.jsonl"
LARGEST_LEDGER = 512 * 1024 * 1024


@dataclass(frozen=True)
class Brought:
    """A pack as it comes to the store."""

    pack: Pack
    incoming: tuple[Incoming, ...]
    ledgers: Mapping[Piece, tuple[Entry, ...]] = field(default_factory=dict)
    """From an export; empty for a pack that people wrote."""
    removed: tuple[str, ...] = ()
    """Stops that were told here until now and that its ``venue.toml`` no longer names."""


def bring(folder: Path, media: Media) -> Brought:
    """Read and check a pack; its pictures are kept among the media. Raises VenueError."""
    pack = read_pack(folder)
    incoming = tuple(_pieces(folder, pack, media))
    here = {each.piece: each.text for each in incoming}
    # What a file says was just checked; what its ledger says was not, so the two must agree.
    ledgers = {
        piece: entries
        for piece, entries in _read_ledgers(folder, pack.venue.id).items()
        if piece.language != FILE or here.get(piece) == entries[-1].text
    }
    return Brought(pack, incoming, ledgers)


def _pieces(folder: Path, pack: Pack, media: Media) -> Iterator[Incoming]:
    venue = pack.venue.id

    def whole(path: Path, stop: str) -> Incoming:
        return Incoming(Piece(venue, stop, path.name, FILE), path.read_text(encoding="utf-8-sig"), "supplied")

    for name in WHOLE:
        if (folder / name).exists():
            yield whole(folder / name, "")
    for stop in pack.venue.stop:
        for name in OF_A_STOP:
            if (path := folder / "stops" / stop.id / name).exists():
                yield whole(path, stop.id)
        if (image := picture(folder / "stops" / stop.id)) is not None:
            if image.stat().st_size > LARGEST:
                raise VenueError(f"{image} has {image.stat().st_size // 1_048_576} MB; a picture may have "
                                 f"{LARGEST // 1_048_576}. Save it smaller.")  # fmt: skip
            yield Incoming(Piece(venue, stop.id, IMAGE, FILE), media.keep(image.read_bytes(), str(image)), "supplied")
    for passage in pack.passages.values():
        if passage.status == "draft" and not any(char.isalpha() for char in passage.text):
            continue  # a template that nobody has filled in yet
        piece = Piece(venue, passage.stop, passage.kind, passage.language)
        yield Incoming(piece, passage.text, _status(passage.status))
    about = set()
    for phrase in pack.phrases:
        if phrase.id not in about:
            about.add(phrase.id)
            yield Incoming(Piece(venue, PHRASES, phrase.id, FILE), phrase.about, "supplied")
        yield Incoming(Piece(venue, PHRASES, phrase.id, phrase.language), phrase.text, _status(phrase.status))


def _status(word: str) -> Status:
    return "approved" if word == "approved" else "supplied" if word == "supplied" else "draft"


def files(heads: Mapping[Piece, Entry], media: Media) -> Iterator[tuple[str, bytes]]:
    """Every file of a pack from the heads of its ledgers: path with '/', and content."""
    there = {stop.id for stop in parse_venue(_venue_text(heads), "venue.toml").stop} | {"", PHRASES}
    texts: dict[tuple[str, str], list[Passage]] = {}
    about: dict[str, str] = {}
    phrases: list[PhraseText] = []
    for piece, entry in heads.items():
        if piece.stop not in there:
            continue  # its ledger is kept; the stop is no longer told
        inside = f"stops/{piece.stop}/" if piece.stop else ""
        if piece.stop == PHRASES and piece.language == FILE:
            about[piece.kind] = entry.text
        elif piece.stop == PHRASES:
            phrases.append(_phrase(piece, entry, about))
        elif piece.kind == IMAGE:
            path = media.path(entry.text)
            yield f"{inside}image{path.suffix}", path.read_bytes()
        elif piece.language == FILE:
            yield inside + piece.kind, entry.text.encode()
        else:
            passage = Passage(piece.stop, piece.kind, piece.language, entry.text, entry.status)
            texts.setdefault((piece.stop, piece.language), []).append(passage)
    for (stop, language), found in texts.items():
        if any(passage.kind == "title" for passage in found):
            yield f"stops/{stop}/{language}.md", markdown.written(found).encode()
    if phrases:
        order = {name: place for place, name in enumerate(about)}
        phrases.sort(key=lambda each: (order[each.id], TAGS.index(each.language)))
        yield "phrases.csv", phrases_text(phrases).encode()


def _venue_text(heads: Mapping[Piece, Entry]) -> str:
    return next(e.text for p, e in heads.items() if (p.stop, p.kind) == ("", "venue.toml"))


def _phrase(piece: Piece, entry: Entry, about: Mapping[str, str]) -> PhraseText:
    return phrase_text(piece.kind, about[piece.kind], piece.language, entry.text, entry.status)


def ledger_lines(ledgers: Mapping[Piece, Iterable[Entry]]) -> Iterator[str]:
    """``ledger.jsonl``, line by line."""
    for piece, entries in ledgers.items():
        for entry in entries:
            line = {
                "stop": piece.stop, "kind": piece.kind, "language": piece.language, "number": entry.number,
                "action": entry.action, "status": entry.status, "who": entry.who, "at": entry.at,
                "made_from": entry.made_from, "note": entry.note, "text": entry.text,
            }  # fmt: skip
            yield json.dumps(line, ensure_ascii=False) + "\n"


class LedgerLine(BaseModel):
    """One line of ``ledger.jsonl``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stop: str = Field(max_length=60, pattern=r"^[a-z0-9-]*$")
    kind: str = Field(max_length=120, pattern=r"^[a-z0-9.-]+$")
    language: str = Field(max_length=20)
    number: int = Field(ge=1)
    action: Action
    status: Status
    who: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
    made_from: int | None = Field(ge=1)
    note: str = Field(max_length=1000)
    text: str = Field(max_length=1_000_000)


def _read_ledgers(folder: Path, venue: str) -> dict[Piece, tuple[Entry, ...]]:
    path = folder / LEDGER
    if not path.exists():
        return {}
    if path.stat().st_size > LARGEST_LEDGER:
        raise VenueError(
            f"{path} is larger than {LARGEST_LEDGER // 1_048_576} MB; take it out to import without history."
        )
    found: dict[Piece, list[Entry]] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for number, raw in enumerate(file, start=1):
                line = _line(raw, f"{path}, line {number}")
                piece = Piece(venue, line.stop, line.kind, line.language)
                entry = Entry(
                    line.number, line.action, line.text, line.status, line.who, line.at, line.made_from, line.note
                )
                found.setdefault(piece, []).append(entry)
    except UnicodeDecodeError as error:
        raise VenueError(f"{path} is not UTF-8 (byte {error.start}); export it again.") from None
    return {piece: tuple(entries) for piece, entries in found.items()}


def _line(raw: str, where: str) -> LedgerLine:
    try:
        line = LedgerLine.model_validate_json(raw)
    except ValidationError as error:
        first: Any = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise VenueError(f"{where}: {key or 'the line'}: {first['msg'].lower()}; export it again.") from None
    if line.language not in (*TAGS, FILE):
        raise VenueError(f"{where}: '{line.language}' is no language of a guide.")
    if line.language != FILE and line.stop != PHRASES:
        if line.kind not in KINDS:
            raise VenueError(f"{where}: '{line.kind}' is no kind of text.")
        problem = markdown.plain(line.text, line.kind)
        if problem:
            raise VenueError(f"{where}: the text {problem}.")
    return line
