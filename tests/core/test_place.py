"""The rules that read a place, on a small gazetteer of made-up trust lists and a few real divisions."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Scope, Why
from monitor.core.reading.place import READ_UP_TO, Gazetteer, PlaceReading
from monitor.core.reading.place_name import (
    FOREIGN,
    Division,
    Manner,
    Role,
    Trust,
    Words,
    levels_of,
    name_of,
    names_of,
    short_of,
    stem_of,
)

DIVISIONS = [
    Division(code, name)
    for code, name in {
        "110000": "北京市",
        "110105": "朝阳区",
        "210000": "辽宁省",
        "210100": "沈阳市",
        "210102": "和平区",
        "120000": "天津市",
        "120101": "和平区",
        "220000": "吉林省",
        "220100": "长春市",
        "220104": "朝阳区",
        "220200": "吉林市",
        "330000": "浙江省",
        "330100": "杭州市",
        "330106": "西湖区",
        "330300": "温州市",
        "330328": "文成县",
        "360100": "南昌市",
        "360103": "西湖区",
        "360000": "江西省",
        "430000": "湖南省",
        "433100": "湘西土家族苗族自治州",
        "433123": "凤凰县",
        "460000": "海南省",
        "469002": "琼海市",
        "620000": "甘肃省",
        "622900": "临夏回族自治州",
        "622927": "积石山保安族东乡族撒拉族自治县",
    }.items()
]
TRUST = Trust(
    never=frozenset({"文成"}),
    with_parent=frozenset({"和平", "西湖", "凤凰"}),
    sure=frozenset(),
    wary=frozenset({"临夏"}),
    peoples=("土家族", "苗族", "回族", "保安族", "东乡族", "撒拉族"),
)
WORDS = Words(
    hide=("和平谈判", "北京时间"),
    after={
        "路": Role.STREET,
        "路段": Role.NONE,
        "啤酒": Role.THING,
        "晚报": Role.MEDIA,
        "籍": Role.ORIGIN,
        "医院": Role.HOSPITAL,
        "方向": Role.ROUTE,
        "至": Role.ROUTE,
        "至少": Role.NONE,
        "使馆": Role.AGENT,
        "首相": Role.OFFICE,
        "游客": Role.AWAY,
    },
    before={
        "在": Role.AT,
        "开往": Role.ROUTE,
        "来自": Role.ORIGIN,
        "送往": Role.HOSPITAL,
        "受": Role.CAUSE,
        "致": Role.AT,
        "存在": Role.NONE,
    },
    event=("起火", "地震", "坠江", "侧翻", "爆炸", "发生"),
    left=frozenset("在日"),
    right=frozenset("一"),
    tell=("警方",),
)


def gazetteer() -> Gazetteer:
    foreign = [
        name_of("日本", {FOREIGN + "日本"}),
        name_of("泰国", {FOREIGN + "泰国"}),
        name_of("长野", {FOREIGN + "日本"}, Manner.CLEAR),
        name_of("俄爆炸", {FOREIGN + "俄罗斯"}, Manner.LETTER),
        name_of("Japan", {FOREIGN + "日本"}, Manner.LATIN),
    ]
    home = [
        name_of("Shenyang", {"2101"}, Manner.LATIN),
        name_of("Liaoning", {"21"}, Manner.LATIN),
        name_of("China", {""}, Manner.LATIN),
    ]
    return Gazetteer([*names_of(DIVISIONS, TRUST), *foreign, *home], WORDS)


GAZETTEER = gazetteer()


def code(text: str) -> str | None:
    return GAZETTEER.read(text).place.code


def test_an_address_narrows_step_by_step() -> None:
    place = GAZETTEER.read("辽宁省沈阳市和平区一商铺起火").place
    assert (place.province, place.city, place.county) == ("210000", "210100", "210102")
    assert place.name == "辽宁省沈阳市和平区"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("辽宁沈阳一商铺起火", "210100"),
        ("沈阳和平一商铺起火", "210102"),
        ("北京朝阳区一商铺起火", "110105"),
        ("吉林一商铺起火", "220000"),
        ("吉林吉林一商铺起火", "220200"),
        ("吉林市一商铺起火", "220200"),
        ("积石山一商铺起火", "622927"),
        ("积石山县一商铺起火", "622927"),
        ("湘西州凤凰县一商铺起火", "433123"),
        ("文成县一商铺起火", "330328"),
    ],
)
def test_full_short_and_spoken_names(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_municipality_and_a_county_directly_under_a_province_have_no_city() -> None:
    beijing = GAZETTEER.read("北京市朝阳区一商铺起火").place
    assert (beijing.province, beijing.city, beijing.county) == ("110000", None, "110105")
    qionghai = GAZETTEER.read("琼海一商铺起火").place
    assert (qionghai.province, qionghai.city, qionghai.county) == ("460000", None, "469002")


def test_a_county_name_shared_by_cities_stays_open_until_the_text_names_one() -> None:
    alone = GAZETTEER.read("和平区一商铺起火")
    assert (alone.scope, alone.place.code) == (Scope.DOMESTIC, None)
    assert code("沈阳一商铺起火\n火灾发生在和平区。") == "210102"
    assert code("天津一商铺起火\n火灾发生在和平区。") == "120101"


def test_a_short_name_that_is_a_word_needs_the_city_above_it() -> None:
    assert GAZETTEER.read("和平一日起火").scope is Scope.UNKNOWN
    assert GAZETTEER.read("凤凰展翅").scope is Scope.UNKNOWN
    assert code("杭州一商铺起火\n西湖边的商铺起火。") == "330106"
    assert GAZETTEER.read("文成公主的故事").scope is Scope.UNKNOWN


def test_a_wary_name_needs_clear_neighbours() -> None:
    assert code("在临夏一商铺起火") == "622900"
    assert GAZETTEER.read("光临夏装展").scope is Scope.UNKNOWN


@pytest.mark.parametrize("text", ["和平谈判后爆炸", "北京时间今日起火", "沈阳路一商铺起火", "沈阳啤酒爆炸", ""])
def test_words_that_are_no_place(text: str) -> None:
    assert GAZETTEER.read(text) == PlaceReading(GAZETTEER.read("").place, Scope.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("沈阳籍货车在杭州侧翻", "330100"),
        ("来自沈阳的游客在杭州坠江", "330100"),
        ("开往沈阳的客车在杭州侧翻", "330100"),
        ("杭州一客车侧翻 伤者送往沈阳医院", "330100"),
        ("沈阳晚报讯 杭州一客车侧翻", "330100"),
        ("沈阳至长春方向一客车在杭州侧翻", "330100"),
        ("受辽宁地震影响 杭州一商铺起火", "330100"),
        ("沈阳至少一商铺起火", "210100"),
        ("沈阳路段一客车侧翻", "210100"),
    ],
)
def test_the_part_that_a_place_plays(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_dateline_counts_only_where_nothing_else_is_named() -> None:
    assert code("沈阳3月4日电 杭州一商铺起火") == "330100"
    assert code("一商铺起火\n沈阳3月4日电 今晨一商铺起火。") == "210100"


def test_a_name_in_a_byline_is_no_place() -> None:
    assert code("杭州一商铺起火\n本报讯（记者沈阳 长春）今晨一商铺起火。") == "330100"


def test_the_event_sentence_outweighs_the_background() -> None:
    assert code("一商铺起火\n沈阳去年人口增长。杭州一商铺起火。") == "330100"


def test_two_provinces_in_one_list_stay_open() -> None:
    reading = GAZETTEER.read("辽宁、浙江发生地震")
    assert (reading.scope, reading.place.code) == (Scope.DOMESTIC, None)
    assert (reading.place.name, reading.place.among) == ("辽宁、浙江", ("210000", "330000"))
    assert code("辽宁沈阳一商铺起火 浙江关注") == "210100"


def test_two_cities_of_one_province_leave_the_city_open() -> None:
    assert code("杭州温州发生地震") == "330000"


@pytest.mark.parametrize(
    ("text", "expected", "among"),
    [
        ("杭州、温州发生地震", "330000", ("330100", "330300")),
        ("杭州和沈阳发生地震", None, ("210100", "330100")),
        ("杭州、温州等地发生地震", "330000", ()),
        ("杭州、温州、某地发生地震", "330000", ()),
        ("某地、杭州、温州发生地震", "330000", ()),
        ("杭州、来自沈阳", "330100", ()),
        ("辽宁浙江发生地震", None, ()),
        ("辽宁，浙江发生地震", None, ()),
        ("杭州和平区某隧道发生地震", "330100", ()),
        ("辽宁、浙江发生地震\n浙江杭州一商铺起火，杭州警方通报。", "330100", ()),
        ("和平区一商铺起火", None, ("120101", "210102")),
        ("和平区一商铺起火\n沈阳警方通报。", "210102", ()),
    ],
)
def test_what_stays_open_is_kept(text: str, expected: str | None, among: tuple[str, ...]) -> None:
    place = GAZETTEER.read(text).place
    assert (place.code, place.among) == (expected, among)


def test_who_is_away_from_home_does_not_say_where() -> None:
    alone = GAZETTEER.read("沈阳游客坠江")
    assert (alone.scope, alone.place.code) == (Scope.DOMESTIC, None)
    assert code("沈阳游客坠江\n事发杭州。") == "330100"


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("日本发生地震", Scope.FOREIGN),
        ("杭州游客在泰国坠江", Scope.FOREIGN),
        ("杭州籍游客在泰国坠江", Scope.FOREIGN),
        ("日本籍货船在浙江温州起火", Scope.DOMESTIC),
        ("日本使馆发声", Scope.UNKNOWN),
        ("日本首相发声", Scope.FOREIGN),
        ("俄爆炸致一人受伤", Scope.FOREIGN),
        ("4日俄爆炸", Scope.UNKNOWN),
        ("长野一商铺起火", Scope.FOREIGN),
        ("校长野外起火", Scope.UNKNOWN),
        ("Fire in Japan", Scope.FOREIGN),
        ("Japanese garden", Scope.UNKNOWN),
        ("Fire in China", Scope.DOMESTIC),
    ],
)
def test_home_or_abroad(text: str, scope: Scope) -> None:
    assert GAZETTEER.read(text).scope is scope


def test_english_names_narrow_backwards() -> None:
    place = GAZETTEER.read("A fire in Shenyang, Liaoning province").place
    assert (place.code, place.name) == ("210100", "Shenyang, Liaoning")


def test_a_reading_says_why() -> None:
    home = GAZETTEER.read("快讯。浙江温州一商铺起火。")
    assert [(r.why, r.sentence, r.detail) for r in home.because] == [(Why.PLACE, "浙江温州一商铺起火", "浙江温州")]
    abroad = GAZETTEER.read("长野一商铺起火")
    assert [(r.why, r.detail) for r in abroad.because] == [(Why.FOREIGN_PLACE, "日本")]
    assert abroad.place.code is None


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert code("无" * READ_UP_TO + "沈阳起火") is None
    assert code("无" * (READ_UP_TO - 4) + "沈阳起火") == "210100"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("辽宁省", "辽宁"),
        ("湘西土家族苗族自治州", "湘西"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("东乡族自治县", "东乡"),
        ("沧县", "沧县"),
        ("浦东新区", "浦东"),
        ("阿拉善左旗", "阿拉善左"),
    ],
)
def test_short_names(name: str, expected: str) -> None:
    assert short_of(name, TRUST.peoples) == expected


FRAGMENTS = st.sampled_from(
    [
        *(division.name for division in DIVISIONS),
        *(short_of(division.name, TRUST.peoples) for division in DIVISIONS),
        *WORDS.event,
        *WORDS.hide,
        *WORDS.after,
        *WORDS.before,
        *(
            "日本",
            "泰国",
            "俄爆炸",
            "Japan",
            "China",
            "Shenyang",
            ", ",
            "。",
            "\n",
            "3月4日电",
            "（记者",
            "）",
            "一",
            "、",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=14).map("".join))


@given(TEXTS)
def test_every_reading_is_consistent(text: str) -> None:
    reading = GAZETTEER.read(text)
    place = reading.place
    assert place.name in text
    assert (reading.scope is Scope.UNKNOWN) == (not reading.because) == (place.name == "")
    if reading.scope is not Scope.DOMESTIC:
        assert place.code is None
    for finer, coarser in ((place.city, place.province), (place.county, place.city or place.province)):
        assert finer is None or (coarser is not None and finer.startswith(stem_of(coarser)))
    known = {division.code for division in DIVISIONS}
    assert place.code is None or place.code in known
    assert known.issuperset(place.among)
    assert len(place.among) != 1


@given(TEXTS)
def test_reading_is_repeatable(text: str) -> None:
    assert GAZETTEER.read(text) == gazetteer().read(text)


@pytest.mark.parametrize("division", DIVISIONS, ids=lambda division: division.name + division.code)
def test_levels_end_in_the_division_itself(division: Division) -> None:
    levels = levels_of(stem_of(division.code))
    assert levels[-1] == stem_of(division.code)
    assert all(fine.startswith(coarse) for coarse, fine in pairwise(levels))
