"""How well something is vouched for, and what becomes of a claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.history import fold
from monitor.core.incidents.rumours import Growth, RumourWhy, rumour_of, spread_of
from monitor.core.incidents.voices import RANK, Voice, only_claimed, standing, standing_of
from monitor.core.model import RumourState, Severity, Speaker, Standing, Trust
from tests.core.test_history import GRADER, report

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
GROWTH = Growth(sources=3, items=4, within=24 * H)


def voice(number: int, hours: float = 0, *, trust: Trust = Trust.PERSONAL, **known: object) -> Voice:
    told: dict[str, object] = {"title": "网传某厂爆炸", "source": f"source{number}", "at": T0 + hours * H, **known}
    return Voice(item_id=number, trust=trust, **told)  # type: ignore[arg-type]


def state(*voices: Voice, growth: Growth = GROWTH) -> tuple[RumourState, float] | None:
    found = rumour_of(voices, growth)
    return None if found is None else (found.state, (found.since - T0) / H)


@pytest.mark.parametrize(
    ("trust", "speaker", "expected"),
    [
        (Trust.OFFICIAL, None, Standing.OFFICIAL),
        (Trust.OFFICIAL, Speaker.HEARSAY, Standing.UNVERIFIED),
        (Trust.LOCAL_MEDIA, Speaker.OFFICIAL, Standing.OFFICIAL),
        (Trust.CENTRAL_MEDIA, None, Standing.MEDIA),
        (Trust.LOCAL_MEDIA, Speaker.HEARSAY, Standing.UNVERIFIED),
        (Trust.PLATFORM, None, Standing.UNVERIFIED),
        (Trust.PLATFORM, Speaker.MEDIA, Standing.MEDIA),
        (Trust.PLATFORM, Speaker.OFFICIAL, Standing.MEDIA),
        (Trust.PERSONAL, Speaker.OFFICIAL, Standing.UNVERIFIED),
    ],
)
def test_the_standing_of_a_report(trust: Trust, speaker: Speaker | None, expected: Standing) -> None:
    assert standing_of(trust, speaker) is expected


def test_the_best_report_gives_an_incident_its_standing_and_a_denial_gives_none() -> None:
    assert standing([voice(1), voice(2, trust=Trust.LOCAL_MEDIA)]) is Standing.MEDIA
    assert standing([voice(1), voice(2, trust=Trust.OFFICIAL, denies=True)]) is Standing.UNVERIFIED
    assert standing([voice(1, trust=Trust.OFFICIAL, denies=True)]) is None


def test_a_single_whisper_is_only_claimed() -> None:
    assert state(voice(1)) == (RumourState.CLAIMED, 0)


def test_what_nobody_only_claims_is_no_rumour() -> None:
    assert state(voice(1, trust=Trust.LOCAL_MEDIA), voice(2, trust=Trust.PLATFORM)) is None


def test_a_claim_grows_with_the_third_source_that_does_not_vouch_for_it() -> None:
    grown = [voice(1), voice(2, 3, trust=Trust.PLATFORM), voice(3, 5, trust=Trust.LOCAL_MEDIA, speaker=Speaker.HEARSAY)]
    assert state(*grown[:2]) == (RumourState.CLAIMED, 0)
    assert state(*grown) == (RumourState.GROWING, 5)
    found = rumour_of(grown, GROWTH)
    assert found is not None
    assert (found.why, found.item_id) == (RumourWhy.SOURCES, 3)


def test_a_claim_grows_by_repetition_as_well() -> None:
    told = [voice(n, n, source="one") for n in range(4)]
    assert state(*told) == (RumourState.GROWING, 3)


def test_reports_in_a_mediums_own_words_make_no_rumour_grow() -> None:
    media = [voice(n, n, trust=Trust.LOCAL_MEDIA) for n in range(2, 9)]
    assert state(voice(1), *media) == (RumourState.CLAIMED, 0)
    assert state(voice(1), *media, growth=replace(GROWTH, confirmed_by=Standing.MEDIA)) == (RumourState.CONFIRMED, 2)


def test_what_is_told_too_far_apart_does_not_grow() -> None:
    assert state(voice(1), voice(2, 25), voice(3, 50)) == (RumourState.CLAIMED, 0)


def test_old_posts_without_a_time_make_nothing_grow() -> None:
    assert state(*(voice(n, maybe_recent=False) for n in range(5))) == (RumourState.CLAIMED, 0)


def test_an_official_denial_counts_at_first_and_second_hand_and_never_from_a_personal_account() -> None:
    told = [voice(1), voice(2, 1), voice(3, 2)]
    for trust, speaker in ((Trust.OFFICIAL, None), (Trust.PLATFORM, Speaker.OFFICIAL)):
        assert state(*told, voice(9, 4, trust=trust, speaker=speaker, denies=True)) == (RumourState.DENIED, 4)
    for trust, speaker in ((Trust.PERSONAL, Speaker.OFFICIAL), (Trust.LOCAL_MEDIA, None)):
        assert state(*told, voice(9, 4, trust=trust, speaker=speaker, denies=True)) == (RumourState.GROWING, 2)


def test_what_officials_tell_is_no_rumour_any_more_and_a_later_denial_is_of_a_detail() -> None:
    told = [voice(1), voice(2, 1), voice(3, 2)]
    official = voice(4, 3, trust=Trust.OFFICIAL)
    denial = voice(5, 4, trust=Trust.OFFICIAL, denies=True)
    assert state(*told, official) == (RumourState.CONFIRMED, 3)
    assert state(*told, official, denial) == (RumourState.CONFIRMED, 3)
    quoted = voice(4, 3, trust=Trust.PLATFORM, speaker=Speaker.OFFICIAL)
    assert state(*told, quoted) == (RumourState.CONFIRMED, 3)


def test_the_denial_of_another_toll_denies_no_incident_that_somebody_vouches_for() -> None:
    paper = voice(1, trust=Trust.LOCAL_MEDIA, deaths=3)
    denial = voice(2, 2, trust=Trust.OFFICIAL, denies=True, deaths=30)
    assert state(paper, denial) is None
    assert state(paper, voice(3, 1, deaths=30), denial) == (RumourState.CLAIMED, 1)
    assert state(paper, replace(denial, deaths=3)) == (RumourState.DENIED, 2)
    assert state(paper, replace(denial, deaths=None)) == (RumourState.DENIED, 2)
    assert state(voice(3, 1, deaths=12), denial) == (RumourState.DENIED, 2)


def test_a_persons_confirmation_ends_a_rumour() -> None:
    found = rumour_of([voice(1), voice(2, 2, trust=Trust.OFFICIAL, denies=True)], GROWTH, T0 + 5 * H)
    assert found is not None
    assert (found.state, found.since, found.why) == (RumourState.CONFIRMED, T0 + 5 * H, RumourWhy.PERSON)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(Trust), st.sampled_from([None, *Speaker]), st.booleans()),
        max_size=9,
    ),
    st.randoms(),
)
def test_the_order_in_which_voices_are_read_does_not_matter(
    told: list[tuple[int, Trust, Speaker | None, bool]],
    random: Random,
) -> None:
    voices = [voice(n, h, trust=t, speaker=s, denies=d) for n, (h, t, s, d) in enumerate(told)]
    mixed = random.sample(voices, len(voices))
    assert rumour_of(voices, GROWTH) == rumour_of(mixed, GROWTH)
    assert standing(voices) is standing(mixed)
    if only_claimed(voices):
        assert RANK[standing(voices) or Standing.UNVERIFIED] == 0


def test_how_far_a_claim_went() -> None:
    spread = spread_of(
        [voice(3, 5), voice(1, 1), voice(2, 2, trust=Trust.LOCAL_MEDIA), voice(4, 6, trust=Trust.OFFICIAL, denies=True)]
    )
    assert (spread.first and spread.first.item_id, spread.sources, spread.items) == (1, ("source1", "source3"), 2)
    assert [denial.item_id for denial in spread.denials] == [4]


def test_a_claim_makes_a_grade_likely_and_never_firm() -> None:
    claims = [report(n, n, trust=Trust.PERSONAL, figures={"deaths": 12}, kind="chemical") for n in (1, 2, 3)]
    folded = fold(claims, GRADER)
    assert (folded.severity, folded.likely, folded.figures) == (None, Severity.MAJOR, {"deaths": 12})
    vouched = fold([*claims, report(4, 4, figures={"deaths": 12}, kind="chemical")], GRADER)
    assert (vouched.severity, vouched.likely) == (Severity.MAJOR, None)


def test_a_figure_that_is_vouched_for_goes_before_an_earlier_claim_and_a_later_claim_is_asked_about() -> None:
    claim = report(1, 1, speaker=Speaker.HEARSAY, figures={"deaths": 12}, kind="chemical")
    official = report(2, 2, trust=Trust.OFFICIAL, figures={"deaths": 3}, kind="chemical")
    folded = fold([claim, official], GRADER)
    assert (folded.severity, folded.likely, folded.figures) == (Severity.LARGER, None, {"deaths": 3})
    again = fold([claim, official, replace(claim, item_id=3, first_seen_at=claim.first_seen_at + 9 * H)], GRADER)
    assert (again.severity, again.likely, again.figures) == (Severity.LARGER, Severity.MAJOR, {"deaths": 3})
