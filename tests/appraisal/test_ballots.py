"""A storm of votes: few transactions, bounded waiting, and each vote answered with what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from monitor.core.appraisal.ballot import Counted, Voter
from monitor.core.appraisal.opinion import Answer
from responders.console.ballots import MOST_NETWORKS, OF_ONE_LINK, OF_ONE_NETWORK, Ballots, Turnstile, network_of
from responders.ratings import Ratings, Vote
from tests.loops import in_a_thread
from tests.story.office import MovedClock

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)


@dataclass
class Counter:
    """Counts groups of votes in the place of a database."""

    groups: list[int] = field(default_factory=list)
    busy: bool = False

    def cast(self, votes: Sequence[Vote], now: datetime) -> list[Counted]:
        if self.busy:
            raise OSError
        self.groups.append(len(votes))
        return [Counted.COUNTED] * len(votes)


def vote(n: int, link: str = "x") -> Vote:
    return Vote(link * 22, Answer.SATISFIED, Voter(f"10.0.{n // 250}.{n % 250}"), "")


def ballots(counter: Counter) -> Ballots:
    return Ballots(cast("Ratings", counter), MovedClock(NOW))


def test_a_storm_is_counted_in_a_few_groups_and_what_exceeds_it_is_told() -> None:
    counter = Counter()

    async def storm() -> list[Counted]:
        door = ballots(counter)
        first = await asyncio.gather(*(door.cast(vote(n)) for n in range(OF_ONE_LINK.burst + 50)))
        return [*first, await door.cast(vote(9999, "y"))]

    outcomes = in_a_thread(storm)
    assert outcomes.count(Counted.TOO_MANY) == 50
    assert outcomes[-1] is Counted.COUNTED, "a flood over one address leaves the others open"
    assert counter.groups == [OF_ONE_LINK.burst, 1], "one transaction each"


def test_a_database_that_is_away_is_told_to_each_and_the_next_vote_counts() -> None:
    counter = Counter(busy=True)

    async def story() -> list[object]:
        door = ballots(counter)
        told: list[object] = list(await asyncio.gather(door.cast(vote(1)), door.cast(vote(2)), return_exceptions=True))
        counter.busy = False
        return [*told, await door.cast(vote(3))]

    first, second, third = in_a_thread(story)
    assert isinstance(first, OSError)
    assert isinstance(second, OSError)
    assert third is Counted.COUNTED


def test_one_network_cannot_vote_without_end_and_others_can() -> None:
    gate = Turnstile()
    passed = sum(gate.passes("a", "192.0.2.1", NOW) for _ in range(200))
    assert passed == OF_ONE_NETWORK.burst
    assert gate.passes("a", "192.0.2.2", NOW)
    assert gate.passes("a", "192.0.2.1", NOW + OF_ONE_NETWORK.every)


def test_what_is_remembered_is_bounded() -> None:
    gate = Turnstile()
    for n in range(MOST_NETWORKS + 500):
        gate.passes("a", str(n), NOW + n * timedelta(seconds=1))
    assert len(gate.passed) == MOST_NETWORKS


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("testclient", ""),
    ],
)
def test_a_household_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
