"""The course of an incident as a small drawing: the duties as bars against time, the moments as dots on them.

Only numbers are made here; the template draws them, and the tables beside it say the same. Minutes count as much as
days here, so the axis is logarithmic: what happens in the first hour has room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.aftermath.courses import Aftermath, Course
from monitor.core.aftermath.stretches import Milestone

# In the drawing's own units: a phone shows one as about one pixel.
LEFT, RIGHT = 8, 352
TOP, LANE = 30, 34
SCALE = timedelta(minutes=10)
MOST_LANES = 8
TICKS = (
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=5),
    timedelta(hours=24),
    timedelta(hours=48),
    timedelta(days=7),
    timedelta(days=30),
)
_ROOM = 46


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis: so long after the beginning."""

    x: float
    span: timedelta


@dataclass(frozen=True, slots=True)
class Dot:
    """A moment on a duty's bar; `number` is that of its line in the legend."""

    x: float
    milestone: Milestone
    number: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One duty: its time as a bar up to its end, what it took beyond, and the moments."""

    y: float
    course: Course
    x: float
    width: float
    over_x: float
    over_width: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewChart:
    """What the template draws; `more` duties found no room. `legend` are the moments in the order of their numbers."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    legend: tuple[Milestone, ...]
    since: datetime
    height: int
    more: int


def review_chart(found: Aftermath) -> ReviewChart | None:
    """Lay the duties of an incident out over time; None where there is none."""
    courses = sorted(found.courses, key=lambda one: (one.deadline.due_at, one.deadline.id))[:MOST_LANES]
    if not courses:
        return None
    since = min(one.deadline.started_at for one in courses)
    until = max(max(one.until, one.deadline.due_at) for one in courses)
    whole = max(until - since, SCALE)
    ends = {part.ends for one in courses for part in one.stretches if part.span}
    legend = tuple(one for one in Milestone if one in ends and one is not Milestone.END)
    numbers: dict[Milestone, int] = {milestone: n for n, milestone in enumerate(legend, 1)}
    return ReviewChart(
        lanes=tuple(_lane(n, one, since, whole, numbers) for n, one in enumerate(courses)),
        ticks=tuple(_ticks(whole)),
        legend=legend,
        since=since,
        height=TOP + LANE * len(courses) + 8,
        more=len(found.courses) - len(courses),
    )


def place(span: timedelta, whole: timedelta) -> float:
    """Return where a moment stands, so long after the beginning; within the drawing whatever it is."""
    share = math.log1p(max(span, timedelta(0)) / SCALE) / math.log1p(whole / SCALE)
    return round(LEFT + (RIGHT - LEFT) * min(share, 1.0), 1)


def _ticks(whole: timedelta) -> Sequence[Tick]:
    found: list[Tick] = []
    for span in TICKS:
        x = place(span, whole)
        if span < whole and x <= RIGHT - _ROOM and (not found or x - found[-1].x >= _ROOM):
            found.append(Tick(x, span))
    return found


def _lane(n: int, course: Course, since: datetime, whole: timedelta, numbers: dict[Milestone, int]) -> Lane:
    one = course.deadline
    start, due, until = (place(at - since, whole) for at in (one.started_at, one.due_at, course.until))
    dots = [
        Dot(place(part.until - since, whole), part.ends, numbers[part.ends])
        for part in course.stretches
        if part.span and part.ends in numbers
    ]
    return Lane(
        y=TOP + LANE * n,
        course=course,
        x=start,
        width=round(max(due - start, 1.0), 1),
        over_x=due,
        over_width=round(max(until - due, 0.0), 1),
        dots=tuple(dots),
    )
