"""A night at the desk: a release goes from hand to hand, or goes out first and is reviewed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.drafts.draft import Draft, DraftState, Gate, Verdict, Wording
from monitor.core.drafts.gates import DraftClosed, DraftMoved, PathNotPassed, SamePerson
from monitor.core.errors import Mistake
from monitor.core.model import AlertReason, ResponseKind
from monitor.core.people.contacts import Contact
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import Act
from monitor.core.views import AlertView
from monitor.loops.drafts import DraftWatch
from monitor.store import drafts, views
from monitor.store.database import Database
from monitor.store.matter_facts import acts_of
from responders.accounts.register import Register
from responders.desk.drafts import CommentMissing, DraftConflict, DraftDesk, ElsewherePublished, NotInYourRole
from tests.accounts.people import QUICK
from tests.responders.console.scenes import explosion
from tests.responders.console.station import T0, Station

H, M = timedelta(hours=1), timedelta(minutes=1)
RELEASE = ResponseKind.AUTHORITATIVE_RELEASE
DUTY = Duty(contacts={one: Contact(one, one, ()) for one in ("wm", "lq", "zl")})
PLACE = "https://yjj.example.cn/tzgg/"
WORDS = Wording(kind=RELEASE, title="情况通报", text="7月9日19时40分许，仓库发生爆炸，11人死亡。", place=PLACE)


@pytest.fixture
def station(database: Database) -> Station:
    made = Station(database)
    made.parts.duty = DUTY
    made.parts.pack = replace(made.parts.pack, duty=DUTY)
    made.people.register = Register(database, QUICK, common=(), own=(), duty=DUTY)
    explosion(made)
    made.clock.now = T0 + H
    return made


@pytest.fixture
def staff(station: Station) -> dict[str, Account]:
    """Return people in each role; zhang is both duty officer and reviewer, as in a small office."""
    hire = station.people.hire
    return {
        "wang": hire("wang", AccountRole.DUTY, name="王敏", contact="wm"),
        "li": hire("li", AccountRole.REVIEWER, name="李强", contact="lq"),
        "zhao": hire("zhao", AccountRole.APPROVER, name="赵磊", contact="zl"),
        "zhang": hire("zhang", AccountRole.DUTY, AccountRole.REVIEWER, AccountRole.APPROVER, name="张"),
        "far": hire("far", AccountRole.COUNTY, name="远", region="620700"),
    }


def desk(station: Station) -> DraftDesk:
    return station.parts.desk.drafts


def begin(station: Station, by: str, wording: Wording = WORDS) -> Draft:
    return desk(station).begin(1, wording, by=by, now=station.clock())


def judge(
    station: Station, draft: Draft, gate: Gate, by: str, verdict: Verdict = Verdict.PASSED, say: str = ""
) -> Draft:
    number = stored(station, draft.id).version.number
    return desk(station).judge(draft.id, gate, verdict, seen=number, by=by, now=station.clock(), comment=say)


def stored(station: Station, number: int) -> Draft:
    with station.database.read() as connection:
        found = drafts.draft(connection, number)
    assert found is not None
    return found


def submitted(station: Station, by: str) -> Draft:
    draft = begin(station, by)
    return desk(station).submit(draft.id, seen=1, by=by, now=station.clock())


def publish(station: Station, draft: Draft, by: str, *, urgent: str = "", url: str = "", seen: int = 0) -> None:
    now = station.clock()
    number = seen or stored(station, draft.id).version.number
    desk(station).publish(draft.id, seen=number, published_at=now, by=by, now=now, urgent=urgent, url=url)


def look(station: Station) -> list[AlertView]:
    DraftWatch(station.database, station.parts.pack, desk(station).path).tick(station.clock())
    with station.database.read() as connection:
        return [one for one in views.alerts(connection, matter_id=1) if one.reason is AlertReason.REVIEW]


def test_a_release_goes_through_all_hands_and_meets_the_deadline(station: Station, staff: dict[str, Account]) -> None:
    draft = submitted(station, staff["wang"].by)
    judge(station, draft, Gate.SELF_REVIEW, staff["wang"].by)
    with pytest.raises(PathNotPassed):
        publish(station, draft, staff["wang"].by)
    judge(station, draft, Gate.SECRECY, staff["li"].by, say="不涉密")
    judge(station, draft, Gate.APPROVAL, staff["zhao"].by)
    station.clock.advance(minutes=5)
    publish(station, draft, staff["wang"].by, url=PLACE + "1.html")
    assert station.states()["OP-AUTH-5H"] == "met"
    done = stored(station, draft.id)
    assert done.state is DraftState.PUBLISHED
    assert done.later_due_at is None
    assert done.path == (Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL)
    with station.database.read() as connection:
        response = views.response(connection, done.response_id or 0)
        kept = connection.execute(text("SELECT text FROM release_check")).scalar_one()
        told = connection.execute(text("SELECT detail FROM decision WHERE verb = 'respond'")).scalar_one()
    assert response is not None
    assert (response.title, response.url, response.by) == ("情况通报", PLACE + "1.html", "王敏")
    assert kept == f"{WORDS.title}\n{WORDS.text}"
    assert '"review": "passed"' in str(told).replace("'", '"')
    with pytest.raises(DraftClosed):
        publish(station, draft, staff["wang"].by)


def test_an_edit_takes_the_approval_away(station: Station, staff: dict[str, Account]) -> None:
    draft = submitted(station, staff["wang"].by)
    for gate, who in ((Gate.SELF_REVIEW, "wang"), (Gate.SECRECY, "li"), (Gate.APPROVAL, "zhao")):
        judge(station, draft, gate, staff[who].by)
    changed = Wording(kind=RELEASE, title=WORDS.title, text=WORDS.text + "下次发布时间为今日23时。", place=PLACE)
    now = station.clock()
    desk(station).save(draft.id, changed, seen=1, by=staff["wang"].by, now=now)
    with pytest.raises(PathNotPassed):
        publish(station, draft, staff["wang"].by)
    with pytest.raises(DraftMoved):
        publish(station, draft, staff["wang"].by, seen=1)
    with pytest.raises(DraftMoved, match="王敏"):
        desk(station).judge(draft.id, Gate.SELF_REVIEW, Verdict.PASSED, seen=1, by=staff["wang"].by, now=now)
    lapsed = [step.gate for step in stored(station, draft.id).steps if step.verdict is Verdict.LAPSED]
    assert lapsed == [Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL]
    assert not [d for d in station.states().values() if d == "met"]


def test_one_person_with_every_role_cannot_do_it_alone(station: Station, staff: dict[str, Account]) -> None:
    zhang, wang = staff["zhang"].by, staff["wang"].by
    draft = submitted(station, zhang)
    judge(station, draft, Gate.SELF_REVIEW, zhang)
    with pytest.raises(SamePerson):
        judge(station, draft, Gate.SECRECY, zhang)
    judge(station, draft, Gate.SECRECY, staff["li"].by)
    with pytest.raises(SamePerson):
        judge(station, draft, Gate.APPROVAL, zhang)
    other = submitted(station, wang)
    judge(station, other, Gate.SELF_REVIEW, wang)
    judge(station, other, Gate.SECRECY, zhang)
    with pytest.raises(SamePerson):
        judge(station, other, Gate.APPROVAL, zhang)
    judge(station, other, Gate.APPROVAL, staff["zhao"].by)
    for act in (
        lambda: publish(station, other, zhang),
        lambda: desk(station).save(
            other.id, Wording(kind=RELEASE, title="x", text="y"), seen=1, by=zhang, now=station.clock()
        ),
    ):
        with pytest.raises(SamePerson):
            act()
    publish(station, other, wang)


@pytest.mark.parametrize("who", ["li", "far", "nobody", "typed"])
def test_whose_roles_do_not_allow_it_is_refused_at_the_desk_itself(
    station: Station, staff: dict[str, Account], who: str
) -> None:
    by = staff[who].by if who in staff else "王敏"
    if who == "nobody":
        station.people.register.disable(staff["wang"].login, by="test", now=station.clock())
        by = staff["wang"].by
    with pytest.raises(NotInYourRole):
        begin(station, by)


def test_two_write_at_once_and_both_texts_are_kept(station: Station) -> None:
    draft = begin(station, "王")
    first = Wording(kind=RELEASE, title="通报", text="甲", place=PLACE)
    second = Wording(kind=RELEASE, title="通报", text="乙", place=PLACE)
    now = station.clock()
    desk(station).save(draft.id, first, seen=1, by="李", now=now)
    with pytest.raises(DraftConflict, match="李"):
        desk(station).save(draft.id, second, seen=1, by="王", now=now)
    # Whoever presses the button twice has not been overtaken by himself.
    assert desk(station).save(draft.id, first, seen=1, by="李", now=now).version.number == 2
    desk(station).save(draft.id, second, seen=2, by="王", now=now)
    with station.database.read() as connection:
        assert [v.wording.text for v in drafts.versions(connection, draft.id)] == [WORDS.text, "甲", "乙"]


def test_published_first_and_reviewed_afterwards(station: Station, staff: dict[str, Account]) -> None:
    draft = begin(station, staff["wang"].by)
    publish(station, draft, staff["wang"].by, urgent="五小时将到，分管领导联系不上")
    assert station.states()["OP-AUTH-5H"] == "met"
    published = stored(station, draft.id)
    assert published.later_due_at == station.clock() + 24 * H
    assert [one.point for one in look(station)] == ["draft:later"]
    assert not look(station)[0].page
    station.clock.advance(hours=22, minutes=50)
    assert len(look(station)) == 1
    station.clock.advance(minutes=20)
    assert len(look(station)) == 2
    station.clock.advance(hours=1)
    assert len(look(station)) == 3
    station.clock.advance(hours=24)
    assert len(look(station)) == 4
    judge(station, draft, Gate.SELF_REVIEW, staff["zhang"].by)
    with pytest.raises(NotInYourRole):
        judge(station, draft, Gate.SECRECY, staff["wang"].by)
    judge(station, draft, Gate.SECRECY, staff["li"].by)
    judge(station, draft, Gate.APPROVAL, staff["zhao"].by)
    assert stored(station, draft.id).later_due_at is None
    station.clock.advance(hours=48)
    assert len(look(station)) == 4
    with station.database.read() as connection:
        verbs = [line.what for line in views.log(connection, 1) if line.by]
    assert verbs.count("publish_urgently") == 1
    assert verbs.count("review_later") == 3


def test_a_review_that_objects_afterwards_wakes_people(station: Station, staff: dict[str, Account]) -> None:
    draft = begin(station, staff["wang"].by)
    publish(station, draft, staff["wang"].by, urgent="来不及")
    judge(station, draft, Gate.SELF_REVIEW, staff["wang"].by)
    judge(station, draft, Gate.SECRECY, staff["li"].by, Verdict.RETURNED, "涉及未公开的伤员姓名")
    [told] = [one for one in look(station) if one.point == "draft:objected"]
    assert told.page
    assert "未公开" in told.detail["comment"]
    assert stored(station, draft.id).later_due_at is None
    station.clock.advance(hours=30)
    assert len([one for one in look(station) if one.point == "draft:objected"]) == 1


def test_a_draft_is_sent_back_with_a_word_and_comes_again(station: Station, staff: dict[str, Account]) -> None:
    draft = submitted(station, staff["wang"].by)
    judge(station, draft, Gate.SELF_REVIEW, staff["wang"].by)
    with pytest.raises(CommentMissing):
        judge(station, draft, Gate.SECRECY, staff["li"].by, Verdict.RETURNED, " ")
    judge(station, draft, Gate.SECRECY, staff["li"].by, Verdict.RETURNED, "删去伤员姓名")
    assert stored(station, draft.id).state is DraftState.DRAFTING
    with pytest.raises(Mistake, match="handed in"):
        judge(station, draft, Gate.SECRECY, staff["li"].by)
    [told] = look(station)
    assert (told.point, told.detail["comment"]) == ("draft:returned", "删去伤员姓名")


def test_the_approved_site_is_the_published_one(station: Station, staff: dict[str, Account]) -> None:
    draft = submitted(station, staff["wang"].by)
    for gate, who in ((Gate.SELF_REVIEW, "wang"), (Gate.SECRECY, "li"), (Gate.APPROVAL, "zhao")):
        judge(station, draft, gate, staff[who].by)
    with pytest.raises(ElsewherePublished):
        publish(station, draft, staff["wang"].by, url="https://other.example.cn/1.html")
    assert stored(station, draft.id).state is DraftState.SUBMITTED


def test_only_those_are_told_whom_it_waits_for_and_not_every_minute(
    station: Station, staff: dict[str, Account]
) -> None:
    draft = submitted(station, staff["wang"].by)
    assert [one.point for one in look(station)] == ["draft:self_review"]
    judge(station, draft, Gate.SELF_REVIEW, staff["wang"].by)
    told = look(station)
    assert told[0].point == "draft:secrecy"
    assert [one.contact for one in told[0].audience] == ["lq"]
    assert told[0].page, "the five hours wait for it"
    station.clock.advance(minutes=59)
    assert len(look(station)) == 2
    station.clock.advance(minutes=1)
    assert len(look(station)) == 3
    judge(station, draft, Gate.SECRECY, staff["li"].by)
    told = look(station)
    assert (told[0].point, [one.contact for one in told[0].audience]) == ("draft:approval", ["zl"])
    desk(station).withdraw(draft.id, by=staff["wang"].by, now=station.clock(), reason="重写")
    station.clock.advance(hours=5)
    assert len(look(station)) == 4


def test_a_response_without_a_draft_says_that_nobody_reviewed_it(station: Station) -> None:
    now = station.clock()
    station.parts.desk.respond(1, RELEASE, title="通报", url="", published_at=now, by="王", now=now)
    with station.database.read() as connection:
        told = connection.execute(text("SELECT detail FROM decision WHERE verb = 'respond'")).scalar_one()
    assert '"review": "none"' in str(told).replace("'", '"')
    assert station.states()["OP-AUTH-5H"] == "met"


def test_drafts_follow_a_merge(station: Station) -> None:
    draft = begin(station, "王")
    station.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
    station.parts.desk.merge(1, 2, by="王", now=station.clock())
    assert stored(station, draft.id).matter_id == 2
    desk(station).submit(draft.id, seen=1, by="王", now=station.clock())


def test_one_draft_that_cannot_be_dealt_with_keeps_nobody_from_the_others(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (submitted(station, "王") for _ in range(2))
    real = drafts.told

    def told(connection: Connection, number: int) -> tuple[datetime | None, dict[str, datetime]]:
        if number == broken.id:
            raise ValueError("broken")
        return real(connection, number)

    monkeypatch.setattr(drafts, "told", told)
    for _ in range(6):
        found = look(station)
    assert [one.detail["draft"] for one in found] == [str(sound.id)]
    with station.database.read() as connection:
        points = [one.point for one in views.alerts(connection)]
    assert points.count("troubled:drafts") == 1
    monkeypatch.undo()
    station.clock.advance(hours=1)
    assert str(broken.id) in {one.detail["draft"] for one in look(station)}


def test_a_review_made_later_is_nobody_s_acknowledgement(station: Station, staff: dict[str, Account]) -> None:
    draft = begin(station, staff["wang"].by)
    publish(station, draft, staff["wang"].by, urgent="来不及")
    acted = [act.at for act in acts(station)]
    station.clock.advance(hours=1)
    judge(station, draft, Gate.SELF_REVIEW, staff["wang"].by)
    assert [act.at for act in acts(station)] == acted
    assert acted


def acts(station: Station) -> list[Act]:
    with station.database.read() as connection:
        return list(acts_of(connection, 1))
