"""The address that hubs call: to have a subscription confirmed, and to bring what is new.

Its last part was made for one subscription and told to its hub only; what is brought is signed besides. Nothing of what
is brought is read here: it is kept, and the hub is answered at once.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from monitor.core.errors import Mistake
from monitor.loops.ingest.websub import Callbacks, Taken

PATH = "/websub/{token}"
MOST_BYTES = 8 * 1024 * 1024
LONGEST_CHALLENGE = 4000
ANSWERS = {Taken.KEPT: 202, Taken.FORGED: 202, Taken.UNKNOWN: 410, Taken.FULL: 503, Taken.TOO_OFTEN: 429}


def routes(callbacks: Callbacks) -> APIRouter:
    """Return the routes of all subscriptions."""
    router = APIRouter()

    @router.get(PATH)
    def confirm(token: str, request: Request) -> Response:
        """Confirm what was asked for, and nothing else."""
        asked = dict(request.query_params)
        if len(asked.get("hub.challenge", "")) > LONGEST_CHALLENGE:
            return PlainTextResponse("", 404)
        challenge = callbacks.verify(token, asked)
        return PlainTextResponse("", 404) if challenge is None else PlainTextResponse(challenge)

    @router.post(PATH, max_body_size=MOST_BYTES)
    async def bring(token: str, request: Request) -> Response:
        """Keep what is brought."""
        if not await run_in_threadpool(_knows, callbacks, token):
            return PlainTextResponse("", ANSWERS[Taken.UNKNOWN])
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return PlainTextResponse("", 413)
        signature = request.headers.get("x-hub-signature", "")
        kind = request.headers.get("content-type", "")
        return await run_in_threadpool(_taken, callbacks, token, bytes(body), kind, signature)

    return router


def _knows(callbacks: Callbacks, token: str) -> bool:
    """Tell whether a body is to be read at all; while the database fails, that shows when it is to be kept."""
    try:
        return callbacks.knows(token)
    except Mistake:
        return True


def _taken(callbacks: Callbacks, token: str, body: bytes, kind: str, signature: str) -> Response:
    try:
        status = ANSWERS[callbacks.take(token, body, kind, signature)]
    except Mistake:
        status = 503
    return PlainTextResponse("", status, {"retry-after": "60"} if status in (429, 503) else None)
