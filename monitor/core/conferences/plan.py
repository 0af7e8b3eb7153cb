"""The plan of a press conference: what is arranged, what is open when, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.core.checks.rules import Rank
from monitor.core.conferences.rules import ConferenceRules, Task
from monitor.core.model import aware


class PlanState(StrEnum):
    """Where a plan stands; none is ever deleted."""

    PLANNED = "planned"
    HELD = "held"
    DROPPED = "dropped"


class PlanFlaw(StrEnum):
    """What whoever plans is told at once; each has a label in the catalogues."""

    AFTER_DEADLINE = "after_deadline"
    LOW_SPEAKER = "low_speaker"
    NO_SPEAKER = "no_speaker"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What people arrange: when, where, who speaks at which rank, who invites, where it is live, what is handed out."""

    at: datetime
    place: str = ""
    speaker: str = ""
    rank: str = ""
    inviter: str = ""
    live: str = ""
    materials: str = ""

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, slots=True)
class Tick:
    """That something is prepared: since when, and who said so."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as it stands. `set_at` is when its time was set last, `told` when each task was told of last.

    `version` grows with each change of what is arranged, so that a page that was opened before can be told from a
    fresh one.
    """

    id: int
    matter_id: int
    arranged: Arrangement
    made_at: datetime
    set_at: datetime
    changed_by: str
    state: PlanState = PlanState.PLANNED
    version: int = 1
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    told: Mapping[str, datetime] = field(default_factory=dict)
    response_id: int | None = None

    @property
    def open(self) -> bool:
        """Tell whether the conference is still to come."""
        return self.state is PlanState.PLANNED

    def due(self, task: Task) -> datetime:
        """Return when a task has to be done."""
        return self.arranged.at - task.lead


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it stands in a plan."""

    task: Task
    due: datetime
    tick: Tick | None
    overdue: bool


def task_rows(plan: Plan, rules: ConferenceRules, now: datetime) -> tuple[TaskRow, ...]:
    """Return what is to be prepared, the first due first."""
    rows = (
        TaskRow(
            task,
            plan.due(task),
            plan.ticks.get(task.id),
            plan.open and task.id not in plan.ticks and plan.due(task) <= now,
        )
        for task in rules.tasks
    )
    return tuple(sorted(rows, key=lambda row: (row.due, row.task.id)))


def flaws(
    arranged: Arrangement, rules: ConferenceRules, asked: Rank | None, due_at: datetime | None, now: datetime
) -> Iterator[PlanFlaw]:
    """Yield what is wrong with an arrangement; `asked` is the lowest rank for the grade, `due_at` the duty's end."""
    if arranged.at <= now:
        yield PlanFlaw.PASSED
    if due_at is not None and arranged.at > due_at:
        yield PlanFlaw.AFTER_DEADLINE
    chosen = rules.rank(arranged.rank)
    if not arranged.speaker or chosen is None:
        yield PlanFlaw.NO_SPEAKER
    elif asked is not None and chosen.height < asked.height:
        yield PlanFlaw.LOW_SPEAKER
