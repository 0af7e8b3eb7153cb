"""The forms of the console: each reads what was typed, calls the desk and says what came of it.

Nothing is decided here. After an act the browser is sent on with 303, so that going back or reloading repeats nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.errors import Mistake
from monitor.core.model import LEVEL_OF_NAME, ResponseKind, Verb
from monitor.core.views import Done
from monitor.store import views
from responders.console.console import Console
from responders.console.faults import DATABASE
from responders.console.incident import Number, incident_page
from responders.console.kinds import particulars_of
from responders.console.typed import FIELDS, LONGEST, Failed, Typed, TypedForm
from responders.console.visitor import StalePage, clean, given_name, remember, tell_next, visitor_of
from responders.documents.outcomes import outcome

OWN_PAGES = re.compile(
    r"/|/incidents(/[0-9]{1,10}(/why)?)?|/items/[0-9]{1,10}|/decoys(/[a-z_]{1,20})?|/rumours|/alerts|/sources"
    r"|/office|/duty|/channels|/rules|/audit|/drills(/[0-9]{1,10})?"
)
# An item may come to count in any incident, so that all of them are compared before and after.
MOST_BEFORE = 5000
Deed = Callable[[str, datetime], Done]
Text = Annotated[str, Form(max_length=LONGEST)]


@dataclass(frozen=True, slots=True)
class Act:
    """One act as it came in: what, on which incident (none for an item's), on which of its deadlines, and the form."""

    verb: Verb
    incident: int | None
    typed: Typed
    deadline: int | None = None


def carry_out(
    console: Console, request: Request, act: Act, deed: Deed, refused: Callable[[Failed], Response] | None = None
) -> Response:
    """Do the deed and send the browser on; a Mistake is shown beside the form, with what was typed.

    `refused` renders the page with the form where that is not the incident's.

    While the database is away there is no form to show: then what was typed can be sent again as it is, see faults.
    """
    visitor, now = visitor_of(request), console.clock()
    try:
        visitor.check(act.typed.token)
        by = given_name(act.typed.by, visitor)
        with console.database.read() as connection:
            before = views.deadlines(connection, matter_id=act.incident, limit=MOST_BEFORE)
        done = deed(by, now)
    except DATABASE:
        raise
    except Mistake as mistake:
        said, field = console.composer.words.mistake(mistake), FIELDS.get(type(mistake), "")
        failed = Failed(act.verb.value, said, act.typed, act.deadline, field)
        shown = refused or (lambda it: incident_page(console, request, act.incident or 0, failed=it, status=422))
        answer = shown(failed)
        if isinstance(mistake, StalePage):
            answer.status_code = HTTPStatus.FORBIDDEN
        return answer
    to_board = act.typed.back == "board"
    response = RedirectResponse(act.typed.board() if to_board else f"/incidents/{done.incident.id}", 303)
    with suppress(Mistake):
        # What was done is done, whether or not this can be kept beside it.
        console.accounts.entrance.note_act(visitor.session, now)
    remember(response, by, request)
    tell_next(response, outcome(act.verb, done, before, console.composer), request)
    return response


def routes(console: Console) -> APIRouter:
    """Return the routes of all acts."""
    router, desk = APIRouter(), console.desk

    @router.post("/incidents/{number}/confirm")
    def confirm(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.CONFIRM, number, typed),
            lambda by, now: desk.confirm(number, by=by, now=now, reason=typed.why(), seen=typed.looked()),
        )

    @router.post("/incidents/{number}/dismiss")
    def dismiss(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.DISMISS, number, typed),
            lambda by, now: desk.dismiss(number, by=by, now=now, reason=typed.why(), seen=typed.looked()),
        )

    @router.post("/incidents/{number}/acknowledge")
    def acknowledge(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.ACKNOWLEDGE, number, typed),
            lambda by, now: desk.acknowledge(number, by=by, now=now),
        )

    @router.post("/incidents/{number}/respond")
    def respond(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.RESPOND, number, typed),
            lambda by, now: desk.respond(
                number,
                typed.kind or ResponseKind.AUTHORITATIVE_RELEASE,
                title=typed.headline(),
                url=clean(typed.url),
                published_at=typed.moment(),
                by=by,
                now=now,
                level=LEVEL_OF_NAME.get(typed.level),
                text=typed.text,
                particulars=particulars_of(typed),
            ),
        )

    @router.post("/incidents/{number}/merge")
    def merge(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.MERGE, number, typed),
            lambda by, now: desk.merge(number, typed.target(), by=by, now=now, reason=typed.why(), seen=typed.looked()),
        )

    @router.post("/incidents/{number}/split")
    def split(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.SPLIT, number, typed),
            lambda by, now: desk.split(number, typed.items, by=by, now=now, reason=typed.why(), seen=typed.looked()),
        )

    @router.post("/me")
    def me(request: Request, token: Text = "", by: Text = "", page: Text = "/") -> Response:
        visitor = visitor_of(request)
        visitor.check(token)
        response = RedirectResponse(page if OWN_PAGES.fullmatch(page) else "/", 303)
        remember(response, given_name(by, visitor), request)
        return response

    return router
