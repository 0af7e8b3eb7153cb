"""The forms beside what we published ourselves: log it as the response, say no, take that back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.core.model import Verb
from responders.console.acts import Act, carry_out
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number, incident_page
from responders.console.typed import Failed, TypedForm
from responders.console.visitor import StalePage, given_name, remember, tell_next, visitor_of

REFUSED = N_("Kept: this is not the response. It is not offered again.")
OFFERED = N_("It is offered again.")


def routes(console: Console) -> APIRouter:
    """Return the routes of offers."""
    router, desk = APIRouter(), console.desk.offers

    @router.post("/incidents/{number}/offer/log")
    def log(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.RESPOND, number, typed),
            lambda by, now: desk.log(
                number,
                typed.offered(),
                kind=typed.kind or None,
                published_at=typed.moment() if typed.published_at.strip() else None,
                by=by,
                now=now,
            ),
        )

    @router.post("/incidents/{number}/offer/refuse")
    def refuse(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> None:
            desk.refuse(number, typed.offered(), by=by, now=now)

        return _decided(console, request, number, typed, deed, REFUSED)

    @router.post("/incidents/{number}/offer/again")
    def again(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> None:
            desk.again(number, typed.offered(), by=by, now=now)

        return _decided(console, request, number, typed, deed, OFFERED)

    return router


def _decided(
    console: Console,
    request: Request,
    number: int,
    typed: TypedForm,
    deed: Callable[[str, datetime], None],
    said: str,
) -> Response:
    """Carry out what is no response; a Mistake is shown beside the offer."""
    visitor, words = visitor_of(request), console.composer.words
    try:
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        deed(by, console.clock())
    except (UnknownIncident, *DATABASE):
        raise
    except Mistake as mistake:
        status = HTTPStatus.FORBIDDEN if isinstance(mistake, StalePage) else status_of(mistake)
        failed = Failed("offer", words.mistake(mistake), typed)
        return incident_page(console, request, number, failed=failed, status=status)
    response = RedirectResponse(f"/incidents/{number}#offers", HTTPStatus.SEE_OTHER)
    remember(response, by, request)
    tell_next(response, words(said), request)
    return response
