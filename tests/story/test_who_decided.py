"""Whoever stands in the duty file is named as a contact in every decision he takes, through whichever door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.core.duties.terms import hours
from monitor.core.model import Anchor, Decoy, Fault, ResponseKind, Verb
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DecisionRow
from responders.matters import Matters
from responders.versions import Versions
from tests.responders.console.station import REGION, Station
from tests.story.pack_of_terms import pack_of_terms
from tests.story.roster import DUTY
from tests.story.test_desk import BLAST, news
from tests.story.test_sorting import TRIAL, item

H = timedelta(hours=1)
DECISION = of(DecisionRow)
WHO = "王敏"


@pytest.fixture
def station(database: Database) -> Station:
    station = Station(database)
    station.parts.pack = replace(pack_of_terms(), duty=DUTY)
    return station


def contacts(station: Station) -> dict[str, str | None]:
    """Return for each verb which contact its decisions name."""
    with station.database.read() as connection:
        rows = connection.execute(select(DECISION.c.verb, DECISION.c.detail).order_by(DECISION.c.id)).all()
    return {row.verb: row.detail.get("contact") for row in rows}


def test_a_finding_and_a_withdrawn_response_name_the_contact(station: Station) -> None:
    number, now, desk = news(station, BLAST), station.clock(), station.parts.desk
    release = ResponseKind.AUTHORITATIVE_RELEASE
    desk.respond(number, release, title="通报", url="", published_at=now, by=WHO, now=now)
    desk.find_fault(number, Fault.OMITTED, by=WHO, now=now, reason="漏报一人", evidence="花名册")
    with station.database.read() as connection:
        [response] = views.responses(connection, matter_id=number)
    desk.retract(response.id, by=WHO, now=now + H, reason="撤稿")
    found = contacts(station)
    assert {found[verb] for verb in (Verb.RESPOND, Verb.FIND_FAULT, Verb.RETRACT)} == {"wang"}


def test_who_sorts_an_item_is_named_and_nobody_is_made_up(station: Station) -> None:
    news(station, BLAST)
    station.tell(TRIAL, by="evening")
    sorting, now = station.parts.sorting, station.clock()
    sorting.report(item(station, TRIAL), by=" wang ", now=now)
    sorting.set_aside(item(station, TRIAL), Decoy.COURT_CASE, by="路人", now=now + H)
    assert contacts(station) == {Verb.REPORT: "wang", Verb.SET_ASIDE: None}


def test_who_puts_a_deadline_under_the_rule_in_use_is_named(station: Station) -> None:
    number, pack = news(station, BLAST), station.parts.pack
    with station.database.read() as connection:
        first = next(d for d in views.deadlines(connection, matter_id=number) if d.obligation_id == "OP-AUTH-5H")
    newer = (replace(rule, due=hours(4)) if rule.id == "OP-AUTH-5H" else rule for rule in pack.obligations)
    versions = Versions(station.database, replace(pack, obligations=tuple(newer)), REGION)
    versions.adopt(first.id, by=WHO, now=station.clock(), reason="规则更新")
    assert contacts(station)[Verb.ADOPT] == "wang"


def test_who_runs_a_drill_or_a_matter_of_another_kind_is_named(station: Station) -> None:
    rules = (replace(rule, applies=replace(rule.applies, matter="penalty")) for rule in station.parts.pack.obligations)
    drills, now = station.parts.drills, station.clock()
    drills.start(by=WHO, now=now)
    drills.end(by=WHO, now=now + H)
    assert contacts(station)[Verb.DISMISS] == "wang"
    pack = replace(station.parts.pack, obligations=tuple(rules))
    matters = Matters(station.database, pack, REGION)
    number = matters.open("penalty", title="处罚", anchors={Anchor.DETERMINED: now}, by=WHO, now=now)[0].id
    matters.state(number, {Anchor.DETERMINED: now - H}, by=WHO, now=now)
    matters.acknowledge(number, by=WHO, now=now)
    matters.close(number, by=WHO, now=now, reason="撤销")
    found = contacts(station)
    assert {found[verb] for verb in (Verb.OPEN, Verb.STATE, Verb.ACKNOWLEDGE, Verb.DISMISS)} == {"wang"}
