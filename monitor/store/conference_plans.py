"""Plans of press conferences in the database, and the alerts about them that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from monitor.core.conferences.plan import Arrangement, Plan, PlanState, Tick
from monitor.core.duties.alerting import Silence
from monitor.core.model import AlertReason, AlertState
from monitor.store import outbox
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow
from monitor.store.tables_kinds import ConferencePlanRow, ConferenceTickRow

PLAN = of(ConferencePlanRow)
TICK = of(ConferenceTickRow)
ALERT = of(AlertRow)
_OPEN = PLAN.c.state == PlanState.PLANNED.value


def add(connection: Connection, matter_id: int, arranged: Arrangement, *, by: str, now: datetime) -> int:
    """Keep a new plan, to be looked at at once; return its number."""
    statement = insert(connection, ConferencePlanRow).values(
        matter_id=matter_id,
        made_for=matter_id,
        state=PlanState.PLANNED.value,
        made_at=now,
        set_at=now,
        changed_by=str(by),
        look_at=now,
        told={},
        **_columns(arranged),
    )
    return int(connection.execute(statement.returning(PLAN.c.id)).scalar_one())


def change(connection: Connection, plan: Plan, arranged: Arrangement, *, by: str, now: datetime) -> None:
    """Keep what is arranged now; where the time moved, what waits to be told of the old time is not told."""
    moved = arranged.at != plan.arranged.at
    told = forget_waiting(connection, plan) if moved else plan.told
    connection.execute(
        update(PLAN)
        .where(PLAN.c.id == plan.id)
        .values(
            version=plan.version + 1,
            changed_by=str(by),
            look_at=now,
            set_at=now if moved else plan.set_at,
            told=_plain(told),
            **_columns(arranged),
        )
    )


def tick(connection: Connection, plan: Plan, task: str, *, at: datetime | None, by: str, now: datetime) -> None:
    """Keep that a task is done, or with no `at` that it is open again."""
    values = {"at": at, "by": str(by)}
    statement = insert(connection, ConferenceTickRow).values(plan_id=plan.id, task=task, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["plan_id", "task"], set_=values))
    told = dict(plan.told)
    for alert_id, detail in _waiting(connection, plan) if at is not None else ():
        asked = detail["tasks"].split(",")
        left = [name for name in asked if name != task]
        if not left:
            outbox.finish(connection, alert_id, AlertState.SUPPRESSED, Silence.NO_LONGER_OPEN.value)
        elif len(left) < len(asked):
            fewer = {**detail, "tasks": ",".join(left)}
            connection.execute(update(ALERT).where(ALERT.c.id == alert_id).values(detail=fewer))
        if len(left) < len(asked):
            # Nobody was told of it after all: it is told if it turns out to be open.
            told.pop(task, None)
    look(connection, plan.id, now, told)


def end(connection: Connection, plan: Plan, state: PlanState, *, by: str, response_id: int | None = None) -> None:
    """Keep that a conference was held or given up: nothing of it is told any more."""
    forget_waiting(connection, plan)
    values = {"state": state.value, "response_id": response_id, "look_at": None, "changed_by": str(by)}
    connection.execute(update(PLAN).where(PLAN.c.id == plan.id).values(version=plan.version + 1, **values))


def hold(connection: Connection, matter_id: int, response_id: int, held_at: datetime, *, by: str) -> None:
    """Mark the open plans of a matter as held by a logged conference; one from before a plan was made is another."""
    for plan in of_matter(connection, matter_id):
        if plan.open and plan.made_at <= held_at:
            end(connection, plan, PlanState.HELD, by=by, response_id=response_id)


def reopen(connection: Connection, response_id: int, now: datetime) -> None:
    """Let a plan be open again whose conference was logged by mistake."""
    values = {"state": PlanState.PLANNED.value, "response_id": None, "look_at": now}
    connection.execute(
        update(PLAN).where(PLAN.c.response_id == response_id).values(version=PLAN.c.version + 1, **values)
    )


def forget_waiting(connection: Connection, plan: Plan) -> Mapping[str, datetime]:
    """Silence what waits to be told of a plan; return what was told, without what now never will be."""
    told = dict(plan.told)
    for alert_id, detail in _waiting(connection, plan):
        outbox.finish(connection, alert_id, AlertState.SUPPRESSED, Silence.NO_LONGER_OPEN.value)
        for name in detail["tasks"].split(","):
            told.pop(name, None)
    return told


def _waiting(connection: Connection, plan: Plan) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = connection.execute(
        select(ALERT.c.id, ALERT.c.detail).where(
            ALERT.c.matter_id == plan.matter_id,
            ALERT.c.reason == AlertReason.PLAN.value,
            ALERT.c.state == AlertState.PENDING.value,
        )
    ).all()
    yield from ((row.id, row.detail) for row in rows if row.detail.get("plan") == str(plan.id))


def look(connection: Connection, plan_id: int, at: datetime | None, told: Mapping[str, datetime] | None = None) -> None:
    """Set when a plan is looked at next, and what was told of it; one that has ended never is."""
    also = {} if told is None else {"told": _plain(told)}
    connection.execute(update(PLAN).where(PLAN.c.id == plan_id, _OPEN).values(look_at=at, **also))


def due(connection: Connection, now: datetime, limit: int = 100) -> list[int]:
    """Return the plans that must be looked at."""
    query = select(PLAN.c.id).where(PLAN.c.look_at <= now).order_by(PLAN.c.look_at, PLAN.c.id).limit(limit)
    return list(connection.scalars(query))


def look_at(connection: Connection, plan_id: int) -> datetime | None:
    """Return when a plan is looked at next."""
    return connection.execute(select(PLAN.c.look_at).where(PLAN.c.id == plan_id)).scalar_one_or_none()


def plan(connection: Connection, number: int) -> Plan | None:
    """Return one plan, None where there is none of that number."""
    return next(iter(_read(connection, PLAN.c.id == number)), None)


def of_matter(connection: Connection, matter_id: int) -> list[Plan]:
    """Return the plans of a matter, newest first."""
    return _read(connection, PLAN.c.matter_id == matter_id)[::-1]


def coming(connection: Connection, matter_ids: Collection[int] | None = None) -> list[Plan]:
    """Return the plans that are open, the next first; with `matter_ids` only those of these matters."""
    where = _OPEN if matter_ids is None else _OPEN & PLAN.c.matter_id.in_(matter_ids)
    return sorted(_read(connection, where), key=lambda one: (one.arranged.at, one.id))


def move_all(connection: Connection, source: int, target: int) -> None:
    """Let the plans of one matter belong to another; what waits to be told is told of that one."""
    for one in of_matter(connection, source):
        if one.open:
            look(connection, one.id, one.made_at, forget_waiting(connection, one))
    connection.execute(update(PLAN).where(PLAN.c.matter_id == source).values(matter_id=target))


def give_back(connection: Connection, source: int, target: int) -> None:
    """Let those that were made for `source` belong to it again."""
    for one in of_matter(connection, target):
        if one.open:
            look(connection, one.id, one.made_at, forget_waiting(connection, one))
    mine = (PLAN.c.matter_id == target, PLAN.c.made_for == source)
    connection.execute(update(PLAN).where(*mine).values(matter_id=source))


def _columns(arranged: Arrangement) -> dict[str, Any]:
    names = ("at", "place", "speaker", "rank", "inviter", "live", "materials")
    return {name: getattr(arranged, name) for name in names}


def _plain(told: Mapping[str, datetime]) -> dict[str, str]:
    return {name: at.isoformat() for name, at in told.items()}


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Plan]:
    rows = connection.execute(select(PLAN).where(where).order_by(PLAN.c.id)).all()
    ticks: dict[int, dict[str, Tick]] = defaultdict(dict)
    for one in connection.execute(select(TICK).where(TICK.c.plan_id.in_([row.id for row in rows]))):
        if one.at is not None:
            ticks[one.plan_id][one.task] = Tick(one.at, one.by)
    return [_plan(row, ticks[row.id]) for row in rows]


def _plan(row: Any, ticks: Mapping[str, Tick]) -> Plan:
    return Plan(
        id=row.id,
        matter_id=row.matter_id,
        arranged=Arrangement(
            at=row.at,
            place=row.place,
            speaker=row.speaker,
            rank=row.rank,
            inviter=row.inviter,
            live=row.live,
            materials=row.materials,
        ),
        made_at=row.made_at,
        set_at=row.set_at,
        changed_by=row.changed_by,
        state=PlanState(row.state),
        version=row.version,
        ticks=ticks,
        told={name: datetime.fromisoformat(at) for name, at in row.told.items()},
        response_id=row.response_id,
    )
