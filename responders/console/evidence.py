"""What was kept of a published page: how it stands, every look, the files. The page itself is never shown as a page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from monitor.core.errors import UnknownResponse
from monitor.core.views import ResponseView
from monitor.store import evidence_views, views
from responders.console.console import Console
from responders.console.incident import Number
from responders.documents.evidence_sheet import evidence_sections, title_of
from responders.evidence.bundle import files_of

TEXT = "text.txt"
LookNumber = Annotated[int, Path(ge=1, le=9999)]


def routes(console: Console) -> APIRouter:
    """Return the routes of a response's evidence and of its files."""
    router = APIRouter()

    @router.get("/evidence/{number}")
    def one(request: Request, number: Number) -> Response:
        words = console.composer.words
        with console.database.read() as connection:
            response = _response(connection, number)
            found = evidence_views.one(connection, number)
        return console.pages.page(
            request,
            "evidence.html",
            now=console.clock(),
            title=title_of(response, words),
            response=response,
            looks=tuple(reversed(found.captures)) if found is not None else (),
            sections=evidence_sections(response, found, words),
            text=TEXT,
        )

    @router.get("/evidence/{number}/{look}/text.txt")
    def text(number: Number, look: LookNumber) -> Response:
        with console.database.read() as connection:
            found = evidence_views.one(connection, number)
            capture = next((one for one in found.captures if one.number == look), None) if found is not None else None
            if capture is None or not capture.readable:
                raise HTTPException(404)
            shown = f"{capture.title}\n\n{evidence_views.text_of(connection, capture.id)}\n"
        return _file(shown.encode("utf-8"), f"evidence-{number}-{look:04d}.txt", "text/plain; charset=utf-8")

    @router.get("/evidence/{number}/{look}/{name}")
    def file(number: Number, look: LookNumber, name: str) -> Response:
        with console.database.read() as connection:
            kept = [one for one in evidence_views.kept(connection, number) if one.number == look]
        data = files_of(kept).get(f"{look:04d}/{name}")
        if data is None:
            raise HTTPException(404)
        return _file(data, f"evidence-{number}-{look:04d}-{name}", "application/octet-stream")

    return router


def _response(connection: Connection, number: int) -> ResponseView:
    found = views.response(connection, number)
    if found is None:
        raise UnknownResponse(id=number)
    return found


def _file(data: bytes, name: str, kind: str) -> Response:
    """Return a file to be stored, never to be opened in its place: what others published is hostile."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
    return Response(data, media_type=kind, headers=headers)
