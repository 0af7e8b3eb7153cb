"""What people did to a running deadline, applied to its start and its end.

They are facts that are only ever added. The machine reckons a start and an end; from these and the facts follows when
the deadline really starts and ends and whether it rests. In what order the facts are handed in makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.calendar import ONE_DAY, Calendar
from monitor.core.duties.terms import Term, Unit

# An end is the first instant that no longer belongs to its last day.
INSTANT = timedelta(microseconds=1)


class AdjustmentKind(StrEnum):
    """What a person did to a deadline."""

    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    RESET = "reset"
    SET_ANCHOR = "set_anchor"


# After these the time is counted from the moment that a person named.
STARTS = frozenset({AdjustmentKind.RESET, AdjustmentKind.SET_ANCHOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One thing that a person did to a deadline.

    `at` is the moment it is about: from when the time stands still or runs again, or the new start; an extension holds
    from when it was granted, by `span`. `ground` is the rule's own word for why.
    """

    kind: AdjustmentKind
    at: datetime
    decided_at: datetime
    by: str
    reason: str = ""
    ground: str = ""
    span: Term | None = None
    approver: str = ""
    notice: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class ExtendRule:
    """How far a rule lets its deadline be extended: by at most `by`, so often, with whose yes and with notice."""

    by: Term
    times: int = 1
    approver: bool = True
    notice: bool = True


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a rule counts: its own term, and the calendar that its days are days of.

    `turn_ends` tells the end that belongs to a start where the rule recurs, which may be a fixed time of day.
    """

    due: Term
    calendar: Calendar
    turn_ends: Callable[[datetime], datetime] | None = None

    def end(self, started_at: datetime) -> datetime:
        """Return the end that belongs to a start."""
        return self.due.end(started_at, self.calendar).at if self.turn_ends is None else self.turn_ends(started_at)

    def extended(self, end: datetime, by: Term) -> datetime:
        """Return an end that is put off by a term: its days are counted from the last day that it had."""
        if by.clocked:
            return by.end(end, self.calendar).at
        return replace(by, roll=self.due.roll).end(end - INSTANT, self.calendar).at

    def put_off(self, end: datetime, since: datetime, until: datetime) -> datetime:
        """Return an end from which the time between two moments is not counted.

        A rule that counts in days leaves whole days out, the one on which the time came to stand still not among them;
        one in working days only those that are worked.
        """
        if self.due.clocked:
            return end + (until - since)
        first, last = self.calendar.day_of(since), self.calendar.day_of(until)
        left_out = (last - first).days
        unit = Unit.DAY
        if self.due.unit is Unit.WORKING_DAY:
            unit = Unit.WORKING_DAY
            left_out = sum(self.calendar.is_working(first + n * ONE_DAY) for n in range(1, left_out + 1))
        return self.extended(end, Term(left_out, unit)) if left_out else end


@dataclass(frozen=True, slots=True)
class Adjusted:
    """When a deadline starts and ends after all that people did.

    `plain_due_at` is the end without pauses and extensions, `paused` what the pauses that are over added. One that
    rests since `paused_since` ends at `due_at` at the earliest: the pause that still goes on is not in it.
    """

    started_at: datetime
    plain_due_at: datetime
    due_at: datetime
    paused: timedelta = timedelta(0)
    paused_since: datetime | None = None
    restarted: bool = False


def adjusted(
    started_at: datetime, plain_due_at: datetime, reckoning: Reckoning, adjustments: Iterable[Adjustment]
) -> Adjusted:
    """Apply what people did to the start and the end that were reckoned without it.

    A start that a person named replaces the reckoned one. A reset begins the time anew, so that what was granted
    before it is used up; a pause that begins only after the end changes nothing.
    """
    made = in_order(adjustments)
    begun = next((one for one in reversed(made) if one.kind in STARTS), None)
    start = started_at if begun is None else begun.at
    plain = plain_due_at if start == started_at else reckoning.end(start)
    due, paused, since = plain, timedelta(0), None
    for one in of_this_turn(made):
        if one.kind is AdjustmentKind.EXTEND and one.span is not None:
            due = reckoning.extended(due, one.span)
    for began, ended in _pauses(made, start):
        if began >= due:
            continue
        if ended is None:
            since = began
            continue
        later = reckoning.put_off(due, began, ended)
        due, paused = later, paused + (later - due)
    return Adjusted(start, plain, due, paused, since, restarted=begun is not None)


def in_order(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Return adjustments in the order in which they were decided."""
    return sorted(adjustments, key=lambda one: (one.decided_at, one.id, one.at, one.kind))


def of_this_turn(made: Sequence[Adjustment]) -> Sequence[Adjustment]:
    """Return what was decided since the time last began anew; `made` is in order."""
    resets = [n for n, one in enumerate(made) if one.kind is AdjustmentKind.RESET]
    return made[resets[-1] + 1 :] if resets else made


def _pauses(made: Sequence[Adjustment], start: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield each pause as far as it lies after the start; None ends the one that still goes on."""
    since: datetime | None = None
    for one in made:
        if one.kind is AdjustmentKind.PAUSE and since is None:
            since = one.at
        elif one.kind in (AdjustmentKind.RESUME, AdjustmentKind.RESET) and since is not None:
            if max(since, start) < one.at:
                yield max(since, start), one.at
            since = None
    if since is not None:
        yield max(since, start), None
