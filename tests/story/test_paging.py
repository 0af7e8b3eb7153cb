"""A night at the bureau: who is paged about a major incident, until somebody acts, and what happens then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.core.duties.alerting import Silence
from monitor.core.model import AlertReason, AlertState, DeadlineState, ResponseKind, Severity
from monitor.core.people.policies import Policy, Rung
from monitor.core.people.rota import Layer, Rota
from monitor.loops.watch import Watch
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0
from tests.story.roster import BOSS, DUTY, ROTA, USUAL, Bureau, H, M, names

DEADLINE = of(DeadlineRow)


def policies(database: Database) -> dict[str, str]:
    with database.read() as connection:
        rows = connection.execute(select(DEADLINE.c.obligation_id, DEADLINE.c.policy))
        return {row.obligation_id: row.policy["id"] for row in rows if row.policy}


def test_who_is_on_duty_is_paged_at_once_and_others_when_nobody_acts(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    opened = bureau.of("opened")
    assert names(opened) == {"wang": "layer"}
    assert opened.audience[0].detail == "轮值"
    bureau.pass_time(71 * M)
    assert bureau.pages() == [("page:2", 10), ("page:3", 30), ("page:4", 40), ("exhausted", 60)]
    assert names(bureau.of("page:2")) == {"wang": "layer", "boss": "office"}
    assert bureau.of("page:2").page


def test_one_page_speaks_for_all_deadlines_of_an_incident(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(11 * M)
    second = [a for a in bureau.alerts() if a.point == "page:2"]
    assert len(second) > 1
    assert {a.obligation_id for a in second if a.state is not AlertState.SKIPPED} == {"OP-AUTH-5H"}
    assert {a.silence for a in second if a.state is AlertState.SKIPPED} == {Silence.TOLD_WITH_ANOTHER}


def test_an_acknowledgement_stops_the_paging_and_not_the_deadline(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.pass_time(12 * M)
    bureau.ack(number)
    bureau.pass_time(25 * M)
    assert bureau.pages() == [("page:2", 10)]
    with database.read() as connection:
        live = views.deadlines(connection, matter_id=number, live=True)
    assert "OP-AUTH-5H" in {deadline.obligation_id for deadline in live}


def test_an_acknowledgement_without_a_response_is_reminded_of_and_lapses(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.pass_time(5 * M)
    bureau.ack(number, by="李强")
    bureau.pass_time(60 * M)
    assert bureau.pages() == [("remind", 35), ("page:1", 45), ("page:2", 55)]
    assert names(bureau.of("remind")) == {"li": "acts"}
    assert names(bureau.of("page:1")) == {"wang": "layer"}


def test_a_response_ends_the_paging_for_good(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.pass_time(5 * M)
    bureau.ack(number)
    bureau.desk.respond(
        number,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="情况通报",
        url="https://example.org/1",
        published_at=bureau.clock(),
        by="王敏",
        now=bureau.clock(),
    )
    bureau.pass_time(60 * M)
    assert bureau.pages() == []


def test_the_end_pages_those_on_duty_and_whoever_had_acknowledged(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, expires=None),)))
    number = bureau.major()
    bureau.ack(number, by="赵磊")
    bureau.pass_time(5 * H + 11 * M)
    assert names(bureau.of("due")) == {"wang": "layer", "boss": "acts"}
    assert bureau.pages() == [("page:2", 310)], "the end begins a round of its own"


def test_two_people_must_acknowledge_where_the_policy_asks_for_it(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, needed=2, expires=None),)))
    number = bureau.major()
    bureau.ack(number, by="王敏")
    bureau.pass_time(11 * M)
    bureau.ack(number, by="wang")
    bureau.ack(number, by="somebody")
    bureau.pass_time(20 * M)
    assert bureau.pages() == [("page:2", 10), ("page:3", 30)]
    bureau.ack(number, by="赵磊")
    bureau.pass_time(60 * M)
    assert bureau.pages() == [("page:2", 10), ("page:3", 30)]


def test_the_policy_is_that_of_the_moment_of_opening(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    later = Policy(id="later", rungs=(Rung(timedelta(0), (BOSS,)), Rung(M, (BOSS,))), repeat=9)
    edited = replace(bureau, duty=replace(DUTY, policies=(later,)))
    edited.pass_time(11 * M)
    assert edited.pages() == [("page:2", 10)]
    assert set(policies(database).values()) == {"usual"}


def test_the_policy_goes_by_grade_and_obligation(database: Database) -> None:
    rungs = (Rung(timedelta(0), (ROTA,)),)
    chosen = (
        Policy(id="five", rungs=rungs, obligations=frozenset({"OP-AUTH-5H"})),
        Policy(id="worst", rungs=rungs, at_least=Severity.EXTRAORDINARY),
        Policy(id="grave", rungs=rungs, at_least=Severity.MAJOR),
        Policy(id="usual", rungs=rungs),
    )
    Bureau(database, replace(DUTY, policies=chosen)).major()
    found = policies(database)
    assert found.pop("OP-AUTH-5H") == "five"
    assert set(found.values()) == {"grave"}


def test_a_page_that_finds_nobody_goes_to_the_team_with_a_trouble_alert(database: Database) -> None:
    begins_later = Layer("later", ("wang",), T0.date() + timedelta(days=3), T0.time(), 24 * H)
    bureau = Bureau(database, replace(DUTY, rotas={"duty": Rota("duty", "总值班", (begins_later,))}))
    bureau.major()
    bureau.deliver()
    opened, trouble = bureau.of("opened"), bureau.of("duty:nobody", None)
    assert opened.audience == ()
    assert opened.state is AlertState.SENT
    assert trouble.page
    assert {opened.key, trouble.key} <= set(bureau.team.keys)


def test_a_contact_who_left_the_file_is_not_waited_for(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    without = {name: one for name, one in DUTY.contacts.items() if name != "wang"}
    after = Bureau(database, replace(DUTY, contacts=without), bureau.clock)
    after.deliver()
    assert bureau.of("opened").state is AlertState.SENT
    assert bureau.of("opened").key in after.team.keys


def test_without_a_duty_file_everything_is_as_before(database: Database) -> None:
    (number,) = open_major(database, 1)
    watch = Watch(database, PACK, REGION)
    watch.tick(T0 + 31 * M)
    with database.read() as connection:
        alerts = views.alerts(connection, matter_id=number)
    assert policies(database) == {}
    assert not [a for a in alerts if a.audience or a.reason is AlertReason.ESCALATED]


def test_a_deadline_from_before_the_duty_file_pages_the_same_people_without_rounds(database: Database) -> None:
    open_major(database, 1)
    bureau = Bureau(database)
    bureau.pass_time(4 * H + 5 * M)
    assert bureau.pages() == []
    assert names(bureau.of("before:60m")) == {"wang": "layer"}


@pytest.mark.parametrize("every", [M, 7 * M, 71 * M])
def test_a_late_look_makes_one_page_and_keeps_the_others_as_skipped(database: Database, every: timedelta) -> None:
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(71 * M, every=every)
    found = [a for a in bureau.alerts() if a.reason is AlertReason.ESCALATED and a.obligation_id == "OP-AUTH-5H"]
    assert [a.point for a in sorted(found, key=lambda a: a.at)] == ["page:2", "page:3", "page:4", "exhausted"]
    if every == 71 * M:
        assert bureau.pages() == [("exhausted", 60)]
        assert {a.silence for a in found if a.state is AlertState.SKIPPED} == {Silence.LATER_ALERT_TELLS}


def test_a_page_that_came_while_nobody_looked_is_not_made_after_the_acknowledgement(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.clock.advance(minutes=12)
    bureau.ack(number)
    bureau.pass_time(5 * M)
    assert bureau.pages() == []
    assert bureau.of("page:2").silence == Silence.ACKNOWLEDGED


def test_a_page_that_waits_to_be_sent_is_suppressed_by_the_acknowledgement(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.deliver()
    bureau.clock.advance(minutes=10)
    bureau.watch.tick(bureau.clock())
    bureau.clock.advance(seconds=5)
    bureau.ack(number)
    bureau.deliver()
    page = bureau.of("page:2")
    assert (page.state, page.silence) == (AlertState.SUPPRESSED, Silence.ACKNOWLEDGED)
    assert page.deliveries == ()


def test_the_deadline_is_met_late_all_the_same(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.pass_time(6 * H, every=10 * M)
    bureau.ack(number)
    with database.read() as connection:
        states = {d.obligation_id: d.state for d in views.deadlines(connection, matter_id=number)}
    assert states["OP-AUTH-5H"] is DeadlineState.MISSED
