"""`python -m tests.crawling`: crawl sites of our own in great numbers and print each figure beside what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.crawling import hanging, hostile, latency, many, shared, speed
from tests.reliability.command import Command
from tests.reliability.stage import Row, Stage


def rows(*, quick: bool) -> dict[str, Callable[[Stage, int], Row | list[Row]]]:
    """Return what can be shown, by name, in the order of the table."""
    return {
        "speed": partial(speed.rows, count=200 if quick else 2000),
        "many": partial(many.rows, count=2000 if quick else 20_000),
        "hanging": partial(hanging.row, hosts=100 if quick else 1000, seconds=40 if quick else 75),
        "shared": partial(shared.rows, count=200 if quick else 600),
        "latency": partial(latency.row, count=100 if quick else 1000, seconds=60 if quick else 120),
        "hostile": hostile.row,
    }


COMMAND = Command("python -m tests.crawling", __doc__, kept="kept", broken="**NOT kept**")
line = COMMAND.line


if __name__ == "__main__":
    raise SystemExit(COMMAND.run(lambda asked: rows(quick=asked.quick)))
