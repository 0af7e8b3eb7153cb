"""The gazetteer that is shipped: every entry can be read, mistakes are named, made-up sentences come out right."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from monitor.config.document import BadDocument
from monitor.config.gazetteer import FOLDER, load_gazetteer, load_names, official_divisions
from monitor.core.model import Scope
from monitor.core.reading.place import Gazetteer
from monitor.core.reading.place_name import FOREIGN, Manner, Name, Role, levels_of, stem_of

NAMES, WORDS = load_names()
GAZETTEER = Gazetteer(NAMES, WORDS)
FULL_NAME = {stem_of(division.code): division.name for division in official_divisions()}


def sentence_for(name: Name, stem: str) -> str:
    """Return the plainest sentence in which `name` means `stem`: behind its parent where it is no place alone."""
    if name.manner is Manner.LATIN:
        return f"A fire broke out in {name.text} today"
    if name.manner is Manner.PLATE:
        return f"一辆车牌为{name.text}12345的货车"
    if name.manner is Manner.LETTER:
        return f"{name.text}。"
    if stem.startswith(FOREIGN) or (name.alone == (stem,) and name.manner is Manner.ALWAYS):
        return f"8日，{name.text}，一仓库"
    crosses = len(stem) == 2 and len(name.stems) > 1
    parents = [FULL_NAME.get(level, "台湾") for level in levels_of(stem)[: None if crosses else -1]]
    return f"8日，{''.join(parents)}{name.text}，一仓库"


def meant(text: str) -> str:
    reading = GAZETTEER.read(text)
    if reading.scope is Scope.FOREIGN:
        return FOREIGN + reading.because[0].detail
    assert reading.scope in (Scope.DOMESTIC, Scope.HK_MO_TW), text
    return stem_of(reading.place.code or "000000")


def test_every_entry_can_be_read() -> None:
    unreachable = []
    for name in NAMES:
        for stem in name.stems:
            siblings = [other for other in name.stems if levels_of(other)[:-1] == levels_of(stem)[:-1] != ()]
            text = sentence_for(name, stem)
            if meant(text) != (stem if len(siblings) <= 1 else levels_of(stem)[-2]):
                unreachable.append((name.text, stem, text, meant(text)))
    assert unreachable == []


def test_every_division_is_known_by_its_full_name() -> None:
    written = {stem for name in NAMES if name.full for stem in name.stems}
    by_word_only = {stem for name in NAMES if name.manner is Manner.UNDER_PARENT for stem in name.stems}
    assert FULL_NAME.keys() <= written | by_word_only
    assert len(FULL_NAME) > 3_000


def test_no_name_is_listed_for_two_countries_or_for_home_and_abroad() -> None:
    mixed = [name.text for name in NAMES if len(name.stems) > 1 and any(s.startswith(FOREIGN) for s in name.stems)]
    assert mixed == []


def test_no_word_is_given_two_roles() -> None:
    assert not set(WORDS.hide) & set(WORDS.event)
    assert not {name.text for name in NAMES} & {*WORDS.hide, *WORDS.event}
    assert [word for word, times in Counter(WORDS.hide).items() if times > 1] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("辽宁省沈阳市和平区一商铺起火", "210102"),
        ("辽宁沈阳一商铺起火", "210100"),
        ("浦东一厂房起火", "310115"),
        ("江苏响水一仓库起火", "320921"),
        ("永登县312国道两车相撞", "620121"),
        ("积石山一仓库起火", "622927"),
        ("公安县一工地坍塌", "421022"),
        ("湖北公安通报一起车祸", "420000"),
        ("密云县一民房倒塌", "110118"),
        ("内蒙古高压线起火", "150000"),
        ("东莞厚街一仓库起火", "441900"),
        ("济源一仓库起火", "419001"),
        ("重庆渝北区一仓库起火", "500112"),
        ("济青高速一货车自燃", "370000"),
        ("洱海一游船侧翻", "532901"),
        ("武汉一路面塌陷", "420100"),
        ("南京鼓楼区一商铺起火", "320106"),
        ("徐州鼓楼区一商铺起火", "320302"),
        ("石家庄市新华区一商铺起火", "130105"),
        ("由成都开往西安的客车在汉中侧翻", "610700"),
        ("四川籍货车司机在浙江温州坠江", "330300"),
        ("俄罗斯籍货船在山东威海海域沉没", "371000"),
        ("长春市长安路两车相撞", "220100"),
        ("新华网兰州4月15日电 永登县一仓库今晨起火", "620121"),
        ("长沙晚报讯 湘潭一仓库起火", "430300"),
        ("一仓库起火\n长沙晚报讯 今晨一仓库起火。", "430100"),
        ("钱江晚报讯 今晨一仓库起火", "330000"),
        ("Warehouse fire in Xiangshui, Jiangsu province", "320921"),
        ("Mine flood in Xinjiang, China", "650000"),
    ],
)
def test_places_at_home(text: str, expected: str) -> None:
    reading = GAZETTEER.read(text)
    assert (reading.scope, reading.place.code) == (Scope.DOMESTIC, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("香港旺角一商铺起火", "810000"),
        ("澳门一商铺起火", "820000"),
        ("高雄一仓库起火", "710000"),
        ("香港一旅行社的客车侧翻", "810000"),
        ("内地游客在香港遭遇车祸", "810000"),
        ("内地旅行团乘坐的客车在台湾侧翻", "710000"),
        ("广东籍货车在澳门起火", "820000"),
        ("香港、澳门遭遇台风", None),
        ("Warehouse fire in Kowloon, Hong Kong", "810000"),
    ],
)
def test_hong_kong_macao_and_taiwan_are_a_scope_of_their_own(text: str, expected: str | None) -> None:
    reading = GAZETTEER.read(text)
    assert (reading.scope, reading.place.code) == (Scope.HK_MO_TW, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("香港同胞在内地某市遭遇车祸", None),
        ("来自澳门的旅行团在大陆遭遇车祸", None),
        ("载有台湾游客的客车在陕西侧翻", "610000"),
        ("香港居民驾车在珠海坠江", "440400"),
        ("港珠澳大桥珠海段两车相撞", "440400"),
        ("新大陆影院起火", "unknown"),
        ("欧亚大陆板块交界处地震", "unknown"),
        ("香港旅行团的客车侧翻 多人受伤", "unknown"),
    ],
)
def test_their_people_on_the_mainland_do_not_take_it_there(text: str, expected: str | None) -> None:
    reading = GAZETTEER.read(text)
    scope = Scope.UNKNOWN if expected == "unknown" else Scope.DOMESTIC
    assert (reading.scope, reading.place.code) == (scope, None if expected == "unknown" else expected)


@pytest.mark.parametrize(
    ("text", "expected", "among"),
    [
        ("沪昆高速两车相撞", None, {"310000", "330000", "360000", "430000", "520000", "530000"}),
        ("京沪高速上海方向两车相撞", None, {"110000", "120000", "130000", "310000", "320000", "370000"}),
        ("沪昆高速怀化段两车相撞", "431200", set()),
        ("贵州沪昆高速两车相撞", "520000", set()),
        ("由上海开往昆明的列车在沪昆线脱轨", None, {"310000", "330000", "360000", "430000", "520000", "530000"}),
        ("虎门大桥两船相撞", "440000", {"440100", "441900"}),
        ("港珠澳大桥两车相撞", None, {"440000", "810000", "820000"}),
        ("台湾海峡一渔船沉没", None, {"330000", "350000", "440000", "710000"}),
        ("渤海湾一货船沉没", None, {"120000", "130000", "210000", "370000"}),
        ("微山湖一游船侧翻", None, {"320000", "370000"}),
        ("黄海海域一渔船沉没\n渔船属山东威海，在黄海海域沉没。", "371000", set()),
    ],
)
def test_what_crosses_borders_leaves_open_only_what_it_crosses(
    text: str, expected: str | None, among: set[str]
) -> None:
    place = GAZETTEER.read(text).place
    assert (place.code, set(place.among)) == (expected, among)


def test_every_name_that_crosses_borders_lies_in_all_that_are_listed_and_in_no_other() -> None:
    crossing = [name for name in NAMES if len(name.alone) > 1 and name.alone == name.stems and not name.full]
    assert len(crossing) > 400
    for name in crossing:
        if name.manner is Manner.ALWAYS and all(len(stem) == 2 for stem in name.stems):
            place = GAZETTEER.read(f"8日，{name.text}，一仓库").place
            assert (place.code, place.among) == (None, tuple(stem.ljust(6, "0") for stem in sorted(name.stems)))


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("鼓楼区一商铺起火", "350000", "350102"),
        ("鼓楼区一商铺起火", "320100", "320106"),
        ("鼓楼区一商铺起火", "320106", "320106"),
        ("鼓楼区一商铺起火", "320000", None),
        ("鼓楼区一商铺起火", "620000", None),
        ("南京鼓楼区一商铺起火", "350000", "320106"),
        ("开封一商铺起火\n火灾发生在鼓楼区。", "350000", "410204"),
        ("兰州一商铺起火", "350000", "620100"),
        ("一商铺起火", "350000", None),
        ("沪昆高速两车相撞", "330000", None),
    ],
)
def test_a_shared_name_means_the_one_where_the_publisher_is(text: str, home: str, expected: str | None) -> None:
    assert GAZETTEER.read(text, home).place.code == expected


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("bus crash in #brazil", Scope.FOREIGN),
        ("bus crash #sanfrancisco", Scope.FOREIGN),
        ("bus crash in brazil", Scope.FOREIGN),
        ("BUS CRASH BRAZIL", Scope.FOREIGN),
        ("bus crash #sichuan", Scope.DOMESTIC),
        ("bus crash in hong kong", Scope.HK_MO_TW),
        ("roast turkey on the table", Scope.UNKNOWN),
        ("stayed in chinatown", Scope.UNKNOWN),
        ("a walk in nice weather", Scope.UNKNOWN),
    ],
)
def test_english_posts_name_places_in_their_own_way(text: str, scope: Scope) -> None:
    assert GAZETTEER.read(text).scope is scope


@pytest.mark.parametrize("text", ["朝阳区一商铺起火", "和平区一商铺起火", "鼓楼区一商铺起火", "西湖区一商铺起火"])
def test_districts_borne_by_several_cities_stay_open(text: str) -> None:
    reading = GAZETTEER.read(text)
    assert (reading.scope, reading.place.code) == (Scope.DOMESTIC, None)


@pytest.mark.parametrize(
    "text",
    [
        "长春路一商铺起火",
        "南京东路两车相撞",
        "青岛啤酒厂爆炸",
        "贵阳银行一支行起火",
        "平安归来",
        "公安部门通报火灾",
        "和平谈判破裂",
        "新华社快讯一仓库起火",
        "北京时间今晨发生地震",
        "合作社仓库起火",
        "他大名叫张三",
        "太平洋上一货船起火",
        "两国开放通道",
        "孙中山先生",
        "日料店起火",
        "美国使馆发声",
        "美国专家谈煤矿爆炸",
        "朝阳市场起火",
        "曾任县委书记",
        "当晚召开县委会议",
        "救援人员到达县城",
        "不断提高县域治理",
        "校长野外拉练",
        "心态平和最重要",
        "东方财富股价",
        "友谊地久天长",
    ],
)
def test_what_is_no_place(text: str) -> None:
    assert GAZETTEER.read(text).scope is Scope.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "日本一仓库起火",
        "首尔一仓库起火",
        "巴西一大坝溃坝",
        "土耳其一煤矿爆炸",
        "中国游客在泰国溺水",
        "一架客机在俄坠毁",
        "俄客机迫降",
        "韩踩踏事故",
        "美一仓库起火",
        "俄罗斯下诺夫哥罗德州一工厂爆炸",
        "喀布尔机场爆炸",
        "Bus crash in Thailand",
        "Fire in New York",
    ],
)
def test_places_abroad(text: str) -> None:
    reading = GAZETTEER.read(text)
    assert (reading.scope, reading.place.code) == (Scope.FOREIGN, None)


def test_what_the_cities_of_one_province_share_is_the_province() -> None:
    assert GAZETTEER.read("桥西区一商铺起火").place.code == "130000"
    assert GAZETTEER.read("甘肃省临夏回族自治州临夏一商铺起火").place.code == "622900"


def test_a_number_plate_is_only_a_hint() -> None:
    assert GAZETTEER.read("一辆云A12345货车侧翻").place.code == "530000"
    assert GAZETTEER.read("一辆云A12345货车在湖南侧翻").place.code == "430000"
    assert GAZETTEER.read("在和平区，一辆辽A·12345货车侧翻").place.code == "210102"
    assert GAZETTEER.read("沪A股").scope is Scope.UNKNOWN


def test_a_newspaper_is_only_a_hint() -> None:
    assert all(name.role is Role.MEDIA for name in NAMES if name.text in ("羊城晚报", "大河报"))
    assert GAZETTEER.read("羊城晚报讯 湖南一仓库起火").place.code == "430000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "gazetteer"
    shutil.copytree(FOLDER, copy)
    return copy


def broken(folder: Path) -> list[str]:
    with pytest.raises(BadDocument) as caught:
        load_gazetteer(folder)
    return [str(problem).replace(str(folder) + "/", "") for problem in caught.value.problems]


def test_an_unknown_code_is_named_with_its_line(folder: Path) -> None:
    (folder / "aliases.yaml").write_text('names:\n  "110000": 京城\n  "110199": 某地\n', encoding="utf-8")
    (mistake,) = broken(folder)
    assert mistake.startswith("aliases.yaml:3: 110199 is no division of GB/T 2260. The nearest is 1101")


def test_one_unknown_code_among_several_is_named(folder: Path) -> None:
    (folder / "crossing.yaml").write_text('roads:\n  "110000 990000": 某高速\n', encoding="utf-8")
    (mistake,) = broken(folder)
    assert mistake.startswith("crossing.yaml:2: 990000 is no division of GB/T 2260.")


def test_an_unknown_short_name_is_named(folder: Path) -> None:
    path = folder / "names.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("wary: >-\n", "wary: >-\n  无此县、\n"), encoding="utf-8")
    (mistake,) = broken(folder)
    assert "无此县 is the short name of no division." in mistake
    assert mistake.startswith("names.yaml:")


def test_a_misspelt_key_is_named_with_the_nearest_one(folder: Path) -> None:
    (folder / "foreign.yaml").write_text("countries:\n  日本:\n    plaecs: 东京\n", encoding="utf-8")
    (mistake,) = broken(folder)
    assert mistake == "foreign.yaml:3: plaecs is no known key. Did you mean places?"


def test_mistakes_in_several_files_come_together(folder: Path) -> None:
    (folder / "former.yaml").write_text('names:\n  "999999": 某县\n', encoding="utf-8")
    (folder / "words.yaml").unlink()
    mistakes = broken(folder)
    assert [mistake.split(":")[0] for mistake in mistakes] == ["former.yaml", "words.yaml"]


def test_a_bureau_adds_a_name_without_touching_code(folder: Path) -> None:
    with (folder / "aliases.yaml").open("a", encoding="utf-8") as file:
        file.write('sights:\n  "330106": 无名山庄\n')
    assert load_gazetteer(folder).read("无名山庄起火").place.code == "330106"
    assert GAZETTEER.read("无名山庄起火").scope is Scope.UNKNOWN
