"""Duties of a matter: the facts they depend on, its deadlines, and what a review decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, and_, case, cast, func, not_, or_, select, union, update

from monitor.core.duties import alerting
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import CLOCK_SLACK, Deadline
from monitor.core.duties.obligations import MatterFacts, RulePack, jurisdiction
from monitor.core.duties.review import Review
from monitor.core.model import (
    LIVE,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Place,
    Response,
    ResponseKind,
    Scope,
    Severity,
    Verb,
)
from monitor.store import hearings
from monitor.store.incidents import COUNTS, ITEM, LINK
from monitor.store.sql import insert, of
from monitor.store.tables import (
    AlertRow,
    DeadlineRow,
    DecisionRow,
    IncidentRow,
    MatterRow,
    ResponseRow,
    SeverityStepRow,
    TransitionRow,
)

ALERT = of(AlertRow)
DEADLINE = of(DeadlineRow)
DECISION = of(DecisionRow)
INCIDENT = of(IncidentRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)
STEP = of(SeverityStepRow)
WAITING = AlertState.PENDING.value


def due_matters(connection: Connection, now: datetime, *, after: int = 0, limit: int = 200) -> list[int]:
    """Return and lock the matters numbered above `after` that have a deadline to be looked at, in order.

    Those that another process holds are passed over.
    """
    # What was watched into the future was watched by a clock that had run ahead.
    ahead = and_(DEADLINE.c.state.in_(LIVE), DEADLINE.c.watched_until > now + CLOCK_SLACK)
    due = (
        select(MATTER.c.id)
        .where(
            MATTER.c.id > after,
            MATTER.c.id.in_(
                union(
                    select(DEADLINE.c.matter_id).where(DEADLINE.c.check_at <= now),
                    select(DEADLINE.c.matter_id).where(ahead),
                )
            ),
        )
        .order_by(MATTER.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.scalars(due))


def next_check(connection: Connection) -> datetime | None:
    """Return the earliest moment at which any deadline must be looked at."""
    found: datetime | None = connection.execute(select(func.min(DEADLINE.c.check_at))).scalar_one()
    return found


def lock_matter(connection: Connection, matter_id: int) -> bool:
    """Hold a matter for the rest of the transaction; False where there is none."""
    found = connection.execute(select(MATTER.c.id).where(MATTER.c.id == matter_id).with_for_update())
    return found.first() is not None


def facts_of(connection: Connection, matter_id: int, region: str) -> MatterFacts:
    """Read everything that the deadlines of one matter depend on."""
    matter = connection.execute(
        select(
            MATTER.c.kind,
            MATTER.c.state,
            MATTER.c.confirmed_at,
            MATTER.c.acted_at,
            INCIDENT.c.scope,
            INCIDENT.c.province,
            INCIDENT.c.city,
            INCIDENT.c.county,
            INCIDENT.c.severity,
            INCIDENT.c.likely,
            INCIDENT.c.sources,
            INCIDENT.c.first_reported_at,
            INCIDENT.c.maybe_recent,
            INCIDENT.c.occurred_at,
        )
        .outerjoin(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .where(MATTER.c.id == matter_id)
    ).one()
    responses = responses_of(connection, matter_id)
    place = Place(matter.province, matter.city, matter.county)
    scope = Scope(matter.scope or Scope.UNKNOWN)
    return MatterFacts(
        id=matter_id,
        kind=matter.kind,
        state=MatterState(matter.state),
        scope=scope,
        jurisdiction=jurisdiction(place, scope, region),
        province=matter.province,
        severity=None if matter.severity is None else Severity(matter.severity),
        likely=None if matter.likely is None else Severity(matter.likely),
        confirmed=matter.confirmed_at is not None,
        voices=hearings.voices_of(connection, matter_id),
        sources=matter.sources or 1,
        dated=matter.first_reported_at is not None,
        maybe_recent=bool(matter.maybe_recent),
        anchors=_anchors(matter),
        reached=_reached(connection, matter_id),
        responses=responses,
        acted_at=matter.acted_at,
        **_life(connection, matter_id),
    )


def _life(connection: Connection, matter_id: int) -> dict[str, datetime | None]:
    """Return when a matter was last reported, last hinted at and last confirmed; see MatterFacts."""
    reported = ITEM.c.verdict == "incident"
    dated = ITEM.c.published_at.is_not(None)
    undated = and_(ITEM.c.published_at.is_(None), ITEM.c.maybe_recent)
    told = connection.execute(
        select(
            func.max(ITEM.c.published_at).filter(reported),
            func.max(ITEM.c.published_at).filter(not_(reported)),
            func.max(ITEM.c.first_seen_at).filter(undated),
        )
        .join(LINK, LINK.c.item_id == ITEM.c.id)
        .where(LINK.c.matter_id == matter_id, COUNTS, or_(dated, undated))
    ).one()
    vouched = select(func.max(DECISION.c.at)).where(
        DECISION.c.matter_id == matter_id, DECISION.c.verb == Verb.CONFIRM.value
    )
    return {
        "news_at": told[0],
        "hinted_at": max((at for at in told[1:] if at is not None), default=None),
        "vouched_at": connection.execute(vouched).scalar_one(),
    }


def _anchors(matter: Any) -> dict[Anchor, datetime]:
    known = {
        Anchor.OCCURRED: matter.occurred_at,
        Anchor.FIRST_REPORTED: matter.first_reported_at,
        Anchor.CONFIRMED: matter.confirmed_at,
    }
    return {anchor: at for anchor, at in known.items() if at is not None}


def _reached(connection: Connection, matter_id: int) -> dict[Severity, datetime]:
    """Return when each grade was first reported, firm or likely."""
    rows = connection.execute(
        select(STEP.c.severity, STEP.c.likely, func.min(STEP.c.reported_at).label("at"))
        .where(STEP.c.matter_id == matter_id)
        .group_by(STEP.c.severity, STEP.c.likely)
    )
    reached: dict[Severity, datetime] = {}
    for row in rows:
        highest = max((s for s in (row.severity, row.likely) if s is not None), default=None)
        if highest is not None:
            severity = Severity(highest)
            reached[severity] = min(row.at, reached.get(severity, row.at))
    return reached


def responses_of(connection: Connection, matter_id: int) -> tuple[Response, ...]:
    """Return the logged responses of a matter, earliest first."""
    rows = connection.execute(
        select(RESPONSE.c.id, RESPONSE.c.kind, RESPONSE.c.published_at)
        .where(RESPONSE.c.matter_id == matter_id)
        .order_by(RESPONSE.c.published_at, RESPONSE.c.id)
    )
    return tuple(Response(ResponseKind(row.kind), row.published_at, row.id) for row in rows)


def deadlines_of(connection: Connection, matter_id: int) -> list[Deadline]:
    """Return all deadlines of a matter."""
    rows = connection.execute(select(DEADLINE).where(DEADLINE.c.matter_id == matter_id).order_by(DEADLINE.c.id))
    return [deadline_of(row) for row in rows]


def deadline_of(row: Row[Any]) -> Deadline:
    """Return a deadline's row as a value."""
    return Deadline(
        id=row.id,
        matter_id=row.matter_id,
        obligation_id=row.obligation_id,
        ordinal=row.ordinal,
        anchor=Anchor(row.anchor),
        anchors={Anchor(name): datetime.fromisoformat(at) for name, at in row.anchors.items()},
        started_at=row.started_at,
        due_at=row.due_at,
        opened_at=row.opened_at,
        state=DeadlineState(row.state),
        provisional=row.provisional,
        settled_at=row.settled_at,
        response_id=row.response_id,
        watched_until=row.watched_until,
        check_at=row.check_at,
    )


