"""Who is on duty when: layers that take turns, hours to which they are bound, and what people changed.

The first layer that covers a moment decides. What people changed is applied after that, in the order in which they
did. Lengths count on the wall clock of the rota's zone, so that a hand-over at eight stays at eight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.model import BEIJING
from monitor.core.people.wall import instant, wall

A_DAY = timedelta(days=1)
MARGIN = timedelta(days=2)
LONGEST_TURN = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day on some days of the week (Monday is 0); one that ends where it begins lasts a day."""

    days: frozenset[int]
    begin: time
    end: time


@dataclass(frozen=True, slots=True)
class Layer:
    """Contacts who take turns of `length` from `begins` at `handover`; only within `hours` where there are any."""

    name: str
    members: tuple[str, ...]
    begins: date
    handover: time
    length: timedelta
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on duty when, as planned."""

    id: str
    name: str
    layers: tuple[Layer, ...]
    zone: str = BEIJING


class ChangeKind(StrEnum):
    """What people do to a rota; each has a label in the catalogues."""

    OVERRIDE = "override"
    SWAP = "swap"
    TAKE = "take"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A person put `contact` on duty for a time: in place of `instead_of`, or of whoever it is, nobody included.

    `pair` numbers the first half of a swap, of which this is the second.
    """

    id: int
    rota: str
    kind: ChangeKind
    contact: str
    instead_of: str = ""
    begins: datetime
    ends: datetime
    by: str = ""
    reason: str = ""
    pair: int | None = None
    made_at: datetime | None = None
    cancelled_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Tell whether the change holds at a moment; a cancelled one held until it was cancelled."""
        ends = self.ends if self.cancelled_at is None else min(self.ends, self.cancelled_at)
        return self.begins <= at < ends


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one person's duty, or of nobody's: from which layer and turn, or from which change."""

    begin: datetime
    end: datetime
    contact: str | None
    layer: str = ""
    turn: int | None = None
    change: Change | None = None

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.begin


def on_duty(rota: Rota, changes: Iterable[Change], at: datetime) -> Stretch:
    """Return who is on duty at a moment and why, as a stretch without length."""
    base = _planned(rota, at)
    for change in sorted(changes, key=lambda change: change.id):
        fits = change.rota == rota.id and change.covers(at)
        if fits and (not change.instead_of or change.instead_of == base.contact):
            base = replace(base, contact=change.contact, change=change)
    return base


def stretches(rota: Rota, changes: Iterable[Change], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Return the whole time from `begin` to `end` in stretches of one person each, without gap or overlap."""
    made = [change for change in changes if change.rota == rota.id and change.begins < end and change.ends > begin]
    cuts = {begin, *(at for layer in rota.layers for at in _cuts(layer, ZoneInfo(rota.zone), begin, end))}
    for change in made:
        cuts |= {change.begins, change.ends, *([change.cancelled_at] if change.cancelled_at else [])}
    moments = sorted(at for at in cuts if begin <= at < end)
    found: list[Stretch] = []
    for at, until in zip(moments, [*moments[1:], end], strict=True):
        here = replace(on_duty(rota, made, at), begin=at, end=until)
        if found and _same(found[-1], here):
            found[-1] = replace(found[-1], end=until)
        else:
            found.append(here)
    return tuple(found)


def shift_at(rota: Rota, changes: Sequence[Change], at: datetime) -> Stretch:
    """Return the whole stretch of duty that a moment lies in; its ends are cut off at a quarter's length."""
    reach = min(max((layer.length for layer in rota.layers), default=A_DAY), LONGEST_TURN) + MARGIN
    found = stretches(rota, changes, at - reach, at + reach)
    return next(stretch for stretch in found if stretch.begin <= at < stretch.end)


def gaps(rota: Rota, changes: Iterable[Change], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Return the stretches in which nobody is on duty."""
    return tuple(stretch for stretch in stretches(rota, changes, begin, end) if stretch.contact is None)


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.contact, one.layer, one.turn, one.change) == (other.contact, other.layer, other.turn, other.change)


def _planned(rota: Rota, at: datetime) -> Stretch:
    zone = ZoneInfo(rota.zone)
    for layer in rota.layers:
        turn = _turn_at(layer, zone, at)
        if turn >= 0 and _within(layer.hours, zone, at):
            return Stretch(at, at, layer.members[turn % len(layer.members)], layer.name, turn)
    return Stretch(at, at, None)


def _turn_begins(layer: Layer, zone: ZoneInfo, turn: int) -> datetime:
    return instant(datetime.combine(layer.begins, layer.handover) + turn * layer.length, zone)


def _turn_at(layer: Layer, zone: ZoneInfo, at: datetime) -> int:
    """Return the number of the turn that a moment lies in; negative before the layer begins."""
    turn = (wall(at, zone) - datetime.combine(layer.begins, layer.handover)) // layer.length
    while _turn_begins(layer, zone, turn) > at:
        turn -= 1
    while _turn_begins(layer, zone, turn + 1) <= at:
        turn += 1
    return turn


def _within(hours: Sequence[Hours], zone: ZoneInfo, at: datetime) -> bool:
    if not hours:
        return True
    today = wall(at, zone).date()
    return any(
        begin <= at < end
        for one in hours
        for day in (today - A_DAY, today, today + A_DAY)
        for begin, end in _window(one, zone, day)
    )


def _window(hours: Hours, zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretch that begins on `day`, where one does."""
    if day.weekday() in hours.days:
        last = day if hours.end > hours.begin else day + A_DAY
        yield (
            instant(datetime.combine(day, hours.begin), zone),
            instant(datetime.combine(last, hours.end), zone),
        )


def _cuts(layer: Layer, zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield every moment at which a layer may change."""
    turn = max(_turn_at(layer, zone, begin), 0)
    while (at := _turn_begins(layer, zone, turn)) < end:
        yield at
        turn += 1
    day, last = wall(begin, zone).date() - A_DAY, wall(end, zone).date()
    while layer.hours and day <= last:
        for hours in layer.hours:
            for window in _window(hours, zone, day):
                yield from window
        day += A_DAY
