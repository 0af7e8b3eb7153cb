"""Keys in a real browser: what they do, where they are silent; the page on paper; and whether everybody can use it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from monitor.store.database import Database
from tests.responders.console.scenes import explosion, night
from tests.responders.console.station import Station, serving

Phone = Callable[..., Page]
DESK = {"viewport": {"width": 1280, "height": 900}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def named(page: Page) -> None:
    page.goto("/")
    page.locator("#me").fill("Li")
    page.locator("#who button").click()
    expect(page.locator("#who summary")).to_contain_text("Li")
    # Scripts are deferred: before this, a key is heard by nobody.
    page.wait_for_load_state("load")


def test_the_first_key_after_the_list_of_keys_is_heard(station: Station, phone: Phone) -> None:
    night(station)
    page = phone(**DESK)
    named(page)
    # Until the next frame the focus is still on the switch of the list that has just closed.
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("article.card h3 a").first).to_be_focused()


def test_a_night_by_keys_alone(station: Station, phone: Phone) -> None:
    night(station)
    page = phone(**DESK)
    named(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    first = page.locator("article.card h3 a").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("o")
    expect(page).to_have_url(f"{station.address}/incidents/1")
    page.wait_for_load_state()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_contain_text("is confirmed")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("is undone")
    page.wait_for_load_state()
    page.keyboard.press("d")
    expect(page.locator("#dismiss-reason")).to_be_focused()
    page.keyboard.type("jkc?/")
    expect(page.locator("#dismiss-reason")).to_have_value("jkc?/")
    page.locator("#dismiss-reason").blur()
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page).to_have_url(f"{station.address}/")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_keys_can_be_switched_off_and_stay_off(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone(**DESK)
    named(page)
    page.keyboard.press("?")
    page.locator("#keys-off").check()
    page.locator("#keys button").click()
    page.goto("/incidents/1")
    page.keyboard.press("c")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert station.states()
    with station.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM decision").scalar_one() == 0


def test_on_paper_stand_only_times_that_stay_true(station: Station, phone: Phone) -> None:
    night(station)
    page = phone(**DESK)
    page.goto("/incidents/1")
    page.emulate_media(media="print")
    for hidden in (".top nav", ".clock .left", ".acts-bar", "#respond form", "#correct", "#keys"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in (".clock .due", "#title", "#log", "#items .name"):
        expect(page.locator(shown).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_new_pages(station: Station, phone: Phone, scheme: str) -> None:
    night(station)
    page = phone(color_scheme=scheme)
    faults = []
    for path in ("/?region=620300", "/incidents/3", "/search?q=爆炸"):
        page.goto(path)
        for folded in page.locator("#map > summary, #correct > summary").all():
            folded.click()
        faults += [
            (path, one["id"], one["nodes"][0]["html"]) for one in Axe().run(page, options=RULES).response["violations"]
        ]
    assert faults == []


LOOKS = (("board", "/?grade=larger"), ("incident", "/incidents/3"), ("search", "/search?q=爆炸"))


@pytest.mark.skipif("HUIYING_SCREENSHOTS" not in os.environ, reason="set HUIYING_SCREENSHOTS to a folder for pictures")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pictures_of_the_board(browser: Browser, tmp_path: Path, language: str) -> None:
    folder = Path(os.environ["HUIYING_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    taken = []
    with serving(Station(database, language)) as station:
        night(station)
        station.parts.desk.confirm(3, by="王某", now=station.clock())
        for width, scheme in ((390, "light"), (1280, "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                base_url=station.address,
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            named(page)
            for name, path in LOOKS:
                page.goto(path)
                for folded in page.locator("#map > summary").all():
                    folded.click()
                taken.append(folder / f"{name}-{language}-{width}.png")
                page.screenshot(path=taken[-1], full_page=width == 390)
            context.close()
    database.close()
    assert all(path.stat().st_size > 10_000 for path in taken)
