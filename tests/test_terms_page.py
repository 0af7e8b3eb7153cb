"""What docs/terms.md shows works: its rules and its days load, its commands run."""

from __future__ import annotations

import re
import shlex
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.own_calendar import load_calendars
from monitor.config.rules import load_pack
from monitor.core.beijing import ZONE
from tests.cli.terminal import at_work
from tests.story.office import MovedClock

PAGE = (Path(__file__).parents[1] / "docs" / "terms.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
YAML = [text for kind, text in BLOCK.findall(PAGE) if kind == "yaml"]
COMMANDS = [line for kind, text in BLOCK.findall(PAGE) if kind == "sh" for line in text.splitlines()]


def test_the_days_that_it_shows_load(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(YAML[0], encoding="utf-8")
    assert load_calendars(file)["cn"].is_working(date(2027, 2, 13))


def test_the_rules_that_it_shows_load(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(YAML[1], encoding="utf-8")
    assert [rule.id for rule in load_pack(str(file)).obligations] == ["FOLLOW", "CLIMB", "INQUIRY"]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_that_it_shows_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    published = datetime(2026, 7, 9, 20, 30, tzinfo=ZONE)
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(published - timedelta(hours=1)))
    name, *words = shlex.split(line)
    assert name == "huiying"
    assert terminal.run(*words)
