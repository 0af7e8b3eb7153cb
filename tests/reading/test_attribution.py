"""Whom a text names as its source, and what a denial of hearsay is."""

from __future__ import annotations

import pytest

from monitor.core.model import Decoy, Item, Speaker, Why
from monitor.core.reading.assess import Reader

OFFICIAL, MEDIA, HEARSAY = Speaker.OFFICIAL, Speaker.MEDIA, Speaker.HEARSAY


@pytest.mark.parametrize(
    ("title", "text", "speaker"),
    [
        ("某县一化工厂爆炸致3人死亡", "", None),
        ("官方通报某县化工厂爆炸：3人死亡", "", OFFICIAL),
        ("某县应急管理局：化工厂爆炸致3人死亡", "", OFFICIAL),
        ("据某市消防救援支队消息，某小区起火致3人死亡", "", OFFICIAL),
        ("某县应急管理局大楼起火致3人死亡", "", None),
        ("央视新闻：某县化工厂爆炸致3人死亡", "", MEDIA),
        ("网传某县化工厂爆炸致12人死亡", "", HEARSAY),
        ("网友称某县化工厂爆炸致12人死亡", "", HEARSAY),
        # Whoever is named last speaks, if he says anything.
        ("网传某县化工厂爆炸，警方通报：爆炸致3人死亡", "", OFFICIAL),
        ("官方通报网传某县踩踏事件 2人受伤", "", HEARSAY),
        ("网传某县化工厂爆炸致12人死亡 官方通报来了", "", HEARSAY),
        ("网传某县化工厂爆炸致12人死亡，应急局表示正在核实具体情况", "", HEARSAY),
        # An article's title decides; where it names nobody, its first sentences do.
        ("某县化工厂爆炸致3人死亡", "记者从某县应急管理局获悉，9日下午，某县一化工厂发生爆炸，致3人死亡。", OFFICIAL),
        ("某县化工厂爆炸致3人死亡", "有网友拍下视频。9日下午，某县一化工厂发生爆炸，致3人死亡。", None),
        ("网传某县化工厂爆炸致12人死亡", "记者致电某县应急管理局，工作人员称正在了解。", HEARSAY),
        # The cause of a fire that is only suspected makes no rumour of the fire.
        ("某县居民楼发生疑似煤气爆炸致3人死亡", "", None),
    ],
)
def test_whom_a_text_names_as_its_source(reader: Reader, title: str, text: str, speaker: Speaker | None) -> None:
    assert reader.assess(Item(title=title, text=text)).speaker is speaker


def test_the_word_that_names_the_source_is_kept_with_its_sentence(reader: Reader) -> None:
    found = reader.assess(Item(title="某县应急管理局：化工厂爆炸致3人死亡"))
    reasons = {reason.why: reason for reason in found.because}
    assert reasons[Why.ATTRIBUTION].detail == "应急管理局"
    assert "化工厂爆炸" in reasons[Why.ATTRIBUTION].sentence


@pytest.mark.parametrize(
    ("title", "text", "speaker"),
    [
        ("网传某县化工厂爆炸致12死不实 警方辟谣", "", OFFICIAL),
        ("警方辟谣：网传某县化工厂爆炸系谣言", "", OFFICIAL),
        ("网传某县化工厂爆炸系谣言", "", None),
        ("网传某县化工厂爆炸致12死不实", "", None),
        ("网传某县化工厂爆炸？应急局：并无此事", "", OFFICIAL),
        ("关于网传“某县大坝垮塌”的情况说明", "经核实，网传内容不属实，该大坝运行正常。", OFFICIAL),
    ],
)
def test_a_denial_opens_nothing_and_is_told_by_whatever_official_it_names(
    reader: Reader, title: str, text: str, speaker: Speaker | None
) -> None:
    found = reader.assess(Item(title=title, text=text))
    assert (found.is_incident, found.decoy, found.speaker) == (False, Decoy.RUMOUR_DENIED, speaker)


def test_words_that_only_refute_hearsay_mean_nothing_without_it(reader: Reader) -> None:
    assert reader.assess(Item(title="某县化工厂爆炸致3人死亡 曾系演练场地")).is_incident


def test_a_word_of_denial_in_an_article_that_is_no_hearsay_denies_nothing(reader: Reader) -> None:
    text = "9日下午，某县一化工厂发生爆炸，致3人死亡。当地提醒，关于死亡30人的说法不属实。"
    found = reader.assess(Item(title="某县化工厂爆炸致3人死亡", text=text))
    assert found.is_incident
    assert found.decoy is None
