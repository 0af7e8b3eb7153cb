"""Run the migrations on the connection that the program hands in."""

from alembic import context

from monitor.store import audited
from monitor.store.all_tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
# Tables are rebuilt under another name, which triggers that name them would not allow; they are set anew afterwards.
audited.remove(connection)
context.run_migrations()
