"""`check` lists the mistakes of all files at once; `doctor` says what is unwell and keeps examining."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.fetched import Fetched, Outcome
from monitor.core.sources import FailureKind
from monitor.store import fetches, heartbeats, sources
from monitor.store.database import Database
from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

SOURCES = """
feeds:
  - id: local
    name: 本地新闻
    url: https://news.example/feed.xml
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def healthy(terminal: Terminal) -> None:
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        heartbeats.save(connection, {"watch": (datetime.now(UTC), "")})
    database.close()


def test_good_files_are_told_one_by_one(terminal: Terminal) -> None:
    write(terminal.folder, "sources.yaml", SOURCES)
    write(terminal.folder, "huiying.yaml", 'bureau: {region: "210100"}\n')
    told = terminal.run("check")
    assert told.endswith("No mistakes.\n")
    assert told.splitlines()[0] == "Settings: huiying.yaml"
    assert "Sources: 1, 1 enabled" in told
    for name in ("Rules cn-gov: ", "Lexicon: ", "Gazetteer: ", "Channels: console"):
        assert name in told


def test_the_mistakes_of_all_files_are_listed_at_once(terminal: Terminal) -> None:
    write(terminal.folder, "sources.yaml", SOURCES + "    intervall: 5m\n  - id: local\n    name: 又一个\n")
    write(terminal.folder, "huiying.yaml", 'bureau:\n  regoin: "210100"\nmail:\n  port: many\n')
    told = terminal.run("check", code=1).splitlines()
    assert any(line.startswith("huiying.yaml:2: ") and "region" in line for line in told)
    assert any(line.startswith("huiying.yaml:4: ") for line in told)
    assert any(line.startswith("sources.yaml:6: ") and "interval" in line for line in told)
    assert any(line.startswith("sources.yaml:7: ") for line in told)
    assert told[-1] == f"{len(told) - 1} mistake(s)."


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_token_that_is_not_set_is_told_with_place_and_remedy(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    write(
        terminal.folder,
        "huiying.yaml",
        "channels:\n  - kind: slack\n    token: env:SLACK_BOT_TOKEN\n    channel: C0123ABCD\n",
    )
    told = terminal.run(command, code=1)
    assert "huiying.yaml:3: token names the environment variable SLACK_BOT_TOKEN, which is not set." in told


def test_what_run_would_refuse_is_told_before(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    slack = "channels:\n  - kind: slack\n    token: env:SLACK_BOT_TOKEN\n    channel: C1\n"
    write(terminal.folder, "huiying.yaml", slack)
    assert "huiying.yaml:4: C1 is no Slack channel ID. Copy the ID" in terminal.run("check", code=1)
    write(terminal.folder, "huiying.yaml", "console: {host: 0.0.0.0}\n")
    (terminal.folder / "file").write_text("")
    monkeypatch.setenv("HUIYING_DATABASE_URL", f"sqlite:///{terminal.folder / 'file' / 'huiying.db'}")
    told = terminal.run("check", code=1)
    assert "huiying.yaml:1: console.host listens everywhere. Name in hosts" in told
    write(terminal.folder, "huiying.yaml", "console: {host: 0.0.0.0, hosts: ['huiying.example.org:8765']}\n")
    told = terminal.run("check", code=1)
    assert "0.0.0.0:8765, reached by others: everybody signs in" in terminal.printed
    assert "cannot be written to" in told
    assert told.endswith("1 mistake(s).\n")


def test_a_check_leaves_nothing_behind(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYING_DATABASE_URL", f"sqlite:///{terminal.folder / 'var' / 'huiying.db'}")
    assert "Database: sqlite:///" in terminal.run("check")
    assert not (terminal.folder / "var").exists()


def test_files_can_be_named(terminal: Terminal) -> None:
    assert "none.yaml:1: " in terminal.run("check", "--config", "none.yaml", code=1)
    assert "none.yaml:1: " in terminal.run("check", "--sources", "none.yaml", code=1)
    good = write(terminal.folder, "own.yaml", SOURCES)
    assert "Sources: 1, 1 enabled" in terminal.run("check", "--sources", good)


def test_a_rule_pack_of_ones_own_is_checked_too(terminal: Terminal) -> None:
    write(terminal.folder, "own.yaml", "id: own\n")
    write(terminal.folder, "huiying.yaml", "rules: own.yaml\n")
    assert "own.yaml:1: " in terminal.run("check", code=1)


def test_a_healthy_installation_is_well(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    monkeypatch.setattr("responders.documents.charts.can_write_chinese", lambda: True)
    healthy(terminal)
    told = terminal.run("doctor")
    assert all(line.startswith("✓ ") for line in told.splitlines())
    for name in ("Settings", "Database", "watch", "Unsent alerts", "Sources", "Disk", "Channels", "Fonts", "Charts"):
        assert f"✓ {name}: " in told
    assert "✓ watch: last ran " in told


def test_a_service_that_stopped_or_fails_is_told(terminal: Terminal) -> None:
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        past = datetime.now(UTC) - timedelta(hours=2)
        heartbeats.save(connection, {"watch": (past, ""), "crawl": (datetime.now(UTC), "fault\x1b[2J")})
    database.close()
    done = terminal.run("doctor", code=1)
    assert done == ""
    told = terminal.printed.splitlines()
    assert any(line.startswith("✗ watch: last ran ") for line in told)
    assert any(line.startswith("✗ crawl: last ran ") and line.endswith(": fault·[2J") for line in told)


def test_what_is_broken_does_not_hide_the_rest(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    write(terminal.folder, "huiying.yaml", "buerau: {}\n")
    write(terminal.folder, "sources.yaml", "feeds: 5\n")
    (terminal.folder / "huiying.db").write_text("no database at all " * 100)
    terminal.run("doctor", code=1)
    told = terminal.printed
    for name in ("Settings", "Database", "Sources"):
        assert f"✗ {name}: " in told
    assert "Did you mean bureau?" in told
    assert "✓ Channels: console" in told
    assert " Disk: " in told


def test_a_disk_that_is_nearly_full_is_told(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 10**18)
    terminal.run("doctor", code=1)
    assert "✗ Disk: " in terminal.printed


def test_an_alert_that_waits_too_long_is_told(terminal: Terminal) -> None:
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(datetime.now(UTC) - timedelta(minutes=20)))
    terminal.run("doctor", code=1)
    assert "✗ Unsent alerts: since " in terminal.printed


def test_how_many_sources_fail_is_told_and_half_of_them_is_a_fault(terminal: Terminal) -> None:
    four = "\n".join(f"  - {{id: news-{n}, name: 甲{n}, url: 'https://{n}.example/f'}}" for n in range(4))
    write(terminal.folder, "sources.yaml", f"version: 1\nfeeds:\n{four}\n")
    database = Database(terminal.url)
    database.migrate()
    lost = Fetched(outcome=Outcome.FAILED, reason=FailureKind.DNS)
    for mark, failing in (("✓", 1), ("✗", 2)):
        now = datetime.now(UTC)
        with database.write() as connection:
            sources.register(connection, [f"news-{n}" for n in range(4)], now)
            for n in range(failing):
                fetches.record(connection, f"news-{n}", lost, new=0, next_at=now, failure_score=1, now=now)
        terminal.run("doctor", code=failing - 1)
        assert f"{mark} Sources: {failing} of 4 are failing: news-0" in terminal.printed
    database.close()


def test_a_leg_that_beats_twice_a_minute_is_not_called_stopped(terminal: Terminal) -> None:
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        heartbeats.save(connection, {"brief": (datetime.now(UTC) - timedelta(seconds=45), "")})
    database.close()
    terminal.run("doctor")
    assert "✓ brief: last ran " in terminal.printed


def test_doctor_names_the_sources_that_answer_and_bring_nothing_new(terminal: Terminal) -> None:
    healthy(terminal)
    write(terminal.folder, "sources.yaml", SOURCES)
    now = datetime.now(UTC)
    database = Database(terminal.url)
    with database.write() as connection:
        sources.register(connection, ["local"], now)
        for hours in range(200, -1, -1):
            fetched = Fetched(outcome=Outcome.ITEMS)
            at = now - timedelta(hours=hours)
            new = int(hours > 20)
            fetches.record(connection, "local", fetched, new=new, next_at=now, failure_score=0.0, now=at)
    database.close()
    terminal.run("doctor", code=1)
    told = terminal.printed
    assert "✗ Silent sources: 1 bring nothing new: local since " in told


def test_doctor_says_whether_charts_can_be_drawn(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("responders.documents.charts.can_write_chinese", lambda: False)
    healthy(terminal)
    terminal.run("doctor", code=1)
    assert "✗ Charts: documents have no charts" in terminal.printed
    assert "Noto Sans CJK SC" in terminal.printed
