"""The shipped packs: each cites its law, reckons as its worked examples say, and holds only what an office has."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config.document import BadDocument
from monitor.config.overlays import load_rules, read_packs, with_base
from monitor.config.rules import PACKS, load_pack, read_pack, schema
from monitor.core.beijing import shown
from monitor.core.duties.changes import Change, differences
from monitor.core.duties.examples import all_on, untried, wrong
from monitor.core.duties.law import Group, Role, Stage, role_of
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.overlays import joined
from monitor.core.model import Level
from tests.config.files import mistakes

SHIPPED = sorted(path.stem for path in PACKS.glob("*.yaml"))
GROUPS = frozenset(Group)
LAW = "source: {document: 文, article: 条, quote: 句}\n    verified: true\n"


def rules(*names: str, groups: frozenset[Group] = GROUPS, role: Role = Role.COUNTY) -> RulePack:
    return load_rules(names, groups, role)


def on(pack: RulePack) -> set[str]:
    return {rule.id for rule in pack.obligations if rule.enabled}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_worked_example_of_a_shipped_pack_holds_and_every_rule_has_one(name: str) -> None:
    reads = with_base(name)
    own = reads[-1]
    pack = all_on(joined([read.pack for read in reads]))
    found = [
        f"{own.document.line(('examples', n, 'then', fault.rule))}: {fault.rule} {fault.found and shown(fault.found)}"
        for n, example in enumerate(own.examples)
        for fault in wrong(example, pack)
    ]
    assert found == []
    assert untried(own.examples, own.pack) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_cites_its_law_and_nobody_s_mirror_of_it(name: str) -> None:
    pack = read_pack(name).pack
    sources = [*(rule.source for rule in pack.obligations), *(duty.source for duty in pack.duties)]
    sources += [terms.source for terms in pack.stricter]
    assert sources
    assert all(source.document and source.article and len(source.quote) >= 5 for source in sources)
    text = (PACKS / f"{name}.yaml").read_text("utf-8")
    assert "http" not in text
    assert all(rule.verified or not rule.enabled for rule in pack.obligations)
    assert all(terms.verified or not terms.enabled for terms in pack.stricter)
    jsonschema.validate(yaml.safe_load(text), json.loads(schema()))


def test_only_what_an_office_switches_on_runs() -> None:
    plain = {
        "OP-AUTH-5H",
        "OP-PRESS-24H",
        "OP-OTHER-48H",
        "OP-CONT",
        "OP-PROMISE",
        "OP-RUMOUR",
        "AC-PEN-7WD",
        "AC-COAL-5WD",
    }
    assert on(load_pack()) == on(rules("cn-gov", groups=frozenset())) == plain
    reporting = rules("cn-gov", groups=frozenset({Group.UPWARD_REPORTING}), role=Role.CITY)
    assert on(reporting) - plain == {
        "AC-HOP-2H", "AC-MIN-3H", "AC-MIN-7H", "AC-FOLLOW", "AC-FOLLOW-DAILY", "AC-SUPP-30D", "AC-SUPP-7D",
    }  # fmt: skip
    enterprise = rules("cn-gov", groups=frozenset({Group.UPWARD_REPORTING}), role=Role.ENTERPRISE)
    assert on(enterprise) - plain == {"AC-UNIT-1H", "AC-SUPP-30D", "AC-SUPP-7D"}
    assert "AC-STAT-24H" not in on(rules("cn-gov"))


@pytest.mark.parametrize(
    ("role", "level"), [(Role.COUNTY, Level.CITY), (Role.CITY, Level.PROVINCE), (Role.PROVINCE, Level.STATE)]
)
def test_an_office_is_reminded_of_its_own_step_up_only(role: Role, level: Level) -> None:
    hop = rules("cn-gov", role=role).obligation("AC-HOP-2H")
    assert hop is not None
    assert hop.chain is not None
    assert hop.chain.levels == (level,)


def test_the_role_is_that_of_the_region_unless_it_is_said() -> None:
    assert [role_of(code) for code in ("000000", "210000", "210100", "210102")] == [
        Role.STATE, Role.PROVINCE, Role.CITY, Role.COUNTY,
    ]  # fmt: skip


def test_the_whole_law_stands_in_the_pack_also_what_names_no_end() -> None:
    duties = {duty.id: duty for duty in load_pack().duties}
    assert {"OP-WHO-1", "OP-KIND", "OP-CONTENT", "AC-CONTENT", "AC-GAG", "AC-WHO-INV"} <= set(duties)
    assert duties["AC-GAG"].stage is Stage.BEFORE_RELEASE
    assert not {rule.id for rule in load_pack().obligations} & set(duties)


def test_the_stricter_term_wins_and_both_sources_stay(tmp_path: Path) -> None:
    pack = rules("cn-gov", "cn-city-15-30")
    hop = pack.obligation("AC-HOP-2H")
    assert hop is not None
    assert [str(terms.due) for terms in hop.local] == ["15m", "30m"]
    assert str(hop.due) == "2h"
    assert {hop.source.document, *(terms.source.document for terms in hop.local)} == {
        "生产安全事故报告和调查处理条例（国务院令第493号）",
        "某市人民政府办公室关于进一步提升突发事件信息报告工作水平的通知",
    }
    assert pack.origin_of("AC-HOP-2H") == "cn-gov@2026.2+cn-city-15-30@2026.1"
    assert pack.origin_of("EM-WRITTEN-30M") == "cn-city-15-30@2026.1"
    assert pack.origin_of("OP-AUTH-5H") == "cn-gov@2026.2"


def test_terms_that_nobody_verified_change_nothing() -> None:
    pack = rules("cn-gov", "cn-wuhan")
    hop = pack.obligation("AC-HOP-2H")
    assert hop is not None
    assert [terms.enabled for terms in hop.local] == [False, False]
    assert not any(terms.holds(None) for terms in hop.local)


def overlay(body: str) -> str:
    return f'id: own\nversion: "1"\noverlay_of: cn-gov\n{body}'


def together(path: Path) -> object:
    return read_packs(["cn-gov", str(path)])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"stricter:\n  - rule: OP-AUTH-5H\n    due: 6h\n    {LAW}", "6: These terms for OP-AUTH-5H end later than"),
        (f"stricter:\n  - rule: OP-AUTH-5H\n    due: 300m\n    {LAW}", "6: These terms for OP-AUTH-5H are those that"),
        (f"stricter:\n  - rule: OP-AUTH-4H\n    due: 4h\n    {LAW}", "5: There is no obligation OP-AUTH-4H to be"),
        (f"stricter:\n  - rule: AC-PEN-7WD\n    due: 9d\n    {LAW}", "6: These terms for AC-PEN-7WD end now sooner"),
        (
            f"duties:\n  - id: OP-AUTH-5H\n    name: {{zh: 甲, en: One}}\n    stage: release\n    {LAW}",
            "5: The id OP-AUTH-5H is taken by the pack cn-gov",
        ),
    ],
)
def test_what_does_not_fit_the_national_pack_is_refused_with_its_line(tmp_path: Path, body: str, said: str) -> None:
    (found,) = mistakes(tmp_path, overlay(body), together)
    assert found.startswith(said)


def test_an_end_that_the_law_does_not_name_may_be_set_to_any(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(overlay(f"stricter:\n  - rule: OP-CONT\n    due: 36h\n    {LAW}"), encoding="utf-8")
    rule = joined([read.pack for read in read_packs(["cn-gov", str(file)])]).obligation("OP-CONT")
    assert rule is not None
    assert [str(terms.due) for terms in rule.local] == ["36h"]


def test_packs_that_cannot_stand_together_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadDocument, match=r"cn-beijing is laid over cn-gov. Name both, like rules: \[cn-gov, cn-bei"):
        rules("gdpr", "cn-beijing")
    with pytest.raises(BadDocument, match="The pack gdpr is named twice"):
        rules("gdpr", "gdpr")
    with pytest.raises(BadDocument, match=r"There is no rule pack cn-gvo(.|\n)*There is no rule pack nis3"):
        rules("cn-gvo", "nis3")


def test_a_pack_that_holds_nothing_or_means_nobody_is_refused(tmp_path: Path) -> None:
    empty = 'id: own\nversion: "1"\n'
    assert mistakes(tmp_path, empty, lambda path: load_pack(str(path))) == [
        "1: This pack holds nothing. Write obligations, duties or stricter terms."
    ]
    homeless = empty + f"stricter:\n  - rule: OP-AUTH-5H\n    due: 4h\n    {LAW}".replace("true", "false")
    assert mistakes(tmp_path, homeless, lambda path: load_pack(str(path))) == [
        "3: Stricter terms are meant for another pack. Name it under overlay_of: cn-gov.",
        "7: The stricter terms for OP-AUTH-5H are not verified. Set enabled: false, or verify them.",
    ]


def test_what_changed_between_two_versions_is_told_by_what_it_means(tmp_path: Path) -> None:
    text = (PACKS / "cn-gov.yaml").read_text("utf-8")
    changes = {
        "due: 24h\n    satisfied_by: [press_conference]": "due: 12h\n    satisfied_by: [press_conference]",
        "zh: 首次权威信息发布": "zh: 首次权威发布",
        "    due: 48h\n    satisfied_by": "    due: 60h\n    satisfied_by",
        "id: AC-COAL-5WD": "id: AC-COAL-WD",
        "AC-COAL-5WD:": "AC-COAL-WD:",
    }
    for one, other in changes.items():
        assert one in text
        text = text.replace(one, other)
    after = tmp_path / "cn-gov.yaml"
    after.write_text(text, encoding="utf-8")
    found = [(d.rule, d.change, d.part) for d in differences(load_pack(), load_pack(str(after)))]
    assert found == [
        ("OP-AUTH-5H", Change.WORDING, "name_zh"),
        ("OP-PRESS-24H", Change.STRICTER, "due"),
        ("OP-OTHER-48H", Change.LOOSER, "due"),
        ("AC-COAL-5WD", Change.REMOVED, ""),
        ("AC-COAL-WD", Change.ADDED, ""),
    ]
    assert list(differences(load_pack(), load_pack())) == []
