"""Duties of a matter: the facts they depend on, its deadlines, and what a review decided about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, case, cast, func, select, union, update
from sqlalchemy.sql.dml import ReturningInsert

from monitor.core.duties import asking
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.course import Step
from monitor.core.duties.crowd import Passed
from monitor.core.duties.deadlines import CLOCK_SLACK, Cause, Deadline
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.review import Review
from monitor.core.model import (
    LIVE,
    AlertState,
    Anchor,
    DeadlineState,
    Level,
)
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import answered_since
from monitor.core.people.policies import policy_of, snapshot
from monitor.store import hearings, people, rule_versions
from monitor.store.many import execute_many
from monitor.store.matter_facts import acts_of
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
NOBODY = Duty()
# Built once: they are asked anew at every beat and for every matter that is looked at.
_DUE = (
    select(MATTER.c.id)
    .where(
        MATTER.c.id > bindparam("after"),
        MATTER.c.id.in_(
            union(
                select(DEADLINE.c.matter_id).where(DEADLINE.c.check_at <= bindparam("now")),
                # What was watched into the future was watched by a clock that had run ahead.
                select(DEADLINE.c.matter_id).where(
                    DEADLINE.c.state.in_(LIVE),
                    DEADLINE.c.settled_at.is_(None),
                    DEADLINE.c.watched_until > bindparam("ahead"),
                ),
            )
        ),
    )
    .order_by(MATTER.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT_CHECK = select(func.min(DEADLINE.c.check_at))
_LOCK = select(MATTER.c.id).where(MATTER.c.id == bindparam("matter_id")).with_for_update()
_DEADLINES = select(DEADLINE).where(DEADLINE.c.matter_id == bindparam("matter_id")).order_by(DEADLINE.c.id)
_DEADLINE = update(DEADLINE).where(DEADLINE.c.id == bindparam("number"))
# One that a clock made which had run ahead gives its key away: what it told of is still to come.
_GIVE_KEY_AWAY = (
    update(ALERT)
    .where(ALERT.c.key.in_(bindparam("keys", expanding=True)), ALERT.c.created_at > bindparam("ahead"))
    .values(
        key=ALERT.c.key + "~" + cast(ALERT.c.id, String),
        state=case((ALERT.c.state == WAITING, AlertState.SKIPPED.value), else_=ALERT.c.state),
        silence=case((ALERT.c.state == WAITING, Silence.LATER_ALERT_TELLS.value), else_=ALERT.c.silence),
    )
)


def _alerts(connection: Connection) -> ReturningInsert[tuple[int, str]]:
    free = insert(connection, AlertRow).on_conflict_do_nothing(index_elements=["key"])
    return free.returning(ALERT.c.id, ALERT.c.key)


def due_matters(connection: Connection, now: datetime, *, after: int = 0, limit: int = 200) -> list[int]:
    """Return and lock the matters numbered above `after` that have a deadline to be looked at, in order.

    Those that another process holds are passed over.
    """
    asked = {"now": now, "ahead": now + CLOCK_SLACK, "after": after, "most": limit}
    return list(connection.scalars(_DUE, asked))


def next_check(connection: Connection) -> datetime | None:
    """Return the earliest moment at which any deadline must be looked at."""
    found: datetime | None = connection.execute(_NEXT_CHECK).scalar_one()
    return found


def lock_matter(connection: Connection, matter_id: int) -> bool:
    """Hold a matter for the rest of the transaction; False where there is none."""
    found = connection.execute(_LOCK, {"matter_id": matter_id})
    return found.first() is not None


def deadlines_of(connection: Connection, matter_id: int) -> list[Deadline]:
    """Return all deadlines of a matter."""
    rows = connection.execute(_DEADLINES, {"matter_id": matter_id}).all()
    kept = rule_versions.rules(connection, {row.rule for row in rows if row.rule is not None})
    return [deadline_of(row, kept.get(row.rule)) for row in rows]


def deadline_of(row: Row[Any], rule: Obligation | None = None) -> Deadline:
    """Return a deadline's row as a value, with the rule that was kept for it."""
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
        rule=rule,
        calendar=row.calendar,
        calendar_version=row.calendar_version,
        estimated=row.estimated,
        unrolled_at=row.unrolled_at,
        level=None if row.level is None else Level(row.level),
        plain_due_at=row.plain_due_at,
        paused=timedelta(seconds=row.paused_seconds),
        paused_since=row.paused_since,
        version=row.version,
        policy=None if row.policy is None else policy_of(row.policy),
    )


def answered_at(connection: Connection, deadline_id: int, now: datetime) -> datetime | None:
    """Return since when the paging of a deadline rests because people have acted, or None where it does not."""
    row = connection.execute(
        select(DEADLINE.c.matter_id, DEADLINE.c.policy, DEADLINE.c.opened_at, DEADLINE.c.due_at).where(
            DEADLINE.c.id == deadline_id
        )
    ).one_or_none()
    if row is None or row.policy is None:
        return None
    acts = acts_of(connection, row.matter_id)
    return answered_since(policy_of(row.policy), row.opened_at, row.due_at, acts, now)


