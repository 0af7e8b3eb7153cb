"""When a deadline ends, as people read it: 24:00 of its last day, and whether that day is only an estimate."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.beijing import shown_end
from monitor.core.duties.deadlines import Deadline
from monitor.core.errors import N_
from monitor.core.views import DeadlineView
from responders.language import Words

# What is overdue for longer is counted and folded away: it is not told anew each morning.
LONG_OVERDUE = timedelta(hours=72)


def said_due(deadline: DeadlineView | Deadline, words: Words) -> str:
    """Say when a deadline ends; a day that rests on days which nobody announced yet is called an estimate."""
    due = shown_end(deadline.due_at)
    return words(N_("{due} (estimate: the year's days are not announced yet)"), due=due) if deadline.estimated else due


def said_rolled(deadline: DeadlineView | Deadline, words: Words) -> str:
    """Say from which free day an end moved on; nothing where it did not."""
    if deadline.unrolled_at is None:
        return ""
    return words(N_("moved on from a free day: {due}"), due=shown_end(deadline.unrolled_at))
