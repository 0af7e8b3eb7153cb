"""Figures of an incident over its reports: the latest cumulative one wins, and nobody is counted twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.lexicon import load_words
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Report, fold, merged
from monitor.core.model import Severity, Trust

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
FIGURES = st.dictionaries(st.sampled_from(["deaths", "missing", "trapped", "injured"]), st.integers(0, 500))

FOLDED = {
    "the dead are not taken back": ({"deaths": 5}, {"deaths": 3}, {"deaths": 5}),
    "the injured are the latest": ({"injured": 9}, {"injured": 7}, {"injured": 7}),
    "who is found dead is no longer missing": (
        {"injured": 8, "missing": 6},
        {"deaths": 6},
        {"injured": 8, "missing": 0, "deaths": 6},
    ),
    "the rest stay missing": (
        {"deaths": 2, "missing": 53},
        {"deaths": 6, "injured": 6},
        {"deaths": 6, "missing": 49, "injured": 6},
    ),
    "the missing are told anew": (
        {"deaths": 2, "missing": 53},
        {"deaths": 6, "missing": 47},
        {"deaths": 6, "missing": 47},
    ),
    "the missing were called trapped before": ({"trapped": 12}, {"missing": 12}, {"trapped": 0, "missing": 12}),
    "some are still called trapped": ({"trapped": 12}, {"missing": 7}, {"trapped": 5, "missing": 7}),
    "a report that lags behind changes nothing": (
        {"deaths": 9, "missing": 4},
        {"deaths": 5},
        {"deaths": 9, "missing": 4},
    ),
    "the hurt say nothing of the missing": ({"missing": 4}, {"injured": 3}, {"missing": 4, "injured": 3}),
    "more dead than were missing are others": ({"missing": 7}, {"deaths": 8}, {"missing": 7, "deaths": 8}),
    "nobody is missing any longer": ({"missing": 13}, {"missing": 0}, {"missing": 0}),
}


@pytest.mark.parametrize("case", FOLDED)
def test_figures_follow_one_another(case: str) -> None:
    known, news, expected = FOLDED[case]
    assert merged(known, news) == expected


@given(known=FIGURES, news=FIGURES)
def test_the_lost_never_grow_beyond_what_was_told(known: dict[str, int], news: dict[str, int]) -> None:
    after = merged(known, news)
    lost = ("deaths", "missing", "trapped")
    told = sum(known.get(name, 0) for name in lost) + max(0, after.get("deaths", 0) - known.get("deaths", 0))
    assert sum(after.get(name, 0) for name in lost) <= told + sum(news.get(name, 0) for name in lost[1:])
    assert all(value >= 0 for value in after.values())
    assert after.get("deaths", 0) >= known.get("deaths", 0)


def test_those_found_dead_do_not_raise_the_grade_a_second_time() -> None:
    lexicon, _, tables = load_words()
    told: list[dict[str, int]] = [{"missing": 6, "injured": 8}, {"deaths": 6}]
    reports = [
        Report(
            item_id=n,
            title="甲厂爆炸",
            source=f"s{n}",
            trust=Trust.LOCAL_MEDIA,
            first_seen_at=NOON + timedelta(hours=n),
            kind="chemical",
            figures=figures,
        )
        for n, figures in enumerate(told)
    ]
    incident = fold(reports, Grader(tables, lexicon.kinds))
    assert (incident.severity, incident.likely) == (Severity.LARGER, None)


def test_what_is_told_at_one_moment_is_one_state_and_adds_up() -> None:
    lexicon, _, tables = load_words()
    told: list[dict[str, int]] = [{"missing": 9}, {"deaths": 8}]
    reports = [
        Report(
            item_id=n,
            title=f"甲县煤矿透水{n}",
            source="list",
            trust=Trust.PLATFORM,
            first_seen_at=NOON,
            published_at=NOON,
            kind="coal_mine",
            figures=figures,
        )
        for n, figures in enumerate(told)
    ]
    incident = fold(reports, Grader(tables, lexicon.kinds))
    assert (incident.severity, incident.likely) == (Severity.LARGER, Severity.MAJOR)
