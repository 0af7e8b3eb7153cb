"""Nights on which we publish ourselves: it is offered beside the running clock, once, and a person decides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.core.errors import AlreadyMerged, Mistake
from monitor.core.model import DeadlineState, ResponseKind
from monitor.core.offers.offer import Aside, Form, OfferState
from monitor.store import offers, views
from monitor.store.database import Database
from responders.desk.offers import (
    AlreadyRefused,
    AlreadyTaken,
    IncidentDismissed,
    NoResponseYet,
    NotRefused,
    UnknownOffer,
    WhenHeld,
    WhenPublished,
)
from tests.offers.house import MINUTE, T0, TEXT, TITLE, House
from tests.story.test_assignment import STAFFED

H = timedelta(hours=1)


@pytest.fixture
def house(database: Database) -> House:
    house = House(database)
    house.explode()
    return house


def test_our_release_is_offered_once_and_stops_no_clock(house: House) -> None:
    before = house.station.states()
    house.publish()
    assert house.look() == 1
    (offer,) = house.open
    assert (offer.form, offer.kind) == (Form.FIRST, ResponseKind.AUTHORITATIVE_RELEASE)
    assert (offer.title, offer.source, offer.published_at) == (TITLE, "site", house.now)
    assert house.alerts() == [f"offer:{offer.id}"]
    assert house.station.states() == before
    assert before["OP-AUTH-5H"] == "open"
    assert house.look() == 0
    assert house.another_watch().tick(house.now) == 0
    assert house.alerts() == [f"offer:{offer.id}"]


def test_one_act_logs_it_with_all_that_is_known_and_the_clock_is_met(house: House) -> None:
    house.publish()
    published = house.now
    house.look()
    house.station.clock.now = published + 20 * MINUTE
    house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    assert house.station.states()["OP-AUTH-5H"] == "met"
    with house.database.read() as connection:
        (response,) = views.responses(connection, matter_id=1)
        (logged,) = [line for line in views.log(connection, 1) if line.what == "respond"]
    assert (response.title, response.url) == (TITLE, house.offers()[0].url)
    assert (response.published_at, response.by) == (published, "Li")
    assert logged.by == "Li"
    (offer,) = house.offers()
    assert (offer.state, offer.response_id, offer.decided_by) == (OfferState.LOGGED, response.id, "Li")
    house.watch = house.another_watch()
    assert house.look() == 0
    assert house.offers()[0].state is OfferState.LOGGED


def test_what_was_found_after_the_end_meets_the_clock_by_its_true_time(house: House) -> None:
    """Published in time, found hours after: the outcome is met, and when it was found is kept."""
    published = house.now + 5 * MINUTE
    house.station.clock.now = T0 + 8 * H
    house.station.watch()
    assert house.station.states()["OP-AUTH-5H"] == "missed"
    house.publish(at=published)
    house.look()
    found_at = house.open[0].found_at
    house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    assert house.station.states()["OP-AUTH-5H"] == "met"
    with house.database.read() as connection:
        decisions = list(views.log(connection, 1))
        (response,) = views.responses(connection, matter_id=1)
    assert response.published_at == published < found_at
    assert any(line.what == "respond" for line in decisions)


def test_no_is_remembered_and_can_be_taken_back(house: House) -> None:
    house.publish()
    house.look()
    number = house.open[0].id
    house.desk.refuse(1, number, by="Li", now=house.now)
    house.desk.refuse(1, number, by="Wang", now=house.now)
    assert house.open == []
    assert house.offers()[0].decided_by == "Li"
    house.publish("金川区化工仓库爆炸救援进展情况", TEXT, by="account")
    assert house.look() == 1
    assert [one.id for one in house.open] != [number]
    with pytest.raises(AlreadyRefused):
        house.desk.log(1, number, by="Wang", now=house.now)
    house.desk.again(1, number, by="Wang", now=house.now)
    assert number in [one.id for one in house.open]
    with pytest.raises(NotRefused):
        house.desk.again(1, number, by="Wang", now=house.now)
    assert len(house.alerts()) == 2


def test_two_people_at_once_log_one_response(house: House) -> None:
    house.publish()
    house.look()
    number = house.open[0].id

    def log(by: str) -> str:
        try:
            house.desk.log(1, number, by=by, now=house.now)
        except AlreadyTaken as taken:
            return str(taken.facts["by"])
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(log, ["Li", "Wang"]))
    winner = house.offers()[0].decided_by
    assert sorted(said) == sorted(["", winner])
    with house.database.read() as connection:
        assert len(views.responses(connection, matter_id=1)) == 1
    house.desk.log(1, number, by=winner, now=house.now)
    with house.database.read() as connection:
        assert len(views.responses(connection, matter_id=1)) == 1
    with pytest.raises(AlreadyTaken):
        house.desk.refuse(1, number, by="Zhao", now=house.now)


def test_the_same_release_on_the_account_is_not_asked_about_again(house: House) -> None:
    house.publish()
    house.publish(by="account")
    assert house.look() == 1
    assert sorted((one.state.value, one.why) for one in house.offers()) == [
        ("aside", Aside.SAME),
        ("open", None),
    ]


def test_an_edited_release_is_offered_as_a_further_one(house: House) -> None:
    house.publish()
    house.look()
    house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    house.publish("金川区化工仓库爆炸事故情况通报（二）", TEXT.replace("11人死亡", "13人死亡"), later=60)
    house.look()
    (offer,) = house.open
    assert (offer.form, offer.kind) == (Form.FURTHER, ResponseKind.FOLLOW_UP_RELEASE)


def test_what_was_logged_by_hand_is_not_offered(house: House) -> None:
    house.publish()
    house.look()
    (offer,) = house.open
    house.station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="x", url=offer.url, published_at=house.now, by="Li", now=house.now
    )
    house.look()
    assert [(one.state, one.why) for one in house.offers()] == [(OfferState.ASIDE, Aside.KNOWN)]
    with pytest.raises(Mistake):
        house.desk.log(1, offer.id, by="Li", now=house.now)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": TEXT + "（来源：新华社）"},
        {"text": TEXT, "author": "人民日报客户端"},
        {"text": "据新华社报道，" + TEXT},
    ],
    ids=["credit", "author", "according to"],
)
def test_what_was_taken_over_from_a_central_paper_is_no_release(house: House, changes: dict[str, str]) -> None:
    house.publish("金川区化工仓库爆炸已致11人死亡", **changes)  # type: ignore[arg-type]
    assert house.look() == 0
    assert [one.why for one in house.offers()] == [Aside.REPOST]


def test_a_title_that_a_paper_had_before_is_no_release_and_one_that_it_had_after_is(house: House) -> None:
    title = "金昌金川区化工仓库爆炸事故已致11人遇难"
    house.publish(title, TEXT, later=30)
    assert house.look() == 0
    assert [one.why for one in house.offers()] == [Aside.REPOST]
    house.publish()
    house.station.clock.now += 30 * MINUTE
    house.station.tell(TITLE, TEXT, by="city")
    assert house.look() == 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("省应急管理厅召开安全生产工作会议", "会议要求深刻吸取金昌市金川区化工仓库爆炸事故教训，开展专项整治。"),
        ("危化品仓储安全专项检查启动", "为吸取金昌市金川区化工仓库爆炸11人死亡事故教训，即日起开展检查。"),
        ("全省化工园区应急演练举行", "演练模拟金昌市金川区一化工仓库发生爆炸，11人被困。"),
        ("招聘公告", "省应急管理厅直属单位公开招聘工作人员。"),
    ],
)
def test_meetings_campaigns_and_drills_are_not_offered(house: House, title: str, text: str) -> None:
    house.publish(title, text)
    assert house.look() == 0


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("白银市平川区化工仓库爆炸事故情况通报", TEXT.replace("金昌市金川区", "白银市平川区")),
        ("金川区一民房火灾情况通报", "7月9日20时许，金昌市金川区一民房发生火灾，无人员伤亡。"),
        ("国道312线交通事故情况通报", "7月9日，国道312线一货车与客车相撞，造成11人死亡。"),
    ],
)
def test_what_speaks_of_another_happening_is_not_offered(house: House, title: str, text: str) -> None:
    house.publish(title, text)
    house.look()
    assert house.offers() == []


@pytest.mark.parametrize(
    ("title", "form", "kind"),
    [
        ("关于金川区化工仓库爆炸事故将召开新闻发布会的公告", Form.CONFERENCE_NOTICE, None),
        ("金川区化工仓库爆炸事故新闻发布会实录", Form.CONFERENCE_RECORD, ResponseKind.PRESS_CONFERENCE),
        ("关于网传金川区化工仓库爆炸死亡百人不实的说明", Form.CLARIFICATION, ResponseKind.CLARIFICATION),
        ("金川区化工仓库爆炸事故调查报告", Form.RESULT, ResponseKind.HANDLING_PUBLICATION),
        ("金川区化工仓库爆炸事故救援进展情况", Form.FURTHER, ResponseKind.FOLLOW_UP_RELEASE),
    ],
)
def test_each_form_is_offered_as_what_it_is(house: House, title: str, form: Form, kind: ResponseKind | None) -> None:
    house.publish(title)
    house.look()
    assert [(one.form, one.kind) for one in house.open] == [(form, kind)]


def test_a_conference_that_is_only_announced_cannot_be_logged(house: House) -> None:
    house.publish("关于金川区化工仓库爆炸事故将召开新闻发布会的公告")
    house.look()
    with pytest.raises(NoResponseYet):
        house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    assert house.station.states()["OP-PRESS-24H"] == "open"


def test_without_a_trusted_time_a_person_states_it(house: House) -> None:
    house.publish(dated=False)
    house.look()
    with pytest.raises(WhenPublished):
        house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    house.desk.log(1, house.open[0].id, published_at=house.now - MINUTE, by="Li", now=house.now)
    assert house.station.states()["OP-AUTH-5H"] == "met"


def test_only_the_accounts_of_the_responsible_office_count(database: Database) -> None:
    """The account of one office speaks of it while another is responsible; then the incident is assigned anew."""
    house = House(database, duty=STAFFED, offices={"county": "chem"})
    house.explode()
    assign = house.station.parts.desk.assignments.assign
    assign(1, "rescue", [], by="Li", now=house.now)
    house.publish(by="county")
    assert house.look() == 0
    assert [one.why for one in house.offers()] == [Aside.ANOTHER_OFFICE]
    assign(1, "chem", [], by="Li", now=house.now)
    assert house.look() == 1
    assign(1, "rescue", [], by="Li", now=house.now)
    house.look()
    assert house.open == []
    assert len(house.alerts()) == 1


def test_the_account_of_the_bureau_itself_counts_for_every_office(database: Database) -> None:
    house = House(database, duty=STAFFED, offices={"county": "chem"})
    house.explode()
    house.station.parts.desk.assignments.assign(1, "rescue", [], by="Li", now=house.now)
    house.publish()
    assert house.look() == 1


def test_one_release_about_two_incidents_is_offered_for_both(house: House) -> None:
    house.station.tell(
        "兰州市西固区一化工厂发生火灾 致3人死亡", "7月9日，兰州市西固区一化工厂发生火灾，造成3人死亡。", by="city"
    )
    both = TEXT + "同日，兰州市西固区一化工厂发生火灾，造成3人死亡。"
    house.publish("关于金昌金川区化工仓库爆炸和兰州西固区化工厂火灾两起事故的情况通报", both)
    house.look()
    assert [len(house.offers(number)) for number in (1, 2)] == [1, 1]
    house.desk.log(1, house.offers(1)[0].id, by="Li", now=house.now)
    house.desk.log(2, house.offers(2)[0].id, by="Li", now=house.now)
    with house.database.read() as connection:
        assert [len(views.responses(connection, matter_id=number)) for number in (1, 2)] == [1, 1]


def test_an_offer_follows_a_merge_and_so_does_a_refusal(house: House) -> None:
    house.station.tell("兰州市西固区一仓库起火 伤亡不明", "兰州市西固区一仓库起火，伤亡情况不明。", by="city")
    house.publish()
    house.look()
    number = house.open[0].id
    house.desk.refuse(1, number, by="Li", now=house.now)
    house.station.parts.desk.merge(1, 2, by="Li", now=house.now)
    house.watch = house.another_watch()
    house.look()
    assert [one.state for one in house.offers(2)] == [OfferState.REFUSED]
    with pytest.raises(AlreadyMerged):
        house.desk.again(1, number, by="Li", now=house.now)
    house.desk.again(2, number, by="Li", now=house.now)
    house.desk.log(2, number, by="Li", now=house.now)
    with house.database.read() as connection:
        assert [one.title for one in views.responses(connection, matter_id=2)] == [TITLE]


def test_an_offer_of_another_incident_is_unknown(house: House) -> None:
    house.publish()
    house.look()
    with pytest.raises(UnknownOffer):
        house.desk.log(1, 999, by="Li", now=house.now)


def test_a_dismissed_incident_is_offered_nothing(house: House) -> None:
    house.station.parts.desk.dismiss(1, by="Li", now=house.now, reason="演练")
    house.publish()
    assert house.look() == 0
    assert house.offers() == []


def test_a_retracted_response_runs_the_clock_again_and_is_offered_again(house: House) -> None:
    house.publish()
    house.look()
    house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    response = house.offers()[0].response_id
    assert response is not None
    house.station.parts.desk.retract(response, by="Li", now=house.now, reason="登记有误")
    assert house.station.states()["OP-AUTH-5H"] == DeadlineState.OPEN.value
    house.look()
    assert [(one.state, one.decided_by, one.response_id) for one in house.offers()] == [(OfferState.OPEN, "", None)]
    house.desk.log(1, house.open[0].id, by="Li", now=house.now)
    assert house.station.states()["OP-AUTH-5H"] == "met"
    assert house.offers()[0].response_id not in (None, response)
    assert len(house.alerts()) == 1


def test_the_audit_log_follows_offers(house: House) -> None:
    house.publish()
    house.look()
    house.desk.refuse(1, house.open[0].id, by="Li", now=house.now)
    with house.database.read() as connection:
        query = text("SELECT count(*) FROM audit WHERE subject LIKE :whose AND matter_id = 1")
        assert connection.execute(query, {"whose": "offer:%"}).scalar_one() == 2


def test_a_plain_title_that_others_used_about_something_else_is_offered(house: House) -> None:
    house.station.tell("情况通报", "兰州市西固区一化工厂发生火灾，造成3人死亡。", by="city")
    house.publish("情况通报", TEXT, later=30)
    assert house.look() == 1


def test_nothing_is_logged_into_an_incident_that_was_dismissed_meanwhile(house: House) -> None:
    house.publish()
    house.look()
    number = house.open[0].id
    house.station.parts.desk.dismiss(1, by="Wang", now=house.now, reason="演练")
    with pytest.raises(IncidentDismissed):
        house.desk.log(1, number, by="Li", now=house.now)
    with house.database.read() as connection:
        assert views.responses(connection, matter_id=1) == []


def test_what_was_merged_says_so_before_its_offer_is_looked_for(house: House) -> None:
    house.station.tell("兰州市西固区一仓库起火 伤亡不明", "兰州市西固区一仓库起火，伤亡情况不明。", by="city")
    house.publish()
    house.look()
    number = house.open[0].id
    house.station.parts.desk.merge(1, 2, by="Li", now=house.now)
    for deed in (house.desk.log, house.desk.refuse, house.desk.again):
        with pytest.raises(AlreadyMerged):
            deed(1, number, by="Li", now=house.now)


def test_after_a_merge_nobody_is_asked_again_what_was_decided(house: House) -> None:
    """The same publication was offered for both: refused for the one, open for the other."""
    house.station.tell(
        "兰州市西固区一化工厂发生火灾 致3人死亡", "7月9日，兰州市西固区一化工厂发生火灾，造成3人死亡。", by="city"
    )
    both = TEXT + "同日，兰州市西固区一化工厂发生火灾，造成3人死亡。"
    house.publish("关于金昌金川区化工仓库爆炸和兰州西固区化工厂火灾两起事故的情况通报", both)
    house.look()
    house.desk.refuse(1, house.offers(1)[0].id, by="Li", now=house.now)
    house.station.parts.desk.merge(1, 2, by="Li", now=house.now)
    with house.database.read() as connection:
        assert offers.of_matters(connection, [2], states=(OfferState.OPEN,)) == {}
        assert offers.latest(connection, states=(OfferState.OPEN,), limit=9) == []
        assert [one.state for one in offers.latest(connection, states=tuple(OfferState), limit=9)] == [
            OfferState.REFUSED
        ]


def test_what_was_typed_by_hand_before_is_the_response(house: House) -> None:
    """Logged by hand after the page with the offer was opened, under another title and kind."""
    house.publish()
    house.look()
    (offer,) = house.open
    house.station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="x", url=offer.url, published_at=house.now, by="Li", now=house.now
    )
    house.desk.log(1, offer.id, by="Wang", now=house.now)
    with house.database.read() as connection:
        (response,) = views.responses(connection, matter_id=1)
    assert (response.title, house.offers()[0].response_id) == ("x", response.id)


def test_a_conference_counts_from_when_it_was_held(house: House) -> None:
    house.publish("金川区化工仓库爆炸事故新闻发布会实录")
    house.look()
    (offer,) = house.open
    with pytest.raises(WhenHeld):
        house.desk.log(1, offer.id, by="Li", now=house.now)
    house.station.clock.now += 60 * MINUTE
    held = offer.found_at - 5 * MINUTE
    house.desk.log(1, offer.id, published_at=held, by="Li", now=house.now)
    with house.database.read() as connection:
        (response,) = views.responses(connection, matter_id=1)
    assert (response.kind, response.published_at) == (ResponseKind.PRESS_CONFERENCE, held)


@pytest.mark.parametrize(
    "title", ["今日21时召开金川区化工仓库爆炸新闻发布会", "金川区化工仓库爆炸事故发布会将于明日10时召开"]
)
def test_an_announced_conference_meets_no_clock(house: House, title: str) -> None:
    house.publish(title)
    house.look()
    (offer,) = house.open
    assert offer.form is Form.CONFERENCE_NOTICE
    for kind in (None, ResponseKind.PRESS_CONFERENCE, ResponseKind.AUTHORITATIVE_RELEASE):
        with pytest.raises(NoResponseYet):
            house.desk.log(1, offer.id, kind=kind, published_at=house.now, by="Li", now=house.now)


def test_after_a_merge_the_facts_of_what_it_became_decide(house: House) -> None:
    """Offered for the one that was merged, set aside for the other: nobody is asked."""
    house.station.tell(
        "兰州市西固区一化工厂发生火灾 致3人死亡", "7月9日，兰州市西固区一化工厂发生火灾，造成3人死亡。", by="city"
    )
    both = TEXT + "同日，兰州市西固区一化工厂发生火灾，造成3人死亡。"
    house.publish("关于金昌金川区化工仓库爆炸和兰州西固区化工厂火灾两起事故的情况通报", both)
    house.look()
    url = house.offers(2)[0].url
    ours = house.offers(1)[0].id
    house.station.parts.desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="x", url=url, published_at=house.now, by="Li", now=house.now
    )
    house.look()
    house.station.parts.desk.merge(2, 1, by="Li", now=house.now)
    assert [(one.id, one.why) for one in house.offers(1)] == [(ours, Aside.KNOWN)]
