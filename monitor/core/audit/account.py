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
TOLD = ("deadline", "alert", "delivery", "transition", "decision", "response")
WHOLE = ("added", "found")
# Embedded databases hand these on as text.
NESTED = ("anchors", "detail")
TAKEN = (DeliveryState.ACCEPTED.value, DeliveryState.UNCONFIRMED.value)


def played_back(rows: Iterable[AuditRow]) -> dict[str, dict[int, Record]]:
    """Return the rows of each table by number as the log leaves them; one that was removed says so in `removed`."""
    tables: dict[str, dict[int, Record]] = {name: {} for name in TOLD}
    for row in rows:
        name, _, act = row.kind.partition(".")
        if name not in tables:
            continue
        said = json.loads(row.text)
        record = tables[name].setdefault(int(said["id"]), {})
        if act in WHOLE:
            record.clear()
            record.update(said)
        elif act == "changed":
            record.update(said["now"])
        elif act == "removed":
            record.update(said, removed=True)
        record.update({field: json.loads(record[field]) for field in NESTED if isinstance(record.get(field), str)})
    return tables


def concerned(rows: Iterable[SealedRow], deadline_id: int) -> tuple[SealedRow, ...]:
    """Return those of a matter's rows that are about one deadline, or about the matter as a whole."""
    known = tuple(rows)
    tables = played_back(sealed.row for sealed in known)
    deadline = tables["deadline"].get(deadline_id)
    if deadline is None:
        return ()
    alerts = {number for number, alert in tables["alert"].items() if _same(alert, deadline)}
    mine = {f"deadline:{deadline_id}"} | {f"alert:{number}" for number in alerts}
    for number, delivery in tables["delivery"].items():
        mine |= {f"delivery:{number}"} if delivery["alert_id"] in alerts else set()
    for number, transition in tables["transition"].items():
        mine |= {f"transition:{number}"} if _same(transition, deadline) else set()
    mine |= {f"decision:{number}" for number in tables["decision"]} | {f"response:{n}" for n in tables["response"]}
    return tuple(sealed for sealed in known if sealed.row.subject in mine)


def account_of(rows: Iterable[AuditRow], deadline_id: int) -> Record:
    """Return what became of a deadline as plain JSON: itself, its alerts with their lateness, who did what.

    Spans are in seconds, instants in ISO 8601. Empty where the rows do not tell of it.
    """
    tables = played_back(rows)
    deadline = tables["deadline"].get(deadline_id)
    if deadline is None:
        return {}
    of_alert: dict[int, list[Record]] = {}
    for delivery in tables["delivery"].values():
        of_alert.setdefault(delivery["alert_id"], []).append(delivery)
    return {
        "deadline": deadline,
        "alerts": [
            _alert(alert, of_alert.get(number, []))
            for number, alert in sorted(tables["alert"].items())
            if _same(alert, deadline)
        ],
        "transitions": [t for _, t in sorted(tables["transition"].items()) if _same(t, deadline)],
        "decisions": [decision for _, decision in sorted(tables["decision"].items())],
        "responses": [
            {**response, "settles": number == deadline.get("response_id")}
            for number, response in sorted(tables["response"].items())
        ],
    }


def _same(record: Mapping[str, Any], deadline: Mapping[str, Any]) -> bool:
    return all(record.get(name) == deadline[name] for name in ("matter_id", "obligation_id", "ordinal"))


def _alert(alert: Record, deliveries: list[Record]) -> Record:
    """Return an alert with how late it was made, and how late the first channel took it."""
    taken = [d["ended_at"] for d in deliveries if d.get("state") in TAKEN and d.get("ended_at")]
    return {
        **alert,
        "made_late": seconds(alert["at"], alert["created_at"]),
        "taken_late": min((seconds(alert["at"], at) for at in taken), default=None),
        "deliveries": deliveries,
    }


def seconds(planned: str, real: str) -> float:
    """Return how many seconds lie between a planned and a real instant."""
    return (datetime.fromisoformat(real) - datetime.fromisoformat(planned)).total_seconds()
