"""The store: every piece of every venue with its ledger, in a database.

One transaction holds whatever belongs together, so an import that is cut off leaves nothing behind. What an editor does
carries the number of the entry that the editor saw; when another was quicker there is a ConflictError with both texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, select

from venues import tables
from venues.batch import COLUMNS, Batch, entry_of, keep_venue, source_language_of
from venues.database import check_writable, connect, is_read_only, reading, writing
from venues.errors import VenueError
from venues.ledger import (
    Action,
    ConflictError,
    Entry,
    Merge,
    Piece,
    State,
    Status,
    continues,
    merge,
    published,
    verified,
)

_E, _P = tables.entries, tables.pieces


@dataclass(frozen=True)
class Incoming:
    """A text that is brought to the store from files."""

    piece: Piece
    text: str
    status: Status


@dataclass(frozen=True)
class Merged:
    """What became of the pieces of an import."""

    outcomes: Mapping[Piece, Merge]
    conflicts: tuple[ConflictError, ...]
    approvals_left: int
    """How many texts call themselves approved in the files only, and stand here as supplied or a draft."""
    adopted: int
    """Entries of ledgers taken over as they were."""
    earlier: Mapping[Piece, int]
    """Pieces that were kept although the files have an earlier text, and the number of its entry."""

    def count(self, outcome: Merge) -> int:
        """Pieces with this outcome."""
        return sum(each == outcome for each in self.outcomes.values())


class Store:
    """Pieces and their ledgers."""

    def __init__(self, url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Open or make the database at an SQLAlchemy URL. Raises VenueError."""
        self._engine = connect(url)
        self._now = now

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return is_read_only(self._engine)

    def check_writable(self) -> None:
        """Raise VenueError when nothing can be written, before somebody works in vain."""
        check_writable(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def venues(self) -> tuple[str, ...]:
        """Ids of the venues that are kept here."""
        with reading(self._engine) as connection:
            return tuple(connection.execute(select(tables.venues.c.id).order_by(tables.venues.c.id)).scalars())

    def last(self) -> int:
        """Number of the last entry of any ledger; whoever keeps what was read can see whether it still stands."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(_E.c.id))).scalar() or 0

    def brought(self, venue: str) -> str:
        """The version of the pack that the program brought last; empty where it brought none."""
        with reading(self._engine) as connection:
            query = select(tables.venues.c.brought).where(tables.venues.c.id == venue)
            return connection.execute(query).scalar() or ""

    def source_language(self, venue: str) -> str:
        """The language in which a venue's texts are first written. Raises VenueError naming the nearest venue."""
        with reading(self._engine) as connection:
            return source_language_of(connection, venue)

    def ledger(self, piece: Piece) -> tuple[Entry, ...]:
        """Every entry of a piece, the oldest first; empty when there is none."""
        with reading(self._engine) as connection:
            return tuple(Batch(connection, piece.venue, [piece]).of(piece))

    def ledgers(self, venue: str) -> dict[Piece, tuple[Entry, ...]]:
        """Every ledger of a venue."""
        with reading(self._engine) as connection:
            source_language_of(connection, venue)
            return {piece: tuple(found) for piece, found in Batch(connection, venue).every()}

    def heads(self, venue: str, stop: str | None = None) -> dict[Piece, Entry]:
        """What editors see: the last entry of every piece of a venue, or of one stop."""
        return dict(self._entries(venue, stop, _P.c.head))

    def published(self, venue: str, stop: str | None = None) -> dict[Piece, Entry]:
        """What visitors get: the published entry of every piece that has one."""
        return dict(self._entries(venue, stop, _P.c.published))

    def states(self, venue: str) -> dict[Piece, State]:
        """How far every piece of a venue is. Texts are not read, so it is quick for large venues."""
        return {piece: state for piece, state, _ in self._states(venue)}

    def visible(self, venue: str) -> dict[Piece, tuple[Entry, bool]]:
        """What visitors get, and whether it was made from another text than the original that visitors get."""
        source_language = self.source_language(venue)
        texts = self.published(venue)
        old: dict[Piece, str] = {}
        with reading(self._engine) as connection:
            made_from = select(_P.c.stop, _P.c.kind, _E.c.number, _E.c.digest).join(_E, _E.c.piece == _P.c.id)
            rows = connection.execute(made_from.where(_P.c.venue == venue, _P.c.language == source_language))
            digests = {(row.stop, row.kind, row.number): str(row.digest) for row in rows}
        for piece, entry in texts.items():
            if entry.made_from is not None and piece.original(source_language) is not None:
                old[piece] = digests.get((piece.stop, piece.kind, entry.made_from), "")
        return {
            piece: (
                entry,
                piece in old
                and (original := texts.get(replace(piece, language=source_language))) is not None
                and original.digest != old[piece],
            )
            for piece, entry in texts.items()
        }

    # Writing

    def write(
        self, piece: Piece, text: str, who: str, *, base: int, action: Action = "edit",
        status: Status = "draft", note: str = "", made_from: int | None = None,
    ) -> Entry:  # fmt: skip
        """Add a text to a ledger. ``base`` is the number of the entry that the editor saw, 0 for a new piece.

        A translation is said to be made from the original as it stands, unless ``made_from`` names another entry.
        Raises ConflictError when the head is another entry, VenueError for an unknown venue.
        """
        with self._change(piece.venue, [piece]) as ledgers:
            entries = ledgers.of(piece)
            head = entries[-1] if entries else None
            if (head.number if head else 0) != base:
                if head is None:
                    raise VenueError(f"{piece} has no entry {base}; it is new, so write it with --base 0.")
                if base > head.number:
                    raise VenueError(f"{piece} has no entry {base}; there is 1 to {head.number}.")
                raise ConflictError(piece, head, text)
            if head is not None and (head.text, head.status) == (text, status) and not ledgers.stale(piece):
                return head
            return ledgers.append(piece, action, text, status, who, self._stamp(), made_from, note)

    def approve(self, venue: str, seen: Mapping[Piece, int], who: str, *, still_true: bool = False) -> list[Piece]:
        """Approve the heads of pieces, all or none. ``seen`` has the number of the entry that was read of each.

        What is approved already is left as it is, and so is a stale translation, unless ``still_true`` says that it
        fits the original as it stands. Raises ConflictError when a head is another one than was read.
        """
        done = []
        with self._change(venue, list(seen)) as ledgers:
            for piece, number in seen.items():
                entries = ledgers.of(piece)
                if not entries:
                    raise VenueError(f"{piece} is not there; nothing was approved.")
                head = entries[-1]
                if head.number != number:
                    raise ConflictError(piece, head, "")
                old = ledgers.stale(piece)
                if (old and still_true) or (not old and head.status != "approved"):
                    made_from = None if old else head.made_from
                    ledgers.append(piece, "approve", head.text, "approved", who, self._stamp(), made_from, head.note)
                    done.append(piece)
        return done

    def revert(self, piece: Piece, who: str, *, base: int, to: int | None = None) -> Entry:
        """Bring back an earlier text, by default the one before the last change, with the status it had.

        Raises VenueError when there is no such entry, ConflictError as :meth:`write`.
        """
        with self._change(piece.venue, [piece]) as ledgers:
            entries = ledgers.of(piece)
            if not entries:
                raise VenueError(f"{piece} is not there; nothing was changed.")
            head = entries[-1]
            if head.number != base:
                raise ConflictError(piece, head, "")
            if to is None:
                earlier = [entry for entry in entries if entry.text != head.text]
                if not earlier:
                    raise VenueError(f"{piece} was never changed; there is nothing to go back to.")
                chosen = earlier[-1]
            else:
                found = next((entry for entry in entries if entry.number == to), None)
                if found is None:
                    raise VenueError(f"{piece} has no entry {to}; there is 1 to {head.number}.")
                chosen = found
            note = f"back to entry {chosen.number}"
            return ledgers.append(
                piece, "revert", chosen.text, chosen.status, who, self._stamp(), chosen.made_from, note
            )

    def take(
        self, venue: str, source_language: str, incoming: Iterable[Incoming], who: str, *,
        approvals: bool = False, prefer: str = "", set_back: bool = False, at: str = "", brought: str = "",
        ledgers: Mapping[Piece, Sequence[Entry]] | None = None, progress: Callable[[int], object] | None = None,
    ) -> Merged:  # fmt: skip
        """Bring texts from files into the store, all or nothing; :func:`venues.ledger.merge` says what becomes of each.

        ``approvals``: texts that call themselves approved are taken as such, and ``ledgers`` (from an export) are gone
        on with; otherwise they are taken as supplied. ``prefer``: ``pack`` or ``store`` settles conflicts, empty leaves
        what is here and reports them. ``set_back``: a text that stood here earlier is taken, too, and not thought to be
        of an old copy. ``at``: another time for the entries than now, ISO 8601, UTC. ``brought``: the version of the
        program's own pack, to be remembered.
        """
        outcomes: dict[Piece, Merge] = {}
        conflicts: list[ConflictError] = []
        earlier: dict[Piece, int] = {}
        left = adopted = 0
        ordered = sorted(incoming, key=lambda each: each.piece.original(source_language) is not None)
        with self._change(venue, None, source_language, brought) as here:
            stamp = at or self._stamp()
            if approvals and ledgers:
                for piece, theirs in sorted(
                    ledgers.items(), key=lambda item: item[0].original(source_language) is not None
                ):
                    verified(theirs, str(piece))
                    if piece.venue == venue and continues(theirs, here.of(piece)):
                        for entry in theirs[len(here.of(piece)) :]:
                            here.adopt(piece, entry)
                            adopted += 1
            for done, each in enumerate(ordered, start=1):
                status: Status = "supplied" if each.status == "approved" and not approvals else each.status
                outcome = outcomes[each.piece] = merge(here.of(each.piece), each.text, status)
                if outcome == "conflict" and prefer == "pack":
                    outcome = outcomes[each.piece] = "forward"
                if outcome == "conflict" and not prefer:
                    conflicts.append(ConflictError(each.piece, here.of(each.piece)[-1], each.text))
                made_from, note = None, ""
                if outcome == "older":
                    found = next(entry for entry in reversed(here.of(each.piece)) if entry.text == each.text)
                    if set_back:
                        outcome = outcomes[each.piece] = "forward"
                        made_from, note = found.made_from, f"back to entry {found.number}"
                    else:
                        earlier[each.piece] = found.number
                if each.status != status and (
                    outcome in ("first", "forward")
                    or (outcome == "same" and here.of(each.piece)[-1].status != "approved")
                ):
                    left += 1
                if outcome == "forward" and status == "approved":
                    # What visitors get changes when somebody approves it here, not because a file says so.
                    status = "supplied" if published(here.of(each.piece)) is not None else status
                if outcome in ("first", "forward"):
                    here.append(each.piece, "import", each.text, status, who, stamp, made_from, note)
                elif outcome == "approve":
                    made_from = here.of(each.piece)[-1].made_from
                    here.append(each.piece, "approve", each.text, "approved", who, stamp, made_from)
                if progress is not None:
                    progress(done)
        return Merged(outcomes, tuple(conflicts), left, adopted, earlier)

    # Inside

    def _stamp(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def _change(
        self, venue: str, pieces: Sequence[Piece] | None, source_language: str = "", brought: str = ""
    ) -> Iterator[Batch]:
        with writing(self._engine) as connection:
            if source_language:
                keep_venue(connection, venue, source_language, brought)
            ledgers = Batch(connection, venue, pieces, lock=True)
            yield ledgers
            ledgers.flush()

    def _entries(self, venue: str, stop: str | None, number: Any) -> Iterator[tuple[Piece, Entry]]:
        query = select(_P.c.stop, _P.c.kind, _P.c.language, *COLUMNS).join(
            _E, and_(_E.c.piece == _P.c.id, _E.c.number == number)
        )
        query = query.where(_P.c.venue == venue).order_by(_P.c.id)
        if stop is not None:
            query = query.where(_P.c.stop == stop)
        with reading(self._engine) as connection:
            source_language_of(connection, venue)
            for row in connection.execute(query):
                yield Piece(venue, row.stop, row.kind, row.language), entry_of(row)

    def _states(self, venue: str) -> Iterator[tuple[Piece, State, str]]:
        original, old, current = _P.alias("original"), _E.alias("old"), _E.alias("current")
        with reading(self._engine) as connection:
            source_language = source_language_of(connection, venue)
            query = (
                select(
                    _P.c.stop, _P.c.kind, _P.c.language, _P.c.head, _P.c.published, _E.c.status, _E.c.made_from,
                    old.c.digest.label("old"), current.c.digest.label("current"),
                )
                .join(_E, and_(_E.c.piece == _P.c.id, _E.c.number == _P.c.head))
                .outerjoin(
                    original,
                    and_(
                        original.c.venue == _P.c.venue,
                        original.c.stop == _P.c.stop,
                        original.c.kind == _P.c.kind,
                        original.c.language == source_language,
                    ),
                )
                .outerjoin(old, and_(old.c.piece == original.c.id, old.c.number == _E.c.made_from))
                .outerjoin(current, and_(current.c.piece == original.c.id, current.c.number == original.c.head))
                .where(_P.c.venue == venue)
                .order_by(_P.c.id)
            )  # fmt: skip
            for row in connection.execute(query):
                piece = Piece(venue, row.stop, row.kind, row.language)
                behind = (
                    piece.original(source_language) is not None
                    and row.made_from is not None
                    and row.current is not None
                    and row.old != row.current
                )
                yield piece, State(row.status, behind, row.head, row.published), source_language
