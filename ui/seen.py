"""A venue as a command looks at it: one that is kept here, or a folder that nobody has brought in yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.options import open_desk

if TYPE_CHECKING:
    from venues.desk import Desk
    from venues.pack import Pack
    from venues.phrases import PhraseText
    from venues.terms import Term


@dataclass(frozen=True)
class Seen:
    """A venue that was opened once, for all that is looked at. Its methods raise VenueError."""

    venue: str
    """Its id, or the path of a folder."""
    desk: Desk | None
    """Where it is kept; None for a folder."""

    @property
    def folder(self) -> Path:
        """Where its files lie, for a venue that is not kept here."""
        from venues.pack import find

        return find(self.venue)

    def pack(self, *, visitors: bool = False) -> Pack:
        """All of it as its editors see it, or its visitors; a folder is read as it lies there."""
        from venues.pack import read_pack

        if self.desk is None:
            return read_pack(self.folder)
        return self.desk.guide(self.venue) if visitors else self.desk.heads(self.venue)

    def terms(self) -> tuple[Term, ...]:
        """Its own terms, as visitors get them."""
        from venues.terms import own_terms, parse_terms

        if self.desk is None:
            return own_terms(self.folder)
        self.desk.store.source_language(self.venue)
        text = self.desk.terms_text(self.venue)
        return tuple(parse_terms(text, f"{self.venue}/terms.csv")) if text else ()

    def phrases(self) -> tuple[PhraseText, ...]:
        """Its own phrases, as visitors and staff get them."""
        if self.desk is None:
            return self.pack().phrases
        self.desk.store.source_language(self.venue)
        return self.desk.phrase_rows(self.venue)


@contextmanager
def seen(venue: str, database: str = "") -> Iterator[Seen]:
    """Open a venue: a folder by a path such as ``./mine``, or by a bare name that no venue kept here has."""
    if "/" in venue or "\\" in venue:
        yield Seen(venue, None)
        return
    with open_desk(database) as desk:
        is_folder = (Path(venue) / "venue.toml").is_file() and venue not in desk.store.venues()
        yield Seen(venue, None if is_folder else desk)
