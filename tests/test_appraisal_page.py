"""What docs/appraisal.md shows works, and it names every figure's source and every setting."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from monitor.config.settings import SettingsFile, load_settings
from monitor.service import Parts
from monitor.store.database import Database
from responders.desk.appraisals import Wanted
from tests.cli.terminal import at_work
from tests.responders.console.bureau_offices import DUTY

PAGE = (Path(__file__).parents[1] / "docs" / "appraisal.md").read_text(encoding="utf-8")
COMMANDS = [
    line for text in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) for line in text.splitlines()
]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_commands_that_it_shows_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    database = Database(terminal.url)
    parts = Parts(replace(load_settings(), form=SettingsFile()), database)
    desk = replace(parts.appraisals, pack=replace(parts.pack, duty=DUTY))
    year = Wanted(title="年度考核", first=date(2026, 1, 1), last=date(2026, 12, 31), begins_on=date(2026, 12, 20))
    desk.plan(year, by="办公室主任", now=NOW)
    database.close()
    for line in [*COMMANDS, *re.findall(r"`(huiying appraisal [^`]+)`", PAGE)]:
        name, *words = shlex.split(line)
        assert name == "huiying"
        terminal.run(*words)
        if "--json" in words:
            (told,) = [json.loads(one) for one in terminal.printed.splitlines()]
            assert told["state"] == "planned"
            assert len(told["offices"]) == 4
        elif "export" not in words:
            assert "年度考核" in terminal.printed
    written = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert written == [
        "appraisal-1-notice.docx", *(f"appraisal-1-self-check-{n}.docx" for n in (1, 2, 3, 4)), "appraisal-1.xlsx",
    ]  # fmt: skip
    assert "appraisal list" in terminal.run("appraisal", "show", "9", code=1)


def test_the_settings_that_it_shows_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "huiying.yaml"
    for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        file.write_text(text, encoding="utf-8")
        form = load_settings(file).form
        shown = yaml.safe_load(text)["appraisal"]
        assert {name: getattr(form.appraisal, name) for name in shown} == shown


def test_ratings_without_an_address_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "huiying.yaml"
    file.write_text("appraisal:\n  ratings: true\n", encoding="utf-8")
    with pytest.raises(Exception, match="public_url"):
        load_settings(file)
