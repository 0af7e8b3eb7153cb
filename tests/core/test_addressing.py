"""For whom an alert is, and what waits for the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from monitor.core.duties.addressing import addressed
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.duty import Duty, Quiet
from monitor.core.people.policies import Whom, WhomKind
from tests.story.roster import DUTY, LEADERS, ROTA

H = timedelta(hours=1)
NIGHT = datetime(2026, 7, 9, 18, 0, tzinfo=UTC)  # 02:00 in Beijing
MORNING = datetime(2026, 7, 9, 23, 0, tzinfo=UTC)  # 07:00
QUIET = replace(DUTY, quiet=Quiet(time(22), time(7)))


def draft(
    reason: AlertReason = AlertReason.SETTLED,
    *,
    page: bool = False,
    keeps: timedelta = 24 * H,
    at: datetime = NIGHT,
    whom: tuple[Whom, ...] = (),
) -> AlertDraft:
    return AlertDraft(
        key="k",
        reason=reason,
        matter_id=None,
        at=at,
        not_before=at,
        useful_until=at + keeps,
        page=page,
        whom=whom,
    )


def test_a_page_passes_the_quiet_hours() -> None:
    (found,) = addressed([draft(AlertReason.OPENED, page=True)], QUIET, (), NIGHT)
    assert (found.not_before, found.state) == (NIGHT, AlertState.PENDING)


def test_what_is_no_page_waits_for_the_morning() -> None:
    (found,) = addressed([draft()], QUIET, (), NIGHT)
    assert (found.not_before, found.useful_until) == (MORNING, NIGHT + 24 * H)


def test_what_would_be_useless_by_then_is_skipped_with_its_reason() -> None:
    (found,) = addressed([draft(AlertReason.REMINDER, keeps=2 * H)], QUIET, (), NIGHT)
    assert (found.state, found.silence) == (AlertState.SKIPPED, Silence.QUIET_HOURS)


def test_what_is_of_use_for_a_moment_longer_is_not_lost_in_the_morning() -> None:
    (found,) = addressed([draft(keeps=MORNING - NIGHT + timedelta(minutes=1))], QUIET, (), NIGHT)
    assert (found.not_before, found.useful_until) == (MORNING, MORNING + H)


def test_the_briefing_comes_when_it_was_ordered() -> None:
    (found,) = addressed([draft(AlertReason.BRIEFING)], QUIET, (), NIGHT)
    assert found.not_before == NIGHT


def test_by_day_nothing_waits() -> None:
    noon = NIGHT + 10 * H
    (found,) = addressed([draft(at=noon)], QUIET, (), noon)
    assert found.not_before == noon


@pytest.mark.parametrize(("hour", "quiet"), [(13, False), (14, True), (18, True), (22, True), (23, False)], ids=str)
def test_the_quiet_hours_pass_midnight(hour: int, *, quiet: bool) -> None:
    at = datetime(2026, 7, 9, hour, tzinfo=UTC)
    assert (Quiet(time(22), time(7)).ends_at(at) is not None) is quiet


def test_a_page_without_a_deadline_is_for_those_whom_the_usual_policy_tells_first() -> None:
    (found,) = addressed([draft(AlertReason.TROUBLE, page=True)], DUTY, (), NIGHT)
    assert [one.contact for one in found.audience] == ["wang"]


def test_each_contact_is_named_once_with_the_first_reason() -> None:
    whom = (ROTA, Whom(WhomKind.CONTACT, "wang"), LEADERS, Whom(WhomKind.CONTACT, "gone"))
    (found,) = addressed([draft(AlertReason.OPENED, page=True, whom=whom)], DUTY, (), NIGHT)
    assert [(one.contact, one.because.value, one.name) for one in found.audience] == [
        ("wang", "layer", "王敏"),
        ("boss", "office", "赵磊"),
    ]


def test_a_page_for_nobody_brings_a_trouble_alert_with_it() -> None:
    whom = (Whom(WhomKind.CONTACT, "gone"),)
    page, trouble = addressed([draft(AlertReason.OPENED, page=True, whom=whom)], DUTY, (), NIGHT)
    assert page.audience == ()
    assert (trouble.point, trouble.page, trouble.detail["whom"]) == ("duty:nobody", True, "contact:gone")


def test_where_there_are_no_people_nothing_changes() -> None:
    drafts = [draft(), draft(AlertReason.OPENED, page=True)]
    assert addressed(drafts, Duty(), (), NIGHT) == drafts
