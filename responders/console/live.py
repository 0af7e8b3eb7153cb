"""Tell open pages at once that something changed; what it is they ask for themselves, as whoever is signed in.

One look a second serves all pages of this process. Where no stream can be had, pages renew themselves as ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, StreamingResponse

from monitor.core.errors import Mistake
from monitor.store.mark import mark
from responders.console.console import Console
from responders.console.faults import DATABASE

log = logging.getLogger(__name__)
STREAM = "text/event-stream"
LOOK_SECONDS, STEP_SECONDS, SIGN_SECONDS = 1.0, 0.5, 15.0
# Then the browser asks anew, so that a session that ended is noticed.
LONGEST_SECONDS = 120.0
MOST_STREAMS = 200
RETRY_MS = 2000
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
Since = Annotated[str, Query(max_length=200)]


class Pulse:
    """Keeps the latest mark while anybody listens."""

    def __init__(self, look: Callable[[], str]) -> None:
        self._look = look
        self._looking: asyncio.Task[None] | None = None
        self.listeners = 0
        self.mark = ""
        # How many looks began, and how many have ended; they come one after another.
        self.begun = self.ended = 0

    async def __aenter__(self) -> Self:
        self.listeners += 1
        if self._looking is None or self._looking.done():
            self.mark = ""
            self._looking = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listeners -= 1
        if not self.listeners and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _keep_looking(self) -> None:
        while True:
            try:
                self.begun += 1
                self.mark = await run_in_threadpool(self._look)
            except (*DATABASE, Mistake):
                # The pages say so themselves when they renew; the next look may find it back.
                self.mark = ""
            except Exception:
                # All connections in use, say: to look on is what brings the pages back.
                log.exception("live")
                self.mark = ""
            self.ended = self.begun
            await asyncio.sleep(LOOK_SECONDS)


async def told(pulse: Pulse, since: str, closing: Callable[[], bool]) -> AsyncIterator[str]:
    """Yield server-sent events: one for each change after `since`, and a sign of life now and then."""
    end = monotonic() + LONGEST_SECONDS
    sign_at = monotonic() + SIGN_SECONDS
    async with pulse:
        # A look that began before may have seen less than the page that asks.
        joined = pulse.begun
        yield f"retry: {RETRY_MS}\n\n"
        while monotonic() < end and not closing():
            if pulse.ended > joined and pulse.mark and pulse.mark != since:
                since = pulse.mark
                yield f"id: {since}\nevent: change\ndata: {since}\n\n"
            if monotonic() >= sign_at:
                sign_at = monotonic() + SIGN_SECONDS
                yield ": here\n\n"
            await asyncio.sleep(STEP_SECONDS)


def routes(console: Console) -> APIRouter:
    """Return the route of the stream; whoever wants no stream is told the mark."""
    router = APIRouter()

    def look() -> str:
        with console.database.read() as connection:
            return mark(connection)

    pulse = Pulse(look)

    @router.get("/live")
    async def live(request: Request, since: Since = "") -> Response:
        if STREAM not in request.headers.get("accept", ""):
            return PlainTextResponse(await run_in_threadpool(look))
        if pulse.listeners >= MOST_STREAMS or console.closing():
            return PlainTextResponse("", 503)
        last = request.headers.get("last-event-id", "")[:200] or since
        return StreamingResponse(told(pulse, last, console.closing), media_type=STREAM, headers=HEADERS)

    return router
