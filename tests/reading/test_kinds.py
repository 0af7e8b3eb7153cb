"""Kinds of happening on made-up headlines."""

import pytest

from monitor.core.model import Item
from monitor.core.reading.assess import Reader
from tests.reading.conftest import Shipped

HEADLINES = {
    "甲县一煤矿瓦斯爆炸致5人死亡": "coal_mine",
    "甲县一金矿透水12人被困": "mine",
    "甲县一鞭炮厂爆炸致3死2伤": "fireworks",
    "甲市一化工厂发生爆炸": "chemical",
    "甲市一小区发生燃气爆炸": "gas",
    "甲市一小区电梯坠落致1死": "special_equipment",
    "甲市一工地坍塌3人被埋": "construction",
    "甲市货运列车脱轨": "rail",
    "甲县一直升机坠毁2人遇难": "aviation",
    "甲江一货船沉没9人失联": "water_transport",
    "甲县3名少年溺亡": "drowning",
    "甲县客车与货车相撞致6死": "road",
    "甲湾一渔船翻覆3人失联": "water_transport",
    "甲县一客车驶出路面翻覆 伤亡待核实": "road",
    "甲地音乐节踩踏事故致8死": "stampede",
    "甲县突发森林火灾": "forest_fire",
    "甲县一户人家一氧化碳中毒4人死亡": "poisoning",
    "甲校学生食物中毒30人送医": "food_poisoning",
    "甲县山体滑坡8人失联": "landslide",
    "甲县发生5.1级地震": "earthquake",
    "甲县遭龙卷风致2人死亡": "wind",
    "甲县突发山洪3人失联": "flood",
    "甲县一民房倒塌2人被埋": "collapse",
    "甲县一民房起火": "fire",
    "甲市发生爆炸事故": "explosion",
    "Powerful earthquake strikes near the coast, 12 dead": "earthquake",
    "Ferry sinks with 40 people aboard": "water_transport",
}


@pytest.mark.parametrize("title", HEADLINES)
def test_the_kind_is_told_from_thing_and_happening(reader: Reader, title: str) -> None:
    assert reader.assess(Item(title=title)).kind == HEADLINES[title]


def test_the_more_specific_kind_wins_over_the_more_general(words: Shipped) -> None:
    ranks = {kind.id: kind.rank for kind in words[0].kinds.values()}
    assert ranks["coal_mine"] < ranks["mine"] < ranks["explosion"] < ranks["other"]


def test_every_kind_has_both_names_and_a_table_or_none(words: Shipped) -> None:
    lexicon, _, tables = words
    for kind in lexicon.kinds.values():
        assert kind.zh
        assert kind.en
        assert kind.table is None or kind.table in tables.tables
        assert kind.takes <= set(lexicon.kinds)
