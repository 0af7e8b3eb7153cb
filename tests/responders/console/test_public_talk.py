"""How far the public talks of an incident on its page: a drawing, and the same in words and in a table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import Entry
from monitor.core.incidents.heat import Stretch
from monitor.core.incidents.wave import WaveStep
from monitor.core.model import TimeNote, Wave
from responders.console.chart import BARS_BOTTOM, BARS_TOP, LEFT, RANKS_BOTTOM, RANKS_TOP, RIGHT, chart_of, rank_y
from tests.responders.console.station import T0, Station, source
from tests.responders.console.test_pages import words

H = timedelta(hours=1)
FIRE = "金昌市金川区一仓库起火"
HOSTILE = "金川区仓库起火 <script>alert(1)</script>"


def listed(station: Station, key: str, title: str, rank: int, *, hours: int) -> None:
    platform = replace(source("list"), ranked=True)
    entry = Entry(key=key, title=title, published_at=None, time_note=TimeNote.MISSING, rank=rank, heat=rank * 1000)
    station.clock.now = T0 + hours * H
    station.parts.intake.see(platform, [entry], station.clock())
    if station.parts.intake.unknown(platform, [entry], station.clock()):
        station.parts.intake.take(platform, [entry], station.clock())


@pytest.fixture
def climbing(station: Station) -> Station:
    for hours, rank in enumerate((33, 12, 6, 2)):
        listed(station, "a", FIRE, rank, hours=hours)
    listed(station, "b", HOSTILE, 44, hours=5)
    return station


def test_the_page_says_the_wave_apart_from_the_grade_and_on_what_it_rests(
    climbing: Station, client: httpx.Client
) -> None:
    page = client.get("/incidents/1")
    assert "very wide public talk" in " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    said = words(page, "heat")
    assert "very wide public talk place 2 on a hot list (grade from place 3)" in said
    assert "best place 2: 示例热榜, 2026-07-09 23:00" in said
    assert "highest figure of 示例热榜: 44,000" in said
    assert "2 titles, 2 of them public talk; 1 source(s) that are no authority" in said
    assert "07-09 22:00 wide public talk place 6 on a hot list (grade from place 10)" in said
    assert "07-09 20:00 1 33 07-09 21:00 0 12" in said
    assert "very wide public talk" in words(client.get("/"), "incident-1")
    assert "very wide public talk" in client.get("/incidents").text


def test_the_drawing_is_well_formed_says_what_it_shows_and_needs_no_script(
    climbing: Station, client: httpx.Client
) -> None:
    page = client.get("/incidents/1").text
    drawing = re.search(r'<svg viewBox(?:(?!</svg>).)*?id="chart-title".*?</svg>', page, re.DOTALL)
    assert drawing is not None
    svg = ElementTree.fromstring(drawing[0])
    assert svg.attrib["role"] == "img"
    texts = {child.attrib.get("id"): child.text for child in svg}
    assert texts["chart-title"] == "Public talk over time"
    assert "best place 2" in str(texts["chart-said"])
    assert svg.attrib["aria-labelledby"] == "chart-title chart-said"
    assert len([child for child in svg if child.tag == "circle"]) == 5
    assert "<script>alert" not in page
    assert "style=" not in drawing[0]


def test_an_incident_nobody_talks_of_says_so_and_draws_nothing(station: Station, client: httpx.Client) -> None:
    station.tell("金昌市金川区一化工厂爆炸致12死", by="release")
    page = client.get("/incidents/1")
    assert "The public hardly talks of it." in words(page, "heat")
    assert 'id="chart-title"' not in page.text


stretches = st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(1, 10**6)), max_size=30)


@given(stretches, st.lists(st.integers(-5, 40), max_size=3))
def test_whatever_was_said_the_drawing_stays_in_its_frame(told: list[tuple[int, int | None]], at: list[int]) -> None:
    course = [Stretch(T0 + n * H, H, titles, rank) for n, (titles, rank) in enumerate(told)]
    steps = [
        WaveStep(wave=wave, at=T0 + hours * H, known_at=T0, item_id=1, grounds=())
        for wave, hours in zip(Wave, sorted(at), strict=False)
    ]
    chart = chart_of(course, steps)
    if len(course) < 2:
        assert chart is None
        return
    assert chart is not None
    for bar in chart.bars:
        assert bar.height > 0
        assert LEFT <= bar.x <= bar.x + bar.width <= RIGHT + 1
        assert BARS_TOP - 0.1 <= bar.y <= BARS_BOTTOM
    assert all(RANKS_TOP <= point.y <= RANKS_BOTTOM and LEFT < point.x < RIGHT for point in chart.points)
    assert all(LEFT <= mark.x <= RIGHT for mark in chart.marks)
    assert len(chart.bars) == sum(titles > 0 for titles, _ in told)


def test_the_first_places_lie_highest_and_furthest_apart() -> None:
    heights = [rank_y(rank) for rank in (1, 2, 10, 50, 900)]
    assert heights == sorted(heights)
    assert heights[1] - heights[0] > heights[3] - rank_y(49)
    assert heights[3] == heights[4]
