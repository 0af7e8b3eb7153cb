"""What happened: incidents by kind, place, grade and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from monitor.core.beijing import day_of, local
from monitor.core.duties.terms import months_after
from monitor.core.listed import Listed
from monitor.core.model import MatterState, Severity, significant
from monitor.core.statistics.facts import Asked, Facts
from monitor.core.statistics.reckoned import Column, Line, Statistic, Table, TableName, count
from monitor.core.views import IncidentView

COLUMNS = (Column.INCIDENTS, Column.GRAVE, Column.DEATHS, Column.INJURED, Column.ANSWERED)
UNKNOWN = "unknown"
_LEVELS = (2, 4, 6)


def incident_tables(facts: Facts, asked: Asked) -> tuple[Table, ...]:
    """Count the incidents that were opened in the period and not dismissed or merged into others."""
    counted = [one for one in facts.incidents if one.state is MatterState.OPEN]
    grades = [grade.name.lower() for grade in sorted(Severity, reverse=True)] + [UNKNOWN]
    return (
        _table(TableName.KINDS, counted, lambda one: one.kind, facts.answered),
        _table(TableName.DIVISIONS, counted, lambda one: division_of(one, asked.region), facts.answered),
        _table(TableName.GRADES, counted, grade_of, facts.answered, grades),
        _table(TableName.MONTHS, counted, lambda one: f"{local(one.opened_at):%Y-%m}", facts.answered, months(asked)),
    )


def division_of(incident: IncidentView, region: str) -> str:
    """Return the division right below the region in which an incident lies; a wider one where no finer is known."""
    code = incident.place.code
    if code is None:
        return UNKNOWN
    digits = next((level for level in _LEVELS if level > len(significant(region))), _LEVELS[-1])
    return code[:digits].ljust(6, "0")


def grade_of(incident: IncidentView) -> str:
    """Return the name of the grade that an incident counts under: the likely one where it stands above the firm one."""
    return UNKNOWN if incident.presumed is None else incident.presumed.name.lower()


def months(asked: Asked) -> list[str]:
    """Return the Beijing months of a period, as 2026-07."""
    first, last = day_of(asked.since).replace(day=1), day_of(asked.until - timedelta.resolution)
    many = 12 * (last.year - first.year) + last.month - first.month + 1
    return [f"{months_after(first, n):%Y-%m}" for n in range(many)]


def _table(
    name: TableName,
    incidents: Iterable[IncidentView],
    head: Callable[[IncidentView], str],
    answered: Collection[int],
    heads: Sequence[str] = (),
) -> Table:
    """Gather incidents under their heads: in the order given, else the most frequent first."""
    gathered: dict[str, list[IncidentView]] = defaultdict(list)
    for incident in incidents:
        gathered[head(incident)].append(incident)
    ordered = heads or sorted(gathered, key=lambda one: (one == UNKNOWN, -len(gathered[one]), one))
    return Table(name, COLUMNS, tuple(Line(one, _figures(gathered[one], answered)) for one in ordered))


def _figures(incidents: Sequence[IncidentView], answered: Collection[int]) -> tuple[Statistic, ...]:
    grave = [one.id for one in incidents if one.presumed is not None and one.presumed >= Severity.MAJOR]
    return (
        count(Listed.INCIDENTS, [one.id for one in incidents]),
        count(Listed.INCIDENTS, grave),
        _sum(incidents, "deaths"),
        _sum(incidents, "injured"),
        count(Listed.INCIDENTS, [one.id for one in incidents if one.id in answered]),
    )


def _sum(incidents: Sequence[IncidentView], name: str) -> Statistic:
    """Add what was stated; the rows are the incidents that state some."""
    stating = [one for one in incidents if one.figures.get(name)]
    total = sum(one.figures[name] for one in stating)
    return Statistic(total, of=Listed.INCIDENTS, ids=tuple(sorted(one.id for one in stating)))
