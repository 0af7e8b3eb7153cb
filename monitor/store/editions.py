"""What only one at a time may change, and how often it has been changed."""

from __future__ import annotations

from sqlalchemy import Connection

from monitor.store.sql import insert, of
from monitor.store.tables import EditionRow

EDITION = of(EditionRow)


def hold(connection: Connection, name: str) -> int:
    """Hold what is named until the transaction ends; return the number of the edition that it writes."""
    statement = insert(connection, EditionRow).values(name=name, number=1)
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"number": EDITION.c.number + 1}).returning(
        EDITION.c.number
    )
    return int(connection.execute(counted).scalar_one())
