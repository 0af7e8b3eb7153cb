"""Server-sent events: the same whatever portions they come in; what is kept of a stream, and how long is waited."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.fetched import DropReason
from monitor.core.sources import StreamRule
from monitor.core.streams import LONGEST_PAUSE, LONGEST_REST, Minute, Sieve, is_newer, pause
from monitor.crawl.events import MOST_BYTES, Event, EventReader
from monitor.crawl.mastodon import overlapped
from tests.responders.console.station import shared_parts

SAID = (
    "\ufeff:)\n\nevent: update\ndata: {\ndata:  甲}\n\n:thump\nretry: 3\nevent: delete\r\ndata:17\r\n\r\n"
    "data\rdata: x\r\revent: gone\n\nevent: a\ndata: b"
).encode()
MEANT = [Event("update", "{\n 甲}"), Event("delete", "17"), Event("message", "\nx")]


@given(st.lists(st.integers(0, len(SAID)), max_size=20))
@settings(max_examples=100)
def test_events_are_the_same_in_any_portions(cuts: list[int]) -> None:
    reader, found, at = EventReader(), list[Event](), 0
    for cut in [*sorted(cuts), len(SAID)]:
        found += reader.feed(SAID[at:cut])
        at = cut
    assert found == MEANT


def test_what_is_longer_than_is_taken_is_told_and_costs_no_memory() -> None:
    reader, found = EventReader(), list[Event]()
    for _ in range(40):
        found += reader.feed(b"x" * 65_536)
        assert len(reader._line) <= MOST_BYTES
    found += reader.feed(b"\n\nevent: e\ndata: y\n\n")
    for _ in range(30):
        found += reader.feed(b"data: " + b"z" * 65_536 + b"\n")
    found += reader.feed(b"\ndata: w\n\n")
    assert found == [Event("message", None), Event("e", "y"), Event("message", None), Event("message", "w")]


def test_a_post_is_kept_by_its_words_and_its_language() -> None:
    speaks = shared_parts()[1].signals
    usual = Sieve.of(StreamRule(), speaks)
    assert usual.keeps("兰州一化工厂爆炸", ())
    assert usual.keeps("Explosion at chemical plant kills 12", ("en",))
    assert not usual.keeps("今天的晚霞很美", ())
    assert not usual.keeps("What a lovely evening", ())
    own = Sieve.of(StreamRule(keywords=("舆情", "某市 停水"), languages=("zh",)), speaks)
    assert own.keeps("某市今天又停水了", ("zh-CN",))
    assert own.keeps("舆情", ())
    assert not own.keeps("某市下雨", ("zh",))
    assert not own.keeps("兰州一化工厂爆炸", ("zh",))
    assert not own.keeps("舆情", ("ja", "en"))
    assert Sieve.of(StreamRule(everything=True), speaks).keeps("", ())


@given(st.integers(0, 100), st.floats(0, 1), st.none() | st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_pause_grows_within_bounds_and_obeys_the_server(
    failures: int, fraction: float, asked: timedelta | None
) -> None:
    found = pause(failures, fraction, asked=asked)
    assert timedelta(milliseconds=500) <= found <= max(LONGEST_PAUSE, min(asked or timedelta(0), LONGEST_REST))
    assert found >= min(asked or timedelta(0), LONGEST_REST)
    assert pause(failures + 1, fraction, asked=asked) >= found


def test_a_minute_takes_so_many_and_no_more() -> None:
    minute, at = Minute(3), datetime(2026, 7, 9, tzinfo=UTC)
    assert [minute.takes(at) for _ in range(5)] == [None, None, None, DropReason.FLOOD, DropReason.FLOOD]
    assert minute.is_full(at)
    assert not minute.is_full(at + timedelta(minutes=1))
    assert minute.takes(at + timedelta(minutes=1)) is None


def test_ids_of_a_timeline_in_their_order() -> None:
    assert is_newer("100", "99")
    assert not is_newer("99", "100")
    assert is_newer("AbC2", "AbC1")
    assert overlapped("115000000000065536") == str(115000000000065536 - (600_000 << 16))
    assert overlapped("99") == "99"
    assert overlapped("AbC1") == "AbC1"
    assert overlapped("²" * 20) == "²" * 20


def test_many_lines_and_many_small_portions_are_read_in_linear_time() -> None:
    reader, began = EventReader(), time.process_time()
    assert list(reader.feed(b"data\n" * 150_000 + b"\n")) == [Event("message", "\n" * 149_999)]
    for _ in range(9_000):
        assert list(reader.feed(b"x" * 100)) == []
    assert list(reader.feed(b"\r")) == []
    assert list(reader.feed(b"\ndata: a\n\n")) == [Event("message", "a")]
    assert time.process_time() - began < 1
