"""The values of placing: which incident an Item tells of (a known one, a new one, or none), and on what grounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model import Place, Scope
from monitor.core.reading.place import PlaceReading

WINDOW = timedelta(days=21)
# How the detail of an item that opened an incident names the one that it came nearest to.
NEAREST = "nearest="


class Placing(StrEnum):
    """What becomes of an item; each has a label in the catalogues."""

    JOINED = "joined"
    OPENED = "opened"
    RELATED = "related"
    DENIES = "denies"
    UNPLACED = "unplaced"
    BY_PERSON = "by_person"


# What stands with an incident without reporting it.
SPEAKS_ONLY = (Placing.RELATED, Placing.DENIES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recent incident, reduced to what an item is compared with."""

    matter_id: int
    kind: str
    scope: Scope
    place: Place
    figures: Mapping[str, int]
    items: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """The decision on one item: its incident where it joins one, and the grounds in words of the weights."""

    placing: Placing
    matter_id: int | None = None
    score: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A known incident that an item was compared with, and what each ground weighs."""

    matter_id: int
    grounds: Mapping[str, float]

    @property
    def score(self) -> float:
        """The sum of the grounds."""
        return sum(self.grounds.values())


UNPLACED = Placed(Placing.UNPLACED)


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known beforehand about kinds and words: which kinds exclude one another, which bigrams say nothing.

    `near` maps a kind to those that reports of the same happening may name instead; `broad` are kinds that spread over
    many places at once; `common` are the bigrams of the general vocabulary of incidents, `tolls` those of what becomes
    of people; `where` reads the place of a title.
    """

    near: Mapping[str, frozenset[str]]
    broad: frozenset[str]
    common: frozenset[str]
    tolls: frozenset[str]
    where: Callable[[str], PlaceReading]


@dataclass(frozen=True, slots=True)
class Told:
    """A title of an incident; `reports` tells that it reports it and does not only speak of it."""

    matter_id: int
    title: str
    at: datetime
    reports: bool


def silence(candidate: Candidate, seen_at: datetime) -> timedelta:
    """Return how long before or after `seen_at` nothing was heard of an incident."""
    return max(seen_at - candidate.last_seen_at, candidate.first_seen_at - seen_at, timedelta(0))
