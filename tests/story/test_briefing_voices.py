"""What the morning briefing tells of who says what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.fetched import Entry
from monitor.core.incidents.chains import Tie
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Source, SourceKind
from monitor.store.database import Database
from tests.story.morning import Morning, section, told
from tests.story.rumour_mill import CLAIM, DENIAL

H = timedelta(hours=1)


@pytest.fixture
def bureau(database: Database) -> Morning:
    return Morning(database)


def tell(bureau: Morning, by: str, title: str, trust: Trust) -> None:
    bureau.clock.now += H
    now = bureau.clock()
    entry = Entry(key=f"{by}:{title}", title=title, published_at=now, time_note=TimeNote.STATED)
    bureau.parts.intake.take(
        Source(id=by, name=by, kind=SourceKind.FEED, url="https://a.example/", trust=trust), [entry], now
    )


def test_an_official_figure_below_that_of_others_is_told(bureau: Morning) -> None:
    tell(bureau, "office", "白银市一化工厂爆炸致3人死亡", Trust.OFFICIAL)
    tell(bureau, "news", "白银一化工厂爆炸已致12人死亡", Trust.LOCAL_MEDIA)
    bureau.morning()
    said = section(told(bureau), "Contradicting figures")
    assert "dead: the official figure is lower than what others tell." in said
    assert "3: 应急局网站 (official word)" in said
    assert "12: 晨报 (media only)" in said
    assert "official word" in section(told(bureau), "New incidents")


def test_a_denied_incident_waits_for_a_decision_and_stands_among_the_rumours(bureau: Morning) -> None:
    tell(bureau, "account", CLAIM, Trust.PERSONAL)
    tell(bureau, "office", DENIAL, Trust.OFFICIAL)
    tell(bureau, "office", "网传定西水库垮坝系谣言", Trust.OFFICIAL)
    bureau.morning()
    assert "An official source denies it." in section(told(bureau), "To be decided now")
    said = section(told(bureau), "Rumours")
    assert "officially denied" in said
    assert "网传定西水库垮坝系谣言" in said
    assert "1 denial(s) from 1 source(s)" in said
    bureau.parts.desk.dismiss(1, by="值班员", now=bureau.clock(), reason="官方已否认")
    bureau.morning(days=1)
    assert "To be decided now" not in told(bureau, 1)
    assert "Rumours" not in told(bureau, 1)


def test_linked_incidents_are_told_with_each_other(bureau: Morning) -> None:
    tell(bureau, "news", "甘肃陇南发生洪水致3人遇难", Trust.LOCAL_MEDIA)
    tell(bureau, "news", "贵州毕节一大桥垮塌致9人遇难", Trust.LOCAL_MEDIA)
    bureau.parts.desk.link(1, 2, Tie.CAUSE, by="值班员", now=bureau.clock())
    bureau.morning()
    said = section(told(bureau), "Linked incidents")
    assert "A consequence: #2 贵州毕节一大桥垮塌致9人遇难" in said
    assert "The cause: #1 甘肃陇南发生洪水致3人遇难" in said


def test_where_nothing_is_said_of_it_the_briefing_is_silent(bureau: Morning) -> None:
    tell(bureau, "news", "甘肃陇南发生洪水致3人遇难", Trust.LOCAL_MEDIA)
    bureau.morning()
    for title in ("Contradicting figures", "Rumours", "Linked incidents"):
        assert f"== {title} ==" not in told(bureau)
