"""What the page about kinds of response shows works: its commands run one after the other."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.core.beijing import ZONE
from tests.cli.terminal import Terminal, at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "responses.md").read_text("utf-8")
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)
CLAIM = "网传陕西榆林一煤矿透水致12人死亡"


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = at_work(tmp_path, monkeypatch)
    for module in ("acts", "conference", "claim"):
        monkeypatch.setattr(f"monitor.cli.{module}.moment", lambda: NOW)
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW.replace(hour=20)))
    terminal.told(CLAIM, clock=MovedClock(NOW.replace(hour=20, minute=5)))
    return terminal


def test_every_command_that_is_shown_works_one_after_the_other(bureau: Terminal) -> None:
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) > 12
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        bureau.run(*words)
    held = next(one for one in bureau.json("responses") if one["kind"] == "press_conference")
    assert held["particulars"]["rank"] == "head"
    (planned,) = bureau.json("conference", "show", "1")
    assert planned["state"] == "dropped"
    (counted,) = bureau.json("conference", "year", "2026")
    assert (counted["routine"], counted["incidents"]) == ({"deputy": 1}, {"head": 1})
    assert [row["part"] for row in counted["quotas"] if row["reached"]] == [2, 1]


def test_a_claim_is_listed_checked_and_clarified(bureau: Terminal) -> None:
    (row,) = bureau.json("claim", "list", "1")
    assert row["title"] == CLAIM
    bureau.run("claim", "check", "1", "--claim", row["claim"], "--result", "false", "--basis", "警方")
    said = bureau.run("claim", "list", "1")
    assert "false, li: 警方" in said
    clarified = ("--kind", "clarification", "--title", "澄清", "--published-at", "2026-07-09T20:40")
    bureau.run("respond", "1", *clarified, "--claim", row["claim"])
    (after,) = bureau.json("claim", "list", "1")
    assert (after["stage"], after["clarified_by"]) == ("clarified", [1])
    assert "does not belong to incident 1" in bureau.run("respond", "1", *clarified, "--claim", "item:99", code=1)


def test_what_is_wrong_with_a_plan_is_said_at_once(bureau: Terminal) -> None:
    late = bureau.run("conference", "plan", "1", "--at", "2026-07-11T15:00", "--speaker", "李某", "--rank", "deputy")
    assert "! It is planned for after the end of the statutory time." in late
    assert "! The speaker stands below the rank" in late
    better = bureau.run("conference", "plan", "1", "--at", "2026-07-10T15:00", "--rank", "head")
    assert "!" not in better.splitlines()[1]
    assert "李某" in better, "what is left out stays"
    assert "Choose one of" in bureau.run("conference", "tick", "1", "flowers", code=1)
    assert "--at" in bureau.run("conference", "plan", "2", code=2)
    held = ("--kind", "press_conference", "--title", "x", "--published-at", "2026-07-10T15:00")
    assert "logged once it was held" in bureau.run("respond", "1", *held, code=1)
    now = (*held[:-1], "2026-07-09T20:40")
    assert "Only another kind" in bureau.run("respond", "1", *now, "--follows", "1", code=1)
