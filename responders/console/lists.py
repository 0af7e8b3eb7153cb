"""The longer lists: all incidents, all alerts, the sources and how they fare; and the service's health for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from monitor.core.access.roles import Permission
from monitor.core.fetched import Outcome
from monitor.core.sources import FAILURE_MESSAGES, FailureKind
from monitor.loops.ingest.push import NEVER
from monitor.store import sources, views
from monitor.store.sources import SourceState
from responders.console.console import Console
from responders.console.health import PROBES
from responders.console.incident import alert_row
from responders.console.visitor import NOWHERE, visitor_of

PER_PAGE = 50
A_DAY = timedelta(hours=24)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class Pager:
    """Which page of a list this is, and whether another follows."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source and how it fares; `trouble` is the sentence of its last failure, `counts` are the fetches of a day."""

    id: str
    name: str
    state: SourceState | None
    watched: bool
    trouble: str
    good: int
    failed: int

    @property
    def failing(self) -> bool:
        """Tell whether its last fetch failed."""
        return bool(self.trouble)

    @property
    def fetched(self) -> bool:
        """Tell whether it is fetched: what is brought to us has no next time."""
        return self.state is not None and self.state.next_at < NEVER


def source_rows(console: Console, now: datetime) -> list[SourceRow]:
    """Return all sources, those that fail first."""
    with console.database.read() as connection:
        states = sources.states(connection)
        failing = [name for name, state in states.items() if state.last_outcome == Outcome.FAILED]
        details = {name: sources.last_failure(connection, name) for name in failing}
        counts = sources.fetch_counts(connection, now - A_DAY, now + timedelta(seconds=1))
    names = console.composer.names.sources
    rows = [
        _source_row(console, name, states.get(name), details.get(name, ""), counts.get(name, {}))
        for name in {**names, **states}
    ]
    return sorted(rows, key=lambda row: (not row.watched, not row.failing, row.name))


def _source_row(
    console: Console, name: str, state: SourceState | None, detail: str, counts: Mapping[str, int]
) -> SourceRow:
    names, words = console.composer.names, console.composer.words
    trouble = ""
    if state is not None and state.last_outcome == Outcome.FAILED:
        trouble = words(FAILURE_MESSAGES[FailureKind(state.last_reason)], detail=detail or "—")
    failed = sum(number for outcome, number in counts.items() if outcome.startswith(Outcome.FAILED))
    return SourceRow(
        id=name,
        name=names.source(name),
        state=state,
        watched=name in names.sources,
        trouble=trouble,
        good=sum(counts.values()) - failed,
        failed=failed,
    )


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

    @router.get("/sources")
    def all_sources(request: Request) -> Response:
        now = console.clock()
        return pages.page(request, "sources.html", now=now, rows=source_rows(console, now))

    for address in PROBES:
        router.add_api_route(address, probed(console, address))

    return router
