"""The page of the rotas, and who was told of an incident, by which way, and who acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from monitor.core.people.duty import Duty
from monitor.store.database import Database
from responders.rota import RotaDesk
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_pages import words
from tests.story.roster import DUTY, Bureau, H
from tests.story.test_rota_desk import GAPPY


def staffed_station(database: Database, language: str = "en", duty: Duty = DUTY) -> Station:
    """Return a console of a bureau whose people are named."""
    station = Station(database, language=language)
    station.parts.duty = duty
    station.parts.pack = replace(station.parts.pack, duty=duty)
    return station


@pytest.fixture(params=["en", "zh"])
def staffed(database: Database, request: pytest.FixtureRequest) -> Iterator[tuple[Station, httpx.Client]]:
    with serving(staffed_station(database, request.param)) as station, browsing(station) as client:
        yield station, client


def test_the_page_shows_two_weeks_with_what_was_changed(staffed: tuple[Station, httpx.Client]) -> None:
    station, client = staffed
    now = station.clock()
    desk = RotaDesk(station.database, DUTY)
    desk.override("duty", "boss", begins=now + 24 * H, ends=now + 30 * H, by="<i>王敏</i>", now=now, reason="病假")
    page = client.get("/duty")
    shown = words(page, "rota-duty")
    table = page.text.partition("</table>")[0]
    assert table.count("<tr") == 1 + 15 + 2, "a head, fifteen turns, one of them cut in two by the change"
    assert "王敏" in shown.split("07-10")[0]
    assert "赵磊" in shown
    assert "病假" in shown
    assert "<i>王敏</i>" not in page.text


def test_gaps_are_marked(database: Database) -> None:
    with serving(staffed_station(database, duty=GAPPY)) as station, browsing(station) as client:
        page = client.get("/duty")
    assert page.text.count('<tr class="gap"') == 2
    assert "2 gap(s) in the next 14 days, the first from 2026-07-11 08:30." in words(page, "rota-duty")


def test_without_a_duty_file_the_page_says_so(client: httpx.Client) -> None:
    assert "There is no rota" in words(client.get("/duty"))


def test_an_incident_tells_who_was_told_by_which_way_and_who_acknowledged(
    staffed: tuple[Station, httpx.Client],
) -> None:
    station, client = staffed
    explosion(station)
    bureau = Bureau(station.database, clock=station.clock)
    bureau.deliver()
    station.parts.desk.acknowledge(1, by="王敏", now=station.clock())
    shown = words(client.get("/incidents/1"), "alerts")
    english = station.language == "en"
    assert ("For 王敏: on duty" if english else "通知 王敏：值班中") in shown
    assert ("王敏 · chat: accepted" if english else "王敏 · chat：") in shown
    assert ("Acknowledged by 王敏 at 2026-07-09" if english else "王敏 于 2026-07-09") in shown
