"""What the public says of a published response: five answers to one question, as counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.appraisal.appraisal import Deed


class Answer(StrEnum):
    """The five answers, from the best to the worst."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    MIDDLING = "middling"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


ANSWERS = tuple(Answer)
CONTENT = frozenset({Answer.VERY_SATISFIED, Answer.SATISFIED})


@dataclass(frozen=True, slots=True)
class Opinion:
    """How many gave each answer, in the order of ANSWERS."""

    spread: tuple[int, ...] = (0,) * len(ANSWERS)

    @property
    def votes(self) -> int:
        """How many voted."""
        return sum(self.spread)

    @property
    def content(self) -> int:
        """How many were satisfied or very satisfied."""
        return sum(n for answer, n in zip(ANSWERS, self.spread, strict=True) if answer in CONTENT)

    def share(self, least: int) -> float | None:
        """Return which share was satisfied; None where fewer than `least` voted, which says too little."""
        return None if self.votes < max(least, 1) else self.content / self.votes


def together(opinions: Iterable[Opinion]) -> Opinion:
    """Add opinions up."""
    spread = [0] * len(ANSWERS)
    for one in opinions:
        spread = [a + b for a, b in zip(spread, one.spread, strict=True)]
    return Opinion(tuple(spread))


class RatingState(StrEnum):
    """Whether a response can be rated over a link."""

    OPEN = "open"
    ENDED = "ended"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingLink:
    """A link over which the public rates one response, from when it was made until `ends_at`.

    `title` and `url` are those of the response; `stands` unless that was withdrawn.
    """

    id: int
    response_id: int
    token: str
    made: Deed
    ends_at: datetime
    revoked: Deed | None = None
    title: str = ""
    url: str = ""
    published_at: datetime
    stands: bool = True

    def state(self, now: datetime) -> RatingState:
        """Tell whether votes count."""
        if self.revoked is not None:
            return RatingState.REVOKED
        if not self.stands:
            return RatingState.WITHDRAWN
        return RatingState.OPEN if now < self.ends_at else RatingState.ENDED
