"""Statistics in tables. A statistic keeps the numbers of its rows, so that nobody has to believe it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median as middle

from monitor.core.listed import Listed

SLOW = 0.9


class Unit(StrEnum):
    """What a statistic is measured in; durations are seconds, shares lie between 0 and 1."""

    COUNT = "count"
    SHARE = "share"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number, and the rows of the list `of` that it was reckoned from; None where there was nothing to reckon."""

    value: float | None
    unit: Unit = Unit.COUNT
    of: Listed | None = None
    ids: tuple[int, ...] = ()


class Column(StrEnum):
    """What is counted of each line."""

    INCIDENTS = "incidents"
    GRAVE = "grave"
    DEATHS = "deaths"
    INJURED = "injured"
    ANSWERED = "answered"
    DUE = "due"
    MET = "met"
    LATE = "late"
    MISSED = "missed"
    RUNNING = "running"
    DROPPED = "dropped"
    IN_TIME = "in_time"
    MEDIAN = "median"
    SLOWEST = "slowest"
    DEADLINES = "deadlines"
    RESPONSES = "responses"
    WEBSITE = "website"
    WEIXIN = "weixin"
    WEIBO = "weibo"
    VIDEO = "video"
    NO_ADDRESS = "no_address"
    OF_INCIDENTS = "of_incidents"
    ROUTINE = "routine"
    ALERTS = "alerts"
    PAGES = "pages"
    SENT = "sent"
    UNSENT = "unsent"
    AMOUNT = "amount"
    ITEMS = "items"
    FIRST = "first"
    FETCHES = "fetches"
    FAILED = "failed"


class TableName(StrEnum):
    """The tables, in the order in which they are shown."""

    DISCLOSURE = "disclosure"
    DUTIES = "duties"
    FAULTS = "faults"
    KINDS = "kinds"
    DIVISIONS = "divisions"
    GRADES = "grades"
    MONTHS = "months"
    RESPONSES = "responses"
    CONFERENCES = "conferences"
    ALERTS = "alerts"
    REACTION = "reaction"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Line:
    """What the statistics are about: the name of a kind, a division, a rule, whatever the table lists."""

    head: str
    statistics: tuple[Statistic, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under columns; a table without lines says that there was nothing."""

    name: TableName
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def statistic(self, head: str, column: Column) -> Statistic | None:
        """Return a statistic, None where the table has none there."""
        if column not in self.columns:
            return None
        at = self.columns.index(column)
        return next((line.statistics[at] for line in self.lines if line.head == head), None)


def count(of: Listed, ids: Iterable[int]) -> Statistic:
    """Count rows, each once."""
    kept = tuple(sorted(set(ids)))
    return Statistic(len(kept), of=of, ids=kept)


def share(part: Statistic, whole: Statistic) -> Statistic:
    """Return which share of the whole a part is."""
    value = None if not whole.value or part.value is None else part.value / whole.value
    return Statistic(value, Unit.SHARE, whole.of, whole.ids)


def median(of: Listed, spans: Sequence[tuple[int, timedelta]]) -> Statistic:
    """Return the median of spans, each with the number of its row."""
    return _span(of, spans, middle(span.total_seconds() for _, span in spans) if spans else None)


def slowest_tenth(of: Listed, spans: Sequence[tuple[int, timedelta]]) -> Statistic:
    """Return the 90th percentile by nearest rank: a span that nine of ten do not exceed."""
    ordered = sorted(span.total_seconds() for _, span in spans)
    return _span(of, spans, ordered[math.ceil(SLOW * len(ordered)) - 1] if ordered else None)


def _span(of: Listed, spans: Sequence[tuple[int, timedelta]], seconds: float | None) -> Statistic:
    return Statistic(seconds, Unit.DURATION, of, tuple(sorted(number for number, _ in spans)))
