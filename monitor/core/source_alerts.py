"""When people are told that the sources see nothing: most of them fail, or some are blind. Pure.

One alert names all. Each source is told of once while it lasts, and once when it is well again; those that count most
are named again each day. Of the others nobody is told at night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.core.beijing import local
from monitor.core.duties.alerting import AlertDraft, trouble_alert
from monitor.core.fetched import Outcome
from monitor.core.rhythm import Works, by_weekday
from monitor.core.source_health import RESTING, SourceFacts, is_blind, trouble_of
from monitor.core.sources import FailureKind

# Beside single sources, which fail every day: so many at once mean that the way out is closed.
MANY = 0.5
AGAIN = timedelta(hours=24)
# Sources that fail one after another, or come and go, are told of together.
GATHERED = timedelta(hours=1)
# When people hear of a source that does not count most; Beijing time.
MORNING, EVENING = time(7), time(22)


class Point(StrEnum):
    """What such an alert says."""

    MOST = "sources:most"
    BLIND = "sources:blind"
    BACK = "sources:back"
    OVER = "sources:over"


# Apart from the others: it lasts until a person does something, and nobody can do it at night.
REFUSED = "sources:refused"


@dataclass(frozen=True, slots=True)
class Told:
    """The last alert about sources: its number, what it said, the sources that it named."""

    id: int
    point: Point
    at: datetime
    source_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Blindness:
    """How it stands: the sources to be named, which of them count most, and whether they are most of `all`.

    `hosts` are the failing hosts of those sources that wait for one.
    """

    source_ids: tuple[str, ...]
    most: bool
    all: int
    important: frozenset[str] = frozenset()
    hosts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What people are told now: those that are named, and all whose trouble they then know of."""

    point: Point
    named: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def blindness(
    sources: Sequence[SourceFacts], important: Collection[str], now: datetime, works: Works = by_weekday
) -> Blindness:
    """Say which sources people must be told of; `important` are those whose word counts most."""
    troubles = [(source, trouble) for source in sources if (trouble := trouble_of(source, now, works)) is not None]
    hosts = {source.id: trouble.host for source, trouble in troubles if trouble.host}
    failing = [source.id for source, trouble in troubles if trouble.trouble not in RESTING]
    if failing and len(failing) >= MANY * len(sources):
        return Blindness(tuple(sorted(failing)), most=True, all=len(sources), hosts=hosts)
    blind = {source.id for source, trouble in troubles if is_blind(source, trouble, now, works)}
    # A host that fails is told of once, for all its sources, as soon as one of them has been away for too long.
    dark = {hosts[one] for one in blind if one in hosts}
    blind |= {one for one, host in hosts.items() if host in dark}
    weighty = frozenset(important) & blind
    return Blindness(tuple(sorted(blind)), most=False, all=len(sources), important=weighty, hosts=hosts)


def alert_of(news: News, last: Told | None, all_sources: int, names: Sequence[str], now: datetime) -> AlertDraft:
    """Return the alert that tells the news; `names` are those of the sources that it names."""
    detail = {
        "ids": " ".join(news.known),
        "failing": str(len(news.named)),
        "all": str(all_sources),
        "names": ", ".join(names),
    }
    # It follows the last one, so that of several processes one makes it.
    page = news.point is Point.MOST
    return trouble_alert(f"{news.point}:{last.id if last else 0}", news.point, now, page=page, detail=detail)


def news_of(found: Blindness, last: Told | None, now: datetime) -> News | None:
    """Say what people are to be told now, or None where they know or may sleep."""
    running = last is not None and last.point is not Point.OVER
    if not found.source_ids:
        return News(Point.OVER) if running else None
    if found.most:
        return News(Point.MOST, found.source_ids, found.source_ids) if _tells_most(last, now) else None
    told = last.source_ids if last is not None and running else frozenset()
    joined = frozenset(found.source_ids) - told
    gathered = last is None or now - last.at >= GATHERED
    awake = MORNING <= local(now).time() < EVENING
    if gathered and joined and (awake or joined & found.important):
        return _blind(found, told)
    if last is not None and running and now - last.at >= AGAIN and found.important:
        return _blind(found, told)
    ended = tuple(sorted(told - set(found.source_ids)))
    if gathered and ended and awake:
        return News(Point.BACK, ended, tuple(sorted(told & set(found.source_ids))))
    return None


def titles(named: Sequence[str], names: Mapping[str, str], hosts: Mapping[str, str]) -> list[str]:
    """Return what people read for the sources that are named: each by its name, those of a failing host as one."""
    number = Counter(hosts[one] for one in named if one in hosts)
    read = (f"{hosts[one]} ({number[hosts[one]]})" if one in hosts else names.get(one, one) for one in named)
    return list(dict.fromkeys(read))


def is_refused(source: SourceFacts) -> bool:
    """Tell whether a source is not fetched because its site's robots.txt does not allow it."""
    return source.outcome == Outcome.FAILED and source.reason == FailureKind.ROBOTS


def refused_now(refused: Collection[str], told: Collection[str], last_at: datetime | None, now: datetime) -> bool:
    """Tell whether people are to be told now of refused sources: once of each, by day, several together."""
    gathered = last_at is None or now - last_at >= GATHERED
    return gathered and MORNING <= local(now).time() < EVENING and not set(refused) <= set(told)


def refused_alert(refused: Collection[str], last_id: int, names: Sequence[str], now: datetime) -> AlertDraft:
    """Return the alert that names the refused sources."""
    detail = {"ids": " ".join(sorted(refused)), "names": ", ".join(names)}
    return trouble_alert(f"{REFUSED}:{last_id}", REFUSED, now, page=False, detail=detail)


def _tells_most(last: Told | None, now: datetime) -> bool:
    if last is None or last.point is Point.BLIND:
        return True
    return now - last.at >= (AGAIN if last.point is Point.MOST else GATHERED)


def _blind(found: Blindness, told: frozenset[str]) -> News:
    """Name those that are new first; one that is well again by now stays known until that is told."""
    named = sorted(found.source_ids, key=lambda name: (name in told, name not in found.important, name))
    return News(Point.BLIND, tuple(named), tuple(sorted(told | set(found.source_ids))))
