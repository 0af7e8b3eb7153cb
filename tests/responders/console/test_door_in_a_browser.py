"""Signing in with a thumb in a real browser, with and without scripts, and what the pages of accounts look like."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.store.database import Database
from tests.accounts.people import PASSWORD
from tests.responders.console.scenes import explosion, night
from tests.responders.console.station import Station, serving

Phone = Callable[..., Page]


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator(".door form button").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_link_over_the_door_to_an_act(
    station: Station, phone: Phone, duty_officer: Account, scripts: bool
) -> None:
    explosion(station)
    page = phone(java_script_enabled=scripts)
    page.goto("/incidents/1")
    expect(page).to_have_url(f"{station.address}/sign-in?next=%2Fincidents%2F1")
    sign_in(page, "li", "not this one")
    expect(page.get_by_role("alert")).to_contain_text("Name, password or code is wrong.")
    expect(page.locator("#login")).to_have_value("li")
    expect(page.locator("#password")).to_have_value("")
    sign_in(page, "li")
    expect(page).to_have_url(f"{station.address}/incidents/1")
    page.locator(".acts-bar").get_by_role("button", name="Acknowledge", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("noted that you act")
    expect(page.locator("#alerts")).to_contain_text("Acknowledged by 李强")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.goto("/")
    expect(page.locator("#login")).to_be_visible()


def test_a_board_left_open_shows_the_door_when_the_session_is_over(
    station: Station, phone: Phone, duty_officer: Account
) -> None:
    explosion(station)
    page = phone()
    page.goto("/")
    sign_in(page, "li")
    expect(page.locator("#incident-1")).to_be_visible()
    page.wait_for_load_state("load")
    station.clock.advance(hours=13)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#login")).to_be_visible()
    expect(page.locator("#incident-1")).to_have_count(0)


PAGES = (("sign-in", None), ("account", "/account"), ("accounts", "/accounts"), ("board-leader", "/"))


@pytest.mark.skipif("HUIYING_SCREENSHOTS" not in os.environ, reason="set HUIYING_SCREENSHOTS to a folder for pictures")
def test_pictures_of_the_door(browser: Browser, tmp_path: Path) -> None:
    folder = Path(os.environ["HUIYING_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    with serving(Station(database, "zh")) as station:
        night(station)
        station.unwell.clear()
        station.people.hire("zhaolei", AccountRole.ADMIN, AccountRole.LEADER, name="赵磊")
        station.people.hire("wangmin", AccountRole.DUTY, name="王敏")
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, base_url=station.address, locale="zh-CN", color_scheme="light"
        )
        page = context.new_page()
        page.goto("/")
        for name, path in PAGES:
            if path is not None:
                page.goto(path)
            page.screenshot(path=folder / f"{name}.png", full_page=path == "/account")
            if path is None:
                sign_in(page, "zhaolei")
        context.close()
    database.close()
    assert all((folder / f"{name}.png").stat().st_size > 10_000 for name, _ in PAGES)
