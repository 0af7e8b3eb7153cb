"""Write many rows with one statement: what is the same for all of them is worked out once, not for each row.

What SQLAlchemy does to every value of every row costs more than the database's own work; a crowd of deadlines that come
due at one moment has half a million values. PostgreSQL gets all rows as one JSON value, in one message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel.sql.sqltypes import UTCDateTime

Prepare = Callable[[Any], Any]
_written: dict[tuple[str, str, tuple[str, ...]], Written] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """A statement in the words of a database; the keys in its order, and what has to be done to the values of some."""

    words: str
    keys: tuple[str, ...]
    prepare: Mapping[str, Prepare]


def execute_many(
    connection: Connection, name: str, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run `statement` for all rows, which have the same keys; `name` stands for the statement, however often built.

    Every column that is written needs a key: defaults of the table classes are not filled in.
    """
    if not rows:
        return
    known = (name, connection.dialect.name, tuple(rows[0]))
    if known not in _written:
        _written[known] = _write(connection, statement, tuple(rows[0]))
    written = _written[known]
    if connection.dialect.name == "sqlite":
        places = [(key, written.prepare.get(key)) for key in written.keys]
        connection.exec_driver_sql(
            written.words, [tuple(p(row[key]) if p else row[key] for key, p in places) for row in rows]
        )
        return
    connection.exec_driver_sql(written.words, {"rows": json.dumps(rows, ensure_ascii=False, default=_as_text)})


def _write(connection: Connection, statement: Insert | Update, keys: tuple[str, ...]) -> Written:
    plain = statement.inline() if isinstance(statement, Insert) else statement
    compiled = plain.compile(dialect=connection.dialect, column_keys=list(keys))
    assert isinstance(compiled, SQLCompiler)
    prepare: dict[str, Prepare] = {}
    types: dict[str, str] = {}
    for bound, key in compiled.bind_names.items():
        types[key] = bound.type.compile(dialect=connection.dialect)
        if isinstance(bound.type, UTCDateTime):
            prepare[key] = sqlite_moment
            continue
        processor = bound.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if processor is not None:
            prepare[key] = processor
    if compiled.positiontup is not None:
        return Written(str(compiled), tuple(compiled.positiontup), prepare)
    return Written(_as_table(str(compiled), types, insert=isinstance(statement, Insert)), tuple(types), {})


def _as_table(words: str, types: Mapping[str, str], *, insert: bool) -> str:
    """Return a statement for one row as one for a table of rows."""
    for key, kind in types.items():
        one = f'given."{key}"'
        words = words.replace(f"%({key})s::{kind}", one).replace(f"%({key})s", one)
    columns = ", ".join(f'"{key}" {kind}' for key, kind in types.items())
    given = f" FROM json_to_recordset(%(rows)s::json) AS given({columns})"
    if not insert:
        return words.replace(" WHERE ", f"{given} WHERE ", 1)
    before, _, after = words.partition(" VALUES (")
    listed, _, rest = after.partition(")")
    return f"{before} SELECT {listed}{given}{rest}"


def _as_text(value: object) -> str:
    """Return an instant as PostgreSQL reads it; nothing else needs a form of its own in JSON."""
    if not isinstance(value, datetime):
        raise TypeError(f"no value of a row: {value!r}")
    return str(with_zone(value))


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
