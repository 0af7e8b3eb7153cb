"""What docs/accounts.md shows works: its commands run, its settings load, its table is that of the grants."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from monitor.config.settings import SettingsFile
from monitor.core.access.roles import GRANTS, AccountRole, Permission
from responders.labels import label
from responders.language import Words
from tests.accounts.people import PASSWORD
from tests.cli.terminal import Terminal, at_work

PAGE = (Path(__file__).parents[1] / "docs" / "accounts.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORDS = {
    Permission.ACKNOWLEDGE: "acknowledge",
    Permission.JUDGE: "confirm, dismiss, merge, sort",
    Permission.RESPOND: "log responses",
    Permission.ADJUST: "change deadlines",
    Permission.DRAFT: "draft",
    Permission.REVIEW: "review for secrecy",
    Permission.APPROVE: "approve",
    Permission.EXPORT: "export",
    Permission.ADMINISTER: "administer accounts",
    Permission.ARRANGE: "change the rota",
    Permission.DRILL: "hold drills",
    Permission.OPERATE: "test channels and sources",
    Permission.INSPECT: "read the audit log",
}


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    (tmp_path / "password.txt").write_text(PASSWORD, encoding="utf-8")
    return at_work(tmp_path, monkeypatch)


def test_the_commands_run_in_their_order(terminal: Terminal) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) >= 10
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        terminal.run(*words)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_settings_load(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("OIDC_SECRET", "x")
    assert SettingsFile.model_validate(yaml.safe_load(text))


@pytest.mark.parametrize("role", AccountRole)
def test_the_table_is_that_of_the_grants(role: AccountRole) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{role.value}` |"))
    assert f"| {Words('zh')(label(role))} |" in row
    for permission, said in WORDS.items():
        assert (re.search(rf"\b{said}\b", row) is not None) == (permission in GRANTS[role]), permission
