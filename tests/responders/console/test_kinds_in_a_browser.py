"""With a thumb in a real browser: the fields of each kind, the planner, the claims, with and without scripts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from monitor.core.incidents.claims import CheckResult
from monitor.core.particulars import Claim, Clarification, Conference
from monitor.loops.conferences import ConferenceWatch
from monitor.store import conference_plans, views
from monitor.store.database import Database
from responders.console.typed import Typed
from tests.responders.console.scenes import explosion
from tests.responders.console.station import T0, Station, serving
from tests.story.rumour_mill import CLAIM, DENIAL, Mill

Phone = Callable[..., Page]
H = timedelta(hours=1)
DESKTOP = {"width": 1280, "height": 900}
FOLDER = os.environ.get("HUIYING_SCREENSHOTS", "")


@pytest.fixture
def burning(station: Station) -> Station:
    explosion(station)
    station.clock.now = T0 + H
    station.watch()
    return station


def fits(page: Page) -> bool:
    page.wait_for_load_state("load")
    return not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def sound(page: Page) -> None:
    """Assert that a page fits its screen and that axe finds nothing."""
    assert fits(page), page.url
    found = Axe().run(page).response["violations"]
    assert found == [], [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def signed(page: Page) -> Page:
    page.goto("/incidents/1")
    page.locator("#me").fill("王敏")
    page.locator("#who button").click()
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_shows_the_fields_of_the_chosen_kind_and_needs_no_more_taps(
    burning: Station, phone: Phone, scripts: bool
) -> None:
    page = phone(java_script_enabled=scripts)
    page.goto("/incidents/1")
    form = page.locator("#respond form[action$=respond]")
    assert form.locator(".of-kind:visible").count() == 0, "a first release has no field of its own"
    form.locator("#kind").select_option("press_conference")
    expect(form.locator(".of-press_conference")).to_be_visible()
    expect(form.locator(".of-clarification")).to_be_hidden()
    form.locator("#venue").fill("新闻发布厅")
    form.locator("#speaker").fill("王某，局长")
    form.locator("#rank").select_option("head")
    form.locator("#questions").fill("六")
    form.locator("#response-title").fill("事故新闻发布会")
    form.locator("#by-respond").fill("王敏")
    form.get_by_role("button", name="Log response").click()
    expect(page.get_by_role("alert").first).to_contain_text("no number of questions")
    form = page.locator("#respond form[action$=respond]")
    expect(form.locator("#venue")).to_have_value("新闻发布厅")
    expect(form.locator(".of-press_conference")).to_be_visible()
    form.locator("#questions").fill("6")
    form.get_by_role("button", name="Log response").click()
    expect(page.get_by_role("status").first).to_contain_text("Response logged")
    expect(page.locator("#logged")).to_contain_text("王某，局长")
    expect(page.locator("#logged")).to_contain_text("Questions answered: 6")
    assert burning.states()["OP-PRESS-24H"] == "met"
    sound_or_fits(page, scripts=scripts)
    with burning.database.read() as connection:
        (logged,) = views.responses(connection, matter_id=1)
    assert logged.particulars == Conference(place="新闻发布厅", speaker="王某，局长", rank="head", questions=6)


def sound_or_fits(page: Page, *, scripts: bool) -> None:
    """Axe is a script itself."""
    if scripts:
        sound(page)
    else:
        page.set_viewport_size({"width": 390, "height": 844})


def test_a_first_release_takes_as_few_taps_as_ever(burning: Station, phone: Phone) -> None:
    page = phone()
    page.goto("/incidents/1")
    taps = 1
    page.get_by_role("link", name="Log response").click()
    taps += 1
    page.locator("#response-title").fill("情况通报")
    page.locator("#by-respond").fill("王敏")
    page.locator("#respond form[action$=respond]").get_by_role("button", name="Log response").click()
    taps += 1
    expect(page.get_by_role("status").first).to_contain_text("Response logged")
    assert taps <= 6
    assert burning.states()["OP-AUTH-5H"] == "met"
    page.locator("#kind").select_option("follow_up_release")
    expect(page.locator("#follows")).to_have_value("1")
    page.locator("#response-title").fill("后续情况通报")
    page.locator("#promised").fill("2026-07-10T02:00")
    page.locator("#respond form[action$=respond]").get_by_role("button", name="Log response").click()
    expect(page.locator("#logged")).to_contain_text("Next release promised: 2026-07-10 02:00")
    expect(page.locator("#clocks")).to_contain_text("as promised")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_conference_is_planned_prepared_printed_and_logged(burning: Station, phone: Phone, scripts: bool) -> None:
    page = signed(phone(java_script_enabled=scripts))
    page.get_by_role("link", name="Plan the press conference").click()
    expect(page.locator("#plan")).to_contain_text("Plan it")
    page.locator("#at").fill("2026-07-10T20:30")
    page.locator("#venue").fill("新闻发布厅")
    page.locator("#speaker").fill("李某，副局长")
    page.locator("#rank").select_option("deputy")
    page.get_by_role("button", name="Plan the conference").click()
    expect(page.get_by_role("status").first).to_contain_text("after the end of the statutory time")
    expect(page.get_by_role("status").first).to_contain_text("below the rank")
    expect(page.locator(".flaw")).to_have_count(2)
    page.locator("#at").fill("2026-07-10T15:00")
    page.locator("#speaker").fill("王某，局长")
    page.locator("#rank").select_option("head")
    page.locator("#materials").fill("新闻通稿\n数据表")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_role("status").first).to_contain_text("The plan is kept; what is open is told")
    expect(page.locator(".flaw")).to_have_count(0)
    page.locator("#task-venue").get_by_role("button").click()
    expect(page.locator("#task-venue")).to_contain_text("王敏")
    expect(page.locator("#tasks-title")).to_contain_text("1 of 11")
    if scripts:
        sound(page)
    page.get_by_role("link", name="Sheet to print").click()
    expect(page.locator("main")).to_contain_text("数据表")
    expect(page.locator("main")).to_contain_text("2026-07-10 15:00")
    if scripts:
        sound(page)
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, "it is one page to print"
    page.goto("/incidents/1")
    page.locator("#kind").select_option("press_conference")
    expect(page.locator("#speaker")).to_have_value("王某，局长")
    expect(page.locator("#rank")).to_have_value("head")
    burning.clock.now = T0 + 20 * H
    page.goto("/incidents/1")
    page.locator("#kind").select_option("press_conference")
    page.locator("#response-title").fill("事故新闻发布会")
    page.locator("#respond form[action$=respond]").get_by_role("button", name="Log response").click()
    expect(page.get_by_role("status").first).to_contain_text("Response logged")
    page.goto("/incidents/1/conference")
    expect(page.locator("main")).to_contain_text("held")
    with burning.database.read() as connection:
        assert conference_plans.coming(connection) == []


def test_two_who_plan_at_once_and_a_plan_that_is_given_up(burning: Station, phone: Phone) -> None:
    wang, li = signed(phone()), phone(viewport=DESKTOP)
    for page in (wang, li):
        page.goto("/incidents/1/conference")
    wang.get_by_role("button", name="Plan the conference").click()
    li.locator("#venue").fill("别处")
    li.locator("#by-plan").fill("李强")
    li.get_by_role("button", name="Plan the conference").click()
    expect(li.get_by_role("alert").first).to_contain_text("王敏")
    expect(li.locator("#venue")).to_have_value("别处")
    sound(li)
    wang.locator("#drop summary").click()
    wang.locator("#drop-reason").fill("由省级统一召开")
    wang.get_by_role("button", name="Give it up").click()
    expect(wang.get_by_role("status").first).to_contain_text("given up")
    ConferenceWatch(burning.database, burning.parts.pack, burning.parts.conferences).tick(burning.clock())
    with burning.database.read() as connection:
        assert [one for one in views.alerts(connection) if one.point == "conference"] == []


def test_a_page_that_is_too_old_or_of_another_time_changes_nothing(burning: Station, phone: Phone) -> None:
    page = signed(phone())
    page.goto("/incidents/1/conference")
    page.locator("#at").fill("2026-07-09T10:00")
    page.get_by_role("button", name="Plan the conference").click()
    expect(page.get_by_role("alert").first).to_contain_text("has passed")
    expect(page.locator("#at")).to_have_attribute("aria-invalid", "true")
    sound(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_claim_is_looked_into_and_clarified(station: Station, phone: Phone, scripts: bool) -> None:
    mill = Mill(station)
    for by in ("account", "friend", "list"):
        mill.tell(by, CLAIM, after=0.5)
    page = phone(java_script_enabled=scripts)
    page.goto("/incidents/1")
    page.get_by_role("link", name="Claims: looked into, clarified").click()
    claim = page.locator("main article.panel").first
    expect(claim).to_contain_text("not looked into yet")
    claim.locator("summary").first.click()
    claim.locator("input[value=false]").check()
    claim.locator("input[name=reason]").fill("消防支队、园区管委会")
    claim.locator("input[name=by]").first.fill("李强")
    claim.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("status").first).to_contain_text("Kept")
    claim = page.locator("main article.panel").first
    expect(claim).to_contain_text("to be clarified")
    if scripts:
        sound(page)
    claim.get_by_text("Log its clarification").click()
    claim.locator("input[name=title]").fill("关于网传爆炸致12死的澄清")
    claim.get_by_role("button", name="Log the clarification").click()
    expect(page.locator("#logged")).to_contain_text("Claim answered")
    with station.database.read() as connection:
        (logged,) = views.responses(connection, matter_id=1)
    assert isinstance(logged.particulars, Clarification)
    assert logged.particulars.title == CLAIM
    page.goto("/incidents/1/claims")
    expect(page.locator("main article.panel").filter(has_text="clarified").first).to_be_visible()
    every = page.locator("main .intro")
    every.locator("summary").click()
    every.locator("input[value=partly]").check()
    every.locator("input[name=reason]").fill("应急管理局")
    every.get_by_role("button", name="Keep it").click()
    expect(page.locator("main article.panel").filter(has_text="应急管理局").nth(1)).to_be_visible()
    page.goto("/rumours")
    expect(page.locator("#rumour-1")).to_contain_text("clarified")
    if scripts:
        sound(page)


def test_a_rumour_without_an_incident_is_looked_into_on_the_page_of_rumours(station: Station, phone: Phone) -> None:
    Mill(station).tell("police", DENIAL)
    page = phone()
    page.goto("/rumours")
    part = page.locator("#denied-unheard")
    part.locator("summary").click()
    part.locator("input[value=true]").check()
    part.locator("input[name=reason]").fill("x")
    part.locator("input[name=by]").fill(" ")
    part.locator("form").evaluate("form => { form.noValidate = true; }")
    part.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say who you are")
    part.locator("input[name=by]").fill("李强")
    part.get_by_role("button", name="Keep it").click()
    expect(part).to_contain_text("李强: x")
    sound(page)


def test_every_field_of_the_forms_is_one_that_is_read() -> None:
    folder = Path(__file__).parents[3] / "responders" / "console" / "templates"
    for name in ("kinds.html", "conference.html", "claims.html", "check_form.html"):
        for part in (folder / name).read_text("utf-8").split(' name="')[1:]:
            field = part.partition('"')[0]
            assert field in Typed.model_fields, (name, field)


@pytest.mark.skipif(not FOLDER, reason="set HUIYING_SCREENSHOTS to a folder for pictures")
@pytest.mark.parametrize("wide", [False, True])
def test_pictures(browser: object, tmp_path: Path, wide: bool) -> None:
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    with serving(Station(database, "zh")) as station:
        explosion(station)
        station.clock.now = T0 + H
        mill = Mill(station)
        for by in ("account", "friend", "list"):
            mill.tell(by, CLAIM, after=0.1)
        station.watch()
        with database.read() as connection:
            rumour = next(one.id for one in views.incidents(connection) if one.rumour)
        size = DESKTOP if wide else {"width": 390, "height": 844}
        context = browser.new_context(viewport=size, base_url=station.address, locale="zh-CN")  # type: ignore[attr-defined]
        page = signed(context.new_page())
        suffix = "desktop" if wide else "phone"
        page.goto("/incidents/1/conference")
        page.screenshot(path=folder / f"planner-empty-{suffix}.png", full_page=True)
        page.locator("#venue").fill("市政府新闻发布厅")
        page.locator("#speaker").fill("李某，市应急管理局副局长")
        page.locator("#rank").select_option("deputy")
        page.locator("#materials").fill("新闻通稿\n救援进展数据表")
        page.locator("#plan form button").click()
        page.locator("#task-venue button").click()
        page.screenshot(path=folder / f"planner-{suffix}.png", full_page=True)
        page.goto("/incidents/1/conference/sheet")
        page.screenshot(path=folder / f"planner-sheet-{suffix}.png", full_page=True)
        page.goto("/incidents/1#respond")
        page.locator("#kind").select_option("press_conference")
        page.locator("#respond").screenshot(path=folder / f"respond-conference-{suffix}.png")
        page.locator("#kind").select_option("follow_up_release")
        page.locator("#respond").screenshot(path=folder / f"respond-further-{suffix}.png")
        desk = station.parts.desk.claims
        with database.read() as connection:
            item = next(one.id for one in views.items(connection, rumour) if one.title == CLAIM)
        desk.check(
            rumour, Claim(item_id=item), CheckResult.FALSE, basis="消防支队、园区管委会", by="李强", now=station.clock()
        )
        page.goto(f"/incidents/{rumour}/claims")
        page.screenshot(path=folder / f"claims-{suffix}.png", full_page=True)
        page.goto("/rumours")
        page.screenshot(path=folder / f"rumours-{suffix}.png", full_page=True)
        context.close()
    database.close()
