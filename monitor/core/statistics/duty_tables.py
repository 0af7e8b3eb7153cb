"""What was owed and done: duties kept and missed and why, responses, conferences, the counts of the year's report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from monitor.core.conferences.tally import Held
from monitor.core.listed import Listed
from monitor.core.model import DeadlineState, ResponseKind
from monitor.core.statistics.facts import Facts
from monitor.core.statistics.outlets import OUTLETS, outlet_of
from monitor.core.statistics.reckoned import (
    Column,
    Line,
    Statistic,
    Table,
    TableName,
    count,
    median,
    share,
    slowest_tenth,
)
from monitor.core.views import DeadlineView, IncidentView, ResponseView

DUTY_COLUMNS = (
    Column.DUE, Column.MET, Column.LATE, Column.MISSED, Column.RUNNING, Column.DROPPED,
    Column.IN_TIME, Column.MEDIAN, Column.SLOWEST,
)  # fmt: skip
_DROPPED = frozenset(
    {DeadlineState.WAIVED, DeadlineState.NOT_APPLICABLE, DeadlineState.SUPERSEDED, DeadlineState.WITHDRAWN}
)
# What the public could read. The others go to authorities.
TO_THE_PUBLIC = frozenset(
    {
        ResponseKind.AUTHORITATIVE_RELEASE,
        ResponseKind.PRESS_CONFERENCE,
        ResponseKind.FOLLOW_UP_RELEASE,
        ResponseKind.CLARIFICATION,
        ResponseKind.REPLY,
        ResponseKind.INVESTIGATION_REPORT,
        ResponseKind.HANDLING_PUBLICATION,
        ResponseKind.EARLY_WARNING,
    }
)


class WhyLate(StrEnum):
    """What an end that was not kept comes from, as far as the log tells."""

    PUBLISHED_LATE = "published_late"
    NOTHING_PUBLISHED = "nothing_published"
    NOBODY_ACTED = "nobody_acted"


class Disclosed(StrEnum):
    """What a year's report on disclosure states of responses (国办公开办〔2014〕32号, part 3 of its table)."""

    CONCERNS = "concerns"
    CONFERENCES = "conferences"
    CONFERENCES_OF_HEADS = "conferences_of_heads"
    BY_MICROBLOG = "by_microblog"
    OTHERWISE = "otherwise"
    CLARIFICATIONS = "clarifications"


def duties(deadlines: Iterable[DeadlineView]) -> Table:
    """Count the deadlines that fell due, rule by rule; spans run from their start to what fulfilled them."""
    gathered: dict[str, list[DeadlineView]] = defaultdict(list)
    for deadline in deadlines:
        gathered[deadline.obligation_id].append(deadline)
    ordered = sorted(gathered, key=lambda rule: (-len(gathered[rule]), rule))
    return Table(TableName.DUTIES, DUTY_COLUMNS, tuple(Line(rule, _kept(gathered[rule])) for rule in ordered))


def _kept(deadlines: Sequence[DeadlineView]) -> tuple[Statistic, ...]:
    def of(*states: DeadlineState) -> Statistic:
        return count(Listed.DEADLINES, [one.id for one in deadlines if one.state in states])

    met, late, missed = of(DeadlineState.MET), of(DeadlineState.MET_LATE), of(DeadlineState.MISSED)
    judged = of(DeadlineState.MET, DeadlineState.MET_LATE, DeadlineState.MISSED)
    spans = [
        (one.id, one.settled_at - one.started_at)
        for one in deadlines
        if one.state in (DeadlineState.MET, DeadlineState.MET_LATE) and one.settled_at is not None
    ]
    return (
        count(Listed.DEADLINES, [one.id for one in deadlines]),
        met,
        late,
        missed,
        of(DeadlineState.OPEN),
        of(*_DROPPED),
        share(met, judged),
        median(Listed.DEADLINES, spans),
        slowest_tenth(Listed.DEADLINES, spans),
    )


