"""Many rows written with one statement are stored as each would be alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text

from monitor.store.database import Database
from monitor.store.many import execute_many
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow

ALERT = of(AlertRow)
BEIJING = timezone(timedelta(hours=8))
MOMENTS = (
    datetime(2026, 7, 9, 12, tzinfo=UTC),
    datetime(2026, 7, 9, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 7, 9, 4, 30, tzinfo=BEIJING),
    datetime(2026, 7, 9, 12, tzinfo=timezone(timedelta(0))),
)


def row(number: int, at: datetime) -> dict[str, Any]:
    made = AlertRow(key=f"{number}", reason="due", at=at, created_at=at, not_before=at, useful_until=at, page=True)
    return made.model_dump(exclude={"id"}) | {
        "detail": {"标题": '引号"与 100%'} if number % 2 else {},
        "matter_id": number if number % 2 else None,
        "silence": None if number % 2 else "settled",
        "at": at,
        "created_at": at,
        "not_before": at,
        "useful_until": at,
    }


def test_what_is_stored_is_the_same_to_the_last_character(database: Database) -> None:
    rows = [row(number, at) for number, at in enumerate(MOMENTS)]
    with database.write() as connection:
        connection.execute(insert(connection, AlertRow), rows)
        usual = connection.execute(text("SELECT * FROM alert ORDER BY key")).all()
        connection.execute(ALERT.delete())
        execute_many(connection, "test", insert(connection, AlertRow), rows)
        quick = connection.execute(text("SELECT * FROM alert ORDER BY key")).all()
    assert [tuple(kept)[1:] for kept in quick] == [tuple(kept)[1:] for kept in usual]
    with database.read() as connection:
        read = connection.execute(ALERT.select().order_by(ALERT.c.key)).all()
    assert [kept.at for kept in read] == list(MOMENTS)
    assert [kept.detail for kept in read] == [kept["detail"] for kept in rows]


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 7, 9, 12)  # the fault that is to be refused
    with pytest.raises(Exception, match="aware"), database.write() as connection:
        execute_many(connection, "naive", insert(connection, AlertRow), [row(1, MOMENTS[0]) | {"at": naive}])


def test_nothing_to_write_asks_nothing(database: Database) -> None:
    with database.write() as connection:
        execute_many(connection, "none", insert(connection, AlertRow), [])
        assert connection.execute(ALERT.select()).all() == []
