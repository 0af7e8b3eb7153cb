"""The deadlines over which time passes: which are due to be looked at, and what time made of many of them at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    bindparam,
    cast,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from monitor.core.duties.crowd import Passed, Sibling
from monitor.core.duties.deadlines import CLOCK_SLACK, Due
from monitor.core.model import LIVE, DeadlineState, MatterState, Severity
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Policy, policy_of
from monitor.store import troubles
from monitor.store.duties import DEADLINE, INCIDENT, MATTER, save_alerts, save_transitions
from monitor.store.many import execute_many
from monitor.store.troubles import TROUBLED

LEG = "watch"
STATES = {state.value: state for state in DeadlineState}
MATTER_STATES = {state.value: state for state in MatterState}
GRADES = {grade.value: grade for grade in Severity}
NOTHING = timedelta(0)
Kept = str | datetime
_IS_DUE = DEADLINE.c.check_at <= bindparam("now")
# What was watched into the future was watched by a clock that had run ahead.
_WATCHED_AHEAD = DEADLINE.c.watched_until > bindparam("ahead")
_IS_TROUBLED = DEADLINE.c.matter_id.in_(troubles.numbers(LEG))
_ANYTHING = select(
    or_(
        exists(literal_column("1")).where(_IS_DUE),
        exists(literal_column("1")).where(_WATCHED_AHEAD),
        exists(literal_column("1")).where(TROUBLED.c.leg == LEG),
    )
)


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as the driver gives it: it is read for many rows, and what SQLAlchemy does to each costs more."""
    return type_coerce(column, NullType()).label(None)


