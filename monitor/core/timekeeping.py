"""Which time the engine goes by, when the clocks around it disagree. Pure: the readings are passed in.

The engine counts on from where it began with a clock that nobody can set (the steady clock), and follows the wall clock
only as fast as a time service slews it. A wall clock that jumps is told, not believed, until most of the hosts that we
fetch from say the same; where they agree with neither clock, their word counts. The database's clock only ever holds
the engine back, and for a minute at most: where nobody knows who is right, nothing is to be told too early.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

ZERO = timedelta(0)
# What is noticed: nothing but a hand or a fault sets a clock by so much at once.
SLACK = timedelta(seconds=2)
# Date headers count whole seconds and are under way for a while.
HEADER_SLACK = timedelta(seconds=5)
HEADER_STEP = timedelta(milliseconds=500)
# The kernel slews by 0.05 % at most (adjtimex); ten times that also follows a bad quartz.
FOLLOWED = 0.005
# Fewer hosts, or a smaller part of them, decide nothing.
ENOUGH = 3
MOST = 2 / 3
FRESH = 15 * 60.0
HELD_BACK = timedelta(minutes=1)
# Between two checks, which come every two seconds.
PAUSED = 10.0
# A stop of the service is no fault of the clock; one that ran ahead of what is stored is.
BEHIND = timedelta(minutes=2)


class ClockTrouble(StrEnum):
    """What is wrong with a clock; each has a sentence for people."""

    STEPPED = "clock:stepped"
    WRONG = "clock:wrong"
    DATABASE = "clock:database"
    BEHIND = "clock:behind"


@dataclass(frozen=True, slots=True)
class Reading:
    """The clocks at one moment: the wall clock, seconds of the steady clock, the database's clock where it has one."""

    wall: datetime
    steady: float
    database: datetime | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """What the clock of a host said, and when on the steady clock we heard it."""

    host: str
    said: datetime
    steady: float


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """What the engine goes by: its time when the steady clock stood at zero, and when it was last checked."""

    origin: datetime
    checked: float
    held_back: timedelta = ZERO

    def at(self, steady: float) -> datetime:
        """Return the engine's time when the steady clock shows `steady`."""
        return self.origin + timedelta(seconds=steady) - self.held_back


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCheck:
    """What a check found. `wall_off` and the like say by how much a clock is ahead of the engine's time.

    `moved` is set where the engine's time was corrected at once, `paused` where nothing ran for a while.
    """

    keeping: Timekeeping
    wall_off: timedelta
    database_off: timedelta | None = None
    witnesses: int = 0
    witnesses_off: timedelta | None = None
    moved: timedelta = ZERO
    paused: float = 0.0

    @property
    def troubles(self) -> dict[ClockTrouble, timedelta]:
        """The clocks that cannot be relied on, and by how much each is ahead."""
        found: dict[ClockTrouble, timedelta] = {}
        if abs(self.wall_off) > SLACK:
            confirmed = self.witnesses_off is not None
            found[ClockTrouble.WRONG if confirmed else ClockTrouble.STEPPED] = self.wall_off
        if self.database_off is not None and abs(self.database_off) > SLACK:
            found[ClockTrouble.DATABASE] = self.database_off
        return found


def begin(reading: Reading) -> Timekeeping:
    """Begin with the wall clock: there is no other yet."""
    return Timekeeping(reading.wall - timedelta(seconds=reading.steady), reading.steady)


def behind(reading: Reading, newest_stored: datetime | None) -> timedelta:
    """Return by how much the wall clock lies behind what was stored last; zero where that may well be."""
    if newest_stored is None or newest_stored - reading.wall <= BEHIND:
        return ZERO
    return newest_stored - reading.wall


def check(keeping: Timekeeping, reading: Reading, witnesses: Iterable[Witness]) -> ClockCheck:
    """Compare the clocks and say what the engine goes by from now on."""
    elapsed = reading.steady - keeping.checked
    steady = timedelta(seconds=reading.steady)
    ours = keeping.origin + steady
    told, heard = witnessed(witnesses, reading.steady)
    moved = _correction(ours, reading.wall, told)
    followed = _followed(reading.wall - ours, elapsed) if not moved else ZERO
    ours += moved + followed
    database_off = None if reading.database is None else reading.database - ours
    kept = replace(
        keeping,
        origin=ours - steady,
        checked=reading.steady,
        held_back=_held_back(keeping, reading, ours) if told is None else ZERO,
    )
    return ClockCheck(
        keeping=kept,
        wall_off=reading.wall - ours,
        database_off=database_off,
        witnesses=heard,
        witnesses_off=None if told is None else told - ours,
        moved=moved,
        paused=elapsed if elapsed > PAUSED else 0.0,
    )


def witnessed(witnesses: Iterable[Witness], steady: float) -> tuple[datetime | None, int]:
    """Return what most of the hosts say that the time is, None where too few say the same; and how many were heard."""
    latest = {heard.host: heard for heard in sorted(witnesses, key=lambda t: t.steady)}
    fresh = [heard for heard in latest.values() if steady - heard.steady <= FRESH]
    if len(fresh) < ENOUGH:
        return None, len(fresh)
    base = min(heard.said for heard in fresh)
    now = [(heard.said - base).total_seconds() + steady - heard.steady for heard in fresh]
    middle = median(now)
    agreeing = sum(abs(moment - middle) <= HEADER_SLACK.total_seconds() for moment in now)
    if agreeing < max(ENOUGH, MOST * len(now)):
        return None, len(fresh)
    return base + timedelta(seconds=middle) + HEADER_STEP, len(fresh)


def _correction(ours: datetime, wall: datetime, told: datetime | None) -> timedelta:
    """Return by how much the engine's time is to be corrected at once.

    A wall clock that the witnesses bear out is the finer measure of the two.
    """
    if told is None:
        return ZERO
    of_wall, of_ours = abs(told - wall), abs(told - ours)
    if abs(wall - ours) > SLACK and of_wall <= HEADER_SLACK and of_wall + SLACK / 2 < of_ours:
        return wall - ours
    return told - ours if of_ours > HEADER_SLACK else ZERO


def _followed(off: timedelta, elapsed: float) -> timedelta:
    """Return how far to follow a wall clock that is being slewed; one that jumped is not followed at all."""
    if abs(off) > SLACK:
        return ZERO
    most = timedelta(seconds=max(0.0, elapsed) * FOLLOWED)
    return max(-most, min(most, off))


def _held_back(keeping: Timekeeping, reading: Reading, ours: datetime) -> timedelta:
    """Return by how much to hold back because the database's clock says that it is earlier.

    One that shares the wall clock which we do not believe (the same machine) is no second opinion.
    """
    if reading.database is None:
        # It was not asked just now; what it said last holds.
        return keeping.held_back
    if ours - reading.database <= SLACK:
        return ZERO
    wall_is_off = abs(reading.wall - ours) > SLACK
    if wall_is_off and abs(reading.database - reading.wall) <= SLACK:
        return ZERO
    return min(HELD_BACK, ours - reading.database)
