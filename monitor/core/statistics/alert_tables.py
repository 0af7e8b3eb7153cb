"""Whom the service told and how people answered, and what the sources brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from monitor.core.beijing import local
from monitor.core.listed import Listed
from monitor.core.model import AlertReason, AlertState, MatterState
from monitor.core.statistics.facts import AlertFact, Facts, SourceFact
from monitor.core.statistics.reckoned import (
    Column,
    Line,
    Statistic,
    Table,
    TableName,
    Unit,
    count,
    median,
    slowest_tenth,
)

ALERT_COLUMNS = (Column.ALERTS, Column.PAGES, Column.SENT, Column.UNSENT)
SOURCE_COLUMNS = (Column.FETCHES, Column.FAILED, Column.ITEMS, Column.INCIDENTS, Column.FIRST)
# The hours in which a page wakes somebody.
NIGHT_BEGINS, NIGHT_ENDS = 22, 7
_NOT_SENT = frozenset({AlertState.EXPIRED, AlertState.UNDELIVERABLE})
_LEFT_OUT = frozenset({AlertState.SKIPPED, AlertState.SUPPRESSED})


class Reaction(StrEnum):
    """How people answered what they were told."""

    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    FALSE_ALARMS = "false_alarms"
    FALSE_PAGES = "false_pages"
    FALSE_AT_NIGHT = "false_at_night"


def alerts(told: Sequence[AlertFact]) -> Table:
    """Count alerts by reason; those that were left out on purpose count among the alerts only."""
    lines = []
    for reason in AlertReason:
        found = [one for one in told if one.reason is reason]
        if found:
            lines.append(Line(reason.value, _told(found)))
    return Table(TableName.ALERTS, ALERT_COLUMNS, tuple(lines))


def _told(found: Sequence[AlertFact]) -> tuple[Statistic, ...]:
    return (
        count(Listed.ALERTS, [one.id for one in found]),
        count(Listed.ALERTS, [one.id for one in found if one.page and one.state not in _LEFT_OUT]),
        count(Listed.ALERTS, [one.id for one in found if one.state is AlertState.SENT]),
        count(Listed.ALERTS, [one.id for one in found if one.state in _NOT_SENT]),
    )


def reaction(facts: Facts) -> Table:
    """Tell how soon people answered pages, and how often they were called for nothing."""
    answered = [
        (number, facts.acknowledged[number] - at)
        for number, at in facts.paged.items()
        if number in facts.acknowledged and facts.acknowledged[number] >= at
    ]
    wrong = [one.id for one in facts.incidents if one.state is MatterState.DISMISSED]
    paged_wrongly = [number for number in wrong if number in facts.paged]
    nothing = Statistic(None, Unit.DURATION)
    found = {
        Reaction.PAGED: (_incidents(facts.paged), nothing, nothing),
        Reaction.ACKNOWLEDGED: (
            _incidents([number for number, _ in answered]),
            median(Listed.INCIDENTS, answered),
            slowest_tenth(Listed.INCIDENTS, answered),
        ),
        Reaction.FALSE_ALARMS: (_incidents(wrong), nothing, nothing),
        Reaction.FALSE_PAGES: (_incidents(paged_wrongly), nothing, nothing),
        Reaction.FALSE_AT_NIGHT: (
            _incidents([number for number in paged_wrongly if is_night(facts.paged[number])]),
            nothing,
            nothing,
        ),
    }
    columns = (Column.INCIDENTS, Column.MEDIAN, Column.SLOWEST)
    return Table(TableName.REACTION, columns, tuple(Line(name.value, statistics) for name, statistics in found.items()))


def is_night(at: datetime) -> bool:
    """Tell whether most people sleep then."""
    hour = local(at).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def sources(known: Sequence[SourceFact]) -> Table:
    """Tell what each source brought, those that bring incidents first."""
    ordered = sorted(known, key=lambda one: (-len(one.incidents), -one.items, one.id))
    return Table(TableName.SOURCES, SOURCE_COLUMNS, tuple(Line(one.id, _brought(one)) for one in ordered))


def _brought(source: SourceFact) -> tuple[Statistic, ...]:
    plain = (Statistic(source.fetches), Statistic(source.failed), Statistic(source.items))
    return (*plain, _incidents(source.incidents), _incidents(source.first))


def _incidents(numbers: Collection[int]) -> Statistic:
    return count(Listed.INCIDENTS, numbers)
