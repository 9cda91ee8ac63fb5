"""The names of a venue: what each is called in every language, how it is read, and what people say instead.

``terms.csv`` beside the packs holds what every venue needs (stations, dishes, bathing words), the one in a pack what
is its own. The columns are ``term``, ``kind``, ``note``, one per language, variants joined by `` | ``
(``zh-Hant-variants``, ``en-variants``, and where wanted those of other languages), and readings: ``zh-pinyin``,
``zh-bopomofo``, ``ja-kana``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from venues.errors import VenueError
from venues.names import nearest
from venues.pack import TAGS, packs_folder
from venues.text_files import LARGEST_TABLE, rows_of, text_of

VARIANTS = {f"{tag}-variants": tag for tag in TAGS}
READINGS = ("zh-pinyin", "zh-bopomofo", "ja-kana")
COLUMNS = ("term", "kind", "note", *TAGS, "zh-Hant-variants", "en-variants", *READINGS)
"""The columns that every file has; variants of other languages may follow."""
KINDS = (
    "place", "station", "street", "institution", "dish", "drink", "ingredient", "mineral", "bathing", "manners",
    "festival", "person", "deity", "artwork", "craft", "plant", "animal", "event", "other",
)  # fmt: skip
_SEPARATOR = " | "


@dataclass(frozen=True)
class Term:
    """One proper name or word of the place."""

    id: str
    kind: str
    """One of :data:`KINDS`."""
    note: str
    """For editors, in English."""
    names: Mapping[str, str]
    """Tag -> the name."""
    variants: Mapping[str, tuple[str, ...]]
    """Tag -> what people say or write instead, mis-hearings among them."""
    readings: Mapping[str, str]
    """``zh-pinyin``, ``zh-bopomofo``, ``ja-kana`` -> how it is read."""

    def said(self) -> dict[str, tuple[str, ...]]:
        """Tag -> the name and its variants: the rows that an interpreter takes."""
        return {tag: (name, *self.variants.get(tag, ())) for tag, name in self.names.items()}


def read_terms(path: Path) -> Iterator[Term]:
    """Read a term file. Raises VenueError naming the file, the line and what is allowed."""
    text = text_of(path, LARGEST_TABLE, "take rows out")
    return parse_terms(text, str(path))


def parse_terms(text: str, name: str) -> Iterator[Term]:
    """The terms of a file called ``name``. Raises VenueError naming it, the line and what is allowed."""
    seen: dict[str, int] = {}
    for number, row in rows_of(text, name, COLUMNS, tuple(VARIANTS)):
        where = f"{name}, line {number}"
        if not row["term"].strip() or not any(row[tag].strip() for tag in TAGS):
            raise VenueError(f"{where}: every term has an id and a name in one language at least.")
        if row["kind"] not in KINDS:
            raise VenueError(f"{where}: kind '{row['kind']}' is not allowed; {nearest(row['kind'], KINDS)}")
        if row["term"] in seen:
            raise VenueError(f"{where}: term '{row['term']}' was given on line {seen[row['term']]} already.")
        seen[row["term"]] = number
        yield Term(
            row["term"],
            row["kind"],
            row["note"],
            {tag: row[tag].strip() for tag in TAGS if row[tag].strip()},
            {
                tag: tuple(row[column].split(_SEPARATOR))
                for column, tag in VARIANTS.items()
                if (row.get(column) or "").strip()
            },
            {column: row[column].strip() for column in READINGS if row[column].strip()},
        )


def common_terms() -> tuple[Term, ...]:
    """The terms that every venue here needs."""
    return tuple(read_terms(packs_folder() / "terms.csv"))


def own_terms(folder: Path) -> tuple[Term, ...]:
    """The terms of a pack alone."""
    path = folder / "terms.csv"
    return tuple(read_terms(path)) if path.exists() else ()


def joined(common: Iterable[Term], own: Iterable[Term]) -> tuple[Term, ...]:
    """Both together; where both have a term, the venue's own stands."""
    return tuple({term.id: term for term in (*common, *own)}.values())
