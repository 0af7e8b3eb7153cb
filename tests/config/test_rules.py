"""Rule packs: the shipped one is sound, every mistake and every contradiction is said at once."""

import json
import re
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config.document import BadDocument
from monitor.config.rules import RULES, SCHEMA_FILE, load_pack, schema
from monitor.core.duties.obligations import RulePack, RumourRule
from monitor.core.duties.terms import hours
from monitor.core.incidents.rumours import Growth
from monitor.core.incidents.wave import Measure
from monitor.core.model import Anchor, ResponseKind, RumourState, Severity, Standing, Wave
from tests.config.files import ROOT, mistakes

DAY = timedelta(hours=24)
SHIPPED = RULES / "cn-gov.yaml"

SOUND = """id: own
version: "1"
obligations:
  - id: FIRST
    name: {zh: 甲, en: One}
    applies: {at_least: 重大}
    anchors: [occurred, first_reported]
    due: 5h
    satisfied_by: [authoritative_release]
    reminders: {before: [1h]}
    source: {document: 文, article: 条, quote: 句}
    verified: true
"""


def load(path: Path) -> RulePack:
    return load_pack(str(path))


def test_the_shipped_pack_counts_as_the_law_says() -> None:
    pack = load_pack()
    due = {obligation.id: obligation.due for obligation in pack.obligations}
    assert due["OP-AUTH-5H"] == hours(5)
    assert due["OP-PRESS-24H"] == hours(24)
    assert due["OP-OTHER-48H"] == hours(48)
    assert pack.stale_after == timedelta(hours=72)
    first = pack.obligation("OP-AUTH-5H")
    assert first is not None
    assert (first.applies.at_least, first.anchors[0], first.if_past) == (
        Severity.MAJOR,
        Anchor.OCCURRED,
        Anchor.LEVEL_REACHED,
    )
    assert ResponseKind.AUTHORITATIVE_RELEASE in first.satisfied_by
    assert all(o.verified or not o.enabled for o in pack.obligations)
    assert all("》" in o.source.document or "（" in o.source.document for o in pack.obligations)


def test_the_schema_for_editors_is_up_to_date_and_accepts_the_shipped_pack() -> None:
    stored = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert stored == schema(), "run: make schemas"
    described = json.loads(stored)
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")), described)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(SOUND.replace("重大", "很大")), described)
    assert described["properties"]["stale_after"]["default"] == "72h"
    first = SHIPPED.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None
    assert (SHIPPED.parent / found[1]).resolve() == ROOT / SCHEMA_FILE


def test_a_pack_of_one_s_own_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(SOUND, encoding="utf-8")
    pack = load(file)
    assert (pack.id, [o.id for o in pack.obligations]) == ("own", ["FIRST"])
    assert pack.obligations[0].reminders.before == (timedelta(hours=1),)


def test_a_pack_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BadDocument, match=r"There is no rule pack cn-gvo. Shipped: cn-gov\."):
        load_pack("cn-gvo")
    with pytest.raises(BadDocument, match="there is no such file"):
        load(tmp_path / "none.yaml")


