"""The drawing of the toll: where its stairs stand, and that they never leave the drawing."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.model import Severity
from monitor.core.views import StepView
from responders.console.toll_chart import BOTTOM, LEFT, RIGHT, TOP, toll_chart
from tests.responders.console.scenes import explosion
from tests.responders.console.station import T0, Station


def step(minutes: int, severity: Severity | None = None, likely: Severity | None = None, **figures: int) -> StepView:
    return StepView(
        at=T0 + timedelta(minutes=minutes), severity=severity, likely=likely, figures=figures, item_id=1, sentence=""
    )


def test_a_growing_toll_is_drawn_as_stairs_over_its_grades() -> None:
    drawn = toll_chart(
        [
            step(0, Severity.LARGER, Severity.MAJOR, deaths=4, missing=9, injured=21),
            step(50, Severity.MAJOR, deaths=11, missing=2, injured=24),
        ]
    )
    assert drawn is not None
    assert drawn.most == 24
    assert {stair.name: stair.last for stair in drawn.stairs} == {"deaths": 11, "lost": 2, "injured": 24}
    assert [(band.grade, band.presumed) for band in drawn.bands] == [(Severity.MAJOR, True), (Severity.MAJOR, False)]
    assert drawn.bands[0].x == LEFT
    assert drawn.bands[-1].x + drawn.bands[-1].width == RIGHT
    deaths = next(stair for stair in drawn.stairs if stair.name == "deaths")
    assert len(deaths.points.split()) == 4


def test_one_step_is_nothing_to_see() -> None:
    assert toll_chart([]) is None
    assert toll_chart([step(0, deaths=3)]) is None


figures = st.dictionaries(st.sampled_from(["deaths", "missing", "trapped", "injured"]), st.integers(0, 90_000))
grades = st.none() | st.sampled_from(Severity)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), grades, grades, figures), min_size=2, max_size=12))
def test_whatever_is_told_stays_inside_the_drawing(
    told: list[tuple[int, Severity | None, Severity | None, dict[str, int]]],
) -> None:
    steps = [step(at, firm, likely, **known) for at, firm, likely, known in sorted(told, key=lambda one: one[0])]
    drawn = toll_chart(steps)
    assert drawn is not None
    for stair in drawn.stairs:
        points = [tuple(map(float, point.split(","))) for point in stair.points.split()]
        assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points)
        assert points == sorted(points, key=lambda point: point[0])
    labels = sorted(stair.label_y for stair in drawn.stairs)
    assert all(after - before >= 10.9 for before, after in pairwise(labels))
    assert all(band.x >= LEFT and band.x + band.width <= RIGHT + 1 for band in drawn.bands)


def test_the_page_draws_it_and_says_it(station: Station, client: httpx.Client) -> None:
    explosion(station)
    page = client.get("/incidents/1").text
    assert 'id="toll"' in page
    assert "dead: 11, missing or trapped: 2, injured: 24" in page.replace("\n", "")
