"""What docs/streams.md shows works: its commands run, its settings load, its figures are those of the code."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.config.sources import load_sources
from monitor.core import websub
from monitor.core.fetched import Fetched, Outcome
from monitor.core.sources import SourceKind, Timeline
from monitor.core.streams import LONGEST_PAUSE, MOST_A_MINUTE, SHORTEST_PAUSE
from monitor.crawl import jetstream, mastodon
from monitor.loops.ingest.streams import LEASE
from monitor.store import heartbeats
from monitor.store.database import Database
from responders.console.websub_door import ANSWERS, MOST_BYTES, PATH
from responders.previews import LISTENED, Preview
from tests.cli.terminal import SOURCE, at_work
from tests.test_readme import ROOT, blocks, commands

PAGE = "docs/streams.md"
FEED = "feeds:\n  - id: county-news\n    name: 某县\n    url: https://county.example/rss.xml\n"


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    offered = Fetched(outcome=Outcome.ITEMS, hub="https://hub.example/", topic="https://county.example/rss.xml")
    monkeypatch.setattr("monitor.cli.source.preview", lambda *_, **__: Preview(SOURCE, offered, ()))
    (tmp_path / "sources.yaml").write_text(FEED, "utf-8")
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        heartbeats.save(connection, {"watch": (datetime.now(UTC), "")})
    database.close()
    said = ""
    for line in commands(PAGE):
        program, *words = shlex.split(line)
        assert program == "huiying"
        said += terminal.run(*words)
    assert "Hub: https://hub.example/, not used" in said


def test_its_settings_load(tmp_path: Path) -> None:
    settings, *watched = blocks(PAGE, "yaml")
    (tmp_path / "huiying.yaml").write_text(settings, "utf-8")
    console = load_settings(tmp_path / "huiying.yaml").form.console
    assert console.websub
    assert console.public_url + PATH.partition("{")[0] == "https://duty.example.org/websub/"
    (tmp_path / "sources.yaml").write_text("\n".join(watched[:2]), "utf-8")
    tag, sky = load_sources(tmp_path / "sources.yaml")
    assert tag.stream_rule is not None
    assert (tag.kind, tag.stream_rule.timeline, tag.stream_rule.tag) == (SourceKind.MASTODON, Timeline.HASHTAG, "事故")
    assert (sky.kind, sky.url) == (SourceKind.JETSTREAM, "wss://jetstream2.us-east.bsky.network/subscribe")
    (tmp_path / "sources.yaml").write_text(watched[2], "utf-8")
    (home,) = load_sources(tmp_path / "sources.yaml")
    assert home.stream_rule is not None
    assert home.stream_rule.keywords == ("爆炸", "某市 停水")


def test_its_figures_are_those_of_the_code() -> None:
    page = " ".join((ROOT / PAGE).read_text("utf-8").split())
    assert f"for {websub.LEASE.days} days" in page
    assert f"{websub.SELDOM} times less often, at least once an hour. After {websub.MISSED} looks" in page
    assert timedelta(hours=1) == websub.LONGEST_INTERVAL == websub.CALLS_BACK
    assert f"denies after {websub.DENIED_FOR.days} days" in page
    assert f"At most {MOST_BYTES >> 20} MB; an address that is not known answers 410" in page
    assert set(ANSWERS.values()) == {202, 410, 429, 503}
    assert f"At most {MOST_A_MINUTE:,} posts a minute" in page
    assert f"lease of {LEASE.seconds} seconds" in page
    assert f"up to {mastodon.PAGE * mastodon.MOST_PAGES:,} posts, from {mastodon.OVERLAP_MS // 60_000} minutes" in page
    assert f"begins {jetstream.OVERLAP_US // 1_000_000} seconds earlier" in page
    assert mastodon.SILENT_FOR == jetstream.SILENT_FOR == 60
    assert (timedelta(seconds=1), timedelta(minutes=5)) == (SHORTEST_PAUSE, LONGEST_PAUSE)
    assert f"listens for {LISTENED:g} seconds" in page
    assert websub.renewed_at(datetime(2026, 7, 1, tzinfo=UTC), timedelta(days=10), 0.0).day == 8
