"""How many incidents nobody of ours told of: Chapman's estimate from two groups that look independently.

Chapman, D. G. (1951), Some properties of the hypergeometric distribution with applications to zoological sample
censuses; the interval is Chao's (1987), log-normal over what was not seen, so that it never falls below what was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

# Below seven in both, the estimator is known to be badly biased (Robson and Regier 1964).
FEWEST_IN_BOTH = 7
FEWEST_IN_EACH = 15
Z = 1.96


class WhyNone(StrEnum):
    """Why nothing is estimated."""

    ONE_GROUP = "one_group"
    TOO_FEW = "too_few"
    CONTAINED = "contained"


@dataclass(frozen=True, slots=True)
class Seen:
    """How many one group told of, how many the other, and how many both."""

    press: int
    social: int
    both: int

    @property
    def any(self) -> int:
        """How many at least one of them told of."""
        return self.press + self.social - self.both


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many neither told of: the estimate and its interval of 95 %; or why nothing is estimated."""

    seen: Seen
    missed: float = 0.0
    lowest: float = 0.0
    highest: float = 0.0
    why_none: WhyNone | None = None


def estimate(seen: Seen) -> Estimate:
    """Return how many incidents neither group told of, where the counts bear it."""
    if not seen.press or not seen.social:
        return Estimate(seen, why_none=WhyNone.ONE_GROUP)
    if seen.both < FEWEST_IN_BOTH or min(seen.press, seen.social) < FEWEST_IN_EACH:
        return Estimate(seen, why_none=WhyNone.TOO_FEW)
    only_press, only_social = seen.press - seen.both, seen.social - seen.both
    if not only_press or not only_social:
        return Estimate(seen, why_none=WhyNone.CONTAINED)
    missed = only_press * only_social / (seen.both + 1)
    variance = (
        (seen.press + 1) * (seen.social + 1) * only_press * only_social / ((seen.both + 1) ** 2 * (seen.both + 2))
    )
    spread = math.exp(Z * math.sqrt(math.log(1 + variance / missed**2)))
    return Estimate(seen, missed, missed / spread, missed * spread)
