"""Alembic runs this; the connection, with its transaction, comes from `database.migrate`."""

from alembic import context

from edge_app.ledger.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
