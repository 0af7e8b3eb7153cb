"""What the pages tell, over both databases: every fact with its reason, nothing hidden, nothing out of order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import httpx
import pytest

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import Severity
from monitor.core.sources import FailureKind
from monitor.store import sources
from monitor.store.fetches import record
from responders.console.health import PROBES, Unwell
from tests.responders.console.scenes import MINUTE, deliver, explosion, fetches, flooding, night
from tests.responders.console.station import T0, Station, browsing, token_of


@pytest.fixture
def both(either_station: Station) -> Iterator[tuple[Station, httpx.Client]]:
    """Return a console over each database in turn, and its client."""
    with browsing(either_station) as client:
        yield either_station, client


def words(answer: httpx.Response, part: str = "main") -> str:
    """Return the text that a page shows inside the element with that id, as one line."""
    assert answer.status_code == 200, answer.text
    inside = re.search(
        rf'<(\w+)[^>]* id="{part}".*?(?=<(?:section|article|details|footer)[^>]* id=|</main>)', answer.text, re.DOTALL
    )
    assert inside is not None, f"the page has no part {part}"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", inside[0])).split())


def test_the_board_puts_the_most_pressing_first(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    night(station)
    page = client.get("/")
    order = re.findall(r'<article[^>]* id="incident-(\d+)"', page.text)
    assert order == ["1", "3", "2", "4"]
    assert page.text.index('id="incident-2"') < page.text.index('id="provisional-title"')
    assert page.text.index('id="provisional-title"') < page.text.index('id="incident-4"')
    overdue = words(page, "incident-1")
    assert "overdue First authoritative release 5 h" in overdue
    assert "overdue by 0:42 due 07-09 21:05" in overdue
    assert "major 甘肃省张掖市山丹县 #1" in overdue
    assert "12 dead, 20 injured" in overdue
    assert "presumed major 甘肃省白银市平川区 #4" in words(page, "incident-4")
    assert "met First authoritative release 5 h · 07-09 21:10" in words(page, "settled")
    assert "天水市秦州区" in words(page, "watched")
    assert '<details class="fold" id="watched">' in page.text
    assert "1 overdue" in words(page, "sum")
    assert "1 overdue · Board" in page.text


def test_a_drill_whose_clocks_were_shortened_never_stands_above_a_real_incident(
    both: tuple[Station, httpx.Client],
) -> None:
    station, client = both
    station.parts.drills.start(by="Li", now=station.clock(), title="X", times=60, severity=Severity.MAJOR)
    explosion(station)
    page = client.get("/").text
    assert 0 < page.index('id="incident-2"') < page.index('id="incident-1"')


def test_the_pages_say_whose_an_incident_is(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    station.tell("香港一厂房爆炸致12人死亡")
    station.tell("连霍高速多车相撞致13人死亡")
    station.tell("甘肃白银一化工厂爆炸致14人死亡")
    abroad, asked, ours = (client.get(f"/incidents/{number}") for number in (1, 2, 3))
    assert "where the response duties of the mainland do not apply" in words(abroad, "whose")
    assert "It is ours: confirm" in abroad.text
    assert "No clock is running for this incident." in abroad.text
    assert "Confirm it if it was in 甘肃省" in words(asked, "whose")
    assert "It is ours" not in asked.text
    assert 'id="whose"' not in ours.text
    board = client.get("/")
    assert "江苏省, 安徽省, 河南省, 陕西省, 甘肃省, 新疆维吾尔自治区" in words(board, "incident-2")
    assert "Confirm it if" not in words(board, "incident-3")
    assert "香港特别行政区 #1" in words(board, "watched")


def test_an_empty_board_is_calm_and_says_when_all_was_well(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    page = client.get("/")
    assert "No deadline is running." in words(page, "calm")
    assert "none yet" in words(page, "beats")
    fetches(station)
    assert "Last good cycle: news 07-09 20:00 · deadlines 07-09 20:00" in words(client.get("/"), "beats")


def test_the_board_says_when_the_service_is_unwell(station: Station, client: httpx.Client) -> None:
    assert 'id="unwell"' not in client.get("/").text
    station.unwell.append(Unwell("delivery over mail", T0 - timedelta(hours=1), "the server refuses us"))
    told = words(client.get("/"), "unwell")
    assert "delivery over mail · since 2026-07-09 19:00 the server refuses us" in told
    calm = words(client.get("/"), "calm")
    assert "the watch is not whole" in calm
    assert "The watch goes on" not in calm
    for probe in PROBES:
        asked = client.get(probe)
        assert (asked.status_code, asked.text) == (503, probe)
    station.unwell.clear()
    assert client.get("/healthz").status_code == 200


def test_a_grave_report_without_a_trusted_time_waits_for_a_person(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    station.tell("金昌市金川区一化工仓库发生爆炸 已致11人死亡", dated=False)
    station.tell("金昌市永昌县一民房起火 1人受伤", dated=False)
    page = client.get("/")
    assert page.text.index('id="undated-title"') < page.text.index('id="incident-1"')
    assert "no deadline runs. Confirm the incident to start the clock." in words(page, "incident-1")
    assert "永昌县" in words(page, "watched")
    filled = {"token": token_of(page), "by": "王某", "back": "board"}
    assert client.post("/incidents/1/confirm", data=filled, headers={"Origin": station.address}).status_code == 303
    assert "5:00 left" in words(client.get("/"), "incident-1")


def test_what_is_long_overdue_stays_but_not_in_the_way(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    station.clock.advance(days=5)
    station.watch()
    flooding(station)
    page = client.get("/")
    assert "Overdue for more than three days (1)" in words(page, "long-overdue")
    order = re.findall(r'<article[^>]* id="incident-(\d+)"', page.text)
    assert order == ["2", "1"]


def test_an_incident_says_why_it_is_graded_so(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    page = client.get("/incidents/1")
    why = words(page, "why")
    assert "major the figures give the grade 金昌金川区化工仓库爆炸事故已致11人遇难 示例发布, 2026-07-09 20:52" in why
    assert "07-09 20:03 larger presumed major 4 dead, 9 missing, 21 injured" in why
    assert "07-09 20:52 major 11 dead, 2 missing, 24 injured, 5 seriously injured" in why
    start = words(page, "start")
    assert "occurred 07-09 19:40 First authoritative release 5 h · Press conference 24 h" in start
    assert "first reported 07-09 20:00" in start
    assert "confirmed not known" in start
    law = words(page, "law")
    assert "最迟要在5小时内发布权威信息" in law
    assert "国办发〔2016〕80号" in law
    assert "Met by: authoritative release, press conference" in law
    assert "No longer counting (1) superseded Response to other public concern 48 h" in law


def test_an_incident_says_where_each_report_comes_from_and_why_it_is_here(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    items = words(client.get("/incidents/1"), "items")
    assert "示例晚报 · published 2026-07-09 20:00 · first seen 2026-07-09 20:03 evening.example.cn" in items
    assert "opened the incident" in items
    assert "told of an incident already known" in items
    assert "states a figure 11 dead" in items


def test_an_incident_says_who_was_told_and_who_did_what(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    night(station)
    page = client.get("/incidents/2")
    assert "settled · First authoritative release" in words(page, "alerts")
    assert "console: accepted 07-09 21:47" in words(page, "alerts")
    log = words(page, "log")
    assert "2026-07-09 21:15 response logged 王某 崆峒区在建隧道坍塌事故情况通报" in log
    assert "met First authoritative release a response was logged" in log
    logged = words(page, "logged")
    assert "2026-07-09 21:10 authoritative release 崆峒区在建隧道坍塌事故情况通报 release.example.cn" in logged
    assert '<option value="press_conference" selected>' in page.text


def test_long_lists_are_cut_into_pages_and_lose_nothing(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    counties = ("凉州区", "民勤县", "古浪县")
    for n in range(53):
        station.clock.advance(days=40)
        station.tell(
            f"武威市{counties[n % 3]}一仓库起火 {n + 1}人受伤", f"武威市{counties[n % 3]}一仓库起火，{n + 1}人受伤。"
        )
    first, second = client.get("/incidents"), client.get("/incidents?page=2")
    seen = re.findall(r'href="/incidents/(\d+)"', first.text + second.text)
    assert sorted(map(int, seen)) == list(range(1, 54))
    assert 'rel="next" href="/incidents?page=2"' in first.text
    assert 'rel="next"' not in second.text
    assert 'rel="prev" href="/incidents?page=1"' in second.text


def test_all_alerts_say_what_came_of_them(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    deliver(station)
    told = words(client.get("/alerts"))
    assert "deadline runs · Press conference · pages people" in told
    assert "#1 金昌金川区化工仓库爆炸事故已致11人遇难" in told
    assert "skipped: a later alert tells it" in told
    assert "nobody has acted, repeat 3" in told


def test_sources_say_how_they_fare_in_words(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    fetches(station)
    with station.database.write() as connection:
        sources.register(connection, ["gone"], station.clock())
        record(
            connection,
            "evening",
            Fetched(outcome=Outcome.FAILED, reason=FailureKind.TIMEOUT, detail="20 s"),
            new=0,
            next_at=station.clock() + 10 * MINUTE,
            failure_score=1.0,
            now=station.clock(),
        )
    told = words(client.get("/sources"))
    assert "failing 示例晚报 evening The server did not finish in time (20 s)." in told
    assert "Fetches of the last 24 hours: 1 good, 1 failed" in told
    assert "The site shows a captcha or login page instead of its content (200, /login)." in told
    assert "good 示例发布 release Last good 2026-07-09 20:00" in told
    assert told.index("failing 示例热榜") < told.index("good 示例发布") < told.index("no longer watched gone")


def test_a_merged_incident_leads_to_the_other_and_offers_nothing(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    flooding(station)
    filled = {"token": token_of(client.get("/")), "by": "王某", "into": "1", "reason": "同一事故"}
    answer = client.post("/incidents/2/merge", data=filled, headers={"Origin": station.address})
    assert answer.headers["location"] == "/incidents/1"
    assert "Merged into incident 1." in client.get("/incidents/1").text
    page = client.get("/incidents/2")
    assert "#1" in page.text
    assert "同一事故" in page.text
    offered = re.findall(r'action="/incidents/2/([a-z-]+)"', page.text)
    assert set(offered) <= {"split", "undo"}
