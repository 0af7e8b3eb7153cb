"""Two people must acknowledge, and both do it by links: each counts once, whichever way he goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Connection

from monitor.core.people.duty import Duty
from monitor.core.views import AlertView
from monitor.store import duties, views
from monitor.store.database import Database
from monitor.store.matter_facts import acts_of
from responders.channels.base import Link
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_links import PUBLIC, acknowledgers, page_of
from tests.story.outbox import AWAY
from tests.story.roster import DUTY, USUAL, Bureau

TWO = replace(DUTY, policies=(replace(USUAL, needed=2),))


@pytest.fixture
def two(database: Database) -> Iterator[Station]:
    """Return a bureau in which two contacts must acknowledge, with an incident that has just opened."""
    with staffed(database, TWO) as station:
        yield station


@contextmanager
def staffed(database: Database, duty: Duty) -> Iterator[Station]:
    station = Station(database)
    station.parts.duty = duty
    station.parts.pack = replace(station.parts.pack, duty=duty)
    with serving(station):
        explosion(station)
        yield station


def path_for(station: Station, channel: str, contact: str = "") -> str:
    station.links.prepare(station.clock())
    with station.database.read() as connection:
        link = station.links.link(connection, page_of(station), channel, contact)
    assert link is not None
    return link.url.removeprefix("https://duty.example.org")


def needed(station: Station) -> int:
    with station.database.read() as connection:
        return duties.people_needed(connection, 1, station.clock())


def contacts(station: Station) -> list[str]:
    with station.database.read() as connection:
        return [act.contact for act in acts_of(connection, 1)]


def test_two_people_press_each_his_own_link(two: Station) -> None:
    with browsing(two) as phone:
        first = phone.post(path_for(two, "mail", "wang"), headers=PUBLIC)
        assert "go on until 2 people" in first.text
        assert needed(two) == 2
        second = phone.post(path_for(two, "mail", "li"), headers=PUBLIC)
        assert "Noted: you act on this. The deadlines run on" in second.text
    assert needed(two) == 0
    assert acknowledgers(two) == ["王敏", "李强"]
    assert contacts(two) == ["wang", "li"]


def test_the_page_of_the_incident_says_that_one_is_not_enough(two: Station) -> None:
    with browsing(two) as desk:
        for name, there in (("王敏", True), ("wang", True), ("李强", False)):
            two.parts.desk.acknowledge(1, by=name, now=two.clock())
            assert ("Paging goes on until 2 different people" in desk.get("/incidents/1").text) is there


def test_only_who_reads_a_message_alone_is_named_by_its_link(database: Database) -> None:
    named: list[tuple[str, str]] = []

    def link(_connection: Connection, alert: AlertView, channel: str, contact: str) -> Link | None:
        named.append((channel, contact))
        return None

    bureau = Bureau(database)
    bureau.major()
    bureau.deliveries = [
        replace(one, outlet=replace(one.outlet, link=link, broadcast=one.outlet.name != "mail"))
        for one in bureau.deliveries
    ]
    bureau.chat.answers = [AWAY] * 9
    bureau.deliver()
    bureau.clock.advance(seconds=60)
    bureau.deliver()
    assert {one for one in named if one[0] in ("chat", "mail")} == {("chat", ""), ("mail", "wang")}


def test_one_person_by_two_ways_is_one_person(two: Station) -> None:
    with browsing(two) as phone:
        for path in (path_for(two, "mail", "wang"), path_for(two, "sms", "wang")):
            assert phone.post(path, headers=PUBLIC).status_code == 200
        two.parts.desk.acknowledge(1, by="王敏", now=two.clock())
        assert needed(two) == 2
        again = phone.post(path_for(two, "mail", "wang"), headers=PUBLIC)
        assert again.status_code == 410
        assert "not enough have" in again.text


def test_the_link_of_a_group_asks_who_presses_and_serves_each_once(two: Station) -> None:
    path = path_for(two, "企业微信值班群")
    with browsing(two) as phone:
        assert 'name="name"' in phone.get(path, headers=PUBLIC).text
        for wrong in ("", "某甲"):
            refused = phone.post(path, headers=PUBLIC, data={"name": wrong})
            assert refused.status_code == 422
            assert "duty file" in refused.text
            assert f'value="{wrong}"' in refused.text
            assert "<button>" in refused.text
        assert contacts(two) == []
        assert phone.post(path, headers=PUBLIC, data={"name": "王敏"}).status_code == 200
        assert phone.post(path, headers=PUBLIC, data={"name": "wang"}).status_code == 410
        assert contacts(two) == ["wang"]
        assert phone.post(path, headers=PUBLIC, data={"name": "li"}).status_code == 200
        assert needed(two) == 0
    assert contacts(two) == ["wang", "li"]


def test_a_link_sent_to_one_person_tells_his_name_where_one_is_enough(database: Database) -> None:
    with staffed(database, DUTY) as station, browsing(station) as phone:
        assert phone.post(path_for(station, "mail", "wang"), headers=PUBLIC).status_code == 200
        assert acknowledgers(station) == ["王敏"]


def test_an_old_link_does_not_say_that_somebody_acts_when_nobody_does(station: Station, client: httpx.Client) -> None:
    explosion(station)
    path = path_for(station, "企业微信值班群")
    assert client.post(path, headers=PUBLIC).status_code == 200
    station.parts.desk.hand_back(1, by="王敏", now=station.clock())
    told = client.get(path, headers=PUBLIC)
    assert told.status_code == 410
    assert "nobody acts on this any more" in told.text
    with station.database.read() as connection:
        found = views.incident(connection, 1)
    assert found is not None
    assert found.acted_at is None
