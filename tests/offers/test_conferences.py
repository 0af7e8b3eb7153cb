"""A conference that is only announced is none that was held, however it is worded."""

from __future__ import annotations

import pytest

from monitor.config.own_releases import load_release_words
from monitor.core.offers.conferences import conference_of
from monitor.core.offers.offer import Form

WORDS = load_release_words().conferences
COMING = [
    "今日21时召开新闻发布会",
    "金川区爆炸事故新闻发布会将于7月10日上午召开",
    "金川区爆炸事故发布会将于明日10时召开",
    "关于7月10日上午10点召开新闻发布会的公告",
    "省政府新闻办定于后天举行新闻发布会介绍金川区爆炸事故情况",
    "拟召开金川区爆炸事故新闻发布会",
    "今天下午召开新闻发布会并答记者问",
    "金川区爆炸事故召开新闻发布会",
]
HELD = [
    "金川区爆炸事故新闻发布会实录",
    "7月10日10时金川区爆炸事故新闻发布会文字实录",
    "金川区爆炸事故新闻发布会答问",
    "金川区爆炸事故新闻发布会介绍救援情况",
    "今日新闻发布会答记者问",
    "金川区爆炸事故新闻发布会已召开",
    "金川区就爆炸事故举行了新闻发布会",
]


@pytest.mark.parametrize("title", COMING)
def test_what_is_only_announced_is_a_notice(title: str) -> None:
    assert conference_of(title, "", WORDS) is Form.CONFERENCE_NOTICE


@pytest.mark.parametrize("title", HELD)
def test_what_was_held_is_a_record(title: str) -> None:
    assert conference_of(title, "定于今日召开", WORDS) is Form.CONFERENCE_RECORD


def test_a_notice_may_say_so_in_its_first_sentence_alone() -> None:
    told = "发布会将于明日10时召开。7月9日，金川区一仓库发生爆炸。"
    assert conference_of("公告", told, WORDS) is Form.CONFERENCE_NOTICE
    release = "7月9日19时，金川区一仓库发生爆炸。新闻发布会将于明日10时召开。"
    assert conference_of("情况通报", release, WORDS) is None


@pytest.mark.parametrize("title", ["情况通报", "市安委会召开会议", "救援情况介绍", "将乐县火灾情况通报"])
def test_what_speaks_of_no_conference_is_neither(title: str) -> None:
    assert conference_of(title, "", WORDS) is None
