"""What of a stream of posts is kept, and how long to wait before it is asked for again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from monitor.core.fetched import DropReason
from monitor.core.sources import Source, StreamRule
from monitor.core.text import fold

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
# A connection that stood for so long was a good one: its end is no failure.
STOOD = timedelta(seconds=60)
# Who refuses us today mostly does so tomorrow.
LONGEST_REST = timedelta(hours=24)
MOST_A_MINUTE = 1200
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Act(StrEnum):
    """What a message of a stream says."""

    OPENED = "opened"
    POSTED = "posted"
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left_out"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Tells which posts are kept: those with a keyword, or those that speak of safety, in certain languages."""

    rule: StreamRule
    speaks_of_safety: Callable[[str], bool]
    _keywords: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, rule: StreamRule, speaks_of_safety: Callable[[str], bool]) -> Sieve:
        """Return the sieve of a rule."""
        return cls(rule, speaks_of_safety, tuple(tuple(fold(words).split()) for words in rule.keywords))

    def keeps(self, text: str, languages: Collection[str]) -> bool:
        """Tell whether a post is kept; one that does not say its language is of any."""
        if self.rule.languages and languages and not self._in_language(languages):
            return False
        if self.rule.everything:
            return True
        if self._keywords:
            folded = fold(text)
            return any(all(word in folded for word in words) for words in self._keywords)
        return self.speaks_of_safety(text)

    def _in_language(self, languages: Collection[str]) -> bool:
        return any(one.lower().partition("-")[0] in self.rule.languages for one in languages)


@dataclass(slots=True)
class Minute:
    """How many posts of a stream were kept within the minute; beyond `most` it is a flood."""

    most: int = MOST_A_MINUTE
    began_at: datetime | None = None
    kept: int = 0

    def takes(self, now: datetime) -> DropReason | None:
        """Count one more; return why it is not taken."""
        if self._is_over(now):
            self.began_at, self.kept = now, 0
        self.kept += 1
        return DropReason.FLOOD if self.kept > self.most else None

    def is_full(self, now: datetime) -> bool:
        """Tell whether one more would not be taken."""
        return self.kept >= self.most and not self._is_over(now)

    def _is_over(self, now: datetime) -> bool:
        return self.began_at is None or now - self.began_at >= timedelta(minutes=1)


def pause(failures: int, fraction: float, *, asked: timedelta | None = None) -> timedelta:
    """Return how long to wait after so many failures in a row: twice as long each time, never the same for all."""
    doubled: timedelta = SHORTEST_PAUSE * (1 << min(failures, 12))
    usual = min(LONGEST_PAUSE, doubled) * (0.5 + fraction / 2)
    return max(usual, min(asked or timedelta(0), LONGEST_REST))


def is_newer(one: str, other: str) -> bool:
    """Tell whether one id of a timeline comes after another: longer numbers are greater, like lengths by letter."""
    return (len(one), one) > (len(other), other)


def is_number(cursor: str) -> bool:
    """Tell whether a cursor is a plain number; in other scripts, too, there are digits."""
    return cursor.isascii() and cursor.isdigit()


def origin_of(source: Source) -> str:
    """Return a digest of that which a cursor of a source tells about: another server or timeline has its own."""
    rule = source.stream_rule or StreamRule()
    said = "\n".join((source.kind.value, source.url, rule.timeline.value, rule.tag))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def moment_of(microseconds: str) -> datetime:
    """Return the moment that a cursor of Jetstream names; one that no calendar holds lies at its end."""
    try:
        return BEGINNING + timedelta(microseconds=int(microseconds))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
