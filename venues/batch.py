"""Ledgers of one venue inside one transaction: read together, appended to together, written together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from venues import tables
from venues.errors import VenueError
from venues.ledger import Action, Entry, Piece, Status, digest, published, stale
from venues.names import nearest

_E, _P = tables.entries, tables.pieces
COLUMNS = (_E.c.number, _E.c.action, _E.c.text, _E.c.status, _E.c.who, _E.c.at, _E.c.made_from, _E.c.note)
"""What an entry is read from."""


def entry_of(row: Any) -> Entry:
    """An entry from a row that has :data:`COLUMNS`."""
    return Entry(row.number, row.action, row.text, row.status, row.who, row.at, row.made_from, row.note)


def source_language_of(connection: Connection, venue: str) -> str:
    """The language a venue is first written in. Raises VenueError naming the nearest venue."""
    found = connection.execute(select(tables.venues.c.source_language).where(tables.venues.c.id == venue)).scalar()
    if found is None:
        known = tuple(connection.execute(select(tables.venues.c.id)).scalars())
        raise VenueError(f"there is no venue '{venue}'; {nearest(venue, known)}")
    return str(found)


def keep_venue(connection: Connection, venue: str, source_language: str, brought: str = "") -> None:
    """Make the place of a venue, or change its language and, where one is given, the version that was brought."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    # Two programs may start at the same moment over an empty store; the second waits here for the first.
    values = {"id": venue, "source_language": source_language}
    connection.execute(dialect.insert(tables.venues).values(values).on_conflict_do_nothing())
    place = tables.venues.c.id == venue
    changed = {"source_language": source_language, **({"brought": brought} if brought else {})}
    connection.execute(update(tables.venues).where(place).values(changed))


class Batch:
    """Ledgers of one venue inside a transaction; what is appended is written by :meth:`flush`."""

    def __init__(
        self, connection: Connection, venue: str, pieces: Sequence[Piece] | None = None, lock: bool = False
    ) -> None:
        self._connection = connection
        self._source_language = source_language_of(connection, venue)
        self._ids: dict[Piece, int] = {}
        self._found: dict[Piece, list[Entry]] = {}
        self._new: dict[Piece, int] = {}
        query = select(_P.c.id.label("piece"), _P.c.stop, _P.c.kind, _P.c.language, *COLUMNS).join(
            _E, _E.c.piece == _P.c.id
        )
        query = query.where(_P.c.venue == venue).order_by(_P.c.id, _E.c.number)
        if lock and connection.dialect.name == "postgresql":
            # One writer at a time for each venue, as SQLite has it for the whole file.
            connection.execute(select(tables.venues.c.id).where(tables.venues.c.id == venue).with_for_update())
        if pieces is None:
            self._load(venue, connection.execute(query))
            return
        for piece in pieces:
            wanted = {piece, piece.original(self._source_language) or piece}
            for each in wanted - self._found.keys():
                self._found.setdefault(each, [])
                place = (_P.c.stop == each.stop, _P.c.kind == each.kind, _P.c.language == each.language)
                self._load(venue, connection.execute(query.where(*place)))

    def _load(self, venue: str, rows: Iterable[Any]) -> None:
        for row in rows:
            piece = Piece(venue, row.stop, row.kind, row.language)
            self._ids[piece] = row.piece
            self._found.setdefault(piece, []).append(entry_of(row))

    def of(self, piece: Piece) -> list[Entry]:
        """The ledger of a piece, with what was appended; empty when there is none."""
        return self._found.get(piece, [])

    def every(self) -> Iterator[tuple[Piece, list[Entry]]]:
        """Every ledger that was read."""
        return iter(self._found.items())

    def stale(self, piece: Piece) -> bool:
        """Whether the head was made from another text than the head of its original."""
        original = piece.original(self._source_language)
        if original is None or not self.of(piece):
            return False
        entries = self.of(original)
        return stale(self.of(piece)[-1], entries, entries[-1] if entries else None)

    def append(
        self, piece: Piece, action: Action, text: str, status: Status, who: str, at: str,
        made_from: int | None = None, note: str = "",
    ) -> Entry:  # fmt: skip
        """Add an entry; a translation's ``made_from`` is the original's head unless given."""
        original = piece.original(self._source_language)
        if made_from is None and original is not None and action != "revert":
            entries = self.of(original)
            made_from = entries[-1].number if entries else None
        before = self.of(piece)[-1] if self.of(piece) else None
        # The clock of a machine may be set back; a ledger's does not run backwards.
        at = max(at, before.at) if before else at
        entry = Entry(len(self.of(piece)) + 1, action, text, status, who[:200], at, made_from, note)
        self.adopt(piece, entry)
        return entry

    def adopt(self, piece: Piece, entry: Entry) -> None:
        """Add an entry as it is."""
        self._new.setdefault(piece, len(self.of(piece)))
        self._found.setdefault(piece, []).append(entry)

    def flush(self) -> None:
        """Write what was appended."""
        if not self._new:
            return
        fresh = [piece for piece in self._new if piece not in self._ids]
        without_id = set(fresh)
        if fresh:
            rows = [
                {"venue": p.venue, "stop": p.stop, "kind": p.kind, "language": p.language, **self._pointers(p)}
                for p in fresh
            ]
            self._connection.execute(insert(_P), rows)
            if len(fresh) > 50:
                place = _P.c.venue == fresh[0].venue
                found = self._connection.execute(select(_P.c.id, _P.c.stop, _P.c.kind, _P.c.language).where(place))
            else:
                places = [and_(_P.c.stop == p.stop, _P.c.kind == p.kind, _P.c.language == p.language) for p in fresh]
                query = select(_P.c.id, _P.c.stop, _P.c.kind, _P.c.language)
                found = self._connection.execute(query.where(_P.c.venue == fresh[0].venue, or_(*places)))
            for row in found:
                self._ids[Piece(fresh[0].venue, row.stop, row.kind, row.language)] = row.id
        known = [piece for piece in self._new if piece not in without_id]
        if known:
            change = update(_P).where(_P.c.id == bindparam("key"))
            self._connection.execute(change, [{"key": self._ids[p], **self._pointers(p)} for p in known])
        self._connection.execute(
            insert(_E),
            [
                {
                    "piece": self._ids[piece], "number": entry.number, "action": entry.action, "text": entry.text,
                    "digest": digest(entry.text), "status": entry.status, "who": entry.who, "at": entry.at,
                    "made_from": entry.made_from, "note": entry.note,
                }
                for piece, start in self._new.items()
                for entry in self._found[piece][start:]
            ],
        )  # fmt: skip
        self._new = {}

    def _pointers(self, piece: Piece) -> dict[str, int | None]:
        entries = self._found[piece]
        shown = published(entries)
        return {"head": entries[-1].number, "published": shown.number if shown else None}
