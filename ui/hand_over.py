"""Where the rooms meet: a venue's phrases and names as the rows that the interpreter takes. No venue gives nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interpreter.phrases import Book
    from interpreter.stt import Hints
    from interpreter.translation import Term

_SPOTTED = ("place", "institution", "street", "artwork", "person", "deity")
"""Kinds of terms that are names; the others are words that a recogniser knows."""


def venue_terms(venue: str) -> tuple[Term, ...]:
    """Every term of a venue, to be kept in translation. Raises VenueError for a venue that is not there."""
    from interpreter.translation import Term
    from venues.pack import find
    from venues.terms import terms_of

    if not venue:
        return ()
    return tuple(Term(term.said()) for term in terms_of(find(venue)))


def venue_book(venue: str) -> Book | None:
    """The phrasebook with the phrases that every venue here needs, and the venue's own.

    Raises VenueError for a venue that is not there, PhrasebookError for a line that cannot be used.
    """
    from interpreter.phrases import extended, read_rows
    from venues.pack import find, packs_folder

    if not venue:
        return None
    rows = [
        row
        for path in (packs_folder() / "phrases.csv", find(venue) / "phrases.csv")
        if path.exists()
        for row in read_rows(path)
    ]
    return extended(rows, f"the phrases of '{venue}'")


def venue_hints(venue: str) -> Hints:
    """The venue's own names in English, to be listened for. Raises VenueError for a venue that is not there."""
    from interpreter.stt import Hints
    from venues.pack import find
    from venues.terms import read_terms

    if not venue:
        return Hints()
    path = find(venue) / "terms.csv"
    found = read_terms(path) if path.exists() else ()
    return Hints(tuple(term.names["en"] for term in found if term.kind in _SPOTTED))
