"""The moments of a deadline at which its people are told: shares of its time, spans before and after the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.core.duties.deadlines import Running
from monitor.core.duties.keeping import last_kept
from monitor.core.duties.obligations import Obligation
from monitor.core.model import AlertReason

MINUTE = timedelta(minutes=1)


class Point(NamedTuple):
    """A moment at which people are told: its name, the moment, and whether it stops once somebody acts."""

    name: str
    at: datetime
    reason: AlertReason
    page: bool = True
    until_acted_since: datetime | None = None

    def silenced_by(self, acts: Iterable[datetime]) -> bool:
        """Tell whether a person had acted by then since the moment that this point nags about."""
        since = self.until_acted_since
        return since is not None and any(since <= at <= self.at for at in acts)

    def silenced(self, acted_at: datetime | None) -> bool:
        """Tell whether a person has acted since the moment that this point nags about."""
        return self.until_acted_since is not None and acted_at is not None and acted_at >= self.until_acted_since


@last_kept
def points(deadline: Running, obligation: Obligation) -> Iterator[Point]:
    """Yield all moments of a deadline, unordered: shares, spans before, the end, spans after, repeats until acted."""
    reminders, due_at = obligation.reminders, deadline.due_at
    running = due_at - deadline.started_at - deadline.paused
    for share in reminders.shares:
        at = deadline.started_at + deadline.paused + running * share
        yield Point(f"share:{share:g}", at, AlertReason.REMINDER, page=False)
    for span in reminders.before:
        yield Point(f"before:{minutes(span)}m", due_at - span, AlertReason.REMINDER)
    # The next turn of a duty that people know of opens untold, so nobody is asked to take note of it. A policy has its
    # own way of going on until somebody acts.
    told = obligation.every is None or deadline.ordinal == 1
    nags = reminders.until_acknowledged if told and deadline.policy is None else ()
    for n, span in enumerate(nags, 1):
        if deadline.opened_at + span < due_at:
            since = deadline.opened_at
            yield Point(f"again:{n}", since + span, AlertReason.OPENED, until_acted_since=since)
    yield Point("due", due_at, AlertReason.DUE)
    for span in reminders.overdue:
        yield Point(f"overdue:{minutes(span)}m", due_at + span, AlertReason.OVERDUE, until_acted_since=due_at)


def minutes(span: timedelta) -> int:
    """Return a span in whole minutes."""
    return span // MINUTE
