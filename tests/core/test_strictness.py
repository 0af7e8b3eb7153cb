"""Which of two terms ends sooner, whatever their units and wherever they begin."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.calendars import shipped_calendar
from monitor.core.duties.strictness import FIRST_START, Compared, compare
from monitor.core.duties.terms import Term, Unit

CN = shipped_calendar("cn")
OPPOSITE = {Compared.STRICTER: Compared.LOOSER, Compared.LOOSER: Compared.STRICTER}
TERMS = st.builds(Term, st.integers(1, 40), st.sampled_from(Unit))


def compared(one: Term, other: Term) -> Compared:
    return compare(one, other, CN, CN)


def test_terms_of_different_units_are_compared_by_where_they_end() -> None:
    assert compared(Term(300, Unit.MINUTE), Term(5, Unit.HOUR)) is Compared.SAME
    assert compared(Term(30, Unit.MINUTE), Term(2, Unit.HOUR)) is Compared.STRICTER
    assert compared(Term(1, Unit.YEAR), Term(60, Unit.DAY)) is Compared.LOOSER
    assert compared(Term(5, Unit.WORKING_DAY), Term(5, Unit.DAY)) is Compared.LOOSER
    # Two working days end before three days in an ordinary week, and long after them over a holiday.
    assert compared(Term(2, Unit.WORKING_DAY), Term(3, Unit.DAY)) is Compared.MIXED


@settings(max_examples=60)
@given(TERMS, TERMS)
def test_the_comparison_turns_round_and_holds_where_it_was_not_tried(one: Term, other: Term) -> None:
    found = compared(one, other)
    assert compared(other, one) is OPPOSITE.get(found, found)
    start = FIRST_START + timedelta(days=100, hours=7)
    ends = one.end(start, CN).at, other.end(start, CN).at
    if found is Compared.STRICTER:
        assert ends[0] <= ends[1]
    if found is Compared.SAME:
        assert ends[0] == ends[1]
