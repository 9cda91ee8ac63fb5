"""The options that several commands have, and what they lead to."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from interpreter.cards import ModelCard
    from interpreter.engines import Wanted
    from interpreter.phrases import Book
    from interpreter.session import Engines
    from venues.desk import Desk

Profile = Annotated[str, typer.Option(help="auto, embedded, cpu or gpu: which models to use.")]
ModelsFile = Annotated[Path | None, typer.Option("--models", help="Another models.txt.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Use = Annotated[str, typer.Option(help="commercial or research: what the licences must allow.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
VenueName = Annotated[str, typer.Option("--venue", help="A venue whose phrases and names are understood.")]


def say(message: str) -> None:
    """Tell the person at the terminal; results go elsewhere."""
    print(message, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Options:
    """The options that every command has."""

    profile: str
    models: Path | None
    device: str
    use: str

    def cards(self) -> tuple[ModelCard, ...]:
        """The models of the file that was named, or of the one that comes with the program."""
        from interpreter.models import default_models_file, read_cards

        return read_cards(self.models or default_models_file())

    def engines(self, wanted: Wanted, venue: str = "", book: Book | None = None) -> Engines:
        """Load what is wanted, with a book or the phrases of a venue if one is given, and say what was taken."""
        from interpreter.engines import assemble
        from ui.hand_over import venue_book

        book = book or venue_book(venue)
        engines, notes = assemble(self.cards(), wanted, self.profile, self.device, self.use, book)
        for note in notes:
            say(note)
        return engines


def tag_of(text: str) -> str:
    """The BCP-47 tag that a person means. Raises LanguageError."""
    from interpreter.languages import language

    return language(text).tag


def guide_tag(text: str) -> str:
    """The tag of a language that guides are told in. Raises LanguageError, WrongUseError listing them."""
    from venues.pack import check_language

    tag = tag_of(text)
    check_language(tag)
    return tag


Venue = Annotated[str, typer.Argument(metavar="VENUE", help="A venue's id.")]
VenueOrFolder = Annotated[str, typer.Argument(metavar="VENUE", help="A venue's id, or a folder with a venue.toml.")]
Where = Annotated[str, typer.Argument(metavar="PATH", help="STOP/KIND such as park/long, phrases/ID, or venue.toml.")]
Database = Annotated[
    str,
    typer.Option("--database", envvar="INTERPRETER_DATABASE", help="Another store: postgresql://USER@HOST/NAME."),
]
Person = Annotated[str, typer.Option("--as", help="Your name, for the ledger; otherwise your login's.")]


def open_desk(database: str = "") -> Desk:
    """The editors' desk on this machine. Raises VenueError."""
    from interpreter.lock import data_folder
    from venues.desk import Desk

    return Desk.open(data_folder(), database)


def person(name: str) -> str:
    """Who does it: the name given, else the login's."""
    import getpass

    if name.strip():
        return " ".join("".join(char if char.isprintable() else " " for char in name).split())
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "editor"
