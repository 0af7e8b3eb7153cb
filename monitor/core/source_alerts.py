"""When people are told that the sources see nothing: most of them fail, or one that counts is blind. Pure.

One alert names all. It is told once, again each day while it lasts and when others join, and when it is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.alerting import AlertDraft, trouble_alert
from monitor.core.source_health import SourceFacts, Trouble, is_blind, trouble_of

# Beside single sources, which fail every day: so many at once mean that the way out is closed.
MANY = 0.5
AGAIN = timedelta(hours=24)
# Sources that fail one after another, or come and go, are told of together.
GATHERED = timedelta(hours=1)


class Point(StrEnum):
    """What such an alert says."""

    MOST = "sources:most"
    BLIND = "sources:blind"
    OVER = "sources:over"


@dataclass(frozen=True, slots=True)
class Told:
    """The last alert about sources: its number, what it said, the sources that it named."""

    id: int
    point: Point
    at: datetime
    source_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Blindness:
    """How it stands: the sources to be named, and whether they are most of `all`."""

    source_ids: tuple[str, ...]
    most: bool
    all: int


def blindness(sources: Sequence[SourceFacts], important: Collection[str], now: datetime) -> Blindness:
    """Say which sources people must be told of; `important` are those whose word counts most."""
    troubles = [(source, trouble) for source in sources if (trouble := trouble_of(source, now)) is not None]
    failing = [source.id for source, trouble in troubles if trouble.trouble is not Trouble.SILENT]
    if failing and len(failing) >= MANY * len(sources):
        return Blindness(tuple(sorted(failing)), most=True, all=len(sources))
    blind = (source.id for source, trouble in troubles if source.id in important and is_blind(source, trouble, now))
    return Blindness(tuple(sorted(blind)), most=False, all=len(sources))


def alert_of(found: Blindness, last: Told | None, names: Sequence[str], now: datetime) -> AlertDraft | None:
    """Return the alert that is to be made now, or None; `names` are those of the sources that `found` names."""
    point = point_of(found, last, now)
    if point is None:
        return None
    detail = {
        "ids": " ".join(found.source_ids),
        "failing": str(len(found.source_ids)),
        "all": str(found.all),
        "names": ", ".join(names),
    }
    # It follows the last one, so that of several processes one makes it.
    return trouble_alert(f"{point}:{last.id if last else 0}", point, now, page=point is Point.MOST, detail=detail)


def point_of(found: Blindness, last: Told | None, now: datetime) -> Point | None:
    """Say what people are to be told now, or None where they know."""
    running = last is not None and last.point is not Point.OVER
    if not found.source_ids:
        return Point.OVER if running else None
    point = Point.MOST if found.most else Point.BLIND
    if last is None:
        return point
    if found.most and last.point is Point.BLIND:
        return point
    since = now - last.at
    if last.point is Point.OVER:
        return point if since >= GATHERED else None
    joined = set(found.source_ids) - last.source_ids
    if last.point is Point.MOST and found.most:
        return point if since >= AGAIN else None
    return point if since >= AGAIN or (joined and since >= GATHERED) else None
