"""Run the migrations on the connection that the program hands in."""

from alembic import context

from monitor.store.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
context.run_migrations()
