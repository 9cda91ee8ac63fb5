"""A connection to the store's database: SQLite in a file, or PostgreSQL. Opening it brings its tables up to date.

A file that cannot be written, or is asked for with ``?mode=ro``, is only read.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from venues.errors import VenueError, WrongUseError

REVISION = "0002"
"""The newest file in ``migrations/versions``; a test compares."""
PATIENCE = 10
"""Seconds to wait for another process that is writing."""


def connect(url: str) -> Engine:
    """Open a database and bring its tables up to date.

    ``url`` is an SQLAlchemy URL: ``sqlite:///PATH``, ``sqlite:///PATH?mode=ro`` or ``postgresql://USER@HOST/NAME``.
    Raises VenueError.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise WrongUseError(
            f"'{_hidden(url)}' is no address of a database; write sqlite:///PATH or postgresql://USER@HOST/NAME."
        ) from None
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise WrongUseError(f"a database of the kind '{kind}' is not known; there is sqlite and postgresql.")
    if kind == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    elif parsed.database:
        parsed = _file(parsed)
    try:
        engine = create_engine(parsed, connect_args={"timeout": PATIENCE} if kind == "sqlite" else {})
    except (ModuleNotFoundError, NoSuchModuleError):
        raise VenueError("PostgreSQL needs one more library; type: pip install 'psycopg[binary]'") from None
    if kind == "sqlite":
        event.listen(engine, "connect", _sqlite)
        event.listen(engine, "begin", _begin)
    with explained(engine):
        _upgrade(engine)
    return engine


def _file(url: URL) -> URL:
    """The address of a file that may be written, its folder made; or of one that is only read. Raises VenueError."""
    query = dict(url.query)
    uri, mode = query.pop("uri", ""), query.pop("mode", "")
    if query or mode not in ("", "ro"):
        raise WrongUseError(f"'{url.render_as_string()}' is not understood; after the path only ?mode=ro may stand.")
    path = Path(unquote(str(url.database).removeprefix("file:")) if uri else str(url.database))
    with _told(path):
        if mode != "ro" and not (path.exists() and _cannot_be_written(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            return URL.create("sqlite", database=str(path))
    if not path.is_file():
        raise VenueError(f"there is no database {path} to be read; take ?mode=ro away and it is made.")
    return _read_only(path)


def _cannot_be_written(path: Path) -> bool:
    # SQLite puts files of its own beside a file that it writes.
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _read_only(path: Path) -> URL:
    found = {"uri": "true", "mode": "ro"}
    address = f"file:{quote(str(path.absolute()))}"
    try:
        with closing(sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        log = Path(f"{path}-wal")
        if log.exists() and log.stat().st_size:
            raise VenueError(
                f"{path} is read-only, and {log.name} beside it holds what was written last; open it once where both "
                "may be written, or copy both and name the copy with --database."
            ) from None
        # Where SQLite may put nothing beside the file, it reads only what it is told that nobody changes meanwhile.
        found["immutable"] = "1"
    return URL.create("sqlite", database=address, query=found)


def is_read_only(engine: Engine) -> bool:
    """Whether the database can only be read."""
    return engine.url.get_backend_name() == "sqlite" and engine.url.query.get("mode") == "ro"


def check_writable(engine: Engine) -> None:
    """Raise VenueError when the database can only be read."""
    if is_read_only(engine):
        raise VenueError(
            f"{_place(engine.url)} is read-only; nothing was changed. Make the file and its folder writable, or name "
            "another database with --database."
        )


def _sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # Transactions are begun by _begin below; Python's module would begin them late and in its own way.
    connection.isolation_level = None
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later could not be continued once another process has written.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing. Raises VenueError."""
    check_writable(engine)
    with explained(engine), engine.connect().execution_options(write=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and sees one state of the store throughout."""
    with explained(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VenueError(f"{path} cannot be used: {error.strerror}; name another place with --database.") from None


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn what the database says into one sentence that tells what to do."""
    where = _place(engine.url)
    try:
        yield
    except DBAPIError as error:
        message = " ".join(str(error.orig).split())
        raise VenueError(f"{where}: {_advice(message)}") from None
    except SQLAlchemyError as error:
        raise VenueError(f"{where}: {' '.join(str(error).split())}.") from None


_ADVICE = (
    ("unique", "somebody else wrote the same piece at the same moment; nothing was changed, try again."),
    ("locked", f"another process has been writing for {PATIENCE} seconds; nothing was changed, try again."),
    ("readonly", "may not be written; nothing was changed. Mend its permissions, or name another with --database."),
    ("unable to open", "cannot be opened; name another place with --database."),
    ("disk is full", "the disk is full; nothing was changed. Make room and try again."),
    ("disk i/o error", "the disk does not answer; nothing was changed. Look at the disk before you try again."),
    ("not a database", "is no database; move it away, or name another with --database."),
    ("malformed", "is damaged; put a copy of it in its place, or move it away and import the last export."),
    ("connection is bad", "nobody answers there; is PostgreSQL running, and are the name and password right?"),
    ("connection failed", "nobody answers there; is PostgreSQL running, and are the name and password right?"),
    ("connection refused", "nobody answers there; is PostgreSQL running, and are the name and password right?"),
)  # fmt: skip


def _advice(message: str) -> str:
    return next((advice for sign, advice in _ADVICE if sign in message.lower()), f"{message}; nothing was changed.")


def _hidden(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return _PASSWORD.sub(r"\1***", f"...{at}{tail}" if head else url)


_PASSWORD = re.compile(r"((?:password|passfile|sslpassword)=)[^&\s]*", re.IGNORECASE)


def _shown(url: URL) -> str:
    """The address without what is secret in it, which may stand in the query, too."""
    return _PASSWORD.sub(r"\1***", url.render_as_string())


def _place(url: URL) -> str:
    """The file, or the address of a server."""
    if url.get_backend_name() != "sqlite":
        return _shown(url)
    return unquote(str(url.database).removeprefix("file:")) if "uri" in url.query else str(url.database)


def _upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if is_read_only(engine):
        if found is None or found < REVISION:
            raise VenueError(
                f"{_place(engine.url)} is read-only, and its tables are not those of this version yet; open it once "
                "where it may be written."
            )
    elif engine.url.get_backend_name() == "sqlite":
        # It stays in the file, so only now that the file is known to be ours.
        with closing(engine.raw_connection()) as own:
            own.execute("PRAGMA journal_mode = WAL")
    if found == REVISION:
        return
    if found is not None and found > REVISION:
        raise VenueError(
            f"{_place(engine.url)} was written by a newer version of this program ({found}, this one knows "
            f"{REVISION}); install a newer one."
        )
    # Only now, because it takes a third of a second to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7214)"))
        if _revision(connection) == REVISION:
            return  # another process was quicker
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)


def _revision(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    versioned, ours = "alembic_version" in tables, "piece" in tables
    # A database of PostgreSQL may be shared with others, who have other names; a file is not.
    if versioned != ours or (not ours and tables and connection.dialect.name == "sqlite"):
        raise VenueError(
            f"{_place(connection.engine.url)} holds the tables of another program; nothing was changed. "
            "Name another database with --database."
        )
    if not ours:
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None
