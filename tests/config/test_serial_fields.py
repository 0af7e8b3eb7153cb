"""Terms, recurrence, chains and windows as a rule pack writes them; what contradicts itself is said."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config.rules import SCHEMA_FILE, load_pack
from monitor.core.duties.serial import Chain, Every, RegradeWindow
from monitor.core.duties.terms import Term, Unit, hours
from monitor.core.model import Anchor, Level, ResponseKind, Severity
from tests.config.files import ROOT, mistakes

HEAD = """id: own
version: "1"
obligations:
  - id: ONE
    name: {zh: 甲, en: One}
    applies: {at_least: 重大}
    satisfied_by: [upward_report]
    source: {document: 文, article: 条, quote: 句}
    verified: true
"""
WHOLE = (
    HEAD
    + """    anchors: [received, learned]
    due: 20wd
    roll: true
    calendar: us-federal
    regrade_within: {default: 30d, kinds: {road: 7d, landslide: null}}
"""
)


def load(folder: Path, text: str):  # type: ignore[no-untyped-def]
    file = folder / "own.yaml"
    file.write_text(text, encoding="utf-8")
    jsonschema.validate(yaml.safe_load(text), json.loads((ROOT / SCHEMA_FILE).read_text(encoding="utf-8")))
    return load_pack(str(file)).obligations[0]


def test_a_term_in_working_days_on_another_calendar(tmp_path: Path) -> None:
    rule = load(tmp_path, WHOLE)
    assert rule.due == Term(20, Unit.WORKING_DAY, roll=True)
    assert (rule.calendar.name, rule.calendar.zone) == ("us-federal", "America/New_York")
    assert rule.anchors == (Anchor.RECEIVED, Anchor.LEARNED)
    window = RegradeWindow(Term(30, Unit.DAY), {"road": Term(7, Unit.DAY), "landslide": None})
    assert rule.regrade_within == window
    assert [window.of(kind) for kind in ("road", "landslide", "fire")] == [Term(7, Unit.DAY), None, Term(30, Unit.DAY)]


@pytest.mark.parametrize(
    ("written", "every"),
    [
        ("24h", Every(step=hours(24))),
        ("{every: 3mo}", Every(step=Term(3, Unit.MONTH))),
        ('{at: ["17:00", "8:30"]}', Every(at=(time(8, 30), time(17)))),
        ('{at: ["17:00"], monthly: [25, 5]}', Every(at=(time(17),), days=(5, 25))),
        (
            '{at: ["9:00"], after: 2h, within: 30d, until: [evaluation]}',
            Every(at=(time(9),), after=hours(2), within=Term(30, Unit.DAY), until=frozenset({ResponseKind.EVALUATION})),
        ),
    ],
)
def test_a_recurrence(tmp_path: Path, written: str, every: Every) -> None:
    rule = load(tmp_path, f"{HEAD}    anchors: [reported]\n    every: {written}\n")
    assert rule.every == every
    assert rule.due == every.gap


def test_a_chain_says_how_far_each_grade_climbs(tmp_path: Path) -> None:
    bare = load(tmp_path, f"{HEAD}    anchors: [received]\n    due: 2h\n    chain: [county, city]\n")
    assert bare.chain == Chain((Level.COUNTY, Level.CITY))
    graded = load(
        tmp_path,
        f"{HEAD}    anchors: [received]\n    due: 2h\n"
        "    chain: {levels: [county, city, province, state], up_to: {一般: city, 较大: province, 重大: state}}\n",
    ).chain
    assert graded.climbs(None) == graded.climbs(Severity.GENERAL) == (Level.COUNTY, Level.CITY)
    assert graded.climbs(Severity.LARGER)[-1] is Level.PROVINCE
    assert graded.climbs(Severity.EXTRAORDINARY)[-1] is Level.STATE


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("due: 20 days", "due cannot be 20 days. Write a term such as"),
        ("due: 0wd", "due cannot be 0wd."),
        ("anchors: [received]", "ONE has no term. Write due: 5h, or every:"),
        ("due: 5h\n    roll: true", "ONE is not counted in days, so its end cannot roll"),
        ("due: 5h\n    every: 24h", "ONE recurs, so each turn ends where the next begins. Leave out due."),
        ("every: {monthly: [5]}", "every of ONE needs either a term under every: or times of day under at:."),
        ("every: {every: 24h, at: ['8:30']}", "every of ONE needs either a term"),
        ("every: {every: 1mo, monthly: [5]}", "ONE recurs on days of the month; say the time of day under at:."),
        ("every: {at: ['25:00']}", "is no time of day"),
        ("every: {at: ['8:30'], monthly: [32]}", "monthly cannot be 32"),
        ("due: 2h\n    chain: [city, county]", "The levels of ONE must rise"),
        ("due: 2h\n    chain: [city, town]", "cannot be town"),
        ("due: 2h\n    chain: {levels: [city], up_to: {一般: state}}", "up_to of ONE names a level that is not among"),
        (
            "due: 2h\n    chain: [city]\n    repeats: true",
            "ONE can have only one of repeats, every, chain and promised.",
        ),
        ("due: 2h\n    promised: true", "ONE ends when a release promised it. Leave out due."),
        ("promised: true", "ONE waits for what a release promised, so its only anchor must be promised."),
        ("every: 24h\n    promised: true", "ONE can have only one of repeats, every, chain and promised."),
        ("due: 2h\n    calendar: us", "calendar cannot be us. Write cn, us-federal, plain, or plain@"),
        ("due: 2h\n    calendar: plain@Europe/Paradise", "calendar cannot be plain@Europe/Paradise."),
        ("due: 2h\n    regrade_within: soon", "Write a term such as"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, written: str, told: str) -> None:
    anchors = "" if written.startswith("anchors") else "    anchors: [received]\n"
    said = mistakes(tmp_path, f"{HEAD}{anchors}    {written}\n", lambda path: load_pack(str(path)))
    assert any(told in one for one in said), said
