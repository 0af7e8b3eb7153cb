"""Which incident a report tells of: what fits together joins, what contradicts itself stays apart. All made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.gazetteer import load_gazetteer
from monitor.config.lexicon import load_words
from monitor.core.incidents.placing import UNPLACED, WINDOW, Candidate, Lore, Placed, Placing, Told
from monitor.core.incidents.surroundings import JOIN_AT, Surroundings
from monitor.core.incidents.topics import Background
from monitor.core.incidents.weighing import figures_score, hurt_score, late_score, own_terms, place_score
from monitor.core.model import CASUALTY_FIELDS, Assessment, Casualties, Figure, Item, Place, Scope
from monitor.core.reading.assess import Reader
from monitor.service.parts import lore_of

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)


@cache
def reader() -> tuple[Reader, Lore]:
    chinese, english, tables = load_words()
    gazetteer = load_gazetteer()
    return Reader(chinese, tables, gazetteer, english), lore_of(chinese, gazetteer)


def known(number: int, title: str, at: datetime = T0, items: int = 1) -> Candidate:
    read, _ = reader()
    told = read.assess(Item(title=title))
    return Candidate(
        matter_id=number,
        kind=told.kind,
        scope=told.scope,
        place=told.place,
        figures={name: value for name in CASUALTY_FIELDS if (value := told.casualties.value(name)) is not None},
        items=items,
        first_seen_at=at,
        last_seen_at=at,
    )


def surroundings(titles: dict[int, str], lore: Lore) -> Surroundings:
    told = [Told(number, title, T0, reports=True) for number, title in titles.items()]
    return Surroundings([known(number, title) for number, title in titles.items()], told, lore, Background())


def placed(title: str, *before: str, hours: float = 1) -> Placed:
    read, lore = reader()
    around = surroundings(dict(enumerate(before, 1)), lore)
    return around.place(title, read.assess(Item(title=title)), T0 + hours * H)


@pytest.mark.parametrize(
    ("first", "then", "hours"),
    [
        ("山西大同一化工厂爆炸致3死", "大同化工厂爆炸死亡人数升至9人", 2),
        ("山西大同一化工厂爆炸致3死", "山西大同化工厂爆炸已致12人遇难", 20),
        ("山西大同一煤矿透水8人被困", "大同煤矿透水事故8名被困人员中3人遇难", 30),
        ("山西大同一仓库起火", "山西大同仓库火灾已致4人死亡", 3),
        ("山西大同一小区燃气爆燃", "大同小区爆燃事故已致11人死亡", 3),
        ("山西大同云冈区一饭店燃气爆炸2人受伤", "大同云冈区饭店燃气爆炸 受伤人数增至24人", 2),
    ],
)
def test_what_is_told_further_joins(first: str, then: str, hours: float) -> None:
    assert placed(then, first, hours=hours).placing is Placing.JOINED


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        ("山西大同一化工厂爆炸致12死", "四川绵阳一化工厂爆炸致12死", 1),
        ("山西大同一化工厂爆炸致12死", "日本大阪一化工厂爆炸致12死", 1),
        ("山西大同云冈区一煤矿透水8人被困", "山西大同云冈区一大巴侧翻致3死", 4),
        ("山西大同云冈区一民房起火2人受伤", "山西大同云冈区一化工厂爆炸24人受伤", 1),
        ("山西大同云冈区居民楼火灾致2伤", "山西大同云冈区化工厂爆炸致24伤", 1),
        ("山西大同一煤矿透水8人被困", "山西长治一煤矿透水8人被困", 5),
        ("山西大同一客车坠崖致11人死亡", "山西大同一养老院火灾致16人死亡", 2),
    ],
)
def test_what_contradicts_itself_stays_apart_whichever_comes_first(one: str, other: str, hours: float) -> None:
    assert placed(other, one, hours=hours).placing is Placing.OPENED
    assert placed(one, other, hours=hours).placing is Placing.OPENED


def test_of_several_the_one_that_fits_best_is_joined() -> None:
    before = ("山西大同一化工厂爆炸致3死", "四川绵阳一化工厂爆炸致3死", "山西大同一大巴侧翻致3死")
    for number, title in enumerate(before, 1):
        further = title.replace("一", "", 1).replace("3死", "5死")
        assert placed(further, *before).matter_id == number


def test_a_decision_tells_its_grounds() -> None:
    joined = placed("大同化工厂爆炸死亡人数升至9人", "山西大同一化工厂爆炸致3死")
    assert joined.score >= JOIN_AT
    assert [part.split("=")[0] for part in joined.detail.split()] == [
        "place", "kind", "figures", "injured", "late", "wording", "time", "talk",
    ]  # fmt: skip


def test_the_first_report_opens_and_talk_of_nothing_known_is_left_alone() -> None:
    read, lore = reader()
    assert placed("山西大同一化工厂爆炸致3死").placing is Placing.OPENED
    follow_up = Assessment(is_incident=False, follow_up=True)
    assert surroundings({}, lore).place("遇难者遗体告别", follow_up, T0) == Placed(Placing.UNPLACED)
    assert read is reader()[0]


def test_after_three_weeks_of_silence_a_like_report_is_a_new_incident() -> None:
    read, lore = reader()
    title = "山西大同一化工厂爆炸致3死"
    around = surroundings({1: title}, lore)
    told = read.assess(Item(title=title))
    assert around.place(title, told, T0 + WINDOW).matter_id == 1
    assert around.place(title, told, T0 + WINDOW + H).placing is Placing.OPENED


def test_the_edges_of_a_places_name_are_no_wording() -> None:
    read, _ = reader()
    title = "山西大同云冈区一民房起火"
    own = own_terms(title, read.assess(Item(title=title)).place)
    assert not {"区一", "云冈"} & own
    assert "民房" in own


def test_surroundings_follow_an_incident_that_changes() -> None:
    read, lore = reader()
    around = surroundings({1: "山西大同一化工厂爆炸致3死"}, lore)
    told = read.assess(Item(title="绵阳化工厂爆炸致5死"))
    assert around.place("绵阳化工厂爆炸致5死", told, T0 + H).placing is Placing.OPENED
    around.put(known(1, "四川绵阳一化工厂爆炸致3死"))
    assert around.place("绵阳化工厂爆炸致5死", told, T0 + H).matter_id == 1


def test_a_report_without_a_place_does_not_lend_its_words_to_another_city() -> None:
    read, lore = reader()
    around = surroundings({1: "山西大同一煤矿坍塌致12人死亡", 2: "山西长治一商场起火"}, lore)
    around.tell(Told(1, "长治一煤矿瓦斯爆炸致12人死亡", T0, reports=True))
    title = "山西长治一煤矿瓦斯爆炸 12人死亡"
    assert around.place(title, read.assess(Item(title=title)), T0 + H).placing is Placing.OPENED


def test_what_is_old_is_left_out_and_no_longer_spoken_of() -> None:
    _, lore = reader()
    around = surroundings({1: "山西大同一化工厂爆炸致3死"}, lore)
    assert around.related("大同化工厂爆炸现场", T0 + H).matter_id == 1
    around.forget(T0 + H)
    assert around.related("大同化工厂爆炸现场", T0 + H) == UNPLACED


def test_talk_of_a_known_incident_opens_none_of_its_own() -> None:
    read, lore = reader()
    around = surroundings({1: "山西大同一化工厂爆炸致12死"}, lore)
    for n in range(3):
        around.tell(Told(1, f"山西大同化工厂爆炸救援进展{n}", T0, reports=True))
    for title in ("大同化工厂爆炸附近居民发声", "大同化工厂爆炸事故现场画面"):
        placing = around.place(title, read.assess(Item(title=title)), T0 + H)
        assert (placing.placing in (Placing.JOINED, Placing.RELATED), placing.matter_id) == (True, 1)
    assert around.related("某明星新剧开播", T0 + H) == UNPLACED


def test_talk_of_what_happened_abroad_is_not_gathered() -> None:
    _, lore = reader()
    around = surroundings({1: "日本大阪一化工厂爆炸致12死"}, lore)
    assert around.related("大阪化工厂爆炸现场画面", T0 + H) == UNPLACED


CODES = st.sampled_from(
    [Place(), Place("140000"), Place("140000", "140200"), Place("140000", "140200", "140214"),
     Place("140000", "140200", "140213"), Place("140000", "140400"), Place("510000", "510700")]
)  # fmt: skip


@given(CODES, CODES, st.booleans())
def test_two_places_weigh_the_same_either_way(one: Place, other: Place, broad: bool) -> None:
    score = place_score(one, other, broad=broad)
    assert score == place_score(other, one, broad=broad)
    if one.province and other.province and one.province != other.province:
        assert score <= -9
    assert place_score(one, one, broad=broad) >= score


@pytest.mark.parametrize(
    ("now", "before", "sign"),
    [
        ({"deaths": 12}, {"deaths": 12}, 1),
        ({"deaths": 5}, {"deaths": 3}, 1),
        ({"deaths": 40}, {"deaths": 3}, -1),
        ({"deaths": 3}, {"deaths": 12}, -1),
        ({"deaths": 3}, {}, 0),
        ({"injured": 2}, {"injured": 24}, -1),
        ({"injured": 24}, {"injured": 2}, 0),
        ({}, {}, 0),
    ],
)
def test_what_figures_say(now: dict[str, int], before: dict[str, int], sign: int) -> None:
    told = Casualties(**{name: Figure(value) for name, value in now.items()})
    score = figures_score(Assessment(is_incident=True, casualties=told, scope=Scope.DOMESTIC), before)
    assert (score > 0) - (score < 0) == sign


def assessment(told: dict[str, int]) -> Assessment:
    return Assessment(is_incident=True, casualties=Casualties(**{name: Figure(n) for name, n in told.items()}))


@pytest.mark.parametrize(
    ("now", "before", "elsewhere"),
    [
        ({"missing": 5}, {"deaths": 12}, True),
        ({"deaths": 9}, {"deaths": 1}, True),
        ({"deaths": 9, "missing": 2}, {"deaths": 1, "missing": 10}, False),
        ({"deaths": 7}, {"deaths": 5}, False),
        ({"deaths": 25}, {"missing": 27}, False),
        ({"deaths": 9}, {}, False),
        ({"injured": 30}, {"deaths": 1}, False),
    ],
)
def test_nobody_is_lost_anew_after_days_of_silence(
    now: dict[str, int], before: dict[str, int], elsewhere: bool
) -> None:
    told = assessment(now)
    assert late_score(told, before, timedelta(days=2)) == 0
    assert (late_score(told, before, timedelta(days=9)) < 0) is elsewhere


def test_the_same_number_of_injured_speaks_for_one_happening() -> None:
    assert hurt_score(assessment({"injured": 3}), {"injured": 3, "deaths": 9}) > 0
    assert hurt_score(assessment({"injured": 3}), {"injured": 4}) == 0
    assert hurt_score(assessment({"injured": 0}), {"injured": 0}) == 0


def test_a_second_boat_lost_in_the_same_waters_weeks_later_is_an_incident_of_its_own() -> None:
    told = "福建莆田海域一货船沉没4人失联"
    assert placed(told, "福建莆田海域货船沉没致6人死亡", hours=2).placing is Placing.JOINED
    assert placed(told, "福建莆田海域货船沉没致6人死亡", hours=12 * 24).placing is Placing.OPENED


@pytest.mark.parametrize(
    "title",
    ["云南昭通发生山体滑坡", "云南昭通发生山体滑坡致3人遇难", "云南昭通山体滑坡多人被埋"],
)
def test_a_report_from_another_province_is_never_talk_of_a_known_disaster(title: str) -> None:
    known = ("四川凉山山体滑坡致8人遇难", "四川凉山山体滑坡致9人遇难", "四川凉山滑坡已致11人遇难")
    read, lore = reader()
    around = surroundings({1: known[0]}, lore)
    for further in known[1:]:
        around.tell(Told(1, further, T0, reports=True))
    assert around.place(title, read.assess(Item(title=title)), T0 + H).placing is Placing.OPENED
