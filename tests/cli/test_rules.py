"""Rule packs at a terminal: read the law, try the examples, see what changed, put a deadline under the rule in use."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.rules import PACKS
from monitor.core.beijing import ZONE
from tests.cli.terminal import Terminal, at_work
from tests.story.office import MovedClock

AT = datetime(2026, 7, 9, 20, 30, tzinfo=ZONE)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return at_work(tmp_path, monkeypatch)


def own_pack(folder: Path, one: str, other: str) -> Path:
    """Write the national pack with one thing changed."""
    text = (PACKS / "cn-gov.yaml").read_text("utf-8")
    assert one in text
    text = text.replace(one, other)
    file = folder / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_rule_is_read_with_its_law_and_its_local_terms(bureau: Terminal) -> None:
    told = bureau.run("rules", "show", "op-auth-5h")
    assert told.startswith("OP-AUTH-5H  First authoritative release [on]\n")
    assert "5 hours, counted from the first known of: occurred, first reported" in told
    assert "国办发〔2016〕80号" in told
    assert "最迟要在5小时内发布权威信息" in told
    local = bureau.run("rules", "show", "AC-HOP-2H", "--pack", "cn-gov", "--pack", "cn-city-15-30")
    assert "[off: reporting to the levels above]" in local
    assert "2 hours for each level" in local
    assert "Stricter in cn-city-15-30@2026.1 from major up: 15 minutes" in local
    assert "第十条、第十一条" in local
    assert "特别重大、重大突发事件15分钟内" in local


def test_the_whole_law_is_listed_also_what_names_no_end(bureau: Terminal) -> None:
    (bureau.folder / "huiying.yaml").write_text("duties: {upward_reporting: true, role: city}\n", encoding="utf-8")
    told = bureau.json("rules", "show")
    by_id = {entry["id"]: entry for entry in told}
    assert len(told) == len(by_id) > 45
    assert by_id["AC-HOP-2H"]["enabled"] is True
    assert by_id["AC-HOP-2H"]["due"] == "2h"
    assert by_id["AC-UNIT-1H"]["enabled"] is False
    assert by_id["AC-INV-60D"]["enabled"] is False
    assert by_id["AC-INV-60D"]["calendar"] == "cn"
    assert by_id["AC-FOLLOW"]["every"]["at"] == ["08:30", "17:00"]
    assert by_id["OP-CONTENT"]["stage"] == "before_release"
    lines = bureau.run("rules", "show").splitlines()
    assert any("every day at 08:30, 17:00" in line for line in lines)
    assert any("not compared with the source" in line for line in lines)


def test_a_rule_that_is_not_there_is_named(bureau: Terminal) -> None:
    assert "There is no rule OP-AUTH-6H" in bureau.run("rules", "show", "OP-AUTH-6H", code=1)


def test_the_examples_of_all_shipped_packs_hold(bureau: Terminal) -> None:
    told = bureau.run("rules", "test")
    assert re.search(r"^cn-gov@2026.2: 2\d example\(s\) hold\.$", told, re.MULTILINE)
    assert "gdpr@2026.1: 1 example(s) hold." in told
    assert "No example tries" not in told


def test_an_example_that_does_not_hold_is_told_with_its_line(bureau: Terminal) -> None:
    file = own_pack(bureau.folder, 'OP-AUTH-5H: "2026-07-10T01:00"', 'OP-AUTH-5H: "2026-07-10T02:00"')
    line = next(n for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if "2026-07-10T02:00" in text)
    said = bureau.run("rules", "test", file, code=1)
    assert said == f"{file}:{line}: OP-AUTH-5H should be due 2026-07-10 02:00, but is due 2026-07-10 01:00.\n"


def test_what_changed_is_told_by_what_it_means(bureau: Terminal) -> None:
    file = own_pack(bureau.folder, "    due: 5h", "    due: 4h")
    assert bureau.run("rules", "diff", "cn-gov", file) == "stricter  OP-AUTH-5H due: 5 hours → 4 hours\n"
    assert bureau.json("rules", "diff", file, "cn-gov") == [
        {"rule": "OP-AUTH-5H", "change": "looser", "part": "due", "before": "4h", "after": "5h"}
    ]
    assert bureau.run("rules", "diff", "cn-gov", "cn-gov") == "Nothing changed.\n"


def test_a_running_deadline_is_put_under_the_rule_in_use_by_a_person_only(
    bureau: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.cli.rule_versions.moment", lambda: AT + timedelta(minutes=5))
    bureau.told("陕西榆林一煤矿透水致12人死亡", clock=MovedClock(AT))
    assert bureau.run("rules", "outdated") == "Every running deadline goes by the rule in use.\n"
    own_pack(bureau.folder, "    due: 5h", "    due: 4h")
    (bureau.folder / "huiying.yaml").write_text("rules: own.yaml\n", encoding="utf-8")
    (found,) = bureau.json("rules", "outdated")
    assert (found["obligation_id"], found["differences"][0]["change"]) == ("OP-AUTH-5H", "stricter")
    assert "due 2026-07-10 01:30, under the rule in use 2026-07-10 00:30" in bureau.run("rules", "outdated")
    number = found["deadline"]
    assert "reason" in bureau.run("rules", "adopt", number, code=2)
    assert "(due 2026-07-10 00:30)" in bureau.run("rules", "adopt", number, "--reason", "新规定施行")
    assert "goes by the rule in use already" in bureau.run("rules", "adopt", number, "--reason", "again", code=1)
