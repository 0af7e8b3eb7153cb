"""Pages for what went wrong: what is not there, what a person can mend, and our own faults without their details."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse

from monitor.core.appraisal.steps import NotAppraised
from monitor.core.errors import (
    N_,
    Mistake,
    UnknownAlert,
    UnknownDeadline,
    UnknownDrill,
    UnknownIncident,
    UnknownItem,
    UnknownResponse,
)
from monitor.store.database_faults import (
    DatabaseBusy,
    DatabaseContended,
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DiskFull,
    ServerReadOnly,
)
from responders.accounts.pace import TooManyTries
from responders.accounts.register import UnknownAccount
from responders.console.console import Console
from responders.console.doors import NotAllowed, SignInNeeded
from responders.console.guard import protect
from responders.console.once import KeyNeeded, TokenNeeded, UnderWay
from responders.console.paths import sign_in_for
from responders.console.problems import asked_words, is_api, problem
from responders.console.visitor import StalePage, visitor_of
from responders.desk.appraisals import UnknownAppraisal
from responders.desk.bulletins import UnknownBulletin
from responders.desk.drafts import NotInYourRole, UnknownDraft
from responders.language import Words

NOT_FOUND = N_("There is no such page.")
NOT_LIKE_THIS = N_("This cannot be done like that.")
TOO_LARGE = N_("That is too much text.")
NOT_AS_DESCRIBED = N_("The request is not as the description of this API says. Nothing was changed.")
UNREADABLE = N_("The form could not be read. Nothing was changed.")
OUR_FAULT = N_("Something went wrong on our side. Nothing is lost that was stored before. Fault number: {number}")
SENTENCES = {404: NOT_FOUND, 405: NOT_LIKE_THIS, 413: TOO_LARGE}
ABSENT = (
    UnknownAccount,
    NotAppraised,
    UnknownAppraisal,
    UnknownBulletin,
    UnknownDraft,
    UnknownDrill,
    UnknownAlert,
    UnknownIncident,
    UnknownDeadline,
    UnknownItem,
    UnknownResponse,
)
DATABASE = (
    DatabaseBusy,
    DatabaseContended,
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DiskFull,
    ServerReadOnly,
)
# What a form must not show again, not even to whoever typed it.
SECRET_FIELDS = frozenset({"password", "present", "wanted", "again", "code"})
WORTH_KEEPING = (*DATABASE, SignInNeeded, StalePage)
log = logging.getLogger(__name__)


def status_of(fault: Mistake) -> HTTPStatus:
    """Return how a browser is told of a Mistake."""
    if isinstance(fault, ABSENT):
        return HTTPStatus.NOT_FOUND
    if isinstance(fault, DATABASE):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(fault, SignInNeeded):
        return HTTPStatus.UNAUTHORIZED
    if isinstance(fault, NotAllowed | NotInYourRole | StalePage):
        return HTTPStatus.FORBIDDEN
    if isinstance(fault, TokenNeeded):
        return HTTPStatus.UNAUTHORIZED
    if isinstance(fault, KeyNeeded):
        return HTTPStatus.BAD_REQUEST
    if isinstance(fault, UnderWay):
        return HTTPStatus.CONFLICT
    return HTTPStatus.TOO_MANY_REQUESTS if isinstance(fault, TooManyTries) else HTTPStatus.UNPROCESSABLE_ENTITY


def typed_again(form: FormData | None) -> list[tuple[str, str]] | None:
    """Return what was typed into a form so that it can be sent once more; None where nothing should be kept."""
    if form is None or form.keys() & SECRET_FIELDS:
        return None
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "token"]


def handle_faults(app: FastAPI, console: Console) -> None:
    """Let the application answer every fault with a page of its own."""

    def page(request: Request, status: int, said: str, again: list[tuple[str, str]] | None = None) -> Response:
        with suppress(Mistake):
            # Where nobody can tell who this is, the page is a stranger's.
            visitor_of(request)
        kept: dict[str, Any] = {} if again is None else {"again": again}
        response = console.pages.page(request, "fault.html", now=console.clock(), status=status, said=said, **kept)
        protect(response.headers)
        return response

    @app.exception_handler(Mistake)
    async def mistake(request: Request, fault: Mistake) -> Response:
        # The route has read the form already; the request keeps it.
        form = await request.form() if request.method == "POST" and isinstance(fault, WORTH_KEEPING) else None
        return await run_in_threadpool(told, request, fault, form)

    def told(request: Request, fault: Mistake, form: FormData | None) -> Response:
        said, status = console.composer.words.mistake(fault), status_of(fault)
        if "authorization" in request.headers:
            return JSONResponse({"error": said}, status)
        if isinstance(fault, SignInNeeded) and request.method == "GET":
            return RedirectResponse(sign_in_for(request), HTTPStatus.SEE_OTHER)
        return page(request, int(status), said, typed_again(form))

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
        return page(request, 500, console.composer.words(OUR_FAULT, number=noted(request, fault)))

    for kind in (Mistake, HTTPException, RequestValidationError, Exception):
        app.exception_handlers[kind] = _for_either(app.exception_handlers[kind], console.composer.words)


def noted(request: Request, fault: Exception) -> str:
    """Log a fault of our own and return its number."""
    number = secrets.token_hex(4)
    log.error("fault %s on %s %s: %s", number, request.method, request.url.path, type(fault).__name__)
    return number


def _for_either(people: Callable[[Request, Any], Any], own: Words) -> Callable[[Request, Any], Awaitable[Response]]:
    """Return what answers people with a page and programs with a problem."""

    async def answer(request: Request, fault: Any) -> Response:
        if is_api(request):
            return await run_in_threadpool(_to_program, request, fault, asked_words(request, own))
        told = people(request, fault) if iscoroutinefunction(people) else run_in_threadpool(people, request, fault)
        response: Response = await told
        return response

    return answer


def _to_program(request: Request, fault: Exception, words: Words) -> Response:
    """Answer a program in the language that it asks for."""
    if isinstance(fault, Mistake):
        response = problem(int(status_of(fault)), type(fault).__name__, words.mistake(fault), words)
    elif isinstance(fault, RequestValidationError):
        errors = [{"where": ".".join(map(str, one["loc"])), "what": one["type"]} for one in fault.errors()]
        response = problem(422, "NotAsDescribed", words(NOT_AS_DESCRIBED), words, errors=errors)
    elif isinstance(fault, HTTPException):
        name = HTTPStatus(fault.status_code).phrase.title().replace(" ", "")
        response = problem(fault.status_code, name, words(SENTENCES.get(fault.status_code, NOT_LIKE_THIS)), words)
    else:
        response = problem(500, "OurFault", words(OUR_FAULT, number=noted(request, fault)), words)
    protect(response.headers)
    return response
