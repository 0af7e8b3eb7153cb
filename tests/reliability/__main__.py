"""`python -m tests.reliability`: commit every fault on purpose and print what came of it."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
from collections.abc import Callable
from functools import partial

from tests.reliability import clocks, compare, health, kills, late_start, outage, poison_row, races, scale, stops
from tests.reliability.stage import Row, Stage, stages

KINDS = ("sqlite", "postgresql")


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


def main() -> int:
    """Print the table; return 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--kills", type=int, default=None)
    parser.add_argument("--only", action="append", default=None, metavar="NAME")
    parser.add_argument("--on", action="append", choices=KINDS, default=None)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    known = rows(quick=asked.quick, kill_count=asked.kills or (30 if asked.quick else 1000))
    unknown = set(asked.only or ()) - set(known)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    sys.stdout.write(f"seed {seed}, {os.cpu_count()} cores\n")
    logging.disable(logging.CRITICAL)
    failed = 0
    with stages(asked.on or list(KINDS)) as found:
        for name in asked.only or known:
            for stage in found:
                made = known[name](stage, seed)
                stage.close()
                for row in made if isinstance(made, list) else [made]:
                    failed += not row.held
                    sys.stdout.write(line(row))
                    sys.stdout.flush()
    return 1 if failed else 0


def line(row: Row) -> str:
    """Return a row as a line of a Markdown table."""
    held = "yes" if row.held else "**NO**"
    cells = (row.fault, row.kind, row.wanted, row.measured, held, str(row.seed), f"{row.seconds:.0f} s")
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    raise SystemExit(main())
