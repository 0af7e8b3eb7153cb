"""Each row of the table in small: it comes to an end, measures something, and loses nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import lxml.etree
import pytest

from tests.crawling import speed
from tests.crawling.__main__ import line, rows
from tests.crawling.site import Habit, dated, running_sites
from tests.crawling.texts import feed, made_up
from tests.reliability.stage import Row, Stage

SEED = 7


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage("sqlite", tmp_path)
    yield made
    made.close()


def test_nothing_is_lost_on_the_way_through_the_crawl(stage: Stage) -> None:
    half, new = speed.rows(stage, SEED, count=12)
    assert "SOMETHING LOST" not in half.measured + new.measured
    assert "half with 5 new" in half.fault


def test_every_row_has_a_name_and_says_whether_it_was_kept() -> None:
    assert list(rows(quick=True)) == ["speed", "many", "hanging", "shared", "latency", "hostile"]
    row = Row("what", "sqlite", "wanted", "measured", held=False, seed=SEED, seconds=1.2)
    assert line(row) == "| what | sqlite | wanted | measured | **NOT kept** | 7 | 1 s |\n"


def test_made_up_texts_make_well_formed_feeds_of_as_many_entries() -> None:
    pieces = made_up(random.Random(SEED), 5)
    body = feed("示例", "http://x.example", dated("0", pieces, datetime(2026, 11, 22, tzinfo=UTC)))
    assert len(lxml.etree.fromstring(body).findall(".//item")) == 5


def test_the_sites_answer_304_count_and_change() -> None:
    with running_sites() as sites:
        sites.sow(2, SEED, 3)
        assert set(sites.ports) == {Habit.ANSWERS, Habit.SILENT, Habit.DRIPS}
        assert sites.url(1).startswith("http://127.1.0.2:")
        assert sites.counts() == {}
