"""From the real archive to the course of a year: kinds, tolls and spans are kept, no title, place or day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.beijing import local
from tests.year.course import Happening, Toll, share

YEAR, WEEKS = 2023, 52
A_WEEK = 7 * 24 * 60
# So far the weeks are turned round; weekdays and times of day stay.
TURNED = 17
MOST_REPORTS = 6
MOST_FIRST_DAYS = 2
KINDS = {
    "道路交通": "road", "火灾": "fire", "洪涝/山洪": "flood", "煤矿": "coal_mine", "滑坡泥石流": "landslide",
    "危险化学品": "chemical", "坍塌": "collapse", "台风/大风": "wind", "建筑施工": "construction",
    "水上交通": "water_transport", "非煤矿山": "mine", "航空": "aviation", "烟花爆竹": "fireworks", "燃气": "gas",
    "特种设备": "special_equipment", "地震": "earthquake", "铁路": "rail", "踩踏": "stampede",
}  # fmt: skip
# What the archive calls something else is given a sort that fits its toll: up to so many dead.
OTHERS = ((4, "drowning"), (9, "poisoning"), (10_000, "collapse"))
# By its numbers everybody would know one of the gravest: they are told smaller from here on, in the same order.
PLAIN, SQUEEZED = 30, 10
# How many of a class of decoys are kept: as many as a bureau would read without losing patience with the examples.
KEPT_DECOYS = 0.34
_NUMBER = r"(\d+)"
SAID = {
    "deaths": (rf"{_NUMBER}人?(?:已?死亡|遇难|身亡|丧生|死)", rf"(?:死亡|遇难)(?:人数)?(?:升至|增至|达)?{_NUMBER}"),
    "missing": (rf"{_NUMBER}人?(?:失联|失踪|下落不明)", rf"(?:失联|失踪)(?:人数)?(?:升至|增至)?{_NUMBER}"),
    "trapped": (rf"{_NUMBER}人?(?:被困|被埋|遇险)",),
    "injured": (rf"{_NUMBER}人?(?:受?伤|轻伤|重伤)",),
}  # fmt: skip


def course_of(shared: Path) -> list[Happening]:
    """Return the course of the archive's year in the folder `shared`, in the order of time."""
    folder = shared / "data" / "weibo-hot"
    events = [one for one in _lines(folder / "gold_events.jsonl") if _seen(one).year == YEAR]
    decoys = [one for one in _lines(folder / "decoys.jsonl") if _seen(one).year == YEAR]
    kept = (one for n, one in enumerate(decoys) if share("decoy", n) < KEPT_DECOYS)
    found = [*map(_incident, events), *map(_decoy, kept)]
    return sorted((one for one in found if one.minute < WEEKS * A_WEEK), key=lambda one: (one.minute, one.kind))


def toll(title: str) -> dict[str, int]:
    """Return the numbers that a title states, read in the simplest way: the course wants no more."""
    found = {}
    for name, patterns in SAID.items():
        told = next((match for pattern in patterns if (match := re.search(pattern, title))), None)
        if told is not None:
            found[name] = smaller(int(told[1]))
    return found


def smaller(number: int) -> int:
    """Return a number as the course tells it."""
    return number if number <= PLAIN else PLAIN + (number - PLAIN + SQUEEZED - 1) // SQUEEZED


def _incident(event: Mapping[str, Any]) -> Happening:
    first = _seen(event)
    reports = {first: toll(event["first_title"])}
    for one in event["titles"]:
        if 0 <= (one["days_after_first"] or 0) <= MOST_FIRST_DAYS:
            reports.setdefault(_seen(one), {}).update(toll(one["title"]))
    tolls = list(_steps(first, reports, event))
    kind = KINDS.get(event["event_type"]) or next(kind for most, kind in OTHERS if (event["final_deaths"] or 0) <= most)
    return Happening(_turned(first), kind, tuple(tolls))


def _steps(first: datetime, reports: Mapping[datetime, dict[str, int]], event: Mapping[str, Any]) -> Iterator[Toll]:
    """Yield a report for each step of the toll, and the last one. A part of the toll alone is no step."""
    steps: list[tuple[int, dict[str, int]]] = []
    for at in sorted(reports):
        if reports[at].get("deaths", PLAIN**2) < max((said.get("deaths", 0) for _, said in steps), default=0):
            continue
        if not steps or reports[at].items() - steps[-1][1].items():
            steps.append((round((at - first) / timedelta(minutes=1)), reports[at]))
    last = {"deaths": event["final_deaths"], "missing": event["final_missing"]}
    known = {name: smaller(value) for name, value in last.items() if value is not None and (value or name == "deaths")}
    kept = steps[:MOST_REPORTS]
    if known.get("deaths") != kept[-1][1].get("deaths"):
        kept.append((kept[-1][0] + 60 + round(300 * share("last", first)), known))
    for after, said in kept:
        yield Toll(after=after, **said)


def _decoy(one: Mapping[str, Any]) -> Happening:
    said = one["toll_in_title"]
    tolls = (Toll(0, deaths=smaller(said) if isinstance(said, int) else None),)
    return Happening(_turned(_seen(one)), "decoy", tolls, one["reason"])


def _turned(at: datetime) -> int:
    """Return the minute of the made-up year; the archive's own minute is that of its crawl and says nothing."""
    begin = local(at).replace(month=1, day=2, hour=0, minute=0, second=0, microsecond=0)
    hours = (local(at) - begin) // timedelta(hours=1)
    minute = hours * 60 + int(60 * share("minute", at))
    return minute if minute < 0 else (minute + TURNED * A_WEEK) % (WEEKS * A_WEEK)


def _seen(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(one["first_seen"])


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)
