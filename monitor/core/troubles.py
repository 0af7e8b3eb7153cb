"""A row that a leg cannot deal with: how often it is tried again, and what people are told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.duties.alerting import AlertDraft, stamp, trouble_alert
from monitor.core.duties.delivering import slow_pause

FAULTS = 5


def rest(faults: int) -> timedelta | None:
    """Return for how long a row is left alone after so many faults in a row; None while it is tried at every turn."""
    return None if faults < FAULTS else slow_pause(faults - FAULTS + 1)


def troubled(leg: str, row: str, said: str, since: datetime, now: datetime) -> AlertDraft:
    """Tell people once that a row is set aside: the others of its leg go on, it is tried again slowly."""
    key = f"troubled:{leg}:{row}:{stamp(since)}"
    return trouble_alert(key, f"troubled:{leg}", now, detail={"row": row, "what": said[:500]})
