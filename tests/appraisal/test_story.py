"""A year's appraisal from the plan to the receipt, with a moved clock, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from monitor.core.appraisal.appraisal import AppraisalState, OfficeState
from monitor.core.appraisal.ballot import Counted, Voter
from monitor.core.appraisal.figures import Figure, FiguresDamaged, WhyNone, changed
from monitor.core.appraisal.opinion import Answer
from monitor.core.appraisal.rules import FigureName
from monitor.core.appraisal.steps import (
    CheckReplaced,
    NoNotice,
    OwnCheck,
    OwnPlan,
    OwnReview,
    PlanNotApproved,
    ReviewedAlready,
    SettledAlready,
    TextMissing,
    TooEarly,
)
from monitor.core.errors import ReasonMissing
from monitor.store import listing
from monitor.store.database import Database
from responders.desk.appraisals import OwnOffice, UnfitDay
from responders.desk.assignments import NotOfThisOffice
from responders.documents.appraisal import GradesOpen, results, self_check
from responders.documents.appraisal_book import write_book
from responders.documents.messages import Composer
from responders.documents.official import Grid, Official, Paragraph
from responders.language import Words
from responders.ratings import LinkOpen, NoLink, NotRateable, RatingOver, Vote
from tests.appraisal.bureau import BY_HAND, TEXTS, YEAR, appraisals, bureau, on_day, public, summer
from tests.responders.console.station import Station


@pytest.fixture
def station(database: Database) -> Station:
    station = bureau(database)
    summer(station)
    return station


def value(figures: tuple[Figure, ...], name: FigureName) -> float | None:
    return next(one for one in figures if one.name is name).statistic.value


def voter(n: int) -> Voter:
    return Voter(f"192.0.2.{n}", "browser", "zh-CN")


def voted(station: Station, token: str, n: int, answer: Answer) -> Counted:
    ratings, now = public(station), station.clock()
    link = ratings.look(token)
    assert link is not None
    return ratings.cast([Vote(token, answer, voter(n), ratings.seal(link, voter(n), now))], now)[0]


def to_review(station: Station) -> int:
    """Bring an appraisal as far as the day on which it begins."""
    desk, number = appraisals(station), 1
    assert desk.plan(YEAR, by="办公室主任", now=on_day(station, 11, 20)) == number
    desk.approve(number, by="赵磊", now=on_day(station, 11, 21))
    desk.give_notice(number, by="办公室主任", now=on_day(station, 12, 5))
    desk.hand_in(number, "chem", TEXTS, BY_HAND, by="李强", now=on_day(station, 12, 10))
    on_day(station, 12, 20)
    return number


def test_a_whole_appraisal(station: Station) -> None:
    desk = appraisals(station)
    number = desk.plan(YEAR, by="办公室主任", now=on_day(station, 11, 20))
    with pytest.raises(PlanNotApproved):
        desk.give_notice(number, by="办公室主任", now=station.clock())
    with pytest.raises(OwnPlan):
        desk.approve(number, by=" 办公室主任 ", now=station.clock())
    assert (
        desk.approve(number, by="赵磊", now=on_day(station, 11, 21)).state(station.clock()) is AppraisalState.APPROVED
    )
    with pytest.raises(NoNotice):
        desk.hand_in(number, "chem", TEXTS, BY_HAND, by="李强", now=station.clock())
    # 15 days before the 20th is the 5th: late in the evening is early enough.
    told = desk.give_notice(number, by="办公室主任", now=on_day(station, 12, 5, 23))
    assert (told.starts_on, told.postponed) == (date(2026, 12, 20), False)
    desk.sign(number, "chem", by="李强", now=on_day(station, 12, 6))
    with pytest.raises(NotOfThisOffice):
        desk.hand_in(number, "chem", TEXTS, BY_HAND, by="孙莉", now=on_day(station, 12, 10))
    with pytest.raises(TextMissing, match="群众投诉"):
        desk.hand_in(number, "chem", {**TEXTS, "complaints": " "}, BY_HAND, by="李强", now=station.clock())
    desk.hand_in(number, "chem", TEXTS, BY_HAND, by="李强", now=station.clock())
    with pytest.raises(TooEarly, match="2026-12-20"):
        desk.review(number, "chem", "passed", by="考核员", now=on_day(station, 12, 19, 23), reason="一次迟发")
    now = on_day(station, 12, 20, 0)
    assert desk.one(number).state(now) is AppraisalState.UNDER_WAY
    with pytest.raises(ReasonMissing):
        desk.review(number, "chem", "passed", by="考核员", now=now, reason=" ")
    desk.review(number, "chem", "passed", by="考核员", now=now, reason="一次迟发")
    with pytest.raises(ReviewedAlready):
        desk.hand_in(number, "chem", TEXTS, BY_HAND, by="李强", now=now)
    with pytest.raises(OwnReview):
        desk.settle(number, "chem", "passed", by="考核员", now=now)
    with pytest.raises(ReasonMissing):
        desk.settle(number, "chem", "barely_passed", by="赵磊", now=now)
    desk.settle(number, "chem", "barely_passed", by="赵磊", now=now, reason="迟发影响较大")
    with pytest.raises(SettledAlready):
        desk.review(number, "chem", "excellent", by="考核员", now=now, reason="改")
    # An office that writes nothing is graded all the same.
    desk.review(number, "rescue", "failed", by="考核员", now=now, reason="未发布、未自查")
    with pytest.raises(GradesOpen, match="救援协调科"):
        results(desk.one(number), desk.rules, composer(station), "示例省应急管理厅")
    desk.settle(number, "rescue", "failed", by="赵磊", now=now)
    held = desk.sign(number, "chem", by="李强", now=now)
    assert held.state(now) is AppraisalState.FINISHED
    assert [one.state for one in held.offices] == [OfficeState.TOLD, OfficeState.SETTLED]
    paper = results(held, desk.rules, composer(station, "zh"), "示例省应急管理厅")
    grades = next(part for part in paper.parts if isinstance(part, Grid))
    assert grades.rows == (("危化监管科", "基本合格", "—"), ("救援协调科", "不合格", "给予通报批评"))
    said = [part.text for part in paper.parts if isinstance(part, Paragraph)]
    assert "指标数据截至2026年12月20日。" in said
    assert any("考核时段尚未结束" in one for one in said), "the year lasts until the 31st"
    with station.database.read() as connection:
        kinds = list(connection.scalars(text("SELECT kind FROM audit WHERE kind LIKE 'apprais%'")))
    assert kinds.count("appraisal.added") == 1
    assert kinds.count("appraised.changed") == 7


def composer(station: Station, language: str = "en") -> Composer:
    return Composer(Words(language), station.parts.names, region="620000")


def test_papers_say_as_of_which_day_their_figures_are(station: Station) -> None:
    desk, number = appraisals(station), to_review(station)
    now, words = station.clock(), composer(station)

    def checked(at: datetime) -> str:
        held = desk.one(number)
        part = held.office("chem")
        assert part is not None
        return spoken(self_check(held, part, part.figures or desk.figures(held, "chem"), desk.rules, words, at))

    assert "as of 2026-12-20. The time that is appraised was not over" in checked(now)
    later = datetime(2027, 1, 4, 1, tzinfo=UTC)
    assert "as of 2027-01-04. Public" in checked(later)
    desk.review(number, "chem", "passed", by="考核员", now=now, reason="可")
    assert "as of 2026-12-20. The time that is appraised was not over" in checked(later), "those that are kept"
    desk.review(number, "rescue", "passed", by="考核员", now=later, reason="可")
    for office in ("chem", "rescue"):
        desk.settle(number, office, "passed", by="赵磊", now=later)
    paper = spoken(results(desk.one(number), desk.rules, words, "示例省应急管理厅"))
    assert "as of each first grade: 危化监管科 2026-12-20, 救援协调科 2027-01-04. The time" in paper


def spoken(paper: Official) -> str:
    return " ".join(part.text for part in paper.parts if isinstance(part, Paragraph))


def test_a_notice_that_is_too_late_puts_the_beginning_off(station: Station) -> None:
    desk = appraisals(station)
    number = desk.plan(YEAR, by="办公室主任", now=on_day(station, 12, 6))
    desk.approve(number, by="赵磊", now=station.clock())
    told = desk.give_notice(number, by="赵磊", now=on_day(station, 12, 6, 0))
    assert (told.starts_on, told.postponed) == (date(2026, 12, 21), True)
    with pytest.raises(TooEarly, match="2026-12-21"):
        desk.review(number, "chem", "passed", by="考核员", now=on_day(station, 12, 20, 23), reason="好")


def test_the_figures_are_those_of_the_tables(station: Station) -> None:
    desk = appraisals(station)
    on_day(station, 11, 20)
    found = desk.figures(desk.one(desk.plan(YEAR, by="办公室主任", now=station.clock())), "chem")
    mine = "(SELECT g.matter_id FROM assignment g JOIN receipt r ON r.assignment_id = g.id WHERE r.office = 'chem')"

    def counted(query: str) -> Any:
        with station.database.read() as connection:
            return connection.scalar(text(query.replace("MINE", mine)))

    for name, states in (
        (FigureName.DUE, "'met', 'met_late', 'missed'"),
        (FigureName.IN_TIME, "'met'"),
        (FigureName.LATE, "'met_late'"),
        (FigureName.MISSED, "'missed'"),
    ):
        query = f"SELECT count(*) FROM deadline WHERE matter_id IN MINE AND state IN ({states})"
        assert value(found, name) == counted(query), name
    assert value(found, FigureName.LATE)
    assert value(found, FigureName.RELEASES) == counted(
        "SELECT count(*) FROM response WHERE matter_id IN MINE AND kind = 'authoritative_release'"
    )
    assert value(found, FigureName.FALSE_ALARMS) == counted(
        "SELECT count(*) FROM matter WHERE id IN MINE AND state = 'dismissed'"
    )
    assert value(found, FigureName.FIRST_RELEASE) == 4.5 * 3600
    assert value(found, FigureName.ANSWERED) == 1.0
    rescue = desk.figures(desk.one(1), "rescue")
    assert (value(rescue, FigureName.ANSWERED), value(rescue, FigureName.RELEASES)) == (0.0, 0)
    none = next(one for one in rescue if one.name is FigureName.FIRST_RELEASE)
    assert (none.statistic.value, none.cases, none.why) == (None, 0, WhyNone.NO_CASES)
    nobody = desk.figures(desk.one(1), "leaders")
    assert {one.name for one in nobody if one.why is None} == {
        FigureName.DUE, FigureName.IN_TIME, FigureName.LATE, FigureName.MISSED, FigureName.RELEASES,
        FigureName.CLARIFICATIONS, FigureName.CONFERENCES, FigureName.FALSE_ALARMS,
    }  # fmt: skip
    with station.database.read() as connection:
        for one in found:
            assert one.statistic.of is not None
            assert len(listing.piece(connection, one.statistic.of, one.statistic.ids)) == len(one.statistic.ids)


def test_what_changes_after_the_first_grade_is_shown_and_not_taken_over(station: Station) -> None:
    desk, number = appraisals(station), to_review(station)
    now = station.clock()
    before = desk.review(number, "chem", "passed", by="考核员", now=now, reason="一次迟发").office("chem")
    assert before is not None
    assert before.digest
    station.parts.desk.retract(1, by="王敏", now=now, reason="撤稿")
    after = desk.one(number).office("chem")
    assert after == before
    moved = changed(before.figures, desk.figures(desk.one(number), "chem"))
    assert FigureName.RELEASES in moved
    assert moved[FigureName.RELEASES].statistic.value == 1
    again = desk.review(number, "chem", "passed", by="考核员", now=now, reason="撤稿后重评").office("chem")
    assert again is not None
    assert again.digest != before.digest
    with station.database.write() as connection:
        connection.execute(text("UPDATE appraised SET digest = 'x' WHERE office = 'chem'"))
    desk.plan(YEAR, by="办公室主任", now=now)
    with pytest.raises(FiguresDamaged):
        desk.one(number)
    shown = {one.id: [office.damaged for office in one.offices] for one in desk.all()}
    assert shown == {number: [True, False], number + 1: [False, False]}, "one damaged row hides no other appraisal"


def test_the_public_is_asked_and_counted_once_a_day(station: Station) -> None:
    ratings, desk = public(station), appraisals(station)
    now = station.clock()
    link = ratings.open(1, by="王敏", now=now)
    with pytest.raises(LinkOpen):
        ratings.open(1, by="王敏", now=now)
    assert len(link.token) == 22
    assert [voted(station, link.token, n, Answer.SATISFIED) for n in (1, 2, 1)] == [
        Counted.COUNTED, Counted.COUNTED, Counted.AGAIN,
    ]  # fmt: skip
    desk.plan(YEAR, by="办公室主任", now=now)
    few = next(one for one in desk.figures(desk.one(1), "chem") if one.name is FigureName.SATISFACTION)
    assert (few.statistic.value, few.cases, few.why) == (None, 2, WhyNone.TOO_FEW)
    assert voted(station, link.token, 3, Answer.VERY_DISSATISFIED) is Counted.COUNTED
    enough = next(one for one in desk.figures(desk.one(1), "chem") if one.name is FigureName.SATISFACTION)
    assert enough.statistic.value == pytest.approx(2 / 3)
    assert enough.spread == (0, 2, 0, 0, 1)
    with station.database.read() as connection:
        votes = connection.scalar(text("SELECT sum(votes) FROM rating_count"))
        assert votes == enough.cases == 3
        kept = " ".join(str(row) for row in connection.execute(text("SELECT * FROM spent")))
        assert "192.0.2" not in kept
        old = connection.scalar(text("SELECT value FROM secret WHERE name LIKE 'public rating %'"))
    stale = Vote(link.token, Answer.SATISFIED, voter(9), ratings.seal(link, voter(8), now))
    assert ratings.cast([stale], now) == [Counted.STALE]
    station.clock.now = now = on_day(station, 7, 13)
    assert voted(station, link.token, 1, Answer.SATISFIED) is Counted.COUNTED
    with station.database.read() as connection:
        keys = list(connection.scalars(text("SELECT value FROM secret WHERE name LIKE 'public rating %'")))
    assert len(keys) == 1
    assert keys != [old]
    ratings.revoke(1, by="王敏", now=now)
    with pytest.raises(NoLink):
        ratings.revoke(1, by="王敏", now=now)
    seal = ratings.seal(link, voter(4), now)
    assert ratings.cast([Vote(link.token, Answer.SATISFIED, voter(4), seal)], now) == [Counted.CLOSED]
    fresh = ratings.open(1, by="王敏", now=now)
    assert fresh.token != link.token
    assert fresh.ends_at == link.ends_at, "the time counts from the first address"
    assert voted(station, fresh.token, 1, Answer.SATISFIED) is Counted.AGAIN, "a new address gives no new vote"
    now = on_day(station, 8, 13)
    with pytest.raises(RatingOver):
        ratings.open(1, by="王敏", now=now)
    seal = ratings.seal(fresh, voter(4), now)
    assert ratings.cast([Vote(fresh.token, Answer.SATISFIED, voter(4), seal)], now) == [Counted.CLOSED]
    station.parts.desk.retract(1, by="王敏", now=now, reason="撤稿")
    with pytest.raises(NotRateable):
        ratings.open(1, by="王敏", now=now)


@pytest.mark.parametrize("field", ["first", "last", "begins_on"])
@pytest.mark.parametrize("day", [date(1, 1, 5), date(1999, 12, 31), date(2200, 1, 1), date(9999, 12, 31)])
def test_a_mistyped_year_is_refused(station: Station, field: str, day: date) -> None:
    wrong = {
        "first": replace(YEAR, first=day),
        "last": replace(YEAR, last=day),
        "begins_on": replace(YEAR, begins_on=day),
    }
    with pytest.raises(UnfitDay, match=day.isoformat()):
        appraisals(station).plan(wrong[field], by="办公室主任", now=on_day(station, 11, 20))
    assert appraisals(station).all() == []


def test_nobody_grades_his_own_office(station: Station) -> None:
    desk, number = appraisals(station), to_review(station)
    now = station.clock()
    with pytest.raises(OwnOffice, match="李强"):
        desk.review(number, "chem", "excellent", by="李强", now=now, reason="好")
    desk.review(number, "chem", "passed", by="考核员", now=now, reason="可")
    with pytest.raises(OwnOffice):
        desk.settle(number, "chem", "passed", by="李强", now=now)
    less = replace(desk.pack.duty, offices={"rescue": desk.pack.duty.offices["rescue"]})
    later = replace(desk, pack=replace(desk.pack, duty=less))
    with pytest.raises(OwnCheck, match="危化监管科"):
        later.review(number, "chem", "excellent", by="李强", now=now, reason="好")
    with pytest.raises(OwnCheck):
        later.settle(number, "chem", "passed", by="李强", now=now)
    held = desk.one(number).office("chem")
    assert held is not None
    assert held.settled is None


def test_a_self_check_that_was_replaced_is_read_before_it_is_graded(station: Station) -> None:
    desk, number = appraisals(station), to_review(station)
    read = desk.one(number).office("chem")
    assert read is not None
    changed_at = on_day(station, 12, 20, 10)
    desk.hand_in(number, "chem", dict.fromkeys(TEXTS, "改过"), BY_HAND, by="李强", now=changed_at)
    with pytest.raises(CheckReplaced, match="危化监管科"):
        desk.review(number, "chem", "passed", by="考核员", now=changed_at, reason="可", seen=read.version)
    with pytest.raises(CheckReplaced):
        desk.review(number, "chem", "passed", by="考核员", now=changed_at, reason="可", seen="")
    fresh = desk.one(number).office("chem")
    assert fresh is not None
    graded = desk.review(number, "chem", "passed", by="考核员", now=changed_at, reason="可", seen=fresh.version)
    assert graded.office("chem") != fresh


def test_the_workbook_says_what_the_office_page_says(station: Station) -> None:
    desk, number = appraisals(station), to_review(station)
    held = desk.review(number, "chem", "passed", by="考核员", now=station.clock(), reason="=1+1")
    figures = {one.office: one.figures or desk.figures(held, one.office) for one in held.offices}
    stream = BytesIO()
    write_book(held, figures, desk.rules, composer(station), stream, station.clock())
    book = openpyxl.load_workbook(BytesIO(stream.getvalue()))
    assert [[cell.value for cell in row] for row in book["Grades"].rows][1] == ["危化监管科", "—"]
    rows = [[cell.value for cell in row] for row in book["Indicators"].rows]
    late = next(row for row in rows if row[0] == "危化监管科" and row[2] == "of them late")
    assert late[3] == value(figures["chem"], FigureName.LATE)
    requests = next(row for row in rows if row[0] == "危化监管科" and row[2] == "requests received")
    assert (requests[3], requests[6]) == (7, "by hand: 依申请公开台账")
    assert len([row for row in rows if row[0] == "救援协调科"]) == len(
        [name for one in desk.rules.contents for name in (*one.figures, *one.by_hand)]
    )