def people_needed(connection: Connection, matter_id: int, now: datetime) -> int:
    """Return how many different contacts must acknowledge before the paging of a matter rests.

    Zero where it rests, and where anybody's word is enough.
    """
    rows = connection.execute(
        select(DEADLINE.c.policy, DEADLINE.c.opened_at, DEADLINE.c.due_at).where(
            DEADLINE.c.matter_id == matter_id,
            DEADLINE.c.state.in_(LIVE),
            DEADLINE.c.settled_at.is_(None),
            DEADLINE.c.paused_since.is_(None),
        )
    ).all()
    running = [(policy_of(row.policy), row.opened_at, row.due_at) for row in rows if row.policy]
    asking = [one for one in running if one[0].needed > 1]
    acts = acts_of(connection, matter_id) if asking else ()
    unanswered = (
        p.needed for p, opened_at, due_at in asking if answered_since(p, opened_at, due_at, acts, now) is None
    )
    return max(unanswered, default=0)


def save_review(connection: Connection, review: Review, pack: RulePack, now: datetime) -> None:
    """Write what a review decided: deadlines, transitions and alerts together."""
    for step in review.steps:
        _save_step(connection, step, pack, now)
    save_alerts(connection, review.asides, now, pack.duty)
    if review.hearing is not None:
        hearings.save_hearing(connection, review.hearing)


def _save_step(connection: Connection, step: Step, pack: RulePack, now: datetime) -> None:
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
        "calendar": deadline.calendar,
        "calendar_version": deadline.calendar_version,
        "estimated": deadline.estimated,
        "unrolled_at": deadline.unrolled_at,
        "level": deadline.level,
        "plain_due_at": deadline.plain_due_at,
        "paused_seconds": int(deadline.paused.total_seconds()),
        "paused_since": deadline.paused_since,
        "version": deadline.version + (deadline.id is not None and bool(step.transitions)),
        "policy": None if deadline.policy is None else snapshot(deadline.policy),
    }
    if deadline.rule is not None and _came_under_a_rule(step):
        row["rule"] = rule_versions.keep(connection, deadline.rule, now)
    if deadline.id is None:
        named = {"matter_id": deadline.matter_id, "obligation_id": deadline.obligation_id, "ordinal": deadline.ordinal}
        connection.execute(
            insert(connection, DeadlineRow), {**row, **named, "pack": pack.origin_of(deadline.obligation_id)}
        )
    else:
        connection.execute(_DEADLINE, {**row, "number": deadline.id})
    save_transitions(connection, (step,), now)
    save_alerts(connection, step.alerts, now, pack.duty)


def _came_under_a_rule(step: Step) -> bool:
    """Tell whether a deadline opened, or was put under another version of its rule."""
    causes = {change.cause for change in step.transitions}
    return step.deadline.id is None or not causes.isdisjoint({Cause.FRESH_NEWS, Cause.RULE_ADOPTED})


def save_transitions(connection: Connection, steps: Iterable[Step | Passed], now: datetime) -> None:
    """Log what changed about deadlines, noticed at `now`."""
    rows = [
        {
            "matter_id": step.deadline.matter_id,
            "obligation_id": change.obligation_id,
            "ordinal": change.ordinal,
            "before": change.before and change.before.value,
            "after": change.after.value,
            "cause": change.cause.value,
            "at": change.at,
            "noticed_at": now,
        }
        for step in steps
        for change in step.transitions
    ]
    execute_many(connection, "transitions", insert(connection, TransitionRow), rows)


def save_fault(connection: Connection, matter_id: int, error: Exception, now: datetime, duty: Duty = NOBODY) -> bool:
    """Keep that a matter's deadlines could not be reckoned, and tell people; return whether that is news."""
    draft = asking.fault(matter_id, f"{type(error).__name__}: {error}", type(error).__name__, now)
    if connection.execute(select(ALERT.c.id).where(ALERT.c.key == draft.key)).first() is not None:
        return False
    save_alerts(connection, [draft], now, duty)
    return True


def save_alerts(connection: Connection, drafts: Sequence[AlertDraft], now: datetime, duty: Duty = NOBODY) -> None:
    """Put alerts into the outbox; one whose key is there already is not put in again.

    Pages are for those whom `duty` names, as the rota stands in this transaction.
    """
    drafts = people.addressed(connection, drafts, duty, now)
    if not drafts:
        return
    drafts = list({draft.key: draft for draft in reversed(drafts)}.values())[::-1]
    stored = _store_alerts(connection, drafts, now)
    if len(stored) < len(drafts):
        # Some keys are taken; of these, a clock that had run ahead took some.
        keys = {draft.key for draft in drafts} - stored.keys()
        connection.execute(_GIVE_KEY_AWAY, {"keys": list(keys), "ahead": now + CLOCK_SLACK})
        stored |= _store_alerts(connection, [draft for draft in drafts if draft.key in keys], now)
    people.save_audiences(connection, drafts, stored)


def _store_alerts(connection: Connection, drafts: Sequence[AlertDraft], now: datetime) -> dict[str, int]:
    """Store the alerts whose keys are free; return their numbers by key."""
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
            "silence": draft.silence and draft.silence.value,
            "detail": dict(draft.detail),
        }
        for draft in drafts
    ]
    return {row.key: row.id for row in execute_many(connection, "alerts", _alerts(connection), rows)}
