"""When people are told that a clock is wrong, and when it is right again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.duties.alerting import AlertDraft, stamp, trouble_alert
from monitor.core.engine import seconds
from monitor.core.timekeeping import ClockTrouble

OVER = "clock:over"
PAUSED = "clock:paused"
# Nobody can say which time is right: somebody has to look now. In the other cases the deadlines go by the right time.
PAGING = frozenset({ClockTrouble.STEPPED, ClockTrouble.BEHIND})
# A clock that comes and goes is told of once in this time.
GATHERED = timedelta(hours=1)
LONG_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class ToldClocks:
    """What this process has told of clocks: which troubles last, and when each was told of."""

    lasting: frozenset[ClockTrouble] = frozenset()
    told_at: Mapping[ClockTrouble, datetime] = field(default_factory=dict)


def clock_alerts(
    troubles: Mapping[ClockTrouble, timedelta], told: ToldClocks, process: str, now: datetime, *, paused: float = 0.0
) -> tuple[ToldClocks, list[AlertDraft]]:
    """Return the alerts that are to be made now, and what has been told then."""
    drafts, told_at = [], dict(told.told_at)
    for trouble, off in troubles.items():
        last = told_at.get(trouble)
        if trouble not in told.lasting and (last is None or now - last >= GATHERED):
            told_at[trouble] = now
            detail = {"seconds": seconds(off), "process": process}
            drafts.append(_draft(trouble, process, now, detail, page=trouble in PAGING))
    if told.lasting and not troubles:
        drafts.append(_draft(OVER, process, now, {"process": process}))
    if paused >= LONG_PAUSE:
        drafts.append(_draft(PAUSED, process, now, {"seconds": str(round(paused)), "process": process}))
    return ToldClocks(frozenset(troubles), told_at), drafts


def _draft(point: str, process: str, now: datetime, detail: Mapping[str, str], *, page: bool = False) -> AlertDraft:
    return trouble_alert(f"{point}:{process}:{stamp(now)}", point, now, page=page, detail=detail)
