"""Why, asked of what is stored: items and incidents of both databases, also after the rules have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.core.duties.obligations import Applicability
from monitor.core.errors import UnknownIncident, UnknownItem
from monitor.core.explain.duties import Standing
from monitor.core.incidents.placing import Placing
from monitor.core.model import Decoy, Item, Severity
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AssessmentRow, DeadlineRow
from responders.documents.messages import Composer
from responders.documents.reasons_incident import incident_sections
from responders.documents.reasons_item import item_sections
from responders.inquiry import try_text
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import REGION, T0, Station

H = timedelta(hours=1)
TRIAL = "甘肃白银化工厂爆炸12死案一审宣判 被告获刑"
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
ASSESSMENT = of(AssessmentRow)
DEADLINE = of(DeadlineRow)


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def composer(station: Station) -> Composer:
    return Composer(station.parts.words, station.parts.names, "")


def said(station: Station, number: int) -> dict[str, list[str]]:
    sections = item_sections(station.parts.inquiry.item(number), composer(station))
    return {section.id: [entry.text for entry in section.entries] for section in sections}


def test_a_stored_item_is_explained_by_the_rules_that_read_it(station: Station) -> None:
    station.tell(TRIAL)
    answer = station.parts.inquiry.item(1)
    assert answer.record is not None
    assert (answer.record.tag, answer.same_rules, answer.agrees) == ("court_case", True, True)
    assert answer.stored is not None
    assert (answer.stored.decoy, answer.stored.severity) == (Decoy.COURT_CASE, Severity.MAJOR)
    told = said(station, 1)
    assert told["verdict"][0] == "Set aside: court case."
    assert not any("present rules" in line for line in told["verdict"])
    assert any(line.startswith("Without the words of the class court case") for line in told["otherwise"])


def test_what_other_rules_had_read_is_shown_beside_what_the_present_ones_say(station: Station) -> None:
    station.tell(BLAST)
    with station.database.write() as connection:
        connection.execute(update(ASSESSMENT).values(rules_version="older", deaths=2, severity=1))
    answer = station.parts.inquiry.item(1)
    assert (answer.same_rules, answer.agrees) == (False, False)
    told = said(station, 1)["verdict"]
    assert "It was read by other rules (version older)." in told
    assert any(line.startswith("It was read then as: ") and "2 dead" in line for line in told)
    assert any(line.startswith("By the present rules it reads: A report of an incident") for line in told)
    with station.database.write() as connection:
        connection.execute(update(DEADLINE).values(pack="older@1"))
    why = station.parts.inquiry.incident(1, T0 + H)
    lines = [entry.text for section in incident_sections(why, composer(station)) for entry in section.entries]
    assert "Of its reports, 1 were read by other rules than now." in lines
    assert "Its clock was started under the rules older@1." in lines


def test_the_placing_is_told_with_the_nearest_incident(station: Station) -> None:
    station.tell(BLAST)
    station.clock.advance(minutes=20)
    station.tell("甘肃白银化工厂爆炸已致14人死亡", by="city")
    station.tell("甘肃张掖一仓库火灾致4人死亡", by="city")
    joined, opened = (station.parts.inquiry.item(number).placing for number in (2, 3))
    assert joined is not None
    assert opened is not None
    assert (joined.placing, joined.incident) == (Placing.JOINED, 1)
    assert joined.score >= joined.bar
    assert (opened.placing, opened.incident) == (Placing.OPENED, 1)
    assert opened.score < opened.bar
    assert next(ground.weight for ground in opened.grounds if ground.name == "place") < 0


def test_an_item_that_a_person_decided_says_so(station: Station) -> None:
    station.tell(TRIAL)
    station.parts.sorting.report(1, by="王某", now=T0 + H, reason="确有其事")
    told = said(station, 1)
    assert "A person decided this: 王某. No machine changes it." in told["verdict"]
    assert "By the present rules it reads: Set aside: court case." in told["verdict"]
    assert any("王某: item counted as a report #1" in line for line in told["decisions"])


def test_a_text_is_tried_without_storing_anything_and_compared(station: Station) -> None:
    station.tell(BLAST)
    item = Item(title="甘肃白银化工厂爆炸死亡人数升至15人", published_at=T0)
    answer = try_text(station.parts.reader, item, REGION)
    assert (answer.record, answer.explained.outcome.verdict) == (None, "incident")
    compared = station.parts.inquiry.compare(item, T0 + H)
    assert [(c.placing, c.incident) for c in compared] == [(Placing.JOINED, 1)]
    with pytest.raises(UnknownItem):
        station.parts.inquiry.item(2)


def test_a_grade_that_only_the_wording_presumes_says_so(station: Station) -> None:
    station.tell("甘肃白银一化工厂爆炸 现场伤亡惨重")
    answer = station.parts.inquiry.incident(1, T0 + H)
    assert (answer.incident.severity, answer.incident.likely) == (None, Severity.MAJOR)
    lines = [entry.text for section in incident_sections(answer, composer(station)) for entry in section.entries]
    assert "presumed major: the wording makes the grade likely" in lines


def test_an_incident_tells_each_duty_each_alert_and_each_decision(station: Station) -> None:
    explosion(station)
    deliver(station)
    station.parts.desk.acknowledge(1, by="王某", now=station.clock())
    answer = station.parts.inquiry.incident(1, station.clock())
    duties = {duty.obligation_id: duty for duty in answer.duties}
    assert duties["OP-AUTH-5H"].holds is Applicability.FIRM
    assert duties["OP-RUMOUR"].standing is Standing.DOES_NOT_APPLY
    assert answer.grade is not None
    assert (answer.grade.severity, answer.grade.decided_by) == (Severity.MAJOR, "deaths")
    told = {s.id: [e.text for e in s.entries] for s in incident_sections(answer, composer(station))}
    assert len(told["steps"]) == len(answer.steps) >= 2
    assert any("the grade rose" in line or "presumed" in line for line in told["steps"])
    assert any(line == "30 dead would make it extraordinarily major." for line in told["grade"])
    assert len(told["alerts"]) == len(answer.alerts)
    assert any("王某: acknowledged" in line for line in told["decisions"])
    with pytest.raises(UnknownIncident):
        station.parts.inquiry.incident(99, station.clock())
