"""What becomes of deadlines when a merge is undone: each goes on where it ran before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from monitor.core.duties import alerting
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.model import DeadlineState


def taken_back(of_source: Iterable[Deadline], running: Collection[int], now: datetime) -> Iterator[Step]:
    """Yield those that ran before the merge, unmoved; what they missed meanwhile is reviewed."""
    for one in of_source:
        if one.id in running and one.state is DeadlineState.SUPERSEDED:
            again = replace(one, state=DeadlineState.OPEN, settled_at=None, watched_until=now, check_at=now)
            change = Transition(one.obligation_id, one.ordinal, one.state, again.state, Cause.UNDONE, now)
            yield Step(again, (change,), (alerting.runs_again(again, "undone", now),))


def given_up(of_target: Iterable[Deadline], known: Collection[int], now: datetime) -> Iterator[Step]:
    """Yield those that came with the merge, withdrawn; the review opens again what the matter owes by itself."""
    for one in of_target:
        if one.id not in known and one.live:
            ended = replace(one, state=DeadlineState.WITHDRAWN, check_at=None, settled_at=now)
            change = Transition(one.obligation_id, one.ordinal, one.state, ended.state, Cause.UNDONE, now)
            yield Step(ended, (change,))
