"""Carry everything stored from one database to another, deadlines running, so that an office can outgrow one machine.

Both are held while it is carried: on the old one nothing is written meanwhile, on the new one all arrives or nothing.
Every row is read back and compared. What was under way (a fetch, an attempt at a delivery) is taken up by its lease.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Result, Row, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from monitor.core.errors import N_, Mistake
from monitor.store import audited, heartbeats
from monitor.store.all_tables import METADATA
from monitor.store.database import Database
from monitor.store.editions import mark_moved

BATCH = 1000
# Every leg says every five seconds that it lives.
ALIVE = timedelta(seconds=30)


class SameDatabase(Mistake):
    """The database is to be carried onto itself."""

    message = N_("{name} is the database in use. Name another one to carry it to.")


class TargetInUse(Mistake):
    """Something is stored where everything is to be carried to."""

    message = N_("{name} holds data already ({rows} rows in {table}). Name an empty database; nothing was changed.")


class ServiceRuns(Mistake):
    """The service writes to the database that is to be carried."""

    message = N_("The service is still running ({loop} was at work {seconds} seconds ago). Stop it, then try again.")


class NotCarried(Mistake):
    """What was read back is not what was written."""

    message = N_("Row {row} of {table} did not arrive as it was. Nothing was carried; {name} is as empty as before.")


class RowsRefused(Mistake):
    """The other database does not take a row."""

    message = N_("{name} does not take the rows of {table}: {why}. Nothing was carried.")


def carry(source: Database, target: Database, now: datetime, *, move: bool) -> dict[str, int]:
    """Copy all rows to an empty `target`; return how many of each table.

    With `move` the old database is marked, so that no service starts on it by mistake. Raise SameDatabase, TargetInUse,
    ServiceRuns or NotCarried; both databases are then as they were.
    """
    if _where(source) == _where(target):
        raise SameDatabase(name=source.name)
    source.migrate()
    target.migrate()
    tables = METADATA.sorted_tables
    with source.write() as old:
        _hold(old)
        _refuse_running(old, now)
        with target.write() as new:
            _refuse_used(new, target.name)
            # What is carried is no news: the log comes with it, and goes on from there.
            audited.remove(new)
            counts = {table.name: _carried(old, new, table, target.name) for table in tables}
            for table in tables:
                _number_on(new, table)
            audited.install(new)
        if move:
            mark_moved(old, target.name)
    return counts


def _hold(old: Connection) -> None:
    """Let nobody write until the end of the transaction; whoever has begun is waited for.

    The embedded database has one writer at a time. A server takes the picture that we see with the first query after
    the lock (PostgreSQL documentation, 13.3.1).
    """
    if old.dialect.name == "sqlite":
        return
    old.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
    old.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _where(database: Database) -> str:
    """Return what two addresses of the same database have in common; a file may be named in several ways."""
    url = database.engine.url
    return str(Path(url.database or "").resolve()) if database.is_sqlite else url.render_as_string()


def _refuse_running(old: Connection, now: datetime) -> None:
    for loop, (at, _) in heartbeats.last(old).items():
        if now - at < ALIVE:
            raise ServiceRuns(loop=loop, seconds=max(0, int((now - at).total_seconds())))


def _refuse_used(new: Connection, name: str) -> None:
    """Refuse a database in which anything stands that does not stand in a fresh one."""
    for table in METADATA.sorted_tables:
        rows = new.execute(select(func.count()).select_from(table)).scalar_one()
        if rows:
            raise TargetInUse(name=name, rows=rows, table=table.name)


def _carried(old: Connection, new: Connection, table: Table, name: str) -> int:
    """Copy a table and compare what arrived; return how many rows."""
    count = 0
    with closing(_rows(old, table)) as stored:
        for rows in stored.mappings().partitions(BATCH):
            try:
                new.execute(insert(table), [dict(row) for row in rows])
            except DBAPIError as error:
                raise RowsRefused(name=name, table=table.name, why=" ".join(str(error.orig).split())) from error
            count += len(rows)
    with closing(_rows(old, table)) as stored, closing(_rows(new, table)) as arrived:
        for before, after in zip_longest(stored, arrived):
            if not _same(before, after):
                raise NotCarried(row=(before or after)[0], table=table.name, name=name)
    return count


def _same(before: Row[Any] | None, after: Row[Any] | None) -> bool:
    return before is not None and after is not None and tuple(before) == tuple(after)


def _rows(connection: Connection, table: Table) -> Result[Any]:
    """Return all rows in the order of their key, read piece by piece."""
    ordered = select(table).order_by(*table.primary_key.columns)
    return connection.execute(ordered.execution_options(yield_per=BATCH))


def _number_on(new: Connection, table: Table) -> None:
    """Let new rows be numbered after those that were carried; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or new.dialect.name == "sqlite":
        return
    highest = new.execute(select(func.max(column))).scalar_one()
    if highest is not None:
        named = text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)")
        new.execute(named, {"table": f'"{table.name}"', "column": column.name, "highest": highest})
