"""The API for programs: read incidents, deadlines, alerts and responses; log a response, acknowledge, confirm, dismiss.

It calls the same desk as every door, and the same permissions hold; a token narrows them to its scopes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from pydantic import AwareDatetime, BaseModel
from starlette.responses import JSONResponse

from monitor.core.access.roles import Permission
from monitor.core.errors import N_, Mistake, UnknownDeadline, UnknownIncident, UnreadableTime
from monitor.core.listed import Listed
from monitor.core.views import Done
from monitor.store import assignments, listing, views
from monitor.store.listing import Bounds
from responders.console.api_forms import (
    AlertOut,
    DeadlineOut,
    DoneOut,
    IncidentOut,
    Page,
    ReasonIn,
    ResponseIn,
    ResponseOut,
    alert_out,
    deadline_out,
    incident_out,
    response_out,
)
from responders.console.console import Console
from responders.console.once import once
from responders.console.problems import API
from responders.console.visitor import NOWHERE, clean, visitor_of

MOST = 200
Number = Annotated[int, Path(ge=1, lt=2**31)]
Cursor = Annotated[str, Query(max_length=40, description="What `next` of the page before says.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Since = Annotated[AwareDatetime | None, Query(description="Known from this moment on.")]
Until = Annotated[AwareDatetime | None, Query(description="Known before this moment.")]
OfIncident = Annotated[int | None, Query(ge=1, lt=2**31, description="Of this incident only.")]
Live = Annotated[bool, Query(default_factory=bool, description="Only those that a response would still settle.")]
KEYED: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "A new one for each act; the same one when a request is sent again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
    ]
}
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused, with the reason in the language of Accept-Language.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` names the reason for programs, `title` says it to people.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"where": {"type": "string"}, "what": {"type": "string"}}},
        },
    },
}
ABOUT = (
    "Times carry their offset. Texts that were fetched from the web are hostile until shown as text. "
    "Tokens are made on the page of one's own account."
)


class BadCursor(Mistake):
    """A cursor is none of ours."""

    message = N_("This cursor is not one that `next` gave. Begin without one.")


def routes(console: Console) -> APIRouter:
    """Return the routes of the API and the page that explains it."""
    router = APIRouter()
    _pages(console, router)
    _single(console, router)
    _acts(console, router)
    described = APIRouter()
    described.include_router(router)
    _described(console, described)
    return described


def description(console: Console) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description; the same on every machine."""
    bare, app = APIRouter(), FastAPI()
    for add in (_pages, _single, _acts):
        add(console, bare)
    app.include_router(bare)
    told = get_openapi(title="Huiying", version="1", openapi_version="3.1.0", description=ABOUT, routes=app.routes)
    schemas = told["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    told["security"] = [{"token": []}]
    for operations in told["paths"].values():
        for operation in operations.values():
            # Refusals of every kind have one form; the framework's own is never sent.
            operation["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return told


def _listed(
    console: Console, request: Request, listed: Listed, cursor: str, limit: int, make: Callable[..., Any], **bounds: Any
) -> Page[Any]:
    permission = Permission.OVERSEE if listed is Listed.ALERTS else Permission.SEE
    within = visitor_of(request).reach(permission) or NOWHERE
    for name in ("since", "until"):
        bounds[name] = _utc(bounds.get(name))
    with console.database.read() as connection:
        ids = listing.numbers(
            connection, listed, Bounds(within=within, **bounds), below=_below(cursor), limit=limit + 1
        )
        rows = listing.piece(connection, listed, ids[:limit])
    following = _cursor(ids[limit - 1]) if len(ids) > limit else None
    return Page(items=[make(row, console.composer.names) for row in rows], next=following)


def _utc(at: datetime | None) -> datetime | None:
    try:
        return None if at is None else at.astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=str(at)) from None


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"v1:{number}".encode()).decode().rstrip("=")