def save_review(connection: Connection, review: Review, pack: RulePack, now: datetime) -> None:
    """Write what a review decided: deadlines, transitions and alerts together."""
    for step in review.steps:
        _save_step(connection, step, f"{pack.id}@{pack.version}", now)
    save_alerts(connection, review.questions, now)
    if review.hearing is not None:
        hearings.save_hearing(connection, review.hearing)


def _save_step(connection: Connection, step: Step, pack: str, now: datetime) -> None:
    deadline = step.deadline
    row = {
        "anchor": deadline.anchor.value,
        "anchors": {anchor.value: at.isoformat() for anchor, at in deadline.anchors.items()},
        "started_at": deadline.started_at,
        "due_at": deadline.due_at,
        "opened_at": deadline.opened_at,
        "state": deadline.state.value,
        "provisional": deadline.provisional,
        "settled_at": deadline.settled_at,
        "response_id": deadline.response_id,
        "watched_until": deadline.watched_until,
        "check_at": deadline.check_at,
    }
    if deadline.id is None:
        named = {"matter_id": deadline.matter_id, "obligation_id": deadline.obligation_id, "ordinal": deadline.ordinal}
        connection.execute(insert(connection, DeadlineRow).values(**row, **named, pack=pack))
    else:
        connection.execute(update(DEADLINE).where(DEADLINE.c.id == deadline.id).values(**row))
    if step.transitions:
        connection.execute(
            insert(connection, TransitionRow),
            [
                {
                    "matter_id": deadline.matter_id,
                    "obligation_id": change.obligation_id,
                    "ordinal": change.ordinal,
                    "before": change.before,
                    "after": change.after.value,
                    "cause": change.cause.value,
                    "at": change.at,
                    "noticed_at": now,
                }
                for change in step.transitions
            ],
        )
    save_alerts(connection, step.alerts, now)


def save_fault(connection: Connection, matter_id: int, error: Exception, now: datetime) -> bool:
    """Keep that a matter's deadlines could not be reckoned, and tell people; return whether that is news."""
    draft = alerting.fault(matter_id, f"{type(error).__name__}: {error}", type(error).__name__, now)
    if connection.execute(select(ALERT.c.id).where(ALERT.c.key == draft.key)).first() is not None:
        return False
    save_alerts(connection, [draft], now)
    return True


def save_alerts(connection: Connection, drafts: Sequence[AlertDraft], now: datetime) -> None:
    """Put alerts into the outbox; one whose key is there already is not put in again.

    One that a clock made which had run ahead gives its key away: what it told of is still to come.
    """
    if not drafts:
        return
    connection.execute(
        update(ALERT)
        .where(ALERT.c.key.in_([draft.key for draft in drafts]), ALERT.c.created_at > now + CLOCK_SLACK)
        .values(
            key=ALERT.c.key + "~" + cast(ALERT.c.id, String),
            state=case((ALERT.c.state == WAITING, AlertState.SKIPPED.value), else_=ALERT.c.state),
            silence=case((ALERT.c.state == WAITING, Silence.LATER_ALERT_TELLS.value), else_=ALERT.c.silence),
        )
    )
    rows = [
        {
            "key": draft.key,
            "reason": draft.reason.value,
            "matter_id": draft.matter_id,
            "obligation_id": draft.obligation_id,
            "ordinal": draft.ordinal,
            "point": draft.point,
            "page": draft.page,
            "at": draft.at,
            "created_at": now,
            "not_before": draft.not_before,
            "useful_until": draft.useful_until,
            "state": draft.state.value,
            "silence": draft.silence,
            "detail": dict(draft.detail),
        }
        for draft in drafts
    ]
    connection.execute(insert(connection, AlertRow).on_conflict_do_nothing(index_elements=["key"]), rows)
