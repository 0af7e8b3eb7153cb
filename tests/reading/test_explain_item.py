"""Why a text is taken for what it is, and what would have changed it: each answer comes from reading it again."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.lexicon import load_reader
from monitor.core.duties.obligations import Jurisdiction
from monitor.core.explain.grades import Threshold
from monitor.core.explain.item import Change, ItemExplained, WhatIf, explain_item
from monitor.core.explain.uncounted import Passed
from monitor.core.model import Decoy, Item, Scope, Severity
from monitor.core.reading.assess import Reader
from monitor.core.reading.evidence import Ruling
from monitor.core.reading.suppose import Suppose
from monitor.core.reading.weights import Side, summed
from tests.reading.test_decoys import DECOYS, INCIDENTS

REGION = "620000"
reader_once = cache(load_reader)


def explained(reader: Reader, title: str, text: str = "") -> ItemExplained:
    return explain_item(reader, Item(title=title, text=text), REGION)


def what_if(found: ItemExplained, change: Change, subject: str | None = None) -> WhatIf:
    return next(w for w in found.what_ifs if w.change is change and subject in (None, w.subject))


def test_a_decoy_names_its_words_and_what_it_would_be_without_them(reader: Reader) -> None:
    found = explained(reader, "甘肃白银一化工厂爆炸事故宣判 9人死亡案主犯获刑", "法院一审宣判。")
    assert (found.ruling, found.outcome.verdict, found.outcome.tag) == (Ruling.OUTWEIGHED, "decoy", "court_case")
    against = next(weight for weight in found.weights if weight.side is Side.DECOY)
    assert (against.name, against.words, against.points) == ("court_case", ("宣判", "获刑", "一审"), -80)
    without = what_if(found, Change.WITHOUT_CLASS)
    assert (without.subject, without.turns, without.outcome.verdict) == ("court_case", True, "incident")
    assert without.outcome.severity is Severity.LARGER
    assert without.outcome.points == found.outcome.points + 80


def test_no_class_alone_turns_it_but_all_together_do(reader: Reader) -> None:
    found = explained(reader, "甘肃天水开展隧道坍塌事故应急演练 模拟11人遇难 法院一审宣判")
    single = [w for w in found.what_ifs if w.change is Change.WITHOUT_CLASS]
    assert {w.subject for w in single} == {"drill", "court_case"}
    assert not any(w.outcome.verdict == "incident" for w in single)
    assert what_if(found, Change.WITHOUT_ALL_CLASSES).outcome.verdict == "incident"


def test_an_incident_names_the_word_without_which_it_would_be_none(reader: Reader) -> None:
    found = explained(reader, "兰州突发火情")
    assert found.ruling is Ruling.BELIEVED
    without = what_if(found, Change.WITHOUT_WORD, "火情")
    assert without.turns
    assert without.outcome.verdict != "incident"
    unplaced = what_if(found, Change.WITHOUT_PLACE)
    assert unplaced.outcome.scope is Scope.UNKNOWN
    assert unplaced.outcome.points < found.outcome.points


def test_the_grade_tells_the_figure_from_which_the_next_begins(reader: Reader) -> None:
    found = explained(reader, "甘肃白银一化工厂爆炸致4人死亡 9人失踪")
    assert found.grade is not None
    assert (found.grade.table, found.grade.severity, found.grade.decided_by) == (
        "order-493",
        Severity.LARGER,
        "deaths",
    )
    assert (found.grade.likely, found.grade.at_risk) == (Severity.MAJOR, 9)
    dead = found.grade.measures[0]
    assert (dead.value, dead.met) == (4, Threshold(3, Severity.LARGER))
    assert dead.ahead == (Threshold(10, Severity.MAJOR), Threshold(30, Severity.EXTRAORDINARY))
    assert "第493号" in found.grade.document


def test_every_threshold_that_is_named_is_kept_when_the_text_says_so(reader: Reader) -> None:
    found = explained(reader, "甘肃白银一化工厂爆炸致4人死亡")
    assert found.grade is not None
    for threshold in found.grade.measures[0].ahead:
        at = explained(reader, f"甘肃白银一化工厂爆炸致{threshold.at}人死亡")
        below = explained(reader, f"甘肃白银一化工厂爆炸致{threshold.at - 1}人死亡")
        assert at.assessment.severity is threshold.severity
        assert below.assessment.severity is not threshold.severity


def test_numbers_that_do_not_count_are_told_with_the_reason(reader: Reader) -> None:
    text = "其中2人当场死亡。去年该厂曾发生事故致3人死亡。预计死亡人数可能达20人。"
    found = explained(reader, "甘肃白银一化工厂爆炸致4人死亡", text)
    assert [(u.name, u.value, u.why, u.counted) for u in found.uncounted] == [
        ("deaths", 2, Passed.PART, 4),
        ("deaths", 3, Passed.EARLIER_OR_FEARED, 4),
        ("deaths", 20, Passed.EARLIER_OR_FEARED, 4),
    ]
    full = f"甘肃白银一化工厂爆炸致4人死亡\n{text}"
    assert all(str(u.value) == full[u.offset : u.offset + len(str(u.value))] for u in found.uncounted)


def test_the_place_tells_every_name_that_was_weighed(reader: Reader) -> None:
    found = explained(reader, "陕西游客在甘肃张掖遇车祸 3人死亡")
    assert {v.name: v.means for v in found.places} == {"甘肃张掖": ("620700",), "陕西": ("610000",)}
    assert found.places[0].name == "甘肃张掖"
    assert found.jurisdiction is Jurisdiction.OURS
    other = what_if(found, Change.WITHOUT_NAME)
    assert (other.subject, other.outcome.place.province) == ("甘肃张掖", None)


def test_a_rumour_that_is_denied_is_none_whatever_the_points(reader: Reader) -> None:
    found = explained(reader, "甘肃兰州化工厂爆炸致12死？官方辟谣")
    assert found.ruling is Ruling.DENIED
    assert found.outcome.points > 0
    assert what_if(found, Change.WITHOUT_CLASS, "rumour_denied").outcome.verdict == "incident"


def test_hearsay_that_its_own_text_refutes_would_be_believed_without_the_word_for_hearsay(reader: Reader) -> None:
    item = Item("网传甘肃兰州化工厂爆炸致12死", text="经核实，当地并未发生此类情况。")
    found = explain_item(reader, item, "620000")
    assert (found.ruling, found.outcome.decoy) == (Ruling.DENIED, Decoy.RUMOUR_DENIED)
    other = what_if(found, Change.WITHOUT_WORD)
    assert (other.words, other.outcome.verdict, other.turns) == (("网传",), "incident", True)


def test_what_a_person_vouches_for_is_believed_and_not_abroad(reader: Reader) -> None:
    item = Item(title="日本东京一化工厂爆炸致12死30伤")
    assert reader.assess(item).decoy is Decoy.FOREIGN
    vouched = reader.assess(item, Suppose(vouched=True))
    assert (vouched.is_incident, vouched.decoy, vouched.scope) == (True, None, Scope.UNKNOWN)
    assert vouched.severity is Severity.MAJOR
    calm = reader.assess(Item(title="甘肃白银今日举办读书会"), Suppose(vouched=True))
    assert (calm.is_incident, calm.kind, calm.place.code) == (True, "other", "620400")


def test_the_thing_that_makes_it_a_kind_is_named(reader: Reader) -> None:
    found = explained(reader, "甘肃陇南一在建隧道坍塌致3人死亡")
    assert (found.outcome.kind, found.setting) == ("construction", "在建")
    assert explained(reader, "甘肃陇南一民房坍塌致3人死亡").setting == ""


def test_an_english_text_is_explained_as_well(reader: Reader) -> None:
    found = explained(reader, "Museum exhibition recalls deadly 1920 earthquake in Gansu that killed thousands")
    assert found.outcome.verdict != "incident"
    assert summed(found.weights) == found.outcome.points <= 0
    assert any(weight.side is Side.DECOY and weight.points < 0 for weight in found.weights)
    told = explained(reader, "At least 12 dead after bus crash near Lanzhou, rescue under way")
    assert (told.ruling, told.outcome.verdict) == (Ruling.BELIEVED, "incident")


@pytest.mark.parametrize("title", [*INCIDENTS, *DECOYS])
def test_the_points_make_up_the_verdict(reader: Reader, title: str) -> None:
    examined = reader.examine(Item(title=title))
    assert reader.assess(Item(title=title)) == examined.assessment
    if examined.ruling in (Ruling.BELIEVED, Ruling.OUTWEIGHED):
        assert examined.assessment.is_incident == (summed(examined.weights) > 0)


@settings(max_examples=60)
@given(st.text(max_size=120), st.lists(st.sampled_from([*INCIDENTS, *DECOYS]), max_size=2))
def test_anything_can_be_explained(noise: str, titles: list[str]) -> None:
    item = Item(title=noise[:60] + "".join(titles), text=noise)
    found = explain_item(reader_once(), item, REGION)
    assert found.assessment == reader_once().assess(item)
    assert all(what.outcome.verdict in ("incident", "decoy", "follow_up", "") for what in found.what_ifs)
