"""What docs/statistics.md shows works, and it names every table."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.core.beijing import ZONE
from tests.cli.terminal import at_work
from tests.story.office import MovedClock

PAGE = (Path(__file__).parents[1] / "docs" / "statistics.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [line for text in BLOCK.findall(PAGE) for line in text.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_that_it_shows_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(datetime(2026, 7, 9, 20, 30, tzinfo=ZONE)))
    name, *words = shlex.split(line)
    assert name == "huiying"
    assert terminal.run(*words)
    if "--out" in words:
        assert (tmp_path / words[-1]).stat().st_size > 5000
