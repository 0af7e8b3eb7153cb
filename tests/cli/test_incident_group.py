"""One incident from a terminal: shown with who says what, linked, unlinked; and the list of rumours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

FLOOD, SLIDE = "甘肃陇南发生洪水致3人遇难", "贵州毕节山体滑坡致14人遇难"
CLAIM = "网传陕西榆林一煤矿透水致12人死亡"


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime.now(UTC) - timedelta(hours=3))


@pytest.fixture
def busy(terminal: Terminal, clock: MovedClock) -> Terminal:
    for title in (FLOOD, SLIDE):
        terminal.told(title, clock=clock)
    return terminal


def test_an_incident_is_shown_as_the_list_shows_it(busy: Terminal) -> None:
    assert busy.run("incident", "show", 1) == busy.run("incidents", "--id", 1)
    assert busy.json("incident", "show", 1) == busy.json("incidents", "--id", 1)
    assert "There is no incident 9." in busy.run("incident", "show", 9, code=1)


def test_who_says_what_is_shown_with_its_sentence(busy: Terminal) -> None:
    told = busy.run("incident", "show", 1)
    assert "official word" in told
    assert "3 dead  " in told
    [shown] = busy.json("incident", "show", 1)
    assert shown["standing"] == "official"
    [tolls] = shown["tolls"]
    assert (tolls["figure"], tolls["contradicted"]) == ("deaths", False)
    assert (tolls["told"][0]["value"], tolls["told"][0]["sentence"]) == (3, FLOOD)


def test_incidents_are_linked_shown_and_unlinked(busy: Terminal) -> None:
    assert "#1 " in busy.run("incident", "link", 1, 2, "--as", "cause", "--reason", "试")
    assert "A consequence: #2" in busy.run("incident", "show", 1)
    assert "The cause: #1" in busy.run("incident", "show", 2)
    [shown] = busy.json("incident", "show", 2)
    assert [(one["other_id"], one["tie"], one["by"]) for one in shown["links"]] == [(1, "cause", "li")]
    busy.run("incident", "unlink", 2, 1)
    assert busy.json("incident", "show", 1)[0]["links"] == []
    assert "are not linked" in busy.run("incident", "unlink", 2, 1, code=1)
    assert "cannot be linked with itself" in busy.run("incident", "link", 1, 1, "--as", "related", code=1)
    assert "--as" in busy.run("incident", "link", 1, 2, code=2)


def test_rumours_are_listed(busy: Terminal, clock: MovedClock) -> None:
    assert busy.json("rumours") == []
    busy.told(CLAIM, clock=clock)
    clock.advance(minutes=30)
    busy.told("网传宁夏中卫一水库垮坝系谣言 警方辟谣", clock=clock)
    told = busy.run("rumours")
    assert "claimed only" in told
    assert CLAIM in told
    assert "denied, no incident known" in told
    claimed, denied = busy.json("rumours")
    assert (claimed["state"], claimed["standing"], claimed["spread"]["items"]) == ("claimed", "unverified", 1)
    assert (denied["matter_id"], denied["items"], denied["kind"]) == (None, 1, denied["kind"])
