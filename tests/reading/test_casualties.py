"""Figures of made-up texts: the latest cumulative ones, with the sentence that states them."""

import pytest

from monitor.core.model import CASUALTY_FIELDS, Item, Severity
from monitor.core.reading.assess import Reader

CHINESE = {
    "致5死3伤": {"deaths": 5, "injured": 3},
    "某厂事故已致8死12失联": {"deaths": 8, "missing": 12},
    "甲县一客车坠崖11人遇难": {"deaths": 11},
    "甲县一煤矿透水23人被困": {"trapped": 23},
    "乙江一渡船倾覆31人落水": {"trapped": 31},
    "甲县爆炸事故死亡人数升至14": {"deaths": 14},
    "甲海沉船事故船上7人失联": {"missing": 7},
    "甲县车祸致2人死亡，4人重伤": {"deaths": 2, "serious": 4, "injured": 4},
    "甲县火灾重伤18人，轻伤5人": {"serious": 18, "injured": 23},
    "甲地地震造成3人死亡，19人受伤，其中重伤2人": {"deaths": 3, "injured": 19, "serious": 2},
    "甲地泥石流造成12人遇难，其中3名儿童": {"deaths": 12},
    "甲县一小区起火，未造成人员伤亡": {"deaths": 0, "injured": 0},
    "甲县一仓库起火，所幸无人受伤": {"injured": 0},
    "甲县车祸重伤员从12人降至5人": {"serious": 5, "injured": 5},
    "甲厂爆炸死亡人数由9人更正为7人": {"deaths": 7},
    "甲县一工地坍塌5人被困，均已救出": {"trapped": 0},
    "甲县一矿井冒顶8人被困，已救出3人": {"trapped": 5},
    "甲县一名行人被撞伤，送医后抢救无效死亡": {"deaths": 1},
    "甲县一水塘边母子溺亡": {"deaths": 2},
    "甲县一货车侧翻司机当场死亡": {"deaths": 1},
    "甲市火灾造成数十人死亡": {"deaths": 20},
    "甲地洪灾造成两千余人受伤": {"injured": 2000},
    "甲校21名学生食物中毒": {"injured": 21},
    "甲村一孩童落水2人施救3人均不幸遇难": {"deaths": 3},
    "甲村1家4口一氧化碳中毒身亡": {"deaths": 4},
    "甲县火灾3名消防员和2名群众遇难": {"deaths": 5},
    "甲县洪灾死亡12-15人": {"deaths": 12},
    "甲市一商场垮塌无新增伤亡人员": {},
    "甲校火灾致13死4伤7人被抓": {"deaths": 13, "injured": 4},
    "甲市爆炸7名伤员均无生命危险": {"injured": 7},
    "甲地强降雨已造成甲市3人死亡、乙市2人死亡": {"deaths": 5},
    "甲县施工事故7人被掩埋已致3人遇难": {"deaths": 3, "trapped": 4},
    "甲山13名失联人员全部联系上": {"missing": 0},
    "甲号货轮搜寻到落水人员遗体25具": {"deaths": 25},
    "甲院火灾在院治疗39人危重4人": {"injured": 39, "serious": 4},
    "一女子坠楼砸中路人 双双身亡": {"deaths": 2},
    "甲县车祸致3死3被困": {"deaths": 3, "trapped": 3},
    "甲国客机坠毁 机上共58人": {},
    "甲县火灾直接经济损失约140余万元": {"loss_yuan": 1_400_000},
    "甲县火灾造成损失200万美元": {},
    "120名消防员赶赴现场搜救被困人员": {},
    "第8名被困者位置已确定": {},
    "预计死亡人数可能达到300人": {},
    "甲地地震暂无中国公民伤亡报告": {},
}

ENGLISH = {
    "At least 10 dead in bus crash": {"deaths": 10},
    "Factory blast killed 3, injuring 12": {"deaths": 3, "injured": 12},
    "Death toll in dam burst rises to 26": {"deaths": 26},
    "1,200 people still missing after floods": {"missing": 1200},
    "Quake kills 39 and injures more than 80": {"deaths": 39, "injured": 80},
    "475 dead, 20,000 homeless after storm": {"deaths": 475},
    "Twelve miners trapped underground": {"trapped": 12},
    "Warehouse fire: no injuries reported": {"injured": 0},
    "The death toll from the collapse of a garment factory near the old harbour on Monday is already 120": {
        "deaths": 120
    },
    "Number of people killed in building collapse rises above 400": {"deaths": 400},
    "Mill deaths (now at 64+)": {"deaths": 64},
    "Death toll from floods on 24 April reaches 12": {"deaths": 12},
    "Death toll is expected to rise as 300 rescuers arrive at the flood": {},
    "1 border agent killed, 3 injured in blast": {"deaths": 1, "injured": 3},
    "Woman, 79, found dead after flood": {"deaths": 1},
}


@pytest.mark.parametrize("title", [*CHINESE, *ENGLISH])
def test_a_headline_gives_its_figures(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title)).casualties
    stated = {name: found.value(name) for name in CASUALTY_FIELDS if found.value(name) is not None}
    assert stated == (CHINESE | ENGLISH)[title]


