"""What people do to running deadlines, as it happens in an office; on both databases, on a moved clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core.duties.permitted import (
    ChangedMeanwhile,
    EndedAlready,
    ExtendedAlready,
    MomentInFuture,
    MomentTooEarly,
    NoGroundAllowed,
    RestsAlready,
)
from monitor.core.errors import AlreadyMerged, ReasonMissing, UnknownDeadline, UnknownResponse
from monitor.core.model import AlertReason, AlertState, DeadlineState, Fault, ResponseKind
from monitor.core.views import AlertView, DeadlineView, Done
from monitor.loops.deliver import circumstances
from monitor.loops.watch import Watch
from monitor.store import adjustments, engine, outbox, views
from monitor.store.database import Database
from responders.console.clocks import clock_of
from responders.desk import Desk
from responders.desk.deadlines import EvidenceMissing, MatterNotOpen, NotFoundByPeople, NotWaived
from responders.desk.matters import AlreadyRetracted, NobodyActs
from responders.documents.messages import Composer
from tests.responders.console.station import REGION, T0, Station, shared_parts
from tests.story.pack_of_terms import INQUIRY, REPORT, pack_of_terms
from tests.story.test_desk import BLAST, FIRE, news

H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FIVE, CONT = "OP-AUTH-5H", "OP-CONT"
WHO = "处长"


@pytest.fixture
def station(database: Database) -> Station:
    station = Station(database)
    station.parts.pack = pack_of_terms()
    return station


@pytest.fixture
def number(station: Station) -> int:
    return news(station, BLAST)


def desk(station: Station) -> Desk:
    return station.parts.desk


def of_duty(station: Station, number: int, name: str = INQUIRY) -> DeadlineView:
    with station.database.read() as connection:
        return max(
            (d for d in views.deadlines(connection, matter_id=number) if d.obligation_id == name),
            key=lambda d: d.ordinal,
        )


def watch(station: Station) -> None:
    Watch(station.database, station.parts.pack, REGION).tick(station.clock())


def go_to(station: Station, at: datetime) -> None:
    station.clock.now = at
    watch(station)


def alerts(station: Station, number: int, name: str = INQUIRY) -> list[AlertView]:
    with station.database.read() as connection:
        found = views.alerts(connection, matter_id=number, limit=1000)
    return [alert for alert in reversed(found) if alert.obligation_id == name]


def told(station: Station, number: int, name: str = INQUIRY) -> list[str]:
    return [
        alert.point.split(":")[0] for alert in alerts(station, number, name) if alert.state is not AlertState.SKIPPED
    ]


def extend(station: Station, deadline: int, **more: object) -> Done:
    known: dict[str, object] = {"reason": "案情复杂", "approver": "市政府", "notice": "市函〔2026〕1号"}
    return desk(station).extend(deadline, by=WHO, now=station.clock(), **{**known, **more})  # type: ignore[arg-type]


def release(station: Station, number: int, at: datetime, title: str = "情况通报") -> int:
    kind = ResponseKind.AUTHORITATIVE_RELEASE
    desk(station).respond(number, kind, title=title, url="", published_at=at, by="发言人", now=station.clock())
    with station.database.read() as connection:
        return next(r.id for r in views.responses(connection, matter_id=number) if r.title == title)


def log(station: Station, number: int) -> list[tuple[str, str, str]]:
    with station.database.read() as connection:
        return [(line.what, line.by, line.reason) for line in views.log(connection, number) if line.by]


def test_an_inquiry_is_paused_for_an_appraisal_and_nobody_is_bothered_meanwhile(station: Station, number: int) -> None:
    deadline = of_duty(station, number).id
    go_to(station, T0 + 3 * H)
    done = desk(station).pause(deadline, ground="鉴定", by=WHO, now=station.clock(), reason="送省所")
    assert next(d for d in done.deadlines if d.id == deadline).paused_since == T0 + 3 * H
    for hour in (10, 20, 40, 70):
        go_to(station, T0 + hour * H)
    assert of_duty(station, number).state is DeadlineState.OPEN
    assert told(station, number) == ["opened", "paused"]
    desk(station).resume(deadline, at=T0 + 70 * H, by=WHO, now=station.clock(), reason="鉴定意见收到")
    assert of_duty(station, number).due_at == T0 + 87 * H
    go_to(station, T0 + 86 * H)
    assert of_duty(station, number).state is DeadlineState.OPEN
    go_to(station, T0 + 87 * H)
    assert of_duty(station, number).state is DeadlineState.MISSED
    assert told(station, number) == ["opened", "paused", "resumed", "due"]
    assert ("pause", WHO, "送省所") in log(station, number)


def test_a_pause_begins_when_it_began_and_not_when_it_was_typed(station: Station, number: int) -> None:
    deadline = of_duty(station, number).id
    go_to(station, T0 + 22 * H)
    assert of_duty(station, number).state is DeadlineState.MISSED
    desk(station).pause(deadline, ground="鉴定", at=T0 + 15 * H, by=WHO, now=station.clock())
    assert of_duty(station, number).state is DeadlineState.OPEN
    desk(station).resume(deadline, at=T0 + 21 * H, by=WHO, now=station.clock())
    assert of_duty(station, number).due_at == T0 + 26 * H
    pending = next(a for a in alerts(station, number) if a.point == "due")
    with station.database.read() as connection:
        around = circumstances(connection, pending, station.clock())
    assert (around.deadline, around.due_at) == (DeadlineState.OPEN, T0 + 26 * H)


def test_what_the_rule_does_not_allow_is_refused_and_nothing_is_kept(station: Station, number: int) -> None:
    five, inquiry = of_duty(station, number, FIVE).id, of_duty(station, number).id
    with pytest.raises(NoGroundAllowed, match=FIVE):
        desk(station).pause(five, ground="鉴定", by=WHO, now=T0)
    with pytest.raises(MomentInFuture):
        desk(station).pause(inquiry, ground="鉴定", at=T0 + H, by=WHO, now=T0)
    with pytest.raises(ReasonMissing):
        extend(station, inquiry, reason=" ")
    with pytest.raises(UnknownDeadline):
        extend(station, 404)
    go_to(station, T0 + 20 * H)
    with pytest.raises(EndedAlready):
        extend(station, inquiry)
    with station.database.read() as connection:
        assert adjustments.adjustments_of(connection, number) == {}
    assert log(station, number) == []


def test_an_extension_is_granted_once_and_kept_with_approver_and_notice(station: Station, number: int) -> None:
    deadline = of_duty(station, number).id
    done = extend(station, deadline, span="6h")
    assert next(d for d in done.deadlines if d.id == deadline).due_at == T0 + 26 * H
    with pytest.raises(ExtendedAlready):
        extend(station, deadline)
    with station.database.read() as connection:
        (made,) = adjustments.adjustments_of(connection, number)[INQUIRY, 1]
    assert (str(made.span), made.approver, made.notice) == ("6h", "市政府", "市函〔2026〕1号")
    go_to(station, T0 + 25 * H)
    assert of_duty(station, number).state is DeadlineState.OPEN


def test_days_run_from_day_to_day(station: Station, number: int) -> None:
    deadline = of_duty(station, number, REPORT)
    assert deadline.due_at.isoformat() == "2026-09-07T16:00:00+00:00"
    go_to(station, T0 + 10 * D)
    desk(station).pause(deadline.id, ground="技术鉴定", by=WHO, now=station.clock())
    go_to(station, T0 + 100 * D)
    assert of_duty(station, number, REPORT).state is DeadlineState.OPEN
    extend(station, deadline.id)
    desk(station).resume(deadline.id, by=WHO, now=station.clock())
    assert of_duty(station, number, REPORT).due_at == deadline.due_at + 150 * D


def test_a_correction_begins_the_time_anew(station: Station, number: int) -> None:
    deadline = of_duty(station, number).id
    go_to(station, T0 + 9 * H)
    desk(station).pause(deadline, ground="补正", by=WHO, now=station.clock())
    go_to(station, T0 + 50 * H)
    desk(station).reset(deadline, ground="补正", at=T0 + 49 * H, by=WHO, now=station.clock())
    found = of_duty(station, number)
    assert (found.started_at, found.due_at, found.paused_since) == (T0 + 49 * H, T0 + 69 * H, None)
    assert told(station, number)[-1] == "reset"


def test_news_do_not_move_a_start_that_a_person_stated(station: Station, number: int) -> None:
    deadline = of_duty(station, number, FIVE)
    desk(station).set_anchor(deadline.id, at=T0 + H, by=WHO, now=T0 + 2 * H, reason="值班电话记录")
    assert of_duty(station, number, FIVE).due_at == T0 + 6 * H
    station.clock.now = T0 + 3 * H
    assert news(station, BLAST + "（最新）", by="city", at=T0 - 2 * H) == number
    watch(station)
    found = of_duty(station, number, FIVE)
    assert (found.started_at, found.due_at) == (T0 + H, T0 + 6 * H)
    assert "doubt" in told(station, number, FIVE)
    others = of_duty(station, number)
    assert others.started_at == T0 - 2 * H, "the others go by the earlier report"


def test_a_withdrawn_release_is_owed_again_and_stays_in_the_log(station: Station, number: int) -> None:
    station.clock.now = T0 + 2 * H
    response = release(station, number, T0 + 2 * H)
    assert of_duty(station, number, FIVE).state is DeadlineState.MET
    station.clock.now = T0 + 4 * H
    desk(station).retract(response, at=T0 + 3 * H, by=WHO, now=station.clock(), reason="内容有误")
    assert of_duty(station, number, FIVE).state is DeadlineState.OPEN
    again = next(a for a in alerts(station, number, FIVE) if a.point == "retracted")
    assert (again.reason, again.page, again.state) == (AlertReason.OPENED, True, AlertState.PENDING)
    with station.database.read() as connection:
        (kept,) = views.responses(connection, matter_id=number)
    assert (kept.retracted_at, kept.retracted_by, kept.retracted_reason) == (T0 + 3 * H, WHO, "内容有误")
    with pytest.raises(AlreadyRetracted):
        desk(station).retract(response, by=WHO, now=station.clock(), reason="再撤")
    go_to(station, T0 + 5 * H)
    assert of_duty(station, number, FIVE).state is DeadlineState.MISSED
    release(station, number, T0 + 2 * H)
    assert of_duty(station, number, FIVE).state is DeadlineState.MET, "what was published after all counts again"


def test_a_withdrawal_names_a_known_response_and_a_moment_after_it(station: Station, number: int) -> None:
    station.clock.now = T0 + 2 * H
    response = release(station, number, T0 + 2 * H)
    with pytest.raises(UnknownResponse):
        desk(station).retract(response + 7, by=WHO, now=station.clock(), reason="误")
    with pytest.raises(MomentTooEarly):
        desk(station).retract(response, at=T0 + H, by=WHO, now=station.clock(), reason="误")
    with pytest.raises(MomentInFuture):
        desk(station).retract(response, at=T0 + 3 * H, by=WHO, now=station.clock(), reason="误")
    assert of_duty(station, number, FIVE).state is DeadlineState.MET


def test_a_continuing_duty_goes_back_to_the_release_before(station: Station, number: int) -> None:
    station.clock.now = T0 + 10 * H
    release(station, number, T0 + 2 * H)
    second = release(station, number, T0 + 10 * H, "续报")
    assert of_duty(station, number, CONT).started_at == T0 + 10 * H
    desk(station).retract(second, by=WHO, now=station.clock(), reason="误发")
    turn = of_duty(station, number, CONT)
    assert (turn.ordinal, turn.started_at, turn.due_at) == (2, T0 + 2 * H, T0 + 26 * H)
    before = turn
    go_to(station, T0 + 11 * H)
    assert of_duty(station, number, CONT) == before
    third = release(station, number, T0 + 11 * H, "再续报")
    assert third
    assert (of_duty(station, number, CONT).ordinal, of_duty(station, number, CONT).started_at) == (3, T0 + 11 * H)


def test_a_waiver_is_taken_back(station: Station, number: int) -> None:
    deadline = of_duty(station, number, FIVE).id
    with pytest.raises(NotWaived):
        desk(station).reopen(deadline, by=WHO, now=T0, reason="误免")
    desk(station).waive(deadline, by=WHO, now=T0 + H, reason="省级发布")
    station.clock.now = T0 + 6 * H
    desk(station).reopen(deadline, by=WHO, now=station.clock(), reason="省级未发布")
    found = of_duty(station, number, FIVE)
    assert (found.state, found.due_at, found.settled_at) == (DeadlineState.MISSED, T0 + 5 * H, None)
    assert told(station, number, FIVE)[-1] == "reopened"
    go_to(station, T0 + 7 * H)
    assert "overdue" in told(station, number, FIVE)


def test_an_acknowledgement_is_handed_back_and_the_nagging_goes_on(station: Station, number: int) -> None:
    with pytest.raises(NobodyActs):
        desk(station).hand_back(number, by=WHO, now=T0)
    desk(station).acknowledge(number, by=WHO, now=T0 + M)
    go_to(station, T0 + 11 * M)
    assert "again" not in told(station, number, FIVE)
    done = desk(station).hand_back(number, by=WHO, now=T0 + 12 * M, reason="换班")
    assert done.incident.acted_at is None
    with station.database.read() as connection:
        asked = [a for a in views.alerts(connection, matter_id=number) if a.point == "handed_back"]
    assert [(a.page, a.detail["by"]) for a in asked] == [(True, WHO)]
    go_to(station, T0 + 21 * M)
    assert "again" in told(station, number, FIVE)


def test_faults_that_people_find_stand_apart_from_those_of_time(station: Station, number: int) -> None:
    deadline = of_duty(station, number, FIVE)
    station.clock.now = T0 + 6 * H
    with pytest.raises(EvidenceMissing):
        desk(station).find_fault(number, Fault.CONCEALED, by=WHO, now=T0, reason="迟迟不报", evidence=" ")
    for derived in (Fault.LATE, Fault.MISSED):
        with pytest.raises(NotFoundByPeople):
            desk(station).find_fault(number, derived, by=WHO, now=T0, reason="迟", evidence="记录")
    desk(station).find_fault(
        number, Fault.CONCEALED, deadline_id=deadline.id, by=WHO, now=T0 + 6 * H, reason="少报2人", evidence="笔录12号"
    )
    desk(station).find_fault(number, Fault.OMITTED, by=WHO, now=T0 + 6 * H, reason="漏报伤员", evidence="医院名单")
    with station.database.read() as connection:
        found = adjustments.findings(connection, [number])
    assert [(f.fault, f.obligation_id, f.evidence) for f in found] == [
        (Fault.CONCEALED, FIVE, "笔录12号"),
        (Fault.OMITTED, None, "医院名单"),
    ]
    late = of_duty(station, number, FIVE)
    assert (late.state, late.fault) == (DeadlineState.MISSED, Fault.MISSED)
    release(station, number, T0 + 6 * H)
    assert of_duty(station, number, FIVE).fault is Fault.LATE
    assert of_duty(station, number).fault is None


def test_a_stale_page_changes_nothing(station: Station, number: int) -> None:
    seen = of_duty(station, number)
    extend(station, seen.id, seen=seen.version)
    with pytest.raises(ChangedMeanwhile):
        desk(station).waive(seen.id, by="另一人", now=T0 + M, reason="不必", seen=seen.version)
    now_seen = of_duty(station, number)
    assert (now_seen.state, now_seen.version) == (DeadlineState.OPEN, seen.version + 1)
    go_to(station, T0 + 30 * H)
    assert of_duty(station, number).version == now_seen.version + 1, "the end that came is a change as well"
    watch(station)
    assert of_duty(station, number).version == now_seen.version + 1, "a look that changes nothing is none"


def test_two_people_pause_at_once_and_one_is_told(station: Station, number: int) -> None:
    seen = of_duty(station, number)
    desk(station)

    def pause(who: str) -> str:
        try:
            desk(station).pause(seen.id, ground="鉴定", by=who, now=T0 + H, seen=seen.version)
        except (ChangedMeanwhile, RestsAlready) as mistake:
            return type(mistake).__name__
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(pause, ["甲", "乙", "丙", "丁"]))
    assert outcomes == ["ChangedMeanwhile"] * 3 + ["done"]
    with station.database.read() as connection:
        assert len(adjustments.adjustments_of(connection, number)[INQUIRY, 1]) == 1


def test_nothing_is_done_to_the_deadlines_of_a_dismissed_or_merged_incident(station: Station, number: int) -> None:
    deadline, other = of_duty(station, number).id, news(station, FIRE)
    desk(station).dismiss(number, by=WHO, now=T0, reason="误报")
    with pytest.raises(MatterNotOpen):
        extend(station, deadline)
    desk(station).confirm(number, by=WHO, now=T0 + M)
    desk(station).merge(number, other, by=WHO, now=T0 + 2 * M)
    with pytest.raises(AlreadyMerged):
        extend(station, deadline)


def test_what_people_did_goes_on_with_the_deadline_that_a_merge_opens(station: Station, number: int) -> None:
    other = news(station, FIRE)
    deadline = of_duty(station, number).id
    extend(station, deadline)
    desk(station).pause(deadline, ground="鉴定", by=WHO, now=T0 + H)
    desk(station).merge(number, other, by=WHO, now=T0 + 2 * H)
    moved = of_duty(station, other)
    assert (moved.matter_id, moved.paused_since, moved.due_at) == (other, T0 + H, T0 + 30 * H)
    go_to(station, T0 + 40 * H)
    assert of_duty(station, other).state is DeadlineState.OPEN


def test_what_people_did_goes_on_with_a_deadline_that_a_merge_carries_over(station: Station, number: int) -> None:
    other = news(station, FIRE)
    deadline = of_duty(station, number).id
    desk(station).pause(deadline, ground="鉴定", by=WHO, now=T0 + H)
    without_the_rule = Desk(station.database, shared_parts()[2], station.parts.grader, REGION)
    without_the_rule.merge(number, other, by=WHO, now=T0 + 2 * H)
    assert (of_duty(station, other).paused_since, of_duty(station, other).version) == (T0 + H, 1)
    desk(station).resume(of_duty(station, other).id, by=WHO, now=T0 + 50 * H)
    assert of_duty(station, other).due_at == T0 + 69 * H


def test_a_deadline_that_ran_before_a_merge_goes_on_as_it_was(station: Station, number: int) -> None:
    other = news(station, "甘肃酒泉一仓库爆炸致10人死亡", by="city")
    extend(station, of_duty(station, other).id)
    desk(station).merge(other, number, by=WHO, now=T0 + 2 * H)
    assert of_duty(station, number).due_at == T0 + 20 * H


def test_a_paused_deadline_silences_what_waits_in_the_outbox(station: Station, number: int) -> None:
    deadline = of_duty(station, number).id
    waiting = next(a for a in alerts(station, number) if a.point == "opened")
    desk(station).pause(deadline, ground="鉴定", by=WHO, now=T0 + M)
    with station.database.write() as connection:
        held = outbox.hold(connection, waiting.id)
        assert held is not None
        assert circumstances(connection, held, station.clock()).paused


def test_a_page_offers_what_the_desk_allows_though_the_rules_in_use_say_otherwise(station: Station) -> None:
    """The inquiry opened under a rule that allows a pause; the pack in use allows none."""
    number = news(station, BLAST)
    rules = (replace(rule, pause=(), extend=None) for rule in station.parts.pack.obligations)
    station.parts.pack = replace(station.parts.pack, obligations=tuple(rules))
    station.parts.__dict__.pop("desk", None)
    inquiry = of_duty(station, number)
    composer = Composer(station.parts.words, station.parts.names, station.address, REGION)
    offered = clock_of(inquiry, composer, station.parts.pack, station.clock()).rule
    assert offered.pause == ("鉴定", "补正")
    paused = desk(station).pause(inquiry.id, ground=offered.pause[0], by=WHO, now=station.clock())
    assert next(d for d in paused.deadlines if d.id == inquiry.id).rests


def test_a_deadline_that_rests_is_not_taken_for_one_that_nobody_watches(station: Station) -> None:
    inquiry = of_duty(station, news(station, BLAST))
    desk(station).pause(inquiry.id, ground="鉴定", by=WHO, now=station.clock())
    with station.database.read() as connection:
        assert engine.forgotten(connection) == 0
