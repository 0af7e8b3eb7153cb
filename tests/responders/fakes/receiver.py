"""A receiver of signed webhooks as a duty platform would write it: from the specification, not from our sender."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from tests.responders.fakes.web import Answer, Request, WebFake


class FakeReceiver(WebFake):
    """Checks the signature over the raw body and the age of the stamp; tells each message once, by its id."""

    def __init__(self, *, key: bytes = b"k" * 24, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock=clock)
        self.key = key
        self.told: dict[str, dict[str, Any]] = {}
        self.repeats = 0

    @property
    def address(self) -> str:
        return f"{self.url}/duty"

    def handle(self, request: Request) -> Answer:
        if request.path != "/duty":
            return Answer({"said": "no such page"}, 404)
        identifier, stamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) - self.clock()) > 300:
            return Answer({"said": "stamp too old"}, 401)
        right = hmac.new(self.key, f"{identifier}.{stamp}.".encode() + request.body, hashlib.sha256).digest()
        if request.headers.get("webhook-signature") != "v1," + base64.b64encode(right).decode():
            return Answer({"said": "wrong signature"}, 401)
        if len(request.body) > 65536:
            return Answer({"said": "too long"}, 413)
        self.repeats += identifier in self.told
        self.told[identifier] = json.loads(request.body.decode("utf-8"))
        return Answer({"accepted": True}, 202)
