"""Whatever is tried in whatever order: nobody decides alone, nothing begins early, nothing that was decided changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.appraisal import FILE, load_appraisal
from monitor.config.document import BadDocument
from monitor.core.appraisal import steps
from monitor.core.appraisal.appraisal import Appraisal, AppraisalState, Appraised, ByHand, Coverage, Deed
from monitor.core.appraisal.ballot import Voter, is_seal, mark_of, seal_of
from monitor.core.appraisal.figures import Figure, digest_of, figures_of, plain
from monitor.core.appraisal.opinion import Opinion, together
from monitor.core.appraisal.rules import FigureName
from monitor.core.beijing import day_of
from monitor.core.errors import Mistake
from monitor.core.listed import Listed
from monitor.core.statistics.reckoned import Statistic, Unit, count

RULES = load_appraisal()
BEGAN = datetime(2026, 11, 20, 1, tzinfo=UTC)
PEOPLE = ("甲", "乙", "丙")
TEXTS = {content.id: "已自查" for content in RULES.contents}
FIGURES = (Figure(FigureName.DUE, count(Listed.DEADLINES, [1, 2]), 2),)
ACTS = ("approve", "notice", "drop", "hand_in", "sign", "review", "settle")
TRIES = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(("a", "b")), st.integers(0, 12)),
    max_size=40,
)


def planned(begins_in: int) -> Appraisal:
    return Appraisal(
        id=1,
        title="年度考核",
        coverage=Coverage.FULL,
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        begins_on=day_of(BEGAN) + timedelta(days=begins_in),
        plan="",
        planned=Deed("甲", BEGAN),
        offices=(Appraised(office="a", name="A"), Appraised(office="b", name="B")),
    )


def tried(standing: Appraisal, act: str, by: str, office: str, now: datetime) -> Appraisal:
    deed = Deed(by, now)
    if act == "approve":
        return steps.approve(standing, deed)
    if act == "notice":
        return steps.give_notice(standing, deed, RULES)
    if act == "drop":
        return steps.drop(standing, deed, "不再进行")
    if act == "hand_in":
        return steps.hand_in(standing, office, deed, TEXTS, {"requests": ByHand(1, "台账")}, RULES)
    if act == "sign":
        return steps.sign(standing, office, deed)
    if act == "review":
        return steps.review(standing, office, deed, "passed", "理由", FIGURES, RULES)
    return steps.settle(standing, office, deed, "excellent", "理由", RULES)


@given(TRIES, st.integers(-5, 40))
@settings(max_examples=150)
def test_whatever_is_tried_the_rules_hold(tries: list[tuple[str, str, str, int]], begins_in: int) -> None:
    standing, now = planned(begins_in), BEGAN
    for act, by, office, days in tries:
        now += timedelta(days=days)
        before = standing
        try:
            standing = tried(standing, act, by, office, now)
        except Mistake:
            continue
        assert before.dropped is None, "what was given up stays as it is"
        for was, one in zip(before.offices, standing.offices, strict=True):
            if was.settled is not None:
                assert (one.grade, one.settled, one.figures) == (was.grade, was.settled, was.figures)
            if one.reviewed is not None:
                assert standing.starts_on is not None
                assert day_of(one.reviewed.at) >= standing.starts_on
                assert one.digest == digest_of(one.figures)
            if one.settled is not None:
                assert one.reviewed is not None
                assert not one.settled.same_person(one.reviewed)
            if one.told is not None:
                assert one.settled is not None
        if standing.announced is not None:
            assert standing.approved is not None
            assert not standing.approved.same_person(standing.planned)
            assert standing.starts_on is not None
            assert (standing.starts_on - day_of(standing.announced.at)).days >= RULES.notice_days
            assert standing.starts_on >= standing.begins_on
            assert standing.postponed == (standing.starts_on > standing.begins_on)
        assert (standing.state(now) is AppraisalState.FINISHED) == (
            standing.dropped is None and all(one.settled for one in standing.offices)
        )


def test_a_person_is_known_by_his_account_where_he_has_one() -> None:
    at = BEGAN
    assert Deed("李强", at, 1).same_person(Deed("李 强", at, 1))
    assert not Deed("李强", at, 1).same_person(Deed("李强", at, 2))
    assert Deed("李强", at).same_person(Deed(" 李强 ", at, 2))


@given(
    st.lists(
        st.builds(
            Figure,
            st.sampled_from(FigureName),
            st.builds(
                Statistic,
                st.none() | st.integers(0, 10**6) | st.floats(0, 10**9),
                st.sampled_from(Unit),
                st.none() | st.sampled_from(Listed),
                st.lists(st.integers(1, 10**6), max_size=5).map(tuple),
            ),
            st.integers(0, 10**6),
        ),
        max_size=5,
    )
)
@settings(max_examples=60)
def test_figures_come_back_as_they_were_kept(found: list[Figure]) -> None:
    assert list(figures_of(plain(found))) == found
    assert digest_of(figures_of(plain(found))) == digest_of(found)


SPREADS = st.lists(st.tuples(*[st.integers(0, 1000)] * 5), max_size=6)


@given(SPREADS, st.integers(0, 500))
@settings(max_examples=60)
def test_an_opinion_of_too_few_is_none(spreads: list[tuple[int, int, int, int, int]], least: int) -> None:
    whole = together(Opinion(spread) for spread in spreads)
    assert whole.votes == sum(map(sum, spreads))
    share = whole.share(least)
    assert (share is None) == (whole.votes < max(least, 1))
    assert share is None or 0 <= share <= 1


def test_a_seal_and_a_mark_belong_to_one_browser_one_response_and_one_day() -> None:
    key, other = b"1" * 32, b"2" * 32
    voter = Voter("192.0.2.1", "a", "zh")
    others = [Voter("192.0.2.2", "a", "zh"), Voter("192.0.2.1", "b", "zh"), Voter("192.0.2.1", "a\x1fzh", "")]
    marks = {mark_of(key, 1, one) for one in (voter, *others)} | {mark_of(other, 1, voter), mark_of(key, 2, voter)}
    assert len(marks) == 6
    assert is_seal(key, 1, voter, seal_of(key, 1, voter))
    for wrong in (seal_of(other, 1, voter), seal_of(key, 2, voter), mark_of(key, 1, voter), "", "\udcff"):
        assert not is_seal(key, 1, voter, wrong.encode("utf-8", "replace").decode())


def test_the_rules_are_those_of_the_document() -> None:
    assert [one.zh for one in RULES.contents] == [
        "主动公开情况", "依申请公开情况", "服务承诺兑现情况", "群众投诉处理情况",
    ]  # fmt: skip
    assert [one.zh for one in RULES.grades] == ["优秀", "合格", "基本合格", "不合格"]
    assert [one.height for one in RULES.grades] == [4, 3, 2, 1]
    assert RULES.notice_days == 15


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: on_request", "id: own_accord", "stands here a second time"),
        ("id: promised,", "id: requests,", "stands here a second time"),
        ("id: failed", "id: passed", "stands here a second time"),
        ("notice_days: 15", "notice_days: -1", "notice_days"),
        ("[acknowledged, false_alarms]", "[acknowledged, praise]", "praise"),
    ],
)
def test_what_is_wrong_in_the_rules_is_named_with_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "appraisal.yaml"
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDocument, match=said) as caught:
        load_appraisal(file)
    assert "appraisal.yaml" in str(caught.value)
