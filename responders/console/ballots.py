"""Votes on their way to the database: gathered, so that a storm of them takes its write lock a few times a second.

What is bounded here is bounded in memory: how many wait, how many come in all, over one link, and from one network.
Nothing of it is kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from starlette.concurrency import run_in_threadpool

from monitor.core.access.buckets import Bucket, Pace, filled, wait_for
from monitor.core.appraisal.ballot import Counted
from responders.ratings import Ratings, Vote

GATHERING = 0.3
MOST_WAITING = 300
# Many share an address behind a carrier's gateway.
OF_ONE_NETWORK = Pace(burst=60, every=timedelta(seconds=10))
# Less than of all: whoever floods one address leaves the others open.
OF_ONE_LINK = Pace(burst=200, every=timedelta(seconds=1))
OF_ALL = Pace(burst=300, every=timedelta(milliseconds=500))
MOST_NETWORKS = 10_000
ALL = ""
# Who is given an address of IPv6 is given a network of this length with it.
OF_ONE_HOUSEHOLD = 64


def network_of(address: str) -> str:
    """Return the network of an address by which votes are bounded: one of IPv4, the half of IPv6 that is given out."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(IPv6Address(int(found) >> OF_ONE_HOUSEHOLD << OF_ONE_HOUSEHOLD))
    return str(found)


@dataclass(slots=True)
class Turnstile:
    """Lets so many through in all, over each link and from each network, and forgets those that came least recently."""

    passed: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def passes(self, link: str, network: str, now: datetime) -> bool:
        """Tell whether one more passes, and count it."""
        paces = {f"network {network}": OF_ONE_NETWORK, f"link {link}": OF_ONE_LINK, ALL: OF_ALL}
        found = {name: filled(self.passed.get(name), pace, now) for name, pace in paces.items()}
        if any(wait_for(found[name], pace) for name, pace in paces.items()):
            return False
        for name, bucket in found.items():
            self.passed[name] = Bucket(bucket.level - 1, now)
            self.passed.move_to_end(name)
        self.passed.move_to_end(ALL)
        while len(self.passed) > MOST_NETWORKS:
            self.passed.popitem(last=False)
        return True


@dataclass(slots=True)
class Ballots:
    """Takes votes and answers each once it is stored."""

    ratings: Ratings
    clock: Callable[[], datetime]
    turnstile: Turnstile = field(default_factory=Turnstile)
    _waiting: list[tuple[Vote, asyncio.Future[Counted]]] = field(default_factory=list)
    _counting: asyncio.Task[None] | None = None

    async def cast(self, vote: Vote) -> Counted:
        """Count a vote, together with those that come at the same time. Raise the database's Mistakes."""
        full = len(self._waiting) >= MOST_WAITING
        if full or not self.turnstile.passes(vote.token, vote.voter.network, self.clock()):
            return Counted.TOO_MANY
        mine: asyncio.Future[Counted] = asyncio.get_running_loop().create_future()
        self._waiting.append((vote, mine))
        if self._counting is None:
            self._counting = asyncio.create_task(self._count())
        return await mine

    async def _count(self) -> None:
        """Store what waits, group by group, until nothing does."""
        try:
            while self._waiting:
                await asyncio.sleep(GATHERING)
                group, self._waiting = self._waiting, []
                await self._store(group)
        finally:
            self._counting = None

    async def _store(self, group: list[tuple[Vote, asyncio.Future[Counted]]]) -> None:
        votes = [vote for vote, _ in group]
        storing = asyncio.ensure_future(run_in_threadpool(self.ratings.cast, votes, self.clock()))
        await asyncio.wait({storing})
        fault = storing.exception()
        for n, (_, waiting) in enumerate(group):
            # Whatever went wrong, nobody is left waiting; who has gone away in the meantime needs no answer.
            if waiting.done():
                continue
            if fault is not None:
                waiting.set_exception(fault)
            else:
                waiting.set_result(storing.result()[n])
