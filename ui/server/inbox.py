"""What visitors could not find out, and what they called wrong: for the staff to read, when an administrator wants it.

Off until an administrator switches it on; nothing is kept while it is off. Only text is kept, without who or where, and
only the newest. The kiosk has to say so while it is on (:attr:`Inbox.on`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["question", "wrong"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""A question that was not answered; a translation or an answer that somebody called wrong."""
MOST = 1000
"""Notes that are kept; the oldest goes first."""
LONGEST = 500
"""Letters of a note, and of what it is about."""


@dataclass(frozen=True)
class Note:
    """One thing that came in."""

    number: int
    kind: str
    """One of :data:`KINDS`."""
    text: str
    language: str
    """BCP-47 tag of the text."""
    about: str
    """What it was about, such as ``park/long``, or the translation that was called wrong; may be empty."""
    day: str
    """ISO 8601, UTC. Without the time of day, which could tell who it was."""


class Inbox:
    """A small SQLite file. Its methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._on = False
        if path.exists():
            with self._open() as database:
                self._on = database.execute("SELECT count(*) FROM switch").fetchone()[0] > 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self._path.exists()
        with self._lock, closing(sqlite3.connect(self._path, timeout=10)) as database, database:
            if fresh:
                self._path.chmod(0o600)
            database.execute("PRAGMA secure_delete = ON")
            database.execute("CREATE TABLE IF NOT EXISTS switch (who TEXT NOT NULL)")
            database.execute(
                "CREATE TABLE IF NOT EXISTS note (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, "
                "text TEXT NOT NULL, language TEXT NOT NULL, about TEXT NOT NULL, day TEXT NOT NULL)"
            )
            yield database

    @property
    def on(self) -> bool:
        """Whether anything is kept."""
        return self._on

    def switch(self, on: bool, who: str) -> None:
        """Switch it on or off; what was kept is deleted when it goes off."""
        with self._open() as database:
            database.execute("DELETE FROM switch")
            if on:
                database.execute("INSERT INTO switch VALUES (?)", (who,))
            else:
                database.execute("DELETE FROM note")
            self._on = on

    def add(self, kind: Kind, text: str, language: str, about: str = "") -> None:
        """Keep a note, if the inbox is on and the text is not empty."""
        text = " ".join(text.split())[:LONGEST]
        if not self._on or not text:
            return
        row = (kind, text, language[:20], " ".join(about.split())[:LONGEST], datetime.now(UTC).date().isoformat())
        with self._open() as database:
            if self._on:
                database.execute("INSERT INTO note (kind, text, language, about, day) VALUES (?, ?, ?, ?, ?)", row)
                database.execute(
                    "DELETE FROM note WHERE number NOT IN (SELECT number FROM note ORDER BY number DESC LIMIT ?)",
                    (MOST,),
                )

    def list(self) -> tuple[Note, ...]:
        """What is kept, the newest first."""
        if not self._path.exists():
            return ()
        with self._open() as database:
            rows = database.execute("SELECT number, kind, text, language, about, day FROM note ORDER BY number DESC")
            return tuple(Note(*row) for row in rows)

    def done(self, number: int) -> None:
        """Somebody has dealt with a note: it is deleted."""
        with self._open() as database:
            database.execute("DELETE FROM note WHERE number = ?", (number,))
