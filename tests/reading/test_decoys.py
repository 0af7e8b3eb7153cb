"""What is an incident and what only looks like one, on made-up texts."""

import pytest

from monitor.core.model import Decoy, Item, Scope, Severity, Why
from monitor.core.reading.assess import Reader

INCIDENTS = [
    "江西某县一工厂发生爆炸已致3人死亡",
    "四川某县一客车坠河5人失联",
    "湖南一小区居民楼起火2人受伤",
    "云南某县发生4.9级地震",
    "河北一煤矿透水事故7人被困",
    "浙江一厂房坍塌救出第3名被困人员",
    "江苏某县遭龙卷风袭击 已致6人死亡",
    "湖北一隧道被困7人已联系上",
    "湖南某县6月初发生洪水淹没多个村庄",
    "江西某县一排污事件致2死",
    "At least 12 dead after bus crash near Lanzhou, rescue under way",
]

DECOYS = {
    "官方辟谣某地化工厂发生爆炸": Decoy.RUMOUR_DENIED,
    "酒驾致3死司机一审获刑": Decoy.COURT_CASE,
    "某地酒店坍塌事故调查报告公布": Decoy.INVESTIGATION,
    "某地大地震十周年纪念日": Decoy.ANNIVERSARY,
    "某国新增新冠死亡病例20例": Decoy.EPIDEMIC,
    "某国首都遭导弹空袭致20人死亡": Decoy.WAR,
    "甲国车队遭空袭已致70死": Decoy.WAR,
    "男子持刀行凶致3死": Decoy.CRIME,
    "电影里那场爆炸戏杀青了": Decoy.FICTION,
    "欧冠决赛球迷庆祝": None,
    "全国每年溺水死亡率下降": Decoy.STATISTICS,
    "某地举行地震应急演练": Decoy.DRILL,
    "暴雨红色预警信号生效请注意防范山洪": Decoy.WARNING,
    "小猫被困树上消防员爬梯救下": Decoy.ANIMAL,
    "冬季取暖防一氧化碳中毒十条提示": Decoy.EDUCATION,
    "男子突发心梗猝死": None,
    "今天的晚霞真好看": None,
}


@pytest.mark.parametrize("title", INCIDENTS)
def test_a_present_happening_is_an_incident(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title))
    assert found.is_incident
    assert found.decoy is None
    assert Why.KIND_WORD in {reason.why for reason in found.because}


@pytest.mark.parametrize("title", DECOYS)
def test_what_only_looks_like_one_is_none_and_says_why(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title))
    assert not found.is_incident
    assert found.decoy is DECOYS[title]
    assert found.likely is None
    assert found.because


def test_an_incident_abroad_is_one_that_is_not_ours(reader: Reader) -> None:
    found = reader.assess(Item(title="日本一客机坠毁12人遇难"))
    assert (found.is_incident, found.decoy, found.scope) == (True, Decoy.FOREIGN, Scope.FOREIGN)
    assert found.severity is Severity.MAJOR


def test_an_incident_in_taiwan_is_domestic_and_told_by_its_province(reader: Reader) -> None:
    found = reader.assess(Item(title="台湾花莲发生5.3级地震"))
    assert (found.is_incident, found.decoy, found.place.province) == (True, None, "710000")


def test_private_misfortune_has_a_reason_but_no_class(reader: Reader) -> None:
    found = reader.assess(Item(title="男子跳楼身亡"))
    assert found.decoy is None
    assert Why.PRIVATE_MATTER in {reason.why for reason in found.because}


def test_words_that_mean_something_else_do_not_count(reader: Reader) -> None:
    for title in ("某演员的爆炸头造型", "网友人设崩塌了", "数学成绩滑坡"):
        found = reader.assess(Item(title=title))
        assert not found.is_incident
        assert all(reason.why is not Why.KIND_WORD for reason in found.because)


def test_an_article_is_judged_by_its_title_and_opening(reader: Reader) -> None:
    title = "甘肃某县一客车坠沟5人死亡"
    text = "7日8时许，甘肃某县发生一起客车坠沟事故，造成5人死亡。" + "目前救援仍在进行。" * 12
    ended = text + "此前，当地多次组织应急演练，并开展安全宣传。"
    assert reader.assess(Item(title=title, text=ended)).is_incident


def test_ten_dead_are_believed_unless_a_decoy_word_speaks(reader: Reader) -> None:
    plain = reader.assess(Item(title="矿井垮塌12人遇难"))
    assert (plain.is_incident, plain.severity) == (True, Severity.MAJOR)
    assert not reader.assess(Item(title="矿井垮塌12人遇难案一审宣判")).is_incident
