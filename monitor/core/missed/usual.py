"""Which incidents a group of sources usually carries, measured over those before; Pure counting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.missed.facts import Happening
from monitor.core.model import Severity

# A share is only a habit where it was seen often enough.
FEWEST = 8
USUAL = 0.8
# What is compared: kind, grade and whether it is ours; where too few are alike, without the kind, then by grade alone.
Cell = tuple[str | None, int, bool | None]


@dataclass(frozen=True, slots=True)
class Habit:
    """How many of `alike` incidents a group carried within as long as it had for this one; by what they were alike."""

    group: str
    carried: int
    alike: int
    cell: Cell

    @property
    def share(self) -> float:
        """The part that it carried."""
        return self.carried / self.alike


class Habits:
    """What each group carried of the incidents before."""

    def __init__(self, before: Iterable[Happening]) -> None:
        self._alike: dict[Cell, int] = defaultdict(int)
        self._waits: dict[tuple[Cell, str], list[timedelta]] = defaultdict(list)
        for happening in before:
            for cell in cells(happening):
                self._alike[cell] += 1
                for group, at in happening.carried.items():
                    self._waits[cell, group].append(at - happening.opened_at)

    def silent(self, happening: Happening, groups: Mapping[str, int], now: datetime) -> list[Habit]:
        """Return the groups that usually carry such an incident by the age it has now, and did not carry this one.

        Those before had weeks to be carried by everybody; what counts is who had carried them when they were as old.
        """
        cell = next((cell for cell in cells(happening) if self._alike[cell] >= FEWEST), None)
        if cell is None:
            return []
        age = now - happening.opened_at
        counts = {group: sum(wait <= age for wait in self._waits.get((cell, group), ())) for group in sorted(groups)}
        habits = (Habit(group, carried, self._alike[cell], cell) for group, carried in counts.items())
        return [habit for habit in habits if habit.group not in happening.carried and habit.share >= USUAL]


def cells(happening: Happening) -> Iterator[Cell]:
    """Yield with what an incident is compared, the most alike first."""
    grade = graded(happening.severity)
    yield happening.kind, grade, happening.ours
    yield happening.kind, grade, None
    yield None, grade, happening.ours
    yield None, grade, None


def graded(severity: Severity | None) -> int:
    """Return the grade as it is compared: those from MAJOR on are too rare to be told apart."""
    return 0 if severity is None else min(severity.value, Severity.MAJOR.value)
