"""Whether everybody can use every page: WCAG 2.2 A and AA by axe, and nothing wider than the narrowest phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitor.core.beijing import day_of
from monitor.core.model import Trust
from monitor.core.sources import Source, SourceKind
from monitor.store import views
from monitor.store.database import Database
from tests.responders.console.full_night import night_of
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_keys import RULES
from tests.responders.console.test_matrix import enter
from tests.responders.console.walk import addresses, is_page

TEXTS = ("王敏", "据现场通报，救援仍在进行，伤员已送医。")
SIZES = ((390, 844), (1280, 900))
NARROWEST = 320
# By night a page differs from the same one by day in its colours alone.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# They need nobody who is signed in.
DOORS = ("/sign-in", "/sign-in?next=/incidents/3")
OPEN_ALL = "document.querySelectorAll('details').forEach(node => { node.open = true; })"
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('main *')]
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1).slice(-1)
  .map(node => node.outerHTML.slice(0, 150)).join() || 'somewhere'"""


@pytest.fixture(params=["zh", "en"])
def told(request: pytest.FixtureRequest, embedded_file: Path) -> Iterator[Station]:
    """Return a station on a full night, in each language in turn."""
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    with serving(Station(database, request.param)) as station:
        night_of(station, TEXTS)
        yield station
    database.close()


def pages_of(station: Station) -> list[str]:
    """Return an address of every page, and one that is not there; of an incident several."""
    with browsing(station) as client:
        enter(station, client, "all")
        found = addresses(station, client)
        shown = [path for paths in found.values() for path in (paths[0], paths[-1]) if is_page(client.get(path))]
    return [*dict.fromkeys(shown), "/incidents/3", "/incidents/99"]


def faults_on(page: Page, path: str) -> Iterator[tuple[object, ...]]:
    """Give what axe finds on an open page on a phone and at a desk, by day and by night."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for one in Axe().run(page, options=RULES if scheme == "light" else COLOURS).response["violations"]:
                yield path, width, scheme, one["id"], one["nodes"][0]["html"][:200]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    if wider := page.evaluate(WIDER):
        yield path, NARROWEST, wider


@pytest.mark.parametrize("part", [0, 1])
def test_everybody_can_use_every_page(told: Station, browser: Browser, part: int) -> None:
    pages = pages_of(told)
    context = browser.new_context(base_url=told.address)
    page = context.new_page()
    faults: list[tuple[object, ...]] = []
    if part == 0:
        for path in DOORS:
            page.goto(path)
            faults += faults_on(page, path)
    page.goto("/account")
    sign_in(page, "all")
    page.wait_for_url("**/account")
    for path in pages[part::2]:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        faults += faults_on(page, path)
    context.close()
    assert len(pages) > 25
    assert faults == []


def watched(group: str) -> Source:
    url = "https://a.example/"
    return Source(id=group, name=group, kind=SourceKind.FEED, url=url, trust=Trust.OFFICIAL, group=group)


def test_which_of_many_groups_told_of_what_fits_the_narrowest_phone(embedded_file: Path, browser: Browser) -> None:
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    station = Station(database, "zh")
    groups = [f"第{n}组省级媒体" for n in range(6)]
    station.parts.sources = {**station.parts.sources, **{group: watched(group) for group in groups}}
    with serving(station):
        night_of(station, TEXTS)
        with database.read() as connection:
            day = day_of(views.incidents(connection)[0].opened_at)
        context = browser.new_context(base_url=station.address)
        page = context.new_page()
        page.goto("/account")
        sign_in(page, "all")
        page.wait_for_url("**/account")
        page.goto(f"/missed?day={day}")
        assert page.locator("#all thead th").count() > len(groups)
        assert page.locator("#all tbody tr").count() > 0
        assert list(faults_on(page, "/missed")) == []
        assert page.evaluate("document.querySelector('#all .across').tabIndex") == 0
        context.close()
    database.close()


def test_the_check_sees_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html><main><img src=x><p style='width:900px;color:#bbb'>wide</p></main></html>")
    found: Callable[[], set[object]] = lambda: {fault[-2] for fault in faults_on(page, "/")}  # noqa: E731
    assert {"image-alt", "color-contrast", NARROWEST} <= found()
    page.close()
