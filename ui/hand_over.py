"""Where the rooms meet: a venue's names as the rows that the interpreter takes."""

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

    return tuple(Term(term.said()) for term in terms_of(find(venue)))


def venue_book(venue: str) -> Book:
    """The phrasebook with the phrases that every venue here needs, and the venue's own.

    Raises VenueError for a venue that is not there, PhrasebookError for a line that cannot be used.
    """
    from interpreter.phrases import extended, read_rows
    from venues.pack import find, packs_folder

    rows = [
        row
        for path in (packs_folder() / "phrases.csv", find(venue) / "phrases.csv")
        if path.exists()
        for row in read_rows(path)
    ]
    return extended(rows, f"the phrases of '{venue}'")


def venue_hints(venue: str, language: str = "en") -> Hints:
    """The venue's own names, to be listened for."""
    from interpreter.stt import Hints
    from venues.pack import find
    from venues.terms import read_terms

    path = find(venue) / "terms.csv"
    found = read_terms(path) if path.exists() else ()
    return Hints(tuple(term.names[language] for term in found if term.kind in _SPOTTED))
