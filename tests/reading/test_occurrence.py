"""When it happened, told relative to the publication."""

from datetime import UTC, datetime

import pytest

from monitor.core.beijing import read, shown
from monitor.core.reading.occurrence import occurred_at
from monitor.core.reading.sentences import sentences
from monitor.core.text import fold

PUBLISHED = read("2026-07-10 09:00")


def when(text: str, published: datetime | None = PUBLISHED) -> str | None:
    folded = fold(text)
    at = occurred_at(folded, sentences(folded, 0), published)
    return shown(at) if at else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7月9日20时许，甲县一工厂起火。", "2026-07-09 20:00"),
        ("７月９日２０时３０分许，甲县一工厂起火。", "2026-07-09 20:30"),
        ("昨天上午10时30分，甲县两车相撞。", "2026-07-09 10:30"),
        ("昨晚8点左右，甲县两车相撞。", "2026-07-09 20:00"),
        ("今晨6时许，甲县一民房起火。", "2026-07-10 06:00"),
        ("9日下午3时，甲县一民房起火。", "2026-07-09 15:00"),
        ("7月9日凌晨1时20分，甲县一民房起火。", "2026-07-09 01:20"),
        ("2026年7月8日深夜11时，甲县一民房起火。", "2026-07-08 23:00"),
        ("7月9日，甲县一民房起火。", None),
        ("7月10日20时许，甲县一民房起火。", None),
        ("6月20日8时许，甲县一民房起火。", None),
        ("2019年7月9日8时许，甲县一民房起火。", None),
        ("截至7月9日20时，已致3人死亡。", None),
        ("2月30日8时许，甲县一民房起火。", None),
        ("甲县一民房起火。", None),
        ("9日20时15分，甲县召开救援调度会。火灾发生在14时。", "2026-07-09 14:00"),
        ("9日20时15分，乙省消防总队救援现场视频调度会召开。", None),
        ("9日20时许，记者从甲县获悉，一工厂起火。", None),
        ("9日20时许，甲县应急管理局通报，一工厂起火。", None),
        ("9日20时许，甲县消防接报一工厂起火。", None),
        ("9日20时许，甲县一工厂起火，9日23时，甲县发布通报。", "2026-07-09 20:00"),
        ("火灾于9日14时许发生，9日20时召开发布会。", "2026-07-09 14:00"),
        ("爆炸发生在9日下午2时30分。", "2026-07-09 14:30"),
        ("爆炸于8时许发生。", "2026-07-10 08:00"),
        ("爆炸发生在23时。", None),
        ("9日20时许，甲县一正在举行演唱会的会场坍塌。", "2026-07-09 20:00"),
    ],
)
def test_the_hour_is_read_where_it_is_stated(text: str, expected: str | None) -> None:
    assert when(text) == expected


def test_the_end_of_last_month_and_of_last_year() -> None:
    assert when("30日8时许，甲县一民房起火。", read("2026-07-02 09:00")) == "2026-06-30 08:00"
    assert when("12月31日23时许，甲县一民房起火。", read("2026-01-02 09:00")) == "2025-12-31 23:00"


def test_without_a_time_of_publication_nothing_is_guessed() -> None:
    assert when("7月9日20时许，甲县一工厂起火。", None) is None


def test_the_day_is_a_day_in_beijing() -> None:
    late = datetime(2026, 7, 9, 17, 30, tzinfo=UTC)
    assert when("今天0时30分，甲县一民房起火。", late) == "2026-07-10 00:30"
