"""The calendar of open deadlines at a secret address, and how somebody gets and takes back his own."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.core.access.accounts import reach
from monitor.core.access.roles import Permission
from monitor.core.errors import N_
from monitor.core.listed import Listed
from monitor.core.model import MatterState
from monitor.core.views import DeadlineView
from monitor.store import conference_plans, listing, views
from monitor.store.listing import Bounds
from responders.accounts.feeds import Feeds
from responders.console.console import Console
from responders.console.own_account import PATH, attempt, done, own_page, owner
from responders.console.signing import Short
from responders.documents.deadline_calendar import deadline_calendar

MOST = 500
ENDED = N_("The calendar's address is worth nothing from now on.")
HEADERS = {
    "content-disposition": 'attachment; filename="huiying.ics"',
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
}


def routes(console: Console) -> APIRouter:
    """Return the routes of calendars."""
    router, feeds = APIRouter(), Feeds(console.database)

    @router.get("/calendar/{file}")
    def calendar(file: str) -> Response:
        account = feeds.holder(file)
        within = None if account is None else reach(account, Permission.SEE)
        if within is None:
            raise HTTPException(404)
        with console.database.read() as connection:
            ids = listing.numbers(connection, Listed.DEADLINES, Bounds(within=within, live=True), limit=MOST)
            found = [one for one in listing.piece(connection, Listed.DEADLINES, ids) if isinstance(one, DeadlineView)]
            every = conference_plans.coming(connection)
            places = views.incidents(connection, ids=[one.matter_id for one in every], within=within, limit=MOST)
            mine = {one.id for one in places if one.state is MatterState.OPEN}
            plans = [one for one in every if one.matter_id in mine]
            titles = listing.titles(connection, {one.matter_id for one in found} | {one.matter_id for one in plans})
        rows = sorted(((one, *titles.get(one.matter_id, ("", False))) for one in found), key=lambda row: row[0].due_at)
        coming = [(plan, *titles.get(plan.matter_id, ("", False))) for plan in plans]
        now, bureau = console.clock(), console.pages.bureau
        text = deadline_calendar(rows, console.composer, name=bureau, now=now, plans=coming)
        return Response(text, media_type="text/calendar; charset=utf-8", headers=HEADERS)

    @router.post(f"{PATH}/calendar")
    def issue(request: Request, token: Short = "") -> Response:
        def deed() -> Response:
            file = feeds.issue(owner(request), console.clock())
            address = f"{str(request.base_url).rstrip('/')}/calendar/{file}"
            response = own_page(console, request, fresh_calendar=address)
            response.headers["cache-control"] = "no-store"
            return response

        return attempt(console, request, token, "calendar", deed)

    @router.post(f"{PATH}/calendar/end")
    def end(request: Request, token: Short = "") -> Response:
        def deed() -> Response:
            account = owner(request)
            feeds.end(account, by=account.by, now=console.clock())
            return done(console, request, ENDED)

        return attempt(console, request, token, "calendar", deed)

    return router
