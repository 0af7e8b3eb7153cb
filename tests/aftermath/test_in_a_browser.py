"""The leaders' page on one screen of a phone, and both pages for everybody, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from monitor.core.access.roles import AccountRole
from monitor.store.database import Database
from tests.aftermath.test_pages import busy
from tests.responders.console.station import Station, serving
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_duty import staffed_station
from tests.responders.console.test_keys import DESK, RULES

PHONE = {"width": 390, "height": 844}
REVIEW = "/incidents/1/review"
FIRST = "#stands > .stands > li"
SIZES = "[...document.querySelectorAll('.leading .left')].map(n => parseFloat(getComputedStyle(n).fontSize))"


@pytest.fixture
def led(embedded_file: Path) -> Iterator[Station]:
    """Return a station with three major incidents and a rota, and somebody who leads."""
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    station = staffed_station(database, "zh")
    with serving(station):
        busy(station)
        station.people.hire("boss", AccountRole.LEADER, AccountRole.APPROVER, name="周芳")
        yield station
    database.close()


@pytest.fixture
def taken(browser: Browser, led: Station) -> Iterator[Callable[..., Page]]:
    """Return a way to take up a device on which the leader is signed in."""
    opened: list[BrowserContext] = []

    def take(**options: object) -> Page:
        context = browser.new_context(base_url=led.address, **options)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        sign_in(page, "boss")
        page.wait_for_url("**/leader")
        return page

    yield take
    for context in opened:
        context.close()


def test_three_major_incidents_fit_on_a_phone_without_scrolling(taken: Callable[..., Page]) -> None:
    page = taken(viewport=PHONE)
    page.goto("/leader")
    assert page.locator(FIRST).count() == 3
    assert page.evaluate("document.documentElement.scrollHeight") <= PHONE["height"]
    assert min(page.evaluate(SIZES)) >= 20
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".stands .left").first.is_visible()
    if "HUIYING_SCREENSHOTS" in os.environ:
        folder = Path(os.environ["HUIYING_SCREENSHOTS"])
        page.screenshot(path=folder / "leader-phone.png")
        page.set_viewport_size({"width": 1100, "height": 1000})
        page.goto(REVIEW)
        page.screenshot(path=folder / "review.png")


def test_the_countdown_runs_and_an_act_of_somebody_else_shows(taken: Callable[..., Page], led: Station) -> None:
    page = taken(viewport=PHONE)
    page.goto("/leader")
    theirs = page.locator(f"{FIRST} a[href='/incidents/2']")
    assert theirs.count() == 1
    led.parts.desk.dismiss(2, by="王敏", now=led.clock(), reason="旧闻")
    theirs.wait_for(state="detached", timeout=15_000)
    assert page.locator(FIRST).count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{"viewport": PHONE}, DESK], ids=["phone", "desk"])
def test_everybody_can_use_both_pages(taken: Callable[..., Page], scheme: str, options: dict[str, object]) -> None:
    page = taken(color_scheme=scheme, **options)
    for path in ("/leader", REVIEW):
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("node => { node.open = true; }")
        found = Axe().run(page, options={"runOnly": RULES["runOnly"]})
        assert found.violations_count == 0, (path, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
