"""The ledger of a piece of text: what was written when, by whom, from which original. Entries are only ever added.

Everything that a venue's people own is a :class:`Piece`: a passage of a stop in one language, a phrase in one
language, a file such as ``venue.toml``. This file holds the rules and knows nothing of a database:

- *the head* is the last entry, what an editor sees;
- *published* is the last approved entry; where nothing was ever approved, the last supplied one. A draft is never shown
  to a visitor, and an edit never takes away what was approved;
- a translation is *stale* when the original, as it stands, is not the text it was made from. Nobody types that in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from venues.errors import VenueError

Status = Literal["draft", "supplied", "approved"]
Action = Literal["import", "edit", "draft", "approve", "revert"]
STATUSES: tuple[Status, ...] = ("draft", "supplied", "approved")
"""How far a text is, the least first."""
ACTIONS: tuple[Action, ...] = ("import", "edit", "draft", "approve", "revert")
"""What an entry came from. ``draft`` is a machine's."""
PHRASES = "phrases"
"""In the place of a stop: the piece is a phrase, and its kind the phrase's id."""
FILE = ""
"""In the place of a language: the piece is a file of the pack."""


@dataclass(frozen=True, order=True)
class Piece:
    """What has a ledger of its own."""

    venue: str
    stop: str
    """A stop's id, :data:`PHRASES`, or empty for what belongs to the whole venue."""
    kind: str
    """A kind of passage, a phrase's id, or the name of a file."""
    language: str
    """BCP-47 tag, or :data:`FILE`."""

    def __str__(self) -> str:
        path = "/".join(part for part in (self.venue, self.stop, self.kind) if part)
        return f"{path} in {self.language}" if self.language else path

    def original(self, source_language: str) -> Piece | None:
        """The piece it is a translation of; None for the original itself and for a file."""
        if self.language in (FILE, source_language):
            return None
        return replace(self, language=source_language)


@dataclass(frozen=True)
class Entry:
    """One line of a ledger."""

    number: int
    """Counts from 1 in each ledger."""
    action: Action
    text: str
    status: Status
    who: str
    """Name of the person, or of the program."""
    at: str
    """ISO 8601, UTC, to the second."""
    made_from: int | None = None
    """Number of the entry of the original that was translated; None for an original."""
    note: str = ""

    @property
    def digest(self) -> str:
        """Of the text: what is compared."""
        return digest(self.text)


def digest(text: str) -> str:
    """SHA-256 of a text, the first 16 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class ConflictError(VenueError):
    """Somebody else has written since the editor began; both texts are here, and nothing was changed."""

    def __init__(self, piece: Piece, theirs: Entry, yours: str) -> None:
        super().__init__(
            f"{piece} was changed by {theirs.who} at {theirs.at} (entry {theirs.number}) after you began; "
            f"nothing was changed. Bring both texts together and write it again with --base {theirs.number}."
        )
        self.piece = piece
        self.theirs = theirs
        self.yours = yours


def published(entries: Sequence[Entry]) -> Entry | None:
    """What a visitor gets: the last approved entry, else the last supplied one, else nothing."""
    for status in ("approved", "supplied"):
        for entry in reversed(entries):
            if entry.status == status:
                return entry
    return None


def stale(translation: Entry, original: Sequence[Entry], current: Entry | None) -> bool:
    """Whether a translation was made from another text than ``current``, an entry of the ledger of its original.

    An original that was changed and changed back leaves its translations as they were.
    """
    if current is None or translation.made_from is None:
        return False
    made_from = next((entry for entry in original if entry.number == translation.made_from), None)
    return made_from is None or made_from.digest != current.digest


Merge = Literal["first", "same", "approve", "older", "forward", "conflict"]


def merge(entries: Sequence[Entry], text: str, status: Status) -> Merge:
    """What importing a text into a ledger means.

    - ``first``: nothing is there yet; it is taken.
    - ``same``: it is what stands there.
    - ``approve``: it is what stands there, and the file calls it approved.
    - ``older``: it stood there before and was replaced since; what stands here is kept, because the file may be an
      old copy. Only a person can tell that from a text that was set back.
    - ``forward``: nobody changed it here since it was last imported; it is taken, and awaits approval
      where something was approved before.
    - ``conflict``: it was changed here and in the file; a person has to decide.
    """
    if not entries:
        return "first"
    head = entries[-1]
    if head.text == text:
        return "approve" if status == "approved" and head.status != "approved" else "same"
    if any(entry.text == text for entry in entries):
        return "older"
    imported = next((entry for entry in reversed(entries) if entry.action == "import"), None)
    return "forward" if imported is not None and imported.text == head.text else "conflict"


def verified(entries: Sequence[Entry], where: str) -> None:
    """Check a ledger that came from elsewhere. Raises VenueError naming ``where``."""
    at = ""
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            raise VenueError(
                f"{where}: entry {entry.number} stands where entry {number} is expected; nothing was taken."
            )
        if entry.at < at:
            raise VenueError(f"{where}: entry {number} is older than the one before it; nothing was taken.")
        before = entries[number - 2] if number > 1 else None
        if entry.action == "approve" and (before is None or before.text != entry.text or entry.status != "approved"):
            raise VenueError(f"{where}: entry {number} approves a text that does not stand before it.")
        at = entry.at


def continues(longer: Sequence[Entry], shorter: Sequence[Entry]) -> bool:
    """Whether one ledger is the other, gone on."""
    return len(longer) >= len(shorter) and tuple(longer[: len(shorter)]) == tuple(shorter)


@dataclass(frozen=True)
class State:
    """How far a piece is."""

    status: Status
    """Of the head."""
    stale: bool
    """Whether the head was made from another text than the head of its original."""
    number: int
    """Of the head."""
    published: int | None
    """Number of the entry that visitors get."""

    @property
    def word(self) -> str:
        """``stale`` or the status."""
        return "stale" if self.stale else self.status


States = Mapping[Piece, State]
"""Every piece of a venue."""
