"""What people press in Slack: done at the desk, once, by who he is here; a stale button changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from monitor.core.access.roles import AccountRole
from monitor.core.model import DeadlineState, MatterState, ResponseKind
from monitor.store import slack
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DecisionRow
from responders.slack_app.events import event_of
from tests.accounts.people import COUNTY, People
from tests.responders.fakes.slack_app import TEAM
from tests.responders.slack_app.workplace import BOSS, LI, STRANGER, WANG, Workplace, linked, workplace
from tests.story.outbox import at_once


@pytest.fixture
def place(database: Database) -> Iterator[Workplace]:
    with workplace(database) as opened:
        yield opened


def verbs(place: Workplace, number: int) -> list[tuple[str, str]]:
    return [(line.what, line.by) for line in place.log(number)]


def test_the_card_and_each_page_carry_the_buttons(place: Workplace) -> None:
    place.major()
    card = place.card()
    acts = [e["action_id"] for b in card.blocks if b["type"] == "actions" for e in b["elements"]]
    assert acts == ["acknowledge", "take_over", "respond", "snooze", "confirm", "dismiss"]
    page = place.slack.thread(card.ts)[0]
    assert [e["text"]["text"] for b in page.blocks if b["type"] == "actions" for e in b["elements"]] == [
        "我来处理",
        "接手",
        "登记回应",
        "延后",
        "确认",
        "误报",
    ]


def test_an_acknowledgement_from_the_phone_stops_the_paging_and_is_told_in_the_thread(place: Workplace) -> None:
    number = place.major()
    assert place.slack.press(WANG, place.card(), "acknowledge") is not None
    told = place.slack.told(WANG)
    assert "已记录" in told.words, told.words
    assert verbs(place, number) == [("acknowledge", "王敏")]
    assert place.incident(number).acted_at == place.clock()
    place.keep()
    assert ["王敏" in line for line in place.history()] == [True]
    assert len([p for p in place.slack.posts() if p.metadata["event_payload"]["part"] == "card"]) == 1
    place.tick(25, minutes=1)
    escalated = [a for a in place.alerts() if a.reason.value == "escalated" and a.state.value in ("sent", "delivered")]
    assert escalated == []


def test_somebody_who_is_not_linked_is_told_how_and_changes_nothing(place: Workplace) -> None:
    number = place.major()
    place.slack.press(STRANGER, place.card(), "acknowledge")
    told = place.slack.told(STRANGER)
    assert f"slack: [{TEAM}/{STRANGER}]" in told.words
    assert verbs(place, number) == []


def test_the_same_user_id_of_another_workspace_is_somebody_else(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "acknowledge", team="T0OTHER")
    assert "T0OTHER/U0WANG" in place.slack.told(WANG).words
    assert verbs(place, number) == []


def test_what_the_duty_file_does_not_let_a_person_do_is_refused(database: Database) -> None:
    with workplace(database, duty=linked(acts=frozenset({"acknowledge"}))) as place:
        number = place.major()
        place.slack.press(BOSS, place.card(), "dismiss")
        assert "误报" in place.slack.told(BOSS).words
        assert place.slack.views == []
        place.slack.press(BOSS, place.card(), "acknowledge")
        place.slack.told(BOSS)
        assert verbs(place, number) == [("acknowledge", "赵磊")]


def test_an_account_decides_what_its_owner_may_do_in_slack_and_signs_for_it(place: Workplace) -> None:
    number = place.major()
    staff = People(place.database, place.clock, place.duty)
    reviewer = staff.hire("wang", AccountRole.REVIEWER, name="王敏", contact="wang")
    place.slack.press(WANG, place.card(), "acknowledge")
    assert "我来处理" in place.slack.told(WANG).words
    assert verbs(place, number) == []
    staff.register.edit("wang", roles=[AccountRole.SPOKESPERSON], by="test", now=place.clock())
    place.slack.press(WANG, place.card(), "acknowledge")
    assert "已记录" in place.slack.told(WANG).words
    assert verbs(place, number) == [("acknowledge", "王敏")]
    with place.database.read() as connection:
        detail = connection.execute(select(of(DecisionRow).c.detail)).scalars().one()
    assert (detail["account"], detail["contact"]) == (reviewer.id, "wang")


@pytest.mark.parametrize("role", [AccountRole.COUNTY, AccountRole.DUTY])
def test_a_county_colleague_and_an_account_that_is_off_get_nothing_in_slack(
    place: Workplace, role: AccountRole
) -> None:
    number = place.major()
    staff = People(place.database, place.clock, place.duty)
    staff.hire("wang", role, contact="wang", region=COUNTY if role is AccountRole.COUNTY else "")
    if role is AccountRole.DUTY:
        staff.register.disable("wang", by="test", now=place.clock())
    place.slack.press(WANG, place.card(), "acknowledge")
    assert "slack:" in place.slack.told(WANG).words
    assert verbs(place, number) == []


def test_a_second_person_is_told_who_was_first_and_may_press_again(place: Workplace) -> None:
    number, card = place.major(), place.card()
    place.slack.press(WANG, card, "acknowledge")
    place.slack.told(WANG)
    place.clock.advance(minutes=2)
    place.slack.press(LI, card, "acknowledge")
    told = place.slack.told(LI)
    assert "王敏" in told.words
    assert "2026-07-09 20:0" in told.words
    assert verbs(place, number) == [("acknowledge", "王敏")]
    place.slack.press(LI, told, "acknowledge")
    place.slack.told(LI)
    assert verbs(place, number) == [("acknowledge", "王敏"), ("acknowledge", "李强")]


def test_two_who_press_at_the_same_moment_leave_one_acknowledgement(place: Workplace) -> None:
    number, card = place.major(), place.card()
    raised = at_once(
        lambda: place.slack.press(WANG, card, "acknowledge"), lambda: place.slack.press(LI, card, "acknowledge")
    )
    assert raised == []
    words = [place.slack.told(WANG).words, place.slack.told(LI).words]
    assert len(verbs(place, number)) == 1
    (winner,) = [by for _, by in verbs(place, number)]
    loser = words[1] if winner == "王敏" else words[0]
    assert winner in loser
    assert "未作任何改动" in loser


def test_two_who_confirm_and_dismiss_at_once_do_not_both_succeed(place: Workplace) -> None:
    number, card = place.major(), place.card()
    place.slack.press(LI, card, "dismiss")
    form = place.slack.form(LI)
    at_once(
        lambda: place.slack.press(WANG, card, "confirm"),
        lambda: place.slack.submit(form, reason="同名演练，已向现场核实"),
    )
    place.settle()
    assert len(verbs(place, number)) == 1, verbs(place, number)


def test_an_event_that_slack_sends_again_is_done_once(place: Workplace) -> None:
    number, card = place.major(), place.card()
    again = place.slack.pressing(WANG, card, "acknowledge", at="1700000000.1")
    for _ in range(3):
        assert place.slack.sent("interactive", again) is not None
    place.settle()
    assert verbs(place, number) == [("acknowledge", "王敏")]
    assert len(place.slack.shown) == 1


def test_a_button_of_a_closed_incident_answers_kindly(place: Workplace) -> None:
    number, card = place.major(), place.card()
    place.desk.dismiss(number, by="李强", now=place.clock(), reason="误报")
    before = verbs(place, number)
    for act in ("acknowledge", "take_over", "respond", "snooze", "confirm", "dismiss"):
        place.slack.press(WANG, card, act)
        told = place.slack.told(WANG)
        assert "李强" in told.words, (act, told.words)
    assert verbs(place, number) == before
    assert place.slack.views == []


def test_a_dismissal_asks_why_and_closes_the_card(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "dismiss")
    form = place.slack.form(WANG)
    assert "示例化工厂" in form.words
    place.slack.submit(form, reason="<!channel> 同名演练 `x`")
    assert place.incident(number).state is MatterState.DISMISSED
    assert place.slack.views == []
    place.keep()
    acts = [b for b in place.card().blocks if b["type"] == "actions"]
    assert acts == []
    assert place.card().mentions == []
    assert all(post.mentions == [] for post in place.slack.thread(place.card().ts))


def test_a_dismissal_decided_on_clocks_that_have_changed_is_asked_again(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "dismiss")
    form = place.slack.form(WANG)
    deadline = place.deadlines(number)["OP-AUTH-5H"]
    place.desk.waive(deadline.id, by="李强", now=place.clock(), reason="已由省里发布")
    place.slack.submit(form, reason="误报")
    assert place.incident(number).state is MatterState.OPEN
    assert place.slack.form(WANG).initial()["reason"] == "误报"
    place.slack.submit(place.slack.form(WANG))
    assert place.incident(number).state is MatterState.DISMISSED


def test_a_logged_response_meets_the_five_hours_in_three_steps(place: Workplace) -> None:
    number = place.major()
    place.clock.advance(hours=2)
    place.slack.press(WANG, place.card(), "respond")
    form = place.slack.form(WANG)
    assert form.initial()["kind"] == ResponseKind.AUTHORITATIVE_RELEASE.value
    assert (form.initial()["day"], form.initial()["time"]) == ("2026-07-09", "22:00")
    place.slack.submit(form, title="市应急管理局通报", url="https://example.org/1", time="21:40")
    assert place.deadlines(number)["OP-AUTH-5H"].state is DeadlineState.MET
    (response,) = place.responses(number)
    assert (response.by, response.title) == ("王敏", "市应急管理局通报")
    assert response.published_at.isoformat() == "2026-07-09T13:40:00+00:00"
    assert "发布" in place.slack.told(WANG).words


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"time": "23:59"}, "time"),
        ({"day": "2020-01-01"}, "time"),
        ({"title": "   "}, "title"),
    ],
)
def test_what_is_wrong_in_a_form_is_told_at_its_field(place: Workplace, typed: dict[str, str], field: str) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "respond")
    ack = place.slack.submit(place.slack.form(WANG), **{"title": "通报", **typed})
    assert ack is not None
    assert ack.body["response_action"] == "errors"
    assert list(ack.body["errors"]) == [field]
    assert place.responses(number) == []


def test_a_response_that_another_logged_meanwhile_is_shown_before_a_second_one(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "respond")
    form = place.slack.form(WANG)
    place.desk.respond(
        number,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="通报",
        url="",
        published_at=place.clock(),
        by="李强",
        now=place.clock(),
    )
    place.slack.submit(form, title="我的通报", url="https://example.org/2")
    again = place.slack.form(WANG)
    assert "李强" in again.words
    assert again.initial()["title"] == "我的通报"
    assert len(place.responses(number)) == 1
    place.slack.submit(again)
    assert len(place.responses(number)) == 2


def test_who_takes_over_is_on_duty_from_then_on(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "acknowledge")
    place.slack.told(WANG)
    place.slack.press(LI, place.card(), "take_over")
    told = place.slack.told(LI)
    assert "总值班" in told.words
    assert verbs(place, number) == [("acknowledge", "王敏"), ("acknowledge", "李强")]
    place.slack.press(LI, place.card(), "take_over")
    assert "总值班" not in place.slack.told(LI).words


def test_paging_that_was_put_off_goes_on_when_the_time_is_over(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "snooze")
    form = place.slack.form(WANG)
    place.slack.submit(form, minutes="15")
    assert "呼叫延后至 2026-07-09 20:1" in place.slack.told(WANG).words
    assert place.incident(number).acted_at is not None
    place.tick(14, minutes=1)
    assert place.incident(number).acted_at is not None
    place.tick(2, minutes=1)
    assert place.incident(number).acted_at is None
    assert [what for what, _ in verbs(place, number)] == ["acknowledge", "hand_back"]
    assert any(alert.point == "handed_back" for alert in place.alerts())


def test_what_was_put_off_stays_with_whoever_went_on_with_it(place: Workplace) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "snooze")
    place.slack.submit(place.slack.form(WANG), minutes="10")
    place.clock.advance(minutes=5)
    place.desk.acknowledge(number, by="李强", now=place.clock())
    place.tick(10, minutes=1)
    assert place.incident(number).acted_at is not None
    assert [what for what, _ in verbs(place, number)] == ["acknowledge", "acknowledge"]


def test_a_forged_value_and_an_unknown_button_do_nothing(place: Workplace) -> None:
    number, card = place.major(), place.card()
    for value in ("", "0.0.0", "1;drop", "9" * 40, f"{2**31}.0.abcd", "99999.0.abcdef"):
        place.slack.press(WANG, card, "confirm", value=value)
        assert place.slack.told(WANG).words
    place.slack.press(WANG, card, "erase")
    assert place.slack.told(WANG).words
    assert verbs(place, number) == []


def test_an_event_whose_process_died_is_done_by_the_next(place: Workplace) -> None:
    number = place.major()
    payload = place.slack.pressing(WANG, place.card(), "acknowledge")
    from_slack = event_of("interactive", payload)
    assert from_slack is not None
    assert place.app.take(from_slack)
    assert not place.app.take(from_slack), "another process takes nothing twice"
    assert place.app.tick(place.clock()) == 0, "whoever took it has time to do it"
    place.clock.advance(minutes=3)
    assert place.app.tick(place.clock()) == 1
    assert verbs(place, number) == [("acknowledge", "王敏")]
    assert place.slack.told(WANG).words
    with place.database.read() as connection:
        assert slack.is_done(connection, from_slack.key)