ARTICLES: dict[str, tuple[tuple[str, str], dict[str, int | None]]] = {
    "the title is the latest": (
        ("甲县车祸三人死亡三人重伤", "8日上午，两车相撞，造成2人当场死亡，4人重伤。"),
        {"deaths": 3, "serious": 3},
    ),
    "an exact figure stands for the rounded one of the title": (
        ("甲地强震超2.1万人遇难", "据统计部门消息，地震已造成21700多人遇难。"),
        {"deaths": 21_700},
    ),
    "parts are added up where the title rounds their sum": (
        ("乙国丙国近1300人死亡", "地震已在乙国造成912人死亡、5385人受伤。地震在丙国导致371人死亡、1089人受伤。"),
        {"deaths": 1283, "injured": 6474},
    ),
    "earlier accidents do not count": (
        ("甲县一煤矿透水2人死亡", "事故造成2人死亡。去年该矿曾发生事故，造成9人死亡。"),
        {"deaths": 2},
    ),
    "the last one found is out": (
        ("", "26日甲县一矿顶板垮塌，致7名人员被困。28日搜救出最后一名被困人员，但抢救无效死亡，事故致6死1伤。"),
        {"deaths": 6, "injured": 1, "trapped": 0},
    ),
    "who died at once and who died later are added up": (
        ("", "甲县两车相撞，造成2人当场死亡，另有3人送医后抢救无效死亡。"),
        {"deaths": 5},
    ),
    "the parts of a total are not added to it": (
        ("", "甲县两车相撞，致3人死亡，其中2人当场死亡，1人送医后死亡，8人受伤。"),
        {"deaths": 3, "injured": 8},
    ),
    "what is counted after 其中 stays a part": (
        ("", "甲厂起火，医院收治5名伤员，其中4人为灼伤，一人为骨折，所有伤员没有生命危险。"),
        {"injured": 5, "serious": None},
    ),
    "who was dug out and died is dead, and nobody is left": (
        ("", "甲村山体坍塌，5人被埋。3人被救出，其中1人抢救无效死亡，2人在送医途中死亡。另外2人被发现，已无生命迹象。"),
        {"deaths": 5, "trapped": 0},
    ),
    "all who were missing are dead": (
        ("", "甲矿透水，5人失联。搜救结束，失联人员全部遇难。"),
        {"deaths": 5, "missing": 0},
    ),
    "all who were aboard are dead": (
        ("", "甲地一架客机坠毁，机上共58人。搜救人员表示，机上人员全部遇难。"),
        {"deaths": 58},
    ),
    "several hundred may be an exact number": (
        ("甲地地震仍有数百人被困", "地震已导致12人遇难，受困人数超过600人。"),
        {"deaths": 12, "trapped": 600},
    ),
    "brought out, and the fire is out": (
        ("", "甲店起火，明火已被扑灭，共疏散被困群众10人，其中1人受伤。"),
        {"trapped": 0, "injured": 1},
    ),
    "nobody harmed elsewhere says nothing of the dead here": (
        ("甲地列车与卡车相撞 1人死亡", "列车与卡车相撞，导致1人死亡。此外，邻市一工厂起火，没有人员伤亡。"),
        {"deaths": 1, "injured": None},
    ),
    "others unharmed says nothing of the whole": (
        ("", "甲县一货车侧翻，司机当场死亡，其他人员无伤亡。"),
        {"deaths": 1},
    ),
    "a list of complaints goes on": (
        ("", "甲校101名学生因恶心、呕吐等食物中毒症状到医院就诊。"),
        {"injured": 101},
    ),
    "what came of a person named before": (
        ("", "甲县一货车侧翻，一骑车妇女被轧住右脚，导致严重受伤。"),
        {"serious": 1, "injured": 1},
    ),
    "the severely and the critically hurt are added up": (
        ("", "甲厂起火，31名伤者入院治疗，其中重伤6人，危重2人。"),
        {"injured": 31, "serious": 8},
    ),
    "the critically hurt among the severely hurt are not": (
        ("", "甲厂起火，造成6人重伤，其中2人危重。"),
        {"serious": 6},
    ),
    "an increment is no total": (
        ("", "甲县泥石流又发现2具遗体，死亡人数增至9人。"),
        {"deaths": 9},
    ),
}


@pytest.mark.parametrize("case", ARTICLES)
def test_an_article_gives_the_latest_cumulative_figures(reader: Reader, case: str) -> None:
    (title, text), expected = ARTICLES[case]
    found = reader.assess(Item(title=title, text=text)).casualties
    assert {name: found.value(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "deaths"),
    [
        ("本月3日，村中老人钱某死亡，5日全村帮忙办丧事，午饭后42人呕吐送医。", None),
        ("司机钱某当场死亡，家属赶来奔丧。", 1),
        ("村民办丧事时棚屋倒塌，致3人死亡。", 3),
        ("一名老人当场死亡。", 1),
    ],
)
def test_who_is_being_buried_did_not_die_of_it(reader: Reader, text: str, deaths: int | None) -> None:
    assert reader.assess(Item(title="一起事故", text=text)).casualties.value("deaths") == deaths


def test_a_figure_keeps_its_sentence_as_published_and_its_place(reader: Reader) -> None:
    title, text = "甲县一工厂爆炸", "７日８时许，甲县某工厂爆炸。截至１０时，已致５人死亡。"
    figure = reader.assess(Item(title=title, text=text)).casualties.deaths
    assert figure is not None
    assert figure.sentence == "截至１０时，已致５人死亡。"
    assert f"{title}\n{text}"[figure.offset :].startswith("５人死亡")


def test_who_was_aboard_a_lost_craft_may_be_dead(reader: Reader) -> None:
    lost = reader.assess(Item(title="甲省一客机坠毁 机上共58人"))
    assert (lost.severity, lost.likely) == (None, Severity.EXTRAORDINARY)
    assert reader.assess(Item(title="甲航一航班备降 机上共58人")).likely is None


def test_who_was_saved_is_no_longer_at_risk(reader: Reader) -> None:
    assert reader.assess(Item(title="甲海一货船沉没14人遇险")).likely is Severity.MAJOR
    assert reader.assess(Item(title="甲海一货船沉没14人遇险，已救起11人")).likely is Severity.LARGER
