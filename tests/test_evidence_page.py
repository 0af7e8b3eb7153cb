"""What docs/evidence.md shows works: its commands run, its settings load, its figures are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from monitor.config.settings import SettingsFile
from monitor.core.evidence.judging import CONFIRM, CONFIRM_FIRST, MINUTE, PAUSES
from monitor.core.evidence.telling import PRESSING
from monitor.loops.evidence.look import LONGEST_BODY
from monitor.store.database import Database
from monitor.store.evidence import QUIET
from tests.cli.terminal import Terminal, at_work
from tests.evidence.openssl import verified
from tests.evidence.web import bureau_at_work

PAGE = (Path(__file__).parents[1] / "docs" / "evidence.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def test_the_commands_run_and_what_they_write_can_be_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    database = Database(terminal.url)
    database.migrate()
    with bureau_at_work(database) as bureau:
        bureau.publish()
        bureau.respond()
        bureau.tick()
    database.close()
    for line in (line for block in blocks("sh") for line in block.splitlines()):
        program, *words = shlex.split(line)
        assert program == "huiying"
        terminal.run(*words)
    [shown] = blocks("console")
    assert "openssl ts -verify -data manifest.json -in internal.tsr -CAfile internal.pem" in shown
    look = tmp_path / "evidence-1" / "0001"
    assert verified(look / "manifest.json", look / "internal.tsr", look / "internal.pem")


def test_the_settings_load() -> None:
    [text] = blocks("yaml")
    assert SettingsFile.model_validate(yaml.safe_load(text)).evidence.tsa


def test_the_figures_are_those_of_the_code() -> None:
    text = " ".join(PAGE.split())
    assert f"at most {LONGEST_BODY // 2**20} MiB" in text
    assert f"within {QUIET.days} days" in text
    assert (CONFIRM_FIRST, CONFIRM) == (2 * MINUTE, 15 * MINUTE)
    assert "two minutes later" in text
    assert "confirmed after 15 minutes" in text
    assert [pause // MINUTE for pause in PAUSES] == [1, 10, 60, 240]
    assert "after 1 and 10 minutes, 1 and 4 hours" in text
    assert PRESSING.total_seconds() == 3 * 3600
    assert "within three hours" in text
