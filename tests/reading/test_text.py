"""Folding and cutting, which may move no offset."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.reading.sentences import sentences
from monitor.core.text import fold, is_chinese


@given(st.text(max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_widths_and_case_are_folded_but_chinese_commas_stay() -> None:
    assert fold("１２．５万，ＡＢc（甲）") == "12.5万，abc(甲)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("某厂起火", True),
        ("Fire in Xiangyang 起火", False),
        ("MU123航班备降", True),
        ("", True),
        ("某厂爆炸致10人死亡" + "\u0300" * 480, True),
        ("🔥" * 600 + "某厂爆炸", True),
        ("🔥" * 600 + "Fire at a plant in Xiangyang", False),
    ],
)
def test_the_language_is_told_by_its_letters(text: str, *, expected: bool) -> None:
    assert is_chinese(text) is expected


@given(st.text("甲乙。！？；\n ab.", max_size=80), st.integers(0, 20))
def test_sentences_cover_all_that_is_written(text: str, title_end: int) -> None:
    parts = sentences(text, title_end)
    assert all(a.end <= b.start for a, b in pairwise(parts))
    covered = "".join(text[p.start : p.end] for p in parts)
    assert [c for c in covered if c not in "。！？；\n ."] == [c for c in text if c not in "。！？；\n ."]


def test_the_title_is_told_from_the_text() -> None:
    parts = sentences("甲地起火\n今晨起火。无人受伤。", 4)
    assert [(p.start, p.title) for p in parts] == [(0, True), (5, False), (10, False)]
