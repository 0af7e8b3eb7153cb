"""The reader as a whole: follow-ups, rumours, reasons, hostile input, many threads."""

from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.beijing import read
from monitor.core.model import CASUALTY_FIELDS, Item, Severity, Speaker, Why
from monitor.core.reading.assess import Reader

PIECES = st.sampled_from(
    ["某县", "一煤矿", "爆炸", "死亡", "3人", "12名", "被困", "已救出", "，", "。", "\n", "其中", "升至", "（", "）",
     "无", "人员伤亡", "地震", "辟谣", "一审", "At least 10 dead", "死", "伤", "2026年", "9日8时", "<script>", "\x00",
     "🙂", "％"]
)  # fmt: skip


def test_an_aftermath_without_news_is_a_follow_up(reader: Reader) -> None:
    found = reader.assess(Item(title="某县食堂坍塌事故遇难者家属发声"))
    assert found.follow_up
    assert Why.FOLLOW_UP_WORD in {reason.why for reason in found.because}


def test_new_figures_are_news_even_beside_words_of_aftermath(reader: Reader) -> None:
    found = reader.assess(Item(title="四川某县矿难亲历者发声，已致12人遇难"))
    assert (found.is_incident, found.follow_up, found.severity) == (True, False, Severity.MAJOR)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("甘肃一面包车冲入早市致3死5伤", True),
        ("某港一渔船翻扣6人失踪", True),
        ("这种野菜曾导致某地4人死亡", False),
        ("某县一面包车冲入早市致3死案宣判", False),
    ],
)
def test_many_lost_to_something_named_is_a_report_without_a_word_for_the_happening(
    reader: Reader, title: str, told: bool
) -> None:
    assert reader.assess(Item(title=title)).is_incident is told


def test_what_is_not_vouched_for_is_marked(reader: Reader) -> None:
    assert reader.assess(Item(title="网传山东某县一化工厂爆炸致5人死亡")).speaker is Speaker.HEARSAY
    assert reader.assess(Item(title="山东某县一化工厂爆炸致5人死亡")).speaker is None


def test_people_still_missing_make_a_higher_grade_likely(reader: Reader) -> None:
    found = reader.assess(Item(title="山西某县煤矿透水2人死亡9人被困"))
    assert (found.severity, found.likely) == (Severity.GENERAL, Severity.MAJOR)


def test_grave_wording_makes_a_grade_likely(reader: Reader) -> None:
    found = reader.assess(Item(title="河北某县一工厂爆炸伤亡惨重"))
    assert (found.severity, found.likely) == (None, Severity.MAJOR)
    assert Why.GRADE_BY_WORDING in {reason.why for reason in found.because}


def test_the_hour_is_told_relative_to_the_publication(reader: Reader) -> None:
    item = Item("陕西某县一民房起火", "7月9日20时许，陕西某县一民房起火。", published_at=read("2026-07-10 09:00"))
    assert reader.assess(item).occurred_at == read("2026-07-09 20:00")


def test_each_reason_has_a_sentence_from_the_text(reader: Reader) -> None:
    title, text = "甘肃某县一工厂爆炸致５人死亡", "今晨８时许，甘肃某县一工厂爆炸。"
    for reason in reader.assess(Item(title=title, text=text)).because:
        assert reason.sentence in f"{title}\n{text}"


def test_an_english_figure_quotes_the_text_as_published(reader: Reader) -> None:
    figure = reader.assess(Item(title="BREAKING: At least 10 Dead in Henan bus crash. More soon")).casualties.deaths
    assert figure is not None
    assert (figure.value, figure.sentence) == (10, "BREAKING: At least 10 Dead in Henan bus crash")


def test_a_text_without_any_sign_costs_one_reason(reader: Reader) -> None:
    found = reader.assess(Item(title="新款手机今日发布"))
    assert [reason.why for reason in found.because] == [Why.NO_SIGNAL]
    assert found.rules_version == reader.version


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PIECES, max_size=14), st.lists(PIECES, max_size=30))
def test_no_text_breaks_the_reader(reader: Reader, title: list[str], text: list[str]) -> None:
    item = Item(title="".join(title), text="".join(text))
    found = reader.assess(item)
    assert found == reader.assess(item)
    assert found.because
    for name in CASUALTY_FIELDS:
        figure = getattr(found.casualties, name)
        assert figure is None or (figure.value >= 0 and 0 <= figure.offset <= len(item.title) + len(item.text) + 1)
    assert found.likely is None or found.likely > (found.severity or 0)
    assert found.decoy is None or not found.is_incident or found.decoy.value in ("foreign", "war", "crime")


PATTERNS = (
    "3",
    "一",
    "死亡",
    "司机死亡",
    "3人死亡。",
    "3人死亡，",
    "无人死亡",
    "3死",
    "（",
    "其中3人（",
    "损失",
    "10 dead ",
)
HOSTILE = [pattern * (40_000 // len(pattern)) for pattern in PATTERNS]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:6] for text in HOSTILE])
def test_long_and_hostile_texts_end_soon(reader: Reader, text: str) -> None:
    before = process_time()
    assert reader.assess(Item(title="某县爆炸", text=text)).because
    assert process_time() - before < 2


def test_many_threads_may_share_one_reader(reader: Reader) -> None:
    items = [Item(title=f"云南某县一工厂爆炸致{n}人死亡") for n in range(1, 200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(reader.assess, items))
    assert [assessment.casualties.value("deaths") for assessment in found] == list(range(1, 200))
