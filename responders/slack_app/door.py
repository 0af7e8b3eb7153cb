"""The alternative to Socket Mode: one address to which Slack posts, for offices that can be reached from outside.

Nothing is read before the signature holds. A request that was seen is not taken again, whoever sends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse

from monitor.core.errors import Mistake
from monitor.store import slack
from monitor.store.database import Database
from responders.slack_app.app import SlackApp, in_acknowledgement
from responders.slack_app.events import event_of
from responders.slack_app.signing import digest_of, flaw_of

PATH = "/slack/events"
MOST_BYTES = 1_000_000


def routes(app: SlackApp, database: Database, secrets: Sequence[str], clock: Callable[[], datetime]) -> APIRouter:
    """Return the one route; `secrets` are the signing secrets, the new one and those about to lapse."""
    router = APIRouter()

    @router.post(PATH, max_body_size=MOST_BYTES)
    async def events(request: Request) -> Response:
        """Take a request of Slack's."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return PlainTextResponse("too long", 413)
        stamp, signature = (_once(request, f"x-slack-{name}") for name in ("request-timestamp", "signature"))
        flaw = flaw_of(bytes(body), stamp, signature, secrets, clock())
        if flaw is not None:
            return PlainTextResponse(flaw.value, 403)
        return await run_in_threadpool(_take, app, database, bytes(body), request, digest_of(stamp, signature), clock())

    return router


def _once(request: Request, name: str) -> str:
    """Return a header that stands there once."""
    found = request.headers.getlist(name)
    return found[0] if len(found) == 1 else ""


def _take(app: SlackApp, database: Database, body: bytes, request: Request, digest: str, now: datetime) -> Response:
    """Take a request whose signature holds: acknowledge at once what is answered elsewhere."""
    kind, payload = read(body, request.headers.get("content-type", ""))
    if kind == "url_verification":
        return PlainTextResponse(str(payload.get("challenge", ""))[:500])
    try:
        with database.write() as connection:
            if not slack.first_time(connection, digest, now):
                return PlainTextResponse("seen before", 409)
        event = event_of(kind, payload)
        if event is None:
            app.ignored += 1
            return Response(status_code=200)
        first = app.take(event)
    except Mistake:
        return PlainTextResponse("try again", 503)
    if not first:
        return Response(status_code=200)
    if in_acknowledgement(event):
        answer = app.answer(event)
        return JSONResponse(answer) if answer else Response(status_code=200)
    app.begin(event)
    return Response(status_code=200)


def read(body: bytes, content_type: str) -> tuple[str, Mapping[str, Any]]:
    """Return the kind of a request and its payload; an empty one where it cannot be read."""
    try:
        if content_type.partition(";")[0].strip() == "application/json":
            told = json.loads(body)
            kind = (
                "url_verification"
                if isinstance(told, dict) and told.get("type") == "url_verification"
                else "events_api"
            )
            return kind, told if isinstance(told, dict) else {}
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8"), max_num_fields=100).items()}
        if "payload" in form:
            told = json.loads(form["payload"])
            return "interactive", told if isinstance(told, dict) else {}
    except (ValueError, RecursionError):
        return "", {}
    return "slash_commands", form
