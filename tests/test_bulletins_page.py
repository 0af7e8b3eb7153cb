"""What the page about bulletins shows works: its commands run one after the other and write what they say."""

from __future__ import annotations

import io
import shlex
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document

from monitor.core.beijing import ZONE
from responders.documents.official_docx import STAND_INS
from tests.cli.terminal import at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "bulletins.md").read_text("utf-8")
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)


def test_every_command_that_is_shown_works_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.bulletin.moment", lambda: NOW)
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW.replace(hour=20)))
    monkeypatch.chdir(tmp_path)
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) > 7
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        bureau.run(*words)
    flash = Document(io.BytesIO((tmp_path / "flash.docx").read_bytes()))
    assert any("榆林" in paragraph.text for paragraph in flash.paragraphs)
    sequel = Document(io.BytesIO((tmp_path / "sequel.docx").read_bytes()))
    assert any("No change since in state" in paragraph.text for paragraph in sequel.paragraphs)
    assert "榆林" in (tmp_path / "special.html").read_text("utf-8")
    assert "1. 陕西榆林" in (tmp_path / "mobile.txt").read_text("utf-8")
    issues = bureau.json("bulletin", "list")
    assert [(one["kind"], one["number"]) for one in reversed(issues)] == [
        ("flash", 1), ("flash", 2), ("special", 1), ("mobile", 1),
    ]  # fmt: skip
    [one] = bureau.json("bulletin", "show", 2)
    assert (one["sequel"], one["follows"], len(one["sha256"])) == (1, 1, 64)


def test_what_cannot_be_done_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = at_work(tmp_path, monkeypatch)
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW))
    assert "There is no issue 9" in bureau.run("bulletin", "show", 9, code=1)
    assert "There is no incident 9" in bureau.run("bulletin", "make", "flash", 9, code=1)
    assert "Choose at least one" in bureau.run("bulletin", "make", "monthly", 9, code=1)
    bureau.run("bulletin", "make", "flash", 1, 1, code=2)
    bureau.run("bulletin", "make", "flash", 1)
    bureau.run("bulletin", "export", 1, "--out", tmp_path / "x.pdf", code=2)


def test_the_page_names_the_fonts_that_papers_declare() -> None:
    assert all(name in TEXT for name in STAND_INS)
