"""Pieces and the ledger of their texts, which the database itself keeps append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and the triggers that refuse to change or remove an entry."""
    op.create_table(
        "venue",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("source_language", sa.String(20), nullable=False),
    )
    op.create_table(
        "piece",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("venue", sa.String(60), sa.ForeignKey("venue.id"), nullable=False),
        sa.Column("stop", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("published", sa.Integer),
        sa.UniqueConstraint("venue", "stop", "kind", "language", name="piece_is_one"),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("piece", sa.Integer, sa.ForeignKey("piece.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("made_from", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("piece", "number", name="entry_is_one"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER entry_no_{event.lower()} BEFORE {event} ON entry "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION entry_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER entry_no_change BEFORE UPDATE OR DELETE ON entry "
            "FOR EACH ROW EXECUTE FUNCTION entry_stays()"
        )
