"""Figures of made-up texts: the latest cumulative ones, with the sentence that states them."""

import pytest

from monitor.core.model import CASUALTY_FIELDS, Item
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
    "Woman, 79, found dead after flood": {"deaths": 1},
}


@pytest.mark.parametrize("title", [*CHINESE, *ENGLISH])
def test_a_headline_gives_its_figures(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title)).casualties
    stated = {name: found.value(name) for name in CASUALTY_FIELDS if found.value(name) is not None}
    assert stated == (CHINESE | ENGLISH)[title]


ARTICLES = {
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


def test_a_figure_keeps_its_sentence_as_published_and_its_place(reader: Reader) -> None:
    title, text = "甲县一工厂爆炸", "７日８时许，甲县某工厂爆炸。截至１０时，已致５人死亡。"
    figure = reader.assess(Item(title=title, text=text)).casualties.deaths
    assert figure is not None
    assert figure.sentence == "截至１０时，已致５人死亡。"
    assert f"{title}\n{text}"[figure.offset :].startswith("５人死亡")
