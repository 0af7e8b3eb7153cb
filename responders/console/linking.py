"""The forms that link incidents, and take links back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from monitor.core.incidents.chains import Tie
from monitor.core.model import Verb
from responders.console.acts import Act, carry_out
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.typed import TypedForm


def routes(console: Console) -> APIRouter:
    """Return the routes of both forms."""
    router, desk = APIRouter(), console.desk

    @router.post("/incidents/{number}/link")
    def link(request: Request, number: Number, typed: TypedForm) -> Response:
        tie = typed.tie or Tie.RELATED
        return carry_out(
            console,
            request,
            Act(Verb.LINK, number, typed),
            lambda by, now: desk.link(number, typed.target(), tie, by=by, now=now, reason=typed.why()),
        )

    @router.post("/incidents/{number}/unlink")
    def unlink(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.UNLINK, number, typed),
            lambda by, now: desk.unlink(number, typed.target(), by=by, now=now, reason=typed.why()),
        )

    return router
