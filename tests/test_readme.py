"""What the readmes show works: their commands run, their settings load, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from monitor.config.settings import load_settings
from monitor.config.sources import load_sources
from monitor.core.beijing import ZONE
from tests.cli.terminal import Terminal, at_work
from tests.story.office import MovedClock

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted([ROOT / name for name in READMES] + list((ROOT / "docs").rglob("*.md")))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Incident 1 of the made-up database stands for whichever incident a reader has.
INCIDENT = "陕西榆林一煤矿透水致12人死亡"
PUBLISHED = datetime(2026, 7, 9, 20, 30, tzinfo=ZONE)


def blocks(name: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall((ROOT / name).read_text("utf-8")) if kind == language]


def commands(name: str) -> list[str]:
    lines = [line.strip() for block in blocks(name, "sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def every_command() -> list[tuple[str, str]]:
    return [(name, line) for name in READMES for line in commands(name)]


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = BLOCK.sub("", page.read_text("utf-8"))
        for target in LINK.findall(text):
            if not re.match(r"[a-z]+:", target):
                yield str(page.relative_to(ROOT)), target


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal at a bureau with one incident, an hour before the response that the readmes show."""
    terminal = at_work(tmp_path, monkeypatch)
    terminal.told(INCIDENT, clock=MovedClock(PUBLISHED - timedelta(hours=1)))
    return terminal


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([shlex.split(line, comments=True) for line in commands(name)] for name in READMES)
    assert english == chinese
    assert len(english) >= 8


def test_both_readmes_show_the_same_settings() -> None:
    english, chinese = ([yaml.safe_load(block) for block in blocks(name, "yaml")] for name in READMES)
    assert english == chinese
    assert english


@pytest.mark.parametrize(("name", "line"), every_command())
def test_a_command_that_is_shown_works(bureau: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert set(words) <= set(targets)
        return
    assert program == "huiying"
    # The day on which the readmes act; and fonts and room of whichever machine runs this are not what is tested.
    monkeypatch.setattr("monitor.cli.acts.moment", lambda: PUBLISHED + timedelta(minutes=5))
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    if words[0] == "run":
        words = [*words, "--help"]
    # An alert that nobody delivers and deadlines that nobody looks at are what the doctor rightly finds here.
    assert bureau.run(*words, code=1 if words == ["doctor"] else 0) or words == ["doctor"]
    if words == ["doctor"]:
        unwell = [said for said in bureau.printed.splitlines() if not said.startswith("✓")]
        assert [said.split(":")[0] for said in unwell] == ["✗ Unsent alerts", "✗ Deadlines"]


@pytest.mark.parametrize("name", READMES)
def test_the_settings_that_are_shown_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for number, block in enumerate(blocks(name, "yaml")):
        for variable in re.findall(r"env:([A-Z_]+)", block):
            monkeypatch.setenv(variable, "https://robot.example/hook?key=0")
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, encoding="utf-8")
        if {"feeds", "lists", "apis", "rsshub"} & yaml.safe_load(block).keys():
            assert load_sources(file)
        else:
            assert load_settings(file).file == file


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_a_link_into_the_repository_leads_somewhere(page: str, target: str) -> None:
    path, _, part = unquote(target).partition("#")
    file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    assert file.exists()
    assert file.is_relative_to(ROOT)
    if part:
        heads = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
        assert part in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", READMES)
def test_files_and_commands_named_in_the_text_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"`((?:docs|monitor|responders|tests)/[\w./-]+)`", text))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
