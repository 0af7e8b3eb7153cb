"""Which office the rules name: the nearest, for the kind, from its grade on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Place, Scope, Severity
from monitor.core.people.contacts import Office
from monitor.core.people.routing import Route, RouteWhy, route

COUNTY = Place("620000", "620300", "620302", "金川区")
CITY = Place("620000", "620300", None, "金昌市")


def office(name: str, region: str, *leads: str, helps: tuple[str, ...] = (), **more: object) -> Office:
    return Office(name, name, ("wang",), region=region, leads=frozenset(leads) or None, helps=frozenset(helps), **more)  # type: ignore[arg-type]


def named(found: Route | None) -> tuple[str, ...]:
    return () if found is None else found.offices


def routed(
    *offices: Office, place: Place = COUNTY, kind: str = "fire", grade: Severity | None = Severity.LARGER
) -> Route | None:
    return route(offices, place, Scope.DOMESTIC, kind, grade)


def test_the_nearest_office_wins_county_before_city_before_province() -> None:
    province, city, county = office("p", "620000"), office("c", "620300"), office("q", "620302")
    assert named(routed(province, city, county)) == ("q",)
    assert named(routed(province, city)) == ("c",)
    assert named(routed(province)) == ("p",)
    assert named(routed(province, office("far", "620102"))) == ("p",)


def test_what_is_only_known_to_lie_in_the_city_is_not_left_to_a_county() -> None:
    city, county = office("c", "620300"), office("q", "620302")
    assert named(routed(city, county, place=CITY)) == ("c",)
    assert routed(county, place=CITY) is None
    among = Place("620000", None, None, "", ("620302", "620321"))
    assert named(routed(office("p", "620000"), city, county, place=among)) == ("c",)


def test_an_office_for_the_kind_goes_before_one_for_every_kind_of_the_same_division() -> None:
    general, fire = office("g", "620300"), office("f", "620300", "fire")
    assert named(routed(general, fire)) == ("f",)
    assert named(routed(general, fire, kind="flood")) == ("g",)
    found = routed(fire)
    assert found is not None
    assert found.lead.why is RouteWhy.LEADS_KIND
    assert found.lead.region == "620300"
    assert routed(fire, kind="flood") is None


def test_an_office_that_only_begins_at_a_grade_is_not_named_below_it() -> None:
    usual, grave = office("u", "620300"), office("v", "620300", at_least=Severity.MAJOR)
    assert named(routed(usual, grave)) == ("u",)
    assert named(routed(usual, grave, grade=None)) == ("u",)
    assert named(routed(usual, grave, grade=Severity.MAJOR)) == ("v",)


def test_those_that_assist_come_after_the_lead_and_the_office_above_it_from_major_on() -> None:
    above = office("above", "", "nothing")
    lead = office("lead", "620302", "fire", parent="above")
    near = Office("near", "near", ("li",), region="620302", helps=frozenset({"fire"}))
    far = Office("far", "far", ("li",), region="620000", helps=frozenset({"fire"}))
    assert named(routed(above, far, lead, near)) == ("lead", "near", "far")
    assert named(routed(above, far, lead, near, grade=Severity.MAJOR)) == ("lead", "near", "far", "above")


def test_nothing_known_and_nothing_configured_propose_nothing() -> None:
    assert routed() is None
    assert routed(office("x", "")) is None
    assert routed(office("p", "620000"), place=Place()) is None
    assert named(routed(office("all", "000000"), place=Place())) == ("all",)
    assert route([office("all", "000000")], Place(), Scope.FOREIGN, "fire", None) is None


CODES = st.sampled_from(["000000", "620000", "620300", "620302", "620321", "110000"])


@given(
    regions=st.lists(CODES, max_size=6, unique=True),
    place=st.sampled_from([COUNTY, CITY, Place("620000"), Place("110000"), Place()]),
)
def test_who_leads_holds_the_place_and_nobody_nearer_does(regions: list[str], place: Place) -> None:
    found = routed(*(office(code, code) for code in regions), place=place)
    holding = [code for code in regions if code == "000000" or place.within(code)]
    if found is None:
        assert not holding
    else:
        assert found.lead.office in holding
        assert len(found.lead.office.rstrip("0")) == max(len(code.rstrip("0")) for code in holding)
