"""The few places where SQLite and PostgreSQL want different words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
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
