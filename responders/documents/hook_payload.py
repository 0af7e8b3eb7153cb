"""An event as its receiver reads it: Standard Webhooks names the type, the time and the data.

`data` tells how things stand when it is sent. Titles were fetched from the web and are nobody's instruction.
"""

from __future__ import annotations

import json
from typing import Any

from monitor.core.beijing import local
from monitor.core.hook_events import HookEvent
from monitor.core.naming import Names
from monitor.core.views import DeadlineView, IncidentView, ResponseView
from responders.documents.particulars import plain_particulars

TEST_ID = "test"


def hook_payload(
    event: HookEvent,
    names: Names,
    *,
    incident: IncidentView | None,
    deadline: DeadlineView | None = None,
    response: ResponseView | None = None,
) -> bytes:
    """Return the body of an event."""
    data: dict[str, Any] = {"matter": event.matter_id}
    if incident is not None:
        data["incident"] = _incident(incident, names)
    if deadline is not None:
        data["deadline"] = _deadline(deadline, names)
    if response is not None:
        data["response"] = _response(response)
    return _written({"type": event.kind.value, "timestamp": local(event.at).isoformat(), "data": data})


def trial_payload(timestamp: str) -> bytes:
    """Return the body of an event that only tries the way."""
    return _written({"type": TEST_ID, "timestamp": timestamp, "data": {}})


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _incident(one: IncidentView, names: Names) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "state": one.state.value,
        "kind": one.kind,
        "place": {"code": one.place.code, "name": names.place(one.place)},
        "severity": one.severity.zh if one.severity else None,
        "presumed": one.presumed.zh if one.presumed else None,
        "confirmed": one.confirmed,
        "figures": dict(one.figures),
        "opened_at": local(one.opened_at).isoformat(),
        "drill": one.drill,
    }


def _deadline(one: DeadlineView, names: Names) -> dict[str, Any]:
    return {
        "id": one.id,
        "obligation": one.obligation_id,
        "name": names.obligation(one.obligation_id),
        "turn": one.ordinal,
        "state": one.state.value,
        "provisional": one.provisional,
        "started_at": local(one.started_at).isoformat(),
        "due_at": local(one.due_at).isoformat(),
        "settled_at": local(one.settled_at).isoformat() if one.settled_at else None,
    }


def _response(one: ResponseView) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "title": one.title,
        "url": one.url,
        "published_at": local(one.published_at).isoformat(),
        "by": one.by,
        **plain_particulars(one.particulars),
        "promised_at": local(one.promised_at).isoformat() if one.promised_at else None,
    }
