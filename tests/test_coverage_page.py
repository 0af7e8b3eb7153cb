"""What docs/coverage.md shows works: its commands run, its source loads, its figures are those of the code."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.config.sources import load_sources
from monitor.core.fetched import UNCONDITIONAL_AFTER
from monitor.core.hosts import LIMITED, LONGEST_HELD
from monitor.core.planner import LONGEST, LONGEST_UNREACHED, MOST_OF_FLOOR
from monitor.core.rhythm import LONG_ENOUGH
from monitor.core.robots import COPY_LASTS, FRESH, LONGEST_DELAY
from monitor.core.source_alerts import EVENING, MORNING
from monitor.core.source_health import SHORTEST_FREEZE, SHORTEST_SILENCE, UNKNOWN_RHYTHM
from monitor.core.sources import Source
from monitor.core.tempo import LATER, LATEST, LONGEST_STRETCH, SHORTEST, SOONEST
from monitor.loops.ingest.pages import PATIENCE
from monitor.store import heartbeats
from monitor.store.database import Database
from tests.cli.terminal import Terminal, at_work

PAGE = (Path(__file__).parents[1] / "docs" / "coverage.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        heartbeats.save(connection, {"watch": (datetime.now(UTC), "")})
    database.close()
    for line in (line for block in blocks("sh") for line in block.splitlines()):
        program, *words = shlex.split(line)
        assert program == "huiying"
        terminal.run(*words)


def test_the_sources_load(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    found: list[Source] = []
    for text in blocks("yaml"):
        file.write_text(text, encoding="utf-8")
        found += load_sources(file)
    permitted, steady = found
    assert permitted.permission is not None
    assert permitted.permission.by == "晚报社"
    assert (steady.steady, permitted.steady) == (True, False)


def test_the_figures_are_those_of_the_code() -> None:
    assert tuple(timedelta(hours=h) for h in (3, 72, 24)) == (SHORTEST_SILENCE, UNKNOWN_RHYTHM, SHORTEST_FREEZE)
    assert timedelta(weeks=1) == LONG_ENOUGH
    assert (time(22), time(7)) == (EVENING, MORNING)
    assert (timedelta(days=1), timedelta(days=30)) == (FRESH, COPY_LASTS)
    assert timedelta(minutes=10) == LONGEST_DELAY
    assert (UNCONDITIONAL_AFTER, MOST_OF_FLOOR) == (12, 2)
    assert timedelta(days=1) == LONGEST
    assert (timedelta(minutes=15), timedelta(minutes=30)) == (LONGEST_UNREACHED, LONGEST_HELD)
    assert (timedelta(minutes=2), timedelta(days=7)) == (PATIENCE, LIMITED)
    assert (SOONEST, LATEST, LATER) == (0.5, 2, 1.02)
    assert (timedelta(minutes=1), timedelta(minutes=30)) == (SHORTEST, LONGEST_STRETCH)
