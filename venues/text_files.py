"""The text files that people write: UTF-8, and no larger than a person writes."""

from __future__ import annotations

from pathlib import Path

from venues.errors import VenueError

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