# Both rows are held: what another process has just changed is seen as changed, not as it was before. The matter is
# held first, as by everybody: of one that another process holds no deadline is held, or each could wait for the other.
_DUE = (
    select(
        DEADLINE.c.id,
        DEADLINE.c.matter_id,
        DEADLINE.c.obligation_id,
        DEADLINE.c.ordinal,
        _plain(DEADLINE.c.started_at),
        _plain(DEADLINE.c.due_at),
        _plain(DEADLINE.c.opened_at),
        DEADLINE.c.state,
        _plain(DEADLINE.c.settled_at),
        _plain(DEADLINE.c.watched_until),
        _plain(DEADLINE.c.check_at),
        DEADLINE.c.rule,
        DEADLINE.c.calendar_version,
        DEADLINE.c.paused_seconds,
        _plain(DEADLINE.c.paused_since),
        DEADLINE.c.version,
        cast(DEADLINE.c.policy, Text),
        MATTER.c.state,
        _plain(MATTER.c.acted_at),
        INCIDENT.c.severity,
        INCIDENT.c.likely,
        _plain(MATTER.c.drill),
        _plain(_IS_TROUBLED),
    )
    .join(MATTER, MATTER.c.id == DEADLINE.c.matter_id)
    .outerjoin(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    .where(
        _IS_DUE,
        DEADLINE.c.check_at >= bindparam("from_at"),
        tuple_(DEADLINE.c.check_at, DEADLINE.c.id) > tuple_(bindparam("from_at"), bindparam("from_id")),
        DEADLINE.c.matter_id.not_in(troubles.resting_numbers(LEG)),
    )
    .order_by(DEADLINE.c.check_at, DEADLINE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=(MATTER, DEADLINE))
)
_SIBLINGS = select(DEADLINE.c.matter_id, DEADLINE.c.id, DEADLINE.c.obligation_id, _IS_DUE.label("is_due")).where(
    DEADLINE.c.matter_id.in_(bindparam("ids", expanding=True)),
    DEADLINE.c.state.in_(LIVE),
    DEADLINE.c.settled_at.is_(None),
)
_AHEAD = (
    select(MATTER.c.id)
    .where(
        MATTER.c.id > bindparam("after"),
        MATTER.c.id.in_(select(DEADLINE.c.matter_id).where(_WATCHED_AHEAD)),
        MATTER.c.id.not_in(troubles.resting_numbers(LEG)),
    )
    .order_by(MATTER.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_BACK = (
    update(DEADLINE)
    .where(DEADLINE.c.matter_id.in_(bindparam("ids", expanding=True)), _WATCHED_AHEAD)
    .values(watched_until=bindparam("until"))
)
_WATCHED = (
    select(DEADLINE.c.matter_id)
    .distinct()
    .where(DEADLINE.c.check_at.is_not(None), DEADLINE.c.matter_id > bindparam("after"))
    .order_by(DEADLINE.c.matter_id)
    .limit(bindparam("most"))
)
_HOLD = (
    select(MATTER.c.id)
    .where(MATTER.c.id.in_(bindparam("ids", expanding=True)), MATTER.c.id.not_in(troubles.resting_numbers(LEG)))
    .order_by(MATTER.c.id)
    .with_for_update(skip_locked=True)
)
_PASSED = (
    update(DEADLINE)
    .where(DEADLINE.c.id == bindparam("number"))
    .values(
        state=bindparam("entered"),
        watched_until=bindparam("watched"),
        check_at=bindparam("look_at"),
        version=bindparam("grown"),
    )
)


def anything(connection: Connection, now: datetime) -> bool:
    """Tell whether a deadline is due, was watched by a clock that had run ahead, or cannot be reckoned."""
    return bool(connection.execute(_ANYTHING, {"now": now, "ahead": now + CLOCK_SLACK}).scalar_one())


def due(connection: Connection, now: datetime, after: tuple[datetime, int], limit: int) -> list[Due]:
    """Return and hold the deadlines after the place `after` that are due, longest due first.

    Those that another process holds are passed over, as are the matters that rest after too many faults.
    """
    asked = {"now": now, "from_at": after[0], "from_id": after[1], "most": limit}
    return [_due(row) for row in connection.execute(_DUE, asked)]


def _due(row: Any) -> Due:
    """Return a row as a value; one that cannot be read as one at which the look failed, so that it stops no other."""
    (
        number, matter_id, obligation_id, ordinal, started_at, due_at, opened_at, state, settled_at, watched_until,
        check_at, rule, calendar_version, paused, paused_since, version, policy,
        matter_state, acted_at, severity, likely, drill, troubled,
    ) = row  # fmt: skip
    looked = _moment(check_at)
    try:
        grade = max((each for each in (severity, likely) if each is not None), default=None)
        return Due(
            number, matter_id, obligation_id, ordinal, _moment(started_at), _moment(due_at), _moment(opened_at),
            STATES[state], settled_at and _moment(settled_at), _moment(watched_until), looked, rule,
            calendar_version, timedelta(seconds=paused) if paused else NOTHING, paused_since and _moment(paused_since),
            version, policy and _policy(policy), MATTER_STATES[matter_state], acted_at and _moment(acted_at),
            None if grade is None else GRADES[grade], bool(drill), bool(troubled),
        )  # fmt: skip
    except Exception:  # noqa: BLE001 - the review of its matter will meet the same fault, keep it and tell it
        return Due(
            number, matter_id, obligation_id, ordinal, looked, looked, looked, DeadlineState.OPEN, None, looked, looked,
            None, None, NOTHING, None, version, None, MatterState.OPEN, None, None, bool(drill), troubled=True,
        )  # fmt: skip


def _moment(kept: Kept) -> datetime:
    """Return an instant in UTC as either driver gives it: SQLite keeps it as text, without its offset."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept + "+00:00")
    return kept if kept.tzinfo is UTC else kept.astimezone(UTC)


@lru_cache(maxsize=256)
def _policy(kept: str) -> Policy:
    """Return a policy; most deadlines have the same."""
    return policy_of(json.loads(kept))


def siblings(connection: Connection, matters: Collection[int], now: datetime) -> dict[int, list[Sibling]]:
    """Return the live deadlines of these matters."""
    found: dict[int, list[Sibling]] = defaultdict(list)
    if matters:
        for row in connection.execute(_SIBLINGS, {"ids": list(matters), "now": now}):
            found[row.matter_id].append(Sibling(row.id, row.obligation_id, bool(row.is_due)))
    return found


def ahead(connection: Connection, now: datetime, after: int, limit: int) -> list[int]:
    """Return and hold the matters numbered above `after` that a clock which had run ahead has dealt with."""
    asked = {"now": now, "ahead": now + CLOCK_SLACK, "after": after, "most": limit}
    return list(connection.scalars(_AHEAD, asked))


def set_back(connection: Connection, matters: Sequence[int], now: datetime) -> None:
    """Let what a clock which had run ahead has watched of these matters count as watched until `now`.

    They have just been reviewed: what still lies ahead of them then is of no deadline that runs.
    """
    if matters:
        connection.execute(_BACK, {"ids": matters, "ahead": now + CLOCK_SLACK, "until": now})


def held(connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
    """Hold these matters and return those that nobody else holds and that do not rest."""
    return list(connection.scalars(_HOLD, {"ids": ids, "now": now})) if ids else []


def watched(connection: Connection, now: datetime, after: int, limit: int) -> tuple[list[int], int]:
    """Hold the next matters numbered above `after` that have a deadline to be looked at some day.

    Return those that nobody else holds, and the number to go on from: 0 where the round is over.
    """
    ids = list(connection.scalars(_WATCHED, {"after": after, "most": limit}))
    return held(connection, ids, now), ids[-1] if len(ids) == limit else 0


def save(connection: Connection, passed: Sequence[Passed], duty: Duty, now: datetime) -> None:
    """Write what time made of deadlines, with transitions and alerts, all together."""
    rows = [
        {
            "number": one.deadline.id,
            "entered": one.state.value,
            "watched": one.watched_until,
            "look_at": one.check_at,
            "grown": one.deadline.version + bool(one.transitions),
        }
        for one in passed
    ]
    execute_many(connection, "passed", _PASSED, rows)
    save_transitions(connection, passed, now)
    save_alerts(connection, [alert for one in passed for alert in one.alerts], now, duty)
