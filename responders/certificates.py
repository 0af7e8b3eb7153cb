"""Issue the certificate of a deadline: seal what waits, play its rows back, fix everything else by one more row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.audit.account import account_of, concerned
from monitor.core.audit.certificate import FORM, ISSUED, assembled, body_digest, needed
from monitor.core.audit.chain import Head
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.errors import N_, Mistake, UnknownDeadline
from monitor.core.views import DeadlineView
from monitor.store import audit, duties, views
from monitor.store.database import Database


class NotLogged(Mistake):
    """The log does not tell of a deadline that is stored."""

    message = N_("The audit log does not tell of deadline {id}. Examine the log with: huiying audit verify")


class Certificates:
    """Issues certificates; `bureau` is whose they are."""

    def __init__(self, database: Database, pack: RulePack, bureau: str) -> None:
        self._database = database
        self._pack = pack
        self._bureau = bureau

    def issue(self, deadline_id: int, *, by: str, now: datetime) -> dict[str, Any]:
        """Return the certificate as plain JSON, and keep that it was issued. Raise UnknownDeadline, LogDamaged."""
        with self._database.write() as connection:
            deadline = views.deadline(connection, deadline_id)
            if deadline is None:
                raise UnknownDeadline(id=deadline_id)
            audit.seal_all(connection)
            rows = concerned(audit.of_matter(connection, deadline.matter_id), deadline_id)
            if not rows:
                raise NotLogged(id=deadline_id)
            anchors = audit.anchors(connection)
            fixed = {
                "form": FORM,
                "deadline": deadline_id,
                "issued": {"at": now.isoformat(), "by": by, "bureau": self._bureau},
                "rule": rule_of(self._pack, deadline, _kept(connection, deadline)),
                "incident": _incident(connection, deadline.matter_id),
                "account": account_of((sealed.row for sealed in rows), deadline_id),
                "anchors": [
                    {"day": anchor.day, "at": anchor.at.isoformat(), "head": str(anchor.head)} for anchor in anchors
                ],
            }
            # As it will be read back: nothing in it may depend on how this process writes its values.
            fixed = json.loads(json.dumps(fixed, ensure_ascii=False))
            subject = f"deadline:{deadline_id}"
            audit.note(
                connection,
                ISSUED,
                {"digest": body_digest(fixed), "by": by},
                now,
                subject=subject,
                matter_id=deadline.matter_id,
            )
            audit.seal_all(connection)
            head = audit.head(connection)
            assert head is not None
            told = [*rows, audit.one(connection, head.seq)]
            proof = needed(head, [sealed.seq for sealed in told], _certain(anchors))
            return assembled(fixed, told, audit.links(connection, proof), head)


def _certain(anchors: list[audit.Anchor]) -> list[Head]:
    return [anchor.head for anchor in anchors]


def _kept(connection: Connection, deadline: DeadlineView) -> Obligation | None:
    """Return the rule as it stood when the deadline opened, None where that was not kept."""
    all_of_it = duties.deadlines_of(connection, deadline.matter_id)
    return next((one.rule for one in all_of_it if one.id == deadline.id), None)


def rule_of(pack: RulePack, deadline: DeadlineView, kept: Obligation | None) -> dict[str, Any]:
    """Return the rule under which a deadline runs: as it was kept at the opening, else as the pack has it now."""
    named = {"id": deadline.obligation_id, "opened_under": deadline.pack, "pack": pack.label, "kept": kept is not None}
    rule = kept or pack.obligation(deadline.obligation_id)
    if rule is None:
        return named
    return {
        **named,
        "zh": rule.name_zh,
        "en": rule.name_en,
        "due": "promised" if rule.promised else str(rule.due),
        "calendar": {"name": rule.calendar.name, "version": deadline.calendar_version},
        "anchors": [anchor.value for anchor in rule.anchors],
        "satisfied_by": sorted(kind.value for kind in rule.satisfied_by),
        "document": rule.source.document,
        "article": rule.source.article,
        "quote": rule.source.quote,
        "verified": rule.verified,
    }


def _incident(connection: Connection, matter_id: int) -> Mapping[str, Any]:
    found = views.incident(connection, matter_id)
    if found is None:
        return {"id": matter_id}
    return {
        "id": matter_id,
        "title": found.title,
        "kind": found.kind,
        "place": found.place.code or found.place.name,
        "severity": None if found.severity is None else found.severity.zh,
        "state": found.state.value,
    }
