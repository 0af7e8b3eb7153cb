"""People in the database: for whom alerts are, and what was changed about the rotas."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, cast, select, update

from monitor.core.duties import addressing
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.model import LIVE, AlertState
from monitor.core.people.duty import Because, Duty, Recipient
from monitor.core.people.policies import Whom, WhomKind, policy_of
from monitor.core.people.rota import Change, ChangeKind
from monitor.store.many import execute_many
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, DeadlineRow
from monitor.store.tables_assignment import ReceiptRow
from monitor.store.tables_people import AudienceRow, RotaChangeRow

ALERT = of(AlertRow)
AUDIENCE = of(AudienceRow)
CHANGE = of(RotaChangeRow)
DEADLINE = of(DeadlineRow)
RECEIPT = of(ReceiptRow)
_POLICIES = (
    select(cast(DEADLINE.c.policy, String))
    .distinct()
    .where(
        DEADLINE.c.policy.is_not(None),
        DEADLINE.c.state.in_([state.value for state in LIVE]),
        DEADLINE.c.settled_at.is_(None),
    )
)
_OPEN_AUDIENCES = (
    select(AUDIENCE.c.contact, AUDIENCE.c.name)
    .distinct()
    .join(ALERT, ALERT.c.id == AUDIENCE.c.alert_id)
    .where(ALERT.c.state == AlertState.PENDING.value, AUDIENCE.c.silence == "")
)

_OWING = select(RECEIPT.c.office, RECEIPT.c.name).distinct().where(RECEIPT.c.look_at.is_not(None))


def addressed(connection: Connection, drafts: Sequence[AlertDraft], duty: Duty, now: datetime) -> Sequence[AlertDraft]:
    """Return alerts with the contacts they are for, as the rotas stand in this transaction."""
    pages = any(draft.page and draft.state is AlertState.PENDING for draft in drafts)
    if not duty.contacts and duty.quiet is None:
        return drafts
    return addressing.addressed(drafts, duty, changes(connection, since=now) if pages and duty.rotas else (), now)


def save_audiences(connection: Connection, drafts: Sequence[AlertDraft], stored: Mapping[str, int]) -> None:
    """Keep for whom the alerts are that were stored now, whose numbers are given by their keys."""
    rows = [
        {
            "alert_id": stored[draft.key],
            "contact": recipient.contact,
            "name": recipient.name,
            "because": recipient.because.value,
            "through": recipient.through,
            "detail": recipient.detail,
            "silence": recipient.silence,
        }
        for draft in drafts
        if draft.key in stored
        for recipient in draft.audience
    ]
    statement = insert(connection, AudienceRow).on_conflict_do_nothing(index_elements=["alert_id", "contact"])
    execute_many(connection, "audiences", statement, rows)


def audiences(connection: Connection, alert_ids: Collection[int]) -> dict[int, tuple[Recipient, ...]]:
    """Return for each alert the contacts whom it is for."""
    found: dict[int, list[Recipient]] = defaultdict(list)
    rows = connection.execute(
        select(AUDIENCE).where(AUDIENCE.c.alert_id.in_(alert_ids)).order_by(AUDIENCE.c.alert_id, AUDIENCE.c.contact)
    )
    for row in rows:
        found[row.alert_id].append(
            Recipient(row.contact, Because(row.because), row.through, row.detail, row.name, row.silence)
        )
    return {alert_id: tuple(recipients) for alert_id, recipients in found.items()}


def named(connection: Connection, now: datetime) -> dict[Whom, str]:
    """Return whom open alerts, running policies, changes of the rotas and owed receipts name, with their names."""
    found: dict[Whom, str] = {}
    for kept in connection.scalars(_POLICIES):
        policy = policy_of(json.loads(kept))
        found |= {whom: "" for rung in policy.rungs for whom in rung.whom}
    for change in changes(connection, since=now):
        if change.cancelled_at is None:
            found[Whom(WhomKind.CONTACT, change.contact)] = ""
    for row in connection.execute(_OWING):
        found[Whom(WhomKind.OFFICE, row.office)] = row.name
    for row in connection.execute(_OPEN_AUDIENCES):
        found[Whom(WhomKind.CONTACT, row.contact)] = row.name
    return found


def silence(connection: Connection, alert_id: int, contact: str, why: Silence) -> None:
    """Keep why a contact is not told of an alert any further."""
    connection.execute(
        update(AUDIENCE).where(AUDIENCE.c.alert_id == alert_id, AUDIENCE.c.contact == contact).values(silence=why.value)
    )


def changes(connection: Connection, *, since: datetime, rota: str | None = None) -> list[Change]:
    """Return what was changed about the rotas, or about one, and still held at `since` or holds later; oldest first."""
    query = select(CHANGE).where(CHANGE.c.ends > since).order_by(CHANGE.c.id)
    if rota is not None:
        query = query.where(CHANGE.c.rota == rota)
    return [change_of(row) for row in connection.execute(query)]


def change(connection: Connection, number: int) -> Change | None:
    """Return one change and hold it for the rest of the transaction, or None where there is none of that number."""
    row = connection.execute(select(CHANGE).where(CHANGE.c.id == number).with_for_update()).one_or_none()
    return None if row is None else change_of(row)


def change_of(row: Row[Any]) -> Change:
    """Return a change's row as a value."""
    return Change(
        id=row.id,
        rota=row.rota,
        kind=ChangeKind(row.kind),
        contact=row.contact,
        instead_of=row.instead_of,
        begins=row.begins,
        ends=row.ends,
        by=row.by,
        reason=row.reason,
        pair=row.pair,
        made_at=row.made_at,
        cancelled_at=row.cancelled_at,
    )


def add_change(connection: Connection, made: Change) -> Change:
    """Keep a change and return it with its number."""
    statement = insert(connection, RotaChangeRow).values(
        rota=made.rota,
        kind=made.kind.value,
        contact=made.contact,
        instead_of=made.instead_of,
        begins=made.begins,
        ends=made.ends,
        pair=made.pair,
        by=made.by,
        reason=made.reason,
        made_at=made.made_at,
        cancelled_by="",
    )
    return change_of(connection.execute(statement.returning(CHANGE)).one())


def cancel(connection: Connection, made: Change, *, by: str, now: datetime) -> None:
    """End a change now; both halves of a swap end together."""
    halves = {made.id, *([made.pair] if made.pair is not None else [])}
    connection.execute(
        update(CHANGE)
        .where((CHANGE.c.id.in_(halves)) | (CHANGE.c.pair.in_(halves)), CHANGE.c.cancelled_at.is_(None))
        .values(cancelled_at=now, cancelled_by=by)
    )
