"""How an item was placed, and which ground turned it."""

from __future__ import annotations

import pytest

from monitor.core.explain.placing import explain_compared, explain_placing
from monitor.core.incidents.placing import Compared, Placing
from monitor.core.incidents.surroundings import DENIED_AT, JOIN_AT


def test_what_joined_names_the_grounds_that_it_could_not_do_without() -> None:
    found = explain_placing(Placing.JOINED, "place=+2.6 kind=+0.8 figures=+0.5 wording=-0.3 time=+1.0", 4)
    assert (found.incident, found.bar, round(found.score, 1)) == (4, JOIN_AT, 4.6)
    assert [ground.name for ground in found.grounds if ground.decisive] == ["place"]


def test_what_opened_names_the_nearest_and_what_kept_it_apart() -> None:
    found = explain_placing(Placing.OPENED, "nearest=12 place=-6.0 kind=+1.8 wording=+2.7 time=+1.0", 15)
    assert found.incident == 12
    assert [ground.name for ground in found.grounds if ground.decisive] == ["place"]
    alone = explain_placing(Placing.OPENED, "", 15)
    assert (alone.incident, alone.grounds) == (None, ())


def test_what_a_person_placed_names_him() -> None:
    found = explain_placing(Placing.BY_PERSON, "joined place=+2.6 kind=+0.8", 4, "王某")
    assert (found.by, found.incident, len(found.grounds)) == ("王某", 4, 2)
    assert explain_placing(Placing.BY_PERSON, "returned", 4, "王某").grounds == ()


@pytest.mark.parametrize(("weight", "expected"), [(JOIN_AT, Placing.JOINED), (JOIN_AT - 0.01, Placing.UNPLACED)])
def test_a_comparison_says_which_side_of_the_bar_it_lies(weight: float, expected: Placing) -> None:
    found = explain_compared(Compared(3, {"place": weight}))
    assert (found.placing, found.incident) == (expected, 3)


def test_a_denial_is_weighed_by_its_own_bar() -> None:
    found = explain_placing(Placing.DENIES, "place=+2.6 wording=+2.0", 4)
    assert (found.bar, found.score >= found.bar) == (DENIED_AT, True)
    assert {ground.name for ground in found.grounds if ground.decisive} == {"place", "wording"}
