"""The sources: how each fares and why, its last fetches, and a look at what it brings now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.core.errors import Mistake
from monitor.core.fetched import Outcome
from monitor.core.source_health import SourceTrouble, trouble_of
from monitor.core.sources import FAILURE_MESSAGES, FailureKind, Source
from monitor.loops.ingest.push import NEVER
from monitor.store import fetches, sources
from monitor.store.briefing_facts import source_facts
from monitor.store.fetches import FetchView
from monitor.store.sources import SourceState
from responders.console.console import Console
from responders.console.faults import DATABASE
from responders.console.office_page import Typed
from responders.console.visitor import StalePage, given_name, visitor_of
from responders.documents.briefing_health import trouble_said
from responders.labels import label
from responders.previews import Preview

A_DAY = timedelta(hours=24)
FETCHES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source and how it fares: `trouble` is the sentence of its last failure, `unwell` why it counts as unwell."""

    id: str
    name: str
    state: SourceState | None
    watched: bool
    trouble: str
    good: int
    failed: int
    unwell: str = ""
    setting: Source | None = None

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
        details = {name: fetches.last_failure(connection, name) for name in failing}
        counts = fetches.fetch_counts(connection, now - A_DAY, now + timedelta(seconds=1))
        unwell = {facts.id: trouble_of(facts, now) for facts in source_facts(connection, console.office.sources, now)}
    names = console.composer.names.sources
    rows = [
        _source_row(
            console, name, states.get(name), details.get(name, ""), counts.get(name, {}), unwell=unwell.get(name)
        )
        for name in {**names, **states}
    ]
    return sorted(rows, key=lambda row: (not row.watched, not row.failing, not row.unwell, row.name))


def _source_row(
    console: Console,
    name: str,
    state: SourceState | None,
    detail: str,
    counts: Mapping[str, int],
    *,
    unwell: SourceTrouble | None,
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
        unwell="" if unwell is None else trouble_said(unwell, words),
        setting=console.office.sources.get(name),
    )


@dataclass(frozen=True, slots=True)
class FetchRow:
    """One fetch as it is shown; `said` is the sentence of a failure."""

    fetch: FetchView
    failed: bool
    word: str
    said: str


def source_page(
    console: Console, request: Request, name: str, *, preview: Preview | None = None, said: str = "", status: int = 200
) -> Response:
    """Render one source, with what it brings now where that was asked for, or why it was refused."""
    now, words = console.clock(), console.composer.words
    row = next((row for row in source_rows(console, now) if row.id == name), None)
    if row is None:
        raise HTTPException(404)
    with console.database.read() as connection:
        latest = [_fetch_row(console, one) for one in fetches.latest_fetches(connection, name, FETCHES)]
    fetched = None if preview is None else preview.fetched
    fault = "" if fetched is None or fetched.reason is None else words(label(fetched.reason), detail=fetched.detail)
    return console.pages.page(
        request,
        "source.html",
        now=now,
        status=status,
        row=row,
        fetches=latest,
        preview=preview,
        fault=fault,
        said=said,
        pages_of_entries={
            looked.entry.key: words(label(looked.page.reason), detail=looked.page.detail)
            for looked in (preview.looked if preview else ())
            if looked.page is not None and looked.page.reason is not None
        },
    )


def _fetch_row(console: Console, fetch: FetchView) -> FetchRow:
    words, failed = console.composer.words, fetch.outcome == Outcome.FAILED
    known = next((kind for kind in FailureKind if kind.value == fetch.reason), None)
    said = fetch.reason if known is None else words(label(known), detail=fetch.detail or "—")
    return FetchRow(fetch, failed, words(label(Outcome(fetch.outcome))), said)


def routes(console: Console) -> APIRouter:
    """Return the routes of the sources."""
    router, pages = APIRouter(), console.pages

    @router.get("/sources")
    def all_sources(request: Request) -> Response:
        now = console.clock()
        return pages.page(request, "sources.html", now=now, rows=source_rows(console, now))

    @router.get("/sources/{name}")
    def one_source(request: Request, name: str) -> Response:
        return source_page(console, request, name)

    @router.post("/sources/{name}/preview")
    def preview(request: Request, name: str, token: Typed = "", by: Typed = "") -> Response:
        visitor, words = visitor_of(request), console.composer.words
        visitor.check(token)
        try:
            found = console.office.previews.look(name, by=given_name(by, visitor), now=console.clock())
        except (*DATABASE, StalePage):
            raise
        except Mistake as mistake:
            return source_page(console, request, name, said=words.mistake(mistake), status=422)
        return source_page(console, request, name, preview=found)

    return router
