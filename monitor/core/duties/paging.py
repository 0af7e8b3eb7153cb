"""Who is paged about a matter's deadlines: what each deadline's policy adds to what the review decided for it.

The policy is chosen when a deadline opens and stays with it. Its pages are points of the deadline like the reminders:
those that passed unnoticed are told as one late alert, and none is made once enough people have acted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.duties.alerting import SHORTEST_USE, AlertDraft, Silence, drafted, skipped
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import MatterFacts
from monitor.core.duties.points import Point
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import Page, acted, pages
from monitor.core.people.policies import Policy, Whom, choose

A_WHILE = timedelta(hours=1)
POINTS = {AlertReason.OPENED, AlertReason.REMINDER, AlertReason.DUE, AlertReason.OVERDUE}


def paged(
    steps: Sequence[Step], standing: Mapping[tuple[str, int], Deadline], facts: MatterFacts, duty: Duty, now: datetime
) -> list[Step]:
    """Return the steps of one matter with their pages; `standing` are its deadlines before them."""
    return list(_together([_paged(step, standing, facts, duty, now) for step in steps]))


def _paged(
    step: Step, standing: Mapping[tuple[str, int], Deadline], facts: MatterFacts, duty: Duty, now: datetime
) -> Step:
    before = standing.get((step.deadline.obligation_id, step.deadline.ordinal))
    ran = before is not None and before.live
    deadline = step.deadline
    if not deadline.live or deadline.paused_since is not None:
        return step
    policy = deadline.policy or (None if ran else choose(duty.policies, deadline.obligation_id, facts.presumed))
    if policy is None:
        return step
    since = before.watched_until if ran and before is not None else now
    planned = list(pages(policy, deadline.opened_at, deadline.due_at, facts.acts, facts.handed_back_at))
    come = sorted((page for page in planned if since < page.at <= now), key=lambda page: page.at)
    following = min((page.at for page in planned if page.at > now), default=None)
    looks = [at for at in (deadline.check_at, following) if at is not None]
    told = [_addressed(draft, policy, deadline, facts) for draft in step.alerts]
    told = _with_pages(told, deadline, come, following, now)
    return replace(
        step, deadline=replace(deadline, policy=policy, check_at=min(looks, default=None)), alerts=tuple(told)
    )


def _addressed(draft: AlertDraft, policy: Policy, deadline: Deadline, facts: MatterFacts) -> AlertDraft:
    """Let a page be for those whom the policy tells first, and for those who have taken the matter up."""
    if not draft.page or draft.state is not AlertState.PENDING:
        return draft
    return replace(draft, whom=_once(policy.rungs[0].whom, acted(facts.acts, deadline.opened_at)))


def _with_pages(
    told: list[AlertDraft], deadline: Deadline, come: Sequence[Page], following: datetime | None, now: datetime
) -> list[AlertDraft]:
    """Add the pages that have come: one that speaks, or that a reminder of the same moment speaks for."""
    speaking = [page for page in come if not page.silenced(now)]
    told = told + [skipped(deadline, _point(page), Silence.ACKNOWLEDGED) for page in come if page.silenced(now)]
    if not speaking:
        return told
    told += [skipped(deadline, _point(page), Silence.LATER_ALERT_TELLS) for page in speaking[:-1]]
    last = speaking[-1]
    for n, draft in enumerate(told):
        if draft.reason not in POINTS or draft.state is not AlertState.PENDING:
            continue
        if draft.page:
            told[n] = replace(draft, whom=_once(draft.whom, last.whom))
            return [*told, skipped(deadline, _point(last), Silence.TOLD_WITH_ANOTHER)]
        told[n] = replace(draft, state=AlertState.SKIPPED, silence=Silence.LATER_ALERT_TELLS)
    useful_until = max(following or now + A_WHILE, now + SHORTEST_USE)
    return [*told, drafted(deadline, _point(last), now, useful_until=useful_until, whom=last.whom)]


def _together(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the steps with one page for all deadlines that open or page on the same occasion: the most urgent's."""
    speakers: dict[tuple[str, datetime, tuple[Whom, ...]], AlertDraft] = {}
    for step in sorted(steps, key=lambda step: step.deadline.due_at):
        for draft in filter(_speaks, step.alerts):
            speakers.setdefault(_occasion(draft), draft)
    chosen = {draft.key for draft in speakers.values()}
    for step in steps:
        yield replace(step, alerts=tuple(_spoken_for(draft, chosen) for draft in step.alerts))


def _spoken_for(draft: AlertDraft, chosen: Collection[str]) -> AlertDraft:
    """Leave it to the most urgent of one occasion to ring; an opening is told to the team all the same."""
    if not _speaks(draft) or draft.key in chosen:
        return draft
    if draft.reason is AlertReason.OPENED:
        return replace(draft, spoken_for=True)
    return replace(draft, state=AlertState.SKIPPED, silence=Silence.TOLD_WITH_ANOTHER)


def _speaks(draft: AlertDraft) -> bool:
    opens = draft.reason is AlertReason.OPENED and draft.point == "opened" and draft.page and bool(draft.whom)
    return draft.state is AlertState.PENDING and (opens or draft.reason is AlertReason.ESCALATED)


def _occasion(draft: AlertDraft) -> tuple[str, datetime, tuple[Whom, ...]]:
    return draft.point, draft.at, draft.whom


def _point(page: Page) -> Point:
    return Point(page.name, page.at, AlertReason.ESCALATED)


def _once(*parts: tuple[Whom, ...]) -> tuple[Whom, ...]:
    return tuple(dict.fromkeys(whom for part in parts for whom in part))
