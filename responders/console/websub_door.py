"""The address that hubs call: to have a subscription confirmed, and to bring what is new.

Its last part was made for one subscription and told to its hub only; what is brought is signed besides. Nothing of what
is brought is read here: it is kept, and the hub is answered at once.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from monitor.core.errors import Mistake
from monitor.loops.ingest.websub import Callbacks, Taken

PATH = "/websub/{token}"
MOST_BYTES = 8 * 1024 * 1024
READ_AT_ONCE, READ_SECONDS = 4, 30.0
LONGEST_CHALLENGE = 4000
ANSWERS = {Taken.KEPT: 202, Taken.FORGED: 202, Taken.UNKNOWN: 410, Taken.FULL: 503, Taken.TOO_OFTEN: 429}


def routes(callbacks: Callbacks) -> APIRouter:
    """Return the routes of all subscriptions."""
    router = APIRouter()
    places = asyncio.Semaphore(READ_AT_ONCE)

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
        refused = await run_in_threadpool(_refused, callbacks, token)
        if refused is not None:
            return refused
        try:
            async with asyncio.timeout(READ_SECONDS):
                await places.acquire()
        except TimeoutError:
            return _answer(503)
        try:
            body = await _body(request)
            if body is None:
                return _answer(413)
            signature = request.headers.get("x-hub-signature", "")
            kind = request.headers.get("content-type", "")
            return await run_in_threadpool(_taken, callbacks, token, body, kind, signature)
        except TimeoutError:
            return _answer(503)
        finally:
            places.release()

    return router


async def _body(request: Request) -> bytes | None:
    """Read a body, None where it is too long; raise TimeoutError where it does not come."""
    body = bytearray()
    async with asyncio.timeout(READ_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
    return bytes(body)


def _refused(callbacks: Callbacks, token: str) -> Response | None:
    """Return the answer to what is not even read: while the database fails, nothing could be kept."""
    try:
        refused = callbacks.admits(token)
    except Mistake:
        return _answer(503)
    return None if refused is None else _answer(ANSWERS[refused])


def _taken(callbacks: Callbacks, token: str, body: bytes, kind: str, signature: str) -> Response:
    try:
        return _answer(ANSWERS[callbacks.take(token, body, kind, signature)])
    except Mistake:
        return _answer(503)


def _answer(status: int) -> Response:
    return PlainTextResponse("", status, {"retry-after": "60"} if status in (429, 503) else None)
