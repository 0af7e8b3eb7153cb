"""Whatever is stored of an incident: its timeline is in order, its stretches add up, no reason without its fact."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.aftermath.courses import reckon
from monitor.core.aftermath.facts import Facts, Polled
from monitor.core.aftermath.followup import Case, Lesson, reviews_due
from monitor.core.aftermath.lateness import Delay, Reason
from monitor.core.aftermath.stretches import Milestone, longest, stretches
from monitor.core.item_views import ItemView
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    DeliveryState,
    Place,
    ResponseKind,
    Severity,
    Verb,
)
from monitor.core.people.duty import Because, Recipient
from monitor.core.views import AlertView, DeadlineView, DeliveryView, LogView, ResponseView, StepView
from responders.console.review_chart import LEFT, RIGHT, review_chart
from tests.responders.console.station import T0, shared_parts
from tests.statistics.pieces import opened

H = timedelta(hours=1)
moments_of_time = st.integers(0, 60 * 60).map(lambda minutes: T0 + timedelta(minutes=minutes))
milestones = st.dictionaries(st.sampled_from(Milestone), moments_of_time, min_size=1)


@given(milestones)
def test_stretches_make_up_the_whole(known: dict[Milestone, datetime]) -> None:
    found = stretches(known)
    assert sum((one.span for one in found), timedelta(0)) == max(known.values()) - min(known.values())
    assert all(one.span >= timedelta(0) for one in found)
    assert [one.until for one in found[:-1]] == [one.since for one in found[1:]]
    most = longest(found)
    assert most is None or most.span == max(one.span for one in found)


def deadline(state: DeadlineState, settled: datetime | None, opened_at: datetime) -> DeadlineView:
    return DeadlineView(
        id=1, matter_id=1, obligation_id="OP-AUTH-5H", ordinal=1, state=state, provisional=False,
        anchor=Anchor.FIRST_REPORTED, anchors={}, started_at=T0, due_at=T0 + 5 * H, opened_at=opened_at,
        settled_at=settled, pack="cn-gov", response_id=None if settled is None else 1,
    )  # fmt: skip


def alert(number: int, at: datetime, delivery: DeliveryState | None, *, someone: bool) -> AlertView:
    made = () if delivery is None else (delivery,)
    name = "mail" if number % 3 else "console"
    ways = tuple(DeliveryView(channel=name, state=s, started_at=at, ended_at=at, retry_at=None) for s in made)
    return AlertView(
        id=number, key=str(number), reason=AlertReason.OPENED, matter_id=1, obligation_id="OP-AUTH-5H", ordinal=1,
        point="opened", page=True, at=at, created_at=at, not_before=at, useful_until=at + H, state=AlertState.SENT,
        silence=None, deliveries=ways, audience=(Recipient("li", Because.NAMED),) if someone else (),
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    times = st.none() | moments_of_time
    seen, opened_at, taken, published = draw(moments_of_time), draw(moments_of_time), draw(times), draw(times)
    item = ItemView(id=1, title="x", url="", source="s", published_at=T0, first_seen_at=seen, why="opens", detail="")
    missed = draw(st.booleans())
    state = DeadlineState.MISSED if missed else DeadlineState.OPEN
    responses: tuple[ResponseView, ...] = ()
    if published is not None:
        state = DeadlineState.MET if published < T0 + 5 * H else DeadlineState.MET_LATE
        responses = (
            ResponseView(
                id=1, matter_id=1, kind=ResponseKind.AUTHORITATIVE_RELEASE, title="x", url="", by="li",
                published_at=published, logged_at=published + draw(st.integers(0, 600)) * timedelta(minutes=1),
            ),
        )  # fmt: skip
    alerts = draw(
        st.lists(st.tuples(moments_of_time, st.none() | st.sampled_from(DeliveryState), st.booleans()), max_size=4)
    )
    log = () if taken is None else (LogView(at=taken, what=Verb.ACKNOWLEDGE.value, by="li"),)
    steps = tuple(
        StepView(at=at, severity=grade, likely=None, figures={}, item_id=1, sentence="")
        for at, grade in draw(st.lists(st.tuples(moments_of_time, st.sampled_from(Severity)), max_size=3))
    )
    polled = draw(
        st.none()
        | st.builds(
            Polled, good=st.integers(0, 2), failed=st.integers(0, 2), before=st.booleans(), seen_at=moments_of_time
        )
    )
    incident = opened(1, place=Place())
    return Facts(
        incident=incident,
        items=(item,),
        steps=steps,
        deadlines=(deadline(state, published, opened_at),),
        log=log,
        alerts=tuple(alert(n, at, state, someone=some) for n, (at, state, some) in enumerate(alerts, 1)),
        responses=responses,
        polled=polled,
        nobody_at=tuple(draw(st.lists(moments_of_time, max_size=2))),
    )


def shows(known: Facts, reason: Reason) -> bool:
    """Tell, in another way than the code does, whether the facts show a reason."""
    pages = [one for one in known.alerts if one.page]
    ways = [one for page in pages for one in page.deliveries]
    states = {one.state for one in ways if one.channel != "console"}
    acknowledged = [line.at for line in known.log if line.what == Verb.ACKNOWLEDGE]
    shown = {
        Delay.OPENED_AFTER_END: known.deadlines[0].opened_at >= known.deadlines[0].due_at,
        Delay.SOURCE_FAILED: known.polled is not None and known.polled.failed > 0 and not known.polled.good,
        Delay.NOT_POLLED: known.polled is not None and not known.polled.failed and not known.polled.good,
        Delay.LISTED_LATE: known.polled is not None and known.polled.good > 0,
        Delay.SEEN_LATE: known.polled is None or not known.polled.before,
        Delay.GRADED_LATE: any(step.severity is not None and step.severity >= 3 for step in known.steps),
        Delay.NOT_ALERTED: not any(one.created_at < known.deadlines[0].due_at for one in pages),
        Delay.CHANNEL_FAILED: bool(states & {DeliveryState.REFUSED, DeliveryState.UNREACHABLE}),
        Delay.NO_CHANNEL: bool(ways),
        Delay.NOT_DELIVERED: bool(pages),
        Delay.ROTA_EMPTY: bool(known.nobody_at) and any(not one.audience for one in pages),
        Delay.NOT_TAKEN_UP: DeliveryState.ACCEPTED in states,
        Delay.TAKEN_UP_LATE: bool(acknowledged) and DeliveryState.ACCEPTED in states,
        Delay.NO_DRAFT: bool(acknowledged) and not known.drafts,
        Delay.LOGGED_LATE: any(one.logged_at > one.published_at for one in known.responses),
        Delay.NOT_KNOWN: True,
    }
    return shown.get(reason.why, False)


@settings(max_examples=150)
@given(facts(), moments_of_time)
def test_every_reason_has_its_fact_and_every_course_adds_up(known: Facts, now: datetime) -> None:
    _, _, pack = shared_parts()
    found = reckon(known, pack, max(now, T0 + H))
    assert [one.at for one in found.entries] == sorted(one.at for one in found.entries)
    (course,) = found.courses
    assert sum((one.span for one in course.stretches), timedelta(0)) == course.until - min(
        course.deadline.started_at, course.until
    )
    assert course.kept + course.late + (course.margin is None) == 1
    assert bool(course.reasons) or not course.late
    for reason in course.reasons:
        assert shows(known, reason), reason
        assert reason.span is None or reason.span >= timedelta(0)
        assert reason.why is not Delay.NOT_KNOWN or len(course.reasons) == 1
    drawn = review_chart(found)
    assert drawn is not None
    for lane in drawn.lanes:
        ends = (lane.x, lane.x + lane.width, lane.over_x + lane.over_width, *(dot.x for dot in lane.dots))
        assert all(LEFT <= x <= RIGHT + 1.1 for x in ends)


def test_a_review_is_due_thirty_days_after_its_duties_and_never_once_it_was_held() -> None:
    day = timedelta(days=1)
    cases = [
        Case(matter_id=1, title="a", opened_at=T0, ended_at=T0 + 2 * day, held=False),
        Case(matter_id=2, title="b", opened_at=T0, ended_at=None, held=False),
        Case(matter_id=3, title="c", opened_at=T0, ended_at=T0 + 2 * day, held=True),
        Case(matter_id=4, title="d", opened_at=T0, ended_at=T0 + 20 * day, held=False),
    ]
    assert reviews_due(cases, T0 + 31 * day) == ()
    assert [one.matter_id for one in reviews_due(cases, T0 + 32 * day)] == [1]
    assert [one.matter_id for one in reviews_due(cases, T0 + 37 * day)] == [1, 2, 4]


def test_a_measure_is_overdue_from_the_day_after_its_day_in_beijing() -> None:
    due = Lesson(id=1, matter_id=1, text="x", office="", due_on=date(2026, 7, 9), by="li", made_at=T0)
    assert not due.overdue(datetime.fromisoformat("2026-07-09T23:59+08:00"))
    assert due.overdue(datetime.fromisoformat("2026-07-10T00:00+08:00"))
