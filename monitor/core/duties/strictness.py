"""Which of two terms ends sooner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from monitor.core.duties.calendar import Calendar
from monitor.core.duties.terms import Term

# Terms of different units are tried from starts all over this span: long holidays, make-up days and leap day in it.
FIRST_START = datetime(2023, 12, 1, 1, tzinfo=UTC)
STARTS = 500
BETWEEN = timedelta(hours=19)


class Compared(StrEnum):
    """How one term stands to another; mixed where now the one, now the other ends sooner."""

    STRICTER = "stricter"
    SAME = "same"
    LOOSER = "looser"
    MIXED = "mixed"


def compare(term: Term, other: Term, calendar: Calendar, others: Calendar) -> Compared:
    """Tell whether `term` ends sooner than `other`, wherever both begin."""
    if term == other and calendar.name == others.name:
        return Compared.SAME
    starts = [FIRST_START] if term.clocked and other.clocked else [FIRST_START + n * BETWEEN for n in range(STARTS)]
    ends = [(term.end(start, calendar).at, other.end(start, others).at) for start in starts]
    sooner, later = any(one < two for one, two in ends), any(one > two for one, two in ends)
    if sooner and later:
        return Compared.MIXED
    return Compared.STRICTER if sooner else Compared.LOOSER if later else Compared.SAME
