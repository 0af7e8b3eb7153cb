"""What a briefing tells of which facts, in which order; and that no moment falls between two briefings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.beijing import instant
from monitor.core.briefing import Asks, WrittenBriefing, briefing_of
from monitor.core.briefing_facts import LONGEST_WINDOW, USUAL_WINDOW, Remark, Window, window_of
from monitor.core.errors import NaiveTime
from monitor.core.model import AlertReason, AlertState, DeadlineState, MatterState, Severity
from monitor.core.people.assignments import Assignment, Part, Receipt
from tests.core.briefing_examples import DAY, NOW, WINDOW, H, M, alert, change, deadline, facts, incident

AT = time(8, 27)


def written(day: date, compiled_at: datetime) -> WrittenBriefing:
    return WrittenBriefing(day=day, compiled_at=compiled_at, title="", text="", html="")


def test_a_window_is_the_24_hours_before_its_moment() -> None:
    assert window_of(DAY, NOW, None) == WINDOW
    yesterday = written(DAY - timedelta(days=1), NOW - 24 * H + timedelta(seconds=9))
    assert window_of(DAY, NOW, yesterday.end(AT)) == WINDOW
    with pytest.raises(NaiveTime):
        window_of(DAY, NOW.replace(tzinfo=None), None)


def test_a_window_reaches_back_to_the_briefing_before_but_not_for_ever() -> None:
    assert window_of(DAY, NOW, NOW - 72 * H).since == NOW - 72 * H
    assert window_of(DAY, NOW, NOW - 999 * H).since == NOW - LONGEST_WINDOW


def test_a_window_begins_with_its_first_and_ends_before_its_last_moment() -> None:
    assert WINDOW.holds(WINDOW.since)
    assert not WINDOW.holds(WINDOW.until)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(-500, 930)),
        min_size=2,
        max_size=12,
    )
)
def test_no_moment_falls_between_two_briefings(plan: list[tuple[int, int]]) -> None:
    """Days are skipped, briefings compiled late (after a stop) or early (by hand): the windows still join."""
    day, previous, windows = date(2026, 7, 1), None, list[Window]()
    for skipped, minutes_late in plan:
        day += timedelta(days=1 + skipped)
        compiled_at = instant(day, AT) + minutes_late * M
        window = window_of(day, min(compiled_at, instant(day, AT)), previous)
        windows.append(window)
        previous = written(day, compiled_at).end(AT)
    for earlier, later in pairwise(windows):
        assert later.since <= earlier.until
        assert USUAL_WINDOW <= later.until - later.since <= LONGEST_WINDOW


def test_provisional_deadlines_of_one_incident_are_one_question_and_still_run() -> None:
    soon = deadline(1, due_at=NOW + H, provisional=True)
    late = deadline(2, due_at=NOW + 9 * H, provisional=True)
    firm = deadline(3, due_at=NOW + 2 * H)
    briefing = briefing_of(facts(incident(), live=(late, firm, soon)))
    [question] = briefing.questions
    assert (question.asks, question.deadlines) == (Asks.PROVISIONAL, (soon, late))
    assert [one.deadline.id for one in briefing.running] == [1, 3, 2]
    assert not briefing.nothing_new


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, True),
        ({"confirmed": True}, False),
        ({"state": MatterState.DISMISSED}, False),
        ({"first_reported_at": NOW - H}, False),
    ],
    ids=["nobody decided", "confirmed", "dismissed", "a dated report came"],
)
def test_a_report_without_a_trusted_time_is_asked_about_until_it_is_decided(
    changes: dict[str, Any], asked: bool
) -> None:
    undated = incident(**({"first_reported_at": None} | changes))
    question = alert(reason=AlertReason.TROUBLE, obligation_id=None, point="undated", created_at=NOW - 80 * H)
    briefing = briefing_of(facts(undated, asked=(question,)))
    assert [(q.asks, q.since) for q in briefing.questions] == ([(Asks.UNDATED, NOW - 80 * H)] if asked else [])


def test_figures_that_fell_are_asked_about_while_they_stay_low() -> None:
    doubt = alert(reason=AlertReason.UPDATED, point="doubt:larger")
    fallen = facts(incident(severity=Severity.LARGER), live=(deadline(),), asked=(doubt,))
    assert [q.asks for q in briefing_of(fallen).questions] == [Asks.DOUBTED]
    risen = facts(incident(severity=Severity.MAJOR), live=(deadline(),), asked=(doubt,))
    assert briefing_of(risen).questions == ()
    waived = facts(incident(severity=Severity.LARGER), asked=(doubt,))
    assert briefing_of(waived).questions == ()


def test_the_most_pressing_question_comes_first() -> None:
    live = (deadline(1, 1, provisional=True), deadline(2, 2, provisional=True, due_at=NOW - H))
    briefing = briefing_of(facts(incident(1), incident(2), live=live))
    assert [q.incident.id for q in briefing.questions] == [2, 1]


def test_overdue_deadlines_run_on_and_are_counted() -> None:
    live = (deadline(1), deadline(2, due_at=NOW, state=DeadlineState.MISSED))
    briefing = briefing_of(facts(incident(), live=live))
    assert [one.deadline.id for one in briefing.running] == [2, 1]
    assert briefing.overdue == 1


def test_a_deadline_ends_as_its_last_change_says() -> None:
    late, back, met = deadline(1), deadline(2), deadline(3)
    changes = (
        change(late, DeadlineState.OPEN, cause="applies"),
        change(late, DeadlineState.MISSED, NOW - 2 * H, "time_passed"),
        change(back, DeadlineState.WITHDRAWN, NOW - 2 * H, "dismissed"),
        change(met, DeadlineState.MET),
        change(late, DeadlineState.MET_LATE),
        change(back, DeadlineState.OPEN, cause="reopened"),
    )
    remarks = {1: Remark("情况通报", "发言人"), 3: Remark("发布会", "发言人")}
    ended = briefing_of(facts(incident(), changes=changes, remarks=remarks)).ended
    assert [(one.deadline.id, one.state, one.remark.text) for one in ended] == [
        (3, DeadlineState.MET, "发布会"),
        (1, DeadlineState.MET_LATE, "情况通报"),
    ]


def test_a_withdrawn_deadline_tells_why_its_incident_was_dismissed() -> None:
    dismissed = incident(state=MatterState.DISMISSED, state_reason="演练")
    changes = (change(deadline(), DeadlineState.WITHDRAWN, cause="dismissed"),)
    [ended] = briefing_of(facts(dismissed, changes=changes)).ended
    assert ended.remark == Remark("演练")


def test_a_missed_deadline_tells_no_response_that_came_later() -> None:
    changes = (change(deadline(), DeadlineState.MISSED, cause="time_passed"),)
    [ended] = briefing_of(facts(incident(), changes=changes, remarks={1: Remark("后来的通报", "某")})).ended
    assert ended.remark == Remark()


def test_new_incidents_are_those_opened_in_the_window_our_own_and_the_gravest_first() -> None:
    briefing = briefing_of(
        facts(
            incident(1, severity=Severity.GENERAL),
            incident(2, severity=None),
            incident(3, severity=Severity.LARGER, likely=Severity.MAJOR),
            incident(4, severity=Severity.GENERAL),
            incident(5, opened_at=WINDOW.since - M),
            incident(6, opened_at=WINDOW.until),
            incident(7, state=MatterState.DISMISSED),
            incident(8, state=MatterState.MERGED),
            with_duties=frozenset({4}),
            reporters={4: ("news", "hot")},
        )
    )
    assert [new.incident.id for new in briefing.opened] == [4, 3, 1, 2]
    assert briefing.opened[0].reporters == ("news", "hot")
    assert briefing.set_aside == {MatterState.DISMISSED: 1, MatterState.MERGED: 1}


def test_an_incident_about_which_a_question_waits_concerns_us() -> None:
    question = alert(reason=AlertReason.TROUBLE, obligation_id=None, point="undated")
    briefing = briefing_of(facts(incident(first_reported_at=None), incident(2), asked=(question,)))
    assert [(new.incident.id, new.concerns_us) for new in briefing.opened] == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"not_before": NOW - 9 * M}, False),
        ({"not_before": NOW + H}, False),
        ({"state": AlertState.EXPIRED, "useful_until": NOW - M}, True),
        ({"state": AlertState.EXPIRED, "useful_until": WINDOW.since - M}, False),
        ({"state": AlertState.UNDELIVERABLE}, True),
        ({"state": AlertState.UNDELIVERABLE, "created_at": WINDOW.since - M}, False),
        ({"state": AlertState.SENT}, False),
        ({"state": AlertState.SUPPRESSED}, False),
    ],
)
def test_an_alert_that_did_not_arrive_is_told_in_the_window_in_which_that_became_clear(
    changes: dict[str, Any], told: bool
) -> None:
    assert len(briefing_of(facts(incident(), unsent=(alert(**changes),))).unsent) == told


def test_counts_are_summed_by_outcome_and_class() -> None:
    counts = briefing_of(
        facts(
            fetches={"a": {"items": 3, "items:too_large": 1, "failed:timeout": 2}, "b": {"unchanged": 4}},
            verdicts={"incident:fire": 2, "incident:flood": 1, "decoy:war": 5, "decoy:drill": 6, "": 9},
        )
    ).counts
    assert counts.fetches == {"items": 4, "failed": 2, "unchanged": 4}
    assert counts.answers == 8
    assert counts.verdicts == {"incident": 3, "decoy": 11, "": 9}
    assert counts.decoys == {"war": 5, "drill": 6}


def test_nothing_new_says_nothing_of_deadlines_that_run_on() -> None:
    old = incident(opened_at=NOW - 40 * H)
    assert briefing_of(facts(old, live=(deadline(),))).nothing_new
    assert not briefing_of(facts(old, changes=(change(deadline(), DeadlineState.MET),))).nothing_new
    assert not briefing_of(facts(incident(state=MatterState.MERGED))).nothing_new


def test_a_deadline_of_a_matter_that_is_no_incident_is_told_as_well() -> None:
    briefing = briefing_of(facts(live=(deadline(matter=77, provisional=True),)))
    assert [one.incident for one in briefing.running] == [None]
    assert briefing.questions == ()


def test_an_assignment_that_an_office_has_not_signed_waits_for_a_person() -> None:
    signed = Receipt(
        id=1, office="a", name="安全科", part=Part.LEAD, asked_at=NOW - 2 * H, within=30 * M, signed_at=NOW - H
    )
    owed = replace(signed, id=2, office="b", name="救援科", part=Part.HELP, signed_at=None)
    held = Assignment(
        id=1, matter_id=1, made_at=NOW - 2 * H, by="王敏", note="", proposed=True, receipts=(signed, owed)
    )
    [question] = briefing_of(facts(incident(), live=(deadline(),), unsigned=(held,))).questions
    assert (question.asks, question.offices, question.since) == (Asks.UNSIGNED, ("救援科",), NOW - 2 * H)
    assert [one.id for one in question.deadlines] == [1]
