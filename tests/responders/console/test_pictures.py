"""Take the documentation's pictures: HUIYING_SCREENSHOTS=docs/images pytest tests/responders/console/test_pictures.py.

A new picture heavier than MOST_BYTES fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from monitor.core.access.roles import AccountRole
from monitor.core.drafts.draft import Gate, Verdict, Wording
from monitor.core.model import ResponseKind
from monitor.gate import Gate as HttpGate
from monitor.gate import GateSettings
from monitor.store.database import Database
from tests.crawl.site import running_site
from tests.evidence.web import TITLE, Bureau, page
from tests.responders.console.scenes import night
from tests.responders.console.station import Station, serving
from tests.responders.console.test_door_in_a_browser import sign_in

WIDE, WHOLE, TALL = {"width": 1280, "height": 960}, {"width": 1280, "height": 1300}, {"width": 390, "height": 844}
PICTURES = (("console", "/", WHOLE), ("incident", "/incidents/3", WIDE), ("console-phone", "/", TALL))
TEXT = (
    "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸。截至7月9日21时，事故已造成11人死亡、2人失联、24人受伤，其中重伤5人。\n"
    "事故发生后，消防救援力量120余人赶赴现场，现场明火已被扑灭，搜救仍在进行，伤员均已送医救治。\n"
    "事故原因正在调查。请附近群众远离现场，咨询电话：0935-8312345。下次发布时间为今日23时。"
)
DRAFT = "/incidents/3/drafts/1"
DESK, PHONE = {"width": 1200, "height": 820}, {"width": 390, "height": 780}
# What each picture shows: the top of a page, or the part that is named.
SHOWN = (
    ("draft", DRAFT, ""), ("review-sheet", f"{DRAFT}/sheet", ""), ("check", "/incidents/3/check", ""),
    ("evidence", "/evidence/2", ""), ("accounts", "/accounts", ""), ("search", "/search?q=爆炸", ""),
    ("toll", "/incidents/3", "#toll"), ("map", "/incidents/3", "#map"), ("alerts", "/alerts", ""),
    ("exports", "/exports", ""),
)  # fmt: skip
PEOPLE = (
    ("zhaolei", "赵磊", (AccountRole.ADMIN, AccountRole.DUTY)),
    ("wangmin", "王敏", (AccountRole.DUTY,)),
    ("liqiang", "李强", (AccountRole.REVIEWER,)),
    ("sunjing", "孙静", (AccountRole.APPROVER,)),
    ("zhoufang", "周芳", (AccountRole.LEADER,)),
)
MOST_BYTES = 150_000
AT_WILL = pytest.mark.skipif("HUIYING_SCREENSHOTS" not in os.environ, reason="set HUIYING_SCREENSHOTS to a folder")


@pytest.fixture
def folder() -> Path:
    path = Path(os.environ["HUIYING_SCREENSHOTS"])
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def told(embedded_file: Path) -> Iterator[Station]:
    """Return a station in Chinese on a made-up night."""
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    with serving(Station(database, "zh")) as station:
        night(station)
        station.unwell.clear()
        yield station
    database.close()


@AT_WILL
def test_pictures_of_a_made_up_night(browser: Browser, told: Station, folder: Path) -> None:
    for name, path, size in PICTURES:
        context = browser.new_context(viewport=size, base_url=told.address, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/")
        page.locator("#me").fill("王某")
        page.locator("#who button").click()
        page.goto(path)
        page.screenshot(path=folder / f"{name}.png")
        context.close()
    assert all((folder / f"{name}.png").stat().st_size > 10_000 for name, _, _ in PICTURES)


def office(station: Station) -> None:
    """Let a draft pass its first gates, a release be logged and looked at, and people have accounts."""
    desk, now = station.parts.desk, station.clock()
    release = ResponseKind.AUTHORITATIVE_RELEASE
    for login, name, roles in PEOPLE:
        station.people.hire(login, *roles, name=name)
    wording = Wording(kind=release, title=TITLE, text=TEXT, place="https://yjj.example.cn/")
    desk.drafts.begin(3, wording, by="wangmin", now=now)
    desk.drafts.submit(1, seen=1, by="wangmin", now=now)
    desk.drafts.judge(1, Gate.SELF_REVIEW, Verdict.PASSED, seen=1, by="wangmin", now=now, comment="已核对数字")
    desk.drafts.judge(1, Gate.SECRECY, Verdict.PASSED, seen=1, by="liqiang", now=now, comment="不涉密，可以公开")
    with running_site() as site, HttpGate(GateSettings(allow=("127.0.0.1",), total_seconds=3)) as gate:
        bureau = Bureau(station, site, gate)
        bureau.publish(page(at="2026-07-09 21:40"))
        desk.respond(3, release, title=TITLE, url=bureau.url, published_at=now, by="王敏", now=now)
        bureau.tick()


def show(page: Page, path: str) -> None:
    """Open a page; a check is asked for, what is folded is unfolded."""
    page.goto(path)
    if path.endswith("/check"):
        page.locator("main textarea").fill(TEXT)
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        return
    for folded in page.locator("#map:not([open]) > summary").all():
        folded.click()


@AT_WILL
@pytest.mark.parametrize(("size", "suffix"), [(DESK, ""), (PHONE, "-phone")])
def test_pictures_of_what_people_do(
    browser: Browser, told: Station, folder: Path, size: dict[str, int], suffix: str
) -> None:
    office(told)
    context = browser.new_context(viewport=size, base_url=told.address, locale="zh-CN", color_scheme="light")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/account")
    sign_in(page, "zhaolei")
    page.wait_for_url("**/account")
    taken = []
    for name, path, part in SHOWN:
        show(page, path)
        taken.append(folder / f"{name}{suffix}.png")
        (page.locator(part).first if part else page).screenshot(path=taken[-1])
    context.close()
    assert {path.name: path.stat().st_size for path in taken if not 5_000 < path.stat().st_size < MOST_BYTES} == {}
