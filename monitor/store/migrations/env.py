"""Run the migrations on the connection that the program hands in."""

from alembic import context

from monitor.store import tables_packs
from monitor.store.tables import Table

assert tables_packs.RuleVersionRow.metadata is Table.metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
