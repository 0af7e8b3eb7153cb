"""Check a release: paste its text, see what is missing beside it. Only a logged response's text is kept."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.checks.scorecard import Scorecard
from monitor.core.errors import Mistake, UnknownIncident, UnknownResponse
from monitor.core.model import ResponseKind
from monitor.store import release_checks, views
from responders.console.checked import proofs_of
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.typed import LONGEST_TEXT, Typed, TypedForm
from responders.console.visitor import given_name, remember, visitor_of
from responders.desk.matters import EmptyText


def routes(console: Console) -> APIRouter:
    """Return the routes of a draft's check and of a logged response's text."""
    router = APIRouter()

    @router.get("/incidents/{number}/check")
    def blank(request: Request, number: Number) -> Response:
        return _page(console, request, number, Typed())

    @router.post("/incidents/{number}/check")
    def draft(request: Request, number: Number, typed: TypedForm) -> Response:
        kind = typed.kind or ResponseKind.AUTHORITATIVE_RELEASE
        try:
            visitor_of(request).check(typed.token)
            if not typed.text.strip():
                raise EmptyText
            card = console.desk.check_release(number, typed.text, kind, now=console.clock())
        except (UnknownIncident, *DATABASE):
            raise
        except Mistake as mistake:
            said = console.composer.words.mistake(mistake)
            return _page(console, request, number, typed, said=said, status=status_of(mistake))
        return _page(console, request, number, typed, card=card)

    @router.get("/responses/{number}/text")
    def kept(request: Request, number: Number) -> Response:
        return _kept_page(console, request, number, Typed())

    @router.post("/responses/{number}/text")
    def add(request: Request, number: Number, typed: TypedForm) -> Response:
        visitor, now = visitor_of(request), console.clock()
        try:
            visitor.check(typed.token)
            by = given_name(typed.by, visitor)
            console.desk.add_text(number, typed.text, by=by, now=now)
        except (UnknownResponse, *DATABASE):
            raise
        except Mistake as mistake:
            said = console.composer.words.mistake(mistake)
            return _kept_page(console, request, number, typed, said=said, status=status_of(mistake))
        response = RedirectResponse(f"/responses/{number}/text", 303)
        remember(response, by, request)
        return response

    return router


def _kinds(console: Console) -> Sequence[ResponseKind]:
    """Return the kinds of response of which any check asks something."""
    asked = {kind for rule in console.desk.release_rules.checks.values() for kind in rule.kinds}
    return [kind for kind in ResponseKind if kind in asked]


def _page(
    console: Console,
    request: Request,
    number: int,
    typed: Typed,
    *,
    card: Scorecard | None = None,
    said: str = "",
    status: int = 200,
) -> Response:
    with console.database.read() as connection:
        incident = views.incident(connection, number)
    if incident is None:
        raise UnknownIncident(id=number)
    proofs = proofs_of(console)
    return console.pages.page(
        request,
        "check.html",
        now=console.clock(),
        status=status,
        incident=incident,
        typed=typed,
        kinds=_kinds(console),
        longest=LONGEST_TEXT,
        said=said,
        head=() if card is None else tuple(proofs.head(card)),
        sections=() if card is None else proofs.sections(card.findings),
    )


def _kept_page(
    console: Console, request: Request, number: int, typed: Typed, *, said: str = "", status: int = 200
) -> Response:
    with console.database.read() as connection:
        response = views.response(connection, number)
        kept = None if response is None else release_checks.of_matter(connection, response.matter_id).get(number)
    if response is None:
        raise UnknownResponse(id=number)
    proofs = proofs_of(console)
    return console.pages.page(
        request,
        "check_kept.html",
        now=console.clock(),
        status=status,
        response=response,
        kept=kept,
        typed=typed,
        longest=LONGEST_TEXT,
        said=said,
        head=() if kept is None else (proofs.score(kept.score),),
        sections=() if kept is None else proofs.sections(kept.findings),
    )
