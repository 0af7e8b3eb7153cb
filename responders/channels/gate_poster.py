"""The gate as robots and webhooks use it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from monitor.gate.gate import Gate


class GatePoster:
    """Posts through the gate; raises GateFailure where no answer came."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def post_json(self, url: str, payload: object, *, timeout: float) -> tuple[int, bytes]:
        """Post `payload` as UTF-8 JSON; return status and body, whatever the status; `timeout` seconds in all."""
        body = json.dumps(payload, ensure_ascii=False).encode("utf-8")
        status, _, answer = self.post(url, body, {}, timeout=timeout)
        return status, answer

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Post a body of UTF-8 JSON; return status, headers and body, whatever the status."""
        kind = "application/json; charset=utf-8"
        answer = self._gate.post(url, body, content_type=kind, headers=headers, total_seconds=timeout)
        return answer.status, answer.headers, answer.body

    def reach(self, url: str, *, timeout: float) -> None:
        """Ask for a page; whatever the answer, there is one."""
        self._gate.get(url, total_seconds=timeout, longest_body=1024)
