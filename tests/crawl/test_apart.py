"""Whatever a document does to the process that reads it, it costs this document only."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.core.sources import FailureKind
from monitor.crawl.apart import MOST_KEPT_MB, Apart
from monitor.crawl.loose import (
    LONGEST_TAG,
    MOST_ATTRIBUTES,
    MOST_MARKS,
    MOST_OPEN,
    MOST_PREFIXES,
    _without_endless_tag,
    read_loosely,
)
from monitor.crawl.raw import MOST_ENTRIES, Unreadable

FEED = "<rss version='2.0'><channel><link>http://news.example/</link><ttl>5</ttl><item><title>某厂&起火</title></item>"


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart(at_once=1)
    yield made
    made.close()


def test_a_document_is_read_apart_as_it_would_be_here(apart: Apart) -> None:
    found = apart.read(FEED.encode(), FEED, "application/xml")
    assert found == read_loosely(FEED.encode(), decoded=True, content_type="application/xml")
    assert found.entries[0].title == "某厂&起火"
    assert (found.base, found.ttl.total_seconds()) == ("http://news.example/", 300)


def test_bytes_of_which_nobody_knows_the_set_are_read_by_their_header(apart: Apart) -> None:
    found = apart.read(FEED.encode("gb18030"), None, "application/xml; charset=gb18030")
    assert found.entries[0].title == "某厂&起火"


def test_what_is_no_feed_says_so_from_there_too(apart: Apart) -> None:
    for text, kind in (("服务器忙", FailureKind.NOT_A_FEED), ("<rss version='2.0'></rss>", FailureKind.EMPTY)):
        with pytest.raises(Unreadable) as failure:
            apart.read(text.encode(), text, "")
        assert failure.value.kind is kind


def test_one_that_takes_too_long_is_ended_and_the_next_is_read(apart: Apart) -> None:
    apart.seconds = 0
    deep = "<rss><channel><item><title>" + "<b></b>" * 190_000
    began = time.monotonic()
    with pytest.raises(Unreadable) as failure:
        apart.read(deep.encode(), deep, "")
    assert failure.value.kind is FailureKind.UNREADABLE
    assert time.monotonic() - began < 60
    apart.seconds = 5
    assert apart.read(FEED.encode(), FEED, "").entries


def test_a_child_that_dies_costs_one_document(apart: Apart) -> None:
    apart.read(FEED.encode(), FEED, "")
    [pid] = apart.pids
    os.kill(int(pid), signal.SIGKILL)
    with pytest.raises(Unreadable):
        apart.read(FEED.encode(), FEED, "")
    assert apart.read(FEED.encode(), FEED, "").entries
    assert apart.pids != [pid]


def test_a_child_lives_on_however_much_memory_its_parent_has(apart: Apart) -> None:
    held = b"x" * (MOST_KEPT_MB + 50) * 1024 * 1024
    apart.read(FEED.encode(), FEED, "")
    [pid] = apart.pids
    apart.read(FEED.encode(), FEED, "")
    assert (apart.pids, len(held) > 0) == ([pid], True)


def test_many_threads_share_few_children() -> None:
    made = Apart(at_once=2)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: made.read(FEED.encode(), FEED, ""), range(40)))
        assert {one.entries[0].title for one in found} == {"某厂&起火"}
        assert 1 <= len(made.pids) <= 2
    finally:
        made.close()


def test_the_children_know_no_secret_and_end_with_us(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYING_SLACK_TOKEN", "xoxb-secret")
    apart.read(FEED.encode(), FEED, "")
    [pid] = apart.pids
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"secret" not in environment
    apart.close()
    assert not Path(f"/proc/{pid}").exists()


def test_of_too_many_entries_one_more_than_are_taken_is_read_and_too_many_marks_are_refused() -> None:
    many = b"<rss><channel>" + b"<item><title>a&x</title></item>" * 100_000
    began = time.thread_time()
    assert len(read_loosely(many, decoded=True, content_type="").entries) == MOST_ENTRIES + 1
    assert time.thread_time() - began < 5
    with pytest.raises(Unreadable) as failure:
        read_loosely(b"<rss>" + b"&" * (MOST_MARKS + 1), decoded=True, content_type="")
    assert failure.value.kind is FailureKind.UNREADABLE


HEAD = b"<rss version='2.0'><channel>"


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("tags that are not closed", HEAD + b"<item><title>" + b"<b>" * (MOST_OPEN + 10)),
        ("tags that are not closed", HEAD + b"<![CDATA[" * 200_000 + b"]]>" + b"<b>" * (MOST_OPEN + 10)),
        ("xmlns", HEAD + b"".join(b"<a%d:b xmlns:a%d='u'/>" % (n, n) for n in range(MOST_PREFIXES + 1))),
        ("attributes in a tag", b"<rss " + b" ".join(b"a%d='1'" % n for n in range(MOST_ATTRIBUTES + 1)) + b">"),
        ("attributes in a tag", HEAD + b"<item " + b" ".join(b"a%d='1'" % n for n in range(600_000))),
    ],
)
def test_what_would_take_by_its_square_is_refused_at_a_glance(said: str, body: bytes) -> None:
    began = time.thread_time()
    with pytest.raises(Unreadable, match=said):
        read_loosely(body, decoded=True, content_type="")
    assert time.thread_time() - began < 1


def test_a_long_text_in_cdata_is_no_depth() -> None:
    text = b"<p>a<br>b<img src='x'>" * 40_000
    body = HEAD + b"<item><title>a&x</title><description><![CDATA[" + text + b"]]></description></item></channel></rss>"
    assert len(read_loosely(body, decoded=True, content_type="").entries) == 1


def test_while_one_document_keeps_a_child_busy_others_are_read() -> None:
    made = Apart(at_once=2)
    slow = "<rss><channel><item><title>" + "<b></b>" * 190_000

    def hang() -> None:
        # A slow machine refuses it in the end, which does not matter here.
        with suppress(Unreadable):
            made.read(slow.encode(), slow, "")

    thread = threading.Thread(target=hang)
    thread.start()
    try:
        time.sleep(0.3)
        assert made.read(FEED.encode(), FEED, "").entries
        assert thread.is_alive()
    finally:
        thread.join()
        made.close()


def test_at_the_end_nothing_waits_behind_jobs_and_no_child_is_begun() -> None:
    made = Apart(at_once=1)
    slow = "<rss><channel><item><title>" + "<b></b>" * 190_000
    refused: list[FailureKind] = []

    def hang() -> None:
        try:
            made.read(slow.encode(), slow, "")
        except Unreadable as failure:
            refused.append(failure.kind)

    threads = [threading.Thread(target=hang) for _ in range(6)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while not made._alive and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    began = time.monotonic()
    made.close()
    assert time.monotonic() - began < 3
    for thread in threads:
        thread.join(5)
    assert len(refused) == 6
    with pytest.raises(Unreadable):
        made.read(FEED.encode(), FEED, "")
    assert (made.pids, made._alive) == ([], set())


def test_children_that_are_dismissed_are_followed_by_others(apart: Apart) -> None:
    apart.read(FEED.encode(), FEED, "")
    pids = apart.pids
    apart.dismiss()
    assert apart.pids == []
    assert apart.read(FEED.encode(), FEED, "").entries
    assert apart.pids != pids


def test_a_last_tag_that_goes_on_for_ever_is_left_out_and_no_entry_with_it() -> None:
    whole = read_loosely(FEED.encode(), decoded=True, content_type="")
    for begun, after in ((b'<item><title a="', b""), (b"<item><a ", b"<"), (b"<item></a ", b"<b>x</b>")):
        endless = read_loosely(
            FEED.encode() + begun + b"a " * (LONGEST_TAG // 2) + after, decoded=True, content_type=""
        )
        assert [entry.title for entry in endless.entries] == ["某厂&起火", ""]
        assert endless.entries[:1] == whole.entries


def test_a_long_last_text_is_no_tag() -> None:
    text = "甲" * (LONGEST_TAG // 2)
    body = f"<rss version='2.0'><channel><item><title>某厂&起火</title><description><![CDATA[{text}".encode()
    assert len(read_loosely(body, decoded=True, content_type="").entries) == 1
    assert _without_endless_tag(body) == body
