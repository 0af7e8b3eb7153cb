"""Write many rows with one statement: what is the same for all of them is worked out once, not for each row.

What SQLAlchemy does to every value of every row costs more than the database's own work; a crowd of deadlines that come
due at one moment has half a million values. PostgreSQL gets all rows as one JSON value, in one message; SQLite gets
some hundred at a time, because it prepares itself to take back each statement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel.sql.sqltypes import UTCDateTime

Prepare = Callable[[Any], Any]
# One statement of SQLite takes some ten thousand values; it keeps those that it has read, so they are of few lengths.
AT_ONCE = 250
ROWS = "{rows}"
_written: dict[tuple[str, str, tuple[str, ...]], Written] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """A statement in the words of a database; the keys in its order, and what has to be done to the values of some.

    For SQLite the words have one place, where as many rows go as are written at once.
    """

    words: str
    keys: tuple[str, ...]
    prepare: Mapping[str, Prepare]


def execute_many(
    connection: Connection, name: str, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    """Run `statement` for all rows, which have the same keys; `name` stands for the statement, however often built.

    Every column that is written needs a key: defaults of the table classes are not filled in. Return what the
    statement returns of the rows that were written, in no particular order; nothing where it returns nothing.
    """
    if not rows:
        return []
    known = (name, connection.dialect.name, tuple(rows[0]))
    if known not in _written:
        _written[known] = _write(connection, statement, tuple(rows[0]))
    written = _written[known]
    if connection.dialect.name != "sqlite":
        given = {"rows": json.dumps(rows, ensure_ascii=False, default=_texts())}
        return _returned(connection.exec_driver_sql(written.words, given))
    found: list[Any] = []
    one = f"({', '.join('?' * len(written.keys))})"
    for begin in range(0, len(rows), AT_ONCE):
        some = _prepared(written, rows[begin : begin + AT_ONCE])
        words = written.words.replace(ROWS, ", ".join([one] * len(some)))
        found += _returned(connection.exec_driver_sql(words, tuple(chain.from_iterable(some))))
    return found


def _returned(result: CursorResult[Any]) -> Sequence[Any]:
    return result.all() if result.returns_rows else ()


def _prepared(written: Written, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the values of the rows as the driver wants them, column by column: most of one are the same value."""
    columns: list[Iterable[Any]] = []
    for key in written.keys:
        values = [row[key] for row in rows]
        prepare = written.prepare.get(key)
        if prepare is sqlite_moment:
            texts = {at: sqlite_moment(at) for at in set(values)}
            values = [texts[at] for at in values]
        elif prepare is not None:
            values = [prepare(value) for value in values]
        columns.append(values)
    return list(zip(*columns, strict=True))


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
    insert = isinstance(statement, Insert)
    if compiled.positiontup is not None:
        return Written(_with_rows(str(compiled), insert=insert), tuple(compiled.positiontup), prepare)
    return Written(_as_table(str(compiled), types, insert=insert), tuple(types), {})


def _with_rows(words: str, *, insert: bool) -> str:
    """Return a statement for one row with a place for many instead of its own values."""
    if insert:
        before, _, after = words.partition(" VALUES (")
        return f"{before} VALUES {ROWS}{after.partition(')')[2]}"
    first, *rest = words.split("?")
    named = "".join(f"given.column{n}{part}" for n, part in enumerate(rest, 1))
    return (first + named).replace(" WHERE ", f" FROM (VALUES {ROWS}) AS given WHERE ", 1)


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


def _texts() -> Callable[[object], str]:
    """Return what writes instants as PostgreSQL reads them; nothing else needs a form of its own in JSON."""
    known: dict[datetime, str] = {}

    def text(value: object) -> str:
        if not isinstance(value, datetime):
            raise TypeError(f"no value of a row: {value!r}")
        if value not in known:
            known[value] = str(with_zone(value))
        return known[value]

    return text


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
    return None if at is None else at.isoformat(" ", "microseconds")[:26]
