"""A great number of running deadlines, written straight into the store as reviews would have left them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from monitor.config.rules import load_pack
from monitor.core.duties import alerting
from monitor.core.duties.deadlines import Deadline
from monitor.core.model import Anchor, Severity
from monitor.core.people.policies import Policy, snapshot
from monitor.store import audited
from monitor.store.database import Database
from monitor.store.many import execute_many
from monitor.store.sql import insert, of
from monitor.store.tables import DeadlineRow, IncidentRow, MatterRow, SeverityStepRow

PACK = load_pack("cn-gov")
REGION = "620000"
RULE = next(obligation for obligation in PACK.obligations if obligation.id == "OP-AUTH-5H")
CHUNK = 5000
EARLIER = timedelta(seconds=1)
ONCE = datetime(2026, 1, 1, tzinfo=UTC)
# What all of them have in common; the rest is filled in for each.
A_MATTER = MatterRow(opened_at=ONCE, updated_at=ONCE).model_dump()
AN_INCIDENT = IncidentRow(
    matter_id=0, first_seen_at=ONCE, last_seen_at=ONCE, province=REGION, severity=int(Severity.MAJOR), deaths=12
).model_dump()
A_STEP = SeverityStepRow(matter_id=0, at=ONCE, reported_at=ONCE, severity=3, item_id=1).model_dump(exclude={"id"})
A_DEADLINE = DeadlineRow(
    matter_id=0,
    obligation_id="",
    pack=f"{PACK.id}@{PACK.version}",
    anchor=Anchor.FIRST_REPORTED.value,
    started_at=ONCE,
    due_at=ONCE,
    opened_at=ONCE,
    state="open",
    watched_until=ONCE,
).model_dump(exclude={"id"})


def gather(
    database: Database,
    count: int,
    due_at: Callable[[int], datetime],
    policy: Policy | None = None,
    now: datetime | None = None,
) -> list[int]:
    """Store `count` major matters, each with one five-hour deadline due at `due_at(n)` and all reminders dealt with.

    A second rule of the grade would double the number: the others are kept as waived. With a policy, its pages up to
    the end are dealt with as well. They were looked at last at `now`, this moment where none is given.
    """
    at = now or datetime.now(UTC)
    numbers: list[int] = []
    with unrecorded(database):
        for start in range(0, count, CHUNK):
            with database.write() as connection:
                numbers += _write(connection, range(start, min(start + CHUNK, count)), due_at, policy, at)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return numbers


@contextmanager
def unrecorded(database: Database) -> Iterator[None]:
    """Keep the audit log out of it: how the crowd came about is no part of what is shown, and most of the time."""
    with database.write() as connection:
        audited.remove(connection)
    yield
    with database.write() as connection:
        for trigger in audited.triggers(connection.dialect.name):
            for statement in trigger.statements:
                connection.exec_driver_sql(statement)


def _write(
    connection: Connection, wanted: range, due_at: Callable[[int], datetime], policy: Policy | None, now: datetime
) -> list[int]:
    first = (connection.execute(select(func.max(of(MatterRow).c.id))).scalar_one() or 0) + 1
    numbers = list(range(first, first + len(wanted)))
    matters, incidents, steps, deadlines = [], [], [], []
    for number, n in zip(numbers, wanted, strict=True):
        due = due_at(n)
        began = due - RULE.due.at_least
        title = f"示例化工厂{n}号车间爆炸致12死"
        matters.append(A_MATTER | {"id": number, "title": title, "opened_at": began, "updated_at": began})
        seen = {"first_reported_at": began, "first_seen_at": began, "last_seen_at": began}
        incidents.append(AN_INCIDENT | {"matter_id": number, **seen})
        steps.append(A_STEP | {"matter_id": number, "at": began, "reported_at": began})
        deadlines += list(_deadlines(number, began, policy, now))
    for table, rows in (
        (MatterRow, matters),
        (IncidentRow, incidents),
        (SeverityStepRow, steps),
        (DeadlineRow, deadlines),
    ):
        execute_many(connection, f"crowd of {table.__tablename__}", insert(connection, table), rows)
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT setval('matter_id_seq', (SELECT max(id) FROM matter))")
    return numbers


def _deadlines(matter_id: int, began: datetime, policy: Policy | None, now: datetime) -> Iterator[dict[str, Any]]:
    for rule in PACK.obligations:
        serial = rule.repeats or rule.every is not None or rule.chain is not None
        if rule.applies.at_least is None or serial or not rule.enabled or not rule.due.clocked:
            continue
        due, runs = rule.due.end(began, rule.calendar).at, rule is RULE
        watched = min(due - EARLIER if runs else began, now)
        known = {Anchor.FIRST_REPORTED: began, Anchor.LEVEL_REACHED: began}
        deadline = Deadline(
            matter_id=matter_id,
            obligation_id=rule.id,
            anchor=Anchor.FIRST_REPORTED,
            started_at=began,
            due_at=due,
            opened_at=began,
            watched_until=watched,
        )
        look = alerting.next_look(deadline, rule, None, watched) if runs else None
        yield A_DEADLINE | {
            "matter_id": matter_id,
            "obligation_id": rule.id,
            "anchors": {anchor.value: at.isoformat() for anchor, at in known.items()},
            "started_at": began,
            "due_at": due,
            "opened_at": began,
            "state": "open" if runs else "waived",
            "watched_until": watched,
            "check_at": look,
            "policy": None if policy is None else snapshot(policy),
        }


def count_of(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
