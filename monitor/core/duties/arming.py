"""Which last warnings a provider holds for us, to be sent by itself should this service be silent at their time.

A warning is armed for a little after its point and taken back once the service has dealt with the point and people have
heard of it: whoever is told by us is not told twice, and a service that is dead or cut off takes nothing back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.alerting import stamp
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import Obligation
from monitor.core.duties.points import points
from monitor.core.model import AlertReason

# So long the service has to say it by itself. At the end of a deadline longer: then there is no later warning to save.
GRACE = timedelta(minutes=5)
GRACE_AT_THE_END = timedelta(minutes=10)
WARNINGS = 3
# Slack takes back nothing that it posts within the next 60 seconds, and nothing is placed for more than 120 days ahead.
LAST_CALL = timedelta(seconds=75)
SOONEST = timedelta(minutes=2)
FARTHEST = timedelta(days=119)
# Slack posts 30 scheduled messages at most within five minutes in one channel.
MOST_IN_WINDOW = 30
WINDOW = timedelta(minutes=5)
POSTED_AFTER = timedelta(minutes=2)
END = "due"


class ArmedState(StrEnum):
    """How an armed warning stands. Only the first three are still in the provider's hands, or may be."""

    PLACING = "placing"
    ARMED = "armed"
    REMOVING = "removing"
    REMOVED = "removed"
    POSTED = "posted"
    REFUSED = "refused"


STANDING = frozenset({ArmedState.PLACING, ArmedState.ARMED, ArmedState.REMOVING})


class ArmedWhy(StrEnum):
    """Why a warning is not, or no longer, in the provider's hands."""

    NO_LONGER_NEEDED = "no_longer_needed"
    NO_ROOM = "no_room"
    NOT_TAKEN = "not_taken"
    ITS_TIME_CAME = "its_time_came"


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline whose warnings may be armed; `unheard` is when the newest alert of it was made that reached nobody."""

    deadline: Deadline
    obligation: Obligation
    unheard: datetime | None = None

    @property
    def firm(self) -> bool:
        """Whether it is one that a response would still settle, not only presumed, and whose time does not rest."""
        return self.deadline.live and not self.deadline.provisional and self.deadline.paused_since is None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that should be armed: of which deadline, about which point, and when the provider is to send it."""

    key: str
    deadline_id: int
    point: str
    at: datetime
    post_at: datetime

    @property
    def code(self) -> str:
        """What stands in its text, by which it is found again at the provider."""
        return code_of(self.key)


def code_of(key: str) -> str:
    """Return the code of the warning called `key`."""
    return f"HY-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class Armed:
    """A warning as it was written down; `free_at` is when it may be tried again, or whoever is at it has given up."""

    id: int
    key: str
    post_at: datetime
    state: ArmedState
    provider_id: str
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done now: place, take back, call posted, and what the provider has no room for."""

    place: tuple[Warned, ...] = ()
    remove: tuple[Armed, ...] = ()
    posted: tuple[Armed, ...] = ()
    no_room: tuple[Warned, ...] = ()


def plan(running: Iterable[Running], known: Sequence[Armed], channel: str, now: datetime) -> Plan:
    """Say what is to be placed and taken back so that exactly the needed warnings of `running` stand at the provider.

    `known` are the warnings of the channel that have not ended. What is under way at another process is left to it.
    """
    needed = {one.key: one for deadline in running for one in needed_of(deadline, channel)}
    standing = {one.key: one for one in known if one.state in STANDING}
    resting = {one.key for one in known if one.state is ArmedState.REFUSED and one.free_at and one.free_at > now}
    posted = tuple(one for one in standing.values() if one.post_at + POSTED_AFTER <= now)
    remove = [
        one
        for one in standing.values()
        if one.key not in needed and one.post_at > now + LAST_CALL and one.state is ArmedState.ARMED
    ]
    missing = [
        one
        for key, one in needed.items()
        if key not in standing and key not in resting and now + SOONEST < one.post_at <= now + FARTHEST
    ]
    place, no_room = _fitting(missing, [one.post_at for one in standing.values()])
    return Plan(
        place=tuple(sorted(place, key=lambda one: one.post_at)),
        remove=tuple(sorted(remove, key=lambda one: one.post_at)),
        posted=posted,
        no_room=tuple(no_room),
    )


def needed_of(running: Running, channel: str) -> Iterator[Warned]:
    """Yield the last warnings of a deadline that nobody heard yet; none of a presumed, resting or ended one."""
    if not running.firm or running.deadline.id is None:
        return
    for name, at in last_points(running.deadline, running.obligation):
        post_at = (at + (GRACE_AT_THE_END if name == END else GRACE)).replace(microsecond=0)
        if not _dealt_with(running, at):
            key = f"{channel}:{running.deadline.id}:{name}@{stamp(post_at)}"
            yield Warned(key, running.deadline.id, name, at, post_at)


def last_points(deadline: Deadline, obligation: Obligation) -> list[tuple[str, datetime]]:
    """Return the last reminders before the end that page, and the end itself."""
    before = [
        (point.name, point.at)
        for point in points(deadline, obligation)
        if point.reason is AlertReason.REMINDER and point.page and deadline.opened_at < point.at < deadline.due_at
    ]
    return [*sorted(before, key=lambda point: point[1])[-WARNINGS:], (END, deadline.due_at)]


def _dealt_with(running: Running, at: datetime) -> bool:
    """Tell whether the service came to this point and whatever it decided to say was heard."""
    unheard = running.unheard is not None and running.unheard >= at
    return running.deadline.watched_until >= at and not unheard


def _fitting(missing: Sequence[Warned], taken: Sequence[datetime]) -> tuple[list[Warned], list[Warned]]:
    """Return what the provider has room for, ends of deadlines first, and what it has not."""
    fits: list[Warned] = []
    left: list[Warned] = []
    times = list(taken)
    for one in sorted(missing, key=lambda one: (one.point != END, -one.at.timestamp(), one.key)):
        # Wherever its window of five minutes begins, it lies within these ten.
        if sum(abs(at - one.post_at) < WINDOW for at in times) < MOST_IN_WINDOW:
            times.append(one.post_at)
            fits.append(one)
        else:
            left.append(one)
    return fits, left


def settled(one: Armed, held: str | None, now: datetime) -> ArmedState:
    """Return what an attempt without an end came to; `held` is the id under which the provider still holds it."""
    if held is not None:
        return ArmedState.ARMED
    # It never arrived or was taken back; after its time it was posted, if anything.
    return ArmedState.REMOVED if one.post_at > now else ArmedState.POSTED
