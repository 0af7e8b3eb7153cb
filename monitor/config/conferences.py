"""Load what is asked of press conferences, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.part import Part
from monitor.config.release import FOLDER, Slug, SpeakersFile, named_twice, unknown
from monitor.config.rule_entries import NamePart
from monitor.config.rule_fields import LegalSourcePart, Span
from monitor.core.checks.rules import Rank
from monitor.core.conferences.rules import ConferenceRules, Period, Quota, Task
from monitor.core.errors import N_


class _QuotaPart(Part):
    id: Slug
    name: NamePart
    period: Period
    least: int = Field(ge=1, le=366)
    rank: Slug


class _SchedulePart(Part):
    incidents_count: bool
    source: LegalSourcePart
    verified: bool
    quotas: list[_QuotaPart]


class _TaskPart(Part):
    id: Slug
    name: NamePart
    before: Span | None = None
    after: Span | None = None
    wakes: bool = False

    @property
    def lead(self) -> timedelta:
        """How long before the conference it is due; negative after it."""
        return self.before if self.before is not None else -(self.after or timedelta())


class _PlanPart(Part):
    grace: Span
    tasks: list[_TaskPart] = Field(min_length=1)


class _ConferencesFile(Part):
    schedule: _SchedulePart
    plan: _PlanPart


def load_conferences(folder: Path = FOLDER) -> ConferenceRules:
    """Return what is asked of press conferences. Raise BadDocument."""
    document, speakers_document = read(folder / "conferences.yaml"), read(folder / "speakers.yaml")
    file, speakers = check(document, _ConferencesFile), check(speakers_document, SpeakersFile)
    problems = list(_unfit(document, file, [rank.id for rank in speakers.ranks]))
    if problems:
        raise BadDocument(in_order(problems))
    heights = {rank.id: rank.height for rank in speakers.ranks}
    return ConferenceRules(
        ranks=tuple(Rank(r.id, r.name.zh, r.name.en, r.height) for r in speakers.ranks),
        needed={grade: heights[rank] for grade, rank in speakers.needed.items() if rank in heights},
        tasks=tuple(
            Task(id=one.id, zh=one.name.zh, en=one.name.en, lead=one.lead, wakes=one.wakes) for one in file.plan.tasks
        ),
        quotas=tuple(
            Quota(id=one.id, zh=one.name.zh, en=one.name.en, period=one.period, least=one.least, rank=one.rank)
            for one in file.schedule.quotas
        ),
        grace=file.plan.grace,
        incidents_count=file.schedule.incidents_count,
        source=file.schedule.source.source(),
        verified=file.schedule.verified,
    )


def _unfit(document: Document, file: _ConferencesFile, ranks: list[str]) -> Iterator[Problem]:
    yield from named_twice(document, "plan", [task.id for task in file.plan.tasks], "tasks")
    yield from named_twice(document, "schedule", [quota.id for quota in file.schedule.quotas], "quotas")
    used = [(("schedule", "quotas", n, "rank"), quota.rank) for n, quota in enumerate(file.schedule.quotas)]
    yield from unknown(document, used, ranks)
    for n, task in enumerate(file.plan.tasks):
        if (task.before is None) == (task.after is None):
            yield document.problem(("plan", "tasks", n), N_("Say either before or after, and how long."))
