"""Moving the database from a terminal: what is said, and what happens to the old one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.story.office import MovedClock


def test_everything_moves_and_the_old_database_is_closed(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.told("甘肃一化工厂爆炸致12人死亡", clock=MovedClock(datetime.now(UTC)))
    before = terminal.json("deadlines")
    assert before
    new = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("NEW_DATABASE", new)
    said = terminal.run("database", "move", "env:NEW_DATABASE")
    assert f"rows were carried to {new}" in said
    assert "HUIYING_DATABASE_URL" in said
    assert f"was moved to {new}" in terminal.run("deadlines", code=1)
    monkeypatch.setenv("HUIYING_DATABASE_URL", new)
    assert terminal.json("deadlines") == before


def test_a_move_can_be_taken_back(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("deadlines")
    terminal.run("database", "move", f"sqlite:///{tmp_path / 'new.db'}")
    terminal.run("deadlines", code=1)
    assert "in use again" in terminal.run("database", "take-back")
    terminal.run("deadlines")


def test_a_copy_changes_nothing_here(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("database", "copy", f"sqlite:///{tmp_path / 'new.db'}")
    terminal.run("deadlines")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("env:NOT_SET_AT_ALL", "The environment variable NOT_SET_AT_ALL is not set."),
        ("mysql://host/name", "is no database address"),
        ("", "is no database address"),
        ("sqlite:///huiying.db", "is the database in use"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(terminal: Terminal, address: str, said: str) -> None:
    terminal.run("deadlines")
    assert said in terminal.run("database", "copy", address, code=1)
