"""The command that docs/examples/README.md shows proves the certificate that lies beside it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.terminal import at_work

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "examples" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_command_that_it_shows_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    (line,) = (line for text in BLOCK.findall(PAGE) for line in text.splitlines())
    name, *words, file = shlex.split(line)
    assert name == "huiying"
    assert "whole" in terminal.run(*words, ROOT / file)


def test_every_picture_that_it_shows_is_there() -> None:
    shown = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(shown) > 10
    assert [name for name in shown if not (ROOT / "docs" / "examples" / name).exists()] == []
