"""What docs/channels.md shows works: its commands run, its settings load, its figures are those of the data."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from monitor.config.channel_limits import load_limits
from monitor.config.settings import SettingsFile
from tests.cli.terminal import Terminal, at_work

PAGE = (Path(__file__).parents[1] / "docs" / "channels.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return at_work(tmp_path, monkeypatch)


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_the_commands_run(terminal: Terminal, line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "huiying"
    terminal.run(*words)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_settings_load(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for name in re.findall(r"env:(\w+)", text):
        monkeypatch.setenv(name, "https://sms.example.org/in")
    assert SettingsFile.model_validate(yaml.safe_load(text))


def test_the_figures_are_those_of_the_data() -> None:
    rows = {
        line.split("|")[1].split()[0]: line for line in PAGE.splitlines() if line.startswith("|") and "a minute" in line
    }
    for name, kind in (("Slack", "slack"), ("企业微信", "wecom"), ("钉钉", "dingtalk"), ("飞书", "feishu")):
        pace = load_limits()[kind].pace
        assert f"{pace.per_minute} a minute |" in rows[name]
        assert f"| {pace.reserve} a minute |" in rows[name]
