"""A night in which incidents go to the offices responsible: who is asked, who signs, who is told that nobody did.

T0 is 20:00 in Beijing: wang has the duty.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from monitor.core.beijing import day_of
from monitor.core.briefing import Asks, briefing_of
from monitor.core.briefing_facts import window_of
from monitor.core.duties.alerting import Silence
from monitor.core.incidents.undoing import NothingToUndo
from monitor.core.model import AlertReason, AlertState, Severity, Verb
from monitor.core.naming import Names
from monitor.core.people.assignments import Assignment, EndedBy, Part, Receipt
from monitor.core.people.contacts import Office
from monitor.core.people.duty import Duty, ReceiptTimes
from monitor.core.people.receipts import ASKED, LATE, STEPS, UNSIGNED, alerts, come, next_look
from monitor.core.people.routing import RouteWhy
from monitor.core.seen import MovedMeanwhile, NoLongerOpen, Seen
from monitor.core.views import AlertView
from monitor.loops.receipts import ReceiptWatch
from monitor.store import assignments, briefing_facts, undoing, views
from monitor.store.database import Database
from responders.desk.assignments import MINDED, NoOffices, NotAssigned, NotOfThisOffice, UnknownOffice
from responders.documents.briefing import written
from responders.documents.messages import Composer
from responders.language import Words
from tests.story.office import T0
from tests.story.roster import DUTY, Bureau, M, names

OFFICES = {
    "safety": Office("safety", "安全科", ("li",), region="620000", leads=None, parent="leaders"),
    "chem": Office("chem", "危化科", ("li",), region="620000", leads=frozenset({"chemical"}), parent="leaders"),
    "rescue": Office("rescue", "救援科", ("boss",), region="620000", helps=frozenset({"chemical"})),
    "leaders": Office("leaders", "局领导", ("boss",)),
}
STAFFED = replace(DUTY, offices=OFFICES)


class Night(Bureau):
    """The bureau with offices that answer for the region."""

    __slots__ = ()

    def look(self) -> int:
        return ReceiptWatch(self.database, self.duty).tick(self.clock())

    def wait(self, span: timedelta) -> None:
        """Let time pass by the minute, with the receipts watched and messages sent."""
        end = self.clock() + span
        while self.clock() < end:
            self.clock.now = min(end, self.clock() + M)
            self.look()
            self.deliver()

    def assign(self, number: int, lead: str, *helps: str, by: str = "王敏", note: str = "") -> None:
        self.desk.assignments.assign(number, lead, helps, by=by, now=self.clock(), note=note)

    def sign(self, number: int, office: str, by: str = "李强") -> None:
        self.desk.assignments.sign(number, office, by=by, now=self.clock())

    def held(self, number: int = 1) -> Assignment | None:
        with self.database.read() as connection:
            return assignments.standing(connection, number)

    def asked(self) -> list[tuple[str, str, int]]:
        """Return what was told of receipts: the step, the office, the minute after T0."""
        return [
            (one.point.removeprefix("receipt:"), one.detail["office"], round((one.at - T0) / M))
            for one in self.of_receipts()
        ]

    def of_receipts(self) -> list[AlertView]:
        return [one for one in self.alerts() if one.reason is AlertReason.ASSIGNMENT]


@pytest.fixture
def night(database: Database) -> Night:
    made = Night(database, STAFFED)
    made.major()
    made.deliver()
    return made


def test_the_rules_propose_and_a_person_assigns(night: Night) -> None:
    with night.database.read() as connection:
        incident = views.incident(connection, 1)
    assert incident is not None
    found = night.desk.assignments.proposed(incident)
    assert found is not None
    assert found.offices == ("chem", "rescue", "leaders")
    assert [one.why for one in (found.lead, *found.helps)] == [
        RouteWhy.LEADS_KIND,
        RouteWhy.HELPS_KIND,
        RouteWhy.ABOVE,
    ]
    assert night.held() is None
    night.assign(1, "chem", "leaders", "rescue", note="按预案")
    held = night.held()
    assert held is not None
    assert held.proposed
    assert (held.by, held.note, held.lead.office, held.lead.part) == ("王敏", "按预案", "chem", Part.LEAD)
    assert held.offices == ("chem", "leaders", "rescue")
    # Whoever assigns or signs does not act on it: the five hours page on.
    assert incident.acted_at is None
    night.sign(1, "chem")
    with night.database.read() as connection:
        after, log = views.incident(connection, 1), views.log(connection, 1)
    assert after is not None
    assert after.acted_at is None
    told = [(line.what, line.subject, line.by, line.reason) for line in log if line.by]
    assert told == [("assign", "危化科 + 局领导 + 救援科", "王敏", "按预案"), ("sign", "危化科", "李强", "")]


def test_an_office_is_asked_then_reminded_then_the_officer_on_duty_is_told(night: Night) -> None:
    night.assign(1, "chem")
    night.deliver()
    assert night.asked() == [("asked", "chem", 0)]
    assert names(night.of_receipts()[0]) == {"li": "office"}
    night.wait(14 * M)
    assert night.asked() == [("asked", "chem", 0)]
    night.wait(1 * M)
    assert night.asked()[1:] == [("late", "chem", 15)]
    night.wait(60 * M)
    assert night.asked()[1:] == [("late", "chem", 15), ("unsigned", "chem", 30)]
    asked, late, unsigned = night.of_receipts()
    assert names(late) == {"li": "office"}
    assert names(unsigned) == {"wang": "layer"}
    assert all(one.page and one.state is AlertState.SENT for one in (asked, late, unsigned))
    assert [key for key in night.mail.keys if "receipt" in key] == [f"{one}:1>li" for one in (ASKED, LATE)]


def test_each_office_signs_for_itself_and_is_left_alone(night: Night) -> None:
    night.assign(1, "chem", "rescue")
    night.wait(5 * M)
    night.sign(1, "chem")
    night.sign(1, "chem", by="li")
    night.wait(60 * M)
    assert night.asked() == [
        ("asked", "chem", 0), ("asked", "rescue", 0), ("late", "rescue", 15), ("unsigned", "rescue", 30),
    ]  # fmt: skip
    held = night.held()
    assert held is not None
    assert (held.lead.signed_by, held.lead.signed_at) == ("李强", T0 + 5 * M)
    assert [one.office for one in held.unsigned] == ["rescue"]
    night.sign(1, "rescue", by="赵磊")
    held = night.held()
    assert held is not None
    assert held.unsigned == ()
    with night.database.read() as connection:
        signed = [line for line in views.log(connection, 1) if line.what == Verb.SIGN.value]
    assert len(signed) == 2


def test_nobody_signs_for_another_office(night: Night) -> None:
    night.assign(1, "chem", "rescue")
    for by in ("赵磊", "wang", "somebody"):
        with pytest.raises(NotOfThisOffice):
            night.sign(1, "chem", by=by)
    with pytest.raises(NotAssigned):
        night.sign(1, "safety")
    with pytest.raises(UnknownOffice):
        night.sign(1, "nowhere")
    held = night.held()
    assert held is not None
    assert len(held.unsigned) == 2


def test_another_assignment_ends_the_first_which_stays(night: Night) -> None:
    night.assign(1, "chem")
    night.wait(5 * M)
    night.assign(1, "chem")
    assert night.asked() == [("asked", "chem", 0)], "a second tap assigns nothing new"
    night.assign(1, "safety", note="属地负责")
    night.wait(60 * M)
    assert night.asked() == [
        ("asked", "chem", 0), ("relieved", "chem", 5), ("asked", "safety", 5), ("late", "safety", 20),
        ("unsigned", "safety", 35),
    ]  # fmt: skip
    relieved = night.of_receipts()[1]
    assert (relieved.page, relieved.state, names(relieved)) == (False, AlertState.SENT, {"li": "office"})
    with pytest.raises(NotAssigned):
        night.sign(1, "chem")
    with night.database.read() as connection:
        latest, first = assignments.history(connection, 1)
    assert (latest.lead.office, latest.proposed, latest.ended) == ("safety", False, None)
    assert (first.lead.office, first.ended, first.ended_at) == ("chem", EndedBy.REASSIGNED, T0 + 5 * M)


def test_whoever_keeps_his_part_is_not_asked_again(night: Night) -> None:
    night.assign(1, "chem", "rescue")
    night.wait(2 * M)
    night.sign(1, "chem")
    night.assign(1, "chem", "rescue", "leaders", note="加派")
    held = night.held()
    assert held is not None
    assert [(one.office, one.signed_by) for one in held.receipts] == [("chem", "李强"), ("rescue", ""), ("leaders", "")]
    night.wait(20 * M)
    assert night.asked() == [
        ("asked", "chem", 0), ("asked", "rescue", 0), ("asked", "leaders", 2), ("late", "rescue", 15),
        ("late", "leaders", 17),
    ]  # fmt: skip
    night.assign(1, "rescue", "leaders")
    assert night.asked()[5:] == [("relieved", "chem", 22), ("asked", "rescue", 22)], "to lead is another part"


def test_what_became_of_a_receipt_meanwhile_outlives_the_undoing(night: Night) -> None:
    night.assign(1, "chem", "rescue")
    night.wait(14 * M)
    night.assign(1, "chem", "rescue", "leaders")
    night.wait(1 * M)
    night.sign(1, "rescue", by="赵磊")
    undo_last(night)
    night.wait(20 * M)
    held = night.held()
    assert held is not None
    assert [one.signed_by for one in held.receipts] == ["", "赵磊"]
    assert [one for one in night.asked() if one[1] == "chem"] == [
        ("asked", "chem", 0), ("late", "chem", 15), ("unsigned", "chem", 30),
    ]  # fmt: skip


def test_an_office_that_is_kept_is_told_although_others_came_before_the_message_left(night: Night) -> None:
    night.assign(1, "chem")
    night.assign(1, "chem", "rescue")
    night.deliver()
    assert {one.state for one in night.of_receipts()} == {AlertState.SENT}


def test_what_waits_to_be_sent_is_held_back_once_it_is_signed_or_assigned_anew(night: Night) -> None:
    night.assign(1, "chem")
    night.sign(1, "chem")
    night.deliver()
    assert [(one.state, one.silence) for one in night.of_receipts()] == [(AlertState.SUPPRESSED, Silence.SIGNED)]
    night.clock.now += M
    night.assign(1, "safety")
    night.assign(1, "rescue")
    night.deliver()
    asked = [one.silence for one in night.of_receipts() if one.point == ASKED]
    assert asked == [Silence.SIGNED, Silence.REASSIGNED, None]


def test_an_assignment_can_be_taken_back_and_the_one_before_runs_on(night: Night) -> None:
    night.assign(1, "chem")
    night.wait(10 * M)
    night.assign(1, "safety")
    undo_last(night)
    held = night.held()
    assert held is not None
    assert held.lead.office == "chem"
    night.wait(10 * M)
    assert night.asked() == [
        ("asked", "chem", 0), ("relieved", "chem", 10), ("asked", "safety", 10), ("relieved", "safety", 10),
        ("asked", "chem", 10), ("late", "chem", 15),
    ]  # fmt: skip
    with night.database.read() as connection:
        taken = [one for one in assignments.history(connection, 1) if one.ended]
        assert [line.what for line in views.log(connection, 1) if line.by] == ["assign", "assign", "undo"]
    assert [one.ended for one in taken] == [EndedBy.UNDONE]
    with pytest.raises(NothingToUndo):
        undo_last(night)


def undo_last(night: Night) -> None:
    with night.database.read() as connection:
        last = undoing.last_decision(connection, 1)
    assert last is not None
    night.desk.undo(1, last.id, by="王敏", now=night.clock())


def test_the_first_assignment_taken_back_leaves_nobody_responsible(night: Night) -> None:
    night.assign(1, "chem")
    undo_last(night)
    night.wait(60 * M)
    assert night.held() is None
    assert night.asked() == [("asked", "chem", 0), ("relieved", "chem", 0)]


def test_a_dismissed_incident_asks_nobody_until_it_is_taken_up_again(night: Night) -> None:
    night.assign(1, "chem")
    night.desk.dismiss(1, by="王敏", now=night.clock(), reason="误报")
    night.wait(40 * M)
    assert night.asked() == [("asked", "chem", 0)]
    with pytest.raises(NoLongerOpen):
        night.assign(1, "safety")
    night.desk.confirm(1, by="王敏", now=night.clock())
    night.look()
    assert [one[0] for one in night.asked()] == ["asked", "late", "unsigned"]


def test_who_did_not_know_of_an_assignment_is_told_of_it(night: Night) -> None:
    night.assign(1, "chem")
    with pytest.raises(MovedMeanwhile):
        night.desk.assignments.assign(1, "safety", by="赵磊", now=night.clock(), seen=Seen(0, MINDED))


def test_without_offices_nothing_is_proposed_and_nothing_can_be_assigned(database: Database) -> None:
    night = Night(database, replace(DUTY, offices={}))
    night.major()
    with night.database.read() as connection:
        incident = views.incident(connection, 1)
    assert incident is not None
    assert night.desk.assignments.proposed(incident) is None
    with pytest.raises(NoOffices):
        night.assign(1, "chem")
    assert night.look() == 0


def test_two_processes_tell_each_step_once(night: Night) -> None:
    night.assign(1, "chem")
    night.clock.now += 15 * M
    assert [night.look(), night.look()] == [1, 0]
    night.clock.now += 60 * M
    assert [night.look(), night.look()] == [1, 0]
    assert [one[0] for one in night.asked()] == ["asked", "late", "unsigned"]


def test_two_processes_that_look_at_once_tell_each_step_once(night: Night) -> None:
    night.major()
    for number in (1, 2):
        night.assign(number, "chem", "rescue")
    night.clock.now += 60 * M
    watches = [ReceiptWatch(night.database, night.duty) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        looked = list(pool.map(lambda watch: watch.tick(night.clock()), watches))
    assert sum(looked) == 4
    told = [(one.matter_id, one.point, one.detail["office"]) for one in night.of_receipts()]
    assert len(told) == len(set(told)) == 2 * 2 * len(STEPS)


def test_signing_while_others_look_leaves_nothing_to_be_sent(night: Night) -> None:
    night.assign(1, "chem")
    night.deliver()
    night.clock.now += 15 * M
    with ThreadPoolExecutor(2) as pool:
        looks = pool.submit(night.look)
        signs = pool.submit(night.sign, 1, "chem")
        looks.result()
        signs.result()
    sent = len(night.mail.keys)
    night.wait(45 * M)
    assert {one.state for one in night.of_receipts() if one.point != ASKED} <= {AlertState.SUPPRESSED}
    assert len(night.mail.keys) == sent


def test_an_office_that_left_the_duty_file_is_told_of(night: Night) -> None:
    night.assign(1, "chem")
    night.duty = replace(STAFFED, offices={})
    night.clock.now += 15 * M
    night.look()
    night.duty_watch.tick(night.clock())
    points = {one.point for one in night.alerts()}
    assert {LATE, "duty:nobody", "duty:gone"} <= points


def test_the_audit_log_has_it_all(night: Night) -> None:
    night.assign(1, "chem")
    night.sign(1, "chem")
    with night.database.read() as connection:
        kinds = set(connection.scalars(text("SELECT kind FROM audit WHERE matter_id = 1")))
        assert {"assignment.added", "receipt.added", "receipt.changed", "decision.added"} <= kinds
        said = connection.scalars(text("SELECT text FROM audit WHERE kind = 'receipt.changed'")).all()
    assert len(said) == 1, "what was told of it is an alert, and no news by itself"
    assert "李强" in said[0]


RECEIPT = Receipt(id=7, office="chem", name="危化科", part=Part.LEAD, asked_at=T0, within=15 * M)
HELD = Assignment(id=1, matter_id=1, made_at=T0, by="王敏", note="", proposed=True, receipts=(RECEIPT,))


@given(looks=st.lists(st.integers(0, 90), max_size=12), signed=st.none() | st.integers(0, 90))
def test_any_split_of_looks_tells_each_step_once_and_none_after_the_receipt(
    looks: list[int], signed: int | None
) -> None:
    receipt, told = RECEIPT, dict[str, datetime]()
    for minute in sorted(looks):
        now = T0 + minute * M
        if signed is not None and minute >= signed and receipt.signed_at is None:
            receipt = replace(receipt, signed_at=T0 + signed * M)
        due = next_look(receipt)
        if due is None or due > now:
            assert list(alerts(HELD, receipt, now)) == []
            continue
        for draft in alerts(HELD, receipt, now):
            assert draft.key not in told
            assert signed is None or minute < signed
            assert draft.at <= now
            told[draft.key] = draft.at
        receipt = replace(receipt, told=come(receipt, now))
    last = max((minute for minute in looks if signed is None or minute < signed), default=-1)
    assert list(told.values()) == [T0 + n * 15 * M for n in range(len(STEPS)) if n * 15 <= last]


def test_the_graver_the_sooner() -> None:
    times = ReceiptTimes()
    spans = [times.within(grade) for grade in (None, *Severity)]
    assert spans == [30 * M, 30 * M, 30 * M, 15 * M, 10 * M]
    assert Duty().receipts == times
    assert (ASKED, LATE, UNSIGNED) == STEPS


def test_the_briefing_asks_who_has_not_signed(night: Night) -> None:
    night.assign(1, "chem", "rescue")
    night.sign(1, "chem")
    now = night.clock()
    with night.database.read() as connection:
        facts = briefing_facts.facts_of(connection, window_of(day_of(now), now + M, None), [], now)
    [question] = [one for one in briefing_of(facts).questions if one.asks is Asks.UNSIGNED]
    assert question.offices == ("救援科",)
    text = written(briefing_of(facts), Composer(Words("zh"), Names())).text
    assert "尚未签收：救援科。请电话联系该科室，或改派其他科室。" in text
