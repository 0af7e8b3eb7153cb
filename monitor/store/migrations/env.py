"""Run the migrations on the connection that the program hands in."""

from alembic import context

from monitor.store import (  # noqa: F401 - their tables belong to the same metadata
    tables_faults,
    tables_selfwatch,
)
from monitor.store.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
