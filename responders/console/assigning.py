"""The forms that assign an incident to offices, and that sign for one's own."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from monitor.core.model import Verb
from monitor.core.seen import Seen
from responders.console.acts import Act, carry_out
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.typed import TypedForm
from responders.console.visitor import clean
from responders.desk.assignments import MINDED

LONGEST_ID = 40


def routes(console: Console) -> APIRouter:
    """Return the routes of both forms."""
    router, desk = APIRouter(), console.desk.assignments

    @router.post("/incidents/{number}/assign")
    def assign(request: Request, number: Number, typed: TypedForm) -> Response:
        looked = typed.looked()
        return carry_out(
            console,
            request,
            Act(Verb.ASSIGN, number, typed),
            lambda by, now: desk.assign(
                number,
                clean(typed.office, LONGEST_ID),
                [clean(office, LONGEST_ID) for office in typed.offices],
                by=by,
                now=now,
                note=typed.why(),
                seen=None if looked is None else Seen(looked.upto, MINDED),
            ),
        )

    @router.post("/incidents/{number}/sign")
    def sign(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.SIGN, number, typed),
            lambda by, now: desk.sign(number, clean(typed.office, LONGEST_ID), by=by, now=now),
        )

    return router
