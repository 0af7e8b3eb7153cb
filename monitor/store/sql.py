"""The few places where SQLite and PostgreSQL want different words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Executable, Table, text
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: Any) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT in the connection's dialect."""
    return _insert(connection.dialect.name, of(table))


@cache
def _insert(dialect: str, target: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(target) if dialect == "sqlite" else postgresql.insert(target)


Build = Callable[[Connection], Executable]


def once_per_dialect(build: Build) -> Build:
    """Let a statement that needs ON CONFLICT be built once for each dialect: building costs more than asking."""
    built: dict[str, Executable] = {}

    @wraps(build)
    def statement(connection: Connection) -> Executable:
        name = connection.dialect.name
        if name not in built:
            built[name] = build(connection)
        return built[name]

    return statement


def of(table: Any) -> Table:
    """Return the Core table of a table class."""
    core: Table = table.__table__
    return core


def exclusive(connection: Connection, name: str) -> None:
    """Hold the named lock until the transaction ends. A writer on SQLite holds the whole database already."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(name.encode())})
