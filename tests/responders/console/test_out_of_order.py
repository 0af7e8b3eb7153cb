"""Pages whose scripts come late, whose answers overtake each other, whose forms lead to no page: in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from monitor.core.access.roles import AccountRole
from monitor.store import drafts
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station
from tests.responders.console.test_door_in_a_browser import sign_in

Phone = Callable[..., Page]
RENEW = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def writing(station: Station, phone: Phone) -> Page:
    """Return a page on which a draft is written."""
    explosion(station)
    station.people.hire("wang", AccountRole.DUTY, name="Wang")
    page = phone()
    page.goto("/account")
    sign_in(page, "wang")
    page.goto("/incidents/1")
    page.get_by_role("button", name="Draft a release").first.click()
    expect(page.locator("#text")).to_be_visible()
    page.wait_for_load_state("load")
    return page


def into(held: list[Route]) -> Callable[[Route], None]:
    """Return what holds up a request until the test lets it go."""

    def hold(route: Route) -> None:
        held.append(route)

    return hold


def come(page: Page, held: list[Route], many: int = 1) -> None:
    """Wait until so many requests were held up."""
    for _ in range(600):
        if len(held) >= many:
            return
        page.wait_for_timeout(50)
    pytest.fail("nothing was asked for")


def texts(station: Station) -> list[str]:
    with station.database.read() as connection:
        return [one.wording.text for one in drafts.versions(connection, 1)]


def test_what_is_typed_before_the_script_is_there_is_saved(station: Station, writing: Page) -> None:
    held: list[Route] = []
    writing.route("**/draft.js*", into(held))
    writing.reload(wait_until="commit")
    writing.locator("#text").fill("甲。")
    come(writing, held)
    held[0].continue_()
    expect(writing.locator("#saved")).to_contain_text("Version 2 of the draft is saved.")
    assert texts(station) == ["", "甲。"]


def test_the_button_waits_for_what_is_just_being_saved(station: Station, writing: Page) -> None:
    held: list[Route] = []
    writing.route("**/save", lambda route: held.append(route) if is_autosave(route) else route.continue_())
    writing.locator("#text").fill("甲。")
    come(writing, held)
    writing.locator("#text").fill("甲。乙。")
    writing.locator("#write").get_by_role("button", name="Save", exact=True).click()
    held[0].continue_()
    expect(writing.get_by_role("status").first).to_contain_text("Version 3 of the draft is saved.")
    assert texts(station) == ["", "甲。", "甲。乙。"]


def is_autosave(route: Route) -> bool:
    return route.request.method == "POST" and "json" in route.request.headers["accept"]


def test_an_older_answer_does_not_put_back_what_a_newer_one_has_shown(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.route("**/live*", lambda route: route.abort())
    page.goto("/incidents/1")
    held: list[Route] = []
    page.route("**/incidents/1", into(held))
    page.evaluate(RENEW)
    come(page, held)
    older = held[0].fetch()
    station.parts.desk.confirm(1, by="王某", now=station.clock())
    page.evaluate(RENEW)
    come(page, held, 2)
    held[1].continue_()
    expect(page.locator("#acts")).to_contain_text("Confirmed by a person.")
    with page.expect_response("**/incidents/1"):
        held[0].fulfill(response=older)
    page.wait_for_timeout(200)
    expect(page.locator("#acts")).to_contain_text("Confirmed by a person.")


def test_ticks_stay_when_the_page_renews_itself(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.route("**/live*", lambda route: route.abort())
    page.goto("/incidents/1")
    page.locator("#items input[name=items]").first.check()
    page.locator("#items input[name=items]").first.blur()
    # One more report: the part with the ticks differs, and would be put in place.
    reports = page.locator("#items input[name=items]").count()
    station.tell(
        "金昌金川区化工仓库爆炸事故已致11人遇难 善后展开", "金昌市金川区化工仓库爆炸事故已造成11人死亡。", by="city"
    )
    station.parts.desk.confirm(1, by="王某", now=station.clock())
    page.evaluate(RENEW)
    expect(page.locator("#acts")).to_contain_text("Confirmed by a person.")
    assert page.locator("#items input[name=items]").count() == reports
    expect(page.locator("#items input[name=items]").first).to_be_checked()


def test_forms_that_lead_to_no_page_can_be_used_again(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone(viewport={"width": 1280, "height": 900})
    page.goto("/incidents/1")
    for _ in range(2):
        page.keyboard.press("?")
        page.locator("#keys button").click()
        expect(page.locator("#keys")).to_be_hidden()


def test_a_page_that_nobody_touched_saves_nothing(station: Station, writing: Page) -> None:
    writing.locator("#text").fill("\n甲。\n\n  乙。&amp; <b>\n")
    writing.locator("#draft-title").fill("  情况  通报 ")
    writing.locator("#write").get_by_role("button", name="Save", exact=True).click()
    expect(writing.get_by_role("status").first).to_contain_text("is saved")
    writing.clock.install()
    writing.reload()
    writing.clock.fast_forward(60_000)
    writing.wait_for_timeout(300)
    assert len(texts(station)) == 2
