"""What only one at a time may change, and how often it has been changed."""

from __future__ import annotations

from sqlalchemy import Connection, Executable

from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import EditionRow

EDITION = of(EditionRow)


def hold(connection: Connection, name: str) -> int:
    """Hold what is named until the transaction ends; return the number of the edition that it writes."""
    return int(connection.execute(_counted(connection), {"name": name, "number": 1}).scalar_one())


@once_per_dialect
def _counted(connection: Connection) -> Executable:
    statement = insert(connection, EditionRow)
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"number": EDITION.c.number + 1})
    return counted.returning(EDITION.c.number)
