"""Why was I told, or not: of single alerts and of every moment of a deadline, as the night goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.duties.alerting import Silence
from monitor.core.errors import UnknownAlert, UnknownDeadline
from monitor.core.explain.telling import Fate
from monitor.core.model import AlertReason, ResponseKind
from monitor.core.views import AlertView
from monitor.service.versions import versions
from monitor.store import audit, views
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.documents.reasons_telling import alert_sections, deadline_sections
from tests.responders.console.scenes import deliver
from tests.responders.console.station import T0, Station

H = timedelta(hours=1)
FIVE = "OP-AUTH-5H"


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def blast(station: Station) -> None:
    """Tell of an explosion that is major from its first report; the alerts of the opening are sent."""
    station.clock.now = T0 + timedelta(minutes=3)
    station.tell(
        "金昌市金川区化工仓库爆炸 已致11人遇难",
        "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸，已造成11人死亡、24人受伤。",
        by="release",
        at=T0,
    )
    deliver(station)


def composer(station: Station) -> Composer:
    return Composer(station.parts.words, station.parts.names, "")


def five(station: Station) -> int:
    with station.database.read() as connection:
        return next(d.id for d in views.deadlines(connection) if d.obligation_id == FIVE)


def fates(station: Station) -> dict[str, Fate]:
    answer = station.parts.inquiry.deadline(five(station), station.clock())
    return {point.name: point.fate for point in answer.points}


def said(station: Station, point: str) -> str:
    """Return the line about one moment."""
    answer = station.parts.inquiry.deadline(five(station), station.clock())
    sections = {s.id: s for s in deadline_sections(answer, composer(station))}
    at = [p.name for p in answer.points].index(point)
    entry = sections["points"].entries[at]
    return f"{entry.text} | {entry.note}"


def alerts(station: Station) -> list[AlertView]:
    with station.database.read() as connection:
        found = views.alerts(connection, matter_id=1)
    return [a for a in found if a.obligation_id == FIVE]


def told(station: Station, number: int) -> str:
    sections = alert_sections(station.parts.inquiry.alert(number), composer(station))
    return "\n".join(f"{e.text} ({e.note})" for section in sections for e in section.entries)


def test_every_moment_of_a_clock_is_told_with_what_became_of_it(station: Station) -> None:
    blast(station)
    before = fates(station)
    assert before["due"] is Fate.TO_COME
    assert set(before.values()) <= {Fate.TO_COME, Fate.NOT_TOLD}
    station.parts.desk.acknowledge(1, by="王某", now=station.clock())
    again = [name for name in before if name.startswith("again:")]
    assert again
    assert {fates(station)[name] for name in again} <= {Fate.RESTS, Fate.NOT_TOLD}
    assert "somebody acted" in "".join(said(station, name) for name in again)
    station.clock.now = T0 + 6 * H
    assert fates(station)["due"] is Fate.NOT_LOOKED_AT
    assert "is the service running?" in said(station, "due")
    station.watch()
    assert fates(station)["due"] in (Fate.WAITS, Fate.NOT_TOLD)
    deliver(station)
    assert Fate.TOLD in fates(station).values()
    assert "later" in said(station, "before:60m")
    station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="情况通报", url="", published_at=station.clock(), by="王某",
        now=station.clock(),
    )  # fmt: skip
    answer = station.parts.inquiry.deadline(five(station), station.clock())
    future = [point for point in answer.points if point.at > station.clock()]
    assert future
    assert {point.fate for point in future} == {Fate.ENDED_BEFORE}
    assert [line.what for line in answer.changes][-1] == "met_late"
    assert {alert.reason for alert in answer.others} >= {AlertReason.OPENED, AlertReason.SETTLED}
    assert {line.by for line in answer.decisions} == {"王某"}


def test_an_alert_says_who_was_told_and_why_it_was_late(station: Station) -> None:
    blast(station)
    opened = next(a for a in alerts(station) if a.point == "opened")
    lines = told(station, opened.id)
    assert "console: " in lines
    assert "late" not in lines
    station.clock.now = T0 + 6 * H
    station.watch()
    late = max(alerts(station), key=lambda a: a.created_at)
    assert late.created_at - late.at > timedelta(minutes=10)
    lines = told(station, late.id)
    assert "late: what it tells of became known only then, or the service stood still." in lines
    assert "No channel has tried to send it." in lines


def test_a_start_of_the_service_explains_the_lateness(station: Station) -> None:
    blast(station)
    back = T0 + 6 * H
    with station.database.write() as connection:
        audit.note(connection, audit.STARTED, versions(station.parts, ["watch"]), back, subject="service")
    station.clock.now = back + timedelta(seconds=1)
    station.watch()
    late = max(alerts(station), key=lambda a: a.created_at)
    assert "late: the service was down and was started 2026-07-10 02:00:00." in told(station, late.id)


def test_an_acknowledged_alert_names_who_acted(station: Station) -> None:
    blast(station)
    station.parts.desk.acknowledge(1, by="王某", now=station.clock())
    station.clock.now += timedelta(minutes=31)
    station.watch()
    # Nobody looks at a clock for what is silent anyway: there is no row yet, and it is not the service's fault.
    assert [fates(station)[name] for name in ("again:1", "again:2")] == [Fate.ACTED, Fate.ACTED]
    station.clock.now = T0 + 6 * H
    station.watch()
    silent = [a for a in alerts(station) if a.silence == Silence.ACKNOWLEDGED]
    assert silent
    assert "王某: acknowledged" in told(station, silent[0].id)


def test_what_is_not_stored_is_told(station: Station) -> None:
    with pytest.raises(UnknownAlert, match="no alert 7"):
        station.parts.inquiry.alert(7)
    with pytest.raises(UnknownDeadline):
        station.parts.inquiry.deadline(7, T0)


def test_the_start_of_the_service_keeps_what_it_decides_by(station: Station) -> None:
    kept = versions(station.parts, ["watch", "crawl"])
    assert kept["rules"] == f"{station.parts.pack.id}@{station.parts.pack.version}"
    assert kept["roles"] == ["crawl", "watch"]
    assert versions(Station(station.database).parts, ["crawl", "watch"]) == kept
    other = Station(station.database, language="zh")
    assert versions(other.parts)["settings_digest"] != kept["settings_digest"]
