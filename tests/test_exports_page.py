"""What docs/exports.md shows works: its commands run, its settings load, its operations are those of the API."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from monitor.config.settings import SettingsFile
from monitor.core.hook_events import EventKind
from tests.cli.terminal import Terminal, at_work
from tests.story.office import MovedClock

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "exports.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# One answers from elsewhere, the other mends what is not broken here.
OUTSIDE = ("curl ", "huiying webhook test", "huiying webhook resume")


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("SCREEN_WEBHOOK", "https://screen.example/")
    monkeypatch.setenv("SCREEN_WEBHOOK_SECRET", "a secret of this bureau")
    made = at_work(tmp_path, monkeypatch)
    (tmp_path / "huiying.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    made.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock())
    return made


def test_the_commands_run(terminal: Terminal) -> None:
    lines = [line for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()]
    ran = [line for line in lines if not line.startswith(OUTSIDE)]
    assert len(ran) >= 5
    for line in ran:
        program, *words = shlex.split(line)
        assert program == "huiying"
        terminal.run(*words)
    assert (terminal.folder / "incidents.xlsx").stat().st_size > 1000
    assert "大屏" in terminal.run("webhook", "list")
    assert terminal.json("webhook", "list")[0]["ended_at"] is None
    assert "not switched off" in terminal.run("webhook", "resume", "大屏", code=1)
    assert "大屏" in terminal.run("webhook", "resume", "大", code=1)


def test_the_settings_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREEN_WEBHOOK", "x")
    monkeypatch.setenv("SCREEN_WEBHOOK_SECRET", "x")
    for text in blocks("yaml"):
        assert SettingsFile.model_validate(yaml.safe_load(text)).webhooks
    assert all(f"`{kind.value}`" in PAGE for kind in EventKind)


def test_the_operations_are_those_of_the_api() -> None:
    told = json.loads((DOCS / "openapi.json").read_text("utf-8"))
    named = set(re.findall(r"`(?:POST |GET )?((?:incidents|deadlines|alerts|responses)(?:/N)?(?:/\w+)?)`", PAGE))
    paths = {path.removeprefix("/api/v1/").replace("{number}", "N") for path in told["paths"]}
    assert paths == named & paths
