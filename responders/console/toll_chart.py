"""The toll and the grade over time as a small drawing: a stair for each figure, a band of grades below.

Only numbers are made here; the template draws them, and the table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Severity
from monitor.core.views import StepView

# In the drawing's own units: a phone shows one as about one pixel.
LEFT, RIGHT = 30, 250
TOP, BOTTOM = 12, 116
BAND_TOP, BAND_BOTTOM = 124, 140
LEAST_SPAN = timedelta(minutes=10)
TAIL = 0.12
# Ends of stairs that lie closer than this cannot both be labelled where they end.
LABEL_HEIGHT = 11.0
ROWS: Mapping[str, tuple[str, ...]] = {"deaths": ("deaths",), "lost": ("missing", "trapped"), "injured": ("injured",)}
WIDE_ENOUGH = 46


@dataclass(frozen=True, slots=True)
class Stair:
    """A figure over time. `last` is its value now, which stands at `label_y`."""

    name: str
    points: str
    last: int
    label_y: float


@dataclass(frozen=True, slots=True)
class Band:
    """How long a grade held; `said` where the word has room."""

    x: float
    width: float
    grade: Severity
    presumed: bool
    said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TollChart:
    """What the template draws; `most` is the greatest number."""

    stairs: tuple[Stair, ...]
    bands: tuple[Band, ...]
    most: int
    since: datetime
    until: datetime


def toll_chart(steps: Sequence[StepView]) -> TollChart | None:
    """Lay the steps of an incident out over time; None where there is too little to see."""
    if len(steps) < 2:
        return None
    since, last = steps[0].at, steps[-1].at
    until = last + max((last - since) * TAIL, LEAST_SPAN)
    values = {name: [_value(step, fields) for step in steps] for name, fields in ROWS.items()}
    known = {name: row for name, row in values.items() if any(row)}
    most = max((value for row in known.values() for value in row if value is not None), default=0)
    xs = [_x(step.at, since, until) for step in steps]
    stairs = [_stair(name, row, xs, most) for name, row in known.items()]
    return TollChart(
        stairs=tuple(sorted(_apart(stairs), key=lambda one: list(ROWS).index(one.name))),
        bands=tuple(_bands(steps, xs)),
        most=most,
        since=since,
        until=until,
    )


def _value(step: StepView, fields: Sequence[str]) -> int | None:
    told = [step.figures[field] for field in fields if field in step.figures]
    return sum(told) if told else None


def _x(at: datetime, since: datetime, until: datetime) -> float:
    return round(LEFT + (RIGHT - LEFT) * ((at - since) / (until - since)), 1)


def _y(value: int, most: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / most, 1)


def _stair(name: str, row: Sequence[int | None], xs: Sequence[float], most: int) -> Stair:
    """Draw a figure from when it was first told, each value until the next one."""
    points: list[str] = []
    value = 0
    for x, told in zip(xs, row, strict=True):
        if told is None:
            continue
        if points and told != value:
            points.append(f"{x},{_y(value, most)}")
        points.append(f"{x},{_y(told, most)}")
        value = told
    points.append(f"{RIGHT},{_y(value, most)}")
    return Stair(name, " ".join(points), value, _y(value, most) + 3.5)


def _apart(stairs: Sequence[Stair]) -> Iterator[Stair]:
    """Let no number stand on another, the higher one above."""
    floor = -LABEL_HEIGHT
    for stair in sorted(stairs, key=lambda one: one.label_y):
        y = max(stair.label_y, floor + LABEL_HEIGHT)
        floor = y
        yield Stair(stair.name, stair.points, stair.last, round(y, 1))


def _bands(steps: Sequence[StepView], xs: Sequence[float]) -> Iterator[Band]:
    """Join the steps of one grade; a presumed grade stands where it is above the firm one."""
    held: list[tuple[float, Severity | None, bool]] = []
    for step, x in zip(steps, xs, strict=True):
        firm, likely = step.severity, step.likely
        presumed = likely is not None and (firm is None or likely > firm)
        grade = likely if presumed else firm
        if not held or held[-1][1:] != (grade, presumed):
            held.append((x, grade, presumed))
    for (x, grade, presumed), end in zip(held, [*(one[0] for one in held[1:]), float(RIGHT)], strict=True):
        if grade is not None:
            yield Band(x, round(max(end - x, 1.0), 1), grade, presumed, end - x >= WIDE_ENOUGH)
