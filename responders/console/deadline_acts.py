"""The forms about one deadline, one logged response, and what was found wrong.

Each form about a deadline carries the version that its page showed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response

from monitor.core.errors import UnknownDeadline, UnknownResponse
from monitor.core.model import Verb
from monitor.core.views import Done
from monitor.store import views
from responders.console.acts import Act, carry_out
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.typed import Typed, TypedForm
from responders.console.visitor import clean

Deed = Callable[[str, datetime], Done]


def at_deadline(console: Console, request: Request, number: int, typed: Typed, verb: Verb, deed: Deed) -> Response:
    """Carry out an act on one deadline; raise UnknownDeadline where there is none of that number."""
    with console.database.read() as connection:
        found = views.deadline(connection, number)
    if found is None:
        raise UnknownDeadline(id=number)
    return carry_out(console, request, Act(verb, found.matter_id, typed, number), deed)


def routes(console: Console) -> APIRouter:
    """Return the routes of all these forms."""
    router = APIRouter()
    _ending(console, router)
    _timing(console, router)
    _recording(console, router)
    return router


def _ending(console: Console, router: APIRouter) -> None:
    """Add the forms that end a deadline, and take that back."""
    desk = console.desk

    @router.post("/deadlines/{number}/waive")
    def waive(request: Request, number: Number, typed: TypedForm) -> Response:
        return at_deadline(
            console, request, number, typed, Verb.WAIVE,
            lambda by, now: desk.waive(number, by=by, now=now, reason=typed.why(), seen=typed.seen()),
        )  # fmt: skip

    @router.post("/deadlines/{number}/reopen")
    def reopen(request: Request, number: Number, typed: TypedForm) -> Response:
        return at_deadline(
            console, request, number, typed, Verb.REOPEN,
            lambda by, now: desk.reopen(number, by=by, now=now, reason=typed.why(), seen=typed.seen()),
        )  # fmt: skip


def _timing(console: Console, router: APIRouter) -> None:
    """Add the forms that move a deadline or let it rest."""
    desk = console.desk

    @router.post("/deadlines/{number}/extend")
    def extend(request: Request, number: Number, typed: TypedForm) -> Response:
        approval = {"approver": clean(typed.approver), "notice": clean(typed.notice), "span": clean(typed.span)}
        return at_deadline(
            console, request, number, typed, Verb.EXTEND,
            lambda by, now: desk.extend(number, by=by, now=now, reason=typed.why(), seen=typed.seen(), **approval),
        )  # fmt: skip

    @router.post("/deadlines/{number}/pause")
    def pause(request: Request, number: Number, typed: TypedForm) -> Response:
        ground, why, seen = clean(typed.ground), typed.why(), typed.seen()
        return at_deadline(
            console, request, number, typed, Verb.PAUSE,
            lambda by, now: desk.pause(
                number, ground=ground, at=typed.instant(now), by=by, now=now, reason=why, seen=seen
            ),
        )  # fmt: skip

    @router.post("/deadlines/{number}/resume")
    def resume(request: Request, number: Number, typed: TypedForm) -> Response:
        return at_deadline(
            console, request, number, typed, Verb.RESUME,
            lambda by, now: desk.resume(
                number, at=typed.instant(now), by=by, now=now, reason=typed.why(), seen=typed.seen()
            ),
        )  # fmt: skip

    @router.post("/deadlines/{number}/reset")
    def reset(request: Request, number: Number, typed: TypedForm) -> Response:
        ground, why, seen = clean(typed.ground), typed.why(), typed.seen()
        return at_deadline(
            console, request, number, typed, Verb.RESET,
            lambda by, now: desk.reset(
                number, ground=ground, at=typed.instant(now), by=by, now=now, reason=why, seen=seen
            ),
        )  # fmt: skip

    @router.post("/deadlines/{number}/start")
    def set_anchor(request: Request, number: Number, typed: TypedForm) -> Response:
        return at_deadline(
            console, request, number, typed, Verb.SET_ANCHOR,
            lambda by, now: desk.set_anchor(
                number, at=typed.start(), by=by, now=now, reason=typed.why(), seen=typed.seen()
            ),
        )  # fmt: skip


def _recording(console: Console, router: APIRouter) -> None:
    """Add the forms about what is logged: a withdrawn response, an acknowledgement taken back, a fault found."""
    desk = console.desk

    @router.post("/responses/{number}/retract")
    def retract(request: Request, number: Number, typed: TypedForm) -> Response:
        with console.database.read() as connection:
            found = views.response(connection, number)
        if found is None:
            raise UnknownResponse(id=number)
        return carry_out(
            console,
            request,
            Act(Verb.RETRACT, found.matter_id, typed, number),
            lambda by, now: desk.retract(number, at=typed.instant(now), by=by, now=now, reason=typed.why()),
        )

    @router.post("/incidents/{number}/hand-back")
    def hand_back(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.HAND_BACK, number, typed),
            lambda by, now: desk.hand_back(number, by=by, now=now, reason=typed.why()),
        )

    @router.post("/incidents/{number}/fault")
    def find_fault(request: Request, number: Number, typed: TypedForm) -> Response:
        proof, why = clean(typed.evidence), typed.why()
        return carry_out(
            console,
            request,
            Act(Verb.FIND_FAULT, number, typed),
            lambda by, now: desk.find_fault(
                number, typed.found(), deadline_id=typed.about(), evidence=proof, by=by, now=now, reason=why
            ),
        )
