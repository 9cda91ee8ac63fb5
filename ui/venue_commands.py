"""The commands ``interpreter venues ...``: what a venue's pack holds, and what an editor should look at."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

venues_app = typer.Typer(
    help="The venues: their stops and texts in fifteen languages, and how far these have come.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(metavar="VENUE", help="A venue's id, or a folder with a venue.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@venues_app.command("list")
def venues_list() -> None:
    """Show the venues that come with the program."""
    from venues.pack import find, names, read_pack

    for name in names():
        venue = read_pack(find(name)).venue
        print(f"{name:10}  {len(venue.stop):2} stops  {venue.name['en']}  {venue.name[venue.source_language]}")


@venues_app.command("status")
def venues_status(venue: Name) -> None:
    """Show how far each stop is in each language."""
    from venues.check import status_table
    from venues.pack import find, read_pack

    print(status_table(read_pack(find(venue))))


@venues_app.command("check")
def venues_check(venue: Name, as_json: AsJson = False) -> None:
    """Name what a careful editor would look at; exit status 1 when there is anything."""
    from dataclasses import asdict

    from venues.check import check
    from venues.pack import find, read_pack

    found = list(check(read_pack(find(venue))))
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
    venue: Name,
    stop: Annotated[str, typer.Argument(help="A stop's id.")],
    language: Annotated[str, typer.Option(help="Tag of the language to read it in.")],
    kind: Annotated[str, typer.Option(help="title, short or long.")] = "long",
) -> None:
    """Print the text of a stop, with the language it is in and its state."""
    from interpreter.languages import language as known_language
    from venues.errors import VenueError
    from venues.names import nearest
    from venues.pack import find, read_pack
    from venues.passages import KINDS

    tag = known_language(language).tag
    if kind not in KINDS:
        raise VenueError(f"'{kind}' is no kind of text; {nearest(kind, KINDS)}")
    passage = read_pack(find(venue)).passage(stop, kind, tag)
    if passage is None:
        raise VenueError(f"'{stop}' has no text of the kind '{kind}' in any language; write one in its folder.")
    print(passage.text)
    other = "" if passage.language == tag else f", for want of one in {tag}"
    print(f"[{passage.language}{other}: {passage.status}]", file=sys.stderr)
