"""Why, asked from a terminal; what was set aside is counted, reported and set aside again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from monitor.cli import huiying
from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"
DRILL = "陕西西安开展隧道坍塌事故应急演练 模拟11人遇难"
MORE = "陕西榆林煤矿透水事故已致12人死亡 3人受伤"


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    clock = MovedClock(datetime.now(UTC) - timedelta(hours=1))
    for title in (COAL, DRILL, MORE):
        terminal.told(title, clock=clock)
        clock.advance(minutes=5)
    return terminal


def test_an_incident_is_explained_duty_by_duty(busy: Terminal) -> None:
    told = busy.run("explain", 1)
    for expected in (
        "First authoritative release",
        "+ the grade is at least major; it is major",
        "Counted from first reported",
        "国办发〔2016〕80号",
        "? 30 dead would make it extraordinarily major.",
    ):
        assert expected in told
    [answer] = busy.json("explain", 1)
    five = next(duty for duty in answer["duties"] if duty["obligation_id"] == "OP-AUTH-5H")
    assert five["holds"] == "firm"
    assert {check["condition"] for check in five["checks"]} >= {"region", "at_least"}
    assert "no incident 99" in busy.run("explain", 99, code=1)


def test_an_item_is_explained_word_by_word(busy: Terminal) -> None:
    told = busy.run("explain", "--item", 2)
    assert DRILL in told
    assert "Set aside: drill." in told
    assert "? Without the words of the class drill" in told
    [answer] = busy.json("explain", "--item", 2)
    assert answer["record"]["tag"] == "drill"
    weights = answer["explained"]["weights"]
    assert sum(weight["points"] for weight in weights) == answer["explained"]["outcome"]["points"]
    assert {place["role"] for place in answer["explained"]["places"]} == {"none"}
    assert "no item 99" in busy.run("explain", "--item", 99, code=1)


def test_a_text_is_tried_and_not_stored(busy: Terminal) -> None:
    before = len(busy.json("incidents"))
    told = busy.run("explain", "--text", "甘肃白银一煤矿透水9人被困\n目前救援正在进行。", "--compare")
    assert "Likely grade larger: if the 9 missing, trapped or adrift were dead." in told
    assert "It would not join incident 1." in told
    assert len(busy.json("incidents")) == before
    assert "empty" in busy.run("explain", "--text", "  ", code=2)
    assert "Name one thing" in busy.run("explain", 1, "--item", 2, code=2)


@pytest.mark.parametrize("words", [["explain"], ["explain", "--text", "-"]])
def test_the_standard_input_is_read_where_nothing_else_is_named(terminal: Terminal, words: list[str]) -> None:
    done = CliRunner().invoke(huiying, [*words, "--json"], input=f"{COAL}\n正文。\n")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["record"] is None
    assert answer["explained"]["assessment"]["casualties"]["deaths"]["value"] == 12
    assert not (terminal.folder / "huiying.db").exists()


def test_what_was_set_aside_is_counted_listed_reported_and_set_aside_again(busy: Terminal) -> None:
    counts = {count["decoy"]: count for count in busy.json("decoys")}
    assert (counts["drill"]["day"], counts["drill"]["month"]) == (1, 1)
    assert "drill" in busy.run("decoys")
    [found] = busy.json("decoys", "drill")
    assert (found["id"], found["title"]) == (2, DRILL)
    assert "#2" in busy.run("report", 2, "--reason", "确有其事", "--by", "王")
    assert busy.json("decoys", "drill") == []
    assert {count["decoy"]: count["put_right"] for count in busy.json("decoys")}["drill"] == 1
    assert {d["matter_id"] for d in busy.json("deadlines")} == {1, 2}
    assert "only report of incident 2" in busy.run("set-aside", 2, "--as", "drill", code=1)
    assert "#1" in busy.run("set-aside", 3, "--as", "old_event")
    [taken] = busy.json("decoys", "old_event")
    assert (taken["id"], taken["decided_by"]) == (3, "li")
    assert "#1" in busy.run("report", 3)
    assert "report of incident 1 already" in busy.run("report", 3, code=1)
