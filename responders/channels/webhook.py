"""A signed webhook, for SMS gateways and duty platforms of one's own: JSON in a stated form, answered by a stated one.

The signature is that of Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.body", so that libraries for it exist.
Every attempt at one alert carries the same id, by which the receiver knows a repeat.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from monitor.core.duties.pacing import Limits
from monitor.core.errors import N_, Mistake
from monitor.gate.failure import GateFailure
from responders.channels.base import REPEAT_NOTE, DeliveryFailure, Message, Receipt, Try
from responders.channels.layout import Parts, parts
from responders.channels.robot import BadWebhook, through_the_gate
from responders.channels.safe_text import cut, one_line

SAID_LIMIT = 300
TITLE_LIMIT = 300
PREFIX = "whsec_"
LONGEST_PAUSE = 3600.0

WRONG_SECRET = N_("The receiver refuses the signature. Set the same secret on both sides, and the right time.")
NOT_THERE = N_("Nothing answers at this address of the receiver. Compare it with the receiver's settings.")
MOVED = N_("The receiver sends us on to another address, which is not followed. Set its new address.")
GONE = N_("The receiver wants no more messages. Switch it on again there, or remove the channel.")
REFUSED = N_("The receiver does not take the message. Its own log says why.")


class BadSecret(Mistake):
    """A webhook's secret cannot be used as a key."""

    message = N_("The secret of channel {channel} begins with whsec_, but what follows is no Base64. Copy it again.")


class SignedPoster(Protocol):
    """The gate as a webhook needs it."""

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Post and return status, headers (lower case) and body, whatever the status; raise GateFailure or OSError."""
        ...


class Webhook:
    """Posts one JSON object a message to an address of the bureau's own."""

    can_reconcile = False

    def __init__(
        self,
        *,
        name: str,
        url: str,
        secret: str,
        poster: SignedPoster,
        limits: Limits,
        timeout: float = 10.0,
        repeat_note: str = REPEAT_NOTE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not url.startswith(("https://", "http://")):
            raise BadWebhook(channel=name)
        self.name = name
        self._url = url
        self._key = _key(secret, name)
        self._poster = poster
        self._most_bytes = limits.sizes["body"]
        self._timeout = timeout
        self._note = repeat_note
        self._clock = clock

    def __repr__(self) -> str:
        return f"Webhook({self.name!r})"

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Post the message; taken means a status of 2xx whose body does not say {"accepted": false}."""
        body = self._body(message, attempt)
        identifier = f"msg_{hashlib.sha256(message.key.encode('utf-8', 'backslashreplace')).hexdigest()[:32]}"
        self.deliver(identifier, body)
        return Receipt(provider_id=identifier)

    def deliver(self, identifier: str, body: bytes) -> None:
        """Post a signed body under the identifier by which the receiver knows a repeat; raise DeliveryFailure."""
        stamp = str(int(self._clock()))
        headers = {
            "webhook-id": identifier,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._key, identifier, stamp, body),
        }
        status, answered, said = self._post(body, headers)
        _judge(status, answered, said)

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: the receiver knows repeats by their id instead."""
        return None

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """Post; the failure is raised outside of the handler, so that it carries nothing that knows the address."""
        try:
            return self._poster.post(self._url, body, headers, timeout=self._timeout)
        except GateFailure as error:
            failure = through_the_gate(error.kind)
        except OSError as error:
            left = not isinstance(error, ConnectionRefusedError)
            failure = DeliveryFailure(type(error).__name__, may_have_arrived=left, remedy=NOT_THERE)
        raise failure

    def _body(self, message: Message, attempt: Try) -> bytes:
        said = parts(message, note=self._note if attempt.may_repeat else "")

        def whole(text: str) -> bytes:
            return json.dumps(_form(said, message, attempt, text), ensure_ascii=False).encode("utf-8")

        return whole(cut(said.text, self._most_bytes, size=lambda text: len(whole(text))))


def _form(said: Parts, message: Message, attempt: Try, text: str) -> dict[str, object]:
    return {
        "version": 1,
        "key": message.key,
        "tone": message.tone.value,
        "title": cut(said.title, TITLE_LIMIT),
        "text": text,
        "links": [{"label": link.label, "url": link.url} for link in said.links],
        "written_at": message.written_at.isoformat() if message.written_at else None,
        "may_repeat": attempt.may_repeat,
        "to": message.to,
        "drill": message.drill,
    }


def signature(key: bytes, identifier: str, stamp: str, body: bytes) -> str:
    """Return the value of webhook-signature (Standard Webhooks 1.0, symmetric scheme v1)."""
    seal = hmac.new(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(seal).decode('ascii')}"


def _key(secret: str, channel: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret(channel=channel) from None


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise DeliveryFailure unless the receiver took the message."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    refused = answer.get("accepted") is False
    if 200 <= status < 300 and not refused:
        return
    said = cut(one_line(f"HTTP {status} {answer.get('said', '')}".strip()), SAID_LIMIT)
    raise DeliveryFailure(
        said,
        permanent=status in (401, 403, 404, 410) or 300 <= status < 400,
        final=status in (400, 413, 422),
        retry_after=_pause(headers.get("retry-after", "")) if status in (429, 503) else None,
        may_have_arrived=status >= 500 and status != 503,
        remedy=_remedy(status),
    )


def _remedy(status: int) -> str:
    if 300 <= status < 400:
        return MOVED
    return {401: WRONG_SECRET, 403: WRONG_SECRET, 404: NOT_THERE, 410: GONE}.get(status, REFUSED)


def _pause(stated: str) -> float | None:
    return min(float(stated), LONGEST_PAUSE) if stated.isascii() and stated.isdigit() else None
