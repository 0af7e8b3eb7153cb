"""The deadlines over which time passes: which are due to be looked at, and what time made of many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, literal_column, or_, select, tuple_, update

from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import CLOCK_SLACK
from monitor.core.duties.obligations import MatterFacts
from monitor.core.model import LIVE, MatterState
from monitor.core.people.duty import Duty
from monitor.store import troubles
from monitor.store.duties import DEADLINE, MATTER, save_alerts, save_transitions
from monitor.store.many import execute_many
from monitor.store.troubles import TROUBLED

LEG = "watch"
_IS_DUE = DEADLINE.c.check_at <= bindparam("now")
# What was watched into the future was watched by a clock that had run ahead.
_WATCHED_AHEAD = DEADLINE.c.watched_until > bindparam("ahead")
_IS_TROUBLED = DEADLINE.c.matter_id.in_(troubles.numbers(LEG)).label("is_troubled")
_ANYTHING = select(
    or_(
        exists(literal_column("1")).where(_IS_DUE),
        exists(literal_column("1")).where(_WATCHED_AHEAD),
        exists(literal_column("1")).where(TROUBLED.c.leg == LEG),
    )
)
# Both rows are held: what another process has just changed is seen as changed, not as it was before.
_DUE = (
    select(DEADLINE, MATTER.c.state.label("matter_state"), MATTER.c.acted_at, _IS_TROUBLED)
    .join(MATTER, MATTER.c.id == DEADLINE.c.matter_id)
    .where(
        _IS_DUE,
        DEADLINE.c.check_at >= bindparam("from_at"),
        tuple_(DEADLINE.c.check_at, DEADLINE.c.id) > tuple_(bindparam("from_at"), bindparam("from_id")),
        DEADLINE.c.matter_id.not_in(troubles.resting_numbers(LEG)),
    )
    .order_by(DEADLINE.c.check_at, DEADLINE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=(DEADLINE, MATTER))
)
_AHEAD = (
    select(MATTER.c.id)
    .where(
        MATTER.c.id > bindparam("after"),
        MATTER.c.id.in_(select(DEADLINE.c.matter_id).where(_WATCHED_AHEAD, DEADLINE.c.state.in_(LIVE))),
        MATTER.c.id.not_in(troubles.resting_numbers(LEG)),
    )
    .order_by(MATTER.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
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


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline's row whose moment has come, and of its matter what time alone asks for."""

    row: Row[Any]

    @property
    def matter_id(self) -> int:
        """The matter it belongs to."""
        return int(self.row.matter_id)

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands in the order of what is due."""
        return self.row.check_at, self.row.id

    def facts(self) -> MatterFacts:
        """Return the facts on which time works: nothing else has changed since the last review."""
        return MatterFacts(id=self.matter_id, state=MatterState(self.row.matter_state), acted_at=self.row.acted_at)


def anything(connection: Connection, now: datetime) -> bool:
    """Tell whether a deadline is due, was watched by a clock that had run ahead, or cannot be reckoned."""
    return bool(connection.execute(_ANYTHING, {"now": now, "ahead": now + CLOCK_SLACK}).scalar_one())


def due(connection: Connection, now: datetime, after: tuple[datetime, int], limit: int) -> list[Due]:
    """Return and hold the deadlines after the place `after` that are due, longest due first.

    Those that another process holds are passed over, as are the matters that rest after too many faults.
    """
    asked = {"now": now, "from_at": after[0], "from_id": after[1], "most": limit}
    return [Due(row) for row in connection.execute(_DUE, asked)]


def ahead(connection: Connection, now: datetime, after: int, limit: int) -> list[int]:
    """Return and hold the matters numbered above `after` that a clock which had run ahead has dealt with."""
    asked = {"now": now, "ahead": now + CLOCK_SLACK, "after": after, "most": limit}
    return list(connection.scalars(_AHEAD, asked))


def held(connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
    """Hold these matters and return those that nobody else holds and that do not rest."""
    return list(connection.scalars(_HOLD, {"ids": ids, "now": now})) if ids else []


def watched(connection: Connection, now: datetime, after: int, limit: int) -> tuple[list[int], int]:
    """Hold the next matters numbered above `after` that have a deadline to be looked at some day.

    Return those that nobody else holds, and the number to go on from: 0 where the round is over.
    """
    ids = list(connection.scalars(_WATCHED, {"after": after, "most": limit}))
    return held(connection, ids, now), ids[-1] if len(ids) == limit else 0


def save(connection: Connection, steps: Sequence[Step], duty: Duty, now: datetime) -> None:
    """Write what time made of deadlines, with transitions and alerts, all together."""
    passed = [
        {
            "number": step.deadline.id,
            "entered": step.deadline.state.value,
            "watched": step.deadline.watched_until,
            "look_at": step.deadline.check_at,
            "grown": step.deadline.version + bool(step.transitions),
        }
        for step in steps
    ]
    execute_many(connection, "passed", _PASSED, passed)
    save_transitions(connection, steps, now)
    save_alerts(connection, [alert for step in steps for alert in step.alerts], now, duty)
