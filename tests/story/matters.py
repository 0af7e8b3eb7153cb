"""Many major incidents written straight into the store, each with its deadlines running from one moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from monitor.config.rules import load_pack
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.model import Severity
from monitor.store import duties, incidents
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of
from monitor.store.sql import insert
from monitor.store.tables import IncidentRow, SeverityStepRow
from tests.story.office import T0

PACK = load_pack("cn-gov")
REGION = "620000"


def open_major(database: Database, count: int, at: datetime = T0, pack: RulePack = PACK) -> list[int]:
    """Store `count` major incidents of the region that were first reported at `at`; return their numbers."""
    with database.write() as connection:
        return [_open(connection, number, at, pack) for number in range(count)]


def _open(connection: Connection, number: int, at: datetime, pack: RulePack) -> int:
    matter_id = incidents.open_matter(connection, f"示例化工厂{number}号车间爆炸致12死", at)
    known = {"province": "620000", "severity": Severity.MAJOR, "deaths": 12, "kind": "chemical", "scope": "domestic"}
    row = IncidentRow(matter_id=matter_id, first_reported_at=at, first_seen_at=at, last_seen_at=at).model_dump() | known
    connection.execute(insert(connection, IncidentRow).values(**row))
    step = SeverityStepRow(matter_id=matter_id, at=at, reported_at=at, severity=3, item_id=1).model_dump(exclude={"id"})
    connection.execute(insert(connection, SeverityStepRow).values(**step))
    facts = facts_of(connection, matter_id, REGION)
    duties.save_review(connection, review(facts, pack, [], at), pack, at)
    return matter_id
