"""The public talk over time as a small drawing: bars of titles, a line of places on hot lists, marks of the grades.

Only numbers are made here; the template draws them, and says the same in words and in a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.incidents.heat import Stretch
from monitor.core.incidents.wave import WaveStep
from monitor.core.model import Wave

# In the drawing's own units: a phone shows one as about one pixel.
WIDTH, LEFT, RIGHT = 360, 30, 352
RANKS_TOP, RANKS_BOTTOM = 26, 84
BARS_TOP, BARS_BOTTOM = 104, 150
LAST_RANK = 50
RANK_LINES = (1, 10, 50)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch's titles."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A stretch's best place on a hot list, or a number's place on the scale."""

    x: float
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    """When a grade of the wave was reached; the text stands on the side where there is room, if there is any."""

    x: float
    wave: Wave
    said: bool
    ends_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the template draws. `most` is the greatest number of titles in a stretch."""

    bars: tuple[Bar, ...]
    points: tuple[Point, ...]
    marks: tuple[Mark, ...]
    scale: tuple[Point, ...]
    most: int
    since: datetime
    until: datetime

    @property
    def line(self) -> str:
        """The points as a polyline draws them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def chart_of(course: Sequence[Stretch], steps: Sequence[WaveStep]) -> Chart | None:
    """Lay out a course over time; None where there is too little to see."""
    if len(course) < 2:
        return None
    since, until = course[0].at, course[-1].at + course[-1].span
    width = (RIGHT - LEFT) / len(course)
    most = max(stretch.titles for stretch in course)
    ranked = [(n, stretch.rank) for n, stretch in enumerate(course) if stretch.rank is not None]
    return Chart(
        bars=tuple(_bar(n, stretch.titles, width, most) for n, stretch in enumerate(course) if stretch.titles),
        points=tuple(Point(_round(LEFT + (n + 0.5) * width), rank_y(rank), rank) for n, rank in ranked),
        marks=tuple(_marks(steps, since, until)),
        scale=tuple(Point(LEFT, rank_y(rank), rank) for rank in RANK_LINES) if ranked else (),
        most=most,
        since=since,
        until=until,
    )


def _bar(n: int, titles: int, width: float, most: int) -> Bar:
    height = (BARS_BOTTOM - BARS_TOP) * titles / most
    return Bar(_round(LEFT + n * width + 1), _round(BARS_BOTTOM - height), _round(max(1.0, width - 2)), _round(height))


def rank_y(rank: int) -> float:
    """Return the height of a place: the first ones lie far apart, those beyond the fiftieth together."""
    share = math.log(min(max(rank, 1), LAST_RANK)) / math.log(LAST_RANK)
    return _round(RANKS_TOP + (RANKS_BOTTOM - RANKS_TOP) * share)


def _marks(steps: Sequence[WaveStep], since: datetime, until: datetime) -> list[Mark]:
    """Mark the grades reached; of texts that would lie on one another only the highest grade's is said."""
    found: list[Mark] = []
    for step in reversed(steps):
        if since <= step.at < until:
            x = _round(LEFT + (RIGHT - LEFT) * ((step.at - since) / (until - since)))
            free = all(other.x - x > WIDTH * (0.4 if other.ends_here else 0.2) for other in found if other.said)
            found.append(Mark(x, step.wave, said=free, ends_here=x > WIDTH * 0.7))
    return found[::-1]


def _round(value: float) -> float:
    return round(value, 1)
