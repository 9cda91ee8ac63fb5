"""Where the rooms meet: a venue's phrases and names as the rows that the interpreter takes. No venue gives nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ui.seen import seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from interpreter.phrases import Book
    from interpreter.stt import Hints
    from interpreter.translation import Term
    from venues.desk import Desk
    from venues.known import KnownQuestion
    from venues.phrases import PhraseText
    from venues.terms import Term as VenueTerm

_SPOTTED = ("place", "institution", "street", "artwork", "person", "deity")
"""Kinds of terms that are names; the others are words that a recogniser knows."""
_MARKS = frozenset("{}[]")


def own_term_list(venue: str, database: str = "") -> tuple[VenueTerm, ...]:
    """The terms of a venue alone. Raises VenueError for a venue that is not there."""
    with seen(venue, database) as found:
        return found.terms()


def all_terms(own: tuple[VenueTerm, ...]) -> tuple[VenueTerm, ...]:
    """A venue's own terms and those of every venue here."""
    from venues.terms import common_terms, joined

    return joined(common_terms(), own)


def kept(terms: tuple[VenueTerm, ...]) -> tuple[Term, ...]:
    """Terms as a translator keeps them."""
    from interpreter.translation import Term

    return tuple(Term(term.said()) for term in terms)


def spotted(own: tuple[VenueTerm, ...]) -> Hints:
    """The names among a venue's own terms in English, to be listened for."""
    from interpreter.stt import Hints

    return Hints(tuple(term.names["en"] for term in own if term.kind in _SPOTTED and "en" in term.names))


def venue_term_list(venue: str, database: str = "") -> tuple[VenueTerm, ...]:
    """The terms of a venue and those of every venue here. Raises VenueError for a venue that is not there."""
    return all_terms(own_term_list(venue, database))


def venue_terms(venue: str, database: str = "") -> tuple[Term, ...]:
    """Every term of a venue, to be kept in translation. Raises VenueError for a venue that is not there."""
    return kept(venue_term_list(venue, database)) if venue else ()


def common_phrases() -> Iterator[PhraseText]:
    """The phrasebook as it comes with the program: the interpreter's phrases and those that every venue here needs."""
    from interpreter.phrases import default_book
    from venues.pack import TAGS, packs_folder
    from venues.phrases import PhraseText, read_phrases

    for row in default_book().rows():
        values = (row["id"], row["category"], row["safety"] == "yes", row["speaker"])
        yield PhraseText(*values, row["language"], row["text"], row["status"])
    yield from read_phrases(packs_folder() / "phrases.csv", TAGS)


def phrase_rows(own: Sequence[PhraseText]) -> list[PhraseText]:
    """Every phrase that is understood at a venue; where it has a wording of its own, that one stands."""
    mine = {row.id for row in own}
    return [*(row for row in common_phrases() if row.id not in mine), *own]


def adopt_phrases(desk: Desk, venue: str, phrase: str = "") -> None:
    """Take phrases of the phrasebook, one or all, among a venue's own. Raises VenueError naming the nearest id."""
    from venues.errors import VenueError
    from venues.ledger import PHRASES
    from venues.names import nearest

    own = {piece.kind for piece in desk.store.states(venue) if piece.stop == PHRASES}
    rows = list(common_phrases())
    known = own | {row.id for row in rows}
    if phrase and phrase not in known:
        raise VenueError(f"there is no phrase '{phrase}'; {nearest(phrase, sorted(known))}")
    desk.adopt(venue, (row for row in rows if row.id not in own and phrase in ("", row.id)))


def venue_book(venue: str, database: str = "") -> Book | None:
    """The phrasebook with the phrases that every venue here needs, and the venue's own.

    Raises VenueError for a venue that is not there, PhrasebookError for a line that cannot be used.
    """
    from interpreter.phrases import extended, read_rows
    from venues.pack import packs_folder

    if not venue:
        return None
    with seen(venue, database) as found:
        own = [{**asdict(row), "safety": "yes" if row.safety else ""} for row in found.phrases()]
    mine = {row["id"] for row in own}
    rows = [row for row in read_rows(packs_folder() / "phrases.csv") if row["id"] not in mine]
    return extended([*rows, *own], f"the phrases of '{venue}'")


def known_questions(questions: Iterable[KnownQuestion]) -> Book:
    """What visitors are known to ask, as sentences to listen for.

    Questions that the same sentence of the guide answers are one: which of them was asked makes no difference.
    """
    from interpreter.phrases import Book, Phrase

    found: dict[str, dict[str, list[str]]] = {}
    for question in questions:
        same = f"{question.answer} {question.words}" if question.words else question.id
        for tag, wordings in question.wordings.items():
            # These marks would make places for values of them.
            plain = [text for text in wordings if not _MARKS & set(text)]
            if plain:
                found.setdefault(same, {}).setdefault(tag, []).extend(plain)
    return Book(
        {
            same: Phrase(same, "question", False, "visitor", {tag: tuple(texts) for tag, texts in by_tag.items()},
                         dict.fromkeys(by_tag, "supplied"))
            for same, by_tag in found.items()
        }
    )  # fmt: skip


def venue_hints(venue: str, database: str = "") -> Hints:
    """The venue's own names in English, to be listened for. Raises VenueError for a venue that is not there."""
    from interpreter.stt import Hints

    if not venue:
        return Hints()
    return spotted(own_term_list(venue, database))
