"""The office's pages in a real browser: on a phone without scripts, at a desk, light and dark, for everybody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from monitor.core.access.roles import AccountRole
from monitor.loops.seal import Seal
from monitor.store.database import Database
from tests.accounts.people import PASSWORD
from tests.responders.console.scenes import night
from tests.responders.console.station import Station, serving
from tests.responders.console.test_duty import staffed_station
from tests.responders.console.test_keys import DESK, RULES
from tests.responders.console.test_office import outlets
from tests.story.roster import Bureau, H
from tests.story.test_rota_desk import GAPPY

PAGES = (
    "/office", "/duty", "/channels", "/sources", "/sources/list", "/rules?q=OP-", "/rules/OP-AUTH-5H", "/audit",
    "/drills", "/drills/1",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
PICTURES = ("/duty", "/channels", "/drills", "/audit")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Station]:
    """Return the console of a bureau with gaps in its rota, a drill held, and somebody who may do everything."""
    database = Database(f"sqlite:///{tmp_path / 'office.db'}")
    database.migrate()
    station = staffed_station(database, "zh", duty=GAPPY)
    station.outlets = outlets()
    with serving(station):
        held(station)
        yield station
    database.close()


def held(station: Station) -> None:
    """Let a night pass in which a drill was held and the rota was changed."""
    night(station)
    station.unwell.clear()
    now = station.clock()
    station.parts.rota_desk.override(
        "duty", "boss", begins=now + 24 * H, ends=now + 30 * H, by="王敏", now=now, reason="病假"
    )
    station.people.hire("boss", AccountRole.ADMIN, AccountRole.DUTY, name="赵磊")
    drill = station.parts.drills.start(by="赵磊", now=now, title="化工园区爆炸", times=10)
    Bureau(station.database, duty=GAPPY, clock=station.clock).deliver()
    station.parts.desk.acknowledge(drill.matter_id, by="王敏", now=now + H / 30)
    station.parts.drills.end(by="赵磊", now=now + H / 4)
    station.clock.now = now + H / 3
    Seal(station.database).tick(station.clock())


def entered(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("[name=login]").fill("boss")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator(".signed-in")).to_be_visible()


def taken_up(browser: Browser, office: Station, **options: object) -> Page:
    settings = {"viewport": PHONE, "base_url": office.address, "locale": "zh-CN"} | options
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    entered(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{"viewport": PHONE}, DESK], ids=["phone", "desk"])
def test_everybody_can_use_every_page(
    office: Station, browser: Browser, scheme: str, options: dict[str, object]
) -> None:
    page = taken_up(browser, office, color_scheme=scheme, **options)
    for path in PAGES:
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("node => { node.open = true; }")
        found = Axe().run(page, options={"runOnly": RULES["runOnly"]})
        assert found.violations_count == 0, (path, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, wide)
    page.context.close()


def test_a_shift_is_taken_over_on_a_phone_without_scripts(office: Station, browser: Browser) -> None:
    page = taken_up(browser, office, java_script_enabled=False)
    page.get_by_role("link", name="管理", exact=True).first.click()
    page.get_by_role("link", name="值班", exact=True).first.click()
    act = page.locator("[data-act=take]")
    act.locator("summary").click()
    act.locator("select[name=contact]").select_option(label="赵磊")
    act.locator("input[name=reason]").fill("王敏请假")
    act.locator("button").click()
    expect(page.get_by_role("status").first).to_contain_text("赵磊")
    expect(page.locator("#rota-duty")).to_contain_text("值班：赵磊")
    swap = page.locator("[data-act=swap]")
    swap.locator("summary").click()
    swap.locator("button").click()
    expect(swap.locator(".mistake")).to_be_visible()
    page.get_by_role("button", name="撤销变更 2").click()
    expect(page.locator("#rota-duty")).to_contain_text("值班：王敏")
    page.context.close()


def test_a_drill_is_begun_and_ended_by_hand(office: Station, browser: Browser) -> None:
    page = taken_up(browser, office, **DESK)
    page.goto("/drills")
    expect(page.locator("#start button")).to_be_hidden()
    page.locator("[data-act=start] summary").click()
    page.locator("#title").fill("某隧道坍塌")
    page.locator("#times").fill("20")
    page.locator("#start button").click()
    expect(page.locator("#drill")).to_contain_text("【演练】某隧道坍塌")
    for path in ("/", "/drills", "/incidents", "/office"):
        page.goto(path)
        expect(page.locator("#drill")).to_contain_text("演练")
    page.goto("/drills")
    page.get_by_role("button", name="结束演练").click()
    expect(page.locator("#drill")).to_have_count(0)
    expect(page.locator("#past li").first).to_contain_text("【演练】某隧道坍塌")
    page.get_by_role("link", name="某隧道坍塌").first.click()
    expect(page.locator("#score")).to_contain_text("演练")
    page.context.close()


def test_a_channel_is_tested_and_the_log_examined(office: Station, browser: Browser) -> None:
    page = taken_up(browser, office)
    page.goto("/channels")
    page.locator("#channels").get_by_role("button", name="试发一条消息").nth(1).click()
    expect(page.get_by_role("status").first).to_contain_text("chat")
    expect(page.locator("#channels")).to_contain_text("赵磊：")
    page.goto("/audit?person=赵磊&kind=channel")
    expect(page.locator("#log li")).to_have_count(1)
    page.get_by_role("button", name="校验全部日志").click()
    expect(page.locator("#examined")).to_contain_text("审计日志完整")
    page.context.close()


@pytest.mark.skipif("HUIYING_SCREENSHOTS" not in os.environ, reason="set HUIYING_SCREENSHOTS to a folder for pictures")
def test_pictures_of_the_office(office: Station, browser: Browser) -> None:
    folder = Path(os.environ["HUIYING_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    page = taken_up(browser, office)
    for path in PICTURES:
        page.goto(path)
        page.screenshot(path=folder / f"office-{path.strip('/')}.png")
    page.context.close()
    assert all((folder / f"office-{path.strip('/')}.png").stat().st_size > 10_000 for path in PICTURES)
