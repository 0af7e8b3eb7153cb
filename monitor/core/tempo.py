"""How much sooner or later than its interval a source is asked, by how often something new stands there. Pure.

The interval of the configuration is the middle. A fetch that brings something new halves the wait, one that brings
nothing lengthens it by a fiftieth: a source is asked soon for hours after it last brought something, and comes to rest
where one fetch in thirty-six brings something. Simulated on real publication times in docs/decisions/0043.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import Trust
from monitor.core.sources import Source

SOONEST, LATEST = 0.5, 2.0
SOONER, LATER = 0.5, 1.02
USUAL = 1.0
# Of the five hours for a release no tenth is to pass unseen; what is asked less often anyway is not asked later still.
LONGEST_STRETCH = timedelta(minutes=30)
# No source is asked more often than the configuration may say.
SHORTEST = timedelta(seconds=60)
# Whose word starts a clock at once.
WEIGHTY = frozenset({Trust.OFFICIAL, Trust.CENTRAL_MEDIA})


class Held(StrEnum):
    """Why a source is asked no later, or no sooner, than its interval."""

    STEADY = "steady"
    WEIGHTY = "weighty"
    CLOCK = "clock"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which parts of its interval the wait for a source may lie."""

    low: float = SOONEST
    high: float = LATEST

    def hold(self, tempo: float) -> float:
        """Return the tempo within the bounds."""
        return max(self.low, min(self.high, tempo))


def holds(source: Source, *, clock_runs: bool, limited: bool) -> frozenset[Held]:
    """Say what holds a source to its interval; `limited` tells that its host asked of late to be asked less."""
    found = {
        Held.STEADY: source.steady,
        Held.WEIGHTY: source.trust in WEIGHTY or source.own,
        Held.CLOCK: clock_runs,
        Held.LIMITED: limited,
    }
    return frozenset(reason for reason, applies in found.items() if applies)


def bounds(interval: timedelta, held: Collection[Held]) -> Bounds:
    """Return the bounds of a source: never beyond 30 minutes unless its interval is, never below a minute."""
    low = max(SOONEST, min(USUAL, SHORTEST / interval))
    high = max(USUAL, min(LATEST, LONGEST_STRETCH / interval))
    if {Held.STEADY, Held.LIMITED} & set(held):
        low = USUAL
    if {Held.STEADY, Held.WEIGHTY, Held.CLOCK} & set(held):
        high = USUAL
    return Bounds(low, high)


def tempo_after(tempo: float, fetched: Fetched, *, new: int, first: bool, within: Bounds) -> float:
    """Return the tempo after a fetch that brought `new` entries.

    A failure teaches nothing of how often something comes; nor does the first look, at which everything is new.
    """
    if first or fetched.outcome is Outcome.FAILED:
        return within.hold(tempo)
    return within.hold(tempo * (SOONER if new else LATER))
