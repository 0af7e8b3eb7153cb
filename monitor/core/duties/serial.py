"""What makes one obligation several deadlines in a row, and how long a change of grade counts. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Level, ResponseKind, Severity


@dataclass(frozen=True, slots=True)
class Every:
    """When a duty recurs: every `step`, or at `at` on each day, or at `at` on the `days` of each month.

    A day of the month that a month lacks is its last. The first turn comes no sooner than `after` the start; no turn
    ends later than `within` after it; one of `until`, once logged, ends the duty.
    """

    step: Term | None = None
    at: tuple[time, ...] = ()
    days: tuple[int, ...] = ()
    after: Term | None = None
    within: Term | None = None
    until: frozenset[ResponseKind] = frozenset()

    @property
    def gap(self) -> Term:
        """The longest span between two turns, roughly."""
        return self.step or (Term(1, Unit.MONTH) if self.days else Term(1, Unit.DAY))


@dataclass(frozen=True, slots=True)
class Chain:
    """The levels that a report must reach one after another, lowest first; `up_to` says how far by severity.

    A grade that `up_to` leaves out goes as far as the next lower one that it names; one below all of them, or none at
    all, as far as the lowest that is named. Without `up_to` all levels must be reached.
    """

    levels: tuple[Level, ...]
    up_to: Mapping[Severity, Level] = field(default_factory=dict, hash=False)

    def climbs(self, severity: Severity | None) -> tuple[Level, ...]:
        """Return the levels that must be reached for a matter of this grade."""
        named = [grade for grade in self.up_to if severity is not None and grade <= severity]
        top = self.up_to[max(named)] if named else min(self.up_to.values(), default=max(self.levels))
        return tuple(level for level in self.levels if level <= top)


@dataclass(frozen=True, slots=True)
class RegradeWindow:
    """How long after an incident a higher grade still opens duties by itself: by its kind, else `default`.

    A kind with None, like one that no rule names where `default` is None, has no such bound.
    """

    default: Term | None = None
    kinds: Mapping[str, Term | None] = field(default_factory=dict, hash=False)

    def of(self, kind: str) -> Term | None:
        """Return the window for a kind of incident, or None where there is none."""
        return self.kinds.get(kind, self.default)
