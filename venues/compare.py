"""What changed between two entries, sentence by sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from venues.errors import VenueError
from venues.ledger import FILE, Entry, Piece


def compared(
    piece: Piece, entries: Sequence[Entry], original: Sequence[Entry] | None = None, older: int = 0, newer: int = 0
) -> Iterator[str]:
    """Lines that begin with ``-`` for what went, ``+`` for what came, two spaces for what stayed.

    ``original``: the ledger of the original; then what changed there since ``entries`` was translated. ``older`` and
    ``newer`` are numbers of entries; 0 is the last text that differs, and the last. Raises VenueError.
    """
    if not entries:
        raise VenueError(f"{piece} is not there.")
    if original is not None:
        made_from = entries[-1].made_from
        if not original or made_from is None:
            raise VenueError(f"{piece} is not a translation of something that is kept here.")
        old, new, what = _numbered(original, made_from, piece), original[-1], "the original"
    else:
        new = _numbered(entries, newer or entries[-1].number, piece)
        before = [entry for entry in entries if entry.number < new.number and entry.text != new.text]
        if not older and not before:
            raise VenueError(f"{piece} was never changed before entry {new.number}.")
        old, what = _numbered(entries, older, piece) if older else before[-1], str(piece)
    yield f"--- {what}, entry {old.number}, {old.at}, {old.who}"
    yield f"+++ {what}, entry {new.number}, {new.at}, {new.who}"
    if old.text == new.text:
        yield "  (the same text)"
        return
    whole = piece.language == FILE
    left, right = _sentences(old.text, whole), _sentences(new.text, whole)
    for kind, i, j, k, m in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (f"  {line}" for line in left[i:j] if not whole)
        else:
            yield from (f"- {line}" for line in left[i:j])
            yield from (f"+ {line}" for line in right[k:m])


def _numbered(entries: Sequence[Entry], number: int, piece: Piece) -> Entry:
    for entry in entries:
        if entry.number == number:
            return entry
    raise VenueError(f"{piece} has no entry {number}; there is 1 to {len(entries)}.")


def _sentences(text: str, whole: bool) -> list[str]:
    if whole:
        return text.splitlines()
    return [part for part in re.split(r"(?<=[.!?。！？])\s*|\n", text) if part.strip()]
