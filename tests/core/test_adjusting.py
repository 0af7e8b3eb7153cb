"""What people do to a deadline: pauses, extensions, resets, stated starts; by the clock and by days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.config.calendars import shipped_calendar
from monitor.core.beijing import shown
from monitor.core.duties.adjusting import Adjusted, Adjustment, AdjustmentKind, ExtendRule, Reckoning, adjusted
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import Applies, MatterFacts, Obligation, Reminders, RulePack
from monitor.core.duties.permitted import (
    ApproverMissing,
    ChangedMeanwhile,
    EndedAlready,
    ExtendedAlready,
    ExtensionTooLong,
    GroundNotAllowed,
    MomentInFuture,
    MomentTooEarly,
    NoExtension,
    NoGroundAllowed,
    NoticeMissing,
    NotResting,
    RestsAlready,
    UnreadableSpan,
    refuse_extension,
    refuse_pause,
    refuse_reset,
    refuse_resumption,
    refuse_stale,
    refuse_start,
    stretch,
)
from monitor.core.duties.review import review
from monitor.core.duties.terms import Term, Unit
from monitor.core.errors import DeadlineNotLive
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    Response,
    ResponseKind,
    Severity,
)

T0 = datetime(2026, 7, 9, 4, 0, tzinfo=UTC)  # noon in Beijing, a Thursday
H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
CN = shipped_calendar("cn")
HOURS = Reckoning(Term(20, Unit.HOUR), CN)
DAYS = Reckoning(Term(60, Unit.DAY), CN)
WORKING = Reckoning(Term(20, Unit.WORKING_DAY), CN)
EXTEND, PAUSE, RESUME = AdjustmentKind.EXTEND, AdjustmentKind.PAUSE, AdjustmentKind.RESUME
RESET, SET_ANCHOR = AdjustmentKind.RESET, AdjustmentKind.SET_ANCHOR


def act(kind: AdjustmentKind, at: datetime, *, decided: datetime | None = None, **more: object) -> Adjustment:
    return Adjustment(kind=kind, at=at, decided_at=decided or at, by="处长", **more)  # type: ignore[arg-type]


def after(how: Reckoning, *made: Adjustment) -> Adjusted:
    return adjusted(T0, how.end(T0), how, made)


def test_without_any_act_nothing_changes() -> None:
    assert after(HOURS) == Adjusted(T0, T0 + 20 * H, T0 + 20 * H)


def test_hours_stand_still_from_the_minute_to_the_minute() -> None:
    found = after(HOURS, act(PAUSE, T0 + 2 * H), act(RESUME, T0 + 9 * H + 7 * M))
    assert (found.due_at, found.paused) == (T0 + 27 * H + 7 * M, 7 * H + 7 * M)
    assert found.plain_due_at == T0 + 20 * H


def test_a_pause_that_goes_on_adds_nothing_yet() -> None:
    found = after(HOURS, act(PAUSE, T0 + 2 * H))
    assert (found.paused_since, found.due_at) == (T0 + 2 * H, T0 + 20 * H)


def test_days_are_left_out_whole_and_the_day_it_began_counts() -> None:
    assert shown(DAYS.end(T0)) == "2026-09-08 00:00"
    found = after(DAYS, act(PAUSE, T0 + 5 * D), act(RESUME, T0 + 8 * D + 11 * H))
    assert shown(found.due_at) == "2026-09-11 00:00"
    same_day = after(DAYS, act(PAUSE, T0 + 5 * D), act(RESUME, T0 + 5 * D + 11 * H))
    assert same_day.due_at == DAYS.end(T0)


def test_working_days_leave_out_only_what_is_worked() -> None:
    assert shown(WORKING.end(T0)) == "2026-08-07 00:00"
    friday, monday = T0 + D, T0 + 4 * D
    found = after(WORKING, act(PAUSE, friday), act(RESUME, monday))
    assert shown(found.due_at) == "2026-08-08 00:00", "Saturday and Sunday would not have counted anyway"


def test_an_extension_in_days_counts_on_from_the_last_day() -> None:
    assert shown(after(DAYS, act(EXTEND, T0 + D, span=Term(60, Unit.DAY))).due_at) == "2026-11-07 00:00"
    forty = after(WORKING, act(EXTEND, T0 + D, span=Term(20, Unit.WORKING_DAY))).due_at
    assert forty == Term(40, Unit.WORKING_DAY).end(T0, CN).at


def test_a_reset_begins_anew_ends_a_pause_and_uses_up_what_was_granted() -> None:
    made = (
        act(EXTEND, T0 + H, span=Term(5, Unit.HOUR)),
        act(PAUSE, T0 + 2 * H, ground="补正"),
        act(RESET, T0 + 30 * H, ground="补正"),
    )
    found = after(HOURS, *made)
    assert (found.started_at, found.due_at, found.paused_since) == (T0 + 30 * H, T0 + 50 * H, None)


def test_a_stated_start_keeps_the_pauses_that_lie_after_it() -> None:
    pauses = (act(PAUSE, T0 + 2 * H), act(RESUME, T0 + 6 * H))
    later = after(HOURS, *pauses, act(SET_ANCHOR, T0 + 4 * H, decided=T0 + 7 * H))
    assert (later.started_at, later.due_at) == (T0 + 4 * H, T0 + 26 * H)
    earlier = after(HOURS, *pauses, act(SET_ANCHOR, T0 - 3 * H, decided=T0 + 7 * H))
    assert earlier.due_at == T0 + 21 * H


def test_a_pause_after_the_end_revives_nothing() -> None:
    moved = after(HOURS, act(PAUSE, T0 + 15 * H), act(SET_ANCHOR, T0 - 6 * H, decided=T0 + 16 * H))
    assert (moved.due_at, moved.paused_since) == (T0 + 14 * H, None)


# ------------------------------------------------------------------ what the rule allows

RULE = Obligation(
    id="AC-TEST",
    name_zh="试验",
    name_en="Test",
    applies=Applies(at_least=Severity.MAJOR),
    anchors=(Anchor.OCCURRED, Anchor.FIRST_REPORTED),
    due=Term(20, Unit.HOUR),
    satisfied_by=frozenset({ResponseKind.REPLY}),
    source=LegalSource("d", "a", "q"),
    calendar=CN,
    extend=ExtendRule(Term(10, Unit.HOUR)),
    pause=("鉴定", "补正"),
    reset=("补正",),
    reminders=Reminders(shares=(0.5,), before=(2 * H, H), until_acknowledged=(H,), overdue=(H, 4 * H)),
)
STRICT = replace(RULE, id="OP-STRICT", extend=None, pause=(), reset=())
RUNNING = Deadline(
    id=1, matter_id=7, obligation_id=RULE.id, anchor=Anchor.OCCURRED, started_at=T0, due_at=T0 + 20 * H, opened_at=T0,
    watched_until=T0, version=3,
)  # fmt: skip


def extension(**more: object) -> Adjustment:
    known = act(EXTEND, T0 + H, span=Term(10, Unit.HOUR), approver="市政府", notice="函〔2026〕1号")
    return replace(known, **more)  # type: ignore[arg-type]


def test_an_extension_needs_what_the_rule_wants() -> None:
    refuse_extension(RUNNING, RULE, (), extension())
    with pytest.raises(NoExtension, match="OP-STRICT"):
        refuse_extension(RUNNING, STRICT, (), extension())
    with pytest.raises(ExtensionTooLong, match="by 10h at most, not by 11h"):
        refuse_extension(RUNNING, RULE, (), extension(span=Term(11, Unit.HOUR)))
    with pytest.raises(ApproverMissing, match="AC-TEST"):
        refuse_extension(RUNNING, RULE, (), extension(approver=""))
    with pytest.raises(NoticeMissing, match="AC-TEST"):
        refuse_extension(RUNNING, RULE, (), extension(notice=""))
    with pytest.raises(ExtendedAlready, match=r"1 extension"):
        refuse_extension(RUNNING, RULE, (extension(),), extension())


def test_an_extension_asked_for_at_the_end_or_later_is_refused_unless_the_time_stands_still() -> None:
    late = act(EXTEND, T0 + 20 * H, span=Term(1, Unit.HOUR), approver="a", notice="n")
    with pytest.raises(EndedAlready, match="2026-07-10 08:00"):
        refuse_extension(RUNNING, RULE, (), late)
    refuse_extension(replace(RUNNING, paused_since=T0 + 19 * H), RULE, (), late)
    with pytest.raises(DeadlineNotLive):
        refuse_extension(replace(RUNNING, state=DeadlineState.MET), RULE, (), extension())


def test_after_a_reset_an_extension_may_be_granted_anew() -> None:
    refuse_extension(RUNNING, RULE, (extension(), act(RESET, T0 + 2 * H, ground="补正")), extension())


def test_a_pause_needs_a_ground_of_the_rule_and_a_moment_inside_its_time() -> None:
    good = act(PAUSE, T0 + 2 * H, ground="鉴定")
    refuse_pause(RUNNING, RULE, (), good)
    with pytest.raises(NoGroundAllowed, match="OP-STRICT"):
        refuse_pause(RUNNING, STRICT, (), good)
    with pytest.raises(GroundNotAllowed, match="鉴定、补正"):
        refuse_pause(RUNNING, RULE, (), replace(good, ground="节日"))
    with pytest.raises(MomentTooEarly):
        refuse_pause(RUNNING, RULE, (), replace(good, at=T0 - M))
    with pytest.raises(MomentInFuture):
        refuse_pause(RUNNING, RULE, (), replace(good, at=T0 + 3 * H))
    with pytest.raises(EndedAlready):
        refuse_pause(RUNNING, RULE, (), act(PAUSE, T0 + 20 * H, ground="鉴定"))
    refuse_pause(RUNNING, RULE, (), act(PAUSE, T0 + 19 * H, decided=T0 + 30 * H, ground="鉴定"))
    with pytest.raises(RestsAlready):
        refuse_pause(replace(RUNNING, paused_since=T0 + H), RULE, (), good)
    with pytest.raises(MomentTooEarly):
        refuse_pause(RUNNING, RULE, (act(PAUSE, T0 + H), act(RESUME, T0 + 3 * H)), good)


def test_only_what_rests_is_resumed_and_not_before_it_began_to_rest() -> None:
    resting = replace(RUNNING, paused_since=T0 + 2 * H)
    refuse_resumption(resting, act(RESUME, T0 + 2 * H))
    with pytest.raises(DeadlineNotLive):
        refuse_resumption(replace(resting, state=DeadlineState.MET), act(RESUME, T0 + 3 * H))
    with pytest.raises(NotResting):
        refuse_resumption(RUNNING, act(RESUME, T0 + 2 * H))
    with pytest.raises(MomentTooEarly):
        refuse_resumption(resting, act(RESUME, T0 + H))


def test_a_reset_is_refused_on_other_grounds_and_after_the_end() -> None:
    refuse_reset(RUNNING, RULE, RUNNING, act(RESET, T0 + 3 * H, ground="补正"))
    with pytest.raises(GroundNotAllowed):
        refuse_reset(RUNNING, RULE, RUNNING, act(RESET, T0 + 3 * H, ground="鉴定"))
    with pytest.raises(EndedAlready):
        refuse_reset(RUNNING, RULE, RUNNING, act(RESET, T0 + 21 * H, ground="补正"))


def test_a_start_is_stated_for_what_counts_only() -> None:
    refuse_start(replace(RUNNING, state=DeadlineState.MET), RULE, RUNNING, act(SET_ANCHOR, T0 - 9 * H, decided=T0))
    with pytest.raises(DeadlineNotLive):
        refuse_start(replace(RUNNING, state=DeadlineState.WAIVED), RULE, RUNNING, act(SET_ANCHOR, T0))
    with pytest.raises(MomentInFuture):
        refuse_start(RUNNING, RULE, RUNNING, act(SET_ANCHOR, T0 + H, decided=T0))


@pytest.mark.parametrize(
    ("text", "expected"), [("", 10), ("10h", 10), (" 6 H", 6), ("7", 7)], ids=["all", "exact", "less", "bare"]
)
def test_by_how_much_is_read_in_the_unit_of_the_rule(text: str, expected: int) -> None:
    assert stretch(text, RULE) == Term(expected, Unit.HOUR)


@pytest.mark.parametrize("text", ["0h", "3d", "-3h", "h", "1e9", "٣h", "三小时", "99999h"])
def test_what_is_no_span_of_that_unit_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSpan, match="10h"):
        stretch(text, RULE)


def test_a_page_that_shows_an_older_version_is_told() -> None:
    refuse_stale(RUNNING, None)
    refuse_stale(RUNNING, 3)
    with pytest.raises(ChangedMeanwhile, match="2026-07-10 08:00"):
        refuse_stale(RUNNING, 2)


# ------------------------------------------------------------------ stories in time

PACK = RulePack("test", "1", (RULE,))


class Story:
    """Holds what a database would: the deadline, alerts by key, transitions in order."""

    def __init__(self, rule: Obligation = RULE) -> None:
        self.pack = RulePack("test", "1", (rule,))
        self.facts = MatterFacts(
            id=7, severity=Severity.MAJOR, reached={Severity.MAJOR: T0}, anchors={Anchor.FIRST_REPORTED: T0}
        )
        self.deadlines: dict[tuple[str, int], Deadline] = {}
        self.alerts: dict[str, AlertDraft] = {}
        self.transitions: list[Transition] = []

    def know(self, **facts: object) -> Story:
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]
        return self

    def do(self, made: Adjustment) -> Story:
        known = self.facts.adjustments.get((RULE.id, 1), ())
        numbered = replace(made, id=len(known) + 1)
        return self.know(adjustments={(RULE.id, 1): (*known, numbered)})

    def at(self, now: datetime) -> list[AlertDraft]:
        fresh = []
        for step in review(self.facts, self.pack, self.deadlines.values(), now).steps:
            key = (step.deadline.obligation_id, step.deadline.ordinal)
            self.deadlines[key] = replace(step.deadline, id=hash(key))
            self.transitions += step.transitions
            fresh += [alert for alert in step.alerts if alert.key not in self.alerts]
            self.alerts |= {alert.key: alert for alert in step.alerts if alert.key not in self.alerts}
        return [alert for alert in fresh if alert.state is AlertState.PENDING]

    @property
    def deadline(self) -> Deadline:
        return self.deadlines[RULE.id, 1]


def points(alerts: list[AlertDraft]) -> list[str]:
    return [alert.point for alert in alerts]


def test_a_paused_deadline_is_neither_reminded_of_nor_missed_and_then_goes_on() -> None:
    story = Story()
    story.at(T0)
    story.do(act(PAUSE, T0 + 5 * H, ground="鉴定"))
    assert points(story.at(T0 + 5 * H)) == ["paused:20260710T000000"]
    assert (story.deadline.paused_since, story.deadline.check_at) == (T0 + 5 * H, None)
    for hour in range(6, 100, 3):
        assert story.at(T0 + hour * H) == []
    assert story.deadline.state is DeadlineState.OPEN
    story.do(act(RESUME, T0 + 100 * H)).at(T0 + 100 * H)
    assert story.deadline.due_at == T0 + 115 * H
    told = {p: (story.alerts and hour) for hour in range(100, 122) for p in points(story.at(T0 + hour * H))}
    assert told == {
        "share:0.5": 105,
        "before:120m": 113,
        "before:60m": 114,
        "due": 115,
        "overdue:60m": 116,
        "overdue:240m": 119,
    }


def test_a_point_that_came_unnoticed_before_a_pause_is_kept_as_silent() -> None:
    story = Story()
    story.at(T0)
    story.do(act(PAUSE, T0 + 11 * H, decided=T0 + 12 * H, ground="鉴定")).at(T0 + 12 * H)
    silent = {alert.point: alert.silence for alert in story.alerts.values() if alert.state is AlertState.SKIPPED}
    assert silent == {"again:1": Silence.PAUSED, "share:0.5": Silence.PAUSED}


def test_a_pause_that_began_before_the_end_takes_the_miss_back() -> None:
    story = Story()
    story.at(T0)
    story.at(T0 + 21 * H)
    assert story.deadline.state is DeadlineState.MISSED
    story.do(act(PAUSE, T0 + 15 * H, decided=T0 + 22 * H, ground="鉴定")).at(T0 + 22 * H)
    assert (story.deadline.state, story.transitions[-1].cause) == (DeadlineState.OPEN, Cause.PAUSED)
    story.do(act(RESUME, T0 + 30 * H)).at(T0 + 30 * H)
    assert story.deadline.due_at == T0 + 35 * H
    assert "due" in points(story.at(T0 + 35 * H))
    assert story.deadline.state is DeadlineState.MISSED


def test_a_response_while_the_time_stands_still_is_in_time() -> None:
    story = Story()
    story.at(T0)
    story.do(act(PAUSE, T0 + 5 * H, ground="鉴定")).at(T0 + 5 * H)
    story.know(responses=(Response(ResponseKind.REPLY, T0 + 60 * H, 1),)).at(T0 + 60 * H)
    assert (story.deadline.state, story.deadline.settled_at) == (DeadlineState.MET, T0 + 60 * H)


def test_no_news_moves_a_stated_start_but_a_person_is_asked_once() -> None:
    story = Story()
    story.at(T0)
    story.do(act(SET_ANCHOR, T0 + 3 * H, decided=T0 + 4 * H)).at(T0 + 4 * H)
    assert (story.deadline.anchor, story.deadline.due_at) == (Anchor.STATED, T0 + 23 * H)
    story.know(anchors={Anchor.FIRST_REPORTED: T0 - 2 * H})
    assert points(story.at(T0 + 5 * H)) == ["doubt:start:20260709T020000"]
    assert story.at(T0 + 6 * H) == []
    assert (story.deadline.started_at, story.deadline.due_at) == (T0 + 3 * H, T0 + 23 * H)
    assert story.deadline.anchors[Anchor.FIRST_REPORTED] == T0 - 2 * H


def test_a_stated_start_that_is_earlier_makes_a_met_deadline_late() -> None:
    story = Story()
    story.at(T0)
    story.know(responses=(Response(ResponseKind.REPLY, T0 + 19 * H, 1),)).at(T0 + 19 * H)
    assert story.deadline.state is DeadlineState.MET
    fresh = story.do(act(SET_ANCHOR, T0 - 5 * H, decided=T0 + 30 * H)).at(T0 + 30 * H)
    assert (story.deadline.state, story.deadline.due_at) == (DeadlineState.MET_LATE, T0 + 15 * H)
    assert AlertReason.SETTLED in [alert.reason for alert in fresh]


def test_an_earlier_report_moves_the_start_and_leaves_what_people_granted() -> None:
    story = Story()
    story.at(T0)
    story.do(act(EXTEND, T0 + H, span=Term(10, Unit.HOUR))).at(T0 + H)
    assert story.deadline.due_at == T0 + 30 * H
    fresh = story.know(anchors={Anchor.FIRST_REPORTED: T0 - 2 * H}).at(T0 + 2 * H)
    assert (story.deadline.due_at, story.deadline.plain_due_at) == (T0 + 28 * H, T0 + 18 * H)
    assert [a.reason for a in fresh] == [AlertReason.MOVED]
    assert story.transitions[-1].cause is Cause.EARLIER_START


def test_a_rule_that_left_the_pack_still_lets_a_pause_end() -> None:
    story = Story()
    story.at(T0)
    story.do(act(PAUSE, T0 + 5 * H, ground="鉴定")).at(T0 + 5 * H)
    story.pack = RulePack("test", "2", (replace(RULE, id="OTHER"),))
    story.at(T0 + 30 * H)
    assert (story.deadline.paused_since, story.deadline.state) == (T0 + 5 * H, DeadlineState.OPEN)
    story.do(act(RESUME, T0 + 40 * H)).at(T0 + 40 * H)
    assert (story.deadline.paused_since, story.deadline.due_at) == (None, T0 + 55 * H)
    story.at(T0 + 60 * H)
    assert story.deadline.state is DeadlineState.MISSED


# ------------------------------------------------------------------ in any order, at any split of ticks

KINDS = (PAUSE, RESUME, EXTEND)


def sensible(choices: list[tuple[AdjustmentKind, int]]) -> list[Adjustment]:
    """Make acts as a desk lets them through: at rising moments, pauses and resumptions in turn, before the end."""
    made: list[Adjustment] = []
    at = T0
    for kind, minutes in choices:
        at += minutes * M
        now = adjusted(T0, HOURS.end(T0), HOURS, made)
        resting = now.paused_since is not None
        ended = not resting and at >= now.due_at
        if (kind is RESUME) is not resting and kind is not EXTEND:
            continue
        if ended:
            continue
        span = Term(minutes % 7 + 1, Unit.HOUR) if kind is EXTEND else None
        made.append(act(kind, at, span=span, ground="鉴定", id=len(made) + 1))
    return made


choices = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 600)), max_size=8)


@settings(max_examples=60)
@given(choices, st.randoms(use_true_random=False))
def test_the_order_in_which_the_facts_are_handed_in_makes_no_difference(
    chosen: list[tuple[AdjustmentKind, int]], random: Random
) -> None:
    made = sensible(chosen)
    shuffled = list(made)
    random.shuffle(shuffled)
    assert after(HOURS, *shuffled) == after(HOURS, *made)
    rested = [one.at for one in made if one.kind in (PAUSE, RESUME)]
    rest = sum((end - begin for begin, end in zip(rested[::2], rested[1::2], strict=False)), timedelta(0))
    granted = sum(one.span.count for one in made if one.span) * H
    assert after(HOURS, *made).due_at == T0 + 20 * H + rest + granted


def run(made: list[Adjustment], ticks: list[int], answered: int | None) -> Story:
    """Let each act be reviewed as the desk does, at its own moment, with ticks of the watch in between."""
    story = Story()
    story.at(T0)
    moments: list[tuple[datetime, int, Adjustment | None]] = [(T0 + minute * M, 1, None) for minute in ticks]
    moments += [(one.decided_at, 0, one) for one in made]
    for now, _, one in sorted(moments, key=lambda m: (m[0], m[1], m[2].id if m[2] else 0)):
        if one is not None:
            story.do(one)
        if answered is not None and now >= T0 + answered * M:
            story.know(responses=(Response(ResponseKind.REPLY, T0 + answered * M, 1),))
        story.at(now)
    end = T0 + 30000 * M
    if answered is not None:
        story.know(responses=(Response(ResponseKind.REPLY, T0 + answered * M, 1),))
    story.at(end)
    return story


@settings(max_examples=60)
@given(choices, st.lists(st.integers(1, 6000), max_size=20), st.none() | st.integers(4900, 6000))
@example([(PAUSE, 60), (RESUME, 600), (EXTEND, 1)], [1200, 1201, 1800, 2399], None)
def test_any_split_of_ticks_gives_the_same_end_and_transitions(
    chosen: list[tuple[AdjustmentKind, int]], ticks: list[int], answered: int | None
) -> None:
    made = sensible(chosen)
    split, whole = run(made, ticks, answered), run(made, [], answered)
    same = [(t.before, t.after, t.cause, t.at) for t in whole.transitions]
    assert [(t.before, t.after, t.cause, t.at) for t in split.transitions] == same
    assert (split.deadline.due_at, split.deadline.state, split.deadline.paused_since) == (
        whole.deadline.due_at, whole.deadline.state, whole.deadline.paused_since,
    )  # fmt: skip


@settings(max_examples=60)
@given(choices, st.lists(st.integers(1, 6000), max_size=30))
def test_no_reminder_comes_while_the_time_stands_still_and_no_key_twice(
    chosen: list[tuple[AdjustmentKind, int]], ticks: list[int]
) -> None:
    made = sensible(chosen)
    story = run(made, ticks, None)
    rests = [one.at for one in made if one.kind in (PAUSE, RESUME)]
    spans = list(zip(rests[::2], [*rests[1::2], T0 + 40000 * M], strict=False))
    for alert in story.alerts.values():
        if alert.state is AlertState.PENDING and alert.reason in (AlertReason.REMINDER, AlertReason.DUE):
            assert not any(begin < alert.at < end for begin, end in spans), alert


@settings(max_examples=60)
@given(
    choices,
    st.lists(st.tuples(st.integers(0, 4000), st.integers(-3000, 3000)), min_size=1, max_size=8),
    st.integers(-2000, 600),
)
def test_what_a_person_decided_is_never_overwritten_by_the_machine(
    chosen: list[tuple[AdjustmentKind, int]], news: list[tuple[int, int]], stated: int
) -> None:
    made = sensible(chosen)
    last = max((one.decided_at for one in made), default=T0) + M
    start = min(T0 + stated * M, last)
    made.append(act(SET_ANCHOR, start, decided=last, id=len(made) + 1))
    story = run(made, [], None)
    before = story.deadline
    now = T0 + 30000 * M
    for minute, offset in sorted(news):
        story.know(anchors={Anchor.FIRST_REPORTED: T0 + offset * M, Anchor.OCCURRED: T0 + (offset - 5) * M})
        story.at(now + minute * M)
        assert (story.deadline.started_at, story.deadline.due_at, story.deadline.paused_since) == (
            before.started_at, before.due_at, before.paused_since,
        )  # fmt: skip
    assert story.deadline.started_at == start
