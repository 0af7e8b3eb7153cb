"""What people do to running deadlines from a terminal; a mistake names the rule and changes nothing."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.config.document import BadDocument
from monitor.config.rules import PACKS, load_pack
from monitor.core.beijing import local
from tests.cli.terminal import Terminal
from tests.cli.test_acts import COAL, KIND
from tests.story.office import MovedClock

RULE = {
    "id": "AC-TEST-20H",
    "name": {"zh": "核查反馈", "en": "Inquiry"},
    "applies": {"at_least": "重大"},
    "anchors": ["occurred", "first_reported"],
    "due": "20h",
    "satisfied_by": ["reply"],
    "extend": {"by": "10h"},
    "pause": ["鉴定"],
    "reset": ["补正"],
    "source": {"document": "测试", "article": "一", "quote": "二十小时"},
    "verified": True,
}


@pytest.fixture
def busy(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    pack = yaml.safe_load((PACKS / "cn-gov.yaml").read_text(encoding="utf-8"))
    pack["obligations"].append(RULE)
    own = terminal.folder / "own.yaml"
    own.write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
    settings = terminal.folder / "huiying.yaml"
    known = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    settings.write_text(yaml.safe_dump({**(known or {}), "rules": str(own)}), encoding="utf-8")
    terminal.told(COAL, clock=MovedClock(datetime.now(UTC) - timedelta(hours=1)))
    terminal.run("confirm", 1)
    return terminal


def inquiry(terminal: Terminal, name: str = "AC-TEST-20H") -> dict[str, Any]:
    return next(d for d in terminal.json("deadlines", "--all") if d["obligation_id"] == name)


def ago(minutes: float) -> str:
    return f"{local(datetime.now(UTC)) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


def due(terminal: Terminal) -> datetime:
    return datetime.fromisoformat(str(inquiry(terminal)["due_at"]))


def test_a_deadline_is_extended_as_far_as_its_rule_allows(busy: Terminal) -> None:
    number, before = inquiry(busy)["id"], due(busy)
    why = ("--reason", "案情复杂")
    assert "wants an approver" in busy.run("extend", number, *why, code=1)
    approved = ("--approver", "市政府", "--notice", "市函1号")
    assert "by 10h at most, not by 11h" in busy.run("extend", number, *why, *approved, "--span", "11h", code=1)
    assert due(busy) == before
    busy.run("extend", number, *why, *approved, "--span", "4h", "--by", "王")
    assert due(busy) == before + timedelta(hours=4)
    [made] = inquiry(busy)["adjustments"]
    assert (made["kind"], made["span"], made["approver"], made["notice"], made["by"]) == (
        "extend", "4h", "市政府", "市函1号", "王",
    )  # fmt: skip
    told = busy.run("incidents", "--id", 1)
    assert "王: extended by 4h; approved by 市政府; notice: 市函1号 案情复杂" in told
    five = inquiry(busy, "OP-AUTH-5H")["id"]
    assert "OP-AUTH-5H allows no extension" in busy.run("extend", five, *why, code=1)


def test_a_deadline_is_paused_resumed_and_begun_anew(busy: Terminal) -> None:
    number, before, began, ended = inquiry(busy)["id"], due(busy), ago(30), ago(10)
    rest = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
    assert "It allows: 鉴定." in busy.run("pause", number, "--ground", "节日", code=1)
    assert "Inquiry: paused" in busy.run("pause", number, "--ground", "鉴定", "--at", began)
    assert "paused" in busy.run("deadlines")
    assert "Inquiry: running" in busy.run("resume", number, "--at", ended)
    assert due(busy) == before + rest
    busy.run("reset-deadline", number, "--ground", "补正", "--at", ago(5))
    found = inquiry(busy)
    assert due(busy) - datetime.fromisoformat(str(found["started_at"])) == timedelta(hours=20)
    assert found["anchor"] == "stated"


def test_a_start_is_stated_with_a_reason(busy: Terminal) -> None:
    number = inquiry(busy)["id"]
    assert "--reason" in busy.run("set-anchor", number, "--at", ago(120), code=2)
    busy.run("set-anchor", number, "--at", ago(120), "--reason", "值班电话记录")
    started = datetime.fromisoformat(str(inquiry(busy)["started_at"]))
    assert timedelta(minutes=119) < datetime.now(UTC) - started < timedelta(minutes=122)
    assert "has not come yet" in busy.run("set-anchor", number, "--at", ago(-60), "--reason", "误", code=1)


def test_a_response_is_withdrawn_and_a_waiver_taken_back(busy: Terminal) -> None:
    busy.run("respond", 1, *KIND, "--published-at", ago(10))
    assert inquiry(busy, "OP-AUTH-5H")["state"] == "met"
    busy.run("retract", 1, "--at", ago(2), "--reason", "内容有误", "--by", "王")
    assert inquiry(busy, "OP-AUTH-5H")["state"] == "open"
    [response] = busy.json("responses")
    assert (response["retracted_by"], response["retracted_reason"]) == ("王", "内容有误")
    assert "(withdrawn)" in busy.run("responses")
    assert "already withdrawn" in busy.run("retract", 1, "--reason", "再撤", code=1)
    press = inquiry(busy, "OP-PRESS-24H")["id"]
    busy.run("waive", press, "--reason", "省级发布")
    busy.run("reopen", press, "--reason", "省级未发布")
    assert inquiry(busy, "OP-PRESS-24H")["state"] == "open"


def test_an_acknowledgement_is_handed_back(busy: Terminal) -> None:
    busy.run("hand-back", 1, "--by", "王")
    assert "Nobody has acknowledged incident 1" in busy.run("hand-back", 1, code=1)


def test_what_people_find_stands_apart_from_what_the_times_say(busy: Terminal) -> None:
    number = inquiry(busy, "OP-AUTH-5H")["id"]
    why = ("--reason", "少报2人", "--evidence", "笔录12号")
    busy.run("find-fault", 1, "--fault", "concealed", "--deadline", number, *why)
    busy.run("find-fault", 1, "--fault", "omitted", *why)
    assert "late" in busy.run("find-fault", 1, "--fault", "late", *why, code=2)
    mine, other = inquiry(busy, "OP-AUTH-5H"), inquiry(busy)
    assert [f["fault"] for f in mine["findings"]] == ["concealed", "omitted"]
    assert [f["fault"] for f in other["findings"]] == ["omitted"]
    assert mine["fault"] is None
    told = busy.run("incidents", "--id", 1)
    assert "hidden; evidence: 笔录12号" in told


PAGE = Path(__file__).parents[2] / "docs" / "deadline-decisions.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page_run_as_they_stand(busy: Terminal) -> None:
    busy.run("respond", 1, *KIND, "--published-at", ago(10))
    assert inquiry(busy)["id"] == 3
    lines = [
        line for kind, text in BLOCK.findall(PAGE.read_text("utf-8")) if kind == "sh" for line in text.splitlines()
    ]
    commands = [shlex.split(line) for line in lines if not line.startswith("#")]
    shown = {words[1] for words in commands}
    assert shown >= {"extend", "pause", "resume", "reset-deadline", "set-anchor", "retract", "reopen", "find-fault"}
    for words in commands:
        assert words[0] == "huiying"
        busy.run(*words[1:])
    assert inquiry(busy)["started_at"] == "2026-07-09T11:40:00+00:00"
    assert inquiry(busy, "OP-PRESS-24H")["state"] == "open"


def test_the_rule_of_the_page_is_read(tmp_path: Path) -> None:
    [text] = [text for kind, text in BLOCK.findall(PAGE.read_text("utf-8")) if kind == "yaml"]
    allowed = yaml.safe_load(text)
    pack = tmp_path / "own.yaml"
    known = {"id": "own", "version": "1", "obligations": [{**RULE, "due": "60d", **allowed}]}
    pack.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    [rule] = load_pack(str(pack)).obligations
    assert rule.extend is not None
    assert (str(rule.extend.by), rule.extend.times, rule.pause, rule.reset) == ("60d", 1, ("技术鉴定",), ("补正",))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("extend", {"by": "60"}, "60"),
        ("extend", {"by": "0d"}, "0d"),
        ("extend", {"by": "60d", "times": 0}, "times"),
        ("extend", {}, "by"),
        ("pause", [""], "pause"),
        ("pause", "鉴定", "pause"),
        ("reset", ["x" * 41], "reset"),
    ],
)
def test_what_a_rule_cannot_allow_is_named(tmp_path: Path, key: str, value: object, said: str) -> None:
    pack = tmp_path / "own.yaml"
    known = {"id": "own", "version": "1", "obligations": [{**RULE, key: value}]}
    pack.write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadDocument, match=said):
        load_pack(str(pack))
