"""Incidents that led to one another: persons link them, links follow a merge, a machine only hints."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.errors import AlreadyMerged, CircularChain, NotLinked, SelfLink, UnknownIncident
from monitor.core.incidents.chains import Tie
from monitor.store import chains, views
from monitor.store.database import Database
from responders.desk import Desk
from tests.responders.console.station import T0, Station
from tests.story.rumour_mill import Mill

H = timedelta(hours=1)
RAIN, SLIDE, FIRE = "甘肃陇南暴雨引发山洪致3人遇难", "贵州毕节山体滑坡致4人遇难", "四川绵阳一仓库起火致5死"


@pytest.fixture
def station(database: Database) -> Station:
    station = Station(database)
    mill = Mill(station)
    for title in (RAIN, SLIDE, FIRE):
        mill.tell("evening", title, after=1)
    assert [incident.id for incident in mill.incidents()] == [1, 2, 3]
    return station


@pytest.fixture
def desk(station: Station) -> Desk:
    return station.parts.desk


def links(station: Station, number: int) -> list[tuple[int, Tie]]:
    with station.database.read() as connection:
        return [(one.other_id, one.tie) for one in chains.links_of(connection, [number]).get(number, [])]


def log(station: Station, number: int) -> list[tuple[str, str]]:
    with station.database.read() as connection:
        return [(line.what, line.subject) for line in views.log(connection, number) if line.by]


def test_a_link_stands_with_both_and_its_decision_in_both_logs(station: Station, desk: Desk) -> None:
    desk.link(1, 2, Tie.CAUSE, by="值班员", now=T0 + 4 * H, reason="同一次降雨")
    assert links(station, 1) == [(2, Tie.EFFECT)]
    assert links(station, 2) == [(1, Tie.CAUSE)]
    assert (log(station, 1), log(station, 2)) == ([("link", "#2")], [("link", "#1")])


def test_linking_is_no_acting_on_either_so_that_no_reminder_falls_silent(station: Station, desk: Desk) -> None:
    assert desk.link(1, 2, Tie.CAUSE, by="值班员", now=T0 + 4 * H).incident.acted_at is None
    with station.database.read() as connection:
        other = views.incident(connection, 2)
    assert other is not None
    assert other.acted_at is None


def test_a_second_tap_logs_nothing_and_another_tie_replaces_the_first(station: Station, desk: Desk) -> None:
    for _ in range(2):
        desk.link(1, 2, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    desk.link(2, 1, Tie.EFFECT, by="值班员", now=T0 + 4 * H)
    assert log(station, 1) == [("link", "#2")]
    desk.link(2, 1, Tie.CAUSE, by="值班员", now=T0 + 5 * H)
    assert links(station, 1) == [(2, Tie.CAUSE)]


def test_a_link_is_taken_back_and_the_log_keeps_both(station: Station, desk: Desk) -> None:
    desk.link(1, 2, Tie.RELATED, by="值班员", now=T0 + 4 * H)
    desk.unlink(2, 1, by="值班员", now=T0 + 5 * H)
    assert links(station, 1) == []
    assert log(station, 1) == [("link", "#2"), ("unlink", "#2")]
    with pytest.raises(NotLinked):
        desk.unlink(1, 2, by="值班员", now=T0 + 6 * H)


def test_what_cannot_be_linked(station: Station, desk: Desk) -> None:
    with pytest.raises(SelfLink):
        desk.link(1, 1, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    with pytest.raises(UnknownIncident):
        desk.link(1, 99, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    desk.merge(3, 1, by="值班员", now=T0 + 4 * H)
    with pytest.raises(AlreadyMerged):
        desk.link(2, 3, Tie.CAUSE, by="值班员", now=T0 + 4 * H)


def test_nothing_becomes_the_cause_of_its_own_cause(station: Station, desk: Desk) -> None:
    desk.link(1, 2, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    desk.link(2, 3, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    with pytest.raises(CircularChain):
        desk.link(3, 1, Tie.CAUSE, by="值班员", now=T0 + 5 * H)
    assert links(station, 1) == [(2, Tie.EFFECT)]
    desk.link(3, 1, Tie.RELATED, by="值班员", now=T0 + 5 * H)
    assert (3, Tie.RELATED) in links(station, 1)


def test_links_follow_a_merge_without_doubling_or_pointing_at_themselves(station: Station, desk: Desk) -> None:
    desk.link(1, 3, Tie.CAUSE, by="值班员", now=T0 + 4 * H)
    desk.link(1, 2, Tie.RELATED, by="值班员", now=T0 + 4 * H)
    desk.merge(1, 2, by="值班员", now=T0 + 5 * H)
    assert links(station, 1) == []
    assert links(station, 2) == [(3, Tie.EFFECT)]
    assert links(station, 3) == [(2, Tie.CAUSE)]