def _below(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise BadCursor from None
    version, _, number = text.partition(":")
    if version != "v1" or not number.isdigit() or len(number) > 18:
        raise BadCursor
    return int(number)


def _pages(console: Console, router: APIRouter) -> None:
    @router.get(f"{API}/incidents", response_model=Page[IncidentOut], responses=ERRORS)
    def list_incidents(
        request: Request, cursor: Cursor = "", limit: Limit = 50, since: Since = None, until: Until = None
    ) -> Page[IncidentOut]:
        """List incidents, the latest first."""
        return _listed(console, request, Listed.INCIDENTS, cursor, limit, incident_out, since=since, until=until)

    @router.get(f"{API}/deadlines", response_model=Page[DeadlineOut], responses=ERRORS)
    def list_deadlines(
        request: Request,
        live: Live,
        cursor: Cursor = "",
        limit: Limit = 50,
        incident: OfIncident = None,
    ) -> Page[DeadlineOut]:
        """List deadlines, the latest first."""
        return _listed(console, request, Listed.DEADLINES, cursor, limit, deadline_out, matter_id=incident, live=live)

    @router.get(f"{API}/alerts", response_model=Page[AlertOut], responses=ERRORS)
    def list_alerts(
        request: Request, cursor: Cursor = "", limit: Limit = 50, incident: OfIncident = None
    ) -> Page[AlertOut]:
        """List alerts with their deliveries, the latest first."""
        return _listed(console, request, Listed.ALERTS, cursor, limit, alert_out, matter_id=incident)

    @router.get(f"{API}/responses", response_model=Page[ResponseOut], responses=ERRORS)
    def list_responses(
        request: Request, cursor: Cursor = "", limit: Limit = 50, incident: OfIncident = None
    ) -> Page[ResponseOut]:
        """List logged responses, the latest first."""
        return _listed(console, request, Listed.RESPONSES, cursor, limit, response_out, matter_id=incident)


def _single(console: Console, router: APIRouter) -> None:
    @router.get(f"{API}/incidents/{{number}}", response_model=DoneOut, responses=ERRORS)
    def show_incident(number: Number) -> DoneOut:
        """Return one incident and its deadlines."""
        with console.database.read() as connection:
            incident = views.incident(connection, number)
            deadlines = views.deadlines(connection, matter_id=number)
        if incident is None:
            raise UnknownIncident(id=number)
        return _done(Done(incident, tuple(deadlines)), console)

    @router.get(f"{API}/deadlines/{{number}}", response_model=DeadlineOut, responses=ERRORS)
    def show_deadline(number: Number) -> DeadlineOut:
        """Return one deadline."""
        with console.database.read() as connection:
            deadline = views.deadline(connection, number)
        if deadline is None:
            raise UnknownDeadline(id=number)
        return deadline_out(deadline, console.composer.names)


def _done(done: Done, console: Console) -> DoneOut:
    names = console.composer.names
    deadlines = [deadline_out(one, names) for one in done.deadlines]
    with console.database.read() as connection:
        (incident,) = assignments.attached(connection, [done.incident])
    return DoneOut(incident=incident_out(incident, names), deadlines=deadlines)


def _acts(console: Console, router: APIRouter) -> None:
    desk = console.desk

    def act(request: Request, body: BaseModel, deed: Callable[[str, datetime], Done]) -> Response:
        return once(console, request, body, lambda by, now: _done(deed(by, now), console))

    given: dict[str, Any] = {"response_model": DoneOut, "responses": ERRORS, "openapi_extra": KEYED}

    @router.post(f"{API}/incidents/{{number}}/responses", **given)
    def log_response(request: Request, number: Number, body: ResponseIn) -> Response:
        """Log what was published; deadlines that it satisfies are met."""
        at = _utc(body.published_at) or body.published_at
        return act(
            request,
            body,
            lambda by, now: desk.respond(
                number,
                body.kind,
                title=clean(body.title),
                url=clean(body.url),
                published_at=at,
                by=by,
                now=now,
                text=body.text,
                particulars=body.particulars(),
            ),
        )

    @router.post(f"{API}/incidents/{{number}}/acknowledge", **given)
    def acknowledge(request: Request, number: Number, body: ReasonIn) -> Response:
        """Take note that somebody acts: the reminders stop, the deadlines run on."""
        return act(request, body, lambda by, now: desk.acknowledge(number, by=by, now=now, reason=clean(body.reason)))

    @router.post(f"{API}/incidents/{{number}}/confirm", **given)
    def confirm(request: Request, number: Number, body: ReasonIn) -> Response:
        """Confirm that an incident is real and as grave as presumed."""
        return act(request, body, lambda by, now: desk.confirm(number, by=by, now=now, reason=clean(body.reason)))

    @router.post(f"{API}/incidents/{{number}}/dismiss", **given)
    def dismiss(request: Request, number: Number, body: ReasonIn) -> Response:
        """Dismiss an incident as a false alarm; a reason is needed."""
        return act(request, body, lambda by, now: desk.dismiss(number, by=by, now=now, reason=clean(body.reason)))


def _described(console: Console, router: APIRouter) -> None:
    # To work it out takes a tenth of a second, which no start of the service should wait for.
    told = cache(partial(description, console))

    @router.get(f"{API}/openapi.json")
    def openapi() -> Response:
        return JSONResponse(told())

    @router.get("/api")
    def page(request: Request) -> Response:
        now, found = console.clock(), told()
        return console.pages.page(request, "api.html", now=now, told=found, operations=_operations(found))


def _operations(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations for the page, in their order."""
    found = []
    for path, by_method in told["paths"].items():
        for method, operation in by_method.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            schema = told["components"]["schemas"].get(str(body.get("$ref", "")).rpartition("/")[2], {})
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "text": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "fields": sorted(schema.get("properties", {})),
                    "required": schema.get("required", []),
                }
            )
    return found
