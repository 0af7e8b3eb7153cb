"""The page of an incident renews what changed on it, and leaves alone where somebody types or reads."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from monitor.core.model import ResponseKind
from responders.console.health import Unwell
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station

Phone = Callable[..., Page]


def test_what_a_colleague_does_shows_while_a_response_is_being_typed(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.goto("/incidents/1")
    page.locator("#response-title").fill("情况通报")
    page.locator("#law details summary, #items details.reasons summary").first.click()
    page.wait_for_load_state("load")
    station.parts.desk.confirm(1, by="王某", now=station.clock())
    station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="首报", url="", published_at=station.clock(), by="王某",
        now=station.clock(),
    )  # fmt: skip
    expect(page.locator("#log")).to_contain_text("王某", timeout=15_000)
    expect(page.locator("#logged")).to_contain_text("首报", timeout=15_000)
    expect(page.locator("#acts")).to_contain_text("Confirmed by a person.", timeout=15_000)
    expect(page.locator("#response-title")).to_have_value("情况通报")
    expect(page.locator("#items details.reasons[open], #law details[open]").first).to_be_visible()


def test_a_refused_act_stays_on_the_page_with_what_was_typed(station: Station, client: httpx.Client) -> None:
    explosion(station)
    page = client.get("/incidents/1")
    assert "data-parts" in page.text
    refused = client.post("/incidents/1/confirm", data={"token": "", "by": ""}, headers={"Origin": station.address})
    assert refused.status_code in (403, 422)
    assert "data-parts" not in refused.text


def test_reports_stand_under_the_source_that_published_them(station: Station, client: httpx.Client) -> None:
    explosion(station)
    title = "金昌市金川区化工仓库爆炸 已致11人遇难"
    for by in ("evening", "city", "evening"):
        station.tell(title, "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸，已造成11人死亡、24人受伤。", by=by)
    with station.database.read() as connection:
        number = connection.exec_driver_sql("SELECT max(matter_id) FROM incident").scalar_one()
    items = client.get(f"/incidents/{number}").text.split('id="items"')[1]
    assert items.index("示例晚报 <span") < items.index("示例都市网 <span")
    assert "2 report(s)" in items


def test_what_is_said_on_every_page_stands_above_the_incident_at_a_desk(station: Station, phone: Phone) -> None:
    explosion(station)
    station.unwell.append(Unwell("The leg watch fails"))
    station.parts.drills.start(by="Li", now=station.clock(), title="X")
    page = phone(viewport={"width": 1280, "height": 900})
    page.goto("/incidents/1")
    tops = [page.locator(part).bounding_box() for part in ("#drill", "#unwell", "#happened")]
    heights = [0.0 if box is None else box["y"] for box in tops]
    assert 0 < heights[0] < heights[1] < heights[2]
