"""How little it takes from the link in an alert to the logged response: by thumb and by keys alone, signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from monitor.core.access.accounts import Account
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import Station
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_stories import LOGGED, MOST_TAPS

Phone = Callable[..., Page]
TITLE, ADDRESS = "金川区化工仓库爆炸事故情况通报", "https://yjj.example.cn/notice/8.html"
# docs/board.md states these.
CLICKS, KEYS = 5, 3


@dataclass(slots=True)
class Hand:
    """Counts what is pressed: a link followed, a click, a key; the text itself is not counted."""

    page: Page
    pressed: int = 0

    def follow(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_load_state("load")
        self.pressed += 1

    def click(self, role: str, name: str, inside: str = "main") -> None:
        self.page.locator(inside).get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.pressed += 1

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)


@pytest.fixture
def alerted(station: Station, duty_officer: Account) -> Station:
    """Return a station whose duty officer was told of an explosion."""
    explosion(station)
    deliver(station)
    return station


def signed_in(page: Page) -> Hand:
    page.goto("/account")
    sign_in(page, "li")
    page.wait_for_url("**/account")
    return Hand(page)


def logged(station: Station, page: Page) -> None:
    """Assert that the response stands there and that its deadline is met."""
    expect(page.get_by_role("status").first).to_contain_text("First authoritative release 5 h: met.")
    expect(page.locator("#logged")).to_contain_text(TITLE)
    assert station.states()["OP-AUTH-5H"] == "met"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_link_to_the_logged_response_by_thumb(alerted: Station, phone: Phone, scripts: bool) -> None:
    hand = signed_in(phone(java_script_enabled=scripts))
    hand.follow("/incidents/1")
    hand.click("link", "Log response")
    hand.click("textbox", "Title of what was published", inside=LOGGED)
    hand.write(TITLE)
    hand.click("textbox", "Web address; may stay empty for a press conference", inside=LOGGED)
    hand.write(ADDRESS)
    hand.click("button", "Log response", inside=LOGGED)
    logged(alerted, hand.page)
    assert hand.pressed == CLICKS <= MOST_TAPS


def test_from_the_link_to_the_logged_response_by_keys_alone(alerted: Station, phone: Phone) -> None:
    hand = signed_in(phone(viewport={"width": 1280, "height": 900}))
    hand.page.goto("/incidents/1")
    hand.page.wait_for_load_state("load")
    hand.key("r")
    expect(hand.page.locator("#response-title")).to_be_focused()
    hand.write(TITLE)
    hand.key("Tab")
    expect(hand.page.locator("#url")).to_be_focused()
    hand.write(ADDRESS)
    hand.key("Enter")
    logged(alerted, hand.page)
    assert hand.pressed == KEYS <= MOST_TAPS
