"""The few places where SQLite and PostgreSQL want different words."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Any) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT in the connection's dialect."""
    target = of(table)
    if connection.dialect.name == "sqlite":
        return sqlite.insert(target)
    return postgresql.insert(target)


def of(table: Any) -> Table:
    """Return the Core table of a table class."""
    core: Table = table.__table__
    return core


def exclusive(connection: Connection, name: str) -> None:
    """Hold the named lock until the transaction ends. A writer on SQLite holds the whole database already."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(name.encode())})
