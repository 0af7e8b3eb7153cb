"""The daily silent drill over a database: once a day, each way once, told where it is closed and open again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from sqlalchemy import select

from monitor.core.paths import PathOutcome
from monitor.loops.paths import SilentDrill
from monitor.store import paths
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow
from responders.channels.base import Channel, DeliveryFailure, Message, Receipt, Tried, Try
from responders.channels.console import Console
from tests.story.office import MovedClock

# 10:13 in Beijing, and a day's beginning there.
DUE = datetime(2026, 7, 9, 2, 13, tzinfo=UTC)
AT = time(10, 13)


@dataclass
class Way:
    """A channel whose way is open, closed, or broken by a fault of ours."""

    name: str
    way: str
    fault: Exception | None = None
    whole: bool = True
    tries: int = 0
    can_reconcile: bool = False

    def try_silently(self) -> Tried:
        self.tries += 1
        if self.fault is not None:
            raise self.fault
        return Tried(self.whole, "" if self.whole else "only partly")

    def send(self, message: Message, attempt: Try) -> Receipt:
        raise AssertionError("a silent drill sends nothing")

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        raise AssertionError("a silent drill asks for no message")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(DUE - timedelta(minutes=1))


def drill(database: Database, clock: MovedClock, *channels: Channel) -> SilentDrill:
    return SilentDrill(database, channels, AT, clock)


def alerts(database: Database) -> list[tuple[str, bool, str]]:
    alert = of(AlertRow)
    with database.read() as connection:
        rows = connection.execute(select(alert).order_by(alert.c.id))
        return [(row.point, row.page, row.detail.get("names", "")) for row in rows]


def outcomes(database: Database, *names: str) -> dict[str, tuple[str, str]]:
    with database.read() as connection:
        return {c.channel: (c.outcome or "", c.said) for c in paths.latest(connection, names)}


def test_each_way_is_tried_once_a_day_when_its_time_has_come(database: Database, clock: MovedClock) -> None:
    slack, first, second = Way("slack", "slack"), Way("mail:a", "smtp"), Way("mail:b", "smtp")
    console = Console(StringIO())
    ours, theirs = (drill(database, clock, console, slack, first, second) for _ in range(2))
    assert ours.tick(clock()) == 0
    clock.advance(minutes=1)
    assert (ours.tick(clock()), theirs.tick(clock()), ours.tick(clock())) == (2, 0, 0)
    assert (slack.tries, first.tries, second.tries) == (1, 1, 0), "two recipients share one server"
    assert outcomes(database, "slack", "mail:a", "mail:b") == dict.fromkeys(
        ("slack", "mail:a", "mail:b"), (PathOutcome.WELL, "")
    )
    assert alerts(database) == []
    clock.advance(days=1)
    assert ours.tick(clock()) == 2


def test_a_closed_way_is_told_once_a_day_and_when_it_opens_again(database: Database, clock: MovedClock) -> None:
    slack = Way("slack", "slack", DeliveryFailure("invalid_auth", permanent=True, remedy="mend it"))
    robot = Way("群", "robot", whole=False)
    silent = drill(database, clock, slack, robot)
    clock.advance(minutes=2)
    silent.tick(clock())
    silent.tick(clock())
    assert alerts(database) == [("path", False, "slack")]
    assert outcomes(database, "slack", "群") == {
        "slack": (PathOutcome.FAILED, "invalid_auth"),
        "群": (PathOutcome.PARTLY, ""),
    }
    slack.fault = None
    clock.advance(days=1)
    silent.tick(clock())
    assert [point for point, *_ in alerts(database)] == ["path", "path:over"]


def test_where_every_way_is_closed_somebody_is_paged(database: Database, clock: MovedClock) -> None:
    broken = Way("mail", "smtp", RuntimeError("ours"))
    silent = drill(database, clock, Console(StringIO()), broken)
    clock.advance(minutes=2)
    silent.tick(clock())
    assert alerts(database) == [("path", True, "mail")]
    assert outcomes(database, "mail")["mail"][1] == "RuntimeError"


def test_a_try_that_was_cut_off_is_taken_up_again(database: Database, clock: MovedClock) -> None:
    slack = Way("slack", "slack")
    clock.advance(minutes=2)
    with database.write() as connection:
        assert paths.begin(connection, DUE.date(), "slack", clock())
    silent = drill(database, clock, slack)
    assert (silent.tick(clock()), slack.tries, alerts(database)) == (0, 0, [])
    clock.advance(minutes=11)
    assert (silent.tick(clock()), slack.tries) == (1, 1)
