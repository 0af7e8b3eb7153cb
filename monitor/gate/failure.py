"""The one exception of the gate."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.sources import FAILURE_MESSAGES, FailureKind


class GateFailure(Exception):
    """A request brought no answer: `kind` says why, `detail` names the host, address or limit concerned."""

    elapsed = timedelta(0)

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        self.kind = kind
        self.detail = detail
        super().__init__(FAILURE_MESSAGES[kind].format(detail=detail))
