"""What docs/assignment.md shows works: its offices are read, its commands run one after the other."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.duty import load_duty
from tests.cli.terminal import Terminal, at_work
from tests.story.office import MovedClock
from tests.test_readme import BLOCK, ROOT

TEXT = (ROOT / "docs" / "assignment.md").read_text("utf-8")
SETTINGS = """\
bureau: {region: "210200"}
duty: duty.yaml
mail: {host: localhost, sender: duty@example.org}
channels:
  - {kind: slack, token: xoxb-1, channel: C0123ABCD}
  - {kind: dingtalk, name: 钉钉值班群, webhook: "https://oapi.dingtalk.com/robot/send?access_token=x"}
"""


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = at_work(tmp_path, monkeypatch)
    example = (ROOT / "docs" / "duty.example.yaml").read_text(encoding="utf-8")
    (tmp_path / "duty.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "huiying.yaml").write_text(SETTINGS, encoding="utf-8")
    terminal.told("辽宁大连一化工厂爆炸致12人死亡", clock=MovedClock(datetime.now(UTC) - timedelta(minutes=20)))
    return terminal


def test_every_command_that_is_shown_works_one_after_the_other(bureau: Terminal) -> None:
    lines = [line for kind, block in BLOCK.findall(TEXT) if kind == "sh" for line in block.splitlines()]
    assert len(lines) == 6
    printed = [bureau.run(*shlex.split(line)[1:]) for line in lines]
    assert printed[0].splitlines() == [
        "危化监管科 (lead): leads this kind of incident in 辽宁省大连市",
        "救援协调科 (assists): assists with this kind of incident in 辽宁省大连市",
    ]
    assert "应急指挥科 (lead): is responsible for all incidents in 辽宁省大连市" in printed.pop(1)
    printed.pop(0)
    assert "危化监管科 (lead): not signed yet, due" in printed[0]
    assert "assigned by 王敏" in printed[1]
    assert "危化监管科 (lead): signed by 李强" in printed[2]
    assert "救援协调科 (assists): not signed yet" in printed[2]
    assert "危化监管科: leads this kind of incident in 辽宁省大连市" in printed[3]
    [shown] = bureau.json("incident", "show", 1)
    assert (shown["assignment"]["lead"], shown["assignment"]["with"]) == ("chemicals", ["rescue"])
    assert shown["assignment"]["as_proposed"]
    [listed] = bureau.json("incidents")
    assert [one["signed_by"] for one in listed["assignment"]["receipts"]] == ["李强", ""]


def test_what_cannot_be_is_refused_at_the_terminal(bureau: Terminal) -> None:
    assert "There is no office x in the duty file." in bureau.run("incident", "assign", 1, "--lead", "x", code=1)
    assert "There is no incident 9." in bureau.run("incident", "assign", 9, "--lead", "rescue", code=1)
    refused = bureau.run("incident", "receipt", 1, "--office", "rescue", "--by", "王敏", code=1)
    assert "王敏 does not belong to 救援协调科" in refused
    assert "is not assigned to" in bureau.run("incident", "receipt", 1, "--office", "rescue", "--by", "孙莉", code=1)
    assert bureau.json("incident", "show", 1)[0]["assignment"] is None
    assert "No rule names an office." in bureau.run("duty", "route", 110000, "fire")
    assert "219999 is no division code." in bureau.run("duty", "route", 219999, "fire", code=1)
    assert "There is no kind of incident called fier." in bureau.run("duty", "route", 210200, "fier", code=1)


def test_the_offices_that_are_shown_are_read(tmp_path: Path) -> None:
    [block] = [block for kind, block in BLOCK.findall(TEXT) if kind == "yaml"]
    contacts = "".join(
        f"  - {{id: {one}, name: {one}, ways: [{{channel: mail, to: a@example.org}}]}}\n"
        for one in ("zhaolei", "wangmin", "liqiang", "sunli")
    )
    policies = "policies:\n  - {id: usual, steps: [{after: 0, office: [leaders]}]}\n"
    file = tmp_path / "duty.yaml"
    file.write_text(f"contacts:\n{contacts}{block}{policies}", encoding="utf-8")
    duty = load_duty(file, ("mail",), ())
    assert [office.id for office in duty.routed] == ["emergency", "chemicals", "rescue", "ganjingzi"]
