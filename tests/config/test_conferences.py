"""The file about press conferences: it is read whole, and each mistake in it is named with its line."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.conferences import load_conferences
from monitor.config.document import BadDocument
from monitor.config.release import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("conferences.yaml", "speakers.yaml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_what_comes_with_the_program_is_in_order() -> None:
    rules = load_conferences()
    assert [quota.rank for quota in rules.quotas] == ["spokesperson", "deputy", "head"]
    assert rules.task("record") is not None
    leads = [task.lead for task in rules.tasks]
    assert leads == sorted(leads, reverse=True)
    assert leads[-1] == -timedelta(hours=1)
    assert not rules.verified


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("rank: deputy}", "rank: depty}", "depty is not known. Did you mean deputy?"),
        ("before: 12h}", "before: soon}", "Write a span such as 30m"),
        ("{id: venue,", "{id: speaker,", "stands here a second time"),
        ("before: 8h}", "before: 8h, after: 1h}", "either before or after"),
        (", before: 8h}", "}", "either before or after"),
        ("period: quarter", "period: month", "period"),
        ("grace: 15m", "grace: 0m", "grace"),
    ],
)
def test_a_mistake_is_named_with_its_line(folder: Path, was: str, now: str, said: str) -> None:
    file = folder / "conferences.yaml"
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(BadDocument) as raised:
        load_conferences(folder)
    assert said in str(raised.value)
    assert f"{file}:" in str(raised.value)
