"""What docs/duty.md shows works: its commands run in their order at a bureau with the example's people."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, at_work

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "duty.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line
]


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    example = (ROOT / "docs" / "duty.example.yaml").read_text(encoding="utf-8")
    (tmp_path / "duty.yaml").write_text(example, encoding="utf-8")
    settings = """\
duty: duty.yaml
mail: {host: localhost, sender: duty@example.org}
channels:
  - {kind: slack, token: xoxb-1, channel: C0123ABCD}
  - {kind: dingtalk, name: 钉钉值班群, webhook: "https://oapi.dingtalk.com/robot/send?access_token=x"}
"""
    (tmp_path / "huiying.yaml").write_text(settings, encoding="utf-8")
    assert len(COMMANDS) > 6
    for line in COMMANDS:
        assert terminal.run(*shlex.split(line)[1:]), line
