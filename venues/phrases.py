"""A venue's own phrases as rows: additions to the phrasebook, or other wordings under an id it has.

``phrases.csv`` has the columns of the interpreter's phrasebook. Here a row is only looked at as far as a venue's people
need it: what a template means is the interpreter's business.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from venues.errors import VenueError
from venues.ledger import STATUSES
from venues.names import nearest
from venues.text_files import LARGEST_TABLE, rows_of, text_of

COLUMNS = ("id", "category", "safety", "speaker", "language", "text", "status")
SPEAKERS = ("visitor", "staff", "both")
LARGEST_PHRASE = 1000
"""Letters of a phrase with all its variants."""
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True)
class PhraseText:
    """One phrase in one language."""

    id: str
    category: str
    safety: bool
    """Its meaning must not blur."""
    speaker: str
    """``visitor``, ``staff`` or ``both``."""
    language: str
    """BCP-47 tag."""
    text: str
    """Variants joined by `` | ``; slots in braces."""
    status: str

    @property
    def about(self) -> str:
        """What is the same in all languages, as it is kept."""
        return ",".join((self.category, "yes" if self.safety else "", self.speaker))


def phrase_text(phrase: str, about: str, language: str, text: str, status: str) -> PhraseText:
    """The row of a phrase whose ``about`` was kept apart from its texts."""
    category, safety, speaker = about.rsplit(",", 2)
    return PhraseText(phrase, category, safety == "yes", speaker, language, text, status)


def slots(text: str) -> list[str]:
    """Names of the slots of the first variant, sorted."""
    return sorted(re.findall(r"\{([a-z-]+)", text.split(" | ", 1)[0]))


def parse_phrases(text: str, where: str, languages: tuple[str, ...]) -> tuple[PhraseText, ...]:
    """The rows of a file. Raises VenueError naming ``where``, the line and what is allowed."""
    seen: dict[tuple[str, str], int] = {}
    first: dict[str, PhraseText] = {}
    found = []
    for number, row in rows_of(text, where, COLUMNS):
        place = f"{where}, line {number}"
        if not _ID.fullmatch(row["id"]):
            raise VenueError(f"{place}: id '{row['id']}' is not allowed; use small letters, digits, '-' and '.'.")
        for column, allowed in (
            ("safety", ("", "yes")), ("speaker", SPEAKERS), ("status", STATUSES), ("language", languages),
        ):  # fmt: skip
            if row[column] not in allowed:
                raise VenueError(f"{place}: {column} '{row[column]}' is not allowed; {nearest(row[column], allowed)}")
        if not row["text"].strip() or len(row["text"]) > LARGEST_PHRASE:
            raise VenueError(f"{place}: a text has 1 to {LARGEST_PHRASE} letters; this one has {len(row['text'])}.")
        if problem := _wrong_slots(row["text"]):
            raise VenueError(f"{place}: '{row['id']}' {problem}; a slot is a name in braces, such as {{number}}.")
        if (row["id"], row["language"]) in seen:
            line = seen[row["id"], row["language"]]
            raise VenueError(f"{place}: '{row['id']}' was given in {row['language']} on line {line} already.")
        seen[row["id"], row["language"]] = number
        phrase = PhraseText(
            row["id"],
            row["category"],
            row["safety"] == "yes",
            row["speaker"],
            row["language"],
            row["text"],
            row["status"],
        )
        before = first.setdefault(phrase.id, phrase)
        if before.about != phrase.about:
            raise VenueError(f"{place}: category, safety and speaker of '{phrase.id}' differ from line "
                             f"{seen[before.id, before.language]}.")  # fmt: skip
        if slots(before.text) != slots(phrase.text):
            raise VenueError(
                f"{place}: the slots of '{phrase.id}' are {_list(slots(phrase.text))}, in {before.language} they are "
                f"{_list(slots(before.text))}; every language needs the same."
            )
        found.append(phrase)
    return tuple(found)


def _wrong_slots(text: str) -> str:
    rest = re.sub(r"\{[a-z][a-z-]*(:[a-z][a-z-]*)?\}", "", text)
    return "holds a brace that is no slot" if "{" in rest or "}" in rest else ""


def _list(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names) or "none"


def read_phrases(path: Path, languages: tuple[str, ...]) -> tuple[PhraseText, ...]:
    """The rows of ``phrases.csv``. Raises VenueError."""
    text = text_of(path, LARGEST_TABLE, "take rows out")
    return parse_phrases(text, str(path), languages)


def phrases_text(phrases: Iterable[PhraseText]) -> str:
    """The file of these rows; :func:`parse_phrases` reads it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in phrases:
        safety = "yes" if each.safety else ""
        writer.writerow((each.id, each.category, safety, each.speaker, each.language, each.text, each.status))
    return out.getvalue()
