"""Why one alert was made and sent or not, and what became of every moment of a deadline."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from monitor.core.errors import N_
from responders.console.console import Console
from responders.console.incident import Number
from responders.documents.reasons_telling import alert_sections, deadline_sections


def routes(console: Console) -> APIRouter:
    """Return the routes of an alert's and of a deadline's reasons."""
    router, pages = APIRouter(), console.pages

    @router.get("/alerts/{number}")
    def alert(request: Request, number: Number) -> Response:
        answer = console.inquiry.alert(number)
        title = console.composer.words(N_("Why alert {id} was made, sent or not"), id=number)
        sections = alert_sections(answer, console.composer)
        return pages.page(request, "telling.html", now=console.clock(), title=title, sections=sections)

    @router.get("/deadlines/{number}")
    def deadline(request: Request, number: Number) -> Response:
        now = console.clock()
        answer = console.inquiry.deadline(number, now)
        title = console.composer.words(N_("Why deadline {id} stands as it does"), id=number)
        sections = deadline_sections(answer, console.composer)
        return pages.page(request, "telling.html", now=now, title=title, sections=sections)

    return router
