"""When people are told that something of a planned conference is still open: once for each task and time. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.conferences.plan import Plan
from monitor.core.conferences.rules import ConferenceRules, Task
from monitor.core.duties.alerting import INFORMATION_KEEPS, SHORTEST_USE, AlertDraft, stamp
from monitor.core.model import AlertReason

POINT = "conference"
# An incident that is not open now may be so again.
REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be told of a plan now, and when to look at it again (None: never)."""

    tasks: tuple[Task, ...] = ()
    look_at: datetime | None = None


def told_from(plan: Plan, task: Task, rules: ConferenceRules) -> datetime:
    """Return from when people are told of an open task.

    Whoever sets a time sees what is overdue by it, and has the grace to deal with it.
    """
    return max(plan.due(task), plan.set_at + rules.grace)


def turn_of(plan: Plan, rules: ConferenceRules, now: datetime) -> Turn:
    """Return what is to be told at `now`.

    Each task is told once; again only where the conference was put off, so that it falls due later than it was told.
    """
    if not plan.open:
        return Turn()
    waiting = [(told_from(plan, task, rules), task) for task in rules.tasks if _untold(plan, task)]
    return Turn(
        tasks=tuple(task for at, task in sorted(waiting, key=lambda pair: (pair[0], pair[1].id)) if at <= now),
        look_at=min((at for at, _ in waiting if at > now), default=None),
    )


def _untold(plan: Plan, task: Task) -> bool:
    told = plan.told.get(task.id)
    return task.id not in plan.ticks and (told is None or told < plan.due(task))


def alert_of(plan: Plan, tasks: Collection[Task], now: datetime) -> AlertDraft:
    """Return the alert of what is open; what falls due together is told together."""
    names = sorted(task.id for task in tasks)
    # What is to be done afterwards is no less useful because the conference is over.
    until = now + INFORMATION_KEEPS if plan.arranged.at <= now else min(plan.arranged.at, now + INFORMATION_KEEPS)
    return AlertDraft(
        key=f"{POINT}:{plan.id}:{'+'.join(names)}@{stamp(now)}",
        reason=AlertReason.PLAN,
        matter_id=plan.matter_id,
        point=POINT,
        at=min((plan.due(task) for task in tasks), default=now),
        not_before=now,
        useful_until=max(now + SHORTEST_USE, until),
        page=any(task.wakes for task in tasks),
        detail={"plan": str(plan.id), "tasks": ",".join(names), "at": plan.arranged.at.isoformat()},
    )
