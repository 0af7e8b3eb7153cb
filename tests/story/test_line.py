"""The main job from end to end: a source speaks, a deadline runs, people are told, a response is logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from zlib import crc32

import pytest

from monitor.core.beijing import shown
from monitor.core.model import DeadlineState, ResponseKind
from monitor.store import views
from monitor.store.database import Database
from responders.channels.slack import Slack
from tests.crawl.site import Site, running_site
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Fault
from tests.story.office import T0, MovedClock, Office, feed, hot_list

H = timedelta(hours=1)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def slack(clock: MovedClock) -> Iterator[FakeSlack]:
    with FakeSlack(burst=50, clock=lambda: clock().timestamp()) as fake:
        yield fake


@pytest.fixture
def office(database: Database, site: Site, slack: FakeSlack, clock: MovedClock) -> Iterator[Office]:
    site.page("/hot.json", hot(["某歌手演唱会门票售罄"]), "application/json")
    site.page("/news.xml", news(("某地举办花展", "", "Thu, 09 Jul 2026 09:00:00 +0800")), "application/rss+xml")
    sources = {"hot": hot_list(f"{site.url}/hot.json"), "news": feed(f"{site.url}/news.xml")}
    channel = Slack(name="slack", token=slack.token, channel="C0123ABCD", base_url=slack.base_url)
    with ExitStack() as stack:
        office = Office(database, sources, [channel], clock=clock)
        stack.callback(office.close)
        yield office


def hot(titles: list[str]) -> str:
    return json.dumps(
        {"data": [{"word": title, "num": 1000 - n} for n, title in enumerate(titles)]}, ensure_ascii=False
    )


def news(*entries: tuple[str, str, str]) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{crc32(title.encode())}</link><description>{text}</description>"
        f"<pubDate>{date}</pubDate></item>"
        for title, text, date in entries
    )
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>n</title>{items}</channel></rss>"


def test_from_a_hot_list_to_a_met_deadline(office: Office, site: Site, slack: FakeSlack) -> None:
    office.cycle()
    assert office.states() == {}

    site.page("/hot.json", hot(["某歌手演唱会门票售罄", "辽宁抚顺一化工厂爆炸致12死30伤"]), "application/json")
    office.clock.advance(minutes=6)
    office.cycle()
    assert office.states() == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open"}
    with office.database.read() as connection:
        incident = views.incidents(connection)[0]
        clock = next(d for d in views.deadlines(connection) if d.obligation_id == "OP-AUTH-5H")
    assert (incident.place.province, incident.place.city) == ("210000", "210400")
    assert clock.due_at == incident.opened_at + 5 * H

    card = slack.posts()[0]
    told = slack.thread(card.ts)
    assert shown(clock.due_at) in card.shown
    assert any("剩余 4:59" in post.shown for post in told)
    assert all("重大" in post.shown for post in [card, *told])

    office.clock.advance(minutes=10)
    office.tick()
    assert len(slack.thread(card.ts)) == len(told) + 1

    office.parts.desk.acknowledge(incident.id, by="值班员", now=office.clock())
    office.clock.advance(minutes=15)
    office.tick()
    assert len(slack.thread(card.ts)) == len(told) + 1

    office.clock.advance(hours=1)
    done = office.parts.desk.respond(
        incident.id,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="关于爆炸事故的情况通报",
        url="https://yjj.example.gov.cn/tb/1.html",
        published_at=office.clock(),
        by="发言人",
        now=office.clock(),
    )
    assert {d.obligation_id: d.state for d in done.deadlines}["OP-AUTH-5H"] is DeadlineState.MET
    office.tick()
    assert "首次权威信息发布 5 小时: 按时完成" in slack.posts()[0].shown
    assert len(slack.posts()) == 1


def test_later_reports_update_and_never_duplicate(office: Office, site: Site) -> None:
    site.page("/hot.json", hot(["湖南一烟花厂爆炸致6人死亡"]), "application/json")
    office.cycle()
    assert office.states() == {"OP-OTHER-48H": "open"}
    office.clock.advance(minutes=30)
    report = (
        "湖南烟花厂爆炸事故遇难人数升至11人",
        "湖南省应急管理厅通报，烟花厂爆炸事故已造成11人死亡。",
        "Thu, 09 Jul 2026 20:25:00 +0800",
    )
    site.page("/news.xml", news(report), "application/rss+xml")
    office.cycle()
    with office.database.read() as connection:
        assert len(views.incidents(connection)) == 1
        steps = views.steps(connection, 1)
    assert [step.figures["deaths"] for step in steps] == [6, 11]
    assert office.states() == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open", "OP-OTHER-48H": "superseded"}


def test_a_report_without_a_trusted_time_starts_no_clock_but_asks_a_person(office: Office, site: Site) -> None:
    office.cycle()
    office.clock.advance(minutes=7)
    report = ("河南一仓库火灾致13人遇难", "", "2036-01-01 10:00")
    site.page("/news.xml", news(report), "application/rss+xml")
    office.cycle()
    assert office.states() == {}
    with office.database.read() as connection:
        (alert,) = views.alerts(connection)
        (incident,) = views.incidents(connection)
    assert alert.point == "undated"
    office.clock.advance(minutes=5)
    office.parts.desk.confirm(incident.id, by="值班员", now=office.clock())
    assert office.states() == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open"}


def points_at_first_look(database: Database, site: Site, *reports: tuple[str, str, str]) -> list[str]:
    site.page("/news.xml", news(*reports), "application/rss+xml")
    office = Office(database, {"news": feed(f"{site.url}/news.xml")}, [])
    office.cycle()
    office.close()
    assert office.states() == {}
    with office.database.read() as connection:
        assert len(views.incidents(connection)) == 1
        return [alert.point for alert in views.alerts(connection)]


def test_what_stood_among_old_news_at_the_first_look_asks_nobody(database: Database, site: Site) -> None:
    old = ("本市公园免费开放", "", "2026-07-01 10:00")
    assert points_at_first_look(database, site, old, ("河南一仓库火灾致13人遇难", "", "no time at all")) == []


@pytest.mark.parametrize("stamp", ["no time at all", "Fri, 10 Jul 2026 04:00:00 +0800"])
def test_what_may_be_news_at_the_first_look_asks_a_person(database: Database, site: Site, stamp: str) -> None:
    assert points_at_first_look(database, site, ("河南一仓库火灾致13人遇难", "", stamp)) == ["undated"]


def test_what_happens_elsewhere_is_watched_only(database: Database, site: Site, slack: FakeSlack) -> None:
    site.page("/hot.json", hot(["四川成都一化工厂爆炸致12死30伤", "日本东京一工厂爆炸致15人死亡"]), "application/json")
    office = Office(database, {"hot": hot_list(f"{site.url}/hot.json")}, [], region="210000")
    office.cycle()
    office.close()
    assert office.states() == {}
    with database.read() as connection:
        assert {i.place.province for i in views.incidents(connection)} == {"510000", None}


def test_nothing_is_lost_while_slack_is_away(office: Office, site: Site, slack: FakeSlack) -> None:
    slack.fail(Fault.SERVER_ERROR, times=200)
    site.page("/hot.json", hot(["辽宁抚顺一化工厂爆炸致12死30伤"]), "application/json")
    office.cycle()
    assert slack.posts() == []
    for _ in range(12):
        office.clock.advance(minutes=10)
        office.tick()
    slack.recover()
    office.clock.advance(minutes=10)
    for _ in range(4):
        office.tick()
        office.clock.advance(seconds=20)
    (card,) = slack.posts()
    told = [post.shown for post in slack.thread(card.ts)]
    assert len(told) >= 1
    keys = [post.key for post in slack.thread(card.ts)]
    assert len(keys) == len(set(keys))


def test_after_a_night_off_there_is_one_late_alert_for_each_deadline(
    office: Office, site: Site, slack: FakeSlack
) -> None:
    site.page("/hot.json", hot(["辽宁抚顺一化工厂爆炸致12死30伤"]), "application/json")
    office.cycle()
    (card,) = slack.posts()
    before = len(slack.thread(card.ts))
    office.clock.now = T0 + 12 * H
    office.tick()
    late = [post.shown for post in slack.thread(card.ts)][before:]
    assert len(late) == 2
    assert any("已超时 7:00" in text for text in late)
