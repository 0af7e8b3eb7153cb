"""Reckon a period's statistics for whichever door asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.core.beijing import instant, local
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.duties.terms import months_after
from monitor.core.errors import N_, Mistake
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.reckoned import Table
from monitor.core.statistics.tables import tables
from monitor.store import statistics
from monitor.store.database import Database

A_DAY = timedelta(days=1)
LONGEST = timedelta(days=366 * 5)
_PERIOD = re.compile(r"((?:19|20|21)\d\d)(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class PeriodUpsideDown(Mistake):
    """A period ends before it begins."""

    message = N_("The period ends on {last}, before it begins on {first}. Exchange the days.")


class PeriodTooLong(Mistake):
    """A period is longer than can be reckoned while somebody waits."""

    message = N_("From {first} to {last} are more than five years. Ask for the years one by one.")


class UnreadablePeriod(Mistake):
    """A bound is no day, a year no year."""

    message = N_("{value} is neither a day, a month nor a year. Write 2026-07-09, 2026-07 or 2026.")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Reads facts and reckons; `rules` say which ranks there are."""

    database: Database
    rules: ConferenceRules

    def tables(self, asked: Asked) -> tuple[Table, ...]:
        """Return all tables of a period."""
        with self.database.read() as connection:
            found = statistics.facts(connection, asked)
        return tables(found, asked, self.rules)

    def offices(self) -> Mapping[str, str]:
        """Return the names of the offices that statistics can be asked of."""
        with self.database.read() as connection:
            return dict(statistics.offices(connection))


def period(first: str, last: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of a period named by days, months or years, the last one included.

    Without a beginning it is the current Beijing year, without an end it lasts until now. Raise UnreadablePeriod,
    PeriodUpsideDown or PeriodTooLong.
    """
    today = local(now).date()
    begins = _bounds(first)[0] if first.strip() else date(today.year, 1, 1)
    ends = _bounds(last)[1] if last.strip() else today
    if ends < begins:
        raise PeriodUpsideDown(first=begins.isoformat(), last=ends.isoformat())
    if ends - begins > LONGEST:
        raise PeriodTooLong(first=begins.isoformat(), last=ends.isoformat())
    return instant(begins, time()).astimezone(UTC), instant(ends + A_DAY, time()).astimezone(UTC)


def _bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day that a text names."""
    named = _PERIOD.fullmatch(text.strip().replace("/", "-"))
    try:
        if named is None:
            raise UnreadablePeriod(value=text.strip()[:40])
        year, month, day = (int(part or 1) for part in named.groups())
        first = date(year, month, day)
    except ValueError:
        raise UnreadablePeriod(value=text.strip()[:40]) from None
    if named[3]:
        return first, first
    return first, (months_after(first, 1) if named[2] else date(first.year + 1, 1, 1)) - A_DAY
