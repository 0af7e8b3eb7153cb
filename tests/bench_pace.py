"""Print how soon entries are met by a fixed and by an adaptive interval at the same number of requests.

    python -m tests.bench_pace

The moments are those at which entries of real feeds and of a hot list were published, the last thirty days of each.
The feeds and the list are not part of the project: HUIYING_SHARED names their folder.
"""

from __future__ import annotations

import json
import lzma
import os
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.fetched import Fetched, Outcome
from monitor.core.planner import plan
from monitor.core.sources import Source, SourceKind
from monitor.core.tempo import USUAL, Bounds, Held, bounds, tempo_after
from monitor.crawl.decode import decode_answer
from monitor.crawl.entries import ready
from monitor.crawl.feeds import read_feed
from monitor.crawl.raw import Unreadable
from monitor.gate import Answer

ROOT = Path(__file__).parents[1]
URL = "https://feed.example/"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
INTERVAL, LATELY = timedelta(minutes=10), timedelta(days=30)
FEWEST, SMALLEST = 5, 4000
SEEDS = range(5)
NEW, SAME = Fetched(outcome=Outcome.ITEMS), Fetched(outcome=Outcome.UNCHANGED)
FIXED = Bounds(USUAL, USUAL)


@dataclass(frozen=True, slots=True)
class Result:
    """How many requests were made, and how long after its publication each entry was met, shortest first."""

    requests: int
    lags: tuple[timedelta, ...]

    def at(self, share: float) -> float:
        """Return the lag in minutes within which that share of the entries was met."""
        return self.lags[int(share * (len(self.lags) - 1))] / timedelta(minutes=1)


def main() -> None:
    """Print the table, or say that the data are absent."""
    shared = Path(os.environ.get("HUIYING_SHARED", ROOT.parent / "shared")) / "data"
    if not shared.is_dir():
        raise SystemExit(f"The real feeds are not in {shared}; set HUIYING_SHARED to the folder above it.")
    series = dict(feeds(shared / "feeds"))
    listed = hot_list(shared / "weibo-hot" / "stream.tsv.xz")
    print(f"{len(series)} feeds with {sum(map(len, series.values()))} entries; a hot list with {len(listed)}")  # noqa: T201
    print(f"{'':46}{'every':>7}{'requests':>10}{'median':>8}{'p90':>7}{'p99':>7}{'longest':>9}  (minutes)")  # noqa: T201
    adaptive, weighty = bounds(INTERVAL, ()), bounds(INTERVAL, {Held.WEIGHTY})
    for name, moments in (
        ("feeds", list(series.values())),
        ("feeds and hot list", [*series.values(), listed]),
    ):
        show(f"{name}: fixed", INTERVAL, run(moments, INTERVAL, FIXED))
        for kind, within in (("adaptive", adaptive), ("adaptive, no later", weighty)):
            found = run(moments, INTERVAL, within)
            show(f"{name}: {kind}", INTERVAL, found)
            alike = as_many(moments, found.requests)
            show(f"{name}: fixed, as many requests", alike, run(moments, alike, FIXED))


def show(name: str, interval: timedelta, found: Result) -> None:
    """Print one row."""
    every = interval / timedelta(minutes=1)
    figures = "".join(f"{found.at(share):>{width}.1f}" for share, width in ((0.5, 8), (0.9, 7), (0.99, 7), (1.0, 9)))
    print(f"{name:46}{every:>7.1f}{found.requests // len(SEEDS):>10}{figures}")  # noqa: T201 - what the command is for


def run(series: Sequence[Sequence[datetime]], interval: timedelta, within: Bounds) -> Result:
    """Watch every series from its first moment to its last, by the service's own rules; five times over."""
    requests, lags = 0, list[timedelta]()
    for moments in series:
        for seed in SEEDS:
            count, found = watch(moments, interval, within, random.Random(seed).random)
            requests += count
            lags += found
    return Result(requests, tuple(sorted(lags)))


def watch(
    moments: Sequence[datetime], interval: timedelta, within: Bounds, fraction: Callable[[], float]
) -> tuple[int, list[timedelta]]:
    """Return how often one series was asked for, and how long after its publication each entry was met."""
    at, tempo, met, requests = moments[0] - interval * fraction(), USUAL, 0, 0
    lags: list[timedelta] = []
    while met < len(moments):
        requests += 1
        until = bisect_right(moments, at, lo=met)
        lags += [at - moment for moment in moments[met:until]]
        fetched = NEW if until > met else SAME
        tempo = tempo_after(tempo, fetched, new=until - met, first=False, within=within)
        at = plan(fetched, interval=interval, score=0, now=at, fraction=fraction(), tempo=tempo).next_at
        met = until
    return requests, lags


def as_many(series: Sequence[Sequence[datetime]], requests: int) -> timedelta:
    """Return the fixed interval that makes that many requests."""
    interval = INTERVAL
    for _ in range(4):
        interval = interval * run(series, interval, FIXED).requests / requests
    return interval


def feeds(folder: Path) -> Iterator[tuple[str, list[datetime]]]:
    """Yield the feeds that state enough moments of publication, each with those of its last thirty days."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        row: Mapping[str, object] = json.loads(line)
        body = (folder / str(row["file"])).read_bytes()
        moments = lately(published(body)) if len(body) >= SMALLEST else []
        if len(moments) >= FEWEST:
            yield str(row["file"]), moments


def published(body: bytes) -> list[datetime]:
    """Return when the entries of a feed were published, as the service reads them."""
    answer = Answer(status=200, headers={}, url=URL, body=body)
    source = Source(id="feed", name="feed", kind=SourceKind.FEED, url=URL)
    try:
        entries, _ = ready(source, read_feed(body, decode_answer(answer), content_type=""), url=URL, now=NOW)
    except Unreadable:
        return []
    return sorted({entry.published_at for entry in entries if entry.published_at is not None})


def hot_list(file: Path) -> list[datetime]:
    """Return when titles came onto a hot list. It was looked at once an hour: each came at some moment before that."""
    chance = random.Random(1).random
    rows = lzma.decompress(file.read_bytes()).decode("utf-8").splitlines()[1:]
    seen = (datetime.fromisoformat(row.partition("\t")[0]) for row in rows)
    return lately(sorted(at - timedelta(hours=1) * chance() for at in seen))


def lately(moments: Sequence[datetime]) -> list[datetime]:
    """Return the moments of the last thirty days."""
    return [at for at in moments if at >= moments[-1] - LATELY]


if __name__ == "__main__":
    main()
