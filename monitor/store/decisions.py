"""What people decided and what was published: facts that are added and never overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update

from monitor.core.access.accounts import By
from monitor.core.incidents.placing import SPEAKS_ONLY, Placing
from monitor.core.model import Level, MatterState, ResponseKind, Verb
from monitor.core.people.duty import Duty
from monitor.core.text import storable
from monitor.store import claim_checks, conference_plans
from monitor.store.sql import insert, of
from monitor.store.tables import DecisionRow, IncidentItemRow, MatterRow, ResponseRow
from monitor.store.tables_drafts import DraftRow

DRAFT = of(DraftRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)


def decide(
    connection: Connection,
    matter_id: int,
    verb: Verb,
    *,
    by: str,
    duty: Duty,
    now: datetime,
    reason: str = "",
    deadline_id: int | None = None,
    item_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    acts: bool = True,
) -> None:
    """Keep a decision, and that a person has acted on the matter, unless it asks for nobody's attention to it.

    Where `duty` knows who is called `by`, the decision names him as a contact as well.
    """
    told = dict(detail or {})
    if isinstance(by, By):
        # An account says who he is; what his name alone would suggest does not count.
        told |= {"account": by.account, "contact": by.contact}
    elif person := duty.person(by):
        told["contact"] = person.id
    connection.execute(
        insert(connection, DecisionRow).values(
            matter_id=matter_id,
            deadline_id=deadline_id,
            item_id=item_id,
            verb=verb.value,
            at=now,
            by=storable(str(by)),
            reason=storable(reason),
            detail=told,
        )
    )
    acted = {"acted_at": now} if acts else {}
    connection.execute(update(MATTER).where(MATTER.c.id == matter_id).values(updated_at=now, **acted))


def set_state(
    connection: Connection, matter_id: int, state: MatterState, *, reason: str = "", merged_into: int | None = None
) -> None:
    """Set where a matter stands."""
    connection.execute(
        update(MATTER)
        .where(MATTER.c.id == matter_id)
        .values(state=state.value, state_reason=reason, merged_into=merged_into)
    )


def set_confirmed(connection: Connection, matter_id: int, at: datetime) -> None:
    """Keep the first moment at which a person confirmed the matter."""
    connection.execute(
        update(MATTER).where(MATTER.c.id == matter_id, MATTER.c.confirmed_at.is_(None)).values(confirmed_at=at)
    )


def logged_as(
    connection: Connection,
    matter_id: int,
    kind: ResponseKind,
    title: str,
    url: str,
    published_at: datetime,
    level: Level | None = None,
) -> int | None:
    """Return the number of exactly this response where it is logged already, as after a second tap on the button."""
    same = select(RESPONSE.c.id).where(
        RESPONSE.c.matter_id == matter_id,
        RESPONSE.c.kind == kind.value,
        RESPONSE.c.title == title,
        RESPONSE.c.url == url,
        RESPONSE.c.published_at == published_at,
        RESPONSE.c.level.is_not_distinct_from(level),
        RESPONSE.c.retracted_at.is_(None),
    )
    return connection.execute(same.order_by(RESPONSE.c.id).limit(1)).scalar_one_or_none()


def logged_from(connection: Connection, matter_id: int, url: str) -> int | None:
    """Return the number of a response with this address that stands, however else it was logged."""
    same = select(RESPONSE.c.id).where(
        RESPONSE.c.matter_id == matter_id,
        RESPONSE.c.url == url,
        RESPONSE.c.url != "",
        RESPONSE.c.retracted_at.is_(None),
    )
    return connection.execute(same.order_by(RESPONSE.c.id).limit(1)).scalar_one_or_none()


def save_response(
    connection: Connection,
    matter_id: int,
    kind: ResponseKind,
    *,
    title: str,
    url: str,
    published_at: datetime,
    by: str,
    now: datetime,
    level: Level | None = None,
    promised_at: datetime | None = None,
) -> int:
    """Keep a logged response and return its id."""
    statement = insert(connection, ResponseRow).values(
        matter_id=matter_id,
        logged_for=matter_id,
        kind=kind.value,
        title=title,
        url=url,
        published_at=published_at,
        by=storable(by),
        logged_at=now,
        level=level,
        promised_at=promised_at,
        retracted_by="",
        retracted_reason="",
    )
    return int(connection.execute(statement.returning(RESPONSE.c.id)).scalar_one())


def promise(connection: Connection, response_id: int, at: datetime) -> None:
    """Keep when a response promises the next one."""
    connection.execute(update(RESPONSE).where(RESPONSE.c.id == response_id).values(promised_at=at))


def retract(connection: Connection, response_id: int, *, at: datetime, by: str, reason: str) -> None:
    """Mark a response as withdrawn; it stays in the log."""
    mark = {"retracted_at": at, "retracted_by": storable(by), "retracted_reason": storable(reason)}
    connection.execute(update(RESPONSE).where(RESPONSE.c.id == response_id).values(**mark))


def hand_back(connection: Connection, matter_id: int) -> None:
    """Let nobody have acted on a matter any more, so that its nagging goes on."""
    connection.execute(update(MATTER).where(MATTER.c.id == matter_id).values(acted_at=None))


def move_all(connection: Connection, source: int, target: int, *, by: str) -> None:
    """Let items, responses, drafts and a person's confirmation of one matter belong to another.

    `logged_for` keeps where a response was logged; the earlier of two confirmations counts.
    """
    # What only speaks of an incident, or denies it, does not come to report it by a merge.
    why = case((LINK.c.why.in_(SPEAKS_ONLY), LINK.c.why), else_=Placing.BY_PERSON.value)
    connection.execute(update(LINK).where(LINK.c.matter_id == source).values(matter_id=target, placed_by=by, why=why))
    connection.execute(update(RESPONSE).where(RESPONSE.c.matter_id == source).values(matter_id=target))
    confirmed = select(MATTER.c.confirmed_at).where(
        MATTER.c.id.in_((source, target)), MATTER.c.state != MatterState.DISMISSED.value
    )
    connection.execute(update(DRAFT).where(DRAFT.c.matter_id == source).values(matter_id=target))
    conference_plans.move_all(connection, source, target)
    claim_checks.move_all(connection, source, target)
    earliest = min((at for at in connection.scalars(confirmed) if at is not None), default=None)
    if earliest is not None:
        connection.execute(update(MATTER).where(MATTER.c.id == target).values(confirmed_at=earliest))


def move_items(connection: Connection, ids: Collection[int], target: int, *, by: str) -> None:
    """Let some items belong to another matter."""
    connection.execute(
        update(LINK).where(LINK.c.item_id.in_(ids)).values(matter_id=target, placed_by=by, why=Placing.BY_PERSON.value)
    )
