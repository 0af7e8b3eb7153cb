"""The second reader's questions stand on the board until somebody acts, as text and never as markup."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.core.duties.alerting import AlertDraft
from monitor.core.model import AlertReason
from monitor.core.second.judging import POINT
from monitor.core.second.opinion import ReadingState
from monitor.store import duties, incidents
from monitor.store.sql import insert, of
from monitor.store.tables import MatterRow
from monitor.store.tables_second import SecondReadingRow
from tests.responders.console.station import Station, browsing

MATTER = of(MatterRow)
HOSTILE = "<script>alert(1)</script>“死亡12人”"


def ask(station: Station, matter: int | None = None) -> None:
    """Let the second reader ask about the first item of the database."""
    now = station.clock()
    key = f"{POINT}:{matter}:major"
    detail = {"item": "1", "title": HOSTILE, "quote": HOSTILE, "model": "m<b>", "first_verdict": "decoy"}
    detail |= {"first_tag": "fiction", "second_kind": "fire", "second_grade": "3", "second_figures": "deaths=12"}
    draft = AlertDraft(
        key=key,
        reason=AlertReason.TROUBLE,
        matter_id=matter,
        point=POINT,
        at=now,
        not_before=now,
        useful_until=now + timedelta(hours=24),
        page=True,
        detail=detail,
    )
    with station.database.write() as connection:
        duties.save_alerts(connection, [draft], now)
        row = {"item_id": 1, "state": ReadingState.ASKED.value, "doubt": "decoy", "first": {}, "added_at": now}
        row |= {"ended_at": now, "question_key": key, "tries": 1, "prompt": "1", "model": "m", "said": ""}
        connection.execute(insert(connection, SecondReadingRow).values(**row))


def board(station: Station) -> str:
    with browsing(station) as client:
        return client.get("/").text


@pytest.fixture
def asked(either_station: Station) -> Station:
    either_station.tell("第3号示例小区举办花展")
    ask(either_station)
    return either_station


def test_a_question_stands_on_the_board_with_both_readings(asked: Station) -> None:
    page = board(asked)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'href="/items/1"' in page
    assert 'id="calm"' not in page
    for told in ("no incident: fiction", "12 dead", "major", "huiying report 1"):
        assert told in page
    with browsing(asked) as client:
        alerts = client.get("/alerts").text
    assert "<script>alert" not in alerts
    assert "second reading of item 1" in alerts


def test_it_goes_once_the_item_belongs_to_an_incident_or_a_day_is_over(asked: Station) -> None:
    with asked.database.write() as connection:
        number = incidents.open_matter(connection, "x", asked.clock())
    assert "asked-title" in board(asked)
    with asked.database.write() as connection:
        incidents.attach(connection, 1, number, why="by_person", by="值班员")
    assert "asked-title" not in board(asked)


def test_it_goes_after_a_day(asked: Station) -> None:
    asked.clock.advance(hours=25)
    assert "asked-title" not in board(asked)


def test_a_question_about_an_incident_goes_once_somebody_acts(either_station: Station) -> None:
    station = either_station
    station.tell("金昌市一仓库起火致3人死亡")
    ask(station, matter=1)
    assert "asked-title" in board(station)
    with station.database.write() as connection:
        connection.execute(update(MATTER).values(acted_at=station.clock() + timedelta(minutes=1)))
    assert "asked-title" not in board(station)
