"""Listening to Mastodon, told as stories over real sockets: what is posted, edited, taken back, missed, refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.sources import FailureKind, Timeline
from monitor.crawl import mastodon
from monitor.crawl.streams import StreamFailure
from monitor.loops.ingest.listener import Listener
from monitor.store import sources, streams, views
from monitor.store.database import Database
from monitor.store.database_faults import DatabaseBusy
from tests.streams.fake_mastodon import FIRST_ID, FakeMastodon, running_mastodon
from tests.streams.listening import ITEM, Ears, listening_threads, listening_to, mastodon_source

BLAST = "<p>甘肃白银一化工厂发生爆炸，<br>已致12人死亡、30人受伤 &amp; 多人失联。</p>"


@pytest.fixture
def server() -> Iterator[FakeMastodon]:
    with running_mastodon() as fake:
        yield fake
    ends = time.monotonic() + 20
    while listening_threads() and time.monotonic() < ends:
        time.sleep(0.02)
    assert listening_threads() == []


@pytest.fixture
def ears(database: Database, server: FakeMastodon) -> Iterator[Ears]:
    with listening_to(database, mastodon_source(server.url)) as ears:
        yield ears


def test_what_is_posted_opens_the_incident_and_what_nobody_asked_for_is_counted(
    ears: Ears, server: FakeMastodon
) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>今天的晚霞很美</p>")
    server.post(BLAST, spoiler_text="【事故】", sensitive=True, reblogs_count=3)
    server.post("<p>兰州一煤矿透水，5人被困</p>", visibility="private")
    ears.until(one, lambda: bool(ears.titles()))
    ears.until(one, lambda: ears.drops().get("not_public") == 1)
    one.close()
    with ears.database.read() as connection:
        (item,) = connection.execute(ITEM.select())
        (incident,) = views.incidents(connection)
    assert item.title == "【事故】 甘肃白银一化工厂发生爆炸，"
    assert item.text == "【事故】\n甘肃白银一化工厂发生爆炸，\n已致12人死亡、30人受伤 & 多人失联。"
    assert (item.author, item.heat) == ("@lanzhou@127.0.0.1", 3)
    assert item.url == server.statuses[1]["url"]
    assert incident.figures["deaths"] == 12
    assert ears.drops() == {"not_asked_for": 1, "not_public": 1}
    assert ears.outcomes()[0] == ("items", "")


def test_a_boost_is_the_post_that_it_passes_on_once(ears: Ears, server: FakeMastodon) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    theirs = server.status(BLAST, id="77", url="https://far.example/@he/77", account={"acct": "he@far.example"})
    for _ in range(3):
        server.post("", reblog=theirs)
    ears.until(one, lambda: bool(ears.titles()) and ears.cursor() == server.statuses[-1]["id"])
    one.close()
    with ears.database.read() as connection:
        (item,) = connection.execute(ITEM.select())
    assert item.author == "@he@far.example ↻ @lanzhou@127.0.0.1"
    assert item.url == "https://far.example/@he/77"


def test_what_was_posted_while_nobody_listened_is_caught_up_and_nothing_comes_twice(
    ears: Ears, server: FakeMastodon
) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>甲地爆炸0</p>")
    ears.until(one, lambda: ears.titles() == ["甲地爆炸0"])
    server.hang_up()
    for number in range(1, 101):
        server.post(f"<p>甲地爆炸{number}</p>", heard=False)
    ears.until(one, lambda: len(ears.titles()) == 101)
    server.post("<p>甲地爆炸101</p>")
    ears.until(one, lambda: len(ears.titles()) == 102)
    one.close()
    assert sorted(ears.titles()) == sorted(f"甲地爆炸{number}" for number in range(102))
    asked = [query for path, query in server.asked if path == "/api/v1/timelines/public" and "min_id" in query]
    assert len(asked) >= 3
    assert int(asked[0]["min_id"][0]) == FIRST_ID + (1 << 16) - (mastodon.OVERLAP_MS << 16)


def test_an_edit_with_other_words_is_a_further_piece_and_a_deleted_post_is_marked(
    ears: Ears, server: FakeMastodon
) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    first = server.post("<p>甘肃白银一化工厂爆炸，3人死亡</p>")
    ears.until(one, lambda: len(ears.titles()) == 1)
    server.tell("status.update", json.dumps({**first, "card": {"title": ""}}))
    edited = {**first, "content": "<p>甘肃白银一化工厂爆炸，12人死亡</p>", "edited_at": "2026-07-09T12:01:00.000Z"}
    server.tell("status.update", json.dumps(edited))
    ears.until(one, lambda: len(ears.titles()) == 2)
    server.tell("status.update", json.dumps(edited))
    server.tell("delete", first["id"])
    server.tell("delete", "4711")
    ears.until(one, lambda: ears.withdrawn() == 2)
    one.close()
    assert ears.titles() == ["甘肃白银一化工厂爆炸，3人死亡", "甘肃白银一化工厂爆炸，12人死亡"]
    with ears.database.read() as connection:
        (incident,) = views.incidents(connection)
        assert streams.withdrawn_at(connection, 1) is not None
    assert incident.figures["deaths"] == 12


def test_a_refused_token_is_a_failure_that_people_see_and_the_pauses_grow(
    database: Database, server: FakeMastodon
) -> None:
    with listening_to(database, mastodon_source(server.url), token="wrong") as ears:
        one = ears.streams()
        ears.until(one, lambda: len(ears.outcomes()) == 3)
        one.close()
    assert set(ears.outcomes()) == {("failed", "forbidden")}
    with database.read() as connection:
        state = streams.states(connection, ["toots"])["toots"]
        kept = sources.state(connection, "toots")
    assert state.failures == 3
    assert state.next_try_at - ears.station.clock() <= timedelta(seconds=8)
    assert (kept.last_reason, kept.failure_score) == (FailureKind.FORBIDDEN, 1.5)
    assert not any(path.startswith("/api/v1/timelines") for path, _ in server.asked)


def test_one_that_ends_while_the_states_are_read_is_not_opened_again_before_its_pause_is_over(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuse = (403, {})
    one = ears.streams()
    read = streams.states

    def read_and_then_end(*asked: object) -> object:
        found = read(*asked)  # type: ignore[arg-type]
        for listener in one.listeners.values():
            listener.join(10)
        return found

    monkeypatch.setattr(streams, "states", read_and_then_end)
    one.tick(ears.station.clock())
    one.tick(ears.station.clock())
    one.tick(ears.station.clock())
    one.close()
    assert ears.outcomes() == [("failed", "forbidden")]


def test_a_pause_is_kept_where_it_cannot_be_written_down(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuse = (429, {"Retry-After": "900"})
    one = ears.streams()

    def full(*_: object, **__: object) -> None:
        raise DatabaseBusy(name="x")

    monkeypatch.setattr(streams, "plan", full)
    ears.until(one, lambda: bool(server.asked) and not one.listeners)
    asked = len(server.asked)
    for _ in range(300):
        one.tick(ears.station.clock())
        ears.station.clock.advance(seconds=1)
    assert (one.listeners, len(server.asked)) == ({}, asked)
    ears.station.clock.advance(minutes=15)
    ears.until(one, lambda: len(server.asked) > asked)
    one.close()


def test_the_end_waits_for_a_turn_that_is_under_way_and_nothing_is_opened_after_it(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ears.streams()
    states, reached, go_on = streams.states, threading.Event(), threading.Event()

    def held_up(*asked: object) -> object:
        reached.set()
        assert go_on.wait(60)
        return states(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(streams, "states", held_up)
    turn = threading.Thread(target=one.tick, args=(ears.station.clock(),), daemon=True)
    turn.start()
    assert reached.wait(60)
    one.close(0.1)
    go_on.set()
    turn.join(60)
    assert (one.listeners, server.asked) == ({}, [])
    monkeypatch.undo()
    with ears.database.read() as connection:
        assert streams.states(connection, ["toots"])["toots"].owner == "", "no lease for one that is ending"


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "900"}, {"X-RateLimit-Reset": "2026-07-09T12:15:30.000000Z"}], ids=["after", "reset"]
)
def test_a_server_that_wants_to_be_left_alone_is_left_alone(
    ears: Ears, server: FakeMastodon, headers: dict[str, str]
) -> None:
    server.refuse = (429, headers)
    one = ears.streams()
    ears.until(one, lambda: len(ears.outcomes()) == 1)
    asked = len(server.asked)
    server.refuse = None
    with ears.database.read() as connection:
        state = streams.states(connection, ["toots"])["toots"]
    assert timedelta(minutes=14) < state.next_try_at - ears.station.clock() <= timedelta(minutes=16)
    one.tick(ears.station.clock())
    assert len(server.asked) == asked
    ears.station.clock.advance(minutes=16)
    ears.until(one, lambda: server.pages > 0)
    one.close()
    assert ears.outcomes()[0] == ("failed", "rate_limited")


def test_a_server_that_falls_silent_without_a_word_is_left(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastodon, "SILENT_FOR", 0.8)
    server.heartbeat = 30.0
    one = ears.streams()
    ears.until(one, lambda: ("failed", "timeout") in ears.outcomes())
    server.heartbeat = 0.1
    ears.until(one, lambda: server.opened >= 2)
    server.post(BLAST)
    ears.until(one, lambda: bool(ears.titles()))
    one.close()


def test_the_token_goes_to_no_host_that_the_server_merely_names(ears: Ears, server: FakeMastodon) -> None:
    assert mastodon._near("https://a.example", "wss://stream.a.example/x") == "https://stream.a.example/x"
    for named in ("ws://stream.a.example", "wss://nota.example", "wss://[", "", "wss://b.example/a.example"):
        assert mastodon._near("https://a.example", named) == "https://a.example"
    server.streaming = "ws://elsewhere.example"
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    one.close()
    assert server.asked[1][0] == "/api/v1/streaming/public"


@pytest.mark.parametrize(
    ("rule", "stream", "page"),
    [
        ({"timeline": Timeline.HASHTAG, "tag": "事故"}, "hashtag", "tag/%E4%BA%8B%E6%95%85"),
        ({"timeline": Timeline.HOME}, "user", "home"),
        ({"timeline": Timeline.LOCAL}, "public/local", "public"),
    ],
)
def test_each_timeline_is_asked_for_by_its_name(
    database: Database, server: FakeMastodon, rule: dict[str, object], stream: str, page: str
) -> None:
    with listening_to(database, mastodon_source(server.url, **rule)) as ears:
        one = ears.streams()
        ears.until(one, lambda: server.pages > 0)
        one.close()
    assert [path for path, _ in server.asked][1:3] == [f"/api/v1/streaming/{stream}", f"/api/v1/timelines/{page}"]
    query = server.asked[2][1]
    assert query == {"limit": ["40"]} | ({"local": ["true"]} if rule["timeline"] is Timeline.LOCAL else {})


def test_one_process_listens_and_the_next_takes_over_when_it_is_killed(ears: Ears, server: FakeMastodon) -> None:
    one, two = ears.streams("one"), ears.streams("two")
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>甲地爆炸</p>")
    ears.until(one, lambda: len(ears.titles()) == 1)
    assert two.tick(ears.station.clock()) == 0
    # Killed: it neither renews its lease nor gives it back.
    for listener in one.listeners.values():
        listener.end()
        listener.join(2)
    server.post("<p>乙地塌方</p>")
    killed_at = ears.station.clock()
    ears.until(two, lambda: bool(two.listeners))
    assert ears.station.clock() - killed_at < timedelta(seconds=60)
    ears.until(two, lambda: len(ears.titles()) == 2)
    two.close()
    one.close()
    assert server.opened == 2


def test_one_that_has_lost_its_stream_stores_nothing_more(ears: Ears, server: FakeMastodon) -> None:
    one = ears.streams("one")
    ears.until(one, lambda: server.pages > 0)
    with ears.database.write() as connection:
        now = ears.station.clock()
        streams.release(connection, ["toots"], "one", now)
        streams.hold(connection, ["toots"], "two", now, now + timedelta(hours=1))
    ears.until(one, lambda: one.listeners == {})
    one.close()
    with ears.database.read() as connection:
        assert streams.states(connection, ["toots"])["toots"].owner == "two"


def test_a_flood_waits_at_its_sender_is_counted_and_does_not_hold_up_the_end(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.core.streams.MOST_A_MINUTE", 50)
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    listener = one.listeners["toots"]
    listener.minute.most = 50
    began = time.monotonic()
    for number in range(10_000):
        server.post(f"<p>甲地爆炸{number}</p>" if number % 10 == 0 else f"<p>晚霞{number}</p>")
    most = 0
    while ears.cursor() != server.statuses[-1]["id"]:
        assert time.monotonic() - began < 60
        one.tick(ears.station.clock())
        ears.station.clock.advance(seconds=0.2)
        most = max(most, len(listener._waiting))
        time.sleep(0.02)
    taken = len(ears.titles())
    counted = ears.drops()
    assert counted["not_asked_for"] == 9000
    assert taken + counted["flood"] == 1000
    assert 50 <= taken < 1000
    assert most <= 100
    server.post("<p>乙地塌方</p>")
    ended = time.monotonic()
    one.close(30)
    assert time.monotonic() - ended < 10
    assert listening_threads() == []


def test_rubbish_is_counted_and_stops_nothing(ears: Ears, server: FakeMastodon) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    for rubbish in (
        "{",
        "[1]",
        '"x"',
        "[" * 5000,
        '{"id": 5, "account": 7, "content": null, "media_attachments": [3]}',
    ):
        server.tell("update", rubbish)
    server.tell("filters_changed", "")
    server.send(b"event: update\ndata: " + b"x" * 1_200_000 + b"\n\n")
    server.send(b"\xff\xfe\r\r\n:::\n\n")
    server.post(BLAST)
    ears.until(one, lambda: bool(ears.titles()))
    one.close()
    assert ears.drops()["broken"] == 5


def test_a_server_that_gives_out_fewer_than_are_asked_for_is_caught_up_to_the_end(
    ears: Ears, server: FakeMastodon
) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>甲地爆炸0</p>")
    ears.until(one, lambda: ears.titles() == ["甲地爆炸0"])
    server.most = 7
    server.hang_up()
    for number in range(1, 31):
        server.post(f"<p>甲地爆炸{number}</p>", heard=False)
    ears.until(one, lambda: len(ears.titles()) == 31)
    one.close()
    assert "gap" not in ears.drops()


def test_what_is_caught_up_is_waited_for_and_not_left_out_as_a_flood(ears: Ears, server: FakeMastodon) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>甲地爆炸0</p>")
    ears.until(one, lambda: ears.titles() == ["甲地爆炸0"])
    one.listeners["toots"].end()
    one.listeners["toots"].join(5)
    for number in range(1, 61):
        server.post(f"<p>甲地爆炸{number}</p>", heard=False)
    listener = one._listener(one.sources["toots"], one._held(ears.station.clock())["toots"])
    listener.minute.most = 20
    one.listeners["toots"] = listener
    listener.start()
    began = ears.station.clock()
    ears.until(one, lambda: len(ears.titles()) == 61)
    assert ears.station.clock() - began >= timedelta(minutes=2)
    assert "flood" not in ears.drops()
    listener.minute.kept, listener.minute.began_at = 20, ears.station.clock()
    ended = time.monotonic()
    one.close(30)
    assert time.monotonic() - ended < 10


def test_where_another_server_or_timeline_begins_no_cursor_of_the_last_one_counts(
    ears: Ears, server: FakeMastodon
) -> None:
    one = ears.streams()
    ears.until(one, lambda: server.pages > 0)
    server.post("<p>甲地爆炸0</p>")
    ears.until(one, lambda: ears.titles() == ["甲地爆炸0"])
    one.close()
    ears.source = mastodon_source(server.url, timeline=Timeline.HASHTAG, tag="事故")
    ears.station.parts.sources = {"toots": ears.source}
    two, pages = ears.streams("two"), server.pages
    ears.until(two, lambda: server.pages > pages)
    assert "min_id" not in server.asked[-1][1]
    server.post("<p>乙地塌方</p>")
    ears.until(two, lambda: len(ears.titles()) == 2)
    two.close()
    three, pages = ears.streams("three"), server.pages
    ears.until(three, lambda: server.pages > pages)
    three.close()
    assert any("min_id" in query for path, query in server.asked[-3:])


def test_a_cursor_of_a_time_before_its_origin_was_kept_counts(ears: Ears) -> None:
    one = ears.streams()
    with ears.database.write() as connection:
        now = ears.station.clock()
        held = streams.hold(connection, ["toots"], "one", now, now + timedelta(hours=1))["toots"]
        assert streams.keep_cursor(connection, "toots", "one", "12\x003", "another")
    assert (held.origin, ears.cursor()) == (None, "123")
    assert one._listener(ears.source, replace(held, cursor="9")).state.cursor == "9"
    assert one._listener(ears.source, replace(held, cursor="9", origin="another")).state.cursor == ""


def test_ids_that_no_database_keeps_are_taken_back_without_harm(ears: Ears) -> None:
    with ears.database.write() as connection:
        assert streams.withdraw(connection, "toots", ["4\x007", "\ud800"], ears.station.clock()) == 0


def test_where_the_system_gives_no_thread_nothing_counts_as_listening(
    ears: Ears, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, start = ears.streams(), threading.Thread.start

    def none(thread: threading.Thread) -> None:
        if thread.name.startswith("stream "):
            raise RuntimeError("can't start new thread")
        start(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none)
        with pytest.raises(RuntimeError, match="thread"):
            one.tick(ears.station.clock())
    assert one.listeners == {}
    ears.until(one, lambda: server.pages > 0)
    one.close()


def test_where_what_is_left_cannot_be_stored_the_server_is_left_alone_all_the_same(
    ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = ears.streams(), ears.station.clock()
    listener = one._listener(ears.source, one._held(now)["toots"])

    def full(*_: object) -> None:
        raise DatabaseBusy(name="x")

    monkeypatch.setattr(Listener, "_store", full)
    listener._since = now
    with pytest.raises(DatabaseBusy):
        listener._close(StreamFailure(FailureKind.RATE_LIMITED, "429", retry_after=timedelta(minutes=15)))
    assert listener.rests_until is not None
    assert listener.rests_until >= now + timedelta(minutes=15)


def test_a_fault_of_one_that_stood_well_makes_no_long_pause(ears: Ears) -> None:
    one, now = ears.streams(), ears.station.clock()
    state = replace(one._held(now)["toots"], failures=8)
    listener = one._listener(ears.source, state)
    assert listener._pause(now) > now + timedelta(minutes=2)
    listener._accounted_at = now
    assert listener._pause(now) < now + timedelta(seconds=10)
