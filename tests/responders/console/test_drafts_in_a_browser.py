"""Drafting with a thumb in a real browser: two at once, with and without scripts, and how many clicks it takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from monitor.core.access.roles import AccountRole
from monitor.loops.drafts import DraftWatch
from monitor.store import drafts, views
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station
from tests.responders.console.test_door_in_a_browser import sign_in

Phone = Callable[..., Page]
TEXT = "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸，11人死亡。"


class Thumb:
    """A phone whose clicks are counted; typing is none."""

    def __init__(self, page: Page, login: str) -> None:
        self.page, self.clicks = page, 0
        page.goto("/account")
        sign_in(page, login)

    def open(self, path: str) -> None:
        """Follow a link in a message."""
        self.page.goto(path)
        self.clicks += 1

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.clicks += 1

    def write(self, title: str, text: str) -> None:
        self.page.locator("#draft-title").fill(title)
        self.page.locator("#text").fill(text)


@pytest.fixture
def office(station: Station) -> Station:
    explosion(station)
    for login, role in (
        ("wang", AccountRole.DUTY),
        ("chen", AccountRole.SPOKESPERSON),
        ("li", AccountRole.REVIEWER),
        ("zhao", AccountRole.APPROVER),
    ):
        station.people.hire(login, role, name=login.title())
    return station


def linked(office: Station) -> str:
    """Return where the newest alert about a draft leads."""
    DraftWatch(office.database, office.parts.pack, office.parts.desk.drafts.path).tick(office.clock())
    with office.database.read() as connection:
        alert = views.alerts(connection, matter_id=1)[0]
    assert alert.point.startswith("draft:")
    return f"/incidents/1/drafts/{alert.detail['draft']}"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_alert_to_the_logged_response_in_six_clicks(office: Station, phone: Phone, scripts: bool) -> None:
    wang, li, zhao = (Thumb(phone(java_script_enabled=scripts), login) for login in ("wang", "li", "zhao"))
    wang.open("/incidents/1")
    wang.press("Draft a release")
    wang.write("情况通报", TEXT)
    wang.press("Save and hand in")
    wang.press("Pass")
    for reviewer in (li, zhao):
        reviewer.open(linked(office))
        expect(reviewer.page.locator(".wording")).to_have_text(TEXT)
        reviewer.press("Pass")
        assert reviewer.clicks == 2
    wang.open(linked(office))
    wang.press("It is published: log it")
    expect(wang.page.get_by_role("status").first).to_contain_text("Response logged")
    assert office.states()["OP-AUTH-5H"] == "met"
    assert wang.clicks == 6


def test_alone_at_night_it_goes_out_before_the_review(office: Station, phone: Phone) -> None:
    wang = Thumb(phone(java_script_enabled=False), "wang")
    wang.open("/incidents/1")
    wang.press("Draft a release")
    wang.write("情况通报", TEXT)
    wang.page.locator("#urgent summary").click()
    wang.clicks += 1
    wang.page.locator("#urgent-reason").fill("五小时将到")
    wang.press("Publish before review and log it")
    assert office.states()["OP-AUTH-5H"] == "met"
    assert wang.clicks == 4
    expect(wang.page.locator("#logged")).to_contain_text("published before review; owed until")


def test_two_write_at_once_and_what_is_written_is_saved_by_itself(office: Station, phone: Phone) -> None:
    wang, chen = Thumb(phone(), "wang"), Thumb(phone(), "chen")
    wang.open("/incidents/1")
    wang.press("Draft a release")
    chen.open("/incidents/1/drafts/1")
    wang.write("情况通报", "甲。丙。")
    expect(wang.page.locator("#saved")).to_contain_text("Version 2 of the draft is saved.", timeout=15_000)
    chen.write("情况通报", "乙。丙。")
    expect(chen.page.locator("#saved")).to_contain_text("Wang saved version 2", timeout=15_000)
    chen.press("Save")
    expect(chen.page.get_by_role("alert")).to_contain_text("Both texts are kept")
    expect(chen.page.locator("#conflict ins")).to_have_text("乙。")
    expect(chen.page.locator("#text")).to_have_value("乙。丙。")
    chen.page.wait_for_load_state("load")
    assert Axe().run(chen.page).response["violations"] == []
    chen.page.locator("#write").get_by_role("button", name="Save", exact=True).click()
    expect(chen.page.get_by_role("status").first).to_contain_text("Version 3 of the draft is saved.")
    with office.database.read() as connection:
        assert [one.wording.text for one in drafts.versions(connection, 1)] == ["", "甲。丙。", "乙。丙。"]
    chen.page.wait_for_load_state("load")
    wide = chen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
