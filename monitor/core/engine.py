"""What of the service does not do its work, decided from what was read of it. Pure.

A grave complaint means that a deadline or an alert may be lost: then the dead-man's switch is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.timekeeping import ClockTrouble

STANDSTILL = timedelta(minutes=2)
# A deadline is looked at within a second; what is this late was forgotten or cannot be reached.
LATE = timedelta(seconds=30)
UNREACHED = timedelta(minutes=2)
# The sweep comes every ten seconds.
LEFT_LYING = timedelta(minutes=1)
# The first is for a person to see; below the second, writing may fail at any moment.
LITTLE_DISK = 1_000_000_000
NO_DISK = 50_000_000
# The facts are read every two seconds; when they are this old, whoever reads them hangs.
STALE = 8.0
# What these legs set aside is a deadline or an alert; what the others do is told to people by other ways too.
DECIDING = frozenset({"watch", "calendar", "deliver"})


class Ailment(StrEnum):
    """What is wrong; `SAID` has the sentence for each."""

    SCHEDULER_DEAD = "scheduler_dead"
    LEG_DEAD = "leg_dead"
    LEG_HANGS = "leg_hangs"
    LEG_FAILS = "leg_fails"
    LEG_STANDS = "leg_stands"
    LEG_NOWHERE = "leg_nowhere"
    DATABASE = "database"
    WATCH_BLIND = "watch_blind"
    DISK_LITTLE = "disk_little"
    DISK_FULL = "disk_full"
    DEADLINE_LATE = "deadline_late"
    DEADLINE_FORGOTTEN = "deadline_forgotten"
    ALERT_UNREACHED = "alert_unreached"
    ALERT_LEFT = "alert_left"
    CLOCK = "clock"
    PATH = "path"
    ROWS_ASIDE = "rows_aside"
    ROTA_EMPTY = "rota_empty"
    ROTA_GAP = "rota_gap"


SAID: Mapping[Ailment, str] = {
    Ailment.SCHEDULER_DEAD: N_("The scheduler has stopped; the legs go on by themselves, more slowly"),
    Ailment.LEG_DEAD: N_("The leg {name} has ended"),
    Ailment.LEG_HANGS: N_("The leg {name} hangs, for {seconds} s"),
    Ailment.LEG_FAILS: N_("The leg {name} fails"),
    Ailment.LEG_STANDS: N_("The leg {name} stands still"),
    Ailment.LEG_NOWHERE: N_("No process runs the leg {name}"),
    Ailment.DATABASE: N_("The database fails"),
    Ailment.WATCH_BLIND: N_("The database has not answered for {seconds} s"),
    Ailment.DISK_LITTLE: N_("The disk is nearly full: {megabytes} MB free"),
    Ailment.DISK_FULL: N_("The disk is full: {megabytes} MB free"),
    Ailment.DEADLINE_LATE: N_("A deadline should have been looked at {seconds} s ago"),
    Ailment.DEADLINE_FORGOTTEN: N_("{count} open deadline(s) are not being watched"),
    Ailment.ALERT_UNREACHED: N_("Alerts wait to be sent"),
    Ailment.ALERT_LEFT: N_("{count} alert(s) past their use were left lying"),
    Ailment.CLOCK: N_("A clock is wrong"),
    Ailment.PATH: N_("The silent drill did not get through over {name}"),
    Ailment.ROWS_ASIDE: N_("The leg {name} cannot deal with {count} row(s) and goes on without them"),
    Ailment.ROTA_EMPTY: N_("Nobody is on duty in {name}"),
    Ailment.ROTA_GAP: N_("Nobody is on duty in {name} from {at}"),
}
CLOCKS: Mapping[ClockTrouble, str] = {
    ClockTrouble.STEPPED: N_(
        "The machine's clock jumped by {seconds} s. The deadlines go on by the time from before the jump. Set the "
        "clock right; if it is right now and nobody outside can bear that out, restart the service."
    ),
    ClockTrouble.WRONG: N_(
        "The machine's clock is {seconds} s off, other hosts say. The deadlines go by the right time. Set the clock "
        "and let a time service keep it."
    ),
    ClockTrouble.DATABASE: N_(
        "The database's clock is {seconds} s off from ours. Nothing is told early. Let one time service keep "
        "both clocks."
    ),
    ClockTrouble.BEHIND: N_(
        "The machine's clock is {seconds} s behind what was stored last. Deadlines may be told late. Set the clock "
        "right and restart the service."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """How a loop of this process fares."""

    name: str
    good_at: datetime | None = None
    started_at: datetime | None = None
    fault: str = ""
    dead: bool = False
    hanging: float = 0.0
    cycles: int = 0
    faults: int = 0
    grave: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """The rows that a leg has set aside: how many, since when the first fails, and what was said last."""

    leg: str
    rows: int
    since: datetime
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database tells of the engine. `beats` are the last good cycles of all processes' loops.

    `unreached` is since when an alert waits that has reached nobody; `paths` the channels that the last silent drill
    did not get through, with what was said. `unmanned` tells of the rotas where nobody is on duty within a day, from
    when on.
    """

    beats: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    next_check: datetime | None = None
    forgotten: int = 0
    pending: int = 0
    unreached: datetime | None = None
    left: int = 0
    paths: Mapping[str, str] = field(default_factory=dict)
    troubled: tuple[Troubled, ...] = ()
    unmanned: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """All that is known of the service at `now`. `stored` is None where the database did not answer.

    `stored_age` is how many seconds ago it did; `needed` are the loops that some process has to run.
    """

    now: datetime
    scheduler_beats: bool = True
    legs: tuple[Leg, ...] = ()
    needed: tuple[str, ...] = ()
    stored: Stored | None = None
    stored_age: float = 0.0
    database_fault: str = ""
    disk_free: int | None = None
    clocks: Mapping[ClockTrouble, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing that is wrong; `said` is somebody else's word for it, `facts` fill the sentence."""

    ailment: Ailment
    grave: bool = True
    since: datetime | None = None
    said: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)


