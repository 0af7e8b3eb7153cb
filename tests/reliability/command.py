"""What a command that prints rows has in common: its options, the order of the rows, how each is written."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.reliability.stage import Row, Stage, stages

KINDS = ("sqlite", "postgresql")
Rows = Mapping[str, Callable[[Stage, int], Row | list[Row]]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", action="append", default=None, metavar="NAME")
    parser.add_argument("--on", action="append", choices=KINDS, default=None)
    parser.add_argument("--quick", action="store_true")
    return parser


@dataclass(frozen=True, slots=True)
class Command:
    """A command called `name`; `kept` and `broken` say what a row came to. More options go to its `parser`."""

    name: str
    about: str | None
    kept: str
    broken: str
    parser: argparse.ArgumentParser = field(default_factory=_parser)

    def run(self, rows: Callable[[argparse.Namespace], Rows]) -> int:
        """Print the rows that are asked for; return 1 where one was not kept."""
        self.parser.prog, self.parser.description = self.name, self.about
        asked = self.parser.parse_args()
        seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
        known = rows(asked)
        unknown = set(asked.only or ()) - set(known)
        if unknown:
            self.parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
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
                        sys.stdout.write(self.line(row))
                        sys.stdout.flush()
        return 1 if failed else 0

    def line(self, row: Row) -> str:
        """Return a row as a line of a Markdown table."""
        held = self.kept if row.held else self.broken
        cells = (row.fault, row.kind, row.wanted, row.measured, held, str(row.seed), f"{row.seconds:.0f} s")
        return f"| {' | '.join(cells)} |\n"
