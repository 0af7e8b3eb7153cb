"""Deadlines and responses from before there were calendars go on through an upgrade, both ways."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.model import ResponseKind
from monitor.loops.watch import Watch
from monitor.store import views
from monitor.store.database import Database
from tests.responders.console.station import REGION, Station
from tests.store.test_voices_migration import migrate, rows

KEPT = "SELECT obligation_id, ordinal, state, due_at FROM deadline ORDER BY id"


def test_running_deadlines_and_logged_responses_are_kept(database: Database) -> None:
    station = Station(database)
    station.tell("甘肃白银一化工厂爆炸致12死30伤")
    station.clock.advance(hours=1)
    now = station.clock()
    kind = ResponseKind.AUTHORITATIVE_RELEASE
    station.parts.desk.respond(1, kind, title="通报", url="", published_at=now, by="发言人", now=now)
    before = rows(database, KEPT)
    migrate(database, "0008", down=True)
    assert rows(database, KEPT) == before
    migrate(database, "head")
    assert rows(database, KEPT) == before
    assert len(before) == 3
    assert rows(database, "SELECT calendar, calendar_version, unrolled_at, level FROM deadline WHERE id = 1") == [
        ("", None, None, None)
    ]
    assert rows(database, "SELECT kind, level FROM response") == [("authoritative_release", None)]
    Watch(database, station.parts.pack, REGION).tick(now + timedelta(hours=30))
    with database.read() as connection:
        assert {d.state.value for d in views.deadlines(connection)} == {"met", "missed"}
