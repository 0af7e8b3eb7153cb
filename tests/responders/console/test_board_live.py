"""The board that is filtered, and the board that renews itself as soon as something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from monitor.core.model import Severity
from monitor.store.mark import mark
from responders.console import live
from responders.console.filters import Filter, filter_of
from tests.loops import in_a_thread
from tests.responders.console.scenes import explosion, flooding, night
from tests.responders.console.station import Station

Phone = Callable[..., Page]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Filter()),
        ({"region": "620300", "grade": "major"}, Filter("620300", Severity.MAJOR)),
        ({"region": "62030", "grade": "worst"}, Filter()),
        ({"region": "000000"}, Filter()),
        ({"region": "６２０３００"}, Filter()),
        ({"region": "<script>", "grade": ""}, Filter()),
    ],
)
def test_an_address_that_asks_for_nothing_known_shows_everything(fields: dict[str, str], expected: Filter) -> None:
    assert filter_of(fields) == expected
    assert filter_of(fields).address == (f"/?{expected.query}" if expected else "/")


def test_a_filtered_board_says_what_it_leaves_out(station: Station, client: httpx.Client) -> None:
    night(station)
    whole = client.get("/").text
    assert 'id="left-out"' not in whole
    there = client.get("/", params={"region": "620300"}).text
    assert 'id="incident-3"' in there
    assert 'id="incident-1"' not in there
    assert "This is not everything: the filter leaves out 3 incident(s) that wait for somebody." in there
    assert "1 of them overdue." in there
    assert '<option value="620300" selected>' in there
    assert '<option value="620800">' in there
    grave = client.get("/", params={"grade": "extraordinary"}).text
    assert 'id="incident-3"' not in grave


def test_an_incident_whose_place_nobody_knows_is_in_every_region(station: Station, client: httpx.Client) -> None:
    station.tell("一化工厂发生爆炸 已致12人死亡", "一化工厂发生爆炸，已造成12人死亡。")
    station.watch()
    shown = client.get("/", params={"region": "620300"}).text
    assert "incident-1" in shown
    assert 'id="left-out"' not in shown


def test_an_act_comes_back_to_the_board_as_it_was_filtered(station: Station, phone: Phone) -> None:
    night(station)
    page = phone(java_script_enabled=False)
    page.goto("/")
    page.locator("#me").fill("Li")
    page.locator("#who button").click()
    page.locator("#filter-region").select_option("620300")
    page.locator("#filters").get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("article.card")).to_have_count(1)
    page.locator("#incident-3").get_by_role("button", name="Acknowledge").click()
    expect(page).to_have_url(f"{station.address}/?region=620300")
    expect(page.locator("#incident-3 .acted")).to_be_visible()


def test_the_mark_moves_with_an_incident_and_with_a_decision(either_station: Station) -> None:
    def now() -> str:
        with either_station.database.read() as connection:
            return mark(connection)

    seen = [now()]
    assert now() == seen[0]
    explosion(either_station)
    seen.append(now())
    either_station.parts.desk.confirm(1, by="Li", now=either_station.clock())
    seen.append(now())
    assert len(set(seen)) == 3


def test_a_stream_tells_of_a_change_and_starts_with_what_was_missed(station: Station, client: httpx.Client) -> None:
    before = client.get("/live").text
    explosion(station)
    with client.stream("GET", "/live", params={"since": before}, headers={"accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        told = next(line for line in lines if line.startswith("data: "))
        now = client.get("/live").text
        assert told == f"data: {now}"
        station.parts.desk.confirm(1, by="Li", now=station.clock())
        told = next(line for line in lines if line.startswith("data: "))
        assert told != f"data: {now}"


def test_there_is_an_end_to_streams(station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"accept": "text/event-stream"}
    monkeypatch.setattr(live, "LONGEST_SECONDS", 0.2)
    assert client.get("/live", headers=wanted).text.startswith("retry:")
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    assert client.get("/live", headers=wanted).status_code == 503
    monkeypatch.setattr(live, "MOST_STREAMS", 9)
    monkeypatch.setattr(live, "LONGEST_SECONDS", 60.0)
    station.closing = True
    assert client.get("/live", headers=wanted).status_code == 503


def test_an_open_board_shows_a_new_incident_at_once_and_keeps_what_is_typed(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    with page.expect_request("**/live?since=*"):
        page.goto("/")
    page.locator("#dismiss-1 summary").click()
    page.locator("#reason-1").fill("half a sen")
    flooding(station)
    expect(page.locator("#incident-2")).to_be_visible(timeout=15_000)
    expect(page.locator("#reason-1")).to_have_value("half a sen")


def test_a_look_that_began_before_a_page_came_tells_it_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STEP_SECONDS", 0.01)

    async def story() -> list[str]:
        pulse = live.Pulse(lambda: "")
        pulse._looking = asyncio.create_task(asyncio.sleep(60))
        pulse.begun, pulse.mark = 7, ""
        said = live.told(pulse, "after the act", lambda: False)
        assert (await anext(said)).startswith("retry")
        # The look that was under way ends: it may not have seen the act after which the page was made.
        pulse.ended, pulse.mark = 7, "before the act"
        telling = asyncio.ensure_future(anext(said))
        await asyncio.sleep(0.1)
        assert not telling.done()
        pulse.ended = pulse.begun = 8
        pulse.mark = "after another act"
        found = [await telling]
        await said.aclose()  # type: ignore[attr-defined]
        return found

    [told] = in_a_thread(story)
    assert "event: change\ndata: after another act" in told


def test_a_look_that_fails_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STEP_SECONDS", 0.01)
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)
    marks: Iterator[TimeoutError | str] = iter([TimeoutError("all connections are in use"), "new"])

    def look() -> str:
        found = next(marks, "new")
        if isinstance(found, Exception):
            raise found
        return found

    async def story() -> str:
        said = live.told(live.Pulse(look), "old", lambda: False)
        await anext(said)
        found = await asyncio.wait_for(anext(said), 30)
        await said.aclose()  # type: ignore[attr-defined]
        return found

    assert "data: new" in in_a_thread(story)
