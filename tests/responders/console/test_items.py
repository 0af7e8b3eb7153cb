"""The pages of single items: why each was taken for what it is, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from monitor.core.model import Decoy
from monitor.store import records
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import Station, browsing, token_of
from tests.responders.console.test_pages import words

DRILL = "甘肃天水开展隧道坍塌事故应急演练 模拟11人遇难"
CALM = "甘肃白银今日举办读书会"
Phone = Callable[..., Page]


@pytest.fixture
def both(either_station: Station) -> Iterator[tuple[Station, httpx.Client]]:
    """Return a console over each database in turn, and its client."""
    with browsing(either_station) as client:
        yield either_station, client


def post(station: Station, client: httpx.Client, path: str, page: str, **typed: str) -> httpx.Response:
    token = token_of(client.get(page))
    return client.post(path, data={"token": token, "by": "王某", **typed}, headers={"Origin": station.address})


def test_the_classes_are_counted_with_their_newest_items(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    station.tell(DRILL)
    station.tell(CALM)
    page = client.get("/decoys")
    assert f"drill 1 in 24 hours, 1 in 30 days {DRILL}" in words(page, "class-drill")
    assert f"nothing speaks of an incident 1 in 24 hours, 1 in 30 days {CALM}" in words(page, "class-none")
    assert '<a href="/items/1">' in client.get("/decoys/drill").text
    assert "Nothing here yet." in words(client.get("/decoys/war"))
    assert client.get("/decoys/nonsense").status_code == 404


def test_a_decoy_is_counted_as_a_report_and_taken_out_again(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    station.tell(DRILL)
    assert "Set aside: drill." in words(client.get("/items/4"), "why-verdict")
    done = post(station, client, "/items/4/report", "/items/4", reason="确有其事")
    assert done.status_code == 303
    assert done.headers["location"] == "/incidents/2"
    page = client.get("/incidents/2")
    assert "The item now counts as a report of incident 2." in page.text
    assert "First authoritative release 5 h" in page.text
    assert "A person decided this: 王某." in words(client.get("/items/4"), "why-verdict")
    refused = post(station, client, "/items/4/set-aside", "/items/4", decoy="drill")
    assert refused.status_code == 422
    assert "the only report of incident 2" in refused.text
    unnamed = post(station, client, "/items/3/set-aside", "/items/3")
    assert "Say as what the item is set aside." in unnamed.text
    taken = post(station, client, "/items/3/set-aside", "/items/3", decoy="old_event")
    assert taken.headers["location"] == "/incidents/1"
    with station.database.read() as connection:
        record = records.record(connection, 3)
    assert record is not None
    assert (record.verdict, record.tag, record.decided_by) == ("decoy", Decoy.OLD_EVENT, "王某")


def test_an_incident_says_why_each_duty_applies_or_not(both: tuple[Station, httpx.Client]) -> None:
    station, client = both
    explosion(station)
    deliver(station)
    page = client.get("/incidents/1/why")
    assert "the grade is at least major; it is major" in words(page, "why-duty-OP-AUTH-5H")
    assert "This duty does not apply." in words(page, "why-duty-OP-RUMOUR")
    rumour = words(page, "why-duty-OP-RUMOUR")
    assert "as a rumour: rumour is growing or officially denied; it is no rumour" in rumour
    assert "If an official source denied it" not in rumour, "what an official source tells is no rumour"
    assert "30 dead would make it extraordinarily major." in words(page, "why-grade")
    assert '<a href="/incidents/1/why">' in client.get("/incidents/1").text
    assert client.get("/incidents/9/why").status_code == 404
    assert client.get("/items/99").status_code == 404


def test_a_thumb_finds_the_way_from_the_counts_to_a_running_clock(station: Station, phone: Phone) -> None:
    station.tell(DRILL)
    page = phone()
    page.goto("/decoys")
    page.get_by_role("link", name=DRILL).click()
    expect(page.get_by_role("heading", name="What would have changed it")).to_be_visible()
    page.get_by_text("It does report an incident…").click()
    page.locator("#report").get_by_label("Your name").fill("王某")
    page.get_by_role("button", name="Count it as a report").click()
    expect(page.get_by_role("status")).to_contain_text("The item now counts as a report of incident 1.")
    assert page.url == f"{station.address}/incidents/1"
    expect(page.locator("#clocks")).to_contain_text("left")


@pytest.mark.parametrize("path", ["/decoys", "/items/1", "/items/4", "/incidents/1/why"])
def test_no_page_of_reasons_is_wider_than_a_phone(station: Station, phone: Phone, path: str) -> None:
    explosion(station)
    station.tell(DRILL)
    page = phone(viewport={"width": 320, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
