"""What the page about checked releases shows works: its commands run one after the other."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.core.beijing import ZONE
from monitor.core.checks.scorecard import Check
from tests.checks.releases import compared
from tests.cli.terminal import at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "checks.md").read_text("utf-8")
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)


def test_every_command_that_is_shown_works_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = at_work(tmp_path, monkeypatch)
    for module in ("acts", "check_release"):
        monkeypatch.setattr(f"monitor.cli.{module}.moment", lambda: NOW)
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW.replace(hour=20)))
    draft = tmp_path / "draft.txt"
    draft.write_text("7月9日19时，榆林一煤矿透水，12人死亡。下次发布时间为今日23时。", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) > 6
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        assert bureau.run(*words), line


def test_the_table_names_every_check() -> None:
    assert [line.split("|")[1].strip() for line in TEXT.splitlines() if line.startswith("| C")] == list(Check)


def test_the_figures_are_those_that_the_tests_reach() -> None:
    counts = [compared(file)[1] for file in ("releases.yaml", "releases_held.yaml")]
    whole = {name: sum(one[name] for one in counts) for name in counts[0]}
    row = next(line for line in TEXT.splitlines() if line.startswith("| both"))
    told = [cell.strip() for cell in row.split("|")[2:8]]
    points = whole["right"] + whole["left out"]
    promises = f"{whole['promises']} of {whole['texts']}"
    assert told == [str(n) for n in (whole["texts"], points, whole["right"], whole["left out"], whole["false"])] + [
        promises
    ]
