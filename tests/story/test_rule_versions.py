"""A pack changes while deadlines run: each keeps the rule it opened with until a person decides otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.config.rules import load_pack
from monitor.core.duties.arming import last_points
from monitor.core.duties.changes import Change
from monitor.core.duties.obligations import Obligation, Reminders, RulePack
from monitor.core.duties.permitted import NoGroundAllowed
from monitor.core.duties.terms import hours
from monitor.core.errors import DeadlineNotLive, ReasonMissing
from monitor.core.model import AlertReason, DeadlineState, ResponseKind, Verb
from monitor.loops.watch import Watch
from monitor.store import armed, decisions, duties, rule_versions, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, DecisionRow, TransitionRow
from monitor.store.tables_packs import RuleVersionRow
from responders.desk import Desk
from responders.versions import RuleLeft, RuleUnchanged, Versions
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0
from tests.story.roster import grader

TRANSITION = of(TransitionRow)
H, M = timedelta(hours=1), timedelta(minutes=1)
RULE = "OP-AUTH-5H"


def changed(**changes: object) -> RulePack:
    """Return the pack as a new version has it, with one rule changed."""
    rules = tuple(
        replace(rule, origin="cn-gov@2027.1", **(changes if rule.id == RULE else {}))  # type: ignore[arg-type]
        for rule in PACK.obligations
    )
    return replace(PACK, version="2027.1", obligations=rules)


def due_at(database: Database, matter: int) -> timedelta:
    with database.read() as connection:
        return next(d.due_at - T0 for d in duties.deadlines_of(connection, matter) if d.obligation_id == RULE)


def number_of(database: Database, matter: int) -> int:
    with database.read() as connection:
        return next(d.id for d in views.deadlines(connection, matter_id=matter) if d.obligation_id == RULE)


def test_a_shorter_term_moves_no_running_deadline_and_holds_for_the_next(database: Database) -> None:
    (old,) = open_major(database, 1)
    newer = changed(due=hours(3))
    Watch(database, newer, REGION).tick(T0 + 3 * H + M)
    assert due_at(database, old) == 5 * H
    with database.read() as connection:
        (deadline,) = [d for d in duties.deadlines_of(connection, old) if d.obligation_id == RULE]
    assert deadline.state is DeadlineState.OPEN
    assert deadline.rule is not None
    assert deadline.rule.due == hours(5)
    Watch(database, newer, REGION).tick(T0 + 5 * H + M)
    with database.read() as connection:
        (late,) = [d for d in duties.deadlines_of(connection, old) if d.obligation_id == RULE]
    assert late.state is DeadlineState.MISSED


def test_a_person_puts_a_deadline_under_the_rule_in_use_and_the_log_keeps_it(database: Database) -> None:
    (matter,) = open_major(database, 1)
    newer = changed(due=hours(3))
    versions = Versions(database, newer, REGION)
    (found,) = [one for one in versions.outdated() if one.deadline.obligation_id == RULE]
    assert [(d.part, d.change) for d in found.differences] == [("due", Change.STRICTER)]
    assert found.would_be_due - T0 == 3 * H
    number = number_of(database, matter)
    with pytest.raises(ReasonMissing):
        versions.adopt(number, by="li", now=T0 + H, reason=" ")
    after = versions.adopt(number, by="li", now=T0 + H, reason="新办法施行")
    assert (after.due_at - T0, after.state) == (3 * H, DeadlineState.OPEN)
    with database.read() as connection:
        decided = connection.execute(select(of(DecisionRow)).where(of(DecisionRow).c.verb == Verb.ADOPT)).one()
        causes = connection.scalars(
            select(of(TransitionRow).c.cause).where(of(TransitionRow).c.matter_id == matter)
        ).all()
        moved = [a for a in views.alerts(connection, matter_id=matter) if a.reason is AlertReason.MOVED]
    assert (decided.by, decided.reason, decided.deadline_id) == ("li", "新办法施行", number)
    assert decided.detail == {"from": "cn-gov@2026.2", "to": "cn-gov@2027.1"}
    assert "rule_adopted" in causes
    assert len(moved) == 1
    with pytest.raises(RuleUnchanged):
        versions.adopt(number, by="li", now=T0 + H, reason="again")
    Watch(database, newer, REGION).tick(T0 + 3 * H + M)
    with database.read() as connection:
        assert views.deadline(connection, number).state is DeadlineState.MISSED  # type: ignore[union-attr]


def test_an_end_that_has_passed_under_the_rule_in_use_is_told_at_once(database: Database) -> None:
    (matter,) = open_major(database, 1)
    after = Versions(database, changed(due=hours(1)), REGION).adopt(
        number_of(database, matter), by="li", now=T0 + 2 * H, reason="新办法施行"
    )
    assert after.state is DeadlineState.MISSED


def test_a_longer_term_lets_a_missed_deadline_run_again(database: Database) -> None:
    (matter,) = open_major(database, 1)
    Watch(database, PACK, REGION).tick(T0 + 6 * H)
    after = Versions(database, changed(due=hours(8)), REGION).adopt(
        number_of(database, matter), by="li", now=T0 + 6 * H, reason="新办法施行"
    )
    assert (after.state, after.due_at - T0) == (DeadlineState.OPEN, 8 * H)


def test_a_rule_that_left_the_packs_is_still_met_by_what_it_asked_for(database: Database) -> None:
    (matter,) = open_major(database, 1)
    fewer = replace(PACK, obligations=tuple(rule for rule in PACK.obligations if rule.id != RULE))
    number = number_of(database, matter)
    with pytest.raises(RuleLeft):
        Versions(database, fewer, REGION).adopt(number, by="li", now=T0 + H, reason="x")
    with database.write() as connection:
        decisions.save_response(
            connection, matter, ResponseKind.AUTHORITATIVE_RELEASE,
            title="通报", url="", published_at=T0 + H, by="li", now=T0 + H,
        )  # fmt: skip
    Watch(database, fewer, REGION).tick(T0 + 2 * H + 30 * M)
    with database.read() as connection:
        found = views.deadline(connection, number)
    assert found is not None
    assert found.state is DeadlineState.MET
    with pytest.raises(DeadlineNotLive):
        Versions(database, PACK, REGION).adopt(number, by="li", now=T0 + 3 * H, reason="x")


def test_a_deadline_from_before_versions_were_kept_goes_by_the_rule_in_use(database: Database) -> None:
    (matter,) = open_major(database, 1)
    with database.write() as connection:
        connection.execute(of(DeadlineRow).update().values(rule=None))
        kept = duties.deadlines_of(connection, matter)
    assert {deadline.rule for deadline in kept} == {None}
    assert Versions(database, changed(due=hours(3)), REGION).outdated() == []
    Watch(database, changed(due=hours(3)), REGION).go_round(T0 + 2 * H + 30 * M)
    assert due_at(database, matter) == 3 * H


@pytest.mark.parametrize("rule", load_pack("cn-gov").obligations, ids=lambda rule: rule.id)
def test_every_rule_comes_back_as_it_was_kept_and_is_kept_once(database: Database, rule: Obligation) -> None:
    with database.write() as connection:
        digest = rule_versions.keep(connection, rule, T0)
        assert rule_versions.keep(connection, replace(rule), T0 + H) == digest
        rule_versions._READ.clear()
        back = rule_versions.rules(connection, [digest])[digest]
        rows = connection.execute(select(of(RuleVersionRow))).all()
    assert replace(back, calendar=rule.calendar) == rule
    assert back.calendar.name == rule.calendar.name
    assert [(row.obligation_id, row.first_used_at) for row in rows] == [(rule.id, T0)]


def test_what_people_may_do_to_a_running_deadline_is_said_by_its_own_rule(database: Database) -> None:
    before = changed(pause=("鉴定",))
    (matter,) = open_major(database, 1, T0, before)
    desk = Desk(database, PACK, grader(), REGION)
    desk.pause(number_of(database, matter), ground="鉴定", by="li", now=T0 + H)
    (newer,) = open_major(database, 1, T0 + H, PACK)
    desk = Desk(database, before, grader(), REGION)
    with pytest.raises(NoGroundAllowed):
        desk.pause(number_of(database, newer), ground="鉴定", by="li", now=T0 + 2 * H)


def test_the_last_warnings_of_a_running_deadline_are_those_of_its_own_rule(database: Database) -> None:
    open_major(database, 1)
    newer = changed(reminders=Reminders(before=(7 * M,)))
    with database.read() as connection:
        (found,) = [r for r in armed.running(connection, newer, T0 + H, 99) if r.obligation.id == RULE]
    names = [name for name, _ in last_points(found.deadline, found.obligation)]
    assert names == ["before:60m", "before:30m", "before:10m", "due"]


def test_a_rule_that_left_the_packs_still_has_its_last_warnings_armed_and_told(database: Database) -> None:
    (matter,) = open_major(database, 1)
    fewer = replace(PACK, obligations=tuple(rule for rule in PACK.obligations if rule.id != RULE))
    with database.read() as connection:
        held = {r.deadline.obligation_id: r for r in armed.running(connection, fewer, T0 + M, 10)}
        before = {r.deadline.obligation_id: r for r in armed.running(connection, PACK, T0 + M, 10)}
    assert last_points(held[RULE].deadline, held[RULE].obligation) == last_points(
        before[RULE].deadline, before[RULE].obligation
    )
    Watch(database, fewer, REGION).go_round(T0 + M)
    Watch(database, fewer, REGION).tick(T0 + 4 * H + 30 * M)
    with database.read() as connection:
        told = [a.point for a in views.alerts(connection, matter_id=matter) if a.obligation_id == RULE]
    assert any(point.startswith("before:") for point in told)
