"""How many press conferences there were in a year, by rank, and whether that is what 4·2·1+N asks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.beijing import local
from monitor.core.conferences.rules import PARTS, ConferenceRules, Quota
from monitor.core.model import aware


@dataclass(frozen=True, slots=True)
class Held:
    """A conference that was held; `rank` is empty where nobody said who spoke. `incident` None for a routine one."""

    at: datetime
    rank: str = ""
    incident: int | None = None

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota in one part of the year, from 1 on: how many counted, and whether that is enough."""

    quota: Quota
    part: int
    count: int

    @property
    def reached(self) -> bool:
        """Tell whether there were as many as are asked."""
        return self.count >= self.quota.least


@dataclass(frozen=True, slots=True)
class Tally:
    """The conferences of one year: routine ones and those for incidents by rank, and the quotas part by part."""

    year: int
    routine: Mapping[str, int]
    incidents: Mapping[str, int]
    quotas: tuple[QuotaRow, ...]

    @property
    def total(self) -> int:
        """How many there were in all."""
        return sum(self.routine.values()) + sum(self.incidents.values())


def tally(held: Iterable[Held], year: int, rules: ConferenceRules) -> Tally:
    """Count the conferences of a Beijing year."""
    known = [(local(one.at), one) for one in held]
    mine = [(at.month, one) for at, one in known if at.year == year]
    counting = [(month, one) for month, one in mine if one.incident is None or rules.incidents_count]
    return Tally(
        year=year,
        routine=Counter(one.rank for _, one in mine if one.incident is None),
        incidents=Counter(one.rank for _, one in mine if one.incident is not None),
        quotas=tuple(
            QuotaRow(
                quota, part, sum(_fits(one, quota, rules) for month, one in counting if _part(month, quota) == part)
            )
            for quota in rules.quotas
            for part in range(1, PARTS[quota.period] + 1)
        ),
    )


def _part(month: int, quota: Quota) -> int:
    return (month - 1) * PARTS[quota.period] // 12 + 1


def _fits(one: Held, quota: Quota, rules: ConferenceRules) -> bool:
    asked, spoke = rules.rank(quota.rank), rules.rank(one.rank)
    return asked is not None and spoke is not None and spoke.height >= asked.height
