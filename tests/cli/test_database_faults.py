"""A database that cannot be used is told in one sentence with exit code 1, and nothing stored is lost."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.store import database as module
from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"
RESPOND = ("respond", 1, "--kind", "reply", "--title", "长" * 9000, "--published-at")


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    terminal.told(COAL, clock=MovedClock(datetime.now(UTC) - timedelta(hours=1)))
    return terminal


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M}Z"


def kept(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether what was stored before is there, and only that."""
    monkeypatch.setenv("HUIYING_DATABASE_URL", terminal.url)
    titles = [incident["title"] for incident in terminal.json("incidents")]
    return titles == [COAL] and terminal.json("responses") == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("huiying.db", "huiying.db is no database address. Use sqlite:///"),
        ("mysql://u:secret@h/x", "is no database address"),
        ("postgresql://u:sec/ret@127.0.0.1:x/y", "postgresql://… is no database address"),
        ("u:secret@h", "… is no database address"),
        ("sqlite://", "sqlite:// is no database address"),
        ("sqlite:///:memory:", "is no database address"),
        ("postgresql://li:secret@127.0.0.1:1/huiying?connect_timeout=2", "cannot be reached"),
        ("sqlite:////proc/none/huiying.db", "cannot be written to"),
    ],
)
@pytest.mark.parametrize("command", [["incidents"], ["ack", 1]])
def test_a_wrong_address_is_told_without_its_password(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, url: str, said: str, command: list[object]
) -> None:
    monkeypatch.setenv("HUIYING_DATABASE_URL", url)
    told = terminal.run(*command, code=1)
    assert said in told
    assert not {"secret", "sec/ret"} & set(re.findall("sec/?ret", told))
    assert len(told.splitlines()) == 1


def test_a_path_through_a_file_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    (terminal.folder / "file").write_text("")
    monkeypatch.setenv("HUIYING_DATABASE_URL", f"sqlite:///{terminal.folder / 'file' / 'huiying.db'}")
    assert "cannot be written to" in terminal.run("incidents", code=1)


def test_a_database_opened_read_only_is_told(busy: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    file = busy.folder / "huiying.db"
    monkeypatch.setenv("HUIYING_DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")
    assert "cannot be written to. Check the owner and the rights" in busy.run(*RESPOND, now(), code=1)
    assert not Path("file:").exists()
    assert kept(busy, monkeypatch)


def test_a_locked_database_is_told(busy: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 50)
    holder = sqlite3.connect(busy.folder / "huiying.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "is locked by another process. Stop that process, or try again." in busy.run(*RESPOND, now(), code=1)
    holder.rollback()
    holder.close()
    assert kept(busy, monkeypatch)
    busy.run(*RESPOND, now())
    assert len(busy.json("responses")) == 1


def test_a_full_disk_is_told(busy: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = sqlite3.connect

    def full(*args: object, **options: object) -> sqlite3.Connection:
        connection = prepare(*args, **options)  # type: ignore[call-overload]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        assert isinstance(connection, sqlite3.Connection)
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", full)
        patched.setattr("sqlite3.dbapi2.connect", full)
        told = busy.run(*RESPOND, now(), code=1)
    assert "is full. Free some space; what was stored before is kept." in told
    assert kept(busy, monkeypatch)


def test_a_damaged_file_is_told(terminal: Terminal) -> None:
    (terminal.folder / "huiying.db").write_text("no database at all " * 100)
    assert "is no readable database" in terminal.run("incidents", code=1)
