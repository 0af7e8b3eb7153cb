"""What the page about missed incidents and our own releases shows works: its commands run one after the other."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.config.sources import load_sources
from monitor.core.beijing import ZONE
from monitor.core.missed.facts import Group, member_of
from tests.cli.terminal import Terminal, at_work
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "what-we-missed.md").read_text("utf-8")
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.offer.moment", lambda: NOW)
    return terminal


def test_the_sources_that_are_shown_are_read_and_grouped(tmp_path: Path) -> None:
    (block,) = [block for kind, block in BLOCK.findall(TEXT) if kind == "yaml"]
    file = tmp_path / "sources.yaml"
    file.write_text(block, encoding="utf-8")
    found = {source.id: source for source in load_sources(file)}
    assert member_of(found["province-news"]).group == "省级媒体"
    assert member_of(found["our-site"]).group == Group.OWN
    assert found["county-site"].office == "county"


def test_the_comparison_that_is_shown_runs_on_an_empty_database(bureau: Terminal) -> None:
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) == 8
    for line in lines[:2]:
        said = bureau.run(*shlex.split(line)[1:])
        assert "Incidents opened: 0" in said
        assert "Known late: 0" in said
    for line in lines[2:5]:
        bureau.run(*shlex.split(line)[1:])
    for line in lines[5:]:
        assert "incident 1" in bureau.run(*shlex.split(line)[1:], code=1)
