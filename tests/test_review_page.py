"""What docs/review.md shows works, and it names every part of the page."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.core.beijing import ZONE
from tests.cli.terminal import at_work
from tests.story.office import MovedClock

PAGE = (Path(__file__).parents[1] / "docs" / "review.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [line for text in BLOCK.findall(PAGE) for line in text.splitlines()]


def test_the_commands_that_it_shows_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch, "zh")
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(datetime(2026, 7, 9, 20, 30, tzinfo=ZONE)))
    for line in COMMANDS:
        name, *words = shlex.split(line)
        assert name == "huiying"
        printed = terminal.run(*words)
        assert printed
        if "--out" in words:
            assert (tmp_path / words[-1]).stat().st_size > 1000
        elif "--json" not in words:
            parts = re.findall(r"^\| (\S+) \| ", PAGE.partition("**A reason")[0], re.MULTILINE)
            named = [part for part in parts if part not in ("part", "处置过程与时限对照")]
            assert len(named) == 7
            assert [part for part in named if f"\n{part}\n" not in printed] == []
