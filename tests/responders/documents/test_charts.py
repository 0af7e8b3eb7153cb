"""Charts are pictures that everybody's mail program shows, with whatever text is put on them."""

from __future__ import annotations

import struct
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.documents import charts
from responders.documents.charts import Series, alternative, bars, lines

SERIES: Series = {"重大": [1, 0, 3], "较大": [4, 2, None]}
DAYS = ["11-20", "11-21", "11-22"]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture(autouse=True)
def _font() -> None:
    if not charts.can_write_chinese():
        pytest.skip("no font with Chinese characters on this machine")


def test_a_chart_is_a_png_of_twice_the_width_of_a_phone() -> None:
    for draw in (bars, lines):
        drawn = draw("近三日新增", DAYS, SERIES)
        assert drawn is not None
        assert size(drawn) == (1120, 520)


def test_other_numbers_are_another_picture() -> None:
    assert bars("t", DAYS, {"a": [1, 2, 3]}) != bars("t", DAYS, {"a": [3, 2, 1]})
    assert bars("t", DAYS, {"a": [1, 2, 3]}) == bars("t", DAYS, {"a": [1, 2, 3]})


def test_nothing_is_drawn_of_nothing_and_without_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bars("t", [], {"a": []}) is None
    assert bars("t", DAYS, {}) is None
    monkeypatch.setattr(charts, "can_write_chinese", lambda: False)
    assert bars("t", DAYS, SERIES) is None


def test_who_cannot_see_it_reads_the_same() -> None:
    assert alternative("近三日新增", DAYS, SERIES) == "近三日新增: 重大: 11-20 1, 11-22 3; 较大: 11-20 4, 11-21 2"


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_stand_on_a_chart(text: str) -> None:
    drawn = bars(text, [text, "b"], {text: [1, 2]})
    assert drawn is not None
    assert size(drawn) == (1120, 520)


def test_drawing_leaves_no_finder_of_a_form_that_python_has_dropped() -> None:
    assert [finder for finder in sys.meta_path if not hasattr(finder, "find_spec")] == []
