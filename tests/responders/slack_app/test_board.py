"""The command and the Home tab: what runs, one incident, help; in the language that the person has set in Slack."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from monitor.store.database import Database
from tests.responders.fakes.slack_app import TEAM
from tests.responders.slack_app.workplace import BOSS, LI, STRANGER, WANG, Workplace, linked, workplace
from tests.story.matters import open_major


@pytest.fixture
def place(database: Database) -> Iterator[Workplace]:
    with workplace(database) as opened:
        yield opened


def test_the_board_shows_what_presses_most_first(place: Workplace) -> None:
    place.slack.command(WANG)
    assert "没有正在计时的时限" in place.slack.told(WANG).words
    place.major()
    place.clock.advance(hours=6)
    place.watch.tick(place.clock())
    place.slack.command(WANG)
    lines = place.slack.told(WANG).words.splitlines()
    assert "截至 07-10 02:0" in lines[0]
    assert lines[1].startswith("🔴")
    assert "超时" in lines[1] or "逾期" in lines[1]
    assert "#1" in lines[1]
    assert [line[0] for line in lines[1:]] == sorted((line[0] for line in lines[1:]), key="🔴🟠🟡⚫".index)


def test_one_incident_comes_with_the_buttons_that_a_person_may_press(database: Database) -> None:
    with workplace(database, duty=linked(acts=frozenset({"acknowledge"}))) as place:
        number = place.major()
        place.slack.command(BOSS, f" #{number} ")
        told = place.slack.told(BOSS)
        assert "示例化工厂" in told.words
        assert [button["action_id"] for button in told.buttons] == ["acknowledge"]
        place.slack.press(BOSS, told, "acknowledge")
        place.slack.told(BOSS)
        assert [line.by for line in place.log(number)] == ["赵磊"]


@pytest.mark.parametrize("typed", ["help", "帮助", "?", "<!channel> `x`", "9" * 30, "1; DROP TABLE alert"])
def test_anything_else_is_answered_with_help(place: Workplace, typed: str) -> None:
    place.slack.command(WANG, typed)
    assert "/huiying 12" in place.slack.told(WANG).words


def test_an_unknown_number_is_answered(place: Workplace) -> None:
    for typed in ("4711", "#4711", "４７１１"):
        place.slack.command(WANG, typed)
        assert "4711" in place.slack.told(WANG).words


def test_who_is_not_linked_sees_nothing_but_how_to_be(place: Workplace) -> None:
    number = place.major()
    for typed in ("", str(number), "help"):
        place.slack.command(STRANGER, typed)
        told = place.slack.told(STRANGER).words
        assert f"{TEAM}/{STRANGER}" in told
        assert "示例化工厂" not in told
    place.slack.open_home(STRANGER)
    assert place.slack.socket.wait(lambda: STRANGER in place.slack.homes)
    assert "示例化工厂" not in str(place.slack.homes[STRANGER])


def test_the_home_tab_shows_the_board(place: Workplace) -> None:
    place.major()
    place.slack.open_home(WANG)
    assert place.slack.socket.wait(lambda: WANG in place.slack.homes)
    assert "示例化工厂" in str(place.slack.homes[WANG])


def test_people_are_answered_in_the_language_that_they_have_set(place: Workplace) -> None:
    place.slack.locales = {WANG: "en-GB", LI: "ja-JP"}
    place.slack.command(WANG)
    assert "No deadline is running" in place.slack.told(WANG).words
    place.slack.command(LI)
    assert "没有正在计时的时限" in place.slack.told(LI).words


def test_without_the_scope_for_it_everybody_is_answered_in_the_bureau_s_language(place: Workplace) -> None:
    place.slack.scopes.discard("users:read")
    place.slack.locales = {WANG: "en-GB"}
    place.slack.command(WANG)
    assert "没有正在计时的时限" in place.slack.told(WANG).words


def test_a_crowd_of_incidents_stays_within_what_slack_takes(place: Workplace) -> None:
    open_major(place.database, 60, place.clock(), place.pack)
    place.slack.command(WANG)
    told = place.slack.told(WANG)
    assert len(told.words.splitlines()) <= 23
    assert "另有" in told.words


def test_a_slow_desk_is_answered_later_and_acknowledged_in_time(database: Database) -> None:
    with workplace(database, patience=0.3) as place:
        number = place.major()
        place.slack.press(WANG, place.card(), "dismiss")
        form = place.slack.form(WANG)
        dismiss = place.desk.dismiss

        free = threading.Event()

        class Slow:
            def __getattr__(self, name: str) -> object:
                assert free.wait(60)
                return dismiss

        object.__setattr__(place.app.deeds, "desk", Slow())
        ack = place.slack.submit(form, reason="误报")
        assert ack is not None
        assert (ack.body, place.log(number)) == ({}, [])
        free.set()
        assert "误报" in place.slack.told(WANG).words
        assert [line.what for line in place.log(number)] == ["dismiss"]
