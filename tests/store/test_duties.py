"""What is kept of duties: facts read as one, alerts once by their key, matters claimed by one process at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import select, text, update

from monitor.core.duties.obligations import Jurisdiction
from monitor.core.incidents.history import Incident, SeverityStep
from monitor.core.model import AlertReason, Anchor, MatterState, Place, Scope, Severity
from monitor.store import duties, incidents, passing, views
from monitor.store.database import Database, migration_config
from monitor.store.matter_facts import facts_of
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, IncidentRow
from tests.story.matters import REGION, open_major
from tests.story.office import T0

DEADLINE = of(DeadlineRow)
INCIDENT = of(IncidentRow)
H = timedelta(hours=1)
M = timedelta(minutes=1)


def step(item: int, minute: int, severity: Severity | None, likely: Severity | None = None) -> SeverityStep:
    return SeverityStep(
        at=T0 + minute * M,
        reported_at=T0 + (minute - 5) * M,
        severity=severity,
        likely=likely,
        figures={"deaths": item},
        item_id=item,
        sentence="",
    )


def incident(*steps: SeverityStep) -> Incident:
    return Incident(
        title="示例化工厂爆炸",
        kind="chemical",
        scope=Scope.DOMESTIC,
        place=Place("620000"),
        figures=steps[-1].figures,
        severity=steps[-1].severity,
        likely=steps[-1].likely,
        sources=1,
        items=len(steps),
        first_seen_at=T0,
        last_seen_at=T0,
        first_reported_at=T0,
        maybe_recent=True,
        occurred_at=None,
        steps=steps,
    )


def test_hong_kong_macao_and_taiwan_get_their_scope_by_the_upgrade(database: Database) -> None:
    here, there, abroad = open_major(database, 3)

    def scopes() -> dict[int, str]:
        with database.read() as connection:
            rows = connection.execute(select(INCIDENT.c.matter_id, INCIDENT.c.scope))
            return {row.matter_id: row.scope for row in rows}

    with database.write() as connection:
        connection.execute(update(INCIDENT).where(INCIDENT.c.matter_id == there).values(province="810000"))
        connection.execute(update(INCIDENT).where(INCIDENT.c.matter_id == abroad).values(scope="foreign"))
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        connection.commit()
        command.upgrade(config, "head")
        connection.commit()
    assert scopes() == {here: "domestic", there: "hk_mo_tw", abroad: "foreign"}
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        connection.commit()
    assert scopes() == {here: "domestic", there: "domestic", abroad: "foreign"}


def test_what_comes_into_question_is_kept_and_read_back(database: Database) -> None:
    (matter,) = open_major(database, 1)
    motorway = Place(name="沪昆高速", among=("330000", "360000"))
    with database.write() as connection:
        incidents.save_incident(connection, matter, replace(incident(step(1, 0, Severity.MAJOR)), place=motorway))
    with database.read() as connection:
        assert views.incidents(connection)[0].place == motorway
        assert [c.place for c in incidents.candidates(connection, T0 - H)] == [motorway]
        assert facts_of(connection, matter, "360100").jurisdiction is Jurisdiction.MAYBE
        assert facts_of(connection, matter, "430000").jurisdiction is Jurisdiction.NOT_OURS


def test_due_matters_come_in_order_and_page_by_page(database: Database) -> None:
    matters = open_major(database, 5)
    with database.write() as connection:
        assert duties.due_matters(connection, T0 + 9 * M) == []
        assert duties.due_matters(connection, T0 + 10 * M, limit=2) == matters[:2]
        assert duties.due_matters(connection, T0 + 10 * M, after=matters[1]) == matters[2:]
        assert duties.due_matters(connection, T0 + 10 * M, after=matters[-1]) == []


def test_what_another_process_holds_is_passed_over(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("on SQLite a writer holds the whole file")
    one, held, third = open_major(database, 3)
    with database.write() as holder:
        assert duties.lock_matter(holder, held)
        with database.write() as other:
            assert duties.due_matters(other, T0 + 10 * M) == [one, third]


def test_of_a_matter_that_another_process_holds_no_deadline_is_held(database: Database) -> None:
    """Whoever holds the matter writes its deadlines next: who held one and waited for him would wait forever."""
    if database.is_sqlite:
        pytest.skip("on SQLite a writer holds the whole file")
    one, held = open_major(database, 2)
    with database.write() as holder:
        assert duties.lock_matter(holder, held)
        with database.write() as other:
            found = passing.due(other, T0 + 10 * M, (datetime(1, 1, 1, tzinfo=UTC), 0), 100)
            assert {due.matter_id for due in found} == {one}
            holder.execute(text("SET LOCAL lock_timeout = '1s'"))
            holder.execute(update(DEADLINE).where(DEADLINE.c.matter_id == held).values(version=9))


def test_a_matter_that_is_not_there_cannot_be_held(database: Database) -> None:
    with database.write() as connection:
        assert not duties.lock_matter(connection, 404)


def test_a_grade_counts_from_its_first_report_firm_or_likely(database: Database) -> None:
    with database.write() as connection:
        number = incidents.open_matter(connection, "示例", T0)
        told = incident(
            step(1, 0, Severity.GENERAL, Severity.MAJOR), step(2, 10, Severity.LARGER), step(3, 20, Severity.MAJOR)
        )
        incidents.save_incident(connection, number, told)
        facts = facts_of(connection, number, REGION)
    assert facts.reached == {Severity.MAJOR: T0 - 5 * M, Severity.LARGER: T0 + 5 * M}
    assert facts.anchors[Anchor.FIRST_REPORTED] == T0
    assert (facts.severity, facts.confirmed, facts.state) == (Severity.MAJOR, False, MatterState.OPEN)


def test_a_history_that_changed_is_rewritten_although_the_same_items_tell_it(database: Database) -> None:
    with database.write() as connection:
        number = incidents.open_matter(connection, "示例", T0)
        for severity in (Severity.LARGER, Severity.MAJOR):
            incidents.save_incident(connection, number, incident(step(1, 0, None), step(2, 9, severity)))
            assert [s.severity for s in views.steps(connection, number)] == [None, severity]
        longer = incident(step(1, 0, None), step(2, 9, Severity.MAJOR), step(3, 12, Severity.EXTRAORDINARY))
        incidents.save_incident(connection, number, longer)
        assert [s.item_id for s in views.steps(connection, number)] == [1, 2, 3]


def test_a_fault_is_kept_once_a_day_and_names_its_matter(database: Database) -> None:
    error = ValueError("no such state")
    with database.write() as connection:
        assert duties.save_fault(connection, 7, error, T0)
        assert not duties.save_fault(connection, 7, error, T0 + H)
        assert duties.save_fault(connection, 8, error, T0 + H)
        assert duties.save_fault(connection, 7, error, T0 + 24 * H)
        kept = views.alerts(connection)
    assert {alert.reason for alert in kept} == {AlertReason.TROUBLE}
    assert sorted(alert.detail["matter"] for alert in kept) == ["7", "7", "8"]
    assert {alert.detail["what"] for alert in kept} == {"ValueError: no such state"}


def test_a_deadline_comes_back_as_it_was_kept(database: Database) -> None:
    (matter,) = open_major(database, 1)
    with database.write() as connection:
        before = duties.deadlines_of(connection, matter)
        connection.execute(update(DEADLINE).values(provisional=True))
        after = duties.deadlines_of(connection, matter)
    assert [(d.obligation_id, d.due_at - T0, d.check_at) for d in before] == [
        ("OP-AUTH-5H", 5 * H, T0 + 10 * M),
        ("OP-PRESS-24H", 24 * H, T0 + 12 * H),
    ]
    assert [d.provisional for d in after] == [True, True]
