"""How often a source usually brings something new, learned from its own history, and what is long for it. Pure.

A pause is measured in busy hours: each hour of the clock counts for as much as the share of days on which the source
brought something in that hour, working days and days off apart. So a night, a weekend or a holiday at which it never
publishes adds nothing, and a source that publishes once a week is measured by its weeks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from statistics import median

from monitor.core.model import aware

DAY = 24
EPOCH = date(1970, 1, 1).toordinal()
# A pause is long at so many times the usual one with its spread, and half as long again as the longest of late.
TIMES = 3.0
MORE_THAN_LONGEST = 1.5
# Of fifty pauses one may have been an outage of the source or of ours and teaches nothing, but never more than two.
OUTLIERS, MOST_OUTLIERS = 50, 2
ENOUGH = 3
# Less than a week shows no night, weekend or holiday for what it is.
LONG_ENOUGH = timedelta(days=7)
# The spread of ordinary values by their median deviation (the standard deviation of a normal distribution).
SPREAD = 1.4826
# With few days of one kind seen, their hours lean on those of all days by so many days.
LEANING = 3.0
SATURDAY = 5
Works = Callable[[date], bool]
# Hours are counted from the epoch in Beijing time, which is the same all the year.
AHEAD = 8


def by_weekday(day: date) -> bool:
    """Tell whether a day is worked by its weekday alone."""
    return day.weekday() < SATURDAY


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is usual: the busyness of each hour, and its pauses in busy hours (median, spread, longest)."""

    busy: tuple[float, ...]
    works: Works
    usual: float
    spread: float
    longest: float

    def pause(self, since: datetime, until: datetime) -> float:
        """Return how long a stretch of time is in busy hours."""
        begin, end = _hours(since), _hours(until)
        if end <= begin:
            return 0.0
        hours = range(int(begin), int(end) + 1)
        passed = sum(self.busy[place] for place in _places(hours[:-1], self.works))
        first, last = _places([hours[0], hours[-1]], self.works)
        return passed - self.busy[first] * (begin % 1) + self.busy[last] * (end % 1)

    @property
    def bearable(self) -> float:
        """How many busy hours of failures are no longer than its own pauses."""
        return MORE_THAN_LONGEST * self.longest

    @property
    def limit(self) -> float:
        """After how many busy hours without anything new it is silent."""
        return max(TIMES * (self.usual + self.spread), self.bearable)


def rhythm_of(arrivals: Sequence[datetime], works: Works = by_weekday) -> Rhythm | None:
    """Learn from the moments, oldest first, at which something new came; None where too few, or within a week."""
    if len(arrivals) < ENOUGH or arrivals[-1] - arrivals[0] < LONG_ENOUGH:
        return None
    marks = [_hours(at) for at in arrivals]
    hours = range(int(marks[0]), int(marks[-1]) + 1)
    places = _places(hours, works)
    busy = _busyness(places, [places[hour - hours[0]] for hour in {int(mark) for mark in marks}])
    passed = list(accumulate((busy[place] for place in places), initial=0.0))
    found = [passed[int(mark) - hours[0]] + busy[places[int(mark) - hours[0]]] * (mark % 1) for mark in marks]
    pauses = sorted(later - earlier for earlier, later in pairwise(found))
    usual = median(pauses)
    spread = SPREAD * median(abs(pause - usual) for pause in pauses)
    longest = pauses[-1 - min(MOST_OUTLIERS, len(pauses) // OUTLIERS)]
    return Rhythm(busy, works, usual, spread, longest)


def _busyness(places: Sequence[int], filled: Sequence[int]) -> tuple[float, ...]:
    """Return for each kind of hour the share of such hours in which something came."""
    seen, came = Counter(places), Counter(filled)
    found = []
    for place in range(2 * DAY):
        other = (place + DAY) % (2 * DAY)
        days = seen[place] + seen[other]
        share = (came[place] + came[other]) / days if days else len(filled) / len(places)
        found.append((came[place] + LEANING * share) / (seen[place] + LEANING))
    return tuple(found)


def _hours(at: datetime) -> float:
    return aware(at).timestamp() / 3600 + AHEAD


def _places(hours: Iterable[int], works: Works) -> list[int]:
    """Return which kind of hour each is: 0 to 23 of a day off, 24 to 47 of a working day."""
    days: dict[int, int] = {}
    found = []
    for hour in hours:
        day, of_day = divmod(hour, DAY)
        if day not in days:
            days[day] = DAY * works(date.fromordinal(EPOCH + day))
        found.append(days[day] + of_day)
    return found
