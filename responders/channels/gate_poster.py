"""The gate as the robots use it."""

from __future__ import annotations

import json

from monitor.gate.gate import Gate


class GatePoster:
    """Posts JSON through the gate; raises GateFailure where no answer came."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def post_json(self, url: str, payload: object, *, timeout: float) -> tuple[int, bytes]:
        """Post `payload` as UTF-8 JSON; return status and body, whatever the status; `timeout` seconds in all."""
        body = json.dumps(payload, ensure_ascii=False).encode("utf-8")
        kind = "application/json; charset=utf-8"
        answer = self._gate.post(url, body, content_type=kind, total_seconds=timeout)
        return answer.status, answer.body

    def reach(self, url: str, *, timeout: float) -> None:
        """Ask for a page; whatever the answer, there is one."""
        self._gate.get(url, total_seconds=timeout, longest_body=1024)
