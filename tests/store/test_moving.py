"""An office outgrows its machine: everything is carried to another database, and its deadlines run on there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import insert, select

from monitor.core.model import DeadlineState
from monitor.core.views import AlertView, DeadlineView
from monitor.loops.watch import Watch
from monitor.store import deliveries, heartbeats, incidents, moving, outbox, views
from monitor.store.all_tables import METADATA
from monitor.store.database import Database
from monitor.store.database_faults import DatabaseMoved
from monitor.store.editions import take_back
from monitor.store.moving import NotCarried, SameDatabase, ServiceRuns, TargetInUse, carry
from monitor.store.sql import of
from monitor.store.tables import ItemRow
from tests.conftest import on_server
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0

ITEM = of(ItemRow)
M = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database of each kind in turn in which nothing is yet, not even a table."""
    if request.param == "sqlite":
        empty = Database(f"sqlite:///{tmp_path / 'new' / 'huiying.db'}")
        yield empty
        empty.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"new_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    empty = Database(on_server(server, name))
    yield empty
    empty.close()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def deadlines(database: Database) -> list[DeadlineView]:
    with database.read() as connection:
        return list(views.deadlines(connection))


def alerts(database: Database) -> list[AlertView]:
    with database.read() as connection:
        return views.alerts(connection, limit=1000)


def rows(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {table.name: len(connection.execute(select(table)).all()) for table in METADATA.sorted_tables}


def test_deadlines_run_on_where_everything_was_carried_to(database: Database, target: Database) -> None:
    open_major(database, 3)
    Watch(database, PACK, REGION).tick(T0 + 245 * M)
    before, told = deadlines(database), {alert.key for alert in alerts(database)}
    counts = carry(database, target, T0 + 246 * M, move=True)
    assert deadlines(target) == before
    assert counts["deadline"] == len(before)
    # Nothing is told a second time, and what comes next is told from there.
    Watch(target, PACK, REGION).tick(T0 + 247 * M)
    assert {alert.key for alert in alerts(target)} == told
    Watch(target, PACK, REGION).tick(T0 + 301 * M)
    missed = [d for d in deadlines(target) if d.state is DeadlineState.MISSED]
    assert [d.obligation_id for d in missed] == ["OP-AUTH-5H"] * 3
    # New rows are numbered after the old ones.
    assert open_major(target, 1, T0) == [4]


def test_whoever_is_just_writing_is_waited_for(database: Database, target: Database) -> None:
    """Somebody acts from a terminal while everything is carried; the service is stopped."""
    open_major(database, 1)
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        with database.write() as connection:
            incidents.open_matter(connection, "刚刚写入", T0)
            begun.set()
            ended.wait(1.5)

    with ThreadPoolExecutor(1) as other:
        writing = other.submit(write)
        assert begun.wait(10)
        counts = carry(database, target, T0 + M, move=True)
        assert writing.done(), "what had begun was over before anything was carried"
    assert counts["matter"] == 2
    assert rows(target)["matter"] == 2


def test_an_attempt_under_way_is_taken_up_by_its_lease(database: Database, target: Database) -> None:
    open_major(database, 1)
    alert = alerts(database)[0]
    with database.write() as connection:
        deliveries.begin(connection, alert, "slack", T0)
    carry(database, target, T0 + M, move=False)
    with target.read() as connection:
        assert outbox.waiting(connection, "slack", [alert.reason], T0 + M, 500).count(alert.id) == 0
        assert outbox.waiting(connection, "slack", [alert.reason], T0 + 10 * M, 500).count(alert.id) == 1


def test_the_service_does_not_start_by_mistake_on_what_was_moved(database: Database, target: Database) -> None:
    open_major(database, 1)
    carry(database, target, T0, move=True)
    with pytest.raises(DatabaseMoved) as told:
        database.migrate()
    assert target.name in str(told.value)
    target.migrate()
    with database.write() as connection:
        take_back(connection)
    database.migrate()
    assert len(deadlines(database)) == len(deadlines(target))


def test_a_copy_leaves_the_old_one_in_use(database: Database, target: Database) -> None:
    open_major(database, 2)
    carry(database, target, T0, move=False)
    database.migrate()
    assert rows(database) == rows(target)


def test_nothing_is_carried_into_a_database_in_use(database: Database, target: Database) -> None:
    open_major(database, 2)
    target.migrate()
    open_major(target, 1)
    with pytest.raises(TargetInUse):
        carry(database, target, T0, move=True)
    assert len({d.matter_id for d in deadlines(target)}) == 1
    database.migrate()


def test_nothing_is_carried_while_the_service_runs(database: Database, target: Database) -> None:
    with database.write() as connection:
        heartbeats.save(connection, {"watch": (T0, "")})
    with pytest.raises(ServiceRuns):
        carry(database, target, T0 + timedelta(seconds=5), move=True)
    carry(database, target, T0 + M, move=True)


def test_a_database_is_not_carried_onto_itself(database: Database, database_url: str) -> None:
    again = Database(database_url)
    with pytest.raises(SameDatabase):
        carry(database, again, T0, move=False)
    again.close()


def test_all_kinds_of_text_arrive_as_they_were(database: Database, target: Database) -> None:
    hostile = "〇\u200f𠮷👨‍👩‍👧'\"; DROP TABLE item;--\n\t\\"
    item = ItemRow(key="k", source_id="s", title=hostile, text=hostile * 500, first_seen_at=T0)
    with database.write() as connection:
        connection.execute(insert(ITEM), [item.model_dump(exclude={"id"})])
    carry(database, target, T0, move=False)
    with target.read() as connection:
        row = connection.execute(select(ITEM)).one()
    assert (row.title, row.text, row.first_seen_at) == (hostile, hostile * 500, T0)


def test_what_does_not_arrive_as_it_was_is_not_kept(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_major(database, 2)
    monkeypatch.setattr(moving, "_same", lambda before, after: before is not None and before[0] < 2)
    with pytest.raises(NotCarried):
        carry(database, target, T0, move=True)
    assert set(rows(target).values()) == {0}
    database.migrate()
