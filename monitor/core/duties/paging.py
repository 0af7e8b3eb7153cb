"""Who is paged about a matter's deadlines: what each deadline's policy adds to what the review decided for it.

The policy is chosen when a deadline opens and stays with it. Its pages are points of the deadline like the reminders:
those that passed unnoticed are told as one late alert, and none is made once enough people have acted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.duties.alerting import SHORTEST_USE, AlertDraft, Silence
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Deadline, Running
from monitor.core.duties.obligations import MatterFacts
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
    found = [_paged(step, standing, facts, duty, now) for step in steps]
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
    told, following = with_pages(step.alerts, deadline, policy, facts.acts, since, now)
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
) -> tuple[list[AlertDraft], datetime | None]:
    """Return a deadline's alerts with the pages that have come after `since`, and when the next one comes."""
    come: list[Page] = []
    following: datetime | None = None
    for page in pages(policy, deadline.opened_at, deadline.due_at, acts, since):
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
    told = told + [_skipped(deadline, page, Silence.ACKNOWLEDGED) for page in come if page.silenced(now)]
    if not speaking:
        return told
    told += [_skipped(deadline, page, Silence.LATER_ALERT_TELLS) for page in speaking[:-1]]
    last = speaking[-1]
    for n, draft in enumerate(told):
        if draft.reason not in POINTS or draft.state is not AlertState.PENDING:
            continue
        if draft.page:
            told[n] = replace(draft, whom=_once(draft.whom, last.whom))
            return [*told, _skipped(deadline, last, Silence.TOLD_WITH_ANOTHER)]
        told[n] = replace(draft, state=AlertState.SKIPPED, silence=Silence.LATER_ALERT_TELLS)
    useful_until = max(following or now + A_WHILE, now + SHORTEST_USE)
    return [*told, replace(_draft(deadline, last), not_before=now, useful_until=useful_until, whom=last.whom)]


def together(told: Sequence[tuple[datetime, Sequence[AlertDraft]]]) -> list[Sequence[AlertDraft]]:
    """Return the alerts of a matter's deadlines, each given with its end, with one page for all of one occasion.

    The most urgent of the deadlines speaks for the others.
    """
    speakers: dict[tuple[str, datetime, tuple[Whom, ...]], AlertDraft] = {}
    for _, alerts in sorted(told, key=lambda one: one[0]):
        for draft in filter(_speaks, alerts):
            speakers.setdefault(_occasion(draft), draft)
    chosen = {draft.key for draft in speakers.values()}
    return [
        [
            replace(draft, state=AlertState.SKIPPED, silence=Silence.TOLD_WITH_ANOTHER)
            if _speaks(draft) and draft.key not in chosen
            else draft
            for draft in alerts
        ]
        for _, alerts in told
    ]


def _speaks(draft: AlertDraft) -> bool:
    return draft.reason is AlertReason.ESCALATED and draft.state is AlertState.PENDING


def _occasion(draft: AlertDraft) -> tuple[str, datetime, tuple[Whom, ...]]:
    return draft.point, draft.at, draft.whom


def _draft(deadline: Running, page: Page) -> AlertDraft:
    stamp = page.at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    return AlertDraft(
        key=f"matter:{deadline.matter_id}:{deadline.obligation_id}:{deadline.ordinal}:{page.name}@{stamp}",
        reason=AlertReason.ESCALATED,
        matter_id=deadline.matter_id,
        obligation_id=deadline.obligation_id,
        ordinal=deadline.ordinal,
        point=page.name,
        at=page.at,
        not_before=page.at,
        useful_until=page.at,
        page=True,
    )


def _skipped(deadline: Running, page: Page, silence: Silence) -> AlertDraft:
    return replace(_draft(deadline, page), state=AlertState.SKIPPED, silence=silence)


def _once(*parts: tuple[Whom, ...]) -> tuple[Whom, ...]:
    return tuple(dict.fromkeys(whom for part in parts for whom in part))
