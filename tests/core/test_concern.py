"""Duties that hang on how far the public talks of a matter, apart from how grave it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.duties.obligations import Applicability, Applies, Jurisdiction, MatterFacts, applicability
from monitor.core.duties.review import review
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Response,
    ResponseKind,
    Severity,
    Wave,
)
from tests.core.test_deadlines import PACK, T0, H, M, Story

TWO_DAYS = "OP-OTHER-48H"
GANSU = "620000"


def talked_of(wave: Wave, at: object = T0, **facts: object) -> Story:
    known: dict[str, object] = {"province": GANSU, "severity": Severity.GENERAL, "waves": {wave: at}}
    return Story(**(known | {"wave_known_at": at} | facts))


def test_not_every_fire_but_a_larger_wave_starts_the_two_days() -> None:
    quiet = talked_of(Wave.GENERAL, sources=9)
    quiet.at(T0)
    assert quiet.deadlines == {}
    quiet.know(waves={Wave.GENERAL: T0, Wave.LARGER: T0 + H}).at(T0 + H)
    deadline = quiet.deadline(TWO_DAYS)
    assert (deadline.state, deadline.provisional) == (DeadlineState.OPEN, False)
    assert deadline.due_at == T0 + 48 * H


def test_a_major_wave_is_no_major_accident() -> None:
    story = talked_of(Wave.MAJOR)
    story.at(T0)
    assert {name for name, _ in story.deadlines} == {TWO_DAYS}


def test_once_running_the_duty_runs_on_when_nothing_supports_it_any_more() -> None:
    story = talked_of(Wave.LARGER)
    story.at(T0)
    fresh = story.know(waves={}).at(T0 + H)
    assert story.deadline(TWO_DAYS).state is DeadlineState.OPEN
    assert [alert.reason for alert in fresh] == [AlertReason.UPDATED]


def test_talk_of_a_matter_without_a_place_opens_nothing_and_tells_nobody() -> None:
    story = talked_of(Wave.MAJOR, province=None, jurisdiction=Jurisdiction.MAYBE)
    assert story.at(T0) == []
    assert story.deadlines == {}


def test_talk_about_the_province_may_be_about_our_city() -> None:
    story = talked_of(Wave.LARGER, jurisdiction=Jurisdiction.MAYBE)
    story.at(T0)
    assert story.deadline(TWO_DAYS).provisional


def test_a_matter_that_comes_to_the_lists_days_later_counts_from_then() -> None:
    story = talked_of(Wave.GENERAL)
    story.at(T0)
    story.know(waves={Wave.LARGER: T0 + 100 * H}).at(T0 + 100 * H)
    deadline = story.deadline(TWO_DAYS)
    assert (deadline.anchor, deadline.started_at) == (Anchor.LEVEL_REACHED, T0 + 100 * H)
    assert deadline.state is DeadlineState.OPEN


def test_a_wave_of_long_ago_opens_no_clock_and_tells_nobody() -> None:
    story = talked_of(Wave.MAJOR)
    assert story.at(T0 + 100 * H) == []
    assert story.deadline(TWO_DAYS).state is DeadlineState.NOT_APPLICABLE
    story.know(waves={Wave.LARGER: T0, Wave.MAJOR: T0 + 100 * H}, wave_known_at=T0 + 100 * H)
    (alert,) = story.at(T0 + 101 * H)
    assert alert.point == "wave:major", "what rose only now is told"


def test_a_major_wave_is_told_at_once_and_once() -> None:
    story = talked_of(Wave.LARGER)
    assert AlertReason.WAVE not in [alert.reason for alert in story.at(T0)]
    story.know(waves={Wave.LARGER: T0, Wave.MAJOR: T0 + H}, wave_known_at=T0 + H)
    (alert,) = story.at(T0 + H)
    assert (alert.reason, alert.page, alert.at) == (AlertReason.WAVE, True, T0 + H)
    assert story.at(T0 + 2 * H) == []


def test_a_pack_may_tell_of_a_larger_wave_as_well() -> None:
    assert PACK.wave is not None
    pack = replace(PACK, wave=replace(PACK.wave, tell_from=Wave.LARGER))
    told = [review(talked_of(wave).facts, pack, [], T0).risen for wave in (Wave.GENERAL, Wave.LARGER, Wave.MAJOR)]
    assert [alert and (alert.key, alert.page) for alert in told] == [
        None,
        ("matter:7:wave:larger", False),
        ("matter:7:wave:major", True),
    ]
    assert review(talked_of(Wave.MAJOR).facts, replace(PACK, wave=None), [], T0).risen is None


@pytest.mark.parametrize(
    "facts",
    [
        {"state": MatterState.DISMISSED},
        {"state": MatterState.MERGED},
        {"jurisdiction": Jurisdiction.NOT_OURS},
        {"province": "710000"},
    ],
    ids=["dismissed", "merged", "elsewhere", "outside the regime"],
)
def test_a_wave_that_is_none_of_ours_tells_nobody(facts: dict[str, object]) -> None:
    assert review(talked_of(Wave.MAJOR, **facts).facts, PACK, [], T0).risen is None


def test_whoever_acted_since_has_seen_it_and_it_is_kept_why_nobody_was_told() -> None:
    told = review(talked_of(Wave.MAJOR, acted_at=T0 + M).facts, PACK, [], T0 + M).risen
    assert told is not None
    assert (told.state, told.silence) == (AlertState.SKIPPED, Silence.ACKNOWLEDGED)
    earlier = review(talked_of(Wave.MAJOR, acted_at=T0 - M).facts, PACK, [], T0 + M).risen
    assert earlier is not None
    assert earlier.state is AlertState.PENDING


def test_a_dismissed_matter_of_which_the_public_talks_is_asked_about_once() -> None:
    story = talked_of(Wave.LARGER, state=MatterState.DISMISSED)
    (asked,) = story.at(T0)
    assert (asked.point, asked.key) == ("grown", "matter:7:grown:general")
    assert story.at(T0 + H) == []
    assert story.deadlines == {}


def test_an_answer_that_was_given_is_not_owed_again_when_the_talk_grows() -> None:
    story = talked_of(Wave.LARGER)
    story.at(T0)
    story.know(responses=(Response(ResponseKind.REPLY, T0 + H, 1),)).at(T0 + H)
    story.know(waves={Wave.LARGER: T0, Wave.MAJOR: T0 + 60 * H}).at(T0 + 60 * H)
    assert story.deadline(TWO_DAYS).state is DeadlineState.MET
    assert [change.cause for change in story.transitions] == [Cause.APPLIES, Cause.RESPONDED]


def test_any_one_condition_of_concern_is_enough() -> None:
    facts = MatterFacts(id=1, province=GANSU, sources=2, severity=Severity.GENERAL, waves={Wave.GENERAL: T0})
    for applies, holds in (
        (Applies(concern_sources=2), True),
        (Applies(concern_sources=3), False),
        (Applies(concern_wave=Wave.GENERAL), True),
        (Applies(concern_wave=Wave.LARGER), False),
        (Applies(concern_wave=Wave.LARGER, concern_sources=2), True),
        (Applies(concern_severity=Severity.LARGER, concern_wave=Wave.LARGER, concern_sources=3), False),
        (Applies(at_least=Severity.LARGER, concern_wave=Wave.GENERAL), False),
    ):
        assert (applicability(applies, facts) is Applicability.FIRM) is holds
