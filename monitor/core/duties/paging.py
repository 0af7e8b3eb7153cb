"""Who is paged about a matter's deadlines: what each deadline's policy adds to what the review decided for it.

The policy is chosen when a deadline opens and stays with it. Its pages are points of the deadline like the reminders:
those that passed unnoticed are told as one late alert, and none is made once enough people have acted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.duties.alerting import SHORTEST_USE, AlertDraft, Silence, drafted, skipped
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Deadline, Running
from monitor.core.duties.obligations import MatterFacts
from monitor.core.duties.points import Point
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import Act, Page, acted, pages
from monitor.core.people.policies import Policy, Whom, choose

A_WHILE = timedelta(hours=1)
POINTS = {AlertReason.OPENED, AlertReason.REMINDER, AlertReason.DUE, AlertReason.OVERDUE}


def paged(
    steps: Sequence[Step], standing: Mapping[tuple[str, int], Deadline], facts: MatterFacts, duty: Duty, now: datetime
) -> list[Step]:
    """Return the steps of one matter with their pages; `standing` are its deadlines before them."""
    # What is looked at twice in one moment makes no step of its own, but who has acted may have changed between.
    stepped = {(step.deadline.obligation_id, step.deadline.ordinal) for step in steps}
    others = [Step(found) for key, found in standing.items() if key not in stepped and found.live]
    found = [_paged(step, standing, facts, duty, now) for step in steps]
    found += [step for step in (_paged(one, standing, facts, duty, now) for one in others) if step not in others]
    alerts = together([(step.deadline.due_at, step.alerts) for step in found])
    return [replace(step, alerts=tuple(told)) for step, told in zip(found, alerts, strict=True)]


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
    told, following = with_pages(step.alerts, deadline, policy, facts.acts, since, now, facts.handed_back_at)
    looks = [at for at in (deadline.check_at, following) if at is not None]
    return replace(
        step, deadline=replace(deadline, policy=policy, check_at=min(looks, default=None)), alerts=tuple(told)
    )


def with_pages(
    alerts: Sequence[AlertDraft],
    deadline: Running,
    policy: Policy,
    acts: Sequence[Act],
    since: datetime,
    now: datetime,
    handed_back_at: datetime | None = None,
) -> tuple[list[AlertDraft], datetime | None]:
    """Return a deadline's alerts with the pages that have come after `since`, and when the next one comes."""
    come: list[Page] = []
    following: datetime | None = None
    for page in pages(policy, deadline.opened_at, deadline.due_at, acts, handed_back_at, since=since):
        if page.at <= now:
            come.append(page)
        elif following is None or page.at < following:
            following = page.at
    come.sort(key=lambda page: page.at)
    told = [_addressed(draft, policy, deadline, acts) for draft in alerts]
    return _with_pages(told, deadline, come, following, now), following


def _addressed(draft: AlertDraft, policy: Policy, deadline: Running, acts: Sequence[Act]) -> AlertDraft:
    """Let a page be for those whom the policy tells first, and for those who have taken the matter up."""
    if not draft.page or draft.state is not AlertState.PENDING:
        return draft
    first, actors = policy.rungs[0].whom, acted(acts, deadline.opened_at)
    return draft.told_to(_once(first, actors) if actors else first, draft.audience)


def _with_pages(
    told: list[AlertDraft], deadline: Running, come: Sequence[Page], following: datetime | None, now: datetime
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


def together(told: Sequence[tuple[datetime, Sequence[AlertDraft]]]) -> list[Sequence[AlertDraft]]:
    """Return the alerts of a matter's deadlines, each given with its end, with one page for all of one occasion.

    The most urgent of those that open or page then speaks for the others.
    """
    speakers: dict[tuple[str, datetime, tuple[Whom, ...]], AlertDraft] = {}
    for _, alerts in sorted(told, key=lambda one: one[0]):
        for draft in filter(_speaks, alerts):
            speakers.setdefault(_occasion(draft), draft)
    chosen = {draft.key for draft in speakers.values()}
    return [[_spoken_for(draft, chosen) for draft in alerts] for _, alerts in told]


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
