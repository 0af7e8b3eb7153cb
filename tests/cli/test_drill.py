"""A drill from a terminal: begun, seen in every list with its mark, ended, scored; and what the doctor says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.paths import PathCheck, PathOutcome
from monitor.store import engine, paths
from monitor.store.database import Database
from monitor.store.engine import Process
from tests.cli.terminal import Terminal


def test_a_drill_is_begun_marked_in_every_list_ended_and_scored(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    begun = terminal.run("drill", "start", "--severity", "重大", "--title", "某化工园区爆炸", "--shorten", "10")
    assert "Drill 1: #1 [DRILL] 某化工园区爆炸" in begun
    assert "10 times shorter" in begun
    assert "Nobody has acted." in begun
    for words in (("incidents",), ("deadlines",), ("alerts",), ("incident", "show", 1), ("drill", "list")):
        assert "[DRILL]" in terminal.run(*words), words
    for name in ("incidents", "deadlines", "alerts"):
        assert {row["drill"] for row in terminal.json(name)} == {True}, name
    assert "Drill 1 still runs" in terminal.run("drill", "start", code=1)
    terminal.run("ack", 1)
    terminal.run("doctor")
    assert "✓ Drill: drill 1 runs since " in terminal.printed
    ended = terminal.run("drill", "end", "--by", "赵某")
    assert "acknowledged, li" in ended
    assert "0 of 2 deadline(s) met in time" in ended
    assert "(赵某)" in terminal.run("drill", "show", 1)
    assert "No drill is running" in terminal.run("drill", "end", code=1)
    assert "no drill 9" in terminal.run("drill", "show", 9, code=1)


def test_a_grade_that_does_not_exist_is_told(terminal: Terminal) -> None:
    assert "huge is no grade. Choose from: extraordinarily major, major" in terminal.run(
        "drill", "start", "--severity", "huge", code=2
    )


def test_where_a_machine_may_listen_the_drill_says_so(terminal: Terminal) -> None:
    settings = "channels:\n  - {kind: apprise, name: sms, url: env:NOWHERE}\n"
    (terminal.folder / "huiying.yaml").write_text(settings, encoding="utf-8")
    assert "Not told over sms: a machine may listen there" in terminal.run("drill", "start")


def test_the_doctor_tells_processes_deadlines_ways_and_the_switch(terminal: Terminal) -> None:
    now = datetime.now(UTC)
    database = Database(terminal.url)
    database.migrate()
    process = Process(
        name="here:1",
        started_at=now,
        at=now,
        roles=("watch",),
        database_off=None,
        wall_off=timedelta(hours=2),
    )
    check = PathCheck(
        day=now.date(), channel="slack", began_at=now, ended_at=now, outcome=PathOutcome.FAILED, said="invalid_auth"
    )
    with database.write() as connection:
        engine.save_process(connection, process)
        paths.begin(connection, now.date(), "slack", now)
        paths.end(connection, check)
    database.close()
    (terminal.folder / "huiying.yaml").write_text("deadman: {url: 'http://127.0.0.1/secret-key'}\n", encoding="utf-8")
    terminal.run("doctor", code=1)
    assert "✗ Process here:1: since " in terminal.printed
    assert "the machine's clock is off by +7200.0 s" in terminal.printed
    assert "✓ Deadlines: none to be looked at" in terminal.printed
    assert f"✗ Way over slack: {now.date()} the way is closed invalid_auth" in terminal.printed
    assert "✗ Dead-man's switch: " in terminal.printed
    assert "secret-key" not in terminal.printed
