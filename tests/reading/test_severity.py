"""Grades by the shipped tables: half-open bands, the highest measure, and what is only likely."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.lexicon import load_words
from monitor.core.model import Casualties, Figure, Severity, Why
from monitor.core.reading.severity import MEASURES, Graded, grade

LEXICON, _, TABLES = load_words()
COAL, FLOOD, LIFT = (LEXICON.kinds[name] for name in ("coal_mine", "flood", "special_equipment"))


def casualties(**values: int) -> Casualties:
    return Casualties(**{name: Figure(value, f"{name} {value}") for name, value in values.items()})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"deaths": 0}, Severity.GENERAL),
        ({"deaths": 2}, Severity.GENERAL),
        ({"deaths": 3}, Severity.LARGER),
        ({"deaths": 9}, Severity.LARGER),
        ({"deaths": 10}, Severity.MAJOR),
        ({"deaths": 29}, Severity.MAJOR),
        ({"deaths": 30}, Severity.EXTRAORDINARY),
        ({"serious": 49}, Severity.LARGER),
        ({"serious": 50}, Severity.MAJOR),
        ({"loss_yuan": 49_999_999}, Severity.LARGER),
        ({"loss_yuan": 50_000_000}, Severity.MAJOR),
        ({"deaths": 1, "serious": 100}, Severity.EXTRAORDINARY),
        ({"injured": 500}, None),
        ({}, None),
    ],
)
def test_order_493_begins_a_grade_at_its_number(stated: dict[str, int], expected: Severity | None) -> None:
    assert grade(TABLES, COAL, casualties(**stated)).severity is expected


def test_natural_disasters_count_the_missing_as_firm_and_accidents_as_likely() -> None:
    lost = casualties(deaths=4, missing=8)
    assert grade(TABLES, FLOOD, lost).severity is Severity.MAJOR
    accident = grade(TABLES, COAL, lost)
    assert (accident.severity, accident.likely) == (Severity.LARGER, Severity.MAJOR)
    assert [reason.why for reason in accident.because] == [Why.GRADE, Why.GRADE_IF_MISSING_DEAD]


def test_on_the_water_the_missing_count_as_dead_until_they_are_found() -> None:
    boat = LEXICON.kinds["water_transport"]
    assert grade(TABLES, boat, casualties(missing=10)).severity is Severity.MAJOR
    assert grade(TABLES, boat, casualties(deaths=2, missing=1)).severity is Severity.LARGER
    assert grade(TABLES, boat, casualties(deaths=2, missing=0)).severity is Severity.GENERAL


def test_people_stuck_in_a_lift_are_not_feared_dead() -> None:
    assert grade(TABLES, LIFT, casualties(trapped=32)).likely is None
    assert grade(TABLES, COAL, casualties(trapped=32)).likely is Severity.EXTRAORDINARY


def test_those_in_the_water_include_the_dead() -> None:
    ferry = LEXICON.kinds["water_transport"]
    graded = grade(TABLES, ferry, casualties(deaths=4), adrift=Figure(7))
    assert (graded.severity, graded.likely) == (Severity.LARGER, None)
    assert grade(TABLES, ferry, casualties(deaths=4), adrift=Figure(12)).likely is Severity.MAJOR


def test_wording_makes_a_grade_likely_only_while_no_dead_are_stated() -> None:
    assert grade(TABLES, COAL, casualties(), wording="伤亡惨重").likely is Severity.MAJOR
    assert grade(TABLES, COAL, casualties(deaths=2), wording="伤亡惨重") == Graded(
        Severity.GENERAL, None, grade(TABLES, COAL, casualties(deaths=2)).because
    )


@given(st.fixed_dictionaries({}, optional={name: st.integers(0, 10**9) for name in ("deaths", "missing", "serious")}))
def test_more_harm_is_never_a_lower_grade(stated: dict[str, int]) -> None:
    for table in TABLES.tables.values():
        base = table.grade(casualties(**stated))
        for name, value in stated.items():
            worse = table.grade(replace(casualties(**stated), **{name: Figure(value + 1)}))
            assert (worse or (0, ""))[0] >= (base or (0, ""))[0]


@given(st.integers(0, 200), st.integers(0, 200))
def test_likely_is_always_above_firm(deaths: int, missing: int) -> None:
    for kind in LEXICON.kinds.values():
        graded = grade(TABLES, kind, casualties(deaths=deaths, missing=missing))
        assert graded.likely is None or graded.likely > (graded.severity or 0)


def test_every_table_says_where_it_stands_in_the_law() -> None:
    for table in TABLES.tables.values():
        assert table.document
        assert table.quote
        assert set(table.measures) <= set(MEASURES)
