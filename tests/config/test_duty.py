"""The duty file: what it means, and every mistake in it with its line."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config.duty import SCHEMA_FILE, load_duty, schema
from monitor.core.model import Severity
from monitor.core.people.contacts import Way
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Whom, WhomKind
from tests.config.files import ROOT, mistakes

EXAMPLE = ROOT / "docs" / "duty.example.yaml"
CHANNELS = ("slack", "钉钉值班群", "mail")
RULES = ("OP-AUTH-5H",)
SOUND = """\
contacts:
  - {id: wang, name: 王敏, ways: [{channel: mail, to: wang@example.org}]}
  - {id: li, name: 李强, ways: [{channel: mail, to: li@example.org}]}
offices:
  - {id: leaders, name: 局领导, members: [li]}
rotas:
  - id: duty
    name: 总值班
    layers:
      - {name: 轮值, members: [wang, li], begins: 2026-07-06, handover: "08:30", every: 1d}
policies:
  - id: usual
    steps:
      - {after: 0, rota: [duty]}
      - {after: 10m, office: [leaders]}
"""


EVERY = "  - {id: x, name: 甲, members: [li], region: 620300}\n"
FIRE = "  - {id: fire, name: 防火科, members: [wang], region: 620300, kinds: [fire]}\n"


def load(path: Path) -> Duty:
    return load_duty(path, CHANNELS, RULES)


def test_the_example_is_sound_and_means_what_it_says() -> None:
    duty = load(EXAMPLE)
    assert duty.contacts["liqiang"].ways == (Way("钉钉值班群", "13800000000"), Way("mail", "liqiang@example.org"))
    grave, usual = duty.policies
    assert (grave.at_least, grave.needed, grave.expires) == (Severity.MAJOR, 2, timedelta(minutes=30))
    assert usual.for_everything
    assert usual.rungs[1].whom == (Whom(WhomKind.CONTACT, "sunli"),)
    assert duty.quiet is not None
    assert duty.person(" 王敏 ") == duty.contacts["wangmin"] == duty.person("WANGMIN")


def test_the_schema_for_editors_is_up_to_date_and_accepts_the_example() -> None:
    stored = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert stored == schema(), "run: make schemas"
    described = json.loads(stored)
    jsonschema.Draft202012Validator.check_schema(described)
    written = EXAMPLE.read_text(encoding="utf-8").replace("2026-01-01", '"2026-01-01"')
    jsonschema.validate(yaml.safe_load(written), described)
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None
    assert (EXAMPLE.parent / found[1]).resolve() == ROOT / SCHEMA_FILE


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("channel: mail, to: li@", "channel: mial, to: li@", 3, "mial is not known. Did you mean mail?"),
        ("members: [wang, li], begins", "members: [wang, zhou], begins", 10, "zhou is not known. Known are: wang, li"),
        ("members: [li]}", "members: [li, li]}", 5, "li stands here a second time, first on line 5."),
        ("name: 李强", "name: 王敏", 3, "王敏 stands here a second time, first on line 2."),
        ("- {id: li,", "- {id: wang,", 3, "wang stands here a second time, first on line 2."),
        ("rota: [duty]", "rota: [dutty]", 14, "dutty is not known. Did you mean duty?"),
        ("{after: 0, rota: [duty]}", "{after: 0}", 14, "This step tells nobody. Name a rota, a contact or an office."),
        ("after: 0,", "after: 5m,", 14, "The first step comes at once: write after: 0."),
        ("after: 10m", "after: 0", 15, "Each step comes later than the one before it."),
        ("every: 1d", "every: 10m", 10, "every cannot be 10m. A turn lasts from 1h to 92d."),
        ("begins: 2026-07-06", "begins: tomorrow", 10, "begins (tomorrow) is no day. Write it like 2026-07-06."),
        ("name: 总值班\n", "name: 总值班\n    zone: Mars/Olympus\n", 9, "zone (Mars/Olympus) is no time zone."),
        (
            "- id: usual\n",
            "- id: usual\n    severity: 重大\n",
            12,
            "The last policy must fit every deadline: leave out its severity and obligations.",
        ),
        (
            "policies:\n",
            "policies:\n  - {id: all, steps: [{after: 0, rota: [duty]}]}\n",
            12,
            "This policy fits every deadline, so those after it are never taken. Put it last.",
        ),
        (
            "policies:\n",
            "policies:\n  - {id: x, obligations: [OP-AUTH-5], steps: [{after: 0, rota: [duty]}]}\n",
            12,
            "OP-AUTH-5 is not known. Did you mean OP-AUTH-5H?",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, line: int, said: str) -> None:
    assert before in SOUND
    found = mistakes(tmp_path, SOUND.replace(before, after, 1), load)
    assert any(one.startswith(f"{line}: {said}") for one in found), found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "  - {id: x, name: 甲, members: [li], region: 620300, kinds: [explosion, fire]}\n",
            "防火科 (line 6) and 甲 both lead fire in 620300. Leave it with one; the other may have it under assists.",
        ),
        (
            EVERY + EVERY.replace("x, name: 甲", "y, name: 乙"),
            "甲 (line 7) and 乙 both lead every kind in 620300. Name their kinds.",
        ),
        (
            "  - {id: x, name: 甲, members: [li], region: 620399}\n",
            "620399 is no division of GB/T 2260. The nearest is",
        ),
        (
            "  - {id: x, name: 甲, members: [lii], region: 620302}\n",
            "lii is not known. Did you mean li?",
        ),
        (
            "  - {id: x, name: 甲, members: [li], region: 620302, kinds: [fier]}\n",
            "fier is not known. Did you mean fire?",
        ),
        (
            "  - {id: x, name: 甲, members: [li], region: 620302, kinds: [fire], assists: [fire]}\n",
            "甲 cannot both lead and assist in fire. Take it out of kinds or assists.",
        ),
        (
            "  - {id: x, name: 甲, members: [li], kinds: [fire]}\n",
            'The office 甲 has kinds or a grade but no region. Add region, such as "210200".',
        ),
        ("  - {id: x, name: 甲, members: [li], parent: fir}\n", "fir is not known. Did you mean fire?"),
        (
            "  - {id: x, name: 甲, members: [li], parent: y}\n  - {id: y, name: 乙, members: [li], parent: x}\n",
            "The office 甲 stands above itself. Take parent away from one of them.",
        ),
        (
            "receipts: {within: 5m}\n",
            "A graver incident cannot wait longer for its receipt: extraordinary ≤ major ≤ within.",
        ),
    ],
)
def test_a_muddle_of_offices_is_told(tmp_path: Path, more: str, said: str) -> None:
    place = "rotas:\n"
    found = mistakes(tmp_path, SOUND.replace(place, FIRE + more + place, 1), load)
    assert any(one.partition(": ")[2].startswith(said) for one in found), found


def test_offices_of_one_division_may_share_it_by_kind_grade_or_assistance(tmp_path: Path) -> None:
    more = (
        "  - {id: all, name: 值班科, members: [li], region: 620300}\n"
        "  - {id: grave, name: 指挥部, members: [li], region: 620300, kinds: [fire], severity: 重大}\n"
        "  - {id: help, name: 救援科, members: [li], region: 620300, assists: [fire], parent: all}\n"
        "receipts: {within: 20m, major: 10m, extraordinary: 10m}\n"
    )
    path = tmp_path / "duty.yaml"
    path.write_text(SOUND.replace("rotas:\n", FIRE + more + "rotas:\n", 1), encoding="utf-8")
    duty = load(path)
    assert [office.id for office in duty.routed] == ["fire", "all", "grave", "help"]
    assert duty.offices["all"].leads is None
    assert duty.offices["help"].leads == frozenset() == duty.offices["leaders"].leads
    assert duty.offices["help"].parent == "all"
    assert duty.receipts.within(Severity.MAJOR) == timedelta(minutes=10)
    assert duty.receipts.within(None) == timedelta(minutes=20)
