"""Write many rows with one statement: what is the same for all of them is worked out once, not for each row.

What SQLAlchemy does to every value of every row costs more than the database's own work; a crowd of deadlines that come
due at one moment has half a million values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel.sql.sqltypes import UTCDateTime

Prepare = Callable[[Any], Any]
_compiled: dict[tuple[str, str, tuple[str, ...]], tuple[SQLCompiler, dict[str, Prepare]]] = {}


def execute_many(
    connection: Connection, name: str, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run `statement` for all rows, which have the same keys; `name` stands for the statement, however often built."""
    if not rows:
        return
    keys = tuple(rows[0])
    known = (name, connection.dialect.name, keys)
    if known not in _compiled:
        _compiled[known] = _compile(connection, statement, keys)
    compiled, prepare = _compiled[known]
    order = compiled.positiontup
    if order is None:
        values: Any = [{k: prepare[k](v) if k in prepare else v for k, v in row.items()} for row in rows]
    else:
        values = [tuple(prepare[k](row[k]) if k in prepare else row[k] for k in order) for row in rows]
    connection.exec_driver_sql(str(compiled), values)


def _compile(
    connection: Connection, statement: Insert | Update, keys: Sequence[str]
) -> tuple[SQLCompiler, dict[str, Prepare]]:
    """Return the statement in the words of the database, and what has to be done to the values of each key."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(keys))
    assert isinstance(compiled, SQLCompiler)
    prepare: dict[str, Prepare] = {}
    for bound, key in compiled.bind_names.items():
        if isinstance(bound.type, UTCDateTime):
            prepare[key] = sqlite_moment if connection.dialect.name == "sqlite" else with_zone
            continue
        processor = bound.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if processor is not None:
            prepare[key] = processor
    return compiled, prepare


def with_zone(at: datetime | None) -> datetime | None:
    """Return an instant in UTC; raise ValueError where it is not aware."""
    if at is None or at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"not aware: {at}")
    return at.astimezone(UTC)


def sqlite_moment(at: datetime | None) -> str | None:
    """Return an instant as SQLAlchemy keeps it in SQLite: in UTC, to the microsecond, without its offset."""
    at = with_zone(at)
    if at is None:
        return None
    return at.isoformat(" ", "microseconds")[:26]
