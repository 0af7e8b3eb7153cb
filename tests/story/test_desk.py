"""What people decide, what follows from it, and what is refused; on both databases, on a moved clock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from monitor.core.errors import (
    AlreadyDismissed,
    AlreadyMerged,
    BadLink,
    DeadlineNotLive,
    MergeIntoDismissed,
    NaiveTime,
    NotAnItemOf,
    NothingLeft,
    ReasonMissing,
    ResponseBeforeIncident,
    ResponseInFuture,
    SelfMerge,
    UnknownDeadline,
    UnknownIncident,
)
from monitor.core.model import Anchor, DeadlineState, MatterState, ResponseKind
from monitor.core.views import AlertView, DeadlineView, Done, IncidentView
from monitor.store import views
from monitor.store.database import Database
from responders.desk import Desk
from tests.responders.console.station import T0, Station

H = timedelta(hours=1)
M = timedelta(minutes=1)
RELEASE = ResponseKind.AUTHORITATIVE_RELEASE
PRESS = ResponseKind.PRESS_CONFERENCE
FIVE, DAY, TWO_DAYS = "OP-AUTH-5H", "OP-PRESS-24H", "OP-OTHER-48H"
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
FIRE = "甘肃张掖一仓库火灾致4人死亡"


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def desk(station: Station) -> Desk:
    return station.parts.desk


def news(station: Station, title: str, *, by: str = "evening", at: datetime | None = None, text: str = "") -> int:
    """Let a source publish a title; return the number of the incident that its item belongs to."""
    station.tell(title, text, by=by, at=at)
    with station.database.read() as connection:
        for incident in views.incidents(connection):
            if title in [item.title for item in views.items(connection, incident.id)]:
                return incident.id
    raise AssertionError(f"{title} belongs to no incident")


def incident(station: Station, number: int) -> IncidentView:
    with station.database.read() as connection:
        found = views.incident(connection, number)
    assert found is not None
    return found


def deadlines(station: Station, number: int) -> dict[str, DeadlineView]:
    with station.database.read() as connection:
        return {d.obligation_id: d for d in views.deadlines(connection, matter_id=number)}


def items(station: Station, number: int) -> list[int]:
    with station.database.read() as connection:
        return [item.id for item in views.items(connection, number)]


def points(station: Station, number: int) -> list[str]:
    with station.database.read() as connection:
        return [alert.point for alert in views.alerts(connection, matter_id=number, limit=1000)]


def log(station: Station, number: int) -> list[str]:
    with station.database.read() as connection:
        return [line.what for line in views.log(connection, number)]


def respond(
    station: Station,
    number: int,
    at: datetime,
    *,
    kind: ResponseKind = RELEASE,
    title: str = "情况通报",
    url: str = "https://yjj.example.cn/tb/1.html",
) -> Done:
    return desk(station).respond(number, kind, title=title, url=url, published_at=at, by="发言人", now=station.clock())


def state_of(done: Done, obligation: str) -> DeadlineState:
    return next(d.state for d in done.deadlines if d.obligation_id == obligation)


def test_a_confirmation_makes_a_presumed_deadline_firm_and_a_second_one_changes_nothing(station: Station) -> None:
    number = news(station, "甘肃白银一煤矿透水12人被困")
    assert deadlines(station, number)[FIVE].provisional
    done = desk(station).confirm(number, by="值班员", now=T0 + M)
    assert done.incident.confirmed
    assert [d.provisional for d in done.deadlines if d.obligation_id == FIVE] == [False]
    again = desk(station).confirm(number, by="值班长", now=T0 + 2 * M)
    assert {d.obligation_id: d.due_at for d in again.deadlines} == {d.obligation_id: d.due_at for d in done.deadlines}
    assert log(station, number).count("confirm") == 2
    assert [p for p in points(station, number) if p.startswith("confirmed")] != []


def test_a_dismissal_needs_a_reason_and_withdraws(station: Station) -> None:
    number = news(station, BLAST)
    for nothing in ("", "  \n"):
        with pytest.raises(ReasonMissing):
            desk(station).dismiss(number, by="值班员", now=T0 + M, reason=nothing)
    assert deadlines(station, number)[FIVE].state is DeadlineState.OPEN
    done = desk(station).dismiss(number, by="值班员", now=T0 + M, reason="演练")
    assert state_of(done, FIVE) is DeadlineState.WITHDRAWN
    assert (done.incident.state, done.incident.state_reason) == (MatterState.DISMISSED, "演练")
    with pytest.raises(AlreadyDismissed):
        desk(station).dismiss(number, by="值班员", now=T0 + 2 * M, reason="演练")
    station.clock.advance(hours=9)
    station.watch()
    assert deadlines(station, number)[FIVE].state is DeadlineState.WITHDRAWN


def test_what_no_database_keeps_is_left_out_of_what_people_write(station: Station) -> None:
    incident = news(station, BLAST)
    desk(station).acknowledge(incident, by="王\x00某", now=station.clock(), reason="在\x00查\ud800")
    done = desk(station).respond(
        incident, RELEASE, title="通\x00报", url="", published_at=station.clock(), by="王某", now=station.clock()
    )
    with station.database.read() as connection:
        log = [(line.by, line.reason) for line in views.log(connection, incident) if line.by]
        titles = [response.title for response in views.responses(connection, matter_id=done.incident.id)]
    assert ("王某", "在查") in log
    assert titles == ["通报"]


def test_a_dismissed_incident_taken_up_again_runs_from_where_it_began(station: Station) -> None:
    number = news(station, BLAST)
    desk(station).dismiss(number, by="值班员", now=T0 + M, reason="误报")
    done = desk(station).confirm(number, by="值班员", now=T0 + 6 * H)
    first = next(d for d in done.deadlines if d.obligation_id == FIVE)
    assert (first.started_at, first.state) == (T0, DeadlineState.MISSED)
    assert state_of(done, DAY) is DeadlineState.OPEN


def test_graver_news_of_a_dismissed_incident_ask_a_person_once(station: Station) -> None:
    number = news(station, "甘肃白银一化工厂爆炸致3死5伤")
    desk(station).dismiss(number, by="值班员", now=T0 + M, reason="去年的旧闻")
    station.clock.advance(minutes=30)
    assert news(station, "甘肃白银化工厂爆炸已致3人死亡6人受伤", by="city") == number
    assert "grown" not in points(station, number)
    station.clock.advance(minutes=30)
    for by in ("release", "city"):
        assert news(station, f"甘肃白银化工厂爆炸死亡人数升至11人 {by}", by=by) == number
    assert points(station, number).count("grown") == 1
    assert incident(station, number).state is MatterState.DISMISSED
    assert FIVE not in deadlines(station, number)
    done = desk(station).confirm(number, by="值班员", now=station.clock())
    assert state_of(done, FIVE) is DeadlineState.OPEN


def test_an_acknowledgement_is_kept_and_moves_no_deadline(station: Station) -> None:
    number = news(station, BLAST)
    before = deadlines(station, number)
    done = desk(station).acknowledge(number, by="值班员", now=T0 + 3 * M)
    assert done.incident.acted_at == T0 + 3 * M
    assert {d.obligation_id: (d.due_at, d.state) for d in done.deadlines} == {
        name: (d.due_at, d.state) for name, d in before.items()
    }
    station.clock.advance(minutes=150)
    station.watch()
    silence = {a.point: a.silence for a in _alerts(station, number) if a.obligation_id == FIVE}
    assert (silence["again:1"], silence["again:4"], silence["share:0.5"]) == ("acknowledged", "acknowledged", None)


def test_a_release_in_time_meets_one_deadline_and_a_press_conference_both(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(hours=4)
    assert state_of(respond(station, number, T0 + 3 * H), FIVE) is DeadlineState.MET
    assert deadlines(station, number)[DAY].state is DeadlineState.OPEN
    assert deadlines(station, number)["OP-CONT"].due_at == T0 + 27 * H
    done = respond(station, number, T0 + 4 * H, kind=PRESS, url="")
    assert state_of(done, DAY) is DeadlineState.MET


def test_a_late_release_is_late_by_the_time_it_was_published(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(hours=8)
    station.watch()
    done = respond(station, number, T0 + 6 * H)
    late = next(d for d in done.deadlines if d.obligation_id == FIVE)
    assert (late.state, late.settled_at) == (DeadlineState.MET_LATE, T0 + 6 * H)


def test_the_order_in_which_responses_are_logged_does_not_matter(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(hours=8)
    assert state_of(respond(station, number, T0 + 7 * H, kind=PRESS), FIVE) is DeadlineState.MET_LATE
    done = respond(station, number, T0 + 4 * H)
    first = next(d for d in done.deadlines if d.obligation_id == FIVE)
    assert (first.state, first.settled_at) == (DeadlineState.MET, T0 + 4 * H)


def test_a_response_before_the_incident_or_in_the_future_or_without_a_zone_is_refused(station: Station) -> None:
    number = news(station, BLAST)
    with pytest.raises(ResponseBeforeIncident):
        respond(station, number, T0 - 2 * H)
    with pytest.raises(ResponseInFuture):
        respond(station, number, T0 + 10 * M)
    with pytest.raises(NaiveTime):
        respond(station, number, T0.replace(tzinfo=None))
    assert deadlines(station, number)[FIVE].state is DeadlineState.OPEN
    assert "respond" not in log(station, number)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.example/x", "www.example.cn", "https://", "http://[::1", "https://a b.cn/"]
)
def test_what_is_no_web_address_is_refused(station: Station, url: str) -> None:
    number = news(station, BLAST)
    with pytest.raises(BadLink):
        respond(station, number, T0, url=url)
    assert "respond" not in log(station, number)


def test_the_same_response_twice_is_logged_once(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(hours=1)
    for title in ("情况通报", " 情况通报 "):
        respond(station, number, T0 + H, title=title)
    with station.database.read() as connection:
        assert len(views.responses(connection, matter_id=number)) == 1
    assert log(station, number).count("respond") == 1


def test_a_waiver_needs_a_reason_a_known_deadline_and_a_live_one(station: Station) -> None:
    number = news(station, BLAST)
    press = deadlines(station, number)[DAY].id
    with pytest.raises(ReasonMissing):
        desk(station).waive(press, by="局长", now=T0 + H, reason=" ")
    with pytest.raises(UnknownDeadline):
        desk(station).waive(press + 1000, by="局长", now=T0 + H, reason="由省级统一发布")
    done = desk(station).waive(press, by="局长", now=T0 + H, reason="由省级统一发布")
    assert state_of(done, DAY) is DeadlineState.WAIVED
    with pytest.raises(DeadlineNotLive):
        desk(station).waive(press, by="局长", now=T0 + 2 * H, reason="由省级统一发布")
    station.clock.advance(hours=30)
    station.watch()
    assert deadlines(station, number)[DAY].state is DeadlineState.WAIVED
    assert "due" not in [a.point for a in _alerts(station, number) if a.obligation_id == DAY]


def _alerts(station: Station, number: int) -> list[AlertView]:
    with station.database.read() as connection:
        return views.alerts(connection, matter_id=number, limit=1000)


def test_nobody_acts_on_an_incident_that_is_not_there(station: Station) -> None:
    with pytest.raises(UnknownIncident):
        desk(station).confirm(404, by="值班员", now=T0)
    number = news(station, BLAST)
    for source, target in ((404, number), (number, 404)):
        with pytest.raises(UnknownIncident):
            desk(station).merge(source, target, by="值班员", now=T0)
    assert incident(station, number).state is MatterState.OPEN


def test_a_merge_moves_items_responses_anchors_and_confirmation(station: Station) -> None:
    target = news(station, BLAST)
    source = news(station, "甘肃酒泉一仓库爆炸致10人死亡", by="city", at=T0 - 2 * H)
    assert source != target
    desk(station).confirm(source, by="值班员", now=T0 + M)
    station.clock.advance(hours=1)
    respond(station, source, T0 + 30 * M)
    moved = items(station, source)
    done = desk(station).merge(source, target, by="值班员", now=station.clock())
    assert set(moved) < set(items(station, target))
    assert items(station, source) == []
    assert done.incident.confirmed
    first = next(d for d in done.deadlines if d.obligation_id == FIVE)
    assert (first.started_at, first.state) == (T0 - 2 * H, DeadlineState.MET)
    assert {d.state for name, d in deadlines(station, source).items() if name in (DAY, "OP-CONT")} == {
        DeadlineState.SUPERSEDED
    }
    gone = incident(station, source)
    assert (gone.state, gone.merged_into, gone.items) == (MatterState.MERGED, target, 0)
    assert "merge" in log(station, source)
    assert "merge" in log(station, target)


def test_a_merge_that_makes_no_sense_is_refused(station: Station) -> None:
    one, other = news(station, BLAST), news(station, FIRE)
    with pytest.raises(SelfMerge):
        desk(station).merge(one, one, by="值班员", now=T0)
    desk(station).merge(one, other, by="值班员", now=T0)
    acts: list[Callable[[], Done]] = [
        lambda: desk(station).merge(one, other, by="值班员", now=T0),
        lambda: desk(station).merge(other, one, by="值班员", now=T0),
        lambda: desk(station).confirm(one, by="值班员", now=T0),
        lambda: desk(station).acknowledge(one, by="值班员", now=T0),
        lambda: respond(station, one, T0),
    ]
    for act in acts:
        with pytest.raises(AlreadyMerged):
            act()
    assert log(station, one).count("merge") == 1


def test_a_merge_does_not_let_duties_vanish_in_a_dismissed_incident(station: Station) -> None:
    live, dismissed = news(station, BLAST), news(station, FIRE)
    desk(station).dismiss(dismissed, by="值班员", now=T0, reason="误报")
    with pytest.raises(MergeIntoDismissed):
        desk(station).merge(live, dismissed, by="值班员", now=T0)
    assert deadlines(station, live)[FIVE].state is DeadlineState.OPEN
    desk(station).merge(dismissed, live, by="值班员", now=T0)
    assert incident(station, live).items == 2


def test_a_split_folds_both_sides_anew(station: Station) -> None:
    number = news(station, "甘肃白银一化工厂爆炸致3死5伤")
    station.clock.advance(minutes=20)
    assert news(station, "甘肃白银化工厂爆炸死亡人数升至11人", by="city") == number
    first, second = items(station, number)
    assert incident(station, number).figures["deaths"] == 11
    done = desk(station).split(number, [second], by="值班员", now=station.clock(), reason="另一起")
    new = done.incident
    assert (items(station, number), items(station, new.id)) == ([first], [second])
    assert (incident(station, number).figures["deaths"], new.figures["deaths"]) == (3, 11)
    assert state_of(done, FIVE) is DeadlineState.OPEN
    assert next(d for d in done.deadlines if d.obligation_id == FIVE).started_at == T0 + 20 * M
    old = deadlines(station, number)
    assert old[FIVE].state is DeadlineState.OPEN, "what ran is not erased; a person waives it"
    assert any(p.startswith("doubt") for p in points(station, number))


def test_a_split_of_nothing_of_strangers_or_of_all_is_refused(station: Station) -> None:
    number, other = news(station, BLAST), news(station, FIRE)
    for wrong in ([], [*items(station, other)], [404]):
        with pytest.raises(NotAnItemOf):
            desk(station).split(number, wrong, by="值班员", now=T0)
    with pytest.raises(NothingLeft):
        desk(station).split(number, items(station, number) * 2, by="值班员", now=T0)
    with station.database.read() as connection:
        assert len(views.incidents(connection)) == 2


def test_a_split_item_never_returns_by_machine(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(minutes=20)
    title = "甘肃白银化工厂爆炸死亡人数升至15人"
    station.tell(title, by="city", url="https://city.example.cn/same.html")
    second = items(station, number)[-1]
    new = desk(station).split(number, [second], by="值班员", now=station.clock()).incident.id
    station.tell(title, by="city", url="https://city.example.cn/same.html")
    news(station, "甘肃白银化工厂爆炸现场救援结束 遇难15人", by="release")
    assert second in items(station, new)
    assert second not in items(station, number)


def test_a_split_that_leaves_no_dated_report_keeps_the_deadline_where_it_was(station: Station) -> None:
    number = news(station, "甘肃白银一小区发生火灾致4人死亡")
    before = deadlines(station, number)
    station.tell("甘肃白银小区火灾已致4人死亡", by="city", dated=False)
    dated, *undated = items(station, number)
    assert before
    assert undated
    desk(station).split(number, [dated], by="值班员", now=T0 + M)
    after = deadlines(station, number)
    assert {name: d.due_at for name, d in before.items()} == {name: after[name].due_at for name in before}


def test_two_people_at_once_lose_nothing_of_each_other(station: Station) -> None:
    number = news(station, BLAST)
    station.clock.advance(hours=2)
    now = station.clock()
    acts = [
        lambda: desk(station).confirm(number, by="甲", now=now),
        lambda: desk(station).acknowledge(number, by="乙", now=now),
        lambda: respond(station, number, T0 + H),
        lambda: respond(station, number, T0 + H),
        lambda: respond(station, number, T0 + 90 * M, kind=PRESS),
        lambda: station.tell("甘肃白银化工厂爆炸死亡人数升至31人", by="release"),
    ]
    with ThreadPoolExecutor(len(acts)) as pool:
        for outcome in [pool.submit(act) for act in acts]:
            outcome.result()
    done = deadlines(station, number)
    assert (done[FIVE].state, done[FIVE].settled_at) == (DeadlineState.MET, T0 + H)
    assert done[DAY].state is DeadlineState.MET
    assert incident(station, number).confirmed
    assert incident(station, number).figures["deaths"] == 31
    assert {"confirm", "acknowledge"} <= set(log(station, number))
    assert log(station, number).count("respond") == 2


def test_two_people_merge_the_same_two_and_only_one_of_them_can(station: Station) -> None:
    one, other = news(station, BLAST), news(station, FIRE)
    pairs = [(one, other), (other, one), (one, other), (other, one)]

    def merge(pair: tuple[int, int]) -> str:
        try:
            desk(station).merge(*pair, by="值班员", now=T0)
        except AlreadyMerged:
            return "refused"
        return "merged"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(merge, pairs)) == ["merged", "refused", "refused", "refused"]
    states = {incident(station, n).state: incident(station, n).items for n in (one, other)}
    assert states == {MatterState.MERGED: 0, MatterState.OPEN: 2}


def test_items_that_come_while_people_merge_and_split_are_all_in_an_open_incident(station: Station) -> None:
    target = news(station, BLAST)
    source = news(station, "甘肃酒泉一仓库爆炸致10人死亡", by="city")
    told = [f"甘肃酒泉仓库爆炸死亡人数升至{n}人" for n in range(11, 19)]

    def tell(title: str) -> None:
        station.tell(title, by="release")

    with ThreadPoolExecutor(5) as pool:
        telling = [pool.submit(tell, title) for title in told]
        merging = pool.submit(desk(station).merge, source, target, by="值班员", now=T0)
        for future in telling:
            future.result()
        merging.result()
    with station.database.read() as connection:
        homes = {i.id: views.items(connection, i.id) for i in views.incidents(connection)}
        counted = {i.id: i.items for i in views.incidents(connection)}
    assert homes[source] == []
    assert {number: len(found) for number, found in homes.items()} == counted
    assert sum(len(found) for found in homes.values()) == 2 + len(told)


def test_an_anchor_of_every_kind_is_kept_beside_the_one_that_counts(station: Station) -> None:
    number = news(station, BLAST)
    desk(station).confirm(number, by="值班员", now=T0 + M)
    known = deadlines(station, number)[FIVE].anchors
    assert {Anchor.FIRST_REPORTED, Anchor.LEVEL_REACHED, Anchor.CONFIRMED} <= set(known)
