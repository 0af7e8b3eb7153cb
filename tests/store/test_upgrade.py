"""An upgrade of a database in which every table holds rows that refer to one another loses none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alembic import command
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Float, Integer, MetaData, Table, insert, select
from sqlalchemy.types import JSON, LargeBinary

from monitor.store.database import Database, migration_config

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
BEFORE = "0008"
OURS = {"alembic_version", "edition"}


def value_of(column: Column[Any], n: int) -> Any:
    """Return a value that fits a column; what refers to a row refers to the one of the same number."""
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, DateTime):
        return T0
    if isinstance(kind, Date):
        return T0.date()
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, Integer):
        return n
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, LargeBinary):
        return b"x"
    return f"{n}"


def stored(connection: Connection, tables: list[Table]) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=str)
        for table in tables
    }


def test_rows_in_every_table_outlive_the_upgrade(database: Database) -> None:
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        connection.commit()
    found = MetaData()
    found.reflect(database.engine)
    tables = [table for table in found.sorted_tables if table.name not in OURS]
    with database.engine.begin() as connection:
        for table in tables:
            rows = [{c.name: value_of(c, n) for c in table.columns} for n in (1, 2)]
            connection.execute(insert(table), rows)
        before = stored(connection, tables)
    assert all(len(rows) == 2 for rows in before.values())
    database.migrate()
    after = MetaData()
    after.reflect(database.engine)
    with database.engine.connect() as connection:
        for table in tables:
            if table.name not in after.tables:
                continue
            kept = [column for column in after.tables[table.name].columns if column.name in table.columns]
            rows = sorted((dict(row._mapping) for row in connection.execute(select(*kept))), key=str)
            assert rows == before[table.name], table.name
        assert not (set(found.tables) - set(after.tables))
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
