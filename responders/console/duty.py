"""Who is on duty in the next two weeks, with gaps marked, and what people change about that.

The layers are the duty file's and are changed there; here somebody is put on duty, takes over, or two people swap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response

from monitor.core.beijing import read, shown
from monitor.core.errors import N_, UnreadableTime
from monitor.core.people.rota import Change, Hours, Layer, Rota, Stretch, stretches
from monitor.store import people
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.office_page import Typed, carry_out
from responders.console.visitor import clean, visitor_of
from responders.language import Words

AHEAD = timedelta(days=14)
HOUR = timedelta(hours=1)
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
PATH = "/duty"
# Around the ends of what a calendar holds nothing can be reckoned.
AGE = range(2000, 2200)
PUT = N_("{name} is on duty from {begins} until {ends}. Those concerned are told.")
SWAPPED = N_("Swapped: {first} and {second} take each other's shift. Both are told.")
TAKEN_BACK = N_("Change {id} is taken back.")


@dataclass(frozen=True, slots=True)
class LayerSheet:
    """One layer as the duty file plans it, in stretches; where it plans nobody, the layers below it count."""

    layer: Layer
    stretches: tuple[Stretch, ...]
    members: tuple[str, ...]
    turn: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RotaSheet:
    """One rota from now on, in stretches of one person each; the first is who is on duty."""

    rota: Rota
    stretches: tuple[Stretch, ...]
    layers: tuple[LayerSheet, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """The stretches in which nobody is on duty."""
        return tuple(stretch for stretch in self.stretches if stretch.contact is None)

    @property
    def shifts(self) -> tuple[Stretch, ...]:
        """The stretches that can be swapped."""
        return tuple(stretch for stretch in self.stretches if stretch.contact is not None)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: which, of which rota, the finished sentence, and what was typed."""

    act: str = ""
    rota: str = ""
    said: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


def read_rotas(console: Console, now: datetime) -> list[RotaSheet]:
    """Return all rotas as they stand."""
    with console.database.read() as connection:
        changes = people.changes(connection, since=now)
    return [_sheet(console, rota, changes, now) for rota in console.duty.rotas.values()]


def _layer(console: Console, rota: Rota, layer: Layer, now: datetime) -> LayerSheet:
    words, alone = console.composer.words, replace(rota, layers=(layer,))
    days, rest = divmod(layer.length, timedelta(days=1))
    turn = (
        words(N_("{count} hours"), count=f"{layer.length / HOUR:g}") if rest else words(N_("{count} days"), count=days)
    )
    return LayerSheet(
        layer,
        stretches(alone, (), now, now + AHEAD),
        tuple(map(console.duty.name, layer.members)),
        turn,
        tuple(_hours(one, words) for one in layer.hours),
    )


def _hours(hours: Hours, words: Words) -> str:
    days = words(N_(", ")).join(words(DAYS[day]) for day in sorted(hours.days))
    return f"{days} {hours.begin:%H:%M}–{hours.end:%H:%M}"


def _sheet(console: Console, rota: Rota, changes: list[Change], now: datetime) -> RotaSheet:
    until = now + AHEAD
    planned = (_layer(console, rota, one, now) for one in rota.layers)
    holding = tuple(c for c in changes if c.rota == rota.id and c.cancelled_at is None)
    return RotaSheet(rota, stretches(rota, changes, now, until), tuple(planned), holding)


def duty_page(console: Console, request: Request, refused: Refused | None = None) -> Response:
    """Render the rotas; a refused form says why and keeps what was typed."""
    now, visitor = console.clock(), visitor_of(request)
    return console.pages.page(
        request,
        "duty.html",
        now=now,
        status=200 if refused is None else 422,
        duty=console.duty,
        rotas=read_rotas(console, now),
        mine=visitor.account.contact if visitor.account else "",
        refused=refused or Refused(),
        duty_file=console.office.duty_file,
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of the page and its forms."""
    router = APIRouter()

    @router.get(PATH)
    def duty(request: Request) -> Response:
        return duty_page(console, request)

    _putting(console, router)
    _changing(console, router)
    return router


def _putting(console: Console, router: APIRouter) -> None:
    """Add the forms that put one person on duty."""
    desk = console.office.rota

    def put(made: Change) -> str:
        name = clean(console.duty.name(made.contact), 40)
        return console.composer.words(PUT, name=name, begins=shown(made.begins), ends=shown(made.ends))

    @router.post(f"{PATH}/override")
    def override(
        request: Request,
        token: Typed = "",
        by: Typed = "",
        rota: Typed = "",
        contact: Typed = "",
        begins: Typed = "",
        ends: Typed = "",
        reason: Typed = "",
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            span = {"begins": moment_of(begins) if begins.strip() else now, "ends": moment_of(ends)}
            return put(desk.override(rota, contact, **span, by=name, now=now, reason=clean(reason)))

        typed = {"contact": contact, "begins": begins, "ends": ends, "reason": reason, "by": by}
        back = _Render(console, request, Refused("override", rota, typed=typed))
        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=back)

    @router.post(f"{PATH}/take")
    def take(
        request: Request,
        token: Typed = "",
        by: Typed = "",
        rota: Typed = "",
        contact: Typed = "",
        ends: Typed = "",
        reason: Typed = "",
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            until = moment_of(ends) if ends.strip() else None
            return put(desk.take(rota, contact, ends=until, by=name, now=now, reason=clean(reason)))

        typed = {"contact": contact, "ends": ends, "reason": reason, "by": by}
        back = _Render(console, request, Refused("take", rota, typed=typed))
        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=back)


def _changing(console: Console, router: APIRouter) -> None:
    """Add the forms that swap two shifts and take a change back."""
    desk, words = console.office.rota, console.composer.words

    @router.post(f"{PATH}/swap")
    def swap(
        request: Request,
        token: Typed = "",
        by: Typed = "",
        rota: Typed = "",
        one: Typed = "",
        other: Typed = "",
        reason: Typed = "",
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            (first_at, _, seen_one), (second_at, _, seen_other) = one.partition("~"), other.partition("~")
            moments, seen = (moment_of(first_at), moment_of(second_at)), (seen_one, seen_other)
            halves = desk.swap(rota, *moments, by=name, now=now, reason=clean(reason), seen=seen)
            first, second = (clean(console.duty.name(half.contact), 40) for half in halves)
            return words(SWAPPED, first=first, second=second)

        typed = {"one": one, "other": other, "reason": reason, "by": by}
        back = _Render(console, request, Refused("swap", rota, typed=typed))
        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=back)

    @router.post(f"{PATH}/changes/{{number}}/cancel")
    def cancel(request: Request, number: Number, token: Typed = "", by: Typed = "") -> Response:
        def deed(name: str, now: datetime) -> str:
            return words(TAKEN_BACK, id=desk.cancel(number, by=name, now=now).id)

        back = _Render(console, request, Refused("cancel", str(number), typed={"by": by}))
        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=back)


def moment_of(text: str) -> datetime:
    """Read a Beijing time of this age; raise UnreadableTime."""
    try:
        at = read(text).astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=text) from None
    if at.year not in AGE:
        raise UnreadableTime(value=text)
    return at


@dataclass(frozen=True, slots=True)
class _Render:
    """Renders the page again with the sentence that refuses a form."""

    console: Console
    request: Request
    refused: Refused

    def __call__(self, said: str) -> Response:
        """Return the page."""
        return duty_page(self.console, self.request, replace(self.refused, said=said))
