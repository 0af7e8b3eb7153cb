"""Servers of many sites in a process of their own: feeds that change when they are told to, and hosts that hang.

Every site has an address of the loopback network of its own, so that nobody's politeness to one holds up another.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.crawling.texts import RARE, Piece, feed, pieces, reports

SHARED = Path(os.environ.get("HUIYING_SHARED", Path(__file__).parents[3] / "shared"))
ENTRIES = 50
NETWORK = "127.0.0.0/8"
_ASKED = re.compile(rb"GET /feed/(\d+) ")
_TAG = re.compile(rb"(?i)\r\nif-none-match: *([^\r]*)\r\n")
DRIP = 0.2


class Habit(StrEnum):
    """What a host does with a connection."""

    ANSWERS = "answers"
    SILENT = "silent"
    DRIPS = "drips"


def address(number: int) -> str:
    """Return the loopback address of site `number`."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


@dataclass(slots=True)
class Feed:
    """What one site serves, and when it was asked for it."""

    number: int
    chosen: list[tuple[str, datetime, Piece]]
    body: bytes = b""
    tag: bytes = b""
    version: int = 0

    def write(self, link: str) -> None:
        """Make the document anew."""
        self.body = feed(f"示例站 {self.number}", link, self.chosen)
        self.tag = b'"' + sha256(self.body).hexdigest()[:16].encode() + b'"'

    def publish(self, link: str, new: Sequence[Piece], now: datetime) -> None:
        """Put pieces on top; as many of the oldest go."""
        self.version += 1
        self.chosen = [*dated(str(self.version), new, now), *self.chosen][:ENTRIES]
        self.write(link)


@dataclass(slots=True)
class Farm:
    """All feeds of the process that serves them."""

    feeds: dict[int, Feed] = field(default_factory=dict)
    asked: list[tuple[int, float, int]] = field(default_factory=list)
    port: int = 0

    def link(self, number: int) -> str:
        """Return the address of a site."""
        return f"http://{address(number)}:{self.port}"

    def sow(self, count: int, seed: int, entries: int) -> None:
        """Make `count` feeds."""
        chance, known, now = random.Random(seed), pieces(SHARED), datetime.now(UTC)
        for number in range(count):
            newest = now - timedelta(minutes=chance.randrange(600))
            self.feeds[number] = Feed(number, dated("0", draw(chance, known, entries), newest))
            self.feeds[number].write(self.link(number))

    def change(self, numbers: Sequence[int], each: int, seed: int) -> None:
        """Let feeds publish `each` new pieces."""
        chance, known, now = random.Random(seed), pieces(SHARED), datetime.now(UTC)
        for number in numbers:
            self.feeds[number].publish(self.link(number), draw(chance, known, each), now)

    def tell(self, number: int, title: str) -> None:
        """Let a feed publish one piece with this title."""
        self.feeds[number].publish(self.link(number), [Piece(title, title)], datetime.now(UTC))

    def answer(self, request: bytes) -> bytes:
        """Answer a request as the web servers of news sites do."""
        found = _ASKED.match(request)
        if found is None or int(found[1]) not in self.feeds:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        feed = self.feeds[int(found[1])]
        tag = _TAG.search(request)
        status = 304 if tag and tag[1] == feed.tag else 200
        self.asked.append((feed.number, time.time(), status))
        head = b"ETag: " + feed.tag + b"\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
        if status == 304:
            return b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"
        return b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(feed.body) + feed.body


def dated(batch: str, pieces: Sequence[Piece], newest: datetime) -> list[tuple[str, datetime, Piece]]:
    """Give pieces addresses of their own and moments a minute apart, which they keep."""
    return [(f"{batch}-{n}", newest - timedelta(minutes=n), piece) for n, piece in enumerate(pieces)]


def draw(chance: random.Random, known: Sequence[Piece], count: int) -> list[Piece]:
    """Return pieces, a report among them now and then."""
    return [reports(chance, 1)[0] if chance.randrange(RARE) == 0 else chance.choice(known) for _ in range(count)]


class _Session(asyncio.Protocol):
    """One connection, kept open between requests."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        while b"\r\n\r\n" in self.data:
            request, _, self.data = self.data.partition(b"\r\n\r\n")
            self.transport.write(self.farm.answer(request + b"\r\n"))


class _Dripping(asyncio.Protocol):
    """A connection on which an answer begins and never ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 100000\r\n\r\n")
        self._drip()

    def _drip(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b" ")
            asyncio.get_running_loop().call_later(DRIP, self._drip)


async def _serve(farm: Farm, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    serving = await loop.create_server(lambda: _Session(farm), "0.0.0.0", 0, backlog=1000)
    silent = await loop.create_server(asyncio.Protocol, "0.0.0.0", 0, backlog=2000)
    dripping = await loop.create_server(_Dripping, "0.0.0.0", 0, backlog=2000)
    ports = {
        Habit.ANSWERS: serving.sockets[0].getsockname()[1],
        Habit.SILENT: silent.sockets[0].getsockname()[1],
        Habit.DRIPS: dripping.sockets[0].getsockname()[1],
    }
    farm.port = ports[Habit.ANSWERS]
    ended = loop.create_future()

    def obey() -> None:
        try:
            what, arguments = pipe.recv()
        except EOFError:
            loop.remove_reader(pipe.fileno())
            ended.set_result(None)
            return
        if what == "asked":
            pipe.send(farm.asked)
            farm.asked = []
        else:
            getattr(farm, what)(*arguments)
            pipe.send(None)

    loop.add_reader(pipe.fileno(), obey)
    pipe.send(ports)
    await ended


def _run(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(Farm(), pipe))


@dataclass(slots=True)
class Sites:
    """The sites as seen from outside their process."""

    pipe: Connection
    ports: dict[Habit, int]

    def url(self, number: int) -> str:
        """Return where the feed of a site is."""
        return f"http://{address(number)}:{self.ports[Habit.ANSWERS]}/feed/{number}"

    def sow(self, count: int, seed: int, entries: int = ENTRIES) -> None:
        """Let there be `count` feeds."""
        self._tell("sow", count, seed, entries)

    def change(self, numbers: Sequence[int], each: int, seed: int) -> None:
        """Let feeds publish `each` new pieces."""
        self._tell("change", list(numbers), each, seed)

    def tell(self, number: int, title: str) -> None:
        """Let a feed publish one piece with this title."""
        self._tell("tell", number, title)

    def asked(self) -> list[tuple[int, float, int]]:
        """Return what was asked for since the last time: site, moment, status."""
        return list(self._tell("asked"))

    def counts(self) -> Counter[int]:
        """Count by site what was asked for since the last time."""
        return Counter(number for number, _, _ in self.asked())

    def _tell(self, what: str, *arguments: Any) -> Any:
        self.pipe.send((what, arguments))
        return self.pipe.recv()


@contextmanager
def running_sites() -> Iterator[Sites]:
    """Serve in a process of its own until the block ends."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Sites(ours, ours.recv())
    finally:
        ours.close()
        process.join(5)
        process.kill()
        process.join()
