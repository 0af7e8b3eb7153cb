"""What the log says of one deadline: its rows, played back in order. Nothing here comes from anywhere but those rows.

A row's `kind` is "table.act": `added` and `found` carry the whole row of the table, `changed` what differs, `removed`
what was taken away. `found` is what stood there when the log began.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from monitor.core.audit.chain import AuditRow, SealedRow
from monitor.core.model import DeliveryState

Record = dict[str, Any]
TOLD = (
    "deadline",
    "alert",
    "delivery",
    "transition",
    "decision",
    "response",
    "audience",
    "adjustment",
    "finding",
    "capture",
    "stamp",
    "conference",
    "clarification",
    "continuation",
)
OF_A_RESPONSE = ("conference", "clarification", "continuation")
WHOLE = ("added", "found")
# Embedded databases hand these on as text. A field of the same name may be plain text in another table.
NESTED: Mapping[str, tuple[str, ...]] = {"deadline": ("anchors",), "alert": ("detail",), "decision": ("detail",)}
TAKEN = (DeliveryState.ACCEPTED.value, DeliveryState.UNCONFIRMED.value)


def played_back(rows: Iterable[AuditRow]) -> dict[str, dict[str, Record]]:
    """Return the rows of each table by number as the log leaves them; one that was removed says so in `removed`."""
    tables: dict[str, dict[str, Record]] = {name: {} for name in TOLD}
    for row in rows:
        name, _, act = row.kind.partition(".")
        if name not in tables:
            continue
        said = json.loads(row.text)
        record = tables[name].setdefault(row.subject.partition(":")[2], {})
        if act in WHOLE:
            record.clear()
            record.update(said)
        elif act == "changed":
            record.update(said["now"])
        elif act == "removed":
            record.update(said, removed=True)
        nested = (field for field in NESTED.get(name, ()) if isinstance(record.get(field), str))
        record.update({field: json.loads(record[field]) for field in nested})
    return tables


def concerned(rows: Iterable[SealedRow], deadline_id: int) -> tuple[SealedRow, ...]:
    """Return those of a matter's rows that are about one deadline, or about the matter as a whole."""
    known = tuple(rows)
    tables = played_back(sealed.row for sealed in known)
    deadline = tables["deadline"].get(str(deadline_id))
    if deadline is None:
        return ()
    alerts = {alert["id"] for alert in tables["alert"].values() if _same(alert, deadline)}
    mine = {f"deadline:{deadline_id}"} | {f"alert:{number}" for number in alerts}
    for name in ("delivery", "audience"):
        mine |= {f"{name}:{key}" for key, record in tables[name].items() if record["alert_id"] in alerts}
    for name in ("transition", "adjustment"):
        mine |= {f"{name}:{key}" for key, record in tables[name].items() if _same(record, deadline)}
    mine |= {
        f"{name}:{key}" for name in ("decision", "response", "capture", "stamp", *OF_A_RESPONSE) for key in tables[name]
    }
    mine |= {f"finding:{key}" for key, finding in tables["finding"].items() if _found_of(finding, deadline)}
    return tuple(sealed for sealed in known if sealed.row.subject in mine)


def account_of(rows: Iterable[AuditRow], deadline_id: int) -> Record:
    """Return what became of a deadline as plain JSON: itself, its alerts with their lateness, who did what.

    Spans are in seconds, instants in ISO 8601. Empty where the rows do not tell of it.
    """
    tables = played_back(rows)
    deadline = tables["deadline"].get(str(deadline_id))
    if deadline is None:
        return {}
    alerts = [alert for alert in tables["alert"].values() if _same(alert, deadline)]
    settled_by = deadline.get("response_id")
    # A certificate from before pages were kept tells nothing of them, and is whole all the same.
    kept = {"captures": [_capture(c, tables) for c in tables["capture"].values()]} if tables["capture"] else {}
    beside = {name: list(tables[name].values()) for name in OF_A_RESPONSE if tables[name]}
    return {
        "deadline": deadline,
        "alerts": [_alert(alert, tables) for alert in sorted(alerts, key=lambda alert: int(alert["id"]))],
        "transitions": [t for t in tables["transition"].values() if _same(t, deadline)],
        "adjustments": [a for a in tables["adjustment"].values() if _same(a, deadline)],
        "decisions": list(tables["decision"].values()),
        "responses": [{**r, "settles": r["id"] == settled_by} for r in tables["response"].values()],
        "findings": [f for f in tables["finding"].values() if _found_of(f, deadline)],
        **kept,
        **beside,
    }


def _capture(capture: Record, tables: Mapping[str, Mapping[str, Record]]) -> Record:
    """Return a look at a published page with its time stamps."""
    return {**capture, "stamps": [s for s in tables["stamp"].values() if s["capture_id"] == capture["id"]]}


def _same(record: Mapping[str, Any], deadline: Mapping[str, Any]) -> bool:
    return all(record.get(name) == deadline[name] for name in ("matter_id", "obligation_id", "ordinal"))


def _found_of(finding: Record, deadline: Record) -> bool:
    """Tell whether a finding is about a deadline, or about its matter as a whole."""
    return finding.get("obligation_id") is None or _same(finding, deadline)


def _alert(alert: Record, tables: Mapping[str, Mapping[str, Record]]) -> Record:
    """Return an alert with whom it was for, how late it was made, and how late the first channel took it."""
    deliveries, audience = (
        [record for record in tables[name].values() if record["alert_id"] == alert["id"]]
        for name in ("delivery", "audience")
    )
    taken = [d["ended_at"] for d in deliveries if d.get("state") in TAKEN and d.get("ended_at")]
    return {
        **alert,
        "made_late": seconds(alert["at"], alert["created_at"]),
        "taken_late": min((seconds(alert["at"], at) for at in taken), default=None),
        "audience": audience,
        "deliveries": deliveries,
    }


def seconds(planned: str, real: str) -> float:
    """Return how many seconds lie between a planned and a real instant."""
    return (datetime.fromisoformat(real) - datetime.fromisoformat(planned)).total_seconds()
