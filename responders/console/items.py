"""One item: what it was taken for and why, what a person can decide about it; and why an incident stands as it does."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response

from monitor.core.model import Decoy, Verb
from monitor.core.views import Done
from monitor.store import streams
from responders.console.acts import Act, Deed, carry_out
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.typed import Failed, Typed, TypedForm
from responders.documents.reasons_incident import incident_sections
from responders.documents.reasons_item import item_sections


def item_page(
    console: Console, request: Request, number: int, *, failed: Failed | None = None, status: int = 200
) -> Response:
    """Render the page of one item; a refused act shows its sentence and what was typed beside its form."""
    answer = console.inquiry.item(number)
    record = answer.record
    assert record is not None
    with console.database.read() as connection:
        withdrawn_at = streams.withdrawn_at(connection, number)
    abroad = answer.stored is not None and answer.stored.decoy is Decoy.FOREIGN and not record.decided_by
    return console.pages.page(
        request,
        "item.html",
        now=console.clock(),
        status=status,
        record=record,
        withdrawn_at=withdrawn_at,
        sections=item_sections(answer, console.composer),
        can_report=not record.counts or abroad,
        can_set_aside=record.matter_id is not None,
        classes=tuple(Decoy),
        failed=failed,
        typed=failed.typed if failed else Typed(),
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of an item's page and of an incident's reasons."""
    router = APIRouter()

    @router.get("/items/{number}")
    def item(request: Request, number: Number) -> Response:
        return item_page(console, request, number)

    @router.get("/incidents/{number}/why")
    def why(request: Request, number: Number) -> Response:
        now = console.clock()
        answer = console.inquiry.incident(number, now)
        sections = incident_sections(answer, console.composer)
        return console.pages.page(request, "why.html", now=now, incident=answer.incident, sections=sections)

    def decide(request: Request, number: int, verb: Verb, typed: Typed, deed: Deed) -> Response:
        return carry_out(
            console,
            request,
            Act(verb, None, typed),
            deed,
            lambda failed: item_page(console, request, number, failed=failed, status=422),
        )

    @router.post("/items/{number}/report")
    def report(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> Done:
            return console.sorting.report(number, by=by, now=now, reason=typed.why())

        return decide(request, number, Verb.REPORT, typed, deed)

    @router.post("/items/{number}/set-aside")
    def set_aside(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> Done:
            return console.sorting.set_aside(number, typed.decoy_class(), by=by, now=now, reason=typed.why())

        return decide(request, number, Verb.SET_ASIDE, typed, deed)

    return router
