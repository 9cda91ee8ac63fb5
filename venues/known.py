"""Questions that a venue's people know: how visitors ask them in every language, and where the answer stands.

``questions.csv`` of a pack has a row for each question: ``question``, its id; ``answer``, the path of a passage
(``park/long``), of a fact (``park/hours``, ``emergency/police``), or ``-`` for what is often asked and stands nowhere;
``words``, some words of the original passage by which the sentence is found that answers; and a column per language
with the wordings, joined by `` | ``. Nobody has to write any: they make the guide understand better what it can find
without them, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from venues.errors import VenueError
from venues.names import nearest
from venues.text_files import LARGEST_TABLE, rows_of, text_of

COLUMNS = ("question", "answer", "words")
"""The columns that every file has; those of the languages follow."""
FACTS = ("hours", "price", "closure", "access", "accessibility", "rules")
"""Kinds of data of a stop that may answer."""
UNANSWERED = "-"
LARGEST = 1000
"""Letters of a cell."""
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True)
class KnownQuestion:
    """One question with all its wordings."""

    id: str
    answer: str
    """``<stop>/<kind of passage or fact>``, ``emergency/<id>``, or :data:`UNANSWERED`."""
    words: str
    """Out of the sentence that answers, as the original has them; empty for a fact."""
    wordings: Mapping[str, tuple[str, ...]]
    """Tag -> what visitors say."""


def read_known(path: Path, languages: tuple[str, ...], answers: Sequence[str]) -> tuple[KnownQuestion, ...]:
    """The rows of ``questions.csv``. Raises VenueError."""
    return parse_known(text_of(path, LARGEST_TABLE, "take rows out"), str(path), languages, answers)


def parse_known(
    text: str, where: str, languages: tuple[str, ...], answers: Sequence[str] | None = None
) -> tuple[KnownQuestion, ...]:
    """The rows of a file; without ``answers`` they are not looked at.

    Raises VenueError naming ``where``, the line and what is allowed.
    """
    seen: set[str] = set()
    found = []
    for number, row in rows_of(text, where, COLUMNS, languages):
        question = _question(row, f"{where}, line {number}", languages, answers)
        if question.id in seen:
            raise VenueError(f"{where}, line {number}: '{question.id}' was given before.")
        seen.add(question.id)
        found.append(question)
    return tuple(found)


def _question(
    row: Mapping[str, str], place: str, languages: tuple[str, ...], answers: Sequence[str] | None
) -> KnownQuestion:
    cells = {column: value.strip() for column, value in row.items()}
    if not _ID.fullmatch(cells["question"]):
        raise VenueError(
            f"{place}: question '{cells['question']}' is not allowed; use small letters, digits, '-' and '.'."
        )
    if answers is not None and cells["answer"] not in answers:
        raise VenueError(f"{place}: there is no answer '{cells['answer']}'; {nearest(cells['answer'], answers)}")
    wordings = {
        tag: tuple(each for part in cells[tag].split("|") if (each := part.strip()))
        for tag in languages
        if cells.get(tag)
    }
    if not any(wordings.values()) or any(len(cell) > LARGEST for cell in cells.values()):
        raise VenueError(f"{place}: a question is asked in one language at least; a cell has up to {LARGEST} letters.")
    return KnownQuestion(cells["question"], cells["answer"], cells["words"], wordings)


def possible_answers(kinds: Mapping[str, Collection[str]], emergencies: Collection[str]) -> tuple[str, ...]:
    """What a question may be answered with: the kinds of text of each stop, its facts, and the numbers to call."""
    return (
        UNANSWERED,
        *(f"{stop}/{kind}" for stop, own in kinds.items() for kind in (*own, *FACTS)),
        *(f"emergency/{each}" for each in emergencies),
    )
