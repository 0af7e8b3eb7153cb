"""Why a duty holds or not, from when its clock counts, and what alone would change that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.duties.obligations import (
    SURENESS,
    Applicability,
    Applies,
    Condition,
    Jurisdiction,
    MatterFacts,
    applicability,
    checks,
)
from monitor.core.duties.terms import hours
from monitor.core.explain.duties import DutyExplained, Remedy, Standing, explain_duties
from monitor.core.incidents.voices import Voice
from monitor.core.model import Anchor, MatterState, Response, ResponseKind, Severity, Trust, Wave
from tests.core.test_deadlines import PACK, T0, H, Story, major

# What the office does not do is told of no matter.
OWN = [rule for rule in PACK.obligations if rule.enabled or rule.group is None]

FIVE, OTHER, CONT, RUMOUR = "OP-AUTH-5H", "OP-OTHER-48H", "OP-CONT", "OP-RUMOUR"


def told(story: Story, now_hours: float = 0) -> dict[str, DutyExplained]:
    now = T0 + now_hours * H
    return {d.obligation_id: d for d in explain_duties(story.facts, PACK, story.deadlines.values(), now)}


def claim(number: int) -> Voice:
    return Voice(item_id=number, title="", source=f"post{number}", trust=Trust.PERSONAL, at=T0)


def remedies(duty: DutyExplained) -> dict[Remedy, tuple[object, Applicability, bool]]:
    return {s.remedy: (s.value, s.holds, s.would_start) for s in duty.supposed}


def test_a_duty_that_does_not_apply_names_the_condition_and_the_grade_that_would_do() -> None:
    five = told(Story(severity=Severity.LARGER))[FIVE]
    assert (five.holds, five.standing) == (Applicability.NO, Standing.DOES_NOT_APPLY)
    assert [c.condition for c in five.checks if c.holds is Applicability.NO] == [Condition.AT_LEAST]
    assert remedies(five)[Remedy.GRADE] == (Severity.MAJOR, Applicability.FIRM, True)
    assert five.start is None


def test_what_is_only_likely_is_provisional_until_a_person_confirms() -> None:
    story = Story(severity=Severity.LARGER, likely=Severity.MAJOR)
    story.at(T0)
    five = told(story)[FIVE]
    assert (five.holds, five.standing) == (Applicability.PROVISIONAL, Standing.HAS_CLOCK)
    assert five.deadline is not None
    assert five.deadline.provisional
    assert remedies(five)[Remedy.CONFIRMED] == (None, Applicability.FIRM, False)


def test_elsewhere_only_the_place_or_a_person_would_change_it() -> None:
    duty = told(major(jurisdiction=Jurisdiction.NOT_OURS))[FIVE]
    assert [c.condition for c in duty.checks if c.holds is Applicability.NO] == [Condition.REGION]
    assert remedies(duty) == {
        Remedy.IN_REGION: (None, Applicability.FIRM, True),
        Remedy.CONFIRMED: (None, Applicability.FIRM, True),
    }


def test_other_public_concern_names_the_grade_that_would_open_it() -> None:
    duty = told(Story(severity=Severity.GENERAL))[OTHER]
    found = remedies(duty)
    assert found[Remedy.GRADE] == (Severity.LARGER, Applicability.FIRM, True)
    graver = told(major())[OTHER]
    assert remedies(graver)[Remedy.LOWER_GRADE] == (Severity.LARGER, Applicability.FIRM, True)


def test_a_response_or_a_rumour_would_start_its_duty() -> None:
    found = told(major())
    assert remedies(found[CONT])[Remedy.RESPONSE][1:] == (Applicability.FIRM, True)
    assert remedies(found[RUMOUR])[Remedy.RUMOUR] == (3, Applicability.FIRM, True)
    assert remedies(found[RUMOUR])[Remedy.DENIED] == (None, Applicability.FIRM, True)


def test_what_is_only_claimed_is_provisional_until_somebody_vouches_for_it() -> None:
    story = Story(likely=Severity.MAJOR, voices=(claim(1),))
    five = told(story)[FIVE]
    assert [c.condition for c in five.checks if c.holds is Applicability.PROVISIONAL] == [
        Condition.VOUCHED,
        Condition.AT_LEAST,
    ]
    assert remedies(five)[Remedy.VOUCHED] == (None, Applicability.FIRM, False)
    assert remedies(five)[Remedy.CONFIRMED] == (None, Applicability.FIRM, False)


def test_what_an_official_source_tells_is_no_rumour_whoever_else_claims_it() -> None:
    vouched = Voice(item_id=1, title="", source="gov", trust=Trust.OFFICIAL, at=T0)
    assert remedies(told(major(voices=(vouched,)))[RUMOUR]) == {}


def test_a_grown_rumour_starts_its_clock_though_no_report_has_a_time() -> None:
    story = Story(severity=None, dated=False, voices=tuple(claim(n) for n in range(3)))
    story.know(anchors={})
    duty = told(story)[RUMOUR]
    assert (duty.holds, duty.standing) == (Applicability.FIRM, Standing.STARTS_NOW)
    assert duty.start is not None
    assert duty.start.anchor is Anchor.RUMOUR_SPREAD


def test_public_talk_is_one_way_to_other_public_concern() -> None:
    talked = Applies(concern_wave=Wave.MAJOR)
    pack = replace(PACK, obligations=(replace(PACK.obligations[0], applies=talked),))
    placed = MatterFacts(id=1, province="530000", anchors={Anchor.FIRST_REPORTED: T0})
    [duty] = explain_duties(placed, pack, (), T0)
    assert remedies(duty)[Remedy.WAVE] == (Wave.MAJOR, Applicability.FIRM, True)
    [duty] = explain_duties(replace(placed, province=None), pack, (), T0)
    assert Remedy.WAVE not in remedies(duty)


def test_what_is_too_old_would_start_by_a_confirmation() -> None:
    story = major()
    late = T0 + 100 * H
    story.at(late)
    five = told(story, 100)[FIVE]
    assert five.too_old
    assert remedies(five)[Remedy.CONFIRMED][2]


def test_a_report_without_a_time_waits_for_a_person() -> None:
    story = Story(severity=Severity.MAJOR, dated=False)
    story.know(anchors={})
    five = told(story)[FIVE]
    assert (five.standing, five.start) == (Standing.WAITS_FOR_TIME, None)
    assert remedies(five)[Remedy.CONFIRMED][2]


def test_the_start_names_the_anchor_that_was_passed_over() -> None:
    story = major().know(reached={Severity.MAJOR: T0 + 30 * H}, news_at=T0 + 30 * H)
    story.at(T0 + 30 * H)
    start = told(story, 30)[FIVE].start
    assert start is not None
    assert (start.anchor, start.passed_over) == (Anchor.LEVEL_REACHED, Anchor.FIRST_REPORTED)
    assert (start.due_at, start.would_have_ended) == (T0 + 35 * H, T0 + 5 * H)
    assert start.named == (Anchor.OCCURRED, Anchor.FIRST_REPORTED)


def test_a_dismissed_matter_would_run_again_if_confirmed_and_a_merged_one_never() -> None:
    story = major()
    story.at(T0)
    story.know(state=MatterState.DISMISSED).at(T0 + H)
    assert remedies(told(story, 1)[FIVE])[Remedy.CONFIRMED][2]
    story.know(state=MatterState.MERGED)
    assert all(duty.supposed == () for duty in told(story, 1).values())


def test_a_clock_that_a_response_met_is_told_with_its_start() -> None:
    story = major()
    story.at(T0)
    story.know(responses=(Response(ResponseKind.AUTHORITATIVE_RELEASE, T0 + H, 1),)).at(T0 + H)
    five = told(story, 1)[FIVE]
    assert five.start is not None
    assert five.start.due_at == T0 + timedelta(hours=5)
    assert all(not s.would_start for s in five.supposed)


@given(
    st.sampled_from([None, *Severity]),
    st.sampled_from([None, *Severity]),
    st.booleans(),
    st.sampled_from(Jurisdiction),
    st.integers(1, 4),
    st.integers(0, 3),
)
def test_a_duty_holds_as_surely_as_its_least_sure_condition(
    severity: Severity | None, likely: Severity | None, confirmed: bool, whose: Jurisdiction, sources: int, claims: int
) -> None:
    facts = MatterFacts(
        id=1,
        severity=severity,
        likely=likely,
        confirmed=confirmed,
        jurisdiction=whose,
        sources=sources,
        voices=tuple(claim(n) for n in range(claims)),
        anchors={Anchor.FIRST_REPORTED: T0},
    )
    for rule in OWN:
        degrees = [SURENESS.index(check.holds) for check in checks(rule.applies, facts)]
        assert SURENESS[min(degrees)] is applicability(rule.applies, facts)
        duty = next(d for d in explain_duties(facts, PACK, (), T0) if d.obligation_id == rule.id)
        assert all(SURENESS.index(s.holds) >= SURENESS.index(duty.holds) for s in duty.supposed)


@pytest.mark.parametrize("rule", [rule.id for rule in OWN])
def test_every_rule_of_the_pack_is_explained(rule: str) -> None:
    assert rule in told(major())


def test_a_clock_is_explained_by_the_rule_that_it_kept_and_the_rule_in_use_is_named() -> None:
    story = major()
    story.at(T0)
    newer = tuple(
        replace(rule, due=hours(3), satisfied_by=frozenset({ResponseKind.REPLY}), origin="cn-gov@2027.1")
        for rule in PACK.obligations
    )
    pack = replace(PACK, version="2027.1", obligations=newer)
    duties = {d.obligation_id: d for d in explain_duties(story.facts, pack, story.deadlines.values(), T0 + H)}
    five = duties[FIVE]
    assert five.start is not None
    assert (five.start.due_at, five.in_use) == (T0 + 5 * H, "cn-gov@2027.1")
    assert five.pack != five.in_use
    # A duty without a clock is explained by what would open now.
    assert (duties[RUMOUR].pack, duties[RUMOUR].in_use) == ("cn-gov@2027.1", "")


def test_a_clock_whose_rule_left_the_packs_still_says_on_whose_word_it_runs() -> None:
    story = major()
    story.at(T0)
    gone = replace(PACK, obligations=())
    [five] = [d for d in explain_duties(story.facts, gone, story.deadlines.values(), T0) if d.obligation_id == FIVE]
    known = PACK.obligation(FIVE)
    assert known is not None
    assert (five.left, five.source, five.name_zh) == (True, known.source, known.name_zh)


def test_the_clock_of_a_drill_is_explained_at_its_pace() -> None:
    story = major(pace=0.1)
    assert told(story)[FIVE].standing is Standing.STARTS_NOW
    story.at(T0)
    five = told(story)[FIVE]
    assert five.start is not None
    assert (five.start.due_at, five.in_use) == (T0 + H / 2, "")
