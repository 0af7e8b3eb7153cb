"""What becomes of running deadlines when their matter is merged into another: none ends by that alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.model import DeadlineState

ANSWERED = (DeadlineState.MET, DeadlineState.MET_LATE)


def carried_over(running: Iterable[Deadline], standing: Iterable[Deadline], into: int, now: datetime) -> Iterator[Step]:
    """Yield the live ones of `running`, as deadlines of the matter `into`, whose duty is neither live nor met there.

    `standing` are the deadlines of `into` after its own review. The review that follows asks a person about those that
    the facts of `into` do not support.
    """
    latest: dict[str, Deadline] = {}
    for deadline in sorted(standing, key=lambda d: d.ordinal):
        latest[deadline.obligation_id] = deadline
    # Of the turns of a recurring duty the newest goes on.
    for deadline in sorted(running, key=lambda d: d.ordinal, reverse=True):
        there = latest.get(deadline.obligation_id)
        if not deadline.live or (there is not None and (there.live or there.state in ANSWERED)):
            continue
        ordinal = deadline.ordinal if there is None else there.ordinal + 1
        moved = replace(deadline, id=None, matter_id=into, ordinal=ordinal)
        latest[moved.obligation_id] = moved
        yield Step(moved, (Transition(moved.obligation_id, ordinal, None, moved.state, Cause.MERGED, now),))
