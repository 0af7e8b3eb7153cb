"""When the second reader may be asked: not while its endpoint fails again and again, nor before it wants to be. Pure.

All of it follows from the stored requests, so that processes share it and a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.alerting import AlertDraft, trouble_alert
from monitor.core.second.opinion import PastRequest, RequestOutcome

OPENS_AT = 5.0
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WISH = timedelta(hours=6)
AGAIN = timedelta(hours=24)
# So many requests tell whether it is open: enough for a row of answers that cannot be read.
LOOKED_AT = 40
GOOD = frozenset({RequestOutcome.ANSWERED, RequestOutcome.DECLINED})
# A single item can make a model ramble; the endpoint is at fault only where many do.
HARDLY: Mapping[RequestOutcome, float] = {
    RequestOutcome.UNREADABLE: 0.25,
    RequestOutcome.CUT_SHORT: 0.25,
    RequestOutcome.TOO_LARGE: 0.25,
    RequestOutcome.FORM_UNKNOWN: 0.0,
    RequestOutcome.BROKEN_OFF: 0.0,
}


class Point(StrEnum):
    """What people are told of the second reader."""

    DOWN = "second_reader:down"
    OVER = "second_reader:over"


@dataclass(frozen=True, slots=True)
class Circuit:
    """Whether the endpoint is cut off, and until when nothing is asked; then one request tries it."""

    is_open: bool = False
    until: datetime | None = None
    said: str = ""

    def rests(self, now: datetime) -> bool:
        """Tell whether nothing is to be asked at `now`."""
        return self.until is not None and now < self.until


@dataclass(frozen=True, slots=True)
class Told:
    """What people were last told."""

    id: int
    point: Point
    at: datetime


def circuit_of(requests: Sequence[PastRequest]) -> Circuit:
    """Return how it stands after the `requests`, newest first; one that was answered closes it."""
    if not requests:
        return Circuit()
    faults = 0.0
    said = ""
    for request in requests:
        if request.outcome in GOOD:
            break
        # What a model rambles may be what an item told it to say: people are not shown it in our name.
        said = said or ("" if request.outcome in HARDLY else request.said)
        faults += HARDLY.get(request.outcome, 1.0)
    newest = requests[0]
    wished = None if newest.retry_at is None else min(newest.retry_at, newest.ended_at + LONGEST_WISH)
    if faults < OPENS_AT:
        return Circuit(until=wished)
    doublings = min(int(faults - OPENS_AT), 8)
    rest = newest.ended_at + min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))
    return Circuit(is_open=True, until=max(rest, wished or rest), said=said)


def alert_of(circuit: Circuit, last: Told | None, host: str, now: datetime) -> AlertDraft | None:
    """Return what people are to be told now, or None: once that it fails, again each day, and when that is over."""
    running = last is not None and last.point is Point.DOWN
    if circuit.is_open:
        if running and last is not None and now - last.at < AGAIN:
            return None
        point = Point.DOWN
    elif running:
        point = Point.OVER
    else:
        return None
    detail = {"host": host, "said": circuit.said or "—"}
    # It follows the last one, so that of several processes one makes it.
    return trouble_alert(f"{point}:{last.id if last else 0}", point, now, page=False, detail=detail)
