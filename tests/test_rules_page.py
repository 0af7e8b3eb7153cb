"""What the page about rule packs shows works: its commands run, its settings load."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.core.beijing import ZONE
from monitor.core.duties.law import Group, Role
from tests.cli.terminal import at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

PAGE = BLOCK.findall((ROOT / "docs" / "rules.md").read_text("utf-8"))
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)


def test_every_command_that_is_shown_works_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.matter.moment", lambda: NOW)
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW))
    lines = [line for kind, text in PAGE if kind == "sh" for line in text.splitlines()]
    assert len(lines) > 12
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        assert bureau.run(*words), line


def test_the_settings_that_are_shown_load(tmp_path: Path) -> None:
    (block,) = [text for kind, text in PAGE if kind == "yaml"]
    file = tmp_path / "huiying.yaml"
    file.write_text(block, encoding="utf-8")
    form = load_settings(file).form
    assert (form.rules, form.groups, form.role) == (
        ["cn-gov", "cn-nantong"], frozenset({Group.UPWARD_REPORTING}), Role.COUNTY,
    )  # fmt: skip
