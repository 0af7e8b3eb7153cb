"""An incident as a CAP message: good by the rules of CAP 1.2 in every state, and whatever its texts hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from monitor.config.lexicon import load_words
from monitor.core.model import Place
from monitor.store import views
from monitor.store.database import Database
from responders.cap_export import cap_of
from responders.documents.cap import CATEGORY_OF, CapFacts, cap_message
from responders.documents.messages import Composer
from tests.exports.cap_rules import NAMESPACE, breaches
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    with serving(Station(database)) as served:
        explosion(served)
        served.watch()
        yield served


def facts(station: Station) -> CapFacts:
    with station.database.read() as connection:
        incident = views.incident(connection, 1)
        assert incident is not None
        deadlines, steps = views.deadlines(connection, matter_id=1), views.steps(connection, 1)
        log = views.log(connection, 1)
    return CapFacts(incident=incident, deadlines=deadlines, steps=steps, log=log, now=station.clock())


def composer(station: Station, url: str = "https://huiying.example.org") -> Composer:
    return Composer(station.parts.words, station.parts.names, url, "620000")


def told(message: bytes) -> dict[str, str]:
    return {part.tag.removeprefix(NAMESPACE): part.text or "" for part in ET.fromstring(message).iter()}


def test_the_message_of_an_incident_is_a_good_one(station: Station) -> None:
    with browsing(station) as client:
        answer = client.get("/incidents/1.cap")
        assert client.get("/incidents/99.cap").status_code == 404
    assert answer.headers["content-type"] == "application/cap+xml"
    assert breaches(answer.content) == []
    found = told(answer.content)
    assert (found["status"], found["severity"], found["certainty"]) == ("Actual", "Severe", "Observed")
    assert found["sent"].endswith("+08:00")
    assert "polygon" not in found
    geocode = ET.fromstring(answer.content).find(f".//{NAMESPACE}geocode")
    assert geocode is not None
    assert [part.text for part in geocode] == ["GB/T 2260", "620302"]


def test_each_change_is_a_message_that_names_those_before_it(station: Station) -> None:
    first = told(cap_of(station.database, composer(station), 1, station.clock()))
    assert told(cap_of(station.database, composer(station), 1, station.clock() + timedelta(hours=1))) == first
    station.clock.now += timedelta(minutes=20)
    station.parts.desk.dismiss(1, by="Li", now=station.clock(), reason="误报\x0b\n<b>")
    message = cap_of(station.database, composer(station), 1, station.clock())
    assert breaches(message) == []
    last = told(message)
    assert last["msgType"] == "Cancel"
    assert last["identifier"] != first["identifier"]
    assert f"{first['sender']},{first['identifier']},{first['sent']}" in last["references"].split()
    assert all(reference.count(",") == 2 for reference in last["references"].split())


def test_a_drill_is_an_exercise(station: Station) -> None:
    known = facts(station)
    message = cap_message(replace(known, incident=replace(known.incident, drill=True)), composer(station))
    assert breaches(message) == []
    assert told(message)["status"] == "Exercise"


def test_no_text_breaks_the_message(station: Station) -> None:
    known = facts(station)
    for text in HOSTILE:
        place = Place(name=text)
        incident = replace(known.incident, title=text, place=place, kind=text or "x", severity=None, likely=None)
        message = cap_message(replace(known, incident=incident), composer(station, ""))
        assert breaches(message) == [], text
        assert told(message)["sender"] == "huiying-620000"


def test_every_kind_that_is_mapped_is_one_of_ours() -> None:
    kinds = {kind.id for kind in load_words()[0].kinds.values()}
    assert set(CATEGORY_OF) <= kinds
