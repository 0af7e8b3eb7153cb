"""Listening to Bluesky over Jetstream, told as stories over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import cast

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from monitor.core.sources import FailureKind
from monitor.crawl import jetstream
from monitor.crawl.streams import StreamFailure
from monitor.gate import Gate, GateFailure, GateSettings, Standing
from monitor.store.database import Database
from tests.streams.fake_jetstream import DID, START_US, FakeJetstream, running_jetstream
from tests.streams.listening import ITEM, Ears, jetstream_source, listening_threads, listening_to

BLAST = "甘肃白银一化工厂发生爆炸，已致12人死亡"


@pytest.fixture
def server() -> Iterator[FakeJetstream]:
    with running_jetstream() as fake:
        yield fake
    ends = time.monotonic() + 20
    while listening_threads() and time.monotonic() < ends:
        time.sleep(0.02)
    assert listening_threads() == []


@pytest.fixture
def ears(database: Database, server: FakeJetstream) -> Iterator[Ears]:
    with listening_to(database, jetstream_source(server.url, languages=("zh",))) as ears:
        yield ears


def test_posts_in_the_languages_that_speak_of_safety_are_kept(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    server.post("今天的晚霞很美")
    server.post("工場で爆発", langs=("ja",))
    server.post("看这里", embed={"external": {"uri": "https://x.example", "title": BLAST, "description": "一个<b>"}})
    server.post("兰州一煤矿透水", langs=())
    server.send('{"did": "did:plc:x", "time_us": 1, "kind": "identity", "identity": {}}')
    ears.until(one, lambda: len(ears.titles()) == 2)
    one.close()
    with ears.database.read() as connection:
        rows = {row.external_id: row for row in connection.execute(ITEM.select())}
    linked = rows[f"at://{DID}/app.bsky.feed.post/3l{2:011}"]
    assert linked.text == f"看这里\n{BLAST}\n一个<b>"
    assert linked.url == f"https://bsky.app/profile/{DID}/post/3l{2:011}"
    assert linked.author == DID
    assert ears.drops() == {"not_asked_for": 2}
    assert server.asked[0]["wantedCollections"] == ["app.bsky.feed.post"]
    assert "cursor" not in server.asked[0]


def test_it_goes_on_some_seconds_before_where_it_was_and_nothing_comes_twice(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    server.post("甲地爆炸0")
    ears.until(one, lambda: len(ears.titles()) == 1)
    server.hang_up(code=1008)
    for number in range(1, 4):
        server.post(f"甲地爆炸{number}")
    ears.until(one, lambda: len(ears.titles()) == 4)
    ears.until(one, lambda: ears.cursor() == str(START_US + 4_000_000))
    one.close()
    assert server.asked[1]["cursor"] == [str(START_US + 1_000_000 - jetstream.OVERLAP_US)]
    assert "gap" not in ears.drops()


def test_what_the_server_no_longer_has_is_told_as_lost(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    server.post("甲地爆炸0")
    ears.until(one, lambda: len(ears.titles()) == 1)
    server.hang_up()
    server.events.clear()
    ears.station.clock.advance(seconds=90_000)
    server.post("乙地塌方", after_s=90_000)
    ears.until(one, lambda: len(ears.titles()) == 2)
    one.close()
    assert ears.drops()["gap"] == 1


def test_a_moment_far_ahead_does_not_make_us_pass_over_what_follows(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    server.send('{"time_us": 9999999999999999, "kind": "identity"}')
    server.send('{"time_us": 99999999999999999999999999, "kind": "identity"}')
    server.post("甲地爆炸0")
    ears.until(one, lambda: len(ears.titles()) == 1)
    # How far the stream has come is kept after what came before.
    ears.until(one, lambda: ears.cursor() == str(START_US + 1_000_000))
    one.close()


def test_a_post_that_is_taken_back_is_marked(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    kept = server.post(BLAST)
    ears.until(one, lambda: len(ears.titles()) == 1)
    server.commit("delete", "never-seen")
    server.commit("delete", kept["commit"]["rkey"])
    ears.until(one, lambda: ears.withdrawn() == 1)
    one.close()


def test_a_silent_line_and_unanswered_pings_are_found_out(
    ears: Ears, server: FakeJetstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "SILENT_FOR", 0.8)
    one = ears.streams()
    ears.until(one, lambda: ("failed", "timeout") in ears.outcomes())
    monkeypatch.setattr(jetstream, "SILENT_FOR", 60.0)
    monkeypatch.setattr(jetstream, "PING_EVERY", 0.1)
    monkeypatch.setattr(jetstream, "UNANSWERED", 0.5)
    server.deaf = True
    ears.until(one, lambda: ears.outcomes().count(("failed", "timeout")) == 2)
    assert server.pings > 0
    server.deaf = False
    # On a slow machine a pong comes late; what is posted in between would be lost to one that never had a cursor.
    monkeypatch.setattr(jetstream, "UNANSWERED", 45.0)
    pings = server.pings
    ears.until(one, lambda: server.pings > pings + 3)
    server.post(BLAST)
    ears.until(one, lambda: len(ears.titles()) == 1)
    one.close()


def test_what_lies_there_after_we_were_busy_is_no_silence() -> None:
    server = Connection(ConnectionType.SERVER)
    lying = [None, server.send(TextMessage("{}"))]

    class Lying:
        """A connection on which nothing lies at first and then a text."""

        host = "sky.example"

        def read(self, _seconds: float) -> bytes | None:
            return lying.pop(0)

    socket = jetstream._Socket(cast("Standing", Lying()))

    def busy() -> None:
        if len(lying) == 1:
            socket._heard_at -= 2 * jetstream.SILENT_FOR

    assert next(socket.texts(busy, everybody=True)) == "{}"


def test_rubbish_is_counted_and_what_breaks_the_protocol_ends_the_connection(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    for rubbish in ("{", "[]", '{"time_us": true, "commit": 7}', '{"commit": {"collection": "app.bsky.feed.post"}}'):
        server.send(rubbish)
    server.commit("create", "x", None)
    server.post(BLAST)
    ears.until(one, lambda: len(ears.titles()) == 1)
    server.send(b"\x28\xb5\x2f\xfd")
    ears.until(one, lambda: len(server.asked) == 2)
    one.close()
    counted = ears.drops()
    # The second connection begins some seconds before where the first one ended, so it may bring this one again.
    assert counted.pop("no_content") in (1, 2)
    assert counted == {"broken": 2}


def test_a_flood_does_not_hold_up_the_end(ears: Ears, server: FakeJetstream) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    for number in range(3000):
        server.post(f"甲地爆炸{number}" if number % 100 == 0 else "晚霞")
    ears.until(one, lambda: ears.cursor() == str(server.events[-1]["time_us"]), seconds=30)
    assert len(ears.titles()) == 30
    server.post("乙地塌方")
    ended = time.monotonic()
    one.close(30)
    assert time.monotonic() - ended < 10


def test_no_address_of_the_own_network_is_listened_to(server: FakeJetstream) -> None:
    with Gate(GateSettings(total_seconds=3)) as gate, pytest.raises(GateFailure) as failed:
        next(jetstream.follow(gate, jetstream_source(server.url), "", lambda: None))
    assert failed.value.kind is FailureKind.ADDRESS_REFUSED
    assert server.asked == []


def test_only_named_accounts_are_asked_for(server: FakeJetstream) -> None:
    address = jetstream.address(jetstream_source(server.url, accounts=(DID, "did:web:a.example")), "9000000")
    assert address.endswith(
        "&wantedDids=did%3Aplc%3Alanzhou234567abcdefghijk&wantedDids=did%3Aweb%3Aa.example&cursor=4000000"
    )


def test_a_text_of_endless_empty_fragments_is_refused() -> None:
    class Endless:
        host = "a.example"
        read_times = 0

        def read(self, seconds: float) -> bytes:
            self.read_times += 1
            return (b"\x01\x00" if self.read_times == 1 else b"") + b"\x00\x00" * 5_000

        def write(self, data: bytes, seconds: float) -> None:
            return

    standing = Endless()
    with pytest.raises(StreamFailure) as failed:
        next(jetstream._Socket(standing).texts(lambda: stop_after(standing.read_times), everybody=True))  # type: ignore[arg-type]
    assert failed.value.kind is FailureKind.TOO_LARGE


def stop_after(times: int) -> None:
    assert times < 200


def test_what_the_server_kept_for_us_is_waited_for_and_not_left_out_as_a_flood(
    ears: Ears, server: FakeJetstream
) -> None:
    one = ears.streams()
    ears.until(one, lambda: len(server.links) == 1)
    server.post("甲地爆炸0")
    ears.until(one, lambda: len(ears.titles()) == 1)
    one.listeners["skies"].minute.most = 20
    ears.station.clock.advance(seconds=600)
    for number in range(1, 51):
        server.post(f"甲地爆炸{number}", after_s=0.1)
    ears.until(one, lambda: len(ears.titles()) == 51, seconds=30)
    one.close()
    assert "flood" not in ears.drops()


@pytest.mark.parametrize("cursor", ["AbC1", "²", "x" * 64, "-5"])
def test_a_cursor_that_is_no_number_is_passed_over(server: FakeJetstream, cursor: str) -> None:
    with Gate(GateSettings(allow=("127.0.0.1",), total_seconds=3)) as gate:
        messages = jetstream.follow(gate, jetstream_source(server.url), cursor, lambda: None)
        assert next(messages).act == "opened"
        messages.close()  # type: ignore[attr-defined]
    assert "cursor" not in server.asked[0]
    assert "cursor" not in jetstream.address(jetstream_source(server.url), cursor)
