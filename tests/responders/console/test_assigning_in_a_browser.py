"""Assigning and signing with a thumb and at a desk, in a real browser, with and without scripts.

With HUIYING_SCREENSHOTS set to a folder, pictures of the pages are put there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from monitor.loops.receipts import ReceiptWatch
from monitor.store.database import Database
from tests.responders.console.bureau_offices import DUTY, hire, office_station
from tests.responders.console.scenes import flooding
from tests.responders.console.station import Station
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_keys import RULES

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Station]:
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    with office_station(database, "zh") as station:
        hire(station)
        yield station
    database.close()


def opened(browser: Browser, station: Station, login: str, size: dict[str, int], **more: object) -> Page:
    context = browser.new_context(viewport=size, base_url=station.address, locale="zh-CN", **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/account")
    sign_in(page, login)
    return page


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("HUIYING_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def sound(page: Page) -> None:
    """Find nothing that a screen reader stumbles over, and nothing wider than the screen."""
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_proposal_to_the_receipt(browser: Browser, bureau: Station, scripts: bool) -> None:
    wang = opened(browser, bureau, "wang", PHONE, java_script_enabled=scripts)
    wang.goto("/incidents/1")
    expect(wang.locator("#responsible")).to_contain_text("尚未交办。按归口规则建议")
    wang.get_by_role("button", name="按建议交办").click()
    expect(wang.get_by_role("status").first).to_contain_text("已交办")
    expect(wang.locator("#receipts")).to_contain_text("待签收")
    li = opened(browser, bureau, "li", PHONE, java_script_enabled=scripts)
    li.goto("/incidents/1")
    li.get_by_role("button", name="代表危化监管科签收").click()
    expect(li.get_by_role("status").first).to_contain_text("已签收")
    expect(li.locator("#receipts .is-met")).to_contain_text("李强 于")
    expect(li.locator("#log")).to_contain_text("交办 危化监管科 + 救援协调科 + 局领导")


def test_the_pages_on_a_phone_and_at_a_desk(browser: Browser, bureau: Station) -> None:
    flooding(bureau)
    for name, size in (("phone", PHONE), ("desk", DESK)):
        wang = opened(browser, bureau, "wang", size)
        wang.goto("/incidents/1")
        wang.locator("#assign summary").click()
        wang.locator("#responsible").scroll_into_view_if_needed()
        sound(wang)
        picture(wang, f"assign-choose-{name}")
        wang.locator("#assign-reason").fill("按应急预案，请立即派人到现场。")
        wang.locator("#assign-office").select_option("chem" if name == "phone" else "province")
        wang.locator("#assign").get_by_role("button", name="交办", exact=True).click()
        expect(wang.locator("#receipts")).to_contain_text("待签收")
        bureau.clock.advance(minutes=16)
        ReceiptWatch(bureau.database, DUTY).tick(bureau.clock())
        wang.goto("/incidents/1")
        expect(wang.locator("#receipts .is-overdue").first).to_contain_text("逾期未签收")
        sound(wang)
        picture(wang, f"assign-late-{name}")
        wang.goto("/?office=rescue")
        expect(wang.locator("#filter-office")).to_have_value("rescue")
        expect(wang.locator("#left-out")).to_be_visible()
        expect(wang.locator("#incident-1 .lead")).to_contain_text("牵头")
        sound(wang)
        picture(wang, f"assign-board-{name}")


def test_two_officers_and_the_undoing(browser: Browser, bureau: Station) -> None:
    wang = opened(browser, bureau, "wang", PHONE)
    wang.goto("/incidents/1")
    wang.get_by_role("button", name="按建议交办").click()
    wang.locator("#undo").get_by_role("button", name="撤销").click()
    expect(wang.locator("#responsible")).to_contain_text("尚未交办。按归口规则建议")
    expect(wang.locator("#responsible")).to_contain_text("此前的交办（1）")
