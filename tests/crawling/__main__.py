"""`python -m tests.crawling`: crawl sites of our own in great numbers and print each figure beside what is wanted."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
from collections.abc import Callable
from functools import partial

from tests.crawling import hanging, hostile, latency, many, shared, speed
from tests.reliability.stage import Row, Stage, stages

KINDS = {"sqlite": "sqlite", "postgres": "postgresql"}


def rows(*, quick: bool) -> dict[str, Callable[[Stage, int], Row | list[Row]]]:
    """Return what can be shown, by name, in the order of the table."""
    return {
        "speed": partial(speed.rows, count=200 if quick else 2000),
        "many": partial(many.rows, count=2000 if quick else 20_000),
        "hanging": partial(hanging.row, hosts=100 if quick else 1000, seconds=40 if quick else 75),
        "shared": partial(shared.rows, count=200 if quick else 1000),
        "latency": partial(latency.row, count=100 if quick else 1000, seconds=60 if quick else 120),
        "hostile": hostile.row,
    }


def main() -> int:
    """Print the table; return 1 where a figure was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.crawling", description=__doc__)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", action="append", default=None, metavar="NAME")
    parser.add_argument("--on", action="append", choices=list(KINDS), default=None)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    known = rows(quick=asked.quick)
    unknown = set(asked.only or ()) - set(known)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    sys.stdout.write(f"seed {seed}, {os.cpu_count()} cores\n")
    logging.disable(logging.CRITICAL)
    failed = 0
    with stages([KINDS[name] for name in asked.on or KINDS]) as found:
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
    held = "kept" if row.held else "**NOT kept**"
    cells = (row.fault, row.kind, row.wanted, row.measured, held, str(row.seed), f"{row.seconds:.0f} s")
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    raise SystemExit(main())