def faults(deadlines: Iterable[DeadlineView], matters: Mapping[int, IncidentView]) -> Table:
    """Tell of each end that was not kept what it comes from."""
    found: dict[WhyLate, list[int]] = {why: [] for why in WhyLate}
    for deadline in deadlines:
        if deadline.fault is not None:
            found[why_late(deadline, matters.get(deadline.matter_id))].append(deadline.id)
    lines = (Line(why.value, (count(Listed.DEADLINES, ids),)) for why, ids in found.items())
    return Table(TableName.FAULTS, (Column.DEADLINES,), tuple(lines))


def why_late(deadline: DeadlineView, incident: IncidentView | None) -> WhyLate:
    """Tell what a fault comes from: it was published late, or never although somebody acted, or nobody acted."""
    if deadline.state is DeadlineState.MET_LATE:
        return WhyLate.PUBLISHED_LATE
    acted = incident is not None and incident.acted_at is not None
    return WhyLate.NOTHING_PUBLISHED if acted else WhyLate.NOBODY_ACTED


def responses(published: Iterable[ResponseView]) -> Table:
    """Count responses by kind and outlet."""
    gathered: dict[str, list[ResponseView]] = defaultdict(list)
    for response in published:
        gathered[response.kind.value].append(response)
    lines = []
    for kind in (kind.value for kind in ResponseKind if kind.value in gathered):
        found = gathered[kind]
        by_outlet = [
            count(Listed.RESPONSES, [one.id for one in found if outlet_of(one.url) is outlet]) for outlet in OUTLETS
        ]
        lines.append(Line(kind, (count(Listed.RESPONSES, [one.id for one in found]), *by_outlet)))
    return Table(TableName.RESPONSES, (Column.RESPONSES, *OUTLETS), tuple(lines))


def conferences(held: Iterable[Held], ranks: Sequence[str]) -> Table:
    """Count press conferences by the rank of who spoke; "" where nobody said."""
    gathered: dict[str, list[Held]] = {rank: [] for rank in ranks}
    for one in held:
        gathered.setdefault(one.rank, []).append(one)
    lines = []
    for rank, found in gathered.items():
        of_incidents = [one.incident for one in found if one.incident is not None]
        statistics = Statistic(len(of_incidents), of=Listed.INCIDENTS, ids=tuple(sorted(set(of_incidents))))
        lines.append(Line(rank, (Statistic(len(found)), statistics, Statistic(len(found) - len(of_incidents)))))
    return Table(TableName.CONFERENCES, (Column.AMOUNT, Column.OF_INCIDENTS, Column.ROUTINE), tuple(lines))


def disclosure(facts: Facts, heads: frozenset[str]) -> Table:
    """Count what the year's report asks for; one concern that was answered in several ways is one."""
    public = [one for one in facts.responses if one.kind in TO_THE_PUBLIC]
    by_matter: dict[int, set[Column]] = defaultdict(set)
    for one in public:
        by_matter[one.matter_id].add(outlet_of(one.url))
    micro = [number for number, outlets in by_matter.items() if outlets & {Column.WEIBO, Column.WEIXIN}]
    found = {
        Disclosed.CONCERNS: count(Listed.INCIDENTS, by_matter),
        Disclosed.CONFERENCES: Statistic(len(facts.conferences)),
        Disclosed.CONFERENCES_OF_HEADS: Statistic(sum(one.rank in heads for one in facts.conferences)),
        Disclosed.BY_MICROBLOG: count(Listed.INCIDENTS, micro),
        Disclosed.OTHERWISE: count(Listed.INCIDENTS, set(by_matter) - set(micro)),
        Disclosed.CLARIFICATIONS: count(
            Listed.RESPONSES, [one.id for one in public if one.kind is ResponseKind.CLARIFICATION]
        ),
    }
    return Table(
        TableName.DISCLOSURE,
        (Column.AMOUNT,),
        tuple(Line(name.value, (one,)) for name, one in found.items()),
    )
