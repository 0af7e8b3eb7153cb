"""What the page about operation shows works: its commands run, its settings load."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from tests.cli.terminal import Terminal, at_work
from tests.test_readme import blocks, commands

PAGE = "docs/operation.md"


def test_its_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    printed = ""
    for line in commands(PAGE):
        program, *words = shlex.split(line)
        assert program == "huiying"
        printed = terminal.run(*words)
    assert "Drill 1: #1 [DRILL] 某化工园区爆炸" in printed


def test_its_settings_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEADMAN_URL", "https://switch.example/ping/key")
    shown = blocks(PAGE, "yaml")
    assert len(shown) == 2
    for number, block in enumerate(shown):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, encoding="utf-8")
        assert load_settings(file).file == file
