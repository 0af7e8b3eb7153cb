"""The address to which data is brought: signed requests of those who were given a source's secret.

Nothing is read before the signature holds, and an unknown source is answered as a forged signature is. The answer says
"taken" only once everything is stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from monitor.core.access.buckets import Pace
from monitor.core.errors import Mistake
from monitor.core.signed import SignatureFlaw, signature_flaw
from monitor.core.sources import Source
from monitor.crawl.rows import FORMS_BY_TYPE, RowForm
from monitor.loops.ingest.push import Pushes
from monitor.store import buckets
from monitor.store.database import Database

PATH = "/push/{source}"
MOST_BYTES = 5_000_000
PACE = Pace(burst=60, every=timedelta(seconds=1))
NAMED = 100


@dataclass(frozen=True, slots=True)
class Sender:
    """A source to which data is brought, and the keys with which requests may be signed."""

    source: Source
    keys: Sequence[bytes]


def routes(
    senders: Mapping[str, Sender], pushes: Pushes, database: Database, clock: Callable[[], datetime]
) -> APIRouter:
    """Return the one route, for all sources that may be sent to."""
    router = APIRouter()

    @router.post(PATH, max_body_size=MOST_BYTES)
    async def push(source: str, request: Request) -> Response:
        """Take a delivery."""
        early = _flaw(request, b"", None, clock())
        if early is not SignatureFlaw.FORGED:
            return _refusal(401, (early or SignatureFlaw.FORGED).value)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return _refusal(413, "too_large", f"> {MOST_BYTES}")
        sender = senders.get(source)
        flaw = _flaw(request, bytes(body), sender, clock())
        if sender is None or flaw is not None:
            return _refusal(401, (flaw or SignatureFlaw.FORGED).value)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        form = FORMS_BY_TYPE.get(kind)
        if form is None:
            return _refusal(415, "content_type", ", ".join(FORMS_BY_TYPE))
        return await run_in_threadpool(_take, sender.source, bytes(body), form, pushes, database, clock())

    return router


def _flaw(request: Request, body: bytes, sender: Sender | None, now: datetime) -> SignatureFlaw | None:
    identifier, stamp, signatures = (_once(request, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    # Nobody's key, so that an unknown source takes as long as a known one.
    keys = sender.keys if sender is not None else [b"nobody"]
    return signature_flaw(body, identifier=identifier, stamp=stamp, signatures=signatures, keys=keys, now=now)


def _once(request: Request, name: str) -> str:
    """Return a header that stands there once."""
    found = request.headers.getlist(name)
    return found[0] if len(found) == 1 else ""


def _take(source: Source, body: bytes, form: RowForm, pushes: Pushes, database: Database, now: datetime) -> Response:
    """Take a delivery whose signature holds."""
    try:
        with database.write() as connection:
            wait = buckets.take(connection, {f"push {source.id}": PACE}, now)
        if wait:
            seconds = str(math.ceil(wait.total_seconds()))
            return _refusal(429, "too_often", headers={"retry-after": seconds})
        brought = pushes.take(source, body, form)
    except Mistake:
        return _refusal(503, "try_again", headers={"retry-after": "30"})
    if brought.reason is not None:
        return _refusal(422, brought.reason.value, brought.detail)
    refused = [{"line": bad.line, "reason": bad.reason.value, "detail": bad.detail} for bad in brought.refused[:NAMED]]
    counts = {"rows": brought.rows, "new": brought.new, "known": brought.known, "not_taken": len(brought.refused)}
    return JSONResponse({"accepted": True, **counts, "refused": refused})


def _refusal(status: int, reason: str, detail: str = "", *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"accepted": False, "said": reason, "detail": detail}, status, headers=headers)
