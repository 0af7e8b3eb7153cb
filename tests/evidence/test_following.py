"""A published page is kept, looked at after a day and then weekly; what no longer stands is told, and owed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from monitor.core.evidence.captures import EndWhy, EvidenceState, Outcome
from monitor.core.evidence.matching import Sign
from monitor.core.model import AlertReason, ResponseKind
from monitor.gate import Gate
from monitor.loops.evidence.look import Look
from monitor.loops.evidence.look import look as real_look
from monitor.store import evidence_views, views
from monitor.store.database import Database
from tests.evidence.web import BODY, DAY, WEEK, Asked, Bureau, H, Reply, bureau_at_work, page

MINUTE = timedelta(minutes=1)


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    with bureau_at_work(database) as bureau:
        yield bureau


def release(bureau: Bureau) -> str:
    """Return how the duty to release within five hours stands."""
    return bureau.states()["OP-AUTH-5H"]


def test_a_logged_page_is_kept_at_once(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    assert not bureau.site.asked, "a person's request never waits for a fetch"
    assert bureau.tick() == 1
    evidence = bureau.evidence()
    assert (evidence.state, evidence.due_at) == (EvidenceState.KEPT, bureau.now + DAY)
    [look] = evidence.captures
    assert (look.outcome, look.status, look.ip) == (Outcome.KEPT, 200, "127.0.0.1")
    assert look.payload_sha256 == hashlib.sha256(page().encode()).hexdigest()
    assert set(look.signs) == {Sign.PLACE, Sign.KIND, Sign.FIGURE, Sign.NAMES}
    assert look.published_raw.startswith("2026-07-09 21:10")
    assert [stamp.internal for stamp in look.stamps] == [True]
    assert bureau.points() == []
    assert bureau.tick() == 0


def test_a_page_that_stands_is_looked_at_after_a_day_and_then_weekly(bureau: Bureau) -> None:
    looks = iter(range(1000))

    def served(_: Asked) -> Reply:
        counter = f"<div>阅读：{next(looks)}次</div><script>var t={next(looks)}</script>"
        return Reply(page(more=counter).encode(), 200, {"Content-Type": "text/html"})

    bureau.serve(served)
    bureau.respond()
    bureau.tick()
    first = bureau.now
    bureau.wait(DAY + 3 * WEEK)
    evidence = bureau.evidence()
    assert evidence.state is EvidenceState.KEPT
    assert [look.at - first for look in evidence.captures] == [0 * DAY, DAY, DAY + WEEK, DAY + 2 * WEEK, DAY + 3 * WEEK]
    assert len({look.payload_sha256 for look in evidence.captures}) == 5, "the bytes differ, the text does not"
    assert bureau.points() == []
    assert release(bureau) == "met"


def test_a_changed_page_is_confirmed_and_asked_about_with_its_sentences(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.publish(page(BODY.replace("事故已造成11人死亡", "事故已造成13人死亡")))
    bureau.tick(DAY)
    assert bureau.evidence().state is EvidenceState.DOUBTED
    assert bureau.points() == []
    bureau.tick(15 * MINUTE)
    assert bureau.evidence().state is EvidenceState.CHANGED
    [alert] = bureau.alerts()
    assert (alert.point, alert.reason, alert.page) == ("evidence:changed", AlertReason.TROUBLE, False)
    assert "11人死亡" in alert.detail["removed"]
    assert "13人死亡" in alert.detail["added"]
    assert release(bureau) == "met", "a bureau may correct what it published; a person decides"
    bureau.wait(2 * WEEK)
    assert bureau.points() == ["changed"], "the new text is what later looks are compared with"


def test_a_change_that_a_second_look_does_not_see_is_told_to_nobody(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.publish(page("<p>金川区化工仓库爆炸事故，另一台服务器上的旧版本，内容完全不同。请稍后再看。</p>" * 3))
    bureau.tick(DAY)
    bureau.publish()
    bureau.tick(15 * MINUTE)
    assert bureau.evidence().state is EvidenceState.KEPT
    assert bureau.points() == []


def front_page(bureau: Bureau) -> None:
    bureau.answer(302, Location="/")
    bureau.site.page("/", page("<p>今日要闻，各地动态，政务公开，办事服务，专题专栏。</p>" * 9), "text/html")


def login(bureau: Bureau) -> None:
    bureau.answer(302, Location="/login?next=1")
    wall = "<html><head><title>用户登录</title></head><body></body></html>"
    bureau.site.page("/login?next=1", wall, "text/html")


DELETED = "<html><head><title>提示</title></head><body><p>该内容已被发布者删除</p></body></html>"
GONE: Mapping[str, Callable[[Bureau], None]] = {
    "not found": lambda bureau: bureau.answer(404, "<html><body>Not Found</body></html>"),
    "gone": lambda bureau: bureau.answer(410),
    "deleted, and says so with 200": lambda bureau: bureau.answer(200, DELETED),
    "front page": front_page,
    "login": login,
}


@pytest.mark.parametrize("how", GONE)
def test_a_page_that_is_gone_lets_its_duty_run_again(bureau: Bureau, how: str) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    assert release(bureau) == "met"
    GONE[how](bureau)
    bureau.tick(DAY)
    assert (bureau.evidence().state, release(bureau)) == (EvidenceState.DOUBTED, "met"), "one look decides nothing"
    seen_at = bureau.now
    bureau.tick(15 * MINUTE)
    assert bureau.evidence().state is EvidenceState.VANISHED
    assert release(bureau) == "missed", "its five hours are long over"
    response = bureau.response()
    assert (response.retracted_at, response.retracted_by) == (seen_at, "")
    assert "网页" in response.retracted_reason
    assert bureau.points() == ["vanished"]
    with bureau.station.database.read() as connection:
        told = {alert.point: alert for alert in views.alerts(connection, matter_id=1)}
    assert told["vanished"].page, "what is owed again pages whoever is on duty"
    bureau.tick(DAY)
    assert bureau.points() == ["vanished"], "told once"


def test_a_page_that_comes_back_is_told_and_settles_nothing_by_itself(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.answer(404)
    bureau.tick(DAY)
    bureau.tick(15 * MINUTE)
    bureau.publish()
    bureau.wait(2 * DAY)
    assert bureau.points() == ["vanished", "back"]
    assert bureau.evidence().state is EvidenceState.KEPT
    assert release(bureau) == "missed"
    bureau.respond(at=bureau.response().published_at)
    assert release(bureau) == "met", "logged again with its own time, it counts as before"


def test_an_outage_is_no_disappearance(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.answer(503)
    bureau.wait(DAY + 6 * H)
    assert bureau.points() == []
    assert release(bureau) == "met"
    bureau.wait(DAY)
    assert (bureau.points(), bureau.evidence().state) == (["no_access"], EvidenceState.NO_ACCESS)
    assert not bureau.alerts()[0].page
    bureau.publish()
    bureau.wait(2 * DAY)
    assert bureau.evidence().state is EvidenceState.KEPT
    assert bureau.points() == ["no_access"]
    assert release(bureau) == "met"


def test_a_page_of_another_process_is_looked_at_once(bureau: Bureau, database: Database) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    asked = len(bureau.site.asked)
    assert bureau.follow.tick(bureau.now) == 0
    assert len(bureau.site.asked) == asked == 1


def test_a_link_that_leads_nowhere_is_told_within_minutes(bureau: Bureau) -> None:
    bureau.respond()
    bureau.tick()
    assert bureau.points() == []
    bureau.tick(2 * MINUTE)
    [alert] = bureau.alerts()
    assert (alert.point, alert.page) == ("evidence:missing", True)
    assert release(bureau) == "met", "a person said so; a person is asked"
    bureau.publish()
    bureau.wait(2 * H)
    assert bureau.evidence().state is EvidenceState.KEPT


def test_a_wrong_link_is_told_at_once(bureau: Bureau) -> None:
    other = "<p>7月9日，全省农机购置补贴工作推进会在省城召开，会议总结上半年工作，部署下半年任务。</p>" * 4
    bureau.publish(page(other, title="全省农机购置补贴工作推进会召开"))
    bureau.respond()
    bureau.tick()
    [alert] = bureau.alerts()
    assert (alert.point, alert.page) == ("evidence:elsewhere", True)
    assert alert.detail["page"] == "全省农机购置补贴工作推进会召开"


def test_a_page_older_than_the_incident_is_told(bureau: Bureau) -> None:
    bureau.publish(page(at="2026-07-02 09:00"))
    bureau.respond()
    bureau.tick()
    assert bureau.points() == ["old"]


def test_a_time_later_than_was_logged_is_asked_about(bureau: Bureau) -> None:
    bureau.station.clock.now += 4 * H  # 01:15, after the five hours
    bureau.publish(page(at="2026-07-10 01:10"))
    bureau.respond(at=bureau.now - 2 * H)
    assert release(bureau) == "met"
    bureau.tick()
    [alert] = bureau.alerts()
    assert (alert.point, alert.page) == ("evidence:late", True)
    assert "OP-AUTH-5H" in alert.detail["duties"]
    assert release(bureau) == "met", "a question, no silent change"
    assert alert.detail["published"].startswith("2026-07-09T17:10")


def test_a_time_a_little_later_but_in_time_is_no_matter_of_the_night(bureau: Bureau) -> None:
    bureau.publish(page(at="2026-07-09 21:10"))
    bureau.respond(at=bureau.now - 30 * MINUTE)
    bureau.tick()
    [alert] = bureau.alerts()
    assert (alert.point, alert.page) == ("evidence:later", False)


def test_what_a_person_withdrew_is_followed_no_more(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.station.parts.desk.retract(1, by="王某", now=bureau.now, reason="发错")
    bureau.tick(DAY)
    evidence = bureau.evidence()
    assert (evidence.ended_why, evidence.due_at, len(evidence.captures)) == (EndWhy.RETRACTED, None, 1)


def test_a_matter_of_which_nothing_is_heard_is_followed_no_more_until_it_is(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    desk = bureau.station.parts.desk
    with bureau.station.database.read() as connection:
        live = [d.id for d in views.deadlines(connection, live=True)]
    for number in live:
        desk.waive(number, by="王某", now=bureau.now, reason="已办结")
    bureau.tick()
    bureau.wait(100 * DAY)
    evidence = bureau.evidence()
    assert (evidence.ended_why, evidence.due_at) == (EndWhy.NOT_WATCHED, None)
    assert 13 <= len(evidence.captures) <= 15
    assert bureau.follow.go_round(bureau.now) == 0
    desk.acknowledge(1, by="王某", now=bureau.now)
    assert bureau.follow.go_round(bureau.now) == 1
    assert bureau.tick() == 1


def test_a_dismissed_incident_is_left_alone(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.station.parts.desk.dismiss(1, by="王某", now=bureau.now, reason="误报")
    bureau.answer(404)
    bureau.wait(2 * DAY)
    assert (bureau.points(), bureau.evidence().ended_why) == ([], EndWhy.NOT_WATCHED)


def test_the_looks_form_a_chain_that_is_in_the_log(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.wait(DAY)
    with bureau.station.database.read() as connection:
        first, second = evidence_views.kept(connection, 1)
    assert hashlib.sha256(first.manifest).hexdigest() in second.manifest.decode()
    with bureau.station.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, matter_id FROM audit WHERE kind = 'capture.added'").all()
        stamps = connection.exec_driver_sql("SELECT text FROM audit WHERE kind = 'stamp.added'").scalars().all()
        authority = connection.exec_driver_sql("SELECT text FROM audit WHERE kind = 'authority.added'").scalar_one()
    assert [tuple(row) for row in rows] == [("capture.added", 1)] * 2
    assert len(stamps) == 2
    assert "PRIVATE KEY" not in authority


def test_a_response_without_an_address_has_nothing_to_keep(bureau: Bureau) -> None:
    bureau.respond(url="")
    assert bureau.tick() == 0
    with bureau.station.database.read() as connection:
        assert evidence_views.one(connection, 1) is None


def test_every_kind_of_response_is_kept(bureau: Bureau) -> None:
    bureau.publish()
    bureau.station.parts.desk.respond(
        1,
        ResponseKind.CLARIFICATION,
        title="辟谣",
        url=bureau.url,
        published_at=bureau.now,
        by="王某",
        now=bureau.now,
    )
    assert bureau.tick() == 1


def test_a_drill_publishes_nothing_so_nothing_is_kept(bureau: Bureau) -> None:
    bureau.publish()
    with bureau.station.database.write() as connection:
        connection.exec_driver_sql("UPDATE matter SET drill = true WHERE id = 1")
    bureau.respond()
    assert bureau.tick() == 0
    assert (bureau.evidence().ended_why, bureau.site.asked) == (EndWhy.DRILL, [])


def test_a_merged_incident_takes_its_evidence_along(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.station.tell("金昌市金川区一化工仓库爆炸 12人遇难", "金昌市永昌县一工厂爆炸造成12人死亡。", by="city")
    bureau.station.tell(
        "白银市会宁县一煤矿瓦斯爆炸 12人遇难", "白银市会宁县一煤矿发生瓦斯爆炸，造成12人死亡。", by="city"
    )
    bureau.station.parts.desk.merge(1, 2, by="王某", now=bureau.now, reason="同一事件")
    bureau.answer(404)
    bureau.wait(DAY + H)
    assert bureau.points() == ["vanished"]
    assert bureau.evidence().matter_id == 2
    assert bureau.alerts()[0].matter_id == 2


def test_a_fault_at_one_page_holds_up_no_other(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau.publish()
    bureau.respond()
    bureau.respond(bureau.url + "?2", title="第二篇")
    bureau.site.pages[bureau.path + "?2"] = bureau.site.pages[bureau.path]
    broken = {"left": 1}

    def look(gate: Gate, url: str, now: datetime) -> Look:
        if broken["left"]:
            broken["left"] -= 1
            raise ZeroDivisionError
        return real_look(gate, url, now)

    monkeypatch.setattr("monitor.loops.evidence.follow.look", look)
    assert bureau.tick() == 2
    assert [bureau.evidence(n).state for n in (1, 2)] == [EvidenceState.WAITING, EvidenceState.KEPT]
    bureau.tick(6 * MINUTE)
    assert bureau.evidence(1).state is EvidenceState.KEPT
    with bureau.station.database.read() as connection:
        assert not connection.exec_driver_sql("SELECT 1 FROM troubled").all(), "it went through, and is forgotten"
