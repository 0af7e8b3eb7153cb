"""The longer lists: all incidents, all alerts; and the service's health for machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from monitor.core.access.roles import Permission
from monitor.store import views
from responders.console.console import Console
from responders.console.health import PROBES
from responders.console.incident import alert_row
from responders.console.visitor import NOWHERE, visitor_of

PER_PAGE = 50
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class Pager:
    """Which page of a list this is, and whether another follows."""

    number: int
    more: bool


def one_page(found: Sequence[Any], number: int) -> tuple[Sequence[Any], Pager]:
    """Cut the row too many that tells whether another page follows."""
    return found[:PER_PAGE], Pager(number, len(found) > PER_PAGE)


def probed(console: Console, path: str) -> Callable[[], Response]:
    """Return the route of one probe."""

    def answer() -> Response:
        found = console.probe(path)
        return Response(found.body, found.status, media_type=found.kind)

    return answer


def routes(console: Console) -> APIRouter:
    """Return the routes of the lists."""
    router, pages = APIRouter(), console.pages

    @router.get("/incidents")
    def incidents(request: Request, page: PageNumber = 1) -> Response:
        within = visitor_of(request).reach(Permission.SEE) or NOWHERE
        with console.database.read() as connection:
            found = views.incidents(connection, within=within, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
        rows, pager = one_page(found, page)
        return pages.page(request, "incidents.html", now=console.clock(), rows=rows, pager=pager)

    @router.get("/alerts")
    def alerts(request: Request, page: PageNumber = 1) -> Response:
        with console.database.read() as connection:
            found = views.alerts(connection, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
            shown, pager = one_page(found, page)
            numbers = {alert.matter_id for alert in shown if alert.matter_id is not None}
            titles = {i.id: i.title for i in views.incidents(connection, ids=numbers, limit=PER_PAGE)}
        rows = [alert_row(alert, console.composer) for alert in shown]
        return pages.page(request, "alerts.html", now=console.clock(), rows=rows, titles=titles, pager=pager)

    for address in PROBES:
        router.add_api_route(address, probed(console, address))

    return router
