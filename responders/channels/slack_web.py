"""Slack's Web API through the gate, for Slack's door: its modals, its tickets, its answers to single people.

The channel that carries alerts has the SDK's client for this; here every request passes the gate's checks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from slack_sdk.web import SlackResponse

from monitor.core.sources import FailureKind
from monitor.gate import Answer, Gate, GateFailure
from responders.channels.base import DeliveryFailure
from responders.channels.slack_refusals import UNREACHABLE, refused

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
SECONDS = 10.0
# Where nothing was sent yet, nothing can have arrived.
NOT_SENT = frozenset(
    {FailureKind.BAD_URL, FailureKind.ADDRESS_REFUSED, FailureKind.DNS, FailureKind.TLS, FailureKind.CONNECT}
)


class SlackWeb:
    """Calls methods with one token; `base_url` ends with a slash."""

    def __init__(self, gate: Gate, base_url: str, token: str, *, seconds: float = SECONDS) -> None:
        self._gate = gate
        self._base_url = base_url.rstrip("/") + "/"
        self._token = token
        self._seconds = seconds

    def __repr__(self) -> str:
        return f"SlackWeb({self._base_url!r})"

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method; raise SlackRefusal for Slack's errors, DeliveryFailure where no readable answer came."""
        return self.ask(method, **arguments)[0]

    def ask(self, method: str, **arguments: Any) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Do so and return the headers as well, which tell the token's scopes."""
        url = f"{self._base_url}{method}"
        # As a form, which all methods take; those that read take no JSON.
        body = urlencode({name: _written(value) for name, value in arguments.items()}).encode()
        answer = self._post(url, body, FORM, {"authorization": f"Bearer {self._token}"})
        said = _read(answer)
        if said.get("ok") is True:
            return said, answer.headers
        raise refused(
            SlackResponse(
                client=None,
                http_verb="POST",
                api_url=url,
                req_args={},
                data=dict(said),
                headers=dict(answer.headers),
                status_code=answer.status,
            )
        )

    def reply(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer over the address that came with an event; raise DeliveryFailure where Slack does not take it."""
        answer = self._post(response_url, json.dumps(body, ensure_ascii=False).encode(), JSON, {})
        if answer.status != 200:
            raise DeliveryFailure(f"HTTP {answer.status}", permanent=answer.status in (404, 410))

    def _post(self, url: str, content: bytes, content_type: str, headers: Mapping[str, str]) -> Answer:
        try:
            return self._gate.post(
                url, content, content_type=content_type, headers=headers, total_seconds=self._seconds
            )
        except GateFailure as failure:
            maybe = failure.kind not in NOT_SENT
            raise DeliveryFailure(failure.kind.value, may_have_arrived=maybe, remedy=UNREACHABLE) from None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}
