"""Which incidents led to which: what a person linked, and what a machine may only hint at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model import Place

# News of a cause may come a little after news of what it led to.
LATE_NEWS = timedelta(hours=12)


class Tie(StrEnum):
    """What one incident is to another."""

    CAUSE = "cause"
    EFFECT = "effect"
    RELATED = "related"

    @property
    def turned(self) -> Tie:
        """What the other one is to the first."""
        if self is Tie.RELATED:
            return self
        return Tie.EFFECT if self is Tie.CAUSE else Tie.CAUSE


@dataclass(frozen=True, slots=True)
class Linked:
    """Another incident that a person linked; `tie` is what that other one is to the incident at hand."""

    other_id: int
    tie: Tie
    at: datetime
    by: str


# From a kind to those that it may lead to, and within which time.
Follows = Mapping[str, Mapping[str, timedelta]]


@dataclass(frozen=True, slots=True)
class Happening:
    """What of an incident tells whether another may have led to it."""

    id: int
    kind: str
    place: Place
    began_at: datetime


def hints(one: Happening, others: Iterable[Happening], follows: Follows) -> Iterator[tuple[int, Tie]]:
    """Yield the incidents that may have led to `one`, or that it may have led to, and what each would be to it."""
    for other in others:
        if other.id == one.id or not near(one.place, other.place):
            continue
        if _may_follow(other, one, follows):
            yield other.id, Tie.CAUSE
        elif _may_follow(one, other, follows):
            yield other.id, Tie.EFFECT


def near(one: Place, other: Place) -> bool:
    """Tell whether two places are one city, or one province where either says no more; unknown ones are not."""
    if one.province is None or one.province != other.province:
        return False
    return None in (one.city, other.city) or one.city == other.city


def _may_follow(cause: Happening, effect: Happening, follows: Follows) -> bool:
    within = follows.get(cause.kind, {}).get(effect.kind)
    return within is not None and -LATE_NEWS <= effect.began_at - cause.began_at <= within
