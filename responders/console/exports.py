"""Downloads of whole lists. A file is finished before it is sent: nobody gets half a list for a whole one."""

from __future__ import annotations

import logging
from tempfile import TemporaryFile
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from monitor.core.access.roles import Permission
from monitor.core.beijing import local
from monitor.core.listed import Listed
from monitor.store.listing import Bounds
from responders.cap_export import cap_of
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.visitor import NOWHERE, visitor_of
from responders.documents.sheet_files import MEDIA_TYPES, Form
from responders.documents.sheets import SHEETS
from responders.exports import Exports, days

PIECE = 1 << 16
Day = Annotated[str, Query(max_length=20)]
log = logging.getLogger(__name__)


def routes(console: Console) -> APIRouter:
    """Return the page of the exports and their route."""
    router, pages = APIRouter(), console.pages
    exports = Exports(console.database, console.composer)

    @router.get("/exports")
    def page(request: Request) -> Response:
        lists = [(listed.value, sheet.name) for listed, sheet in SHEETS.items()]
        return pages.page(
            request, "exports.html", now=console.clock(), lists=lists, forms=[form.value for form in Form]
        )

    @router.get("/incidents/{number}.cap")
    def cap(number: Number) -> Response:
        text = cap_of(console.database, console.composer, number, console.clock())
        name = f'attachment; filename="huiying-{number}.cap.xml"'
        return Response(text, media_type="application/cap+xml", headers={"content-disposition": name})

    @router.get("/exports/{name}")
    def download(
        request: Request, name: str, first: Annotated[Day, Query(alias="from")] = "", to: Day = ""
    ) -> Response:
        what, _, ending = name.partition(".")
        if what not in set(Listed) or ending not in set(Form):
            raise HTTPException(404)
        listed, form = Listed(what), Form(ending)
        since, until = days(first, to)
        visitor = visitor_of(request)
        bounds = Bounds(since=since, until=until, within=visitor.reach(Permission.EXPORT) or NOWHERE)
        stream = TemporaryFile()  # noqa: SIM115 - it is closed when it was sent
        try:
            rows = exports.write(listed, form, stream, bounds, console.clock())
        except BaseException:
            stream.close()
            raise
        size = stream.tell()
        stream.seek(0)
        log.info("export of %s as %s: %d rows", listed.value, form.value, rows)
        file = f"huiying-{listed.value}-{local(console.clock()):%Y%m%d-%H%M}.{form.value}"
        headers = {
            "content-disposition": f'attachment; filename="{file}"',
            "content-length": str(size),
            "cache-control": "no-store",
        }
        parts = iter(lambda: stream.read(PIECE), b"")
        return StreamingResponse(
            parts, media_type=MEDIA_TYPES[form], headers=headers, background=BackgroundTask(stream.close)
        )

    return router
