"""Pages for what went wrong: what is not there, what a person can mend, and our own faults without their details."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from monitor.core.errors import (
    N_,
    Mistake,
    UnknownAlert,
    UnknownDeadline,
    UnknownIncident,
    UnknownItem,
    UnknownResponse,
)
from monitor.store.database_faults import DatabaseBusy, DatabaseDamaged, DatabaseReadOnly, DatabaseUnreachable, DiskFull
from responders.console.console import Console
from responders.console.guard import protect

NOT_FOUND = N_("There is no such page.")
NOT_LIKE_THIS = N_("This cannot be done like that.")
TOO_LARGE = N_("That is too much text.")
UNREADABLE = N_("The form could not be read. Nothing was changed.")
OUR_FAULT = N_("Something went wrong on our side. Nothing is lost that was stored before. Fault number: {number}")
SENTENCES = {404: NOT_FOUND, 405: NOT_LIKE_THIS, 413: TOO_LARGE}
ABSENT = (UnknownAlert, UnknownIncident, UnknownDeadline, UnknownItem, UnknownResponse)
DATABASE = (DatabaseBusy, DatabaseDamaged, DatabaseReadOnly, DatabaseUnreachable, DiskFull)
log = logging.getLogger(__name__)


def handle_faults(app: FastAPI, console: Console) -> None:
    """Let the application answer every fault with a page of its own."""

    def page(request: Request, status: int, said: str) -> Response:
        response = console.pages.page(request, "fault.html", now=console.clock(), status=status, said=said)
        protect(response.headers)
        return response

    @app.exception_handler(Mistake)
    def mistake(request: Request, fault: Mistake) -> Response:
        status = 404 if isinstance(fault, ABSENT) else 503 if isinstance(fault, DATABASE) else 422
        return page(request, status, console.composer.words.mistake(fault))

    @app.exception_handler(HTTPException)
    def refused(request: Request, fault: HTTPException) -> Response:
        return page(request, fault.status_code, console.composer.words(SENTENCES.get(fault.status_code, NOT_LIKE_THIS)))

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, fault: RequestValidationError) -> Response:
        in_address = any(error["loc"][:1] in (("path",), ("query",)) for error in fault.errors())
        status, sentence = (HTTPStatus.NOT_FOUND, NOT_FOUND) if in_address else (422, UNREADABLE)
        return page(request, int(status), console.composer.words(sentence))

    @app.exception_handler(Exception)
    def ours(request: Request, fault: Exception) -> Response:
        number = secrets.token_hex(4)
        log.error("fault %s on %s %s: %s", number, request.method, request.url.path, type(fault).__name__)
        return page(request, 500, console.composer.words(OUR_FAULT, number=number))
