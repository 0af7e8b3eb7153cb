"""What the page about drafting shows works: its commands run one after the other, its settings are read."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.core.access.roles import AccountRole
from monitor.core.beijing import ZONE
from monitor.core.drafts.draft import Gate
from monitor.store.database import Database
from tests.accounts.people import People
from tests.cli.terminal import at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "drafting.md").read_text("utf-8")
NOW = datetime(2026, 7, 9, 21, 0, tzinfo=ZONE)
STAFF = {"wangmin": AccountRole.DUTY, "liqiang": AccountRole.REVIEWER, "zhaolei": AccountRole.APPROVER}


def test_every_command_that_is_shown_works_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.draft.moment", lambda: NOW)
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(NOW.replace(hour=20)))
    database = Database(bureau.url)
    people = People(database, MovedClock(NOW))
    for login, role in STAFF.items():
        people.hire(login, role)
    database.close()
    (tmp_path / "draft.txt").write_text("7月9日19时，榆林一煤矿透水，12人死亡。", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) > 9
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "huiying"
        bureau.run(*words)
    assert (tmp_path / "sheet.docx").stat().st_size > 5000
    [told] = bureau.json("draft", "show", "1")
    assert told["state"] == "published"
    assert told["gates"] == {"self_review": True, "secrecy": True, "approval": True}
    assert bureau.json("draft", "list") == []
    assert "no account whose roles" in bureau.run("draft", "withdraw", 1, "--reason", "x", "--by", "nobody", code=1)


def test_the_settings_that_are_shown_are_read(tmp_path: Path) -> None:
    [block] = [block for kind, block in BLOCK.findall(TEXT) if kind == "yaml"]
    file = tmp_path / "huiying.yaml"
    file.write_text(f"version: 1\n{block}", encoding="utf-8")
    path = load_settings(file).form.release.path
    assert path.gates == (Gate.SECRECY, Gate.APPROVAL)
    assert len(path.skips) == 1
