"""Statistics in words: the names of tables, columns and lines, and how a statistic is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO

from xlsxwriter import Workbook

from monitor.core.beijing import day_of
from monitor.core.errors import N_
from monitor.core.model import AlertReason, ResponseKind, Severity
from monitor.core.statistics.alert_tables import Reaction
from monitor.core.statistics.duty_tables import Disclosed, WhyLate
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.incident_tables import UNKNOWN
from monitor.core.statistics.reckoned import Column, Statistic, Table, TableName, Unit
from responders.documents.messages import Composer
from responders.documents.sheet_files import as_printed, fitting
from responders.labels import label

_OPENED = N_("Opened in the period, without dismissed ones.")
# A table's name, what its lines are, and what is counted in it.
TITLES: Mapping[TableName, tuple[str, str, str]] = {
    TableName.DISCLOSURE: (
        N_("For the year's report on disclosure"),
        N_("What is counted"),
        N_("What was published in the period. A concern that was answered in several ways is one."),
    ),
    TableName.DUTIES: (
        N_("Duties kept"),
        N_("Duty"),
        N_("Deadlines that fell due in the period. Times run from the start of the deadline to what fulfilled it."),
    ),
    TableName.FAULTS: (
        N_("What was late, and why"),
        N_("Reason"),
        N_("Deadlines that fell due in the period and were not kept."),
    ),
    TableName.KINDS: (N_("Incidents by kind"), N_("Kind"), _OPENED),
    TableName.DIVISIONS: (N_("Incidents by place"), N_("Place"), _OPENED),
    TableName.GRADES: (
        N_("Incidents by severity"),
        N_("Severity"),
        _OPENED,
    ),
    TableName.MONTHS: (N_("Incidents by month"), N_("Month"), _OPENED),
    TableName.RESPONSES: (
        N_("Responses by kind and channel"),
        N_("Kind"),
        N_("Published in the period; the channel follows from the address."),
    ),
    TableName.CONFERENCES: (
        N_("Press conferences by the rank of the speaker"),
        N_("Rank"),
        N_("Held in the period."),
    ),
    TableName.ALERTS: (N_("Alerts"), N_("Reason"), N_("Made in the period, for whatever was opened before.")),
    TableName.REACTION: (
        N_("How pages were answered"),
        N_("What is counted"),
        N_("Incidents opened in the period. Times run from the first page to the first acknowledgement."),
    ),
    TableName.SOURCES: (
        N_("What the sources brought"),
        N_("Source"),
        N_("In the period; fetches and items are the whole bureau's. First is whose item was seen before all others."),
    ),
}
COLUMNS: Mapping[Column, str] = {
    Column.INCIDENTS: N_("Incidents"),
    Column.GRAVE: N_("Major or above"),
    Column.DEATHS: N_("Deaths"),
    Column.INJURED: N_("Injured"),
    Column.ANSWERED: N_("Answered"),
    Column.DUE: N_("Fell due"),
    Column.MET: N_("In time"),
    Column.LATE: N_("Late"),
    Column.MISSED: N_("Missed"),
    Column.RUNNING: N_("Still running"),
    Column.DROPPED: N_("No longer owed"),
    Column.IN_TIME: N_("Share in time"),
    Column.MEDIAN: N_("Median"),
    Column.SLOWEST: N_("90th percentile"),
    Column.DEADLINES: N_("Deadlines"),
    Column.RESPONSES: N_("Responses"),
    Column.WEBSITE: N_("Websites"),
    Column.WEIXIN: N_("WeChat"),
    Column.WEIBO: N_("Weibo"),
    Column.VIDEO: N_("Short video"),
    Column.NO_ADDRESS: N_("No address"),
    Column.OF_INCIDENTS: N_("For incidents"),
    Column.ROUTINE: N_("Routine"),
    Column.ALERTS: N_("Alerts"),
    Column.PAGES: N_("As pages"),
    Column.SENT: N_("Sent"),
    Column.UNSENT: N_("Not delivered"),
    Column.AMOUNT: N_("Number"),
    Column.ITEMS: N_("Items"),
    Column.FIRST: N_("First"),
    Column.FETCHES: N_("Fetches"),
    Column.FAILED: N_("Failed"),
}
HEADS: Mapping[str, str] = {
    Disclosed.CONCERNS: N_("Public concerns answered"),
    Disclosed.CONFERENCES: N_("Press conferences held"),
    Disclosed.CONFERENCES_OF_HEADS: N_("of them with the head of a department or higher"),
    Disclosed.BY_MICROBLOG: N_("Concerns answered by Weibo or WeChat"),
    Disclosed.OTHERWISE: N_("Concerns answered otherwise"),
    Disclosed.CLARIFICATIONS: N_("Clarifications published"),
    WhyLate.PUBLISHED_LATE: N_("Published after the end"),
    WhyLate.NOTHING_PUBLISHED: N_("Somebody acted, nothing was published"),
    WhyLate.NOBODY_ACTED: N_("Nobody acted"),
    Reaction.PAGED: N_("Somebody was paged"),
    Reaction.ACKNOWLEDGED: N_("Acknowledged after a page"),
    Reaction.FALSE_ALARMS: N_("Dismissed as false alarms"),
    Reaction.FALSE_PAGES: N_("Dismissed after a page"),
    Reaction.FALSE_AT_NIGHT: N_("Dismissed after a page at night (22:00 to 7:00)"),
}
PERIOD = N_("{since} to {until}, {region}{office}")
NOT_KNOWN = N_("not known")
A_DAY = timedelta(days=1)


def head_said(name: TableName, head: str, composer: Composer) -> str:
    """Return the name of a line."""
    words, names = composer.words, composer.names
    said: Mapping[TableName, Callable[[str], str]] = {
        TableName.KINDS: names.kind,
        TableName.DIVISIONS: names.division,
        TableName.GRADES: lambda one: composer.severity(Severity[one.upper()]),
        TableName.MONTHS: str,
        TableName.DUTIES: names.obligation,
        TableName.RESPONSES: lambda one: words(label(ResponseKind(one))),
        TableName.CONFERENCES: names.rank,
        TableName.ALERTS: lambda one: words(label(AlertReason(one))),
        TableName.SOURCES: names.source,
    }
    if head in ("", UNKNOWN):
        return words(NOT_KNOWN)
    return said[name](head) if name in said else words(HEADS[head])


def statistic_said(statistic: Statistic, composer: Composer) -> str:
    """Write a statistic; what could not be reckoned is a dash, none is 0."""
    if statistic.value is None:
        return "—"
    if statistic.unit is Unit.SHARE:
        return f"{statistic.value:.1%}"
    if statistic.unit is Unit.DURATION:
        return span_said(timedelta(seconds=statistic.value), composer)
    return f"{statistic.value:.0f}"


def span_said(span: timedelta, composer: Composer) -> str:
    """Write a span in hours and minutes."""
    minutes = round(span.total_seconds() / 60)
    return composer.words(N_("{h} h {m} min"), h=minutes // 60, m=f"{minutes % 60:02d}")


def period_said(asked: Asked, office: str, composer: Composer) -> str:
    """Say what is reckoned."""
    region = composer.names.division(asked.region) if asked.region.strip("0") else composer.words(N_("all regions"))
    named = composer.words(N_(", {office}"), office=office) if office else ""
    return composer.words(
        PERIOD, since=day_of(asked.since), until=day_of(asked.until - A_DAY), region=region, office=named
    )


def write_workbook(
    tables: tuple[Table, ...], asked: Asked, office: str, composer: Composer, stream: IO[bytes], made_at: datetime
) -> None:
    """Write all tables as a workbook, one sheet each: numbers as numbers, durations in hours, everything else text."""
    words = composer.words
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": made_at.astimezone(UTC)})
    bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
    hours, wrapped = book.add_format({"num_format": "0.00"}), book.add_format({"text_wrap": True, "valign": "top"})
    for table in tables:
        name, line, about = map(words, TITLES[table.name])
        page = book.add_worksheet(name[:31])
        page.write_string(0, 0, fitting(name), bold)
        page.write_string(1, 0, fitting(period_said(asked, office, composer)))
        page.merge_range(2, 0, 2, max(1, len(table.columns)), fitting(about), wrapped)
        page.write_string(4, 0, fitting(line), bold)
        page.set_column(0, 0, 36)
        page.set_column(1, len(table.columns), 14)
        page.freeze_panes(5, 1)
        as_printed(page, 4, width=36 + 14 * len(table.columns))
        for at, column in enumerate(table.columns, 1):
            unit = words(N_(" (hours)")) if column in (Column.MEDIAN, Column.SLOWEST) else ""
            page.write_string(4, at, fitting(words(COLUMNS[column]) + unit), bold)
        for row, one in enumerate(table.lines, 5):
            page.write_string(row, 0, fitting(head_said(table.name, one.head, composer)))
            for at, statistic in enumerate(one.statistics, 1):
                if statistic.value is None:
                    page.write_string(row, at, "—")
                elif statistic.unit is Unit.DURATION:
                    page.write_number(row, at, round(statistic.value / 3600, 4), hours)
                else:
                    page.write_number(row, at, statistic.value, percent if statistic.unit is Unit.SHARE else None)
    book.close()
