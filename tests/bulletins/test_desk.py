"""A night in issues: made at once, followed by a sequel, edited, reviewed, signed, declared void."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.bulletins.bulletin import (
    Bulletin,
    BulletinKind,
    BulletinState,
    Content,
    Section,
    SectionKey,
    digest,
)
from monitor.core.bulletins.passing import (
    LONGEST_TEXT,
    BulletinMoved,
    OwnBulletin,
    PassedByOthers,
    SignedByOther,
)
from monitor.core.errors import Mistake, ReasonMissing, UnknownIncident
from monitor.core.model import ResponseKind
from monitor.store import bulletins, views
from monitor.store.database import Database
from responders.desk.bulletins import JustMade, NothingChosen, UnknownBulletin
from responders.desk.drafts import CommentMissing, NotInYourRole
from tests.bulletins.shared import H, M, exploded, make, stored, text_of
from tests.responders.console.station import T0, Station

ENTRY = (Section(SectionKey.ENTRY, "一起爆炸", "金昌", "incident:1"),)


@pytest.fixture
def station(database: Database) -> Station:
    return exploded(Station(database, "zh"))


@pytest.fixture
def staff(station: Station) -> dict[str, Account]:
    hire = station.people.hire
    return {
        "wang": hire("wang", AccountRole.DUTY, name="王敏"),
        "li": hire("li", AccountRole.REVIEWER, name="李强"),
        "zhao": hire("zhao", AccountRole.APPROVER, name="赵磊"),
        "county": hire("county", AccountRole.COUNTY, name="县", region="620302"),
        "far": hire("far", AccountRole.COUNTY, name="远", region="620700"),
    }


def respond(station: Station) -> None:
    station.parts.desk.respond(
        1,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="情况通报",
        url="https://release.example.cn/1.html",
        published_at=station.clock(),
        by="王敏",
        now=station.clock(),
        text="7月9日19时40分许，金昌市金川区一化工仓库发生爆炸，造成11人死亡。",
    )


def test_the_first_issue_says_what_is_known_and_what_is_not(station: Station) -> None:
    made = make(station)
    told = text_of(made)
    assert (made.year, made.number, made.sequel, made.state) == (2026, 1, 0, BulletinState.DRAFT)
    for fact in ("2026-07-09 19:40", "金昌市金川区", "11 人死亡", "示例晚报", "https://evening.example.cn", "尚未回应"):
        assert fact in told
    assert "剩余 3:40" in told
    assert SectionKey.CHANGES not in {section.key for section in made.content.sections}
    station.tell("某地一居民楼起火", "某地一居民楼起火，1人受伤。", by="city")
    assert "未知" in text_of(make(station, incident=2))


def test_a_sequel_says_what_changed_and_the_first_issue_stays_as_it_was(station: Station) -> None:
    first = make(station)
    station.clock.now = T0 + H + 10 * M
    respond(station)
    station.clock.now = T0 + 2 * H
    station.tell("爆炸遇难人数升至13人", "金昌市金川区化工仓库爆炸事故已造成13人死亡，24人受伤。", by="release")
    station.watch()
    second = make(station, after=first.id)
    changed = next(s.text for s in second.content.sections if s.key is SectionKey.CHANGES)
    assert (second.number, second.sequel, second.follows) == (2, 1, first.id)
    assert "快报2026年第1期" in changed
    assert "11 人死亡 → 13 人死亡" in changed
    assert "按时履行" in changed
    assert "情况通报" in changed
    assert stored(station, first.id) == first
    third = make(station)
    assert third.sequel == 2
    assert "均无变化" in next(s.text for s in third.content.sections if s.key is SectionKey.CHANGES)


def test_a_false_alarm_is_told_by_the_sequel(station: Station) -> None:
    make(station)
    station.parts.desk.dismiss(1, by="王敏", now=station.clock(), reason="实为演练")
    told = text_of(make(station))
    assert "实为演练" in told.split("基本情况")[0]
    assert "实为演练" in told.split("基本情况")[1]
    assert "完成首次权威信息发布" not in told


def test_however_much_happened_an_issue_can_be_made(station: Station) -> None:
    make(station)
    for n in range(30):
        station.parts.desk.respond(
            1,
            ResponseKind.REPLY,
            title=f"{n}" + "答" * 400,
            url="https://release.example.cn/" + "x" * 290 + f"{n}",
            published_at=station.clock(),
            by="王敏",
            now=station.clock(),
        )
    made = make(station)
    assert max(len(section.text) for section in made.content.sections) <= LONGEST_TEXT
    assert "另有" in text_of(made)


def test_kinds_and_years_are_numbered_each_for_itself(station: Station) -> None:
    assert [make(station).number, make(station, BulletinKind.SPECIAL).number, make(station).number] == [1, 1, 2]
    # In Beijing the year is over eight hours sooner.
    station.clock.now = T0.replace(month=12, day=31, hour=17)
    made = make(station)
    assert (made.year, made.number) == (2027, 1)


def test_a_void_issue_keeps_its_number_and_is_followed_by_nobody(station: Station) -> None:
    first = make(station)
    desk = station.parts.desk.bulletins
    with pytest.raises(ReasonMissing):
        desk.void(first.id, by="王敏", now=station.clock(), reason=" ")
    void = desk.void(first.id, by="王敏", now=station.clock(), reason="重复")
    assert (void.state, void.number) == (BulletinState.VOID, 1)
    second = make(station)
    assert (second.number, second.sequel, second.follows) == (2, 0, None)
    third = make(station)
    desk.void(third.id, by="王敏", now=station.clock(), reason="重复")
    # Whoever was shown the void one is not told of a new one; and no name is given twice.
    fourth = make(station, after=third.id)
    assert (third.sequel, fourth.sequel, fourth.follows) == (1, 2, second.id)


def race(acts: list[Callable[[], Bulletin]]) -> list[Bulletin | Mistake]:
    """Do all at once and return what came of each."""
    gate, found = threading.Barrier(len(acts)), list[Bulletin | Mistake]()

    def run(act: Callable[[], Bulletin]) -> None:
        gate.wait()
        try:
            found.append(act())
        except Mistake as mistake:
            found.append(mistake)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_who_press_at_once_get_one_issue(station: Station) -> None:
    found = race([lambda: make(station, after=0)] * 2)
    made = [one for one in found if isinstance(one, Bulletin)]
    refused = [one for one in found if isinstance(one, JustMade)]
    assert (len(made), len(refused)) == (1, 1)
    assert refused[0].bulletin.id == made[0].id


def test_many_at_once_get_numbers_without_gap_or_double(station: Station) -> None:
    desk = station.parts.desk.bulletins
    now = station.clock()

    def newsletter() -> Bulletin:
        return desk.issue(BulletinKind.MOBILE, "舆情信息", ENTRY, language="zh", by="王敏", now=now)

    found = race([lambda: make(station), newsletter] * 4)
    assert all(isinstance(one, Bulletin) for one in found), found
    with station.database.read() as connection:
        for kind in ("flash", "mobile"):
            asked = text("SELECT number FROM bulletin WHERE kind = :kind ORDER BY number")
            assert list(connection.scalars(asked, {"kind": kind})) == [1, 2, 3, 4]


def test_it_goes_from_hand_to_hand(station: Station, staff: dict[str, Account]) -> None:
    desk, now = station.parts.desk.bulletins, station.clock()
    made = make(station, by=staff["wang"].by)
    for nobody in ("county", "zhao"):
        with pytest.raises(NotInYourRole):
            desk.review(made.id, seen=1, by=staff[nobody].by, now=now)
    with pytest.raises(CommentMissing):
        desk.send_back(made.id, seen=1, by=staff["li"].by, now=now, comment="")
    desk.send_back(made.id, seen=1, by=staff["li"].by, now=now, comment="补充地点")
    sections = (
        Section(SectionKey.SITUATION, "基本情况", "地点：金川区\n\n 时间：19时40分"),
        *made.content.sections[1:],
    )
    saved = desk.save(made.id, Content("快报", sections), seen=1, by=staff["wang"].by, now=now)
    assert saved.content.sections[0].text == "地点：金川区\n时间：19时40分"
    with pytest.raises(BulletinMoved):
        desk.review(made.id, seen=1, by=staff["li"].by, now=now)
    assert desk.review(made.id, seen=2, by=staff["li"].by, now=now).state is BulletinState.REVIEWED
    signed = desk.sign(made.id, seen=2, by=staff["zhao"].by, now=now)
    assert signed.state is BulletinState.SIGNED
    assert signed.steps[-1].hash == digest(signed)
    # An edit takes both away; the versions stay.
    again = desk.save(made.id, Content("快报二", sections), seen=2, by=staff["wang"].by, now=now)
    assert again.state is BulletinState.DRAFT
    with station.database.read() as connection:
        assert [one.number for one in bulletins.versions(connection, made.id)] == [1, 2, 3]
        states = connection.scalars(text("SELECT state FROM bulletin")).all()
    assert states == ["draft"]


def test_what_was_passed_is_changed_by_its_author_or_who_signs(station: Station, staff: dict[str, Account]) -> None:
    desk, now = station.parts.desk.bulletins, station.clock()
    other = station.people.hire("sun", AccountRole.DUTY, name="孙洋")
    both = station.people.hire("zhou", AccountRole.DUTY, AccountRole.APPROVER, name="周正")

    def passed(by: str) -> int:
        number = make(station, by=by).id
        desk.review(number, seen=1, by=staff["li"].by, now=now)
        return desk.sign(number, seen=1, by=staff["zhao"].by, now=now).id

    def void(number: int, by: str) -> BulletinState:
        return desk.void(number, by=by, now=now, reason="x").state

    first = passed(staff["wang"].by)
    for stranger in (staff["county"].by, other.by):
        with pytest.raises(PassedByOthers):
            void(first, stranger)
        with pytest.raises(PassedByOthers):
            desk.save(first, Content("x", ENTRY), seen=1, by=stranger, now=now)
    for judge in (staff["li"].by, both.by):
        with pytest.raises(SignedByOther):
            desk.send_back(first, seen=1, by=judge, now=now, comment="x")
    assert stored(station, first).state is BulletinState.SIGNED
    assert void(first, staff["wang"].by) is BulletinState.VOID
    assert void(passed(staff["wang"].by), both.by) is BulletinState.VOID
    own = passed(staff["county"].by)
    with pytest.raises(PassedByOthers):
        void(own, staff["county"].by)
    desk.send_back(own, seen=1, by=staff["zhao"].by, now=now, comment="x")
    assert void(own, staff["county"].by) is BulletinState.VOID


def test_the_county_acts_in_its_region_only(station: Station, staff: dict[str, Account]) -> None:
    assert make(station, by=staff["county"].by).number == 1
    with pytest.raises(NotInYourRole):
        make(station, by=staff["far"].by)
    with pytest.raises(NotInYourRole):
        station.parts.desk.bulletins.issue(
            BulletinKind.MONTHLY, "月报", ENTRY, language="zh", by=staff["county"].by, now=station.clock()
        )
    # What was refused took no number.
    assert make(station, by=staff["wang"].by).number == 2


def test_one_name_does_not_pass_itself_where_nobody_has_an_account(station: Station) -> None:
    desk, now = station.parts.desk.bulletins, station.clock()
    made = make(station, by="王敏")
    with pytest.raises(OwnBulletin):
        desk.review(made.id, seen=1, by=" 王敏 ", now=now)
    desk.review(made.id, seen=1, by="李强", now=now)
    with pytest.raises(OwnBulletin):
        desk.sign(made.id, seen=1, by="李强", now=now)


def test_what_is_not_there_is_refused(station: Station) -> None:
    desk, now = station.parts.desk.bulletins, station.clock()
    with pytest.raises(UnknownBulletin):
        desk.void(9, by="王敏", now=now, reason="x")
    with pytest.raises(UnknownIncident):
        make(station, incident=99)
    with pytest.raises(NothingChosen):
        desk.issue(BulletinKind.MOBILE, "x", (), language="zh", by="王敏", now=now)


def test_issues_stay_with_an_incident_that_became_part_of_another(station: Station) -> None:
    station.tell("金昌市永昌县一烟花厂爆炸 12人遇难", "金昌市永昌县一烟花厂发生爆炸，造成12人死亡。", by="city")
    made = make(station, incident=2)
    station.parts.desk.merge(2, 1, by="王敏", now=station.clock(), reason="同一事件")
    with station.database.read() as connection:
        assert [one.id for one in bulletins.of_matter(connection, 1)] == [made.id]
    assert make(station).follows == made.id


def test_issues_stay_through_two_mergers(station: Station) -> None:
    station.tell("金昌市永昌县一烟花厂爆炸 12人遇难", "金昌市永昌县一烟花厂发生爆炸，造成12人死亡。", by="city")
    station.tell("天水市秦州区一居民楼起火 12人死亡", "天水市秦州区一居民楼起火，12人死亡，明火已被扑灭。", by="city")
    made = make(station, incident=3)
    for source, target in ((3, 2), (2, 1)):
        station.parts.desk.merge(source, target, by="王敏", now=station.clock(), reason="同一事件")
    sequel = make(station)
    assert (sequel.follows, sequel.sequel) == (made.id, 1)


def test_the_first_report_is_a_report(station: Station) -> None:
    station.tell("金昌金川区化工仓库 为什么要建在居民区旁边", by="list", at=T0 - 40 * M)
    station.tell("金昌市金川区化工仓库爆炸 背景：该企业曾被处罚", by="city", at=T0 - 30 * M)
    facts = make(station).facts
    assert facts is not None
    with station.database.read() as connection:
        asked = text("SELECT item_id FROM incident_item WHERE matter_id = 1 AND why = 'related'")
        related = set(connection.scalars(asked))
    assert related
    assert facts.first is not None
    assert facts.first.item not in related


def test_each_figure_names_who_last_changed_it_and_a_correction_its_person(station: Station) -> None:
    station.clock.now = T0 + 2 * H
    station.tell("金昌金川区化工仓库爆炸 伤者增至30人", "金昌市金川区化工仓库爆炸事故，受伤人员增至30人。", by="city")
    toll = next(line for line in text_of(make(station)).splitlines() if line.startswith("伤亡"))
    city, release = (station.parts.names.source(name) for name in ("city", "release"))
    dead, hurt = toll.split("30 人受伤")
    assert release in dead
    assert city not in dead
    assert city in hurt
    station.clock.now += M
    station.parts.desk.correct(1, figures={"deaths": 5}, by="王敏", now=station.clock(), reason="核实")
    toll = next(line for line in text_of(make(station)).splitlines() if line.startswith("伤亡"))
    assert "5 人死亡（人工认定" in toll
    assert release not in toll


def test_a_release_that_was_withdrawn_is_called_so(station: Station) -> None:
    respond(station)
    station.clock.now += 10 * M
    station.parts.desk.retract(1, by="王敏", now=station.clock(), reason="错误")
    told = text_of(make(station, BulletinKind.SPECIAL))
    assert "已发布的内容均已撤回" in told
    assert "尚未发布" not in told
    assert "尚未回应" not in told


def test_a_deadline_that_was_moved_is_told_by_the_sequel(station: Station) -> None:
    make(station)
    with station.database.read() as connection:
        deadlines = [one.id for one in views.deadlines(connection, matter_id=1)]
    station.clock.now += M
    station.parts.desk.set_anchor(deadlines[0], at=T0 + 30 * M, by="王敏", now=station.clock(), reason="核实")
    told = next(s.text for s in make(station).content.sections if s.key is SectionKey.CHANGES)
    assert "截止时间变更" in told
    assert "均无变化" not in told


def test_the_log_of_the_database_tells_who_did_what_and_holds_no_text(station: Station) -> None:
    made = make(station)
    station.parts.desk.bulletins.review(made.id, seen=1, by="李强", now=station.clock())
    with station.database.read() as connection:
        rows = connection.execute(text("SELECT kind, matter_id, text FROM audit WHERE kind LIKE 'bulletin%'")).all()
    assert {row.kind for row in rows} == {
        "bulletin.added", "bulletin_version.added", "bulletin_step.added", "bulletin.changed",
    }  # fmt: skip
    assert {row.matter_id for row in rows} == {1}
    assert not any("金川" in row.text for row in rows)
    assert any("李强" in row.text for row in rows)
