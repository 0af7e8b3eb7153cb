"""The calendar of deadlines: whose it is, what it shows, and that no title of a report writes a line of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from monitor.core.access.roles import AccountRole
from monitor.core.views import DeadlineView
from monitor.store import views
from monitor.store.database import Database
from responders.documents.deadline_calendar import deadline_calendar
from responders.documents.messages import Composer
from tests.accounts.people import COUNTY
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_matrix import enter, posted


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    with serving(Station(database)) as served:
        yield served


def subscribed(station: Station, client: httpx.Client, login: str) -> str:
    """Return the path of a new calendar address."""
    enter(station, client, login)
    page = posted(station, client, "/account/calendar")
    found = re.search(r"(/calendar/[0-9a-f]{16}[\w-]{43}\.ics)", page.text)
    assert found is not None, page.text
    assert page.headers["cache-control"] == "no-store"
    return found[1]


def test_a_calendar_shows_the_open_deadlines_and_moves_with_them(station: Station) -> None:
    explosion(station)
    station.watch()
    station.people.hire("duty", AccountRole.DUTY)
    with browsing(station) as client, browsing(station) as phone:
        path = subscribed(station, client, "duty")
        answer = phone.get(path)
        assert answer.headers["content-type"].startswith("text/calendar")
        assert "huiying_" not in str(answer.headers)
        first = events(answer.content)
        with station.database.read() as connection:
            live = views.deadlines(connection, live=True)
        assert {event["dtstart"].dt for event in first} == {one.due_at.replace(microsecond=0) for one in live}
        assert all(event.walk("VALARM") for event in first)
        assert all(b"Z" in line for line in answer.content.split(b"\r\n") if line.startswith((b"DTSTART", b"DTSTAMP")))
        firm = next(one for one in live if one.obligation_id == first_of(station))
        now = station.clock()
        earlier = firm.started_at - timedelta(minutes=10)
        station.parts.desk.set_anchor(firm.id, at=earlier, by="Li", now=now, reason="earlier call")
        second = events(phone.get(path).content)
    assert {event["uid"] for event in first} <= {event["uid"] for event in second}
    moved = {event["uid"]: event for event in second}
    before = {event["uid"]: event for event in first}
    changed = [uid for uid in before if moved[uid]["dtstart"].dt != before[uid]["dtstart"].dt]
    assert changed
    assert all(moved[uid]["sequence"] > before[uid]["sequence"] for uid in changed)


def events(file: bytes) -> list[Any]:
    return list(Calendar.from_ical(file.decode()).walk("VEVENT"))


def first_of(station: Station) -> str:
    with station.database.read() as connection:
        return views.deadlines(connection, live=True)[0].obligation_id


def test_an_address_is_a_right_that_can_be_taken_back(station: Station) -> None:
    explosion(station)
    station.watch()
    zero = station.people.hire("zero", AccountRole.ADMIN)
    station.people.hire("duty", AccountRole.DUTY)
    with browsing(station) as client, browsing(station) as phone:
        old = subscribed(station, client, "duty")
        assert phone.get(old).status_code == 200
        assert old not in client.get("/account").text
        new = re.search(r"(/calendar/[\w-]+\.ics)", posted(station, client, "/account/calendar").text)
        assert new is not None
        assert phone.get(old).status_code == 404
        assert phone.get(new[1]).status_code == 200
        assert phone.get(f"{new[1][:-6]}{'A' if new[1][-6] != 'A' else 'B'}{new[1][-5:]}").status_code == 404
        with station.database.read() as connection:
            stored = connection.exec_driver_sql("SELECT * FROM calendar_feed").all()
            logged = connection.exec_driver_sql("SELECT text FROM audit").all()
        assert new[1][26:-4] not in repr(stored) + repr(logged)
        posted(station, client, "/account/calendar/end")
        assert phone.get(new[1]).status_code == 404
        last = re.search(r"(/calendar/[\w-]+\.ics)", posted(station, client, "/account/calendar").text)
        assert last is not None
        station.people.register.disable("duty", by=zero.by, now=station.clock())
        assert phone.get(last[1]).status_code == 404


def test_a_county_colleague_sees_his_region_in_it(station: Station) -> None:
    explosion(station)
    station.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
    station.watch()
    station.people.hire("zero", AccountRole.ADMIN)
    station.people.hire("county", AccountRole.COUNTY, region=COUNTY)
    with browsing(station) as client, browsing(station) as phone:
        text = phone.get(subscribed(station, client, "county")).text
    assert "金昌" in text.replace("\r\n ", "")
    assert "兰州" not in text.replace("\r\n ", "")


def test_no_title_writes_a_line_of_the_calendar(station: Station) -> None:
    explosion(station)
    station.watch()
    with station.database.read() as connection:
        one = views.deadlines(connection, live=True)[0]
    composer = Composer(station.parts.words, station.parts.names)
    now = datetime(2026, 7, 9, tzinfo=UTC)
    plain = deadline_calendar([(one, "x", False)], composer, name="x", now=now)
    for text in HOSTILE:
        file = deadline_calendar([(one, text, True)], composer, name=text, now=now)
        lines = file.split(b"\r\n")
        assert all(len(line) <= 75 for line in lines)
        assert not any(byte < 32 for line in lines for byte in line)
        assert _shape(file) == _shape(plain), text
        event = events(file)[0]
        assert str(event["summary"]).startswith("[DRILL] ")


def _shape(file: bytes) -> list[str]:
    """Return the components and the properties in each, whatever they say."""
    parts: list[Any] = Calendar.from_ical(file.decode()).walk()
    return [f"{part.name} {sorted(part)}" for part in parts]


def test_what_rests_does_not_ring(station: Station) -> None:
    explosion(station)
    station.watch()
    with station.database.read() as connection:
        one = views.deadlines(connection, live=True)[0]
    resting: DeadlineView = replace(one, paused_since=one.started_at)
    composer = Composer(station.parts.words, station.parts.names)
    file = deadline_calendar([(resting, "x", False)], composer, name="", now=one.started_at)
    event = events(file)[0]
    assert event.walk("VALARM") == []
    assert event["status"] == "TENTATIVE"
