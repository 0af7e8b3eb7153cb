"""Carry out what a program asks for exactly once, however often its request arrives.

The key is that of the header Idempotency-Key. What was refused is not kept: mended, it may be sent under its key again.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from fastapi import Request, Response
from pydantic import BaseModel

from monitor.core.errors import N_, Mistake
from monitor.store import api_requests
from responders.console.console import Console
from responders.console.visitor import visitor_of

KEY = re.compile(r"[!-~]{1,200}")
JSON = "application/json"
log = logging.getLogger(__name__)


class TokenNeeded(Mistake):
    """A program acts without a token; a browser's cookie is no proof that its owner asked."""

    message = N_("Send a token of this service in the header Authorization: Bearer. Nothing was changed.")


class KeyNeeded(Mistake):
    """A program acts without a key by which its request is known when it comes again."""

    message = N_("Send a header Idempotency-Key of 1 to 200 visible characters, a new one for each act.")


class KeyUsed(Mistake):
    """A key comes again with another request."""

    message = N_("This Idempotency-Key was used for another request. Nothing was changed.")


class UnderWay(Mistake):
    """The same request is being carried out."""

    message = N_("The same request is being carried out at this moment. Send it again in a minute.")


def once(console: Console, request: Request, body: BaseModel, deed: Callable[[str, datetime], BaseModel]) -> Response:
    """Do the deed, given who acts and when, and answer with what came of it; a repeated request gets that answer."""
    visitor, now = visitor_of(request), console.clock()
    account = visitor.account
    if account is None or visitor.scopes is None:
        raise TokenNeeded
    key = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(key):
        raise KeyNeeded
    asked = f"{request.method} {request.url.path}\n{body.model_dump_json()}"
    digest = hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()
    with console.database.write() as connection:
        before = api_requests.claim(connection, account.id, key, digest, now)
    if before is not None:
        if before.digest != digest:
            raise KeyUsed
        if not before.status:
            raise UnderWay
        return Response(before.answer, before.status, {"idempotency-replayed": "true"}, JSON)
    try:
        answer = deed(account.by, now).model_dump_json()
    except BaseException:
        with suppress(Mistake), console.database.write() as connection:
            api_requests.release(connection, account.id, key)
        raise
    try:
        with console.database.write() as connection:
            api_requests.finish(connection, account.id, key, 200, answer)
    except Mistake as fault:
        # What was done is done; that it came back is all that cannot be told later.
        log.warning("the answer to a request could not be kept: %s", fault)
    return Response(answer, 200, media_type=JSON)