def complaints(facts: EngineFacts) -> Iterator[Complaint]:
    """Yield all that is wrong, what presses most first."""
    if not facts.scheduler_beats:
        yield Complaint(ailment=Ailment.SCHEDULER_DEAD)
    for leg in facts.legs:
        yield from _leg(leg, facts.now)
    if facts.database_fault:
        yield Complaint(ailment=Ailment.DATABASE, said=facts.database_fault)
    elif facts.stored_age > STALE:
        yield Complaint(ailment=Ailment.WATCH_BLIND, facts={"seconds": round(facts.stored_age)})
    yield from _disk(facts.disk_free)
    if facts.stored is not None:
        yield from _stored(facts, facts.stored)
    for trouble, off in facts.clocks.items():
        yield Complaint(ailment=Ailment.CLOCK, grave=False, said=trouble, facts={"seconds": seconds(off)})


def seconds(off: timedelta) -> str:
    """Write by how much a clock is off."""
    return f"{off.total_seconds():+.1f}"


def _leg(leg: Leg, now: datetime) -> Iterator[Complaint]:
    """Yield what is wrong with a leg: one that hangs may have failed before."""
    facts: dict[str, str | int] = {"name": leg.name}
    seen = leg.good_at or leg.started_at
    if leg.dead:
        yield Complaint(ailment=Ailment.LEG_DEAD, grave=leg.grave, since=leg.good_at, facts=facts)
    elif leg.hanging:
        facts |= {"seconds": round(leg.hanging)}
        yield Complaint(ailment=Ailment.LEG_HANGS, grave=leg.grave, since=leg.good_at, facts=facts)
    elif leg.fault:
        yield Complaint(ailment=Ailment.LEG_FAILS, grave=leg.grave, since=leg.good_at, said=leg.fault, facts=facts)
    elif seen is not None and now - seen > STANDSTILL:
        yield Complaint(ailment=Ailment.LEG_STANDS, grave=leg.grave, since=leg.good_at, facts=facts)


def _disk(free: int | None) -> Iterator[Complaint]:
    if free is None or free >= LITTLE_DISK:
        return
    ailment = Ailment.DISK_FULL if free < NO_DISK else Ailment.DISK_LITTLE
    yield Complaint(ailment=ailment, grave=free < NO_DISK, facts={"megabytes": free // 1_000_000})


def _stored(facts: EngineFacts, stored: Stored) -> Iterator[Complaint]:
    own = {leg.name for leg in facts.legs}
    for name in facts.needed:
        at, fault = stored.beats.get(name, (None, ""))
        if name in own:
            continue
        if at is None:
            yield Complaint(ailment=Ailment.LEG_NOWHERE, facts={"name": name})
        elif facts.now - at > STANDSTILL:
            yield Complaint(ailment=Ailment.LEG_STANDS, since=at, said=fault, facts={"name": name})
    # Whether a deadline is late is asked of what was read then, not of the time since.
    read_at = facts.now - timedelta(seconds=facts.stored_age)
    if stored.next_check is not None and read_at - stored.next_check > LATE:
        late = round((read_at - stored.next_check).total_seconds())
        yield Complaint(ailment=Ailment.DEADLINE_LATE, since=stored.next_check, facts={"seconds": late})
    if stored.forgotten:
        yield Complaint(ailment=Ailment.DEADLINE_FORGOTTEN, facts={"count": stored.forgotten})
    if stored.unreached is not None and facts.now - stored.unreached > UNREACHED:
        yield Complaint(ailment=Ailment.ALERT_UNREACHED, since=stored.unreached)
    if stored.left:
        yield Complaint(ailment=Ailment.ALERT_LEFT, facts={"count": stored.left})
    yield from _aside(stored)
    yield from _unmanned(stored, facts.now)
    for name, said in stored.paths.items():
        yield Complaint(ailment=Ailment.PATH, grave=False, said=said, facts={"name": name})


def _aside(stored: Stored) -> Iterator[Complaint]:
    """Yield the legs that have set rows aside."""
    for aside in stored.troubled:
        told: dict[str, str | int] = {"name": aside.leg, "count": aside.rows}
        grave = aside.leg in DECIDING
        yield Complaint(ailment=Ailment.ROWS_ASIDE, grave=grave, since=aside.since, said=aside.said, facts=told)


def _unmanned(stored: Stored, now: datetime) -> Iterator[Complaint]:
    """Yield the rotas in which nobody is on duty, now or within a day."""
    for name, begins in stored.unmanned.items():
        if begins <= now:
            yield Complaint(ailment=Ailment.ROTA_EMPTY, grave=False, facts={"name": name})
        else:
            yield Complaint(ailment=Ailment.ROTA_GAP, grave=False, facts={"name": name, "at": shown(begins)})
