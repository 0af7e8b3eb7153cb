"""The page that leads to the office's own pages, and how a form of theirs is carried out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.access.roles import Permission
from monitor.core.errors import N_, Mistake
from responders.console.console import Console
from responders.console.faults import DATABASE
from responders.console.visitor import StalePage, given_name, remember, tell_next, visitor_of

OVERSEE = Permission.OVERSEE
# Where each page is, what it is called, what it is good for, and who sees it.
PAGES = (
    ("/leader", N_("Situation"), N_("What stands now and what needs a leader, on one screen"), OVERSEE),
    (
        "/statistics",
        N_("Statistics"),
        N_("What happened, what was kept and what was late, year by year"),
        OVERSEE,
    ),
    ("/bulletins", N_("Bulletins"), N_("Flash reports, special reports and newsletters: make, sign, print"), OVERSEE),
    ("/appraisals", N_("Appraisal of offices"), N_("Plan, notice, self-check, grades, results, year by year"), OVERSEE),
    ("/duty", N_("Duty rota"), N_("Who is on duty, gaps, overrides, swaps, take-over"), OVERSEE),
    ("/channels", N_("Contacts and channels"), N_("How everybody is reached, and whether it works"), OVERSEE),
    ("/sources", N_("Sources"), N_("What is read, how each source fares, a look at what it brings"), OVERSEE),
    ("/missed", N_("What we missed"), N_("What some sources told of and others did not, what came late"), OVERSEE),
    ("/rules", N_("Rules"), N_("What is owed by when, on whose word, and what changed"), OVERSEE),
    ("/drills", N_("Drills"), N_("Practise, and see who acted how fast"), OVERSEE),
    ("/audit", N_("Audit log"), N_("Who did what when; examine that nothing was changed"), Permission.INSPECT),
    ("/accounts", N_("Accounts"), N_("Who may sign in and do what"), Permission.ADMINISTER),
)
Typed = Annotated[str, Form(max_length=300)]
Deed = Callable[[str, datetime], str]


def carry_out(
    console: Console,
    request: Request,
    *,
    token: str,
    by: str,
    deed: Deed,
    back: str,
    refused: Callable[[str], Response],
) -> Response:
    """Do the deed, given who acts and when, and send the browser `back` to read what the deed says.

    A Mistake is told by the page that `refused` renders, with what was typed. While the database is away, or the page
    was too old, what was typed can be sent again as it is, see faults.
    """
    visitor, now = visitor_of(request), console.clock()
    visitor.check(token)
    try:
        name = given_name(by, visitor)
        said = deed(name, now)
    except (*DATABASE, StalePage):
        raise
    except Mistake as mistake:
        return refused(console.composer.words.mistake(mistake))
    response = RedirectResponse(back, 303)
    with suppress(Mistake):
        # What was done is done, whether or not this can be kept beside it.
        console.accounts.entrance.note_act(visitor.session, now)
    remember(response, name, request)
    tell_next(response, said, request)
    return response


def routes(console: Console) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter()

    @router.get("/office")
    def office(request: Request) -> Response:
        visitor = visitor_of(request)
        shown = [(path, name, use) for path, name, use, needed in PAGES if visitor.reach(needed) is not None]
        return console.pages.page(request, "office.html", now=console.clock(), pages=shown)

    return router
