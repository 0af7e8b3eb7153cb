"""A release is checked from a terminal: bare, for an incident, as the text of a logged response."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"
EMPTY = "事故发生后，市委市政府高度重视，第一时间作出部署，全力以赴开展救援，各项工作正在有序推进。"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft.txt"
    file.write_text(EMPTY, encoding="utf-8")
    return file


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    terminal.told(COAL, clock=MovedClock(datetime.now(UTC) - timedelta(hours=1)))
    return terminal


def test_a_text_is_checked_without_an_incident(terminal: Terminal, draft: Path) -> None:
    told = terminal.run("check-release", draft)
    assert told.startswith("Score ")
    assert "C11 Substance, not phrases: missing" in told
    assert "    | 事故发生后" in told
    [found] = terminal.json("check-release", draft)
    assert [one["check"] for one in found["findings"]] == [f"C{n}" for n in range(1, 15)]
    assert all(remark["said"] for one in found["findings"] for remark in one["remarks"])
    assert found["score"] < 25
    assert "C14 Plain form of a policy: missing" in terminal.run("check-release", draft, "--policy")


def test_a_text_is_checked_for_an_incident(busy: Terminal, draft: Path) -> None:
    draft.write_text("7月9日8时，榆林一煤矿透水，造成9人死亡。", encoding="utf-8")
    told = busy.run("check-release", draft, "--incident", 1)
    assert "dead: 9, but 晨报 tells 12." in told or "dead: 9, but news tells 12." in told
    assert busy.json("responses") == []
    assert "There is no incident 7" in busy.run("check-release", draft, "--incident", 7, code=1)


def test_the_text_of_a_response_is_kept(busy: Terminal, draft: Path, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    logged = ("respond", 1, "--kind", "authoritative_release", "--title", "通报", "--published-at", f"{now:%FT%TZ}")
    promise = tmp_path / "promise.txt"
    promise.write_text("榆林煤矿透水事故通报\n榆林一煤矿发生透水。两小时后再次通报。", encoding="utf-8")
    assert "Release as promised: running (due " in busy.run(*logged, "--text", promise)
    busy.run("check-release", draft, "--response", 1, "--by", "王")
    assert "There is no response 9" in busy.run("check-release", draft, "--response", 9, code=1)


def test_what_is_no_text_is_said(terminal: Terminal, tmp_path: Path, draft: Path) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_bytes("通报".encode("gb18030"))
    assert "cannot be read as a text in UTF-8" in terminal.run("check-release", broken, code=1)
    assert "cannot be read" in terminal.run("check-release", tmp_path / "none.txt", code=1)
    broken.write_text(" \n", encoding="utf-8")
    assert "The text is empty." in terminal.run("check-release", broken, code=1)
    terminal.run("check-release", draft, "--policy", "--incident", 1, code=2)


def test_a_title_of_a_hostile_file_cannot_steer_the_terminal(terminal: Terminal, draft: Path) -> None:
    draft.write_text("\x1b[31m原因系违规引发\x07\u202e。", encoding="utf-8")
    told = terminal.run("check-release", draft)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert json.loads(terminal.run("check-release", draft, "--json"))["score"] is not None
