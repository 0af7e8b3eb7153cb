"""`python -m tests.reliability`: commit every fault on purpose and print what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.reliability import clocks, compare, health, kills, late_start, outage, poison_row, races, scale, stops
from tests.reliability.command import Command
from tests.reliability.stage import Row, Stage


def rows(*, quick: bool, kill_count: int) -> dict[str, Callable[[Stage, int], Row | list[Row]]]:
    """Return what can be shown, by name, in the order of the table."""
    crowd = 10_000 if quick else 100_000
    return {
        "kills": partial(kills.row, kills=kill_count),
        "steady": partial(scale.steady, count=crowd, seconds=10 if quick else 60),
        "storm": partial(scale.storm, count=crowd),
        "outage": partial(outage.row, hours=1 if quick else 6),
        "late": partial(late_start.row, count=100 if quick else 2000),
        "stops": partial(stops.row, seconds=60 if quick else 600),
        "races": partial(races.row, count=500 if quick else 10_000),
        "poison": partial(poison_row.row, count=300 if quick else 3000),
        "clocks": clocks.row,
        "health": health.row,
        "compare": partial(compare.rows, count=1000 if quick else 10_000),
    }


COMMAND = Command("python -m tests.reliability", __doc__, kept="yes", broken="**NO**")
COMMAND.parser.add_argument("--kills", type=int, default=None)
line = COMMAND.line


if __name__ == "__main__":
    raise SystemExit(
        COMMAND.run(lambda asked: rows(quick=asked.quick, kill_count=asked.kills or (30 if asked.quick else 1000)))
    )
