"""The tables of the store. How they came to be is told by ``migrations/``; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

venues = Table(
    "venue",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("source_language", String(20), nullable=False),
    Column("brought", String(16)),
)
"""``source_language`` is what ``venue.toml`` says, kept where a query can reach it; ``brought`` the version of the pack
that the program brought last, NULL where it brought none."""

pieces = Table(
    "piece",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("venue", String(60), ForeignKey("venue.id"), nullable=False),
    Column("stop", String(60), nullable=False),
    Column("kind", String(120), nullable=False),
    Column("language", String(20), nullable=False),
    Column("head", Integer, nullable=False),
    Column("published", Integer),
    UniqueConstraint("venue", "stop", "kind", "language", name="piece_is_one"),
)
"""``head`` and ``published`` are numbers of entries. They follow from the entries; here they can be joined."""

entries = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("piece", Integer, ForeignKey("piece.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("action", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(16), nullable=False),
    Column("status", String(10), nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", String(20), nullable=False),
    Column("made_from", Integer),
    Column("note", Text, nullable=False),
    UniqueConstraint("piece", "number", name="entry_is_one"),
)
"""Only ever added to: triggers of the database refuse anything else."""
