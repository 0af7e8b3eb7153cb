"""Nights of a duty officer in a real browser: from the alert to the logged response, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from monitor.core.beijing import local
from monitor.store import views
from responders.documents.messages import Composer
from tests.responders.console.scenes import deliver, explosion, flooding, night
from tests.responders.console.station import T0, Station

Phone = Callable[..., Page]
MOST_TAPS = 6

# A draft is begun beside it, by a form of its own.
LOGGED = '#respond form[action$="/respond"]'


@dataclass(slots=True)
class Thumb:
    """Taps and types like a person, and counts the taps."""

    page: Page
    taps: int = 0

    def tap(self, role: str, name: str, inside: str = "main") -> None:
        self.page.locator(inside).get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.taps += 1

    def write(self, label: str, text: str, inside: str = "main") -> None:
        field = self.page.locator(inside).get_by_label(label)
        field.click()
        self.taps += 1
        field.press_sequentially(text)


def beijing(station: Station, **before: float) -> str:
    return local(station.clock() - timedelta(**before)).strftime("%Y-%m-%dT%H:%M")


def test_from_the_alert_to_the_logged_response_in_six_taps(station: Station, phone: Phone) -> None:
    explosion(station)
    deliver(station)
    with station.database.read() as connection:
        incident = views.incidents(connection)[0]
    link = Composer(station.parts.words, station.parts.names, station.address)._links(incident)[0].url
    page = phone()
    page.goto(link)
    thumb = Thumb(page)
    thumb.tap("link", "Log response")
    thumb.write("Title of what was published", "金川区化工仓库爆炸事故情况通报")
    thumb.write("Web address; may stay empty for a press conference", "https://www.example.gov.cn/notice/8.html")
    thumb.write("Your name", "王某", inside=LOGGED)
    thumb.tap("button", "Log response")
    expect(page.get_by_role("status")).to_contain_text("First authoritative release 5 h: met.")
    assert thumb.taps <= MOST_TAPS
    assert page.url == f"{station.address}/incidents/1"
    assert station.states()["OP-AUTH-5H"] == "met"
    assert station.states()["OP-PRESS-24H"] == "open"
    page.goto("/")
    expect(page.locator("#settled")).to_contain_text("First authoritative release")
    expect(page.get_by_role("status")).to_have_count(0)


def test_after_the_end_it_is_met_late(station: Station, phone: Phone) -> None:
    explosion(station)
    station.clock.advance(hours=6)
    station.watch()
    page = phone()
    page.goto("/")
    card = page.locator("#incident-1")
    expect(card.locator(".clock").first).to_contain_text("overdue by 2:12:")
    expect(page.locator("#sum")).to_contain_text("1 overdue")
    thumb = Thumb(page)
    thumb.tap("link", "Log response")
    thumb.write("Title of what was published", "情况通报")
    thumb.write("Your name", "王某", inside=LOGGED)
    thumb.tap("button", "Log response")
    expect(page.get_by_role("status")).to_contain_text("First authoritative release 5 h: met late.")


def test_wrong_times_are_refused_and_what_was_typed_stays(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.goto("/incidents/1")
    thumb = Thumb(page)
    thumb.write("Title of what was published", "情况通报")
    thumb.write("Your name", "王某", inside=LOGGED)
    page.get_by_label("What was done").select_option("press_conference")
    for wrong, said in (
        (beijing(station, hours=-3), "A press conference is logged once it was held"),
        (beijing(station, days=2), "Check the time, or the incident number."),
    ):
        page.get_by_label("Published at").fill(wrong)
        thumb.tap("button", "Log response")
        expect(page.locator("#respond").get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_label("Title of what was published")).to_have_value("情况通报")
        expect(page.get_by_label("Published at")).to_have_value(wrong)
        expect(page.get_by_label("What was done")).to_have_value("press_conference")
        expect(page.locator(LOGGED).get_by_label("Your name")).to_have_value("王某")
    assert station.states()["OP-PRESS-24H"] == "open"
    page.get_by_label("Published at").fill(beijing(station, minutes=1))
    thumb.tap("button", "Log response")
    expect(page.get_by_role("status")).to_contain_text("Press conference 24 h: met.")


def test_dismissed_in_error_and_taken_up_again(station: Station, phone: Phone) -> None:
    flooding(station)
    page = phone()
    page.goto("/")
    expect(page.get_by_role("heading", name="Provisional: please confirm or dismiss")).to_be_visible()
    page.locator("#who").get_by_label("Your name").fill("李某")
    page.locator("#who").get_by_role("button").click()
    expect(page.locator("#who")).to_contain_text("On duty: 李某")
    card = page.locator("#incident-1")
    card.get_by_text("False alarm…").click()
    card.get_by_label("Why is it a false alarm?").fill("演练，并非事故")
    card.get_by_role("button", name="Dismiss as a false alarm").click()
    expect(page.get_by_role("status")).to_contain_text("First authoritative release 5 h: withdrawn.")
    assert page.url == f"{station.address}/"
    expect(page.locator("#calm")).to_contain_text("No deadline is running.")
    assert set(station.states().values()) == {"withdrawn"}
    page.goto("/incidents/1")
    expect(page.locator(".notice")).to_contain_text("演练，并非事故")
    page.get_by_role("button", name="Take up again").click()
    expect(page.get_by_role("status")).to_contain_text("First authoritative release 5 h: running.")
    expect(page.locator("#log")).to_contain_text("李某")
    assert station.states()["OP-AUTH-5H"] == "open"


def test_everything_that_counts_works_without_javascript(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone(java_script_enabled=False)
    page.goto("/")
    expect(page.locator("#incident-1 .clock").first).to_contain_text("3:48 left")
    page.locator("#who").get_by_label("Your name").fill("王某")
    page.locator("#who").get_by_role("button").click()
    page.locator("#incident-1").get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status")).to_contain_text("noted that you act")
    page.locator("#incident-1").get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Incident 1 is confirmed.")
    page.locator("#incident-1").get_by_role("link", name="Log response").click()
    page.get_by_label("Title of what was published").fill("情况通报")
    page.locator("#respond").get_by_role("button", name="Log response").click()
    expect(page.get_by_role("status")).to_contain_text("First authoritative release 5 h: met.")
    page.locator("#items").get_by_role("checkbox").first.check()
    page.get_by_text("Split the ticked reports off…").click()
    page.get_by_role("button", name="Make them an incident of their own").click()
    expect(page.get_by_role("status")).to_contain_text("Split off as incident 2.")
    page.get_by_text("Merge into another incident…").click()
    page.get_by_label("Number of the incident that this one belongs to").fill("#1")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Merged into incident 1.")
    page.locator("#law").get_by_text("Waive this deadline…").first.click()
    waiver = page.locator('#law [action$="/waive"]').first
    waiver.get_by_label("Reason; it is kept").fill("局领导决定")
    waiver.get_by_role("button", name="Waive this deadline").click()
    expect(page.get_by_role("status")).to_contain_text("Press conference 24 h: waived.")
    page.goto("/incidents/2")
    expect(page.locator(".notice")).to_contain_text("#1")


def seconds_left(page: Page) -> int:
    """Return what the first countdown shows."""
    text = page.locator("#incident-1 .left").first.inner_text()
    hours, minutes, seconds = (int(part) for part in text.removesuffix(" left").split(":"))
    return 3600 * hours + 60 * minutes + seconds


def test_the_countdown_runs_on_the_clock_of_the_service(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.clock.install(time=T0 - timedelta(days=400))
    page.goto("/")
    expect(page.locator("#incident-1 .left").first).to_contain_text("3:4")
    assert 3600 * 3 + 60 * 48 - 20 <= seconds_left(page) <= 3600 * 3 + 60 * 48
    expect(page.locator("[data-clock]")).to_contain_text("2026-07-09 20:52:")
    station.clock.advance(minutes=10)
    page.clock.run_for(31_000)
    expect(page.locator("[data-clock]")).to_contain_text("2026-07-09 21:02:")
    assert 3600 * 3 + 60 * 38 - 20 <= seconds_left(page) <= 3600 * 3 + 60 * 38


def test_the_board_renews_itself_without_losing_what_is_typed(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.clock.install(time=T0)
    page.goto("/")
    card = page.locator("#incident-1")
    card.get_by_text("False alarm…").click()
    card.get_by_label("Why is it a false alarm?").fill("半句")
    flooding(station)
    page.clock.run_for(31_000)
    expect(page.locator("#incident-2")).to_contain_text("白银市平川区")
    expect(card.get_by_label("Why is it a false alarm?")).to_have_value("半句")
    expect(card.get_by_label("Why is it a false alarm?")).to_be_focused()


def test_a_service_that_no_longer_answers_is_told_and_the_countdown_goes_on(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.clock.install(time=T0)
    page.goto("/")
    page.route("**/*", lambda route: route.abort())
    page.clock.run_for(31_000)
    expect(page.locator("#stale")).to_contain_text("No answer from the service since 20:52:")
    assert 3600 * 3 + 60 * 47 <= seconds_left(page) <= 3600 * 3 + 60 * 48 - 30
    page.unroute("**/*")
    page.clock.run_for(30_000)
    expect(page.locator("#stale")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_is_wider_than_the_screen(station: Station, phone: Phone, width: int) -> None:
    night(station)
    page = phone(viewport={"width": width, "height": 800})
    for path in ("/", "/incidents", "/incidents/3", "/alerts", "/sources", "/incidents/99"):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("node => { node.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_every_field_has_its_label_and_every_button_a_name(station: Station, phone: Phone) -> None:
    night(station)
    page = phone()
    for path in ("/", "/incidents/3"):
        page.goto(path)
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select')]"
            ".filter(field => !field.labels.length || !field.labels[0].textContent.trim())"
            ".map(field => field.outerHTML)"
        )
        assert unlabelled == []
        doubled = page.evaluate(
            "(() => { const ids = [...document.querySelectorAll('[id]')].map(node => node.id);"
            " return ids.filter((id, n) => ids.indexOf(id) !== n); })()"
        )
        assert doubled == []
        small = page.evaluate(
            "[...document.querySelectorAll('button, .button, select, input:not([type=hidden]):not([type=checkbox])')]"
            ".filter(node => node.offsetHeight && node.offsetHeight < 40).map(node => node.outerHTML)"
        )
        assert small == []
