"""Keys and marks of votes: gone in time whoever votes, opened twice by no clock, stored in one order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from monitor.core.appraisal.ballot import Counted, Voter
from monitor.core.appraisal.opinion import Answer, RatingLink
from monitor.loops.forgetting import Forgetting
from monitor.store.database import Database
from responders.ratings import Ratings, Vote
from tests.appraisal.bureau import bureau, public, summer
from tests.responders.console.station import Station

MIDNIGHT = datetime(2026, 7, 14, 16, tzinfo=UTC)
S = timedelta(seconds=1)
H = timedelta(hours=1)


@pytest.fixture
def station(database: Database) -> Station:
    station = bureau(database)
    summer(station)
    return station


def vote(ratings: Ratings, link: RatingLink, n: int, now: datetime) -> Vote:
    voter = Voter(f"192.0.2.{n}", "browser", "zh-CN")
    return Vote(link.token, Answer.SATISFIED, voter, ratings.seal(link, voter, now))


def opened(ratings: Ratings, now: datetime) -> RatingLink:
    ratings.open(1, by="王敏", now=now)
    with ratings.database.read() as connection:
        token = connection.scalar(text("SELECT token FROM rating"))
    link = ratings.look(str(token))
    assert link is not None
    return link


def kept(database: Database) -> tuple[list[str], int]:
    """Return the days of the keys that are kept, and how many marks are."""
    with database.read() as connection:
        names = connection.scalars(text("SELECT name FROM secret WHERE name LIKE 'public rating %' ORDER BY name"))
        return [name[-10:] for name in names], int(connection.scalar(text("SELECT count(*) FROM spent")) or 0)


def test_keys_and_marks_go_although_nobody_looks_again(station: Station) -> None:
    ratings, database = public(station), station.database
    link = opened(ratings, MIDNIGHT - H)
    assert ratings.cast([vote(ratings, link, 1, MIDNIGHT - H)], MIDNIGHT - H) == [Counted.COUNTED]
    forgetting = Forgetting(database)
    assert not forgetting.tick(MIDNIGHT - S)
    assert kept(database) == (["2026-07-14"], 1)
    assert forgetting.tick(MIDNIGHT)
    assert kept(database) == ([], 1), "the key goes at midnight: from then on the mark leads to nobody"
    assert not forgetting.tick(MIDNIGHT + 22 * H)
    assert forgetting.tick(MIDNIGHT + 24 * H)
    assert kept(database) == ([], 0)
    assert not forgetting.tick(MIDNIGHT + 25 * H), "nothing is written where there is nothing"


def test_a_clock_that_steps_back_over_midnight_opens_no_ballot_again(station: Station) -> None:
    ratings, forgetting = public(station), Forgetting(station.database)
    link = opened(ratings, MIDNIGHT - H)
    outcomes = []
    for at in (MIDNIGHT - S, MIDNIGHT + S, MIDNIGHT - S, MIDNIGHT + 2 * S, MIDNIGHT - 2 * S):
        forgetting.tick(at)
        outcomes += ratings.cast([vote(ratings, link, 1, at)], at)
    assert outcomes == [Counted.COUNTED, Counted.COUNTED, Counted.AGAIN, Counted.AGAIN, Counted.AGAIN]
    assert kept(station.database)[0] == ["2026-07-15"]
    # A clock that was a week ahead leaves no key behind for that week.
    ratings.seal(link, Voter("192.0.2.1"), MIDNIGHT + 7 * 24 * H)
    forgetting.tick(MIDNIGHT + S)
    assert kept(station.database)[0] == []


def test_a_group_is_answered_in_its_own_order(station: Station) -> None:
    ratings, now = public(station), station.clock()
    link = opened(ratings, now)
    group = [vote(ratings, link, n, now) for n in (5, 3, 5, 9, 3, 1)]
    group.insert(2, replace(group[0], seal="x"))
    assert [one.value for one in ratings.cast(group, now)] == [
        "counted", "counted", "stale", "again", "counted", "again", "counted",
    ]  # fmt: skip


def test_two_processes_store_the_same_voters_at_once(station: Station) -> None:
    ratings, now = public(station), station.clock()
    link = opened(ratings, now)
    group = [vote(ratings, link, n, now) for n in range(100)]
    start = threading.Barrier(2)

    def store(votes: list[Vote]) -> list[Counted]:
        start.wait()
        return ratings.cast(votes, now)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(store, one) for one in (group, group[::-1])]
        outcomes = [outcome for one in both for outcome in one.result()]
    assert outcomes.count(Counted.COUNTED) == outcomes.count(Counted.AGAIN) == len(group)
