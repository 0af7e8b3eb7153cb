"""Each row of the table in small: the same faults, committed in seconds, by one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability import clocks, health, kills, late_start, outage, races, scale, stops
from tests.reliability.__main__ import line, rows
from tests.reliability.stage import Row, Stage, running_server

SEED = 7


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "sqlite":
        made = Stage("sqlite", tmp_path)
        yield made
        made.close()
        return
    with running_server() as server:
        made = Stage("postgresql", tmp_path, server)
        yield made
        made.close()


# How soon depends on the machine; that is measured by the command.
SMALL: dict[str, Callable[[Stage], Row | list[Row]]] = {
    "kills": lambda stage: kills.row(stage, SEED, kills=8, pace=20),
    "late": lambda stage: late_start.row(stage, SEED, count=20),
    "races": lambda stage: races.row(stage, SEED, count=60),
    "clocks": lambda stage: clocks.row(stage, SEED, hold=2.5, within=30, woken=30),
    "health": lambda stage: health.row(stage, SEED, within=60),
    "stops": lambda stage: stops.row(stage, SEED, seconds=12),
}


@pytest.mark.parametrize("name", SMALL)
def test_the_promise_is_kept(name: str, stage: Stage) -> None:
    made = SMALL[name](stage)
    for row in made if isinstance(made, list) else [made]:
        assert row.held, line(row)


def test_a_provider_that_is_down_for_an_hour_delays_nothing_and_leaves_nothing_stale(tmp_path: Path) -> None:
    stage = Stage("sqlite", tmp_path)
    row = outage.row(stage, SEED, hours=1)
    stage.close()
    assert row.held, line(row)


def test_none_of_a_crowd_is_forgotten_or_told_twice(stage: Stage) -> None:
    """How fast depends on the machine; that is measured by the command."""
    for row in scale.storm(stage, SEED, count=500):
        assert "500 in the outbox" in row.measured
        assert "0 twice" in row.measured


def test_every_row_can_be_asked_for() -> None:
    assert set(SMALL) <= set(rows(quick=True, kill_count=1))
    assert "| **NO** |" in line(Row("f", "sqlite", "w", "m", held=False, seed=1))
