"""Which kinds may lead to which, as data; and what a machine may hint at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.chains import load_chains
from monitor.config.document import BadDocument
from monitor.config.lexicon import load_words
from monitor.core.incidents.chains import Happening, Tie, hints
from monitor.core.model import Place

T0 = datetime(2026, 7, 9, 12, tzinfo=UTC)
KINDS = load_words()[0].kinds
FOLLOWS = load_chains(KINDS)
RAIN = Happening(1, "flood", Place("620000", "621200"), T0)
SLIDE = Happening(2, "landslide", Place("620000", "621200", "621202"), T0 + timedelta(days=2))


def test_the_shipped_chains_name_known_kinds_and_none_leads_to_itself() -> None:
    assert FOLLOWS["earthquake"]["landslide"] == timedelta(days=15)
    assert all(cause not in effects for cause, effects in FOLLOWS.items())


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = "chains:\n  - {cause: flod, within: 3d, effects: [landslide, fires]}\n"
    (tmp_path / "chains.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDocument) as raised:
        load_chains(KINDS, tmp_path)
    said = [str(problem) for problem in raised.value.problems]
    assert len(said) == 2
    assert all(":2: " in line for line in said)
    assert "flood" in said[0]
    assert "fire" in said[1]


def test_each_sees_the_other_from_its_own_side() -> None:
    assert list(hints(SLIDE, [RAIN], FOLLOWS)) == [(1, Tie.CAUSE)]
    assert list(hints(RAIN, [SLIDE], FOLLOWS)) == [(2, Tie.EFFECT)]


@pytest.mark.parametrize(
    "other",
    [
        replace(RAIN, place=Place("520000", "520500")),
        replace(RAIN, place=Place("620000", "620400")),
        replace(RAIN, place=Place()),
        replace(RAIN, began_at=T0 - timedelta(days=6)),
        replace(RAIN, kind="wind", began_at=SLIDE.began_at + timedelta(days=1)),
        replace(RAIN, kind="food_poisoning"),
        SLIDE,
    ],
)
def test_another_place_time_or_kind_is_no_hint(other: Happening) -> None:
    assert list(hints(SLIDE, [other], FOLLOWS)) == []


def test_a_place_that_is_known_by_its_province_alone_may_be_the_same() -> None:
    assert list(hints(SLIDE, [replace(RAIN, place=Place("620000"))], FOLLOWS)) == [(1, Tie.CAUSE)]
