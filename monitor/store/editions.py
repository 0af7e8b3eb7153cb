"""What only one at a time may change, and how often it has been changed."""

from __future__ import annotations

from sqlalchemy import Connection, Executable, bindparam, delete, inspect, select

from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import EditionRow

EDITION = of(EditionRow)
MOVED = "moved to "
ANEW = " anew"
# Which item belongs to which incident.
PLACING = "placing"
_NUMBER = select(EDITION.c.number).where(EDITION.c.name == bindparam("name"))


def hold(connection: Connection, name: str, *, anew: bool = False) -> int:
    """Hold what is named until the transaction ends; return the number of the edition that it writes.

    `anew` tells that it does not only add to the editions before: what others remember of those no longer holds.
    """
    number = int(connection.execute(_counted(connection), {"name": name, "number": 1}).scalar_one())
    if anew:
        mark_anew(connection, name, number)
    return number


def mark_anew(connection: Connection, name: str, number: int) -> None:
    """Keep that an edition did not only add to those before it."""
    began = {"name": f"{name}{ANEW}", "number": number}
    statement = insert(connection, EditionRow).on_conflict_do_update(index_elements=["name"], set_=began)
    connection.execute(statement, began)


def edition(connection: Connection, name: str) -> int:
    """Return the number of the last edition of what is named; 0 before the first."""
    return connection.scalar(_NUMBER, {"name": name}) or 0


def made_anew_in(connection: Connection, name: str) -> int:
    """Return the last edition that did not only add to those before it; 0 where none did."""
    return edition(connection, f"{name}{ANEW}")


@once_per_dialect
def _counted(connection: Connection) -> Executable:
    statement = insert(connection, EditionRow)
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"number": EDITION.c.number + 1})
    return counted.returning(EDITION.c.number)


def mark_moved(connection: Connection, where: str) -> None:
    """Keep that everything stored was carried to another database, so that this one is not taken up by mistake."""
    hold(connection, f"{MOVED}{where}")


def moved_to(connection: Connection) -> str | None:
    """Return where everything stored was carried to, or None where this database is the one in use."""
    if not inspect(connection).has_table(EDITION.name):
        return None
    name: str | None = connection.scalar(select(EDITION.c.name).where(EDITION.c.name.startswith(MOVED)).limit(1))
    return None if name is None else name.removeprefix(MOVED)


def take_back(connection: Connection) -> None:
    """Let this database be the one in use again."""
    connection.execute(delete(EDITION).where(EDITION.c.name.startswith(MOVED)))
