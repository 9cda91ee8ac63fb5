"""Speech for a venue's texts, kept in files that are named by text, language and voice: only what changed is spoken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from venues.errors import VenueError

SUFFIX = ".flac"
INDEX = "index.csv"
COLUMNS = ("venue", "stop", "kind", "language", "voice", "file")
"""Of the index, which tells what each file of the folder says."""


@dataclass(frozen=True)
class Recording:
    """A text to be spoken."""

    stop: str
    kind: str
    language: str
    text: str


def recording_name(text: str, language: str, voice: str) -> str:
    """Name of the file of a text: SHA-256 of text, language and voice, the first 32 digits."""
    return hashlib.sha256("\0".join((text, language, voice)).encode()).hexdigest()[:32] + SUFFIX


def render(
    recordings: Sequence[Recording], voices: Mapping[str, str], speak: Callable[[Recording, Path], object],
    folder: Path, progress: Callable[[], object] = lambda: None,
) -> tuple[int, int]:  # fmt: skip
    """Speak what is not there yet. ``voices``: tag -> name of the voice. ``speak`` writes a text into a file.

    Gives how many were spoken and how many were there. A file is whole or not there. Raises VenueError.
    """
    made = kept = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in recordings:
            path = folder / recording_name(each.text, each.language, voices[each.language])
            if path.exists():
                kept += 1
            else:
                partial = path.with_name(f"partial-{path.name}")
                try:
                    speak(each, partial)
                    partial.replace(path)
                finally:
                    partial.unlink(missing_ok=True)
                made += 1
            progress()
    except OSError as error:
        raise VenueError(f"{folder} cannot be written: {error.strerror}; name another folder with --output.") from None
    return made, kept


def write_index(
    venue: str, recordings: Sequence[Recording], voices: Mapping[str, str], languages: Sequence[str], folder: Path
) -> Path:
    """Write which file says which text; rows of other venues and languages stay. Raises VenueError."""
    path = folder / INDEX
    rows = [
        {"venue": venue, "stop": each.stop, "kind": each.kind, "language": each.language,
         "voice": (voice := voices[each.language]), "file": recording_name(each.text, each.language, voice)}
        for each in recordings
    ]  # fmt: skip
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    try:
        before = _index_rows(path)
        writer.writerows(row for row in before if row["venue"] != venue or row["language"] not in languages)
        writer.writerows(rows)
        partial = path.with_name(f"partial-{path.name}")
        partial.write_text(out.getvalue(), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise VenueError(f"{path} cannot be written: {error.strerror}; name another folder with --output.") from None
    return path


def _index_rows(path: Path) -> list[dict[str, str]]:
    """The rows of an index; none when it is not there or somebody made something else of it."""
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
        rows = list(reader) if tuple(reader.fieldnames or ()) == COLUMNS else []
    except (FileNotFoundError, UnicodeDecodeError, csv.Error):
        return []
    return [{column: row[column] or "" for column in COLUMNS} for row in rows]
