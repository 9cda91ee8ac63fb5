"""The commands ``interpreter venues ...`` that look: what a venue has, how far it is, what was changed."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from ui.options import AsJson, Database, Venue, VenueOrFolder, Where, guide_tag, open_desk
from ui.seen import seen

venues_app = typer.Typer(
    help="The venues: their stops and texts in fifteen languages, who wrote them, and how far they have come.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@venues_app.command("list")
def venues_list(database: Database = "") -> None:
    """Show the venues that are kept here."""
    with open_desk(database) as desk:
        for name in desk.store.venues():
            venue = desk.venue(name)
            names = dict.fromkeys((venue.name.get("en", ""), venue.name.get(venue.source_language, "")))
            print(f"{name:14}  {len(venue.stop):3} stops  {'  '.join(filter(None, names))}")


@venues_app.command("status")
def venues_status(venue: VenueOrFolder, database: Database = "") -> None:
    """Show how far each stop is in each language."""
    from venues.check import status_table

    with seen(venue, database) as found:
        if found.desk is None:
            pack = found.pack()
            print(status_table(pack.venue, {place: passage.status for place, passage in pack.passages.items()}))
            return
        states = found.desk.store.states(venue)
        words = {(p.stop, p.kind, p.language): state.word for p, state in states.items() if p.language}
        print(status_table(found.desk.venue(venue), words))


@venues_app.command("check")
def venues_check(venue: VenueOrFolder, as_json: AsJson = False, database: Database = "") -> None:
    """Name what a careful editor would look at; exit status 1 when there is anything."""
    from dataclasses import asdict

    from ui.hand_over import phrase_rows
    from venues.check import check, check_phrases, check_pictures, check_terms

    with seen(venue, database) as opened:
        pack, terms = opened.pack(), opened.terms()
        found = [*check(pack, terms), *check_terms(pack.venue, terms)]
        if opened.desk is None:
            found += check_pictures(opened.folder, pack.venue)
        else:
            found += check_phrases(pack.venue, phrase_rows(opened.phrases()))
    if as_json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            print(each)
        if not found:
            print(f"{venue}: nothing to mend.")
    if found:
        sys.exit(1)


@venues_app.command("show")
def venues_show(
    venue: VenueOrFolder,
    stop: Annotated[str, typer.Argument(help="A stop's id.")],
    language: Annotated[str, typer.Option(help="Tag of the language to read it in.")],
    kind: Annotated[str, typer.Option(help="title, short, long, children or practical.")] = "long",
    database: Database = "",
) -> None:
    """Print the text of a stop as visitors get it, with the language it is in and its state."""
    from venues.errors import VenueError, WrongUseError
    from venues.names import nearest
    from venues.passages import KINDS

    tag = guide_tag(language)
    if kind not in KINDS:
        raise WrongUseError(f"'{kind}' is no kind of text; {nearest(kind, KINDS)}")
    with seen(venue, database) as found:
        passage = found.pack(visitors=True).passage(stop, kind, tag)
    if passage is None:
        raise VenueError(f"'{stop}' has no text of the kind '{kind}' that visitors may see; write one, or approve it.")
    print(passage.text)
    other = "" if passage.language == tag else f", for want of one in {tag}"
    print(f"[{passage.language}{other}: {passage.status}]", file=sys.stderr)


@venues_app.command("history")
def venues_history(
    venue: Venue,
    path: Where,
    language: Annotated[str, typer.Option(help="Tag; otherwise the language the venue writes in.")] = "",
    as_json: AsJson = False,
    database: Database = "",
) -> None:
    """Print the ledger of a text: who wrote or approved what, and when."""
    from dataclasses import asdict

    from venues.errors import VenueError
    from venues.ledger import published

    with open_desk(database) as desk:
        piece = desk.piece(venue, path, guide_tag(language) if language else "", removed=True)
        entries = desk.store.ledger(piece)
    if not entries:
        raise VenueError(f"{piece} is not there; write it: interpreter venues edit {venue} {path}"
                         f"{f' --language {piece.language}' if piece.language else ''}")  # fmt: skip
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    shown = published(entries)
    for entry in entries:
        made = f"  from original {entry.made_from}" if entry.made_from else ""
        mark = "  <- visitors get this" if shown is not None and entry.number == shown.number else ""
        note = f"  ({entry.note})" if entry.note else ""
        print(f"{entry.number:4}  {entry.at}  {entry.action:7}  {entry.status:8}  {entry.who}{made}{note}{mark}")
        print(f"      {_line(entry.text)}")


def _line(text: str, limit: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@venues_app.command("diff")
def venues_diff(
    venue: Venue,
    path: Where,
    language: Annotated[str, typer.Option(help="Tag; otherwise the language the venue writes in.")] = "",
    older: Annotated[int, typer.Option("--from", help="Number of an entry; otherwise the text before the last.")] = 0,
    newer: Annotated[int, typer.Option("--to", help="Number of an entry; otherwise the last.")] = 0,
    original: Annotated[
        bool, typer.Option("--original", help="What changed in the original since this translation was made.")
    ] = False,
    database: Database = "",
) -> None:
    """Show what changed between two entries of a text, sentence by sentence."""
    from venues.compare import compared

    with open_desk(database) as desk:
        piece = desk.piece(venue, path, guide_tag(language) if language else "", removed=True)
        source = piece.original(desk.store.source_language(venue))
        entries = desk.store.ledger(piece)
        sources = desk.store.ledger(source) if source else ()
    for line in compared(piece, entries, sources if original else None, older, newer):
        print(line)
