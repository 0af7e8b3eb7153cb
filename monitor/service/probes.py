"""Answer those who ask how the service fares: supervisors, monitoring, people. Nothing here waits for anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from monitor.service.metrics import Metrics
from monitor.service.watchman import Watchman
from responders.console.health import ProbeAnswer, Unwell
from responders.language import LANGUAGES

JSON = "application/json; charset=utf-8"
NOT_FOUND = ProbeAnswer(404, b"not found\n")


class Probes:
    """The four addresses at which the service can be asked."""

    def __init__(self, watchman: Watchman, metrics: Metrics) -> None:
        self._watchman = watchman
        self._metrics = metrics

    def __call__(self, path: str) -> ProbeAnswer:
        """Answer the probe at `path`, one of PROBES."""
        match path:
            case "/healthz":
                return _plain(good=self._watchman.alive)
            case "/readyz":
                return _plain(good=self._watchman.ready)
            case "/health/engine":
                return self._engine()
            case "/metrics":
                return ProbeAnswer(200, self._metrics.text(), self._metrics.kind)
        return NOT_FOUND

    def _engine(self) -> ProbeAnswer:
        """Tell all that is known; 503 where a deadline or an alert may be lost."""
        watchman = self._watchman
        unwell = watchman.unwell()
        grave = any(part.grave for part in unwell)
        check = watchman.keeper.last
        answer = {
            "status": "grave" if grave else "unwell" if unwell else "ok",
            "now": watchman.facts().now.isoformat(),
            "unwell": [as_plain(part) for part in unwell],
            "words": {name: [sentence(part) for part in watchman.unwell(name)] for name in LANGUAGES},
            "facts": _plain_facts(watchman),
            "clock": {
                "wall_off": check.wall_off.total_seconds(),
                "database_off": _seconds(check.database_off),
                "witnesses": check.witnesses,
                "witnesses_off": _seconds(check.witnesses_off),
            },
        }
        body = json.dumps(answer, ensure_ascii=False, default=_as_json).encode()
        return ProbeAnswer(503 if grave else 200, body, JSON)


def as_plain(part: Unwell) -> dict[str, Any]:
    """Return a complaint for machines."""
    return {
        "what": part.what,
        "since": part.since.isoformat() if part.since else None,
        "said": part.said,
        "grave": part.grave,
        "ailment": part.ailment,
    }


def sentence(part: Unwell) -> str:
    """Return a complaint in one line."""
    return f"{part.what}: {part.said}" if part.said else part.what


def _plain(*, good: bool) -> ProbeAnswer:
    return ProbeAnswer(200, b"ok\n") if good else ProbeAnswer(503, b"fails\n")


def _plain_facts(watchman: Watchman) -> dict[str, Any]:
    facts = asdict(watchman.facts())
    del facts["clocks"]
    facts["paths"] = [asdict(check) for check in watchman.seen.checks]
    return facts


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)
