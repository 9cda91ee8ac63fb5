"""The text files that people write: UTF-8, and no larger than a person writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from venues.errors import VenueError
from venues.names import nearest

LARGEST_TEXT = 64 * 1024
"""Bytes of one file of a stop."""
LARGEST_VENUE = 4 * 1024 * 1024
"""Bytes of ``venue.toml``."""
LARGEST_TABLE = 16 * 1024 * 1024
"""Bytes of a CSV file."""


def text_of(path: Path, largest: int, advice: str) -> str:
    """What stands in a file. ``advice`` is what to do when it is larger than ``largest`` bytes. Raises VenueError."""
    try:
        if path.stat().st_size > largest:
            raise VenueError(f"{path} is larger than {largest // 1024} KiB; {advice}.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise VenueError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise VenueError(f"{path} cannot be read: {error.strerror}.") from None


def rows_of(
    text: str, where: str, columns: Sequence[str], more: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file and the lines they begin on. It has all of ``columns``, and may have ``more``.

    Raises VenueError naming ``where``, the line and what is allowed.
    """
    rows = _cells_of(text, where)
    top, header = next(rows, (1, list(columns)))
    for column in header:
        if column not in columns and column not in more:
            raise VenueError(f"{where}, line {top}: unknown column '{column}'; {nearest(column, (*columns, *more))}")
    for column in columns:
        if column not in header:
            raise VenueError(
                f"{where}, line {top}: column '{column}' is missing; the columns are {', '.join(columns)}."
            )
    for line, cells in rows:
        if len(cells) != len(header):
            raise VenueError(
                f"{where}, line {line}: {len(cells)} cells instead of {len(header)}; "
                "give each column one, and put a text that holds a comma into quotation marks."
            )
        yield line, dict(zip(header, cells, strict=True))


def _cells_of(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that rows begin on, and their cells. A text in quotation marks may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise VenueError(f"{where}, line {line} cannot be read as a row of a CSV file: {error}.") from None
        if cells:
            yield line, cells
