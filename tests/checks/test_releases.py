"""The checks remark in written releases what has to be remarked, and nothing else."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.beijing import read
from monitor.core.checks.asked import questions
from monitor.core.checks.circumstances import Circumstances, Talk
from monitor.core.checks.kept import as_kept, findings_of, unchecked
from monitor.core.checks.moments import moments, spans_on
from monitor.core.checks.privacy import bank_cards, check_digit, identity_numbers
from monitor.core.checks.scorecard import Check, Mark, Note
from monitor.core.checks.substance import repeated
from monitor.core.model import ResponseKind, Severity
from monitor.core.naming import Names
from responders.documents.messages import Composer
from responders.documents.scorecard import NOTES, Proofs
from responders.language import Words
from tests.checks.releases import checker, compared, remarked, written

NOW = read("2026-07-09T17:10")
KNOWN = Circumstances(now=NOW)
FIRE = "7月9日14时20分许，城东新区一仓库发生火灾，消防救援人员58人到场，2人受伤送医救治，起火原因正在调查。"


@pytest.mark.parametrize("file", ["releases.yaml", "releases_held.yaml"])
def test_written_releases_get_the_remarks_that_they_need_and_no_others(file: str) -> None:
    told, counts = compared(file)
    assert told == []
    assert counts["promises"] == counts["texts"] >= 12


def test_good_releases_score_high_and_perfunctory_ones_low() -> None:
    scores = {one.name: checker().checked(one.text, one.known).score or 0 for one in written("releases.yaml")}
    assert scores["工厂火灾首发，齐全"] == 100
    assert scores["匿名得当"] == 100
    assert scores["只有空话"] < 25
    assert scores["政策解读，官话"] < 25
    assert scores["回复网民，敷衍"] == 0
    assert sorted(scores.values())[len(scores) // 2] > 75


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("下次发布时间为今日18时30分", "2026-07-09T18:30"),
        ("将于下午6点再次通报", "2026-07-09T18:00"),
        ("我局将于今日6时发布", "2026-07-09T18:00"),
        ("两小时后将再次通报", "2026-07-09T19:10"),
        ("半小时后发布最新情况", "2026-07-09T17:40"),
        ("一个半小时后发布", "2026-07-09T18:40"),
        ("将在24小时内发布调查进展", "2026-07-10T17:10"),
        ("每4小时发布一次", "2026-07-09T21:10"),
        ("每隔六小时通报一次", "2026-07-09T23:10"),
        ("明早将继续发布", "2026-07-10T09:00"),
        ("明早八点半将继续发布", "2026-07-10T08:30"),
        ("明日上午将召开新闻发布会", "2026-07-10T12:00"),
        ("将于7月10日（周五）上午10:00召开新闻发布会", "2026-07-10T10:00"),
        ("下一场新闻发布会定于后天15时举行", "2026-07-11T15:00"),
        ("今晚将再次通报", "2026-07-10T00:00"),
        ("今晚24时前发布", "2026-07-10T00:00"),
        ("凌晨2时将再次发布", "2026-07-10T02:00"),
        ("将于10日8时发布", "2026-07-10T08:00"),
        ("将于8月1日9时发布", "2026-08-01T09:00"),
        ("截至16时30分，3人受伤；下次通报时间20时", "2026-07-09T20:00"),
        ("请关注我局19时45分的通报", "2026-07-09T19:45"),
    ],
)
def test_a_promised_moment_is_read(said: str, at: str) -> None:
    card = checker().checked(f"{FIRE}{said}。", KNOWN)
    assert card.promised_at == read(at)
    assert card.finding(Check.NEXT).mark is Mark.FULFILLED
    assert card.finding(Check.NEXT).proofs == (f"{said}。",) or "截至" in said


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("", Note.NO_PROMISE),
        ("后续情况将及时发布", Note.PROMISE_WITHOUT_TIME),
        ("7月8日6时发生的事故，后续情况将及时发布", Note.PROMISE_WITHOUT_TIME),
        ("今日6时许发生事故，我局将及时发布后续情况", Note.PROMISE_WITHOUT_TIME),
        ("我局将于今日16时再次通报", Note.PROMISE_PAST),
        ("将进一步加大工作力度，发布警示", Note.PROMISE_WITHOUT_TIME),
    ],
)
def test_what_names_no_coming_moment_is_no_promise(said: str, note: Note) -> None:
    card = checker().checked(f"{FIRE}{said}。", KNOWN)
    assert card.promised_at is None
    assert [remark.note for remark in card.finding(Check.NEXT).remarks] == [note]


def test_only_a_release_promises() -> None:
    said = f"{FIRE}下次发布时间为今日20时。"
    for kind in ResponseKind:
        card = checker().checked(said, Circumstances(now=NOW, response=kind))
        released = kind in checker().rules.checks[Check.NEXT].kinds
        assert (card.promised_at is not None) is released, kind


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)), st.integers(1, 59 * 24))
@settings(max_examples=60)
def test_a_moment_written_in_full_is_read_as_it_was_written(naive: datetime, hours: int) -> None:
    base = read(naive.strftime("%Y-%m-%dT%H:%M"))
    at = (base + timedelta(hours=hours)).replace(minute=0)
    text = f"将于{at.year}年{at.month}月{at.day}日{at.hour}时发布"
    if at > base:
        assert checker().checked(text, Circumstances(now=base)).promised_at == at


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("事故原因正在调查", False),
        ("起火原因有待进一步认定", False),
        ("原因尚不明确，调查组正在勘查", False),
        ("受强降雨影响，发生山洪", False),
        ("1人因伤势过重，经抢救无效死亡", False),
        ("网传系燃气泄漏引发爆炸，不属实", False),
        ("经事故调查组认定，事故系违规动火引发", False),
        ("初步判断系电气线路短路引发火灾", True),
        ("初步调查系驾驶员操作不当所致", True),
        ("火灾疑似由电动车充电引起", True),
        ("爆炸可能是燃气泄漏引发", True),
        ("起火原因初步判断为用火不慎，具体原因正在进一步调查", True),
        ("因工人违规作业引发火灾", True),
        ("不排除人为纵火引发的可能", True),
        ("事故原因初步调查为电气故障", True),
    ],
)
def test_a_cause_that_nobody_found_is_remarked(text: str, guess: bool) -> None:
    card = checker().checked(f"7月9日14时许，城东新区一厂房发生火灾。{text}。", KNOWN)
    assert (Note.GUESSED_CAUSE.value in remarked(card)) is guess


def test_identity_numbers_are_known_by_their_check_digit() -> None:
    assert check_digit("11010519491231002") == "x"
    assert list(identity_numbers("身份证号11010519491231002x，男"))
    assert not list(identity_numbers("身份证号110105194912310021"))
    assert not list(identity_numbers("文号110105199913310021，编号110105194912310020"))
    assert list(identity_numbers("旧号110105491231002"))


@given(st.integers(0, 99), st.integers(0, 999))
@settings(max_examples=40)
def test_of_eleven_last_digits_one_is_right(region: int, order: int) -> None:
    head = f"1101{region:02}19800229{order:03}"
    right = [d for d in "0123456789x" if list(identity_numbers(head + d))]
    assert right == [check_digit(head)]


def test_a_bank_card_is_known_by_its_check_digit() -> None:
    assert list(bank_cards("账号6222 0212 3456 7890 128"))
    assert not list(bank_cards("账号6222 0212 3456 7890 127"))
    assert not list(bank_cards("文号2026070900001234567"))


@pytest.mark.parametrize(
    "text",
    [
        "市应急管理局局长陈明介绍",
        "死者张某（男，52岁）",
        "伤者均为本地村民",
        "驾驶员李某某被控制",
        "救出12名工人，平均年龄35岁",
        "家属已得到安置",
        "涉及3号楼共120户居民",
        "市委书记张伟（52岁）赶赴现场",
    ],
)
def test_officials_and_the_unnamed_are_no_private_persons(text: str) -> None:
    card = checker().checked(f"{FIRE}{text}。", KNOWN)
    assert not {Note.PERSON.value, Note.HOME_ADDRESS.value} & remarked(card)


def test_what_people_ask_is_found_in_titles_and_texts_and_counted() -> None:
    talk = [
        Talk("化工厂爆炸空气有毒吗？"),
        Talk("城东爆炸", "居民问：能开窗吗，水质会不会有影响？"),
        Talk("爆炸原因是什么？"),
        Talk("应急局通报爆炸原因正在调查"),
    ]
    found = {question.topic.id: question for question in questions(talk, checker().rules)}
    assert found["spread"].weight == 2
    assert found["spread"].sentence == "化工厂爆炸空气有毒吗？"
    assert found["cause"].weight == 1
    assert "toll" not in found


def test_what_was_taken_over_is_measured_by_what_is_new() -> None:
    assert repeated(FIRE, FIRE) == 1
    assert repeated("全新的一段文字，讲别的事", FIRE) == 0
    assert (
        0.4 < repeated(FIRE + "现在又有了完全不同的新情况需要向社会说明，道路已经恢复通行，学校明日复课。", FIRE) < 0.7
    )
    assert repeated("", FIRE) == 0


def test_every_note_can_be_said_in_both_languages() -> None:
    assert set(NOTES) == set(Note)
    said: set[str] = set()
    for language in ("zh", "en"):
        proofs = Proofs(Composer(Words(language), Names()), checker().rules)
        for one in (*written("releases.yaml"), *written("releases_held.yaml")):
            card = checker().checked(one.text, one.known)
            told = [proofs.remark(remark) for finding in card.findings for remark in finding.remarks]
            assert not [text for text in told if "{" in text]
            said |= set(told)
            sections = proofs.sections(card.findings)
            assert len(sections) == len(Check)
            assert sections[0].entries
    assert len(said) > 80


def test_what_is_kept_is_what_was_found() -> None:
    for one in written("releases.yaml"):
        card = checker().checked(one.text, one.known)
        assert findings_of(as_kept(card)) == card.findings
    assert findings_of(as_kept(unchecked("x"))) == unchecked("x").findings


@given(st.text(max_size=400), st.sampled_from(ResponseKind), st.sampled_from([None, *Severity]))
@settings(max_examples=80)
def test_no_text_whatever_stops_the_checks(text: str, kind: ResponseKind, severity: Severity | None) -> None:
    card = checker().checked(text, Circumstances(now=NOW, response=kind, severity=severity))
    assert [finding.check for finding in card.findings] == list(Check)
    assert card.score is None or 0 <= card.score <= 100


@given(
    st.lists(
        st.sampled_from(
            [
                "将",
                "今日",
                "18时",
                "明早",
                "每",
                "3",
                "小时",
                "后",
                "发布",
                "，",
                "。",
                "\n",
                "0",
                "十",
                "7月",
                "31日",
                "凌晨",
                "半",
                "24时",
                "99",
                "：",
            ]
        ),
        max_size=24,
    )
)
@settings(max_examples=150)
def test_any_pieces_of_promises_are_read_as_a_coming_moment_or_none(pieces: list[str]) -> None:
    card = checker().checked("".join(pieces), KNOWN)
    assert card.promised_at is None or NOW < card.promised_at <= NOW + timedelta(days=61)


def test_moments_that_cannot_be_are_passed_over() -> None:
    for text in ("2月30日", "25时", "6月31日8时", "3点要求", "一时间", "及时", "当时"):
        assert [named.at for named in moments(text, 0, len(text), NOW, ahead=True) if named.exact] == [], text
    assert list(spans_on("3小时的救援", 0, 6, NOW)) == []
    assert list(spans_on("0小时后", 0, 5, NOW)) == []


LONG = (
    "将",
    "原因",
    "因",
    "1",
    "7月9日",
    "。",
    "张三，男，35岁",
    "5人死亡，",
    "0411-",
    "一",
    "\n",
    "京A1",
    "将于",
    "初步判断",
    "每",
    "网传",
    "请",
    "死者",
    "6222 ",
    "将发布",
    "原因为原因正在",
    "截至18时将发布",
    "市长死者张三",
    "张三（男，35岁）局长",
    "网传不属实",
    "副市长",
)


@pytest.mark.parametrize("piece", LONG)
def test_a_hundred_kilobytes_are_checked_in_about_a_second(piece: str) -> None:
    sizes = [100_000 // len(piece.encode()) // n for n in (8, 1)]
    spent = []
    checker().checked(piece * 10, KNOWN)
    for size in sizes:
        began = time.process_time()
        checker().checked(piece * size, KNOWN)
        spent.append(time.process_time() - began)
    # Linear: eight times the text may take about eight times as long. The bound leaves room for a slow machine.
    assert spent[1] < 3
    assert spent[1] < 40 * max(spent[0], 0.03)
