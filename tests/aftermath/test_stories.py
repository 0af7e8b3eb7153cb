"""Incidents that went well or badly, looked back upon; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.aftermath.courses import Completeness
from monitor.core.aftermath.entries import EntryKind
from monitor.core.aftermath.lateness import Delay
from monitor.core.aftermath.stretches import Milestone
from monitor.core.conferences.plan import Arrangement
from monitor.core.drafts.draft import Wording
from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import ResponseKind
from monitor.core.sources import FailureKind
from monitor.store import fetches, sources
from monitor.store.database import Database
from tests.aftermath.nights import (
    DAY,
    FIVE,
    PRESS,
    RELEASE,
    TEXT,
    TITLE,
    H,
    M,
    acknowledge,
    away,
    course,
    deliver,
    drafted,
    looked_back,
    publish,
    told,
)
from tests.appraisal.bureau import bureau
from tests.responders.console.station import T0, Station
from tests.responders.console.test_duty import staffed_station
from tests.story.outbox import Told
from tests.story.roster import DUTY

EMPTY = replace(DUTY, rotas={name: replace(rota, layers=()) for name, rota in DUTY.rotas.items()})


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def whys(one: object) -> list[Delay]:
    return [reason.why for reason in one.reasons]  # type: ignore[attr-defined]


def test_a_night_that_went_well(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    drafted(station, number, begun=30 * M, handed_in=1 * H, passed=3 * H, published=3 * H + 20 * M)
    publish(station, number, 20 * H, kind=PRESS)
    station.watch()
    found = looked_back(station, number)
    five = course(found, FIVE)
    assert five.kept
    assert five.margin == 100 * M
    assert five.reasons == ()
    assert [(one.ends, one.span) for one in five.stretches if one.span] == [
        (Milestone.SEEN, 2 * M),
        (Milestone.TAKEN_UP, 8 * M),
        (Milestone.DRAFTED, 20 * M),
        (Milestone.SUBMITTED, 30 * M),
        (Milestone.REVIEWED, 2 * H),
        (Milestone.FULFILLED, 20 * M),
    ]
    assert five.limiting is not None
    assert (five.limiting.begins, five.limiting.ends) == (Milestone.SUBMITTED, Milestone.REVIEWED)
    assert five.share(five.limiting) == 0.4
    assert course(found, DAY).margin == 4 * H
    assert found.kept[0].margin == max(one.margin for one in found.kept if one.margin is not None)
    ways = [one.ends for one in found.stretches]
    assert ways.index(Milestone.PUBLISHED) < ways.index(Milestone.CONFERENCE)
    assert sum((one.span for one in found.stretches), timedelta(0)) == 20 * H
    release = next(one for one in found.checked if one.response.kind is ResponseKind.AUTHORITATIVE_RELEASE)
    assert release.check is not None
    assert release.check.score is not None


def test_a_release_that_was_late_because_its_review_took_long(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 5 * M)
    drafted(station, number, begun=20 * M, handed_in=40 * M, passed=6 * H, published=6 * H + 5 * M)
    station.watch()
    five = course(looked_back(station, number), FIVE)
    assert five.margin == -65 * M
    assert whys(five) == [Delay.REVIEWED_LONG]
    assert five.reasons[0].span == 5 * H + 20 * M


def test_nobody_acknowledged(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    station.clock.now = T0 + 60 * H
    station.watch()
    found = looked_back(station, number)
    five = course(found, FIVE)
    assert five.late
    assert whys(five) == [Delay.NOT_TAKEN_UP]
    assert five.until == five.deadline.due_at
    assert five.limiting is not None
    assert (five.limiting.begins, five.limiting.ends) == (Milestone.TOLD, Milestone.END)
    assert not found.kept


def test_acknowledged_but_nothing_was_drafted(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 20 * M)
    station.clock.now = T0 + 8 * H
    station.watch()
    assert whys(course(looked_back(station, number), FIVE)) == [Delay.NO_DRAFT]


def test_the_only_channel_failed(station: Station) -> None:
    number = told(station)
    station.watch()
    for minutes in (3, 20, 90, 200):
        station.clock.now = T0 + minutes * M
        deliver(station, away())
    station.clock.now = T0 + 8 * H
    station.watch()
    found = looked_back(station, number)
    (reason,) = course(found, FIVE).reasons
    assert (reason.why, reason.subject) == (Delay.CHANNEL_FAILED, "broken")
    failed = [one for one in found.entries if one.kind is EntryKind.DELIVERY and not one.minor]
    assert len(failed) == 1


def test_what_only_the_log_of_the_service_told_reached_nobody(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station, Told(name="console"))
    station.clock.now = T0 + 8 * H
    station.watch()
    found = looked_back(station, number)
    assert whys(course(found, FIVE)) == [Delay.NO_CHANNEL]
    assert Milestone.TOLD not in {one.ends for one in found.stretches}


def test_a_page_while_nobody_was_on_duty(database: Database) -> None:
    station = staffed_station(database, duty=EMPTY)
    number = told(station)
    station.watch()
    deliver(station)
    station.clock.now = T0 + 8 * H
    station.watch()
    found = course(looked_back(station, number), FIVE)
    assert whys(found) == [Delay.ROTA_EMPTY, Delay.NOT_TAKEN_UP]


def test_a_source_that_could_not_be_read(station: Station) -> None:
    at = [(-10 * M, True), (30 * M, False), (90 * M, False)]
    with station.database.write() as connection:
        sources.register(connection, ["evening"], T0)
        for after, well in at:
            fetched = Fetched(
                outcome=Outcome.UNCHANGED if well else Outcome.FAILED,
                reason=None if well else FailureKind.CAPTCHA_OR_LOGIN,
                detail="",
            )
            fetches.record(connection, "evening", fetched, new=0, next_at=T0 + 9 * H, failure_score=0.0, now=T0 + after)
    number = told(station, seen_after=2 * H)
    station.watch()
    deliver(station)
    acknowledge(station, number, 2 * H + 5 * M)
    publish(station, number, 6 * H)
    station.watch()
    five = course(looked_back(station, number), FIVE)
    assert whys(five) == [Delay.SOURCE_FAILED, Delay.NO_DRAFT]
    assert five.reasons[0].span == 2 * H


def test_the_source_that_is_asked_about_is_the_one_that_reported_first(station: Station) -> None:
    """What another source was asked says nothing of why the first report was not seen."""
    with station.database.write() as connection:
        sources.register(connection, ["evening", "city"], T0)
        for name, after in (("city", -5 * M), ("city", 119 * M), ("evening", -5 * M), ("evening", 60 * M)):
            fetched = Fetched(outcome=Outcome.UNCHANGED, reason=None, detail="")
            fetches.record(connection, name, fetched, new=0, next_at=T0 + 9 * H, failure_score=0.0, now=T0 + after)
    station.clock.now = T0 + 125 * M
    station.tell(TITLE, by="city", at=T0 + 2 * H)
    station.clock.now = T0 + 3 * H
    station.tell(TITLE, by="evening", at=T0)
    station.watch()
    station.clock.now = T0 + 8 * H
    station.watch()
    with station.database.read() as connection:
        (number,) = connection.exec_driver_sql("SELECT id FROM matter").scalars()
    five = course(looked_back(station, number), FIVE)
    assert Delay.LISTED_LATE in whys(five)
    # Another source was read an hour before: it says nothing of when this one listed its own report.
    assert five.reasons[0].span == 3 * H


def test_seen_after_the_end_explains_itself(station: Station) -> None:
    number = told(station, seen_after=6 * H)
    station.watch()
    five = course(looked_back(station, number), FIVE)
    assert whys(five)[0] is Delay.OPENED_AFTER_END
    assert Delay.SEEN_LATE in whys(five)
    assert Delay.NOT_TAKEN_UP not in whys(five)


def test_published_in_time_and_logged_late_is_kept_with_a_note(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    station.clock.now = T0 + 7 * H
    station.watch()
    station.parts.desk.respond(
        number,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="通报",
        url="",
        published_at=T0 + 4 * H,
        by="王敏",
        now=station.clock(),
    )
    five = course(looked_back(station, number), FIVE)
    assert five.kept
    assert whys(five) == [Delay.LOGGED_LATE]
    assert five.reasons[0].span == 3 * H


def test_a_withdrawn_release_is_named(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 5 * M)
    publish(station, number, 1 * H)
    with station.database.read() as connection:
        response = connection.exec_driver_sql("SELECT id FROM response").scalar_one()
    station.clock.now = T0 + 2 * H
    station.parts.desk.retract(response, by="王敏", now=station.clock(), reason="撤稿")
    station.clock.now = T0 + 9 * H
    station.watch()
    assert Delay.WITHDRAWN in whys(course(looked_back(station, number), FIVE))


def test_it_is_preliminary_while_duties_run_and_final_after_a_week(station: Station) -> None:
    number = told(station)
    station.watch()
    found = looked_back(station, number)
    assert found.completeness is Completeness.PRELIMINARY
    assert {one.deadline.obligation_id for one in found.running} >= {FIVE, DAY}
    station.clock.now = T0 + timedelta(days=7) + 3 * M
    station.watch()
    assert looked_back(station, number).completeness is Completeness.FINAL


def test_numbers_are_those_of_the_database(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    publish(station, number, 6 * H)
    publish(station, number, 20 * H, kind=PRESS)
    station.watch()
    found = looked_back(station, number)
    with station.database.read() as connection:

        def count(query: str) -> int:
            return int(connection.exec_driver_sql(query).scalar_one())

        kept = count("SELECT count(*) FROM deadline WHERE state = 'met'")
        late = count("SELECT count(*) FROM deadline WHERE state IN ('met_late', 'missed')")
        alerts, deliveries = count("SELECT count(*) FROM alert"), count("SELECT count(*) FROM delivery")
        alerts_here = count(f"SELECT count(*) FROM alert WHERE matter_id = {number}")
        changes = count("SELECT count(*) FROM transition")
    assert (len(found.kept), len(found.late)) == (kept, late)
    kinds = [one.kind for one in found.entries]
    assert kinds.count(EntryKind.ALERT) == alerts_here <= alerts
    assert kinds.count(EntryKind.DELIVERY) == deliveries
    assert kinds.count(EntryKind.DEADLINE) == changes
    assert kinds.count(EntryKind.RELEASE) == 2


def begin(station: Station, number: int, after: timedelta) -> int:
    """Begin a release and hand it in at once."""
    desk, clock = station.parts.desk.drafts, station.clock
    clock.now = T0 + after
    draft = desk.begin(number, Wording(kind=RELEASE, title="情况通报", text=TEXT), by="王敏", now=clock())
    desk.submit(draft.id, seen=1, by="王敏", now=clock())
    return draft.id


def test_a_draft_of_an_earlier_duty_explains_no_later_one(station: Station) -> None:
    """A release that was published for one duty is not called unpublished where another duty was missed."""
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    drafted(station, number, begun=30 * M, handed_in=45 * M, passed=1 * H, published=1 * H + 10 * M)
    station.clock.now = T0 + 2 * H
    with station.database.read() as connection:
        response = connection.exec_driver_sql("SELECT id FROM response").scalar_one()
    station.parts.desk.retract(response, by="王敏", now=station.clock(), reason="数字有误")
    station.clock.now = T0 + 80 * H
    station.watch()
    found = looked_back(station, number)
    assert found.late
    wrong = {Delay.NOT_PUBLISHED, Delay.NOT_REVIEWED, Delay.NOT_HANDED_IN}
    for one in found.late:
        assert not wrong & set(whys(one)), one.deadline.obligation_id
        whole = one.deadline.due_at - one.deadline.started_at
        assert all(reason.span is None or reason.span <= whole for reason in one.reasons)
    five = course(found, FIVE)
    assert Delay.WITHDRAWN in whys(five)
    # One was begun in its time: it was withdrawn, not missing.
    assert Delay.NO_DRAFT not in whys(five)


def test_a_draft_that_was_never_used_is_still_one_that_was_begun(station: Station) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    begin(station, number, 30 * M)
    publish(station, number, 6 * H)
    station.watch()
    five = course(looked_back(station, number), FIVE)
    assert whys(five) == [Delay.NOT_REVIEWED]
    assert five.reasons[0].span == 5 * H + 30 * M


def test_an_office_that_signed_has_taken_it_up(database: Database) -> None:
    station = bureau(database)
    number = told(station)
    station.watch()
    deliver(station)
    assignments = station.parts.desk.assignments
    station.clock.now = T0 + 8 * M
    assignments.assign(number, "chem", by="王敏", now=station.clock())
    station.clock.now = T0 + 10 * M
    assignments.sign(number, "chem", by="李强", now=station.clock())
    station.clock.now = T0 + 6 * H
    station.watch()
    assert whys(course(looked_back(station, number), FIVE)) == [Delay.NO_DRAFT]


def test_who_took_up_what_became_part_of_it_is_read(station: Station) -> None:
    """An acknowledgement stays with the incident for which it was given; it counts after a merge."""
    number = told(station)
    other = told(station, seen_after=3 * M, title="张掖市山丹县一仓库火灾致11人死亡")
    assert other != number
    station.watch()
    deliver(station)
    acknowledge(station, other, 10 * M)
    station.clock.now = T0 + 4 * H + 50 * M
    station.parts.desk.merge(other, number, by="李强", now=station.clock(), reason="同一起")
    station.clock.now = T0 + 6 * H
    station.watch()
    found = looked_back(station, number)
    assert whys(course(found, FIVE)) == [Delay.NO_DRAFT]
    assert course(found, FIVE).reasons[0].since == T0 + 10 * M
    decided = [one.what for one in found.entries if one.kind is EntryKind.DECISION]
    assert [one.value for one in decided if one is not None] == ["acknowledge", "merge"]


@pytest.mark.parametrize(
    ("at", "why"), [(None, Delay.NOT_PLANNED), (20 * H, Delay.PLANNED_FOR), (30 * H, Delay.PLANNED_FOR)]
)
def test_a_missed_conference_is_explained_by_its_plan(station: Station, at: timedelta | None, why: Delay) -> None:
    number = told(station)
    station.watch()
    deliver(station)
    acknowledge(station, number, 10 * M)
    drafted(station, number, begun=30 * M, handed_in=1 * H, passed=3 * H, published=3 * H + 20 * M)
    if at is not None:
        plan = Arrangement(at=T0 + at, speaker="李强 局长", rank="head", place="新闻发布厅")
        station.parts.desk.conferences.plan(number, plan, by="王敏", now=station.clock())
    station.clock.now = T0 + 40 * H
    station.watch()
    found = course(looked_back(station, number), DAY)
    assert whys(found) == [why]
    if at is not None:
        assert found.reasons[0].since == T0 + at
