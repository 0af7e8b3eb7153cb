"""The claims of one incident: what is claimed, who looked into it with what result, what was published about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.beijing import local
from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.core.incidents.claims import CheckResult
from monitor.store.claims import read_claims
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.typed import Typed, TypedForm
from responders.console.visitor import StalePage, given_name, remember, tell_next, visitor_of
from responders.desk.particulars import claim_of

KEPT = N_("Kept: what was found of the claim. What is false still has to be clarified in public.")
Deed = Callable[[str, datetime], object]


class ResultMissing(Mistake):
    """A check of a claim does not say what came of it."""

    message = N_("Say what came of it: false, partly false, true, or that it cannot be told yet.")


def routes(console: Console) -> APIRouter:
    """Return the routes of claims."""
    router, desk = APIRouter(), console.desk.claims

    @router.get("/incidents/{number}/claims")
    def shown(request: Request, number: Number) -> Response:
        return claims_page(console, request, number)

    @router.post("/incidents/{number}/claims")
    def check(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> object:
            claim = claim_of(typed.claim) if typed.claim.strip() else None
            return desk.check(number, claim, result_of(typed), basis=typed.reason, by=by, now=now)

        def refused(said: str, status: int) -> Response:
            return claims_page(console, request, number, said=said, typed=typed, status=status)

        return keep_check(console, request, typed, deed, f"/incidents/{number}/claims", refused)

    return router


def result_of(typed: Typed) -> CheckResult:
    """Return what came of a check; raise ResultMissing."""
    if typed.result not in set(CheckResult):
        raise ResultMissing
    return CheckResult(typed.result)


def keep_check(
    console: Console,
    request: Request,
    typed: Typed,
    deed: Deed,
    page: str,
    refused: Callable[[str, int], Response],
) -> Response:
    """Keep a check and go back to the page; a Mistake is shown there, with what was typed."""
    visitor, now = visitor_of(request), console.clock()
    try:
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        deed(by, now)
    except (UnknownIncident, *DATABASE):
        raise
    except Mistake as mistake:
        status = HTTPStatus.FORBIDDEN if isinstance(mistake, StalePage) else status_of(mistake)
        return refused(console.composer.words.mistake(mistake), status)
    response = RedirectResponse(page, HTTPStatus.SEE_OTHER)
    remember(response, by, request)
    tell_next(response, console.composer.words(KEPT), request)
    return response


def claims_page(
    console: Console, request: Request, number: int, *, said: str = "", typed: Typed | None = None, status: int = 200
) -> Response:
    """Render the page of an incident's claims; `said` is what a refused act says."""
    now = console.clock()
    with console.database.read() as connection:
        sheet = read_claims(connection, number)
    return console.pages.page(
        request,
        "claims.html",
        now=now,
        status=status,
        sheet=sheet,
        incident=sheet.incident,
        results=tuple(CheckResult),
        said=said,
        typed=typed or Typed(),
        typed_at=local(now).strftime("%Y-%m-%dT%H:%M"),
    )
