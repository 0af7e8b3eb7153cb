"""What a leg cannot deal with: how often a row of it is tried again, and what people are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

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


def entries_aside(source: str, titles: Sequence[str], said: str, now: datetime, *, page: bool) -> AlertDraft:
    """Tell, once a day for each source, that entries of it could not be taken in; the others were."""
    key = f"troubled:entries:{source}:{now.astimezone(UTC):%Y%m%d}"
    detail = {"row": source, "count": str(len(titles)), "title": titles[0][:200], "what": said[:300]}
    return trouble_alert(key, "troubled:entries", now, detail=detail, page=page)
