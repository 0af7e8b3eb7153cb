"""The page of a review, its files and its forms, at every door; and the leaders' page. On both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from docx import Document

from monitor.core.access.accounts import By
from monitor.core.access.roles import AccountRole
from monitor.core.conferences.plan import Arrangement
from monitor.core.drafts.draft import Gate, Verdict, Wording
from monitor.core.errors import AlreadyMerged
from monitor.store import aftermath
from monitor.store.database import Database
from responders.desk.aftermath import (
    LessonDone,
    LessonEmpty,
    NobodyAttended,
    NotHeld,
    OwnSignature,
    ReviewRewritten,
    ReviewSince,
    ReviewToCome,
    ReviewTooEarly,
    SignedAlready,
    UnknownLesson,
    UnreadableDate,
    day,
)
from tests.aftermath.nights import (
    FIVE,
    PRESS,
    RELEASE,
    TEXT,
    H,
    M,
    acknowledge,
    course,
    deliver,
    drafted,
    looked_back,
    publish,
    told,
)
from tests.cli.terminal import at_work
from tests.responders.console.station import T0, Station, browsing, serving, token_of
from tests.responders.console.test_matrix import enter

DAY = date(2026, 7, 11)


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    with serving(Station(database)) as served:
        yield served


@pytest.fixture
def client(station: Station) -> Iterator[httpx.Client]:
    with browsing(station) as opened:
        yield opened


def late_night(station: Station) -> int:
    """Let a release be published too late, and a press conference in time."""
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    drafted(station, number, begun=30 * M, handed_in=1 * H, passed=5 * H + 30 * M, published=5 * H + 50 * M)
    publish(station, number, 20 * H, kind=PRESS)
    station.clock.now = T0 + 60 * H
    station.watch()
    return number


def post(station: Station, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = token_of(client.get(path.partition("/review")[0] + "/review"))
    return client.post(path, data={"token": token, **fields}, headers={"Origin": station.address})


def test_page_paper_workbook_values_and_command_say_the_same(station: Station, client: httpx.Client) -> None:
    number = late_night(station)
    five = course(looked_back(station, number), FIVE)
    assert five.reasons
    at = f"/incidents/{number}/review"
    page = client.get(at)
    assert page.status_code == 200
    sentence = "The review took 4 h 30 min."
    assert sentence in page.text
    values = client.get(f"{at}.json").json()
    told_five = next(one for one in values["duties"] if one["obligation"] == FIVE)
    assert [one["said"] for one in told_five["reasons"]] == [sentence]
    assert sum(one["seconds"] for one in told_five["stretches"]) == (5 * H + 50 * M).total_seconds()
    assert told_five["margin_seconds"] == -50 * 60
    book = openpyxl.load_workbook(BytesIO(client.get(f"{at}.xlsx").content))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert sentence in cells
    assert len(list(book["Timeline"].iter_rows())) == len(values["timeline"]) + 1
    paper = Document(BytesIO(client.get(f"{at}.docx").content))
    written = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert sentence in written
    assert any("most of the time went into draft handed in → review passed" in line.text for line in paper.paragraphs)


def test_the_command_writes_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    database = Database(terminal.url)
    database.migrate()
    number = late_night(Station(database))
    database.close()
    assert "The review took 4 h 30 min." in terminal.run("incident", "review", number)
    assert terminal.json("incident", "review", number)[0]["incident"] == number
    for name in ("r.docx", "r.xlsx", "r.json"):
        terminal.run("incident", "review", number, "--out", name)
        assert (tmp_path / name).stat().st_size > 1000
    assert json.loads((tmp_path / "r.json").read_text())["incident"] == number
    assert "ends in none" in terminal.run("incident", "review", number, "--out", "r.pdf", code=1)
    assert "no incident 99" in terminal.run("incident", "review", 99, code=1)


def test_a_review_is_held_signed_by_another_and_lapses_when_it_is_written_anew(
    station: Station, client: httpx.Client
) -> None:
    number = late_night(station)
    desk, now = station.parts.desk.aftermath, station.clock()
    with pytest.raises(NotHeld):
        desk.sign(number, by="李强", now=now)
    with pytest.raises(ReviewToCome):
        desk.hold(number, day("2026-07-13"), attendees="王敏", conclusion="", by="王敏", now=now)
    with pytest.raises(ReviewTooEarly):
        desk.hold(number, day("2026-07-08"), attendees="王敏", conclusion="", by="王敏", now=now)
    with pytest.raises(NobodyAttended):
        desk.hold(number, DAY, attendees=" \n", conclusion="", by="王敏", now=now)
    answer = post(
        station, client, f"/incidents/{number}/review/held",
        day="2026-07-11", attendees="王敏、李强", conclusion="审签过慢", by="王敏",
    )  # fmt: skip
    assert answer.status_code == 303
    with pytest.raises(OwnSignature):
        desk.sign(number, by="王敏", now=now)
    with pytest.raises(OwnSignature):
        desk.sign(number, by=" 王敏 ", now=now)
    with pytest.raises(ReviewRewritten):
        desk.sign(number, by="李强", now=now, seen=T0)
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"/incidents/{number}/review").text)
    assert seen is not None
    path = f"/incidents/{number}/review/signed"
    assert post(station, client, path, by="李强", seen="yesterday").status_code == 422
    assert post(station, client, path, by="李强", seen=seen[1]).status_code == 303
    with pytest.raises(SignedAlready):
        desk.sign(number, by="孙静", now=now)
    page = client.get(f"/incidents/{number}/review").text
    assert "审签过慢" in page
    assert "Signed by 李强" in page
    again = desk.hold(number, DAY, attendees="王敏", conclusion="", by="王敏", now=now + M, seen=now)
    assert again.signed_at is None
    with station.database.read() as connection:
        kinds = connection.exec_driver_sql(
            "SELECT kind FROM audit WHERE kind IN ('aftermath.added', 'aftermath.changed') ORDER BY id"
        )
        assert kinds.scalars().all() == ["aftermath.added", "aftermath.changed", "aftermath.changed"]


def test_an_account_cannot_sign_its_own_words_under_another_name(station: Station) -> None:
    number = late_night(station)
    desk, now = station.parts.desk.aftermath, station.clock()
    desk.hold(number, DAY, attendees="x", conclusion="", by=By.of("王敏", account=7), now=now)
    with pytest.raises(OwnSignature):
        desk.sign(number, by=By.of("王敏（改名）", account=7), now=now)
    assert desk.sign(number, by=By.of("王敏", account=8), now=now).signed_at == now


def test_lessons_are_kept_done_and_follow_a_merge(station: Station, client: httpx.Client) -> None:
    number = late_night(station)
    desk, now = station.parts.desk.aftermath, station.clock()
    with pytest.raises(LessonEmpty):
        desk.add_lesson(number, " ", by="王敏", now=now)
    with pytest.raises(UnreadableDate):
        day("July")
    path = f"/incidents/{number}/review/lessons"
    refused = post(station, client, path, text="十分钟内确认", due="someday", by="王敏")
    assert refused.status_code == 422
    assert "十分钟内确认" in refused.text
    assert "no day" in refused.text
    assert (
        post(station, client, path, text="十分钟内确认", office="值班室", due="2026-07-11", by="王敏").status_code
        == 303
    )
    with station.database.read() as connection:
        (kept,) = aftermath.lessons(connection, number)
        assert (kept.text, kept.office, kept.due_on, kept.by) == ("十分钟内确认", "值班室", DAY, "王敏")
        assert aftermath.open_lessons(connection, DAY) == []
        assert aftermath.open_lessons(connection, DAY + timedelta(days=1)) == [kept]
        assert aftermath.open_lessons(connection, DAY + timedelta(days=1), "110000") == []
        assert aftermath.open_lessons(connection, DAY + timedelta(days=1), "620000") == [kept]
    other = told(station, seen_after=59 * H, title="酒泉市肃州区一客车侧翻致13人死亡")
    assert other != number
    with pytest.raises(UnknownLesson):
        desk.end_lesson(other, kept.id, result="", by="王敏", now=now)
    station.parts.desk.merge(number, other, by="王敏", now=now, reason="同一事件")
    with pytest.raises(AlreadyMerged):
        desk.add_lesson(number, "x", by="王敏", now=now)
    assert "十分钟内确认" in client.get(f"/incidents/{other}/review").text
    done = post(
        station, client, f"/incidents/{other}/review/lessons/done", lesson=str(kept.id), result="已培训", by="李强"
    )
    assert done.status_code == 303
    with pytest.raises(LessonDone):
        desk.end_lesson(other, kept.id, result="", by="王敏", now=now)
    with station.database.read() as connection:
        assert aftermath.open_lessons(connection, date(2027, 1, 1)) == []
        assert aftermath.lessons(connection, other)[0].result == "已培训"


def test_reviews_are_due_of_major_incidents_only_and_as_the_database_says(station: Station) -> None:
    number = late_night(station)
    told(station, seen_after=61 * H, title="天水市秦州区一居民楼起火致2人受伤")
    with station.database.read() as connection:
        (case,) = aftermath.cases(connection, T0 - H)
        assert (case.matter_id, case.held) == (number, False)
        live = connection.exec_driver_sql(
            f"SELECT count(*) FROM deadline WHERE matter_id = {number} AND settled_at IS NULL "
            "AND state IN ('open', 'missed')"
        ).scalar_one()
        assert (case.ended_at is None) is bool(live)
        assert aftermath.cases(connection, T0 - H, "110000") == []
    desk = station.parts.desk.aftermath
    desk.hold(number, DAY, attendees="x", conclusion="", by="王敏", now=station.clock())
    with station.database.read() as connection:
        assert aftermath.cases(connection, T0 - H)[0].held


def test_an_incident_that_is_not_major_is_looked_back_upon_when_asked(station: Station, client: httpx.Client) -> None:
    number = told(station, title="天水市秦州区一居民楼起火致2人受伤")
    page = client.get(f"/incidents/{number}/review")
    assert page.status_code == 200
    assert "no major incident" in page.text
    assert client.get("/incidents/99/review").status_code == 404
    assert client.get("/incidents/99/review.docx").status_code == 404


def busy(station: Station) -> None:
    """Let three major incidents stand, with a signature, a conference, a measure and releases of today."""
    number = late_night(station)
    station.parts.desk.aftermath.add_lesson(
        number, "签批人夜间须保持电话畅通", due_on=date(2026, 7, 10), by="王敏", now=station.clock()
    )
    clock = station.clock
    clock.now = T0 + 61 * H
    for title in (
        "张掖市山丹县一仓库火灾致11人死亡",
        "酒泉市肃州区一客车侧翻致13人死亡、重伤20人，救援仍在进行，现场已封控，多支队伍赶赴",
        "兰州市城关区一锅炉爆炸致10人死亡",
    ):
        station.tell(title, at=clock())
    station.watch()
    deliver(station)
    desk = station.parts.desk.drafts
    draft = desk.begin(2, Wording(kind=RELEASE, title="山丹县仓库火灾通报", text=TEXT), by="王敏", now=clock())
    desk.submit(draft.id, seen=1, by="王敏", now=clock())
    for gate, who in ((Gate.SELF_REVIEW, "王敏"), (Gate.SECRECY, "李强")):
        if gate in desk.path.gates:
            desk.judge(draft.id, gate, Verdict.PASSED, seen=1, by=who, now=clock())
    plan = Arrangement(at=clock() + 5 * H, speaker="李强 局长", rank="head", place="新闻发布厅")
    station.parts.desk.conferences.plan(3, plan, by="王敏", now=clock())
    publish(station, 4, 62 * H)
    station.parts.desk.aftermath.hold(
        1, DAY, attendees="王敏、李强、孙静", conclusion="审签过慢", by="王敏", now=clock()
    )
    station.watch()


def test_the_leaders_page_says_what_the_database_says(station: Station, client: httpx.Client) -> None:
    busy(station)
    page = client.get("/leader")
    assert page.status_code == 200
    with station.database.read() as connection:

        def count(query: str) -> int:
            return int(connection.exec_driver_sql(query).scalar_one())

        live = "d.state IN ('open', 'missed') AND d.settled_at IS NULL"
        majors = count(
            "SELECT count(DISTINCT d.matter_id) FROM deadline d JOIN incident i ON i.matter_id = d.matter_id "
            f"WHERE {live} AND (i.severity >= 3 OR i.likely >= 3)"
        )
        kept = count("SELECT count(*) FROM deadline WHERE state = 'met'")
        judged = count("SELECT count(*) FROM deadline WHERE state IN ('met', 'met_late', 'missed')")
    assert f"{majors} major incidents stand" in page.text
    # Everything fell due on days of this year, and nothing that was judged is due later than today.
    assert page.text.count(f"{kept}/{judged}") == 2
    for link in (
        'href="/incidents/2/drafts/2"', 'href="/incidents/3/conference"', 'href="/incidents/1/review#lessons"',
        'href="/statistics?from=2026-01-01&amp;to=2026-07-12#duties"', 'href="/incidents/4"', 'href="/sources"',
    ):  # fmt: skip
        assert link in page.text, link
    assert "1 releases, 0 press conferences" in page.text
    statistics = client.get("/statistics?from=2026-01-01&to=2026-07-12")
    assert statistics.status_code == 200


def test_a_quiet_night_says_so(station: Station, client: httpx.Client) -> None:
    page = client.get("/leader").text
    assert "No major incident stands." in page
    assert "Nothing now." in page
    assert "Nothing yet." in page
    assert page.count("0/0") == 2


def test_leaders_begin_there_and_who_is_on_duty_as_well_begins_at_the_board(station: Station) -> None:
    for login, roles in (("boss", (AccountRole.LEADER,)), ("both", (AccountRole.LEADER, AccountRole.DUTY))):
        station.people.hire(login, *roles)
    with browsing(station) as client:
        assert enter(station, client, "boss").headers["location"] == "/leader"
        assert 'href="/leader"' in client.get("/").text
    with browsing(station) as client:
        assert enter(station, client, "both").headers["location"] == "/"
    with browsing(station) as client:
        station.people.hire("county", AccountRole.COUNTY, region="620300")
        assert enter(station, client, "county").headers["location"] == "/"
        assert client.get("/leader").status_code == 403


def test_a_review_is_not_replaced_from_a_page_that_did_not_show_it(station: Station, client: httpx.Client) -> None:
    number = late_night(station)
    path, desk = f"/incidents/{number}/review/held", station.parts.desk.aftermath
    fields = {"day": "2026-07-11", "attendees": "孙静", "by": "孙静"}
    kept = desk.hold(number, DAY, attendees="王敏、李强", conclusion="审签过慢", by="王敏", now=station.clock())
    refused = post(station, client, path, **fields)
    assert refused.status_code == 422
    assert "since this page was shown" in refused.text
    station.clock.now += M
    desk.sign(number, by="李强", now=station.clock())
    with pytest.raises(ReviewSince):
        desk.hold(number, DAY, attendees="x", conclusion="", by="孙静", now=station.clock(), seen=kept.at)
    with station.database.read() as connection:
        still = aftermath.held(connection, number)
    assert still is not None
    assert (still.attendees, still.signed_by) == ("王敏、李强", "李强")
    shown = re.findall(r'name="seen" value="([^"]+)"', client.get(f"/incidents/{number}/review").text)
    assert post(station, client, path, seen=shown[-1], **fields).status_code == 303


def test_a_review_and_a_measure_are_found_where_their_incident_went(station: Station, client: httpx.Client) -> None:
    number = late_night(station)
    desk, now = station.parts.desk.aftermath, station.clock()
    other = told(station, seen_after=59 * H, title="酒泉市肃州区一客车侧翻致13人死亡")
    last = told(station, seen_after=59 * H, title="兰州市城关区一锅炉爆炸致10人死亡")
    desk.hold(number, DAY, attendees="王敏", conclusion="审签过慢", by="王敏", now=now)
    desk.add_lesson(number, "补充演练", due_on=date(2026, 7, 10), by="王敏", now=now)
    for into in ((number, other), (other, last)):
        station.parts.desk.merge(*into, by="王敏", now=now, reason="同一起")
    station.clock.now = T0 + timedelta(days=60)
    with station.database.read() as connection:
        found = aftermath.held(connection, last)
        assert [(one.matter_id, one.held) for one in aftermath.cases(connection, T0 - H)] == [(last, True)]
    assert found is not None
    assert found.conclusion == "审签过慢"
    assert desk.sign(last, by="李强", now=now).signed_by == "李强"
    page = client.get("/leader").text
    assert f'href="/incidents/{last}/review#lessons"' in page
    assert f'href="/incidents/{number}/review' not in page


def test_the_leaders_page_counts_no_drill_as_overdue(station: Station, client: httpx.Client) -> None:
    told(station)
    station.watch()
    station.clock.now = T0 + 6 * H
    station.watch()
    overdue = re.compile(r'class="tally is-overdue"')
    assert overdue.search(client.get("/leader").text)
    with station.database.write() as connection:
        connection.exec_driver_sql("UPDATE matter SET drill = true")
    assert not overdue.search(client.get("/leader").text)
