"""Alembic's entry: the connection is handed in by the store, so there is no configuration file."""

from alembic import context

from venues.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
