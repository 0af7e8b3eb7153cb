"""A release is logged with its text: it is checked, what it promises is owed, and nothing is ever held back for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.core.beijing import read
from monitor.core.checks.checker import Checker
from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.kept import KeptCheck
from monitor.core.checks.scorecard import Check, Mark, Note, Scorecard
from monitor.core.duties.permitted import PromisedToThePublic
from monitor.core.errors import UnknownIncident, UnknownResponse
from monitor.core.model import DeadlineState, ResponseKind
from monitor.core.views import DeadlineView
from monitor.store import release_checks, views
from monitor.store.database import Database
from responders.desk import Desk
from responders.desk.matters import EmptyText, NotSetUp
from responders.desk.release import Proofreader
from tests.responders.console.scenes import explosion
from tests.responders.console.station import REGION, T0, Station

H = timedelta(hours=1)
M = timedelta(minutes=1)
RELEASE, FOLLOW_UP = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.FOLLOW_UP_RELEASE
FIRST = """金川区化工仓库爆炸事故情况通报
7月9日19时40分许，金昌市金川区一化工仓库发生爆炸。截至20时50分，事故造成11人死亡、2人失联、24人受伤，伤者在市人民医院救治。
消防救援人员120人、救护车16台在现场处置，市政府启动二级应急响应，副市长在现场指挥，调查组已成立，爆炸原因正在调查，失联人员正在搜寻。
我们对遇难者表示沉痛哀悼，已安排专人陪护家属。请群众不要前往现场。咨询电话：0935-8212345。
下次发布时间为今日23时。
金川区应急管理局"""
EMPTY = "事故发生后，区委区政府高度重视，第一时间作出部署，全力以赴开展救援，各项工作正在有序推进。"


@pytest.fixture
def station(database: Database) -> Station:
    made = Station(database)
    explosion(made)
    made.clock.now = T0 + H
    return made


def respond(station: Station, wording: str, kind: ResponseKind = RELEASE, title: str = "情况通报") -> None:
    now = station.clock()
    station.parts.desk.respond(1, kind, title=title, url="", published_at=now, by="王", now=now, text=wording)


def kept(station: Station, matter: int = 1) -> dict[int, KeptCheck]:
    with station.database.read() as connection:
        return release_checks.of_matter(connection, matter)


def promises(station: Station, matter: int = 1) -> list[DeadlineView]:
    with station.database.read() as connection:
        return [d for d in views.deadlines(connection, matter_id=matter) if d.obligation_id == "OP-PROMISE"]


def test_a_release_is_kept_with_what_was_found_and_its_promise_is_owed(station: Station) -> None:
    respond(station, FIRST)
    (one,) = kept(station).values()
    assert (one.by, one.text, one.score) == ("王", FIRST, 100)
    assert [f.check for f in one.findings] == list(Check)
    assert next(f for f in one.findings if f.check is Check.FIGURES).mark is Mark.FULFILLED
    (promise,) = promises(station)
    assert promise.state is DeadlineState.OPEN
    assert (promise.started_at, promise.due_at) == (T0 + H, read("2026-07-09T23:00"))
    station.clock.now = T0 + 150 * M
    respond(station, "", FOLLOW_UP, "续报")
    assert [d.state for d in promises(station)] == [DeadlineState.MET]


def test_a_broken_promise_is_told_and_missed(station: Station) -> None:
    respond(station, FIRST)
    for minutes in (61, 95, 151, 181):
        station.clock.now = T0 + minutes * M
        station.watch()
    assert [d.state for d in promises(station)] == [DeadlineState.MISSED]
    with station.database.read() as connection:
        told = [a.reason.value for a in views.alerts(connection, matter_id=1) if a.obligation_id == "OP-PROMISE"]
    assert sorted(told) == ["due", "opened", "reminder", "reminder"]


def test_the_emptiest_release_meets_the_five_hours_all_the_same(station: Station) -> None:
    respond(station, EMPTY)
    assert station.states()["OP-AUTH-5H"] == "met"
    (one,) = kept(station).values()
    assert one.score is not None
    assert one.score < 25
    assert promises(station) == []


def test_the_next_release_is_compared_with_the_last(station: Station) -> None:
    respond(station, FIRST)
    station.clock.now = T0 + 3 * H
    respond(station, FIRST.replace("11人死亡", "9人死亡"), FOLLOW_UP, "续报")
    second = kept(station)[2]
    notes = {remark.note for finding in second.lacking for remark in finding.remarks}
    assert {Note.LOWER_THAN_BEFORE, Note.LIKE_LAST, Note.LOWER_THAN_REPORTS} <= notes
    assert second.text.count("9人死亡") == 1


def test_a_text_may_come_later_and_its_promise_is_owed_then(station: Station) -> None:
    respond(station, "")
    assert kept(station) == {}
    assert promises(station) == []
    card = station.parts.desk.add_text(1, FIRST, by="李", now=station.clock())
    assert card.score == 100
    assert kept(station)[1].by == "李"
    assert [d.due_at for d in promises(station)] == [read("2026-07-09T23:00")]
    # Its own earlier text is no earlier release.
    again = station.parts.desk.add_text(1, FIRST.replace("23时", "22时"), by="李", now=station.clock())
    assert Note.LIKE_LAST not in {r.note for f in again.lacking for r in f.remarks}
    assert kept(station)[1].text.count("22时") == 1
    assert [d.due_at for d in promises(station)] == [read("2026-07-09T22:00")]


def test_nobody_moves_what_the_public_was_told(station: Station) -> None:
    respond(station, FIRST)
    (promise,) = promises(station)
    now = station.clock()
    with pytest.raises(PromisedToThePublic):
        station.parts.desk.set_anchor(promise.id, at=now, by="王", now=now, reason="改到明天")
    station.parts.desk.waive(promise.id, by="王", now=now, reason="时间系误读")
    assert [d.state for d in promises(station)] == [DeadlineState.WAIVED]


def test_what_cannot_be_checked_is_refused_with_its_reason(station: Station) -> None:
    desk = station.parts.desk
    with pytest.raises(UnknownResponse):
        desk.add_text(9, FIRST, by="李", now=station.clock())
    with pytest.raises(UnknownIncident):
        desk.check_release(9, FIRST, now=station.clock())
    respond(station, "")
    with pytest.raises(EmptyText):
        desk.add_text(1, " \n", by="李", now=station.clock())
    bare = Desk(station.database, station.parts.pack, station.parts.grader, REGION)
    with pytest.raises(NotSetUp):
        bare.check_release(1, FIRST, now=station.clock())


def test_a_draft_is_checked_and_not_kept(station: Station) -> None:
    card = station.parts.desk.check_release(1, FIRST, now=station.clock())
    assert (card.score, card.promised_at) == (100, read("2026-07-09T23:00"))
    assert kept(station) == {}
    assert promises(station) == []


class _Broken(Checker):
    def __init__(self) -> None:
        pass

    def checked(self, text: str, known: Circumstances) -> Scorecard:
        raise ZeroDivisionError(text, known)


def test_a_fault_of_the_checks_holds_no_response_back(station: Station, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(station.database, station.parts.pack, station.parts.grader, REGION, Proofreader(_Broken))
    now = station.clock()
    desk.respond(1, RELEASE, title="通报", url="", published_at=now, by="王", now=now, text=FIRST)
    assert station.states()["OP-AUTH-5H"] == "met"
    (one,) = kept(station).values()
    assert one.score is None
    assert {r.note for f in one.findings for r in f.remarks} == {Note.NOT_CHECKED}
    assert "could not be checked" in caplog.text


def test_a_promise_moves_with_its_incident(station: Station) -> None:
    respond(station, FIRST)
    station.clock.now = T0 + 65 * M
    station.tell("酒泉市玉门市一炼油厂爆炸致13人死亡", at=station.clock())
    now = station.clock()
    with station.database.read() as connection:
        other = next(i.id for i in views.incidents(connection) if i.id != 1)
    station.parts.desk.merge(1, other, by="王", now=now)
    assert [d.state for d in promises(station)] != [DeadlineState.OPEN]
    assert [(d.state, d.due_at) for d in promises(station, other)] == [(DeadlineState.OPEN, read("2026-07-09T23:00"))]
    assert kept(station, other)[1].score == 100


def test_the_log_of_the_database_tells_which_text_it_was_and_not_the_text(station: Station) -> None:
    respond(station, FIRST)
    (one,) = kept(station).values()
    with station.database.read() as connection:
        rows = connection.execute(text("SELECT text FROM audit WHERE subject LIKE 'release_check%'")).mappings().all()
    assert len(rows) == 1
    assert "沉痛哀悼" not in str(dict(rows[0]))
    assert "digest" in str(dict(rows[0]))
    assert one.words in str(dict(rows[0]))
