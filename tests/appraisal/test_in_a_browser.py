"""A whole appraisal by phone: everybody signs in, does his step, and a stranger rates a response without an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from monitor.store.database import Database
from tests.appraisal.bureau import TEXTS, bureau, on_day, public, staff, summer
from tests.responders.console.conftest import phone
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_door_in_a_browser import sign_in

__all__ = ["phone"]


@pytest.fixture
def station(embedded_file: Path) -> Iterator[Station]:
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    with serving(bureau(database)) as served:
        summer(served)
        staff(served)
        yield served
    database.close()


def as_person(station: Station, phone: Callable[..., Page], login: str) -> Page:
    page = phone()
    page.goto("/account")
    sign_in(page, login)
    page.wait_for_url("**/account")
    return page


def test_from_the_plan_to_the_receipt(station: Station, phone: Callable[..., Page]) -> None:
    on_day(station, 11, 20)
    page = as_person(station, phone, "zero")
    page.goto("/appraisals")
    page.fill("#title", "2026年度政务公开考核")
    page.fill("#begins", "2026-12-20")
    page.get_by_label("危化监管科").check()
    page.get_by_role("button", name="Keep the plan").click()
    page.get_by_role("link", name="2026年度政务公开考核").click()
    page.get_by_role("button", name="Approve the plan").click()
    expect(page.locator("main")).to_contain_text("Somebody else approves it")
    boss = as_person(station, phone, "boss")
    boss.goto("/appraisals/1")
    boss.get_by_role("button", name="Approve the plan").click()
    on_day(station, 12, 7)
    boss = as_person(station, phone, "boss")
    boss.goto("/appraisals/1")
    expect(boss.locator("main")).to_contain_text("Sent today, the appraisal begins on 2026-12-22")
    boss.get_by_role("button", name="Send the notice").click()
    office = as_person(station, phone, "li")
    office.goto("/appraisals/1/offices/chem")
    office.get_by_role("button", name="Sign for the notice").click()
    for content, said in TEXTS.items():
        office.fill(f"#t-{content}", said)
    office.fill("#v-requests", "7")
    office.get_by_role("button", name="Hand in the self-check").click()
    expect(office.locator("main")).to_contain_text("Say where the figure")
    assert office.input_value("#t-complaints") == TEXTS["complaints"], "what was typed is kept"
    office.fill("#s-requests", "依申请公开台账")
    office.get_by_role("button", name="Hand in the self-check").click()
    expect(office.locator("main")).to_contain_text("by hand: 依申请公开台账")
    stranger = as_person(station, phone, "sun")
    stranger.goto("/appraisals/1/offices/chem")
    assert stranger.get_by_role("button", name="Hand in the self-check").count() == 0
    judge = as_person(station, phone, "judge")
    judge.goto("/appraisals/1/offices/chem")
    assert judge.get_by_role("button", name="Give the first grade").count() == 0
    on_day(station, 12, 22)
    judge = as_person(station, phone, "judge")
    judge.goto("/appraisals/1/offices/chem")
    judge.select_option("#grade-review", "passed")
    judge.fill("#why-review", "一次迟发")
    judge.get_by_role("button", name="Give the first grade").click()
    office = as_person(station, phone, "li")
    office.goto("/appraisals/1/offices/chem")
    expect(office.locator("main")).to_contain_text("being graded")
    assert "一次迟发" not in office.content(), "a grade that is only proposed is not told"
    boss = as_person(station, phone, "boss")
    boss.goto("/appraisals/1/offices/chem")
    boss.get_by_role("button", name="Approve the grade").click()
    office.reload()
    office.get_by_role("button", name="Sign for the result").click()
    expect(office.locator("main")).to_contain_text("Result signed for by 李强")
    boss.goto("/appraisals/1/result")
    expect(boss.locator("article").first).to_contain_text("危化监管科")
    rows = as_person(station, phone, "zero")
    rows.goto("/appraisals/1/offices/chem")
    rows.locator("dl.tallies a").first.click()
    expect(rows.locator("ul.rows li").first).to_be_visible()


def test_a_stranger_rates_from_a_phone(station: Station, phone: Callable[..., Page]) -> None:
    station.clock.now = datetime(2026, 7, 12, 4, tzinfo=UTC)
    officer = as_person(station, phone, "li")
    officer.goto("/responses/1/rating")
    officer.get_by_role("button", name="Make an address").click()
    expect(officer.locator("code.digest")).to_contain_text("/rate/")
    address = officer.inner_text("code.digest")
    assert address.startswith("https://duty.example.org/rate/")
    path = address.removeprefix("https://duty.example.org")
    citizen = phone(java_script_enabled=False)
    citizen.goto(path)
    assert citizen.locator("form button").count() == 5
    citizen.get_by_role("button", name="very satisfied", exact=True).click()
    expect(citizen.locator("main")).to_contain_text("Your answer is counted")
    assert citizen.context.cookies() == []
    citizen.goto(path)
    citizen.get_by_role("button", name="very dissatisfied", exact=True).click()
    expect(citizen.locator("main")).to_contain_text("rated today already")
    officer.reload()
    expect(officer.locator("main")).to_contain_text("1 vote(s)")
    expect(officer.locator("main")).to_contain_text("too few votes to say")
    officer.get_by_role("button", name="Revoke").click()
    citizen.goto(path)
    expect(citizen.locator("main")).to_contain_text("no longer be rated")


def test_who_votes_for_others_and_what_is_no_vote_counts_for_nothing(station: Station) -> None:
    link = public(station).open(1, by="王敏", now=station.clock())
    path = f"/rate/{link.token}"
    with browsing(station) as client:
        page = client.get(path)
        seal = page.text.split('name="seal" value="')[1][:64]
        assert not client.cookies
        assert page.headers["cache-control"] == "no-store"
        for data, headers, status in (
            ({"answer": "satisfied", "seal": seal}, {"Sec-Fetch-Site": "cross-site"}, 403),
            ({"answer": "satisfied", "seal": seal[::-1]}, {}, 409),
            ({"answer": "satisfied"}, {}, 409),
            ({"answer": "best", "seal": seal}, {}, 200),
            ({"seal": seal}, {}, 200),
            ({"answer": "satisfied", "seal": seal}, {"User-Agent": "another browser"}, 409),
        ):
            answer = client.post(path, data=data, headers=headers)
            assert answer.status_code == status, (data, headers)
            assert "huiying" not in str(answer.headers.get("set-cookie", ""))
        assert votes(station) == 0
        for wrong in ("/rate/" + "x" * 22, "/rate/x", "/rate/%00", "/rate/" + "9" * 5000):
            assert client.get(wrong).status_code == 404
        assert client.post(path, data={"answer": "satisfied", "seal": seal}).status_code == 200
        assert votes(station) == 1
        station.parts.desk.retract(1, by="王敏", now=station.clock(), reason="撤稿")
        gone = client.get(path)
        assert gone.status_code == 410
        assert "通报" not in gone.text


def votes(station: Station) -> int:
    with station.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT coalesce(sum(votes), 0) FROM rating_count").scalar_one())


def test_under_the_public_name_only_the_rating_is_answered(station: Station) -> None:
    link = public(station).open(1, by="王敏", now=station.clock())
    with httpx.Client(base_url=station.address, trust_env=False, headers={"Host": "duty.example.org"}) as client:
        assert client.get(f"/rate/{link.token}").status_code == 200
        assert client.get("/appraisals").status_code == 400
        assert client.get("/responses/1/rating").status_code == 400
