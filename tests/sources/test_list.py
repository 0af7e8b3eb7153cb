"""`huiying source list`: how each source stands and how often it is asked; `huiying doctor`: the hosts that fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.fetched import Fetched, Outcome
from monitor.core.hosts import HostState
from monitor.core.sources import FailureKind
from monitor.store import fetches, hosts, sources
from monitor.store.database import Database
from tests.cli.terminal import Terminal

YAML = """
feeds:
  - {id: quiet, name: 静, url: https://quiet.example/f, interval: 10m}
  - {id: one, name: 甲, url: https://hub.example/1}
  - {id: two, name: 乙, url: https://hub.example/2}
  - {id: fresh, name: 新, url: https://fresh.example/f}
push:
  - {id: brought, name: 送, drop: in, fields: {title: t}}
"""
NOW = datetime.now(UTC)
H = timedelta(hours=1)


@pytest.fixture
def bureau(terminal: Terminal) -> Terminal:
    (terminal.folder / "sources.yaml").write_text(YAML, "utf-8")
    database = Database(terminal.url)
    database.migrate()
    down = HostState(
        host="hub.example",
        score=3,
        failing=frozenset({"one"}),
        since=NOW - H,
        resume_at=NOW + H,
        reason="dns",
        detail="x",
    )
    with database.write() as connection:
        sources.register(connection, ["quiet", "one", "two", "fresh"], NOW)
        good, bad = Fetched(outcome=Outcome.UNCHANGED), Fetched(outcome=Outcome.FAILED, reason=FailureKind.DNS)
        fetches.record(connection, "quiet", good, new=0, next_at=NOW + H, failure_score=0, now=NOW, tempo=2.0)
        fetches.record(connection, "one", bad, new=0, next_at=NOW + H, failure_score=1.5, now=NOW)
        hosts.save(connection, down, ["one", "two"])
        hosts.save(connection, HostState(host="limited.example", limited_at=NOW), ["three"])
    database.close()
    return terminal


def test_both_accounts_are_shown(bureau: Terminal) -> None:
    lines = bureau.run("source", "list").splitlines()
    rows = {line.split()[0]: line for line in lines if line}
    assert "20m" in rows["quiet"]
    assert "in order" in rows["quiet"]
    assert "host failing" in rows["one"]
    assert "1.5" in rows["one"]
    assert "host failing" in rows["two"], "it waits with the other, though it never failed itself"
    assert "in order" in rows["brought"]
    assert "9000" not in rows["brought"]
    assert "The name could not be found (x)." in rows["hub.example"]
    assert "limited.example" not in rows


def test_a_program_can_read_them(bureau: Terminal) -> None:
    rows = {row["id"]: row for row in bureau.json("source", "list")}
    assert (rows["quiet"]["interval_s"], rows["quiet"]["every_s"], rows["quiet"]["trouble"]) == (600, 1200, None)
    assert (rows["one"]["score"], rows["one"]["trouble"]) == (1.5, "host")
    assert rows["one"]["host"] == "hub.example"
    assert (rows["brought"]["next_at"], rows["brought"]["every_s"]) == (None, None)


def test_doctor_names_each_failing_host_once(bureau: Terminal) -> None:
    bureau.run("doctor", code=1)
    [line] = [line for line in bureau.printed.splitlines() if "hub.example" in line]
    assert line.startswith("✗ Hosts that fail: hub.example since ")
    assert line.endswith("(2 sources)")
