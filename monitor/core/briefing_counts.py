"""The window of a briefing in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.briefing_facts import Facts
from monitor.core.fetched import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The window in numbers, by the stored names of outcomes, verdicts, classes, reasons and states."""

    sources: int
    fetches: Mapping[str, int]
    verdicts: Mapping[str, int]
    decoys: Mapping[str, int]
    drops: Mapping[str, int]
    alerts: Mapping[str, int]
    deliveries: Mapping[str, Mapping[str, int]]
    second: Mapping[str, int]

    @property
    def answers(self) -> int:
        """How many fetches brought an answer that could be read."""
        return sum(number for outcome, number in self.fetches.items() if outcome != Outcome.FAILED)


def counts_of(facts: Facts) -> Counts:
    """Count what was fetched, read, left out and told in the window."""
    fetches: Counter[str] = Counter()
    for by_outcome in facts.fetches.values():
        for name, number in by_outcome.items():
            fetches[name.partition(":")[0]] += number
    verdicts: Counter[str] = Counter()
    decoys: Counter[str] = Counter()
    for name, number in facts.verdicts.items():
        verdict, _, tag = name.partition(":")
        verdicts[verdict] += number
        if verdict == "decoy":
            decoys[tag] += number
    return Counts(
        sources=len(facts.sources),
        fetches=fetches,
        verdicts=verdicts,
        decoys=decoys,
        drops=facts.drops,
        alerts=facts.alerts,
        deliveries=facts.deliveries,
        second=facts.second,
    )
