"""Numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.reading.numerals import LARGEST, numbers
from monitor.core.text import fold

WRITTEN = {
    "23人": (23, False),
    "12-15人": (12, True),
    "三至五人": (3, True),
    "1,200人": (1200, False),
    "3万人": (30_000, False),
    "1.2亿元": (120_000_000, False),
    "3.5万": (35_000, False),
    "140余万元": (1_400_000, True),
    "6万多人": (60_000, True),
    "超1.7万人": (17_000, True),
    "二十余人": (20, True),
    "十二人": (12, False),
    "两千余人": (2000, True),
    "一千二百万": (12_000_000, False),
    "一百零五": (105, False),
    "一百二": (120, False),
    "两万五千": (25_000, False),
    "廿三": (23, False),
    "二〇二六": (2026, False),
    "数十人": (20, True),
    "几百人": (200, True),
    "近百人": (100, True),
    "上百人": (100, True),
    "万余人": (10_000, True),
    "十几人": (10, True),
    "二三十人": (20, True),
    "1亿2千万": (120_000_000, False),
    "至少40人": (40, True),
    "500+": (500, True),
}


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items(), ids=WRITTEN)
def test_a_written_number_is_read(text: str, expected: tuple[float, bool]) -> None:
    found = next(numbers(fold(text)))
    assert (found.value, found.approximate) == expected


@pytest.mark.parametrize("text", ["第8名", "G2809次", "没有数字", "9" * 40, "万人空巷"[2:]])
def test_what_is_no_amount_is_passed_over(text: str) -> None:
    assert list(numbers(fold(text))) == []


def test_offsets_point_into_the_text() -> None:
    text = "造成近40人死亡、约1,200人受伤"
    assert [text[n.start : n.end] for n in numbers(text)] == ["近40", "约1,200"]


CHINESE = "零一二三四五六七八九"


def in_chinese(value: int) -> str:
    """Write a number below one hundred million as Chinese does."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return in_chinese(high) + "万" + (gap + in_chinese(low) if low else "")
    digits, text, zero = f"{value:04d}", "", False
    for digit, unit in zip(digits, ("千", "百", "十", ""), strict=True):
        if digit == "0":
            zero = bool(text)
        else:
            text += ("零" if zero else "") + CHINESE[int(digit)] + unit
            zero = False
    return text


@given(st.integers(1, 99_999_999))
def test_every_number_written_in_chinese_comes_back(value: int) -> None:
    assert [n.value for n in numbers(in_chinese(value) + "人")] == [value]


@given(st.integers(1, 999_999_999))
def test_every_number_written_in_digits_comes_back(value: int) -> None:
    assert [n.value for n in numbers(f"共{value}人")] == [value]
    assert [n.value for n in numbers(f"共{value:,}人")] == [value]


@given(st.text("零一二两三十百千万亿数几余多约近第0123456789,.人 +", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for found in numbers(text):
        assert 0 <= found.start < found.end <= len(text)
        assert 0 <= found.value <= LARGEST
