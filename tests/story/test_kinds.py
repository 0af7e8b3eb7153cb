"""Clarifications, further releases and claims that were looked into: what is kept beside them, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from monitor.core.audit.certificate import examined
from monitor.core.errors import BadLink, Mistake, UnknownResponse
from monitor.core.hook_events import EventKind, HookEvent
from monitor.core.incidents.claims import CheckResult, ClaimStage
from monitor.core.model import ResponseKind
from monitor.core.particulars import Claim, Clarification, Conference, Continuation, Particulars
from monitor.core.views import ResponseView
from monitor.store import claims, hearings, views, whispers
from monitor.store.database import Database
from responders.certificates import Certificates
from responders.desk.claims import BasisMissing, UnknownClaim
from responders.desk.particulars import (
    ClaimOfAnother,
    FollowsAnother,
    FollowsWithdrawn,
    NotACount,
    NotOfThisKind,
    PromiseTooEarly,
    UnknownRank,
)
from responders.documents.certificate import certificate_sections
from responders.documents.hook_payload import hook_payload
from tests.responders.console.scenes import explosion, flooding
from tests.responders.console.station import T0, Station
from tests.story.rumour_mill import CLAIM, DENIAL, Mill

H, M = timedelta(hours=1), timedelta(minutes=1)
RELEASE, FURTHER = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.FOLLOW_UP_RELEASE
CONFERENCE, CLARIFIED = ResponseKind.PRESS_CONFERENCE, ResponseKind.CLARIFICATION


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database, "zh")


@pytest.fixture
def exploded(station: Station) -> Station:
    explosion(station)
    station.clock.now = T0 + H
    return station


def log(
    station: Station,
    kind: ResponseKind,
    said: Particulars | None = None,
    *,
    incident: int = 1,
    after: timedelta = M,
    text: str = "",
) -> ResponseView:
    station.clock.now += after
    now = station.clock()
    station.parts.desk.respond(
        incident,
        kind,
        title=f"通报 {station.clock():%H:%M}",
        url="",
        published_at=now,
        by="王敏",
        now=now,
        text=text,
        particulars=said,
    )
    with station.database.read() as connection:
        return views.responses(connection, matter_id=incident)[0]


def refused(station: Station, kind: ResponseKind, said: Particulars, why: type[Mistake], incident: int = 1) -> str:
    """Log what is refused; return what is said of it in Chinese, having kept nothing."""
    with station.database.read() as connection:
        before = len(views.responses(connection))
    with pytest.raises(why) as raised:
        log(station, kind, said, incident=incident)
    with station.database.read() as connection:
        assert len(views.responses(connection)) == before
    chinese = station.parts.words.mistake(raised.value)
    assert chinese != str(raised.value)
    return chinese


def test_a_conference_keeps_who_spoke_where_and_how_much_was_asked(exploded: Station) -> None:
    said = Conference(
        place=" 新闻\n发布厅",
        speaker="王某，局长",
        rank="head",
        questions=7,
        record_url="https://yjj.example.cn/s.html",
    )
    logged = log(exploded, CONFERENCE, said)
    kept = logged.particulars
    assert isinstance(kept, Conference)
    assert (kept.place, kept.rank, kept.questions) == ("新闻 发布厅", "head", 7)
    assert exploded.states()["OP-PRESS-24H"] == "met"


def test_a_conference_of_which_nothing_more_is_said_is_logged_as_ever(exploded: Station) -> None:
    assert log(exploded, CONFERENCE).particulars is None
    assert log(exploded, CONFERENCE, Conference()).particulars is None
    assert exploded.states()["OP-PRESS-24H"] == "met"


def test_logged_again_with_more_a_response_is_completed(exploded: Station) -> None:
    first = log(exploded, CONFERENCE)
    more = Conference(speaker="王某，局长", rank="head", record_url="https://yjj.example.cn/s.html")
    for said in (more, more, None, replace(more, questions=4)):
        exploded.parts.desk.respond(
            1,
            CONFERENCE,
            title=first.title,
            url="",
            published_at=first.published_at,
            by="李强",
            now=exploded.clock(),
            particulars=said,
        )
    with exploded.database.read() as connection:
        (only,) = views.responses(connection, matter_id=1)
        kept = connection.execute(text("SELECT count(*) FROM audit WHERE kind LIKE 'conference.%'")).scalar_one()
    assert only.particulars == replace(more, questions=4)
    assert only.by == "王敏"
    assert kept >= 2, "what was said before is in the audit log"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Conference(rank="chief"), UnknownRank),
        (Conference(questions=-1), NotACount),
        (Conference(questions=100_000), NotACount),
        (Conference(record_url="javascript:alert(1)"), BadLink),
        (Continuation(follows=1), NotOfThisKind),
    ],
)
def test_what_does_not_fit_a_conference_is_refused(exploded: Station, said: Particulars, why: type[Mistake]) -> None:
    refused(exploded, CONFERENCE, said, why)


def test_a_further_release_continues_one_and_its_promise_becomes_a_deadline(exploded: Station) -> None:
    first = log(exploded, RELEASE)
    promised = exploded.clock() + 4 * H
    second = log(exploded, FURTHER, Continuation(follows=first.id, promised_at=promised))
    assert second.particulars == Continuation(follows=first.id, promised_at=promised)
    assert second.promised_at == promised
    with exploded.database.read() as connection:
        (owed,) = [d for d in views.deadlines(connection, matter_id=1) if d.obligation_id == "OP-PROMISE"]
    assert owed.due_at == promised


def test_what_a_person_states_as_promised_is_not_overwritten_by_what_is_read(exploded: Station) -> None:
    first = log(exploded, RELEASE)
    promised = exploded.clock() + 4 * H
    text = "后续情况通报\n救援仍在进行。下次发布时间为7月10日9时。"
    second = log(exploded, FURTHER, Continuation(follows=first.id, promised_at=promised), text=text)
    assert second.promised_at == promised
    exploded.parts.desk.add_text(second.id, text, by="王敏", now=exploded.clock())
    third = log(exploded, FURTHER, Continuation(follows=first.id), text=text)
    with exploded.database.read() as connection:
        found = {one.id: one.promised_at for one in views.responses(connection, matter_id=1)}
    assert found[second.id] == promised
    assert found[third.id] not in (None, promised), "where nobody states one, what is read counts"


def test_a_further_release_of_what_does_not_stand_is_refused(exploded: Station) -> None:
    first = log(exploded, RELEASE)
    flooding(exploded)
    other = log(exploded, RELEASE, incident=2)
    reply = log(exploded, ResponseKind.REPLY)
    assert "不是事件 1" in refused(exploded, FURTHER, Continuation(follows=other.id), FollowsAnother)
    refused(exploded, FURTHER, Continuation(follows=reply.id), FollowsAnother)
    refused(exploded, FURTHER, Continuation(follows=999), UnknownResponse)
    early = Continuation(follows=first.id, promised_at=exploded.clock())
    assert "不晚于" in refused(exploded, FURTHER, early, PromiseTooEarly)
    exploded.parts.desk.retract(first.id, by="王敏", now=exploded.clock(), reason="内容有误")
    assert "撤回" in refused(exploded, FURTHER, Continuation(follows=first.id), FollowsWithdrawn)


def test_a_claim_goes_from_the_telling_over_the_check_to_the_clarification(station: Station) -> None:
    mill = Mill(station)
    for by in ("account", "friend", "list"):
        mill.tell(by, CLAIM, after=0.5)
    row = rows(station)[0]
    assert row.stage is ClaimStage.UNCHECKED
    assert row.open
    claim = row.claimed.claim
    check(station, claim, CheckResult.UNDECIDED, "已联系消防支队")
    assert rows(station)[0].stage is ClaimStage.UNDECIDED
    station.clock.now += M
    check(station, claim, CheckResult.FALSE, "园区管委会、消防支队均否认")
    (first, *_) = [one for one in rows(station) if one.claimed.claim == claim]
    assert first.stage is ClaimStage.TO_CLARIFY
    assert [one.result for one in first.checks] == [CheckResult.UNDECIDED, CheckResult.FALSE]
    logged = log(station, CLARIFIED, Clarification(claim=claim))
    assert logged.particulars == Clarification(claim=claim, title=CLAIM)
    (done,) = [one for one in rows(station) if one.claimed.claim == claim]
    assert done.stage is ClaimStage.CLARIFIED
    assert [one.id for one in done.cleared] == [logged.id]
    assert station.states()["OP-RUMOUR"] == "met"
    others = [one for one in rows(station) if one.claimed.claim != claim]
    assert all(one.open for one in others), "each claim is answered by itself"
    assert rows(station)[0].open, "the open ones stand first"
    station.parts.desk.retract(logged.id, by="王敏", now=station.clock(), reason="有误")
    (again,) = [one for one in rows(station) if one.claimed.claim == claim]
    assert again.stage is ClaimStage.TO_CLARIFY


def rows(station: Station, incident: int = 1) -> tuple[claims.ClaimRow, ...]:
    with station.database.read() as connection:
        return claims.read_claims(connection, incident).rows


def check(station: Station, claim: Claim | None, result: CheckResult, basis: str, incident: int = 1) -> int:
    return station.parts.desk.claims.check(incident, claim, result, basis=basis, by="李强", now=station.clock())


def views_items(station: Station, incident: int) -> list[int]:
    with station.database.read() as connection:
        return [one.id for one in views.items(connection, incident)]


def test_a_claim_of_another_incident_is_neither_checked_nor_clarified_here(station: Station) -> None:
    Mill(station).tell("account", CLAIM)
    flooding(station)
    (mine,) = rows(station)
    strange = mine.claimed.claim
    with station.database.read() as connection:
        other = next(one.id for one in views.incidents(connection) if one.id != 1)
    station.clock.now += H
    told = refused(station, CLARIFIED, Clarification(claim=strange), ClaimOfAnother, incident=other)
    assert f"不属于事件 {other}" in told
    with pytest.raises(ClaimOfAnother):
        check(station, strange, CheckResult.FALSE, "x", incident=other)
    with pytest.raises(ClaimOfAnother):
        check(station, Claim(whisper_id=77), CheckResult.FALSE, "x")
    reported = views_items(station, other)[0]
    with pytest.raises(ClaimOfAnother):
        check(station, Claim(item_id=reported), CheckResult.FALSE, "a report is no claim", incident=other)
    with pytest.raises(BasisMissing):
        check(station, strange, CheckResult.FALSE, "  ")
    assert rows(station)[0].checks == ()


def test_a_rumour_that_was_denied_before_it_was_told_is_checked_and_comes_along(station: Station) -> None:
    mill = Mill(station)
    mill.tell("police", DENIAL)
    with station.database.read() as connection:
        (whisper,) = whispers.listed(connection)
    desk = station.parts.desk.claims
    desk.check_whisper(whisper.id, CheckResult.FALSE, basis="警方", by="李强", now=station.clock())
    with pytest.raises(UnknownClaim):
        desk.check_whisper(999, CheckResult.FALSE, basis="警方", by="李强", now=station.clock())
    mill.tell("account", CLAIM, after=1)
    named = {row.claimed.claim.name: row for row in rows(station)}
    came = named[f"whisper:{whisper.id}"]
    assert [one.basis for one in came.checks] == ["警方"]
    assert came.stage is ClaimStage.TO_CLARIFY
    logged = log(station, CLARIFIED, Clarification(claim=Claim(whisper_id=whisper.id)))
    assert isinstance(logged.particulars, Clarification)
    assert logged.particulars.title == DENIAL


def test_open_rumours_stand_first(station: Station) -> None:
    mill = Mill(station)
    mill.tell("account", CLAIM)
    mill.tell("friend", "网传兰州一隧道坍塌15人被埋", after=1)

    def order() -> list[int]:
        with station.database.read() as connection:
            return [one.matter_id for one in hearings.rumours(connection, open_first=True)]

    assert order() == [2, 1]
    check(station, None, CheckResult.TRUE, "应急局", incident=2)
    assert order() == [1, 2]
    check(station, None, CheckResult.UNDECIDED, "再查", incident=2)
    assert order() == [2, 1]
    log(station, CLARIFIED, incident=1)
    assert order() == [2, 1]


def test_a_merge_takes_claims_and_checks_along(station: Station) -> None:
    mill = Mill(station)
    mill.tell("account", CLAIM)
    flooding(station)
    with station.database.read() as connection:
        other = next(one.id for one in views.incidents(connection) if one.id != 1)
    claim = rows(station)[0].claimed.claim
    check(station, claim, CheckResult.FALSE, "消防支队")
    station.clock.now += H
    station.parts.desk.merge(1, other, by="王敏", now=station.clock())
    moved = {row.claimed.claim: row for row in rows(station, other)}
    assert [one.basis for one in moved[claim].checks] == ["消防支队"]


def test_the_certificate_tells_what_is_kept_beside_a_response(exploded: Station) -> None:
    exploded.watch()
    first = log(exploded, RELEASE)
    log(exploded, CONFERENCE, Conference(place="新闻发布厅", speaker="王某，局长", rank="head", questions=3))
    log(exploded, FURTHER, Continuation(follows=first.id, promised_at=exploded.clock() + 5 * H))
    with exploded.database.read() as connection:
        number = next(d.id for d in views.deadlines(connection, matter_id=1) if d.obligation_id == "OP-PRESS-24H")
    issued: dict[str, Any] = Certificates(exploded.database, exploded.parts.pack, "局").issue(
        number, by="王敏", now=exploded.clock()
    )
    assert examined(issued).good
    said = [entry.text for part in certificate_sections(issued, exploded.parts.words) for entry in part.entries]
    for told in ("地点: 新闻发布厅", "发布人: 王某，局长", "答问数: 3", f"接续: 回应 {first.id}"):
        assert told in said, said
    changed = {**issued, "account": {**issued["account"], "conference": []}}
    assert not examined(changed).good


def test_an_event_tells_programs_what_stands_beside(exploded: Station) -> None:
    logged = log(exploded, CONFERENCE, Conference(place="新闻发布厅", rank="head"))
    event = HookEvent(kind=EventKind.RESPONSE_LOGGED, number=logged.id, at=exploded.clock(), matter_id=1, deadline=None)
    body = json.loads(hook_payload(event, exploded.parts.names, incident=None, response=logged))
    told = body["data"]["response"]
    assert told["conference"] == {
        "place": "新闻发布厅",
        "speaker": "",
        "rank": "head",
        "questions": None,
        "record_url": "",
    }
    assert told["promised_at"] is None