def test_every_mistake_and_contradiction_is_said_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    rest = """    source: {document: 文, article: 条, quote: 句}
    verified: true
"""
    text = f"""id: own
version: 1
stale_after: 99999999999999999999d
obligations:
  - id: FIRST
    name: {{zh: 甲, en: One}}
    applies: {{at_least: 重大, below: 较大, except_provinces: [71, "811"]}}
    anchors: [occured]
    due: 5 hours
    satisfied_by: [authoritative_release]
{rest}  - id: FIRST
    name: {{zh: 甲}}
    applies: {{at_least: 很大}}
    anchors: []
    due: 0h
    satisfied_by: []
    reminders: {{shares: [1.5], before: [5]}}
{rest}  - id: SECOND
    name: {{zh: 乙, en: Two}}
    applies: {{at_least: 重大, below: 较大}}
    anchors: [occurred]
    if_past: occurred
    due: 24h
    repeats: true
    satisfied_by: [reply]
    reminders: {{before: [24h]}}
    source: {{document: 文, article: 条, quote: 句}}
    verified: false
  - id: THIRD
    name: {{zh: 丙, en: Three}}
    applies: {{below: 重大, concern: {{severity: 重大}}}}
    anchors: [occurred]
    due: 24h
    satisfied_by: [reply]
    verfied: true
"""
    assert mistakes(tmp_path, text, load) == [
        "2: version has the wrong form (1): a text is needed; put it in quotes.",
        "3: stale_after cannot be 99999999999999999999d. Write a span such as 30m, 5h or 3d.",
        "7: except_provinces has the wrong form (71): a text is needed; put it in quotes.",
        "7: except_provinces cannot be 811: it does not have the form ^[0-9]{2}$.",
        "8: anchors cannot be occured. Did you mean occurred?",
        "9: due cannot be 5 hours. Write a term such as 30m, 5h, 3d, 20wd (working days), 2mo or 1y.",
        "13: The obligation FIRST stands here twice, first on line 5.",
        "14: en is missing.",
        "15: at_least cannot be 很大; it is one of 一般、较大、重大、特别重大.",
        "16: anchors is empty.",
        "17: due cannot be 0h. Write a term such as 30m, 5h, 3d, 20wd (working days), 2mo or 1y.",
        "18: satisfied_by is empty.",
        "19: shares cannot be 1.5: it must be less than 1.0.",
        "19: before cannot be 5. Write a span such as 30m, 5h or 3d.",
        "24: SECOND can never apply: no incident is at least 重大 and below 较大.",
        "25: SECOND repeats, so last_release must be among its anchors; else it never runs anew.",
        "26: if_past of SECOND stands among its anchors already; it must be another moment.",
        "30: A reminder of SECOND lies before its deadline begins. Make it shorter than 24h.",
        "32: SECOND is not verified against its source. Set enabled: false, or verify it.",
        "33: source is missing.",
        "33: verified is missing.",
        "39: verfied is no known key. Did you mean verified?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{at_least: 重大}", "{below: 重大, concern: {severity: 重大}}",
         "6: FIRST can never apply: no incident is at least 重大 and below 重大."),
        ("verified: true", "verified: false",
         "12: FIRST is not verified against its source. Set enabled: false, or verify it."),
        ("before: [1h]", "before: [300m]",
         "10: A reminder of FIRST lies before its deadline begins. Make it shorter than 5h."),
    ],
)  # fmt: skip
def test_what_can_never_be_is_refused(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, SOUND.replace(old, new), load) == [expected]


WAVE = """wave:
  measures:
    rank: {一般: 50, 较大: 10, 重大: 3}
    talk: {一般: 1, 重大: 15}
  source: {document: 文, article: 条, quote: 句}
  verified: false
"""
WAVY = SOUND.replace("obligations:\n", WAVE + "obligations:\n").replace("{at_least: 重大}", "{concern: {wave: 较大}}")


def test_a_pack_grades_waves_of_public_talk_by_its_own_numbers(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(WAVY, encoding="utf-8")
    pack = load(file)
    assert pack.wave is not None
    assert pack.wave.limits[Measure.RANK] == {Wave.GENERAL: 50, Wave.LARGER: 10, Wave.MAJOR: 3}
    assert pack.wave.limits[Measure.TALK] == {Wave.GENERAL: 1, Wave.MAJOR: 15}
    assert pack.wave.limits[Measure.HOURS] == {}
    assert (pack.wave.within, pack.wave.rush, pack.wave.tell_from) == (DAY, timedelta(hours=1), Wave.MAJOR)
    assert pack.obligations[0].applies.concern_wave is Wave.LARGER
    file.write_text(SOUND, encoding="utf-8")
    assert load(file).wave is None


def test_the_shipped_pack_says_what_of_its_waves_nobody_has_verified() -> None:
    wave = load_pack().wave
    assert wave is not None
    assert not wave.verified
    assert "〔2014〕52号" in wave.document
    assert "阈值为本规则包建议值" in wave.note
    other = load_pack().obligation("OP-OTHER-48H")
    assert other is not None
    assert (other.applies.concern_severity, other.applies.concern_sources) == (Severity.LARGER, None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("较大: 10, 重大: 3", "较大: 3, 重大: 10",
         "5: measures.rank: each grade must need more than the one below it; of rank, a lower number."),
        ("一般: 1, 重大: 15", "一般: 15, 重大: 15",
         "6: measures.talk: each grade must need more than the one below it; of rank, a lower number."),
        ("talk: {", "talks: {", "6: talks is no known key. Did you mean talk?"),
        ("较大: 10", "特别重大: 10", "5: 特别重大 is no known key. Did you mean 重大?"),
        ("较大: 10", "较大: 0", "5: 较大 cannot be 0: it must be at least 1."),
        ("wave: 较大", "wave: 很大", "12: wave cannot be 很大; it is one of 一般、较大、重大."),
        (WAVE, "", "6: FIRST asks for a wave, but this pack grades none. Add a section wave, or take it out."),
    ],
)  # fmt: skip
def test_waves_that_make_no_sense_are_refused(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, WAVY.replace(old, new), load) == [expected]


