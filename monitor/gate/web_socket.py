"""Open a web socket through the gate (RFC 6455): the handshake only; what is said on it is its user's affair."""

from __future__ import annotations

import base64
import hashlib
import secrets

from monitor.core.sources import FailureKind
from monitor.gate.failure import GateFailure
from monitor.gate.gate import Gate, Upgraded

ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3


def web_socket(gate: Gate, url: str, *, seconds: float) -> Upgraded:
    """Open the connection and change over; raise GateFailure, also where the server's proof is not right."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    headers = {"Upgrade": "websocket", "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"}
    upgraded = gate.upgrade(url, headers, total_seconds=seconds)
    expected = base64.b64encode(hashlib.sha1(f"{key}{ACCEPT}".encode()).digest()).decode()  # noqa: S324 - RFC 6455
    said = upgraded.answer.headers.get("sec-websocket-accept", "").strip()
    if upgraded.standing is not None and said != expected:
        upgraded.standing.close()
        raise GateFailure(FailureKind.PROTOCOL, f"{upgraded.standing.host}: sec-websocket-accept")
    return upgraded
