"""What docs/briefing.md shows works: its settings are valid and its commands run."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.core.beijing import ZONE
from tests.cli.terminal import at_work
from tests.story.office import MovedClock

PAGE = (Path(__file__).parents[1] / "docs" / "briefing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [line for text in BLOCK.findall(PAGE) for line in text.splitlines()]
[SETTINGS] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "huiying.yaml"
    file.write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("HUIYING_CONFIG", str(file))
    return file


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_that_it_shows_run(
    line: str, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setenv("HUIYING_CONFIG", str(settings))
    terminal.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(datetime(2026, 7, 9, 7, 30, tzinfo=ZONE)))
    name, *words = shlex.split(line)
    assert name == "huiying"
    said = terminal.run(*words)
    if "--readers" in words:
        assert re.search(r"^county@example\.org: .*210402|^county@example\.org: 辽宁省抚顺市新抚区", said, re.MULTILINE)
    elif "--date" in words:
        assert "榆林" in said


def test_its_settings_are_valid(settings: Path) -> None:
    readers = load_settings(settings).form.briefing.readers("zh")
    assert [reader.edition.key for reader in readers] == ["", "/210402/", "en//"]


def test_every_picture_of_it_is_there() -> None:
    pictures = re.findall(r"\]\((images/[^)]+)\)", PAGE)
    assert len(pictures) == 3
    assert all((Path(__file__).parents[1] / "docs" / picture).is_file() for picture in pictures)
