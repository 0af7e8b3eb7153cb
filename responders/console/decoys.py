"""What was set aside: how many by class, and the items of each."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.core.item_views import DecoyCount
from monitor.core.model import Decoy
from monitor.store import decoys
from responders.console.console import Console
from responders.console.lists import PER_PAGE, PageNumber, one_page

A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
# How many of the newest items stand under each class.
NEWEST = 3
NOTHING = "none"


def _is_used(count: DecoyCount) -> bool:
    return bool(count.month or count.put_right or count.by_people)


def routes(console: Console) -> APIRouter:
    """Return the routes of the counts and of one class."""
    router = APIRouter()

    @router.get("/decoys")
    def counts(request: Request) -> Response:
        now = console.clock()
        with console.database.read() as connection:
            found = decoys.counts(connection, now - A_DAY, now - A_MONTH)
            busy = sorted((c for c in found if _is_used(c)), key=lambda c: (c.decoy is None, -c.month))
            rows = [(count, decoys.newest(connection, count.decoy, limit=NEWEST)) for count in busy]
        idle = [count.decoy for count in found if count.decoy and not _is_used(count)]
        return console.pages.page(request, "decoys.html", now=now, rows=rows, idle=idle)

    @router.get("/decoys/{name}")
    def one(request: Request, name: str, page: PageNumber = 1) -> Response:
        if name != NOTHING and name not in {decoy.value for decoy in Decoy}:
            raise HTTPException(404)
        decoy = None if name == NOTHING else Decoy(name)
        with console.database.read() as connection:
            found = decoys.newest(connection, decoy, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
        rows, pager = one_page(found, page)
        return console.pages.page(
            request, "decoy.html", now=console.clock(), rows=rows, pager=pager, name=name, decoy=decoy
        )

    return router
