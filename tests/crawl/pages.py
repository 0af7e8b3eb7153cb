"""Score what is read out of real article pages against what they say: text, and a time with minutes.

python -m tests.crawl.pages    prints a table: F1 over shingles of four words or characters, passages that must and
must not be there, pages with a day and with a time to the minute, and whether the day agrees with the page's address.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.crawl.article import read_article
from monitor.crawl.decode import decode
from monitor.crawl.times import day_in_url

NOW = datetime(2026, 7, 10, 4, 0, tzinfo=UTC)
LANGUAGES = ("zh", "en")


@dataclass(slots=True)
class Score:
    """What came of the pages of one language."""

    f1: list[float] = field(default_factory=list)
    passages: int = 0
    passages_found: int = 0
    furniture: int = 0
    furniture_found: int = 0
    pages: int = 0
    with_minutes: int = 0
    with_day: int = 0
    dated_addresses: int = 0
    agreeing: int = 0

    @property
    def mean(self) -> float:
        """Return the mean F1 of the pages whose whole text is known."""
        return sum(self.f1) / len(self.f1)


def rows(shared: Path, language: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each page with what is known of it."""
    folder = shared / "data" / "html"
    for line in (folder / f"html_{language}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        with gzip.open(folder / row["file"]) as file:
            yield row, decode(file.read()).text


def shingles(text: str, language: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words, or four characters in Chinese."""
    tokens = text.split() if language == "en" else list("".join(text.split()))
    return Counter(tuple(tokens[n : n + 4]) for n in range(max(1, len(tokens) - 3)))


def f1(said: str, meant: str, language: str) -> float:
    """Return the harmonic mean of precision and recall."""
    one, other = shingles(said, language), shingles(meant, language)
    return 2 * (one & other).total() / (one.total() + other.total())


def score(shared: Path, language: str) -> Score:
    """Read every page of a language and compare."""
    found = Score()
    for row, html in rows(shared, language):
        article = read_article(html, now=NOW, zone="Asia/Shanghai")
        joined = "".join(article.text.split())
        if row["gold_text"]:
            found.f1.append(f1(article.text, row["gold_text"], language))
        for passage in row.get("must_contain") or []:
            found.passages += 1
            found.passages_found += "".join(passage.split()) in joined
        for passage in row.get("must_not_contain") or []:
            found.furniture += 1
            found.furniture_found += "".join(passage.split()) in joined
        found.pages += 1
        found.with_minutes += article.published.at is not None
        found.with_day += article.published.day is not None
        day = day_in_url(row.get("url") or "", now=NOW)
        if day and article.published.day:
            found.dated_addresses += 1
            found.agreeing += abs(article.published.day - day) <= timedelta(days=1)
    return found


def main() -> None:
    """Print a line a language."""
    shared = Path(os.environ.get("HUIYING_SHARED", ""))
    for language in LANGUAGES:
        found = score(shared, language)
        parts = (
            f"F1 {found.mean:.4f} of {len(found.f1)} pages",
            f"passages {found.passages_found}/{found.passages}",
            f"furniture {found.furniture_found}/{found.furniture}",
            f"time to the minute {found.with_minutes}/{found.pages}",
            f"day {found.with_day}/{found.pages}",
            f"agrees with the address {found.agreeing}/{found.dated_addresses}",
        )
        print(f"{language}: {'; '.join(parts)}")  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
