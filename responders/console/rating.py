"""The page of what the public says of one response: the address to place under it, and the answers so far."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from monitor.core.appraisal.opinion import ANSWERS, Opinion, RatingState
from monitor.core.errors import N_, UnknownResponse
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.store import ratings as kept
from monitor.store import views
from responders.console.appraisals import ActForm
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.office_page import Deed, carry_out
from responders.documents.appraisal import CAVEAT
from responders.ratings import NotRateable

PATH = "/responses/{number}/rating"
OPENED = N_("The address is made. Place it under the release.")
REVOKED = N_("The address is revoked. What was counted stays.")


def routes(console: Console) -> APIRouter:
    """Return the routes of the page."""
    router, words = APIRouter(), console.composer.words

    @router.get(PATH)
    def shown(request: Request, number: Number) -> Response:
        return _page(console, request, number)

    def done(request: Request, number: int, typed: ActForm, deed: Deed) -> Response:
        def refused(said: str) -> Response:
            return _page(console, request, number, said=said)

        back = PATH.format(number=number)
        return carry_out(console, request, token=typed.token, by=typed.by, deed=deed, back=back, refused=refused)

    @router.post(f"{PATH}/open")
    def make(request: Request, number: Number, typed: Annotated[ActForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            if console.office.ratings is None:
                raise NotRateable(id=number)
            console.office.ratings.open(number, by=by, now=now)
            return words(OPENED)

        return done(request, number, typed, deed)

    @router.post(f"{PATH}/revoke")
    def revoke(request: Request, number: Number, typed: Annotated[ActForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            if console.office.ratings is None:
                raise NotRateable(id=number)
            console.office.ratings.revoke(number, by=by, now=now)
            return words(REVOKED)

        return done(request, number, typed, deed)

    return router


def _page(console: Console, request: Request, number: int, *, said: str = "") -> Response:
    """Render the page. Raise UnknownResponse."""
    now, ratings = console.clock(), console.office.ratings
    with console.database.read() as connection:
        response = views.response(connection, number)
        if response is None:
            raise UnknownResponse(id=number)
        links = kept.of_response(connection, number)
        opinion = kept.opinions(connection, [number]).get(number, Opinion())
    standing = next((one for one in links if one.state(now) is RatingState.OPEN), None)
    least = console.office.appraisals.least
    share = opinion.share(least)
    return console.pages.page(
        request,
        "rating.html",
        now=now,
        status=422 if said else 200,
        response=response,
        rateable=response.retracted_at is None and response.kind in TO_THE_PUBLIC,
        on=ratings is not None,
        open=standing,
        address="" if ratings is None or standing is None else ratings.url(standing),
        links=[(one, one.state(now)) for one in links],
        opinion=opinion,
        answers=list(zip(ANSWERS, opinion.spread, strict=True)),
        share=None if share is None else f"{share:.1%}",
        least=least,
        caveat=console.composer.words(CAVEAT),
        said=said,
    )
