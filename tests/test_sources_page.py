"""What docs/sources.md shows works: its commands run, its settings load, its limits are those of the code."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from monitor.config.sources import load_sources
from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.crawl.discovery import Discovery, Proposal
from monitor.crawl.dropped import FORMS_BY_SUFFIX, LONGEST_FILE
from monitor.crawl.opml import DEEPEST
from monitor.crawl.rows import FORMS_BY_TYPE, MOST_ROWS
from responders.console.push_door import MOST_BYTES, PATH
from tests.cli.terminal import at_work
from tests.test_readme import ROOT, blocks, commands

PAGE = "docs/sources.md"
OPML = '<opml version="2.0"><body><outline text="a" xmlUrl="https://a.example/f"/></body></opml>'


def found(url: str, values: dict[str, str]) -> Discovery:
    entry = Entry(key="k", title="某县召开会议")
    return Discovery((Proposal("feeds", {"name": "新闻", "url": url, **values}, (entry,), (), "utf-8"),))


def test_its_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    (tmp_path / "sources.yaml").write_text("# mine\nversion: 1\n", "utf-8")
    (tmp_path / "subscriptions.opml").write_text(OPML, "utf-8")
    monkeypatch.setattr("monitor.cli.source_add.discover", lambda _gate, url, _now: found(url, {}))
    monkeypatch.setattr("click.prompt", lambda *_, **__: 1)
    nothing = Fetched(outcome=Outcome.ITEMS)
    monkeypatch.setattr("monitor.loops.ingest.backfill.crawl", lambda *_: nothing)
    monkeypatch.setattr("monitor.loops.ingest.manners.Manners.refusal", lambda *_: None)
    ran = 0
    for line in commands(PAGE):
        program, *words = shlex.split(line)
        assert program == "huiying"
        terminal.run(*words)
        ran += 1
    assert ran == 7
    ids = [source.id for source in load_sources(tmp_path / "sources.yaml")]
    assert ids == ["example", "county-news", "a-example-f"]
    assert set(load_sources(tmp_path / "copy.yaml")) == set(load_sources(tmp_path / "sources.yaml"))


def test_its_settings_load_and_its_limits_are_true(tmp_path: Path) -> None:
    (shown,) = blocks(PAGE, "yaml")
    (tmp_path / "sources.yaml").write_text(shown, "utf-8")
    (source,) = load_sources(tmp_path / "sources.yaml")
    page = (ROOT / PAGE).read_text("utf-8")
    assert PATH.replace("{source}", source.id) in page
    assert f"{MOST_BYTES // 1_000_000} MB and {MOST_ROWS:,} rows" in page
    assert f"up to {LONGEST_FILE // 1_000_000} MB" in page
    assert f"more than {DEEPEST} folders" in page
    assert all(f"`{suffix}`" in page for suffix in FORMS_BY_SUFFIX)
    assert {"text/csv", "application/x-ndjson", "application/json"} <= set(FORMS_BY_TYPE)
