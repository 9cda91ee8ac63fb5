"""Which version of a pack the program brought last, so that what was changed here and there is merged once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; stores from before take up the program's packs once more."""
    op.add_column("venue", sa.Column("brought", sa.String(16)))
