"""What people do from a terminal: the deadlines answer, and a mistake changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.beijing import local
from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"
KIND = ("--kind", "authoritative_release", "--title", "情况通报")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def busy(terminal: Terminal, clock: MovedClock) -> Terminal:
    terminal.told(COAL, clock=clock)
    return terminal


def states(terminal: Terminal) -> dict[str, str]:
    return {d["obligation_id"]: d["state"] for d in terminal.json("deadlines", "--all")}


def test_a_deadline_runs_until_its_response_is_logged(busy: Terminal) -> None:
    assert states(busy) == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open"}
    assert "(open)" in busy.run("ack", 1)
    assert "(open)" in busy.run("confirm", 1, "--reason", "电话核实")
    naive = f"{local(datetime.now(UTC)):%Y-%m-%dT%H:%M}"
    told = busy.run("respond", 1, *KIND, "--published-at", naive, "--by", "王")
    assert "  First authoritative release: met (due " in told
    assert states(busy) | {"OP-AUTH-5H": "met", "OP-PRESS-24H": "open"} == states(busy)
    [response] = busy.json("responses")
    assert (response["by"], response["title"]) == ("王", "情况通报")
    # A time without a zone is Beijing time.
    assert datetime.fromisoformat(response["published_at"]) == datetime.fromisoformat(naive + "+08:00")
    assert "OP-AUTH-5H" not in {d["obligation_id"] for d in busy.json("deadlines")}
    busy.run("respond", 1, "--kind", "press_conference", "--title", "发布会", "--published-at", naive)
    assert states(busy)["OP-PRESS-24H"] == "met"
    assert "OP-PRESS-24H" not in {d["obligation_id"] for d in busy.json("deadlines")}


def test_who_acts_is_the_login_name_unless_said(busy: Terminal, clock: MovedClock) -> None:
    at = f"{clock() + timedelta(minutes=5):%Y-%m-%dT%H:%M}Z"
    busy.run("respond", 1, *KIND, "--published-at", at)
    assert [response["by"] for response in busy.json("responses")] == ["li"]


def test_a_waived_deadline_ends_alone(busy: Terminal) -> None:
    number = next(d["id"] for d in busy.json("deadlines") if d["obligation_id"] == "OP-PRESS-24H")
    assert "waived" in busy.run("waive", number, "--reason", "由上级发布")
    assert states(busy) == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "waived"}
    assert "already settled (waived)" in busy.run("waive", number, "--reason", "x", code=1)


def test_a_false_alarm_withdraws_its_deadlines_and_can_be_taken_up_again(busy: Terminal) -> None:
    assert "(dismissed)" in busy.run("dismiss", 1, "--reason", "演练")
    assert set(states(busy).values()) == {"withdrawn"}
    assert "Incident 1 is already dismissed" in busy.run("dismiss", 1, "--reason", "演练", code=1)
    assert "演练" in busy.run("incidents", "--id", 1)
    assert "(open)" in busy.run("confirm", 1)
    assert "open" in states(busy).values()


def test_two_incidents_become_one_and_two_again(busy: Terminal, clock: MovedClock) -> None:
    busy.told("四川宜宾一工厂爆炸致11人死亡", clock=clock)
    assert "#1 " in busy.run("merge", 2, 1, "--reason", "同一事件")
    merged = {i["id"]: i for i in busy.json("incidents")} | {2: busy.json("incidents", "--id", 2)[0]}
    assert (merged[2]["state"], merged[2]["merged_into"], merged[1]["items"]) == ("merged", 1, 2)
    assert "became part of #1" in busy.run("incidents", "--id", 2)
    assert "was merged into incident 1" in busy.run("ack", 2, code=1)
    items = [item["id"] for item in busy.json("incidents", "--id", 1)[0]["items"]]
    assert "#3 " in busy.run("split", 1, items[1])
    assert [i["id"] for i in busy.json("incidents", "--id", 3)[0]["items"]] == [items[1]]
    assert [i["id"] for i in busy.json("incidents", "--id", 1)[0]["items"]] == [items[0]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ack 9", "There is no incident 9."),
        ("confirm 9", "There is no incident 9."),
        ("dismiss 9 --reason x", "There is no incident 9."),
        ("merge 9 1", "There is no incident 9."),
        ("merge 1 9", "There is no incident 9."),
        ("merge 1 1", "cannot be merged into itself"),
        ("split 9 1", "There is no incident 9."),
        ("split 1 1", "would leave it empty"),
        ("split 1 99", "has no item 99."),
        ("waive 9 --reason x", "There is no deadline 9."),
        ("dismiss 1 --reason ", "Give a reason"),
        ("respond 9 --kind reply --title x --published-at 2026-07-09", "There is no incident 9."),
        ("respond 1 --kind reply --title x --published-at soon", "soon is not a time."),
        ("respond 1 --kind reply --title x --published-at 2026-02-30T10:00", "2026-02-30T10:00 is not a time."),
        ("respond 1 --kind reply --title x --published-at 2001-07-09T10:00", "before the incident began"),
        ("respond 1 --kind reply --title x --published-at 2999-07-09T10:00", "Log it once it is published."),
        ("respond 1 --kind reply --title x --published-at 0001-01-01", "before the incident began"),
        ("respond 1 --kind reply --title x --published-at NOW --url javascript:x", "is not a web address"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(busy: Terminal, words: str, said: str) -> None:
    before = busy.json("incidents", "--id", 1)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}Z"
    assert said in busy.run(*(word.replace("NOW", now) for word in words.split(" ")), code=1)
    assert busy.json("incidents", "--id", 1) == before
    assert busy.json("responses") == []