def test_what_is_unusual_but_possible_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    for old, new in (
        ("verified: true", "verified: false\n    enabled: false"),
        ("{at_least: 重大}", "{below: 重大, concern: {severity: 重大, sources: 3}}"),
        ("anchors: [occurred, first_reported]", "anchors: [last_release]\n    repeats: true"),
    ):
        file.write_text(SOUND.replace(old, new), encoding="utf-8")
        assert load(file).obligations[0].id == "FIRST"


def test_the_terms_of_a_rumour_are_data(tmp_path: Path) -> None:
    shipped = load_pack().obligation("OP-RUMOUR")
    assert shipped is not None
    assert shipped.applies.rumour == RumourRule()
    assert load_pack().growth == Growth(3, 6, timedelta(hours=24), Standing.OFFICIAL)
    file = tmp_path / "own.yaml"
    own = "{rumour: {states: [denied], sources: 5, items: 9, within: 12h, confirmed_by: media}}"
    file.write_text(SOUND.replace("{at_least: 重大}", own), encoding="utf-8")
    rule = RumourRule(frozenset({RumourState.DENIED}), Growth(5, 9, timedelta(hours=12), Standing.MEDIA))
    assert load(file).obligations[0].applies.rumour == rule
    for short, expected in (("true", RumourRule()), ("false", None)):
        file.write_text(SOUND.replace("{at_least: 重大}", f"{{rumour: {short}}}"), encoding="utf-8")
        assert load(file).obligations[0].applies.rumour == expected


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("{states: [confirmed]}", "states cannot be confirmed"),
        ("{states: []}", "states is empty."),
        ("{sources: 1}", "sources cannot be 1"),
        ("{within: soon}", "within cannot be soon. Write a span such as 30m, 5h or 3d."),
        ("{confirmed_by: platform}", "confirmed_by cannot be platform"),
        ("{source: 3}", "source is no known key. Did you mean sources?"),
    ],
)
def test_impossible_terms_of_a_rumour_are_refused(terms: str, said: str, tmp_path: Path) -> None:
    [found] = mistakes(tmp_path, SOUND.replace("{at_least: 重大}", f"{{rumour: {terms}}}"), load)
    assert said in found


def test_only_a_rumours_duty_counts_from_its_spreading(tmp_path: Path) -> None:
    text = SOUND.replace("anchors: [occurred, first_reported]", "anchors: [rumour_spread]")
    [found] = mistakes(tmp_path, text, load)
    assert "FIRST counts from the spreading of a rumour" in found
    file = tmp_path / "own.yaml"
    file.write_text(text.replace("{at_least: 重大}", "{rumour: true}"), encoding="utf-8")
    assert load(file).obligations[0].anchors == (Anchor.RUMOUR_SPREAD,)


@pytest.mark.parametrize("text", ["[]", "5", "obligations: 5", "obligations: [5]", "obligations: {a: b}", "", "id: x"])
def test_files_of_any_shape_are_refused_with_a_line(text: str, tmp_path: Path) -> None:
    assert all(found.split(":")[0].isdigit() for found in mistakes(tmp_path, text, load))
