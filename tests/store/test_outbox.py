"""The outbox in both databases: what waits and in which order, what is written before and after an attempt."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from monitor.core.duties.delivering import LEASE
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.store import deliveries, outbox
from monitor.store.database import Database
from tests.story.office import ALERTS, T0
from tests.story.outbox import Post

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def waiting(post: Post, channel: str = "a", *, limit: int = 20) -> list[str]:
    with post.database.read() as connection:
        ids = outbox.waiting(connection, channel, ALERTS, post.clock(), limit)
    keys = {alert.id: alert.key for alert in post.alerts()}
    return [keys[number] for number in ids]


def begin(post: Post, key: str, channel: str = "a") -> int:
    with post.database.write() as connection:
        held = outbox.hold(connection, post.alert(key).id)
        assert held is not None
        begun = deliveries.begin(connection, held, channel, post.clock())
    assert begun is not None
    return begun


def end(post: Post, number: int, state: DeliveryState, **more: object) -> None:
    with post.database.write() as connection:
        deliveries.end(connection, number, state, post.clock(), **more)  # type: ignore[arg-type]


def test_pages_come_first_then_the_oldest(database: Database) -> None:
    post = Post(database, [])
    post.put("first")
    post.clock.now += SECOND
    post.put("second")
    post.put("page", page=True)
    assert waiting(post) == ["page", "first", "second"]
    assert waiting(post, limit=2) == ["page", "first"]
    post.clock.now = T0
    assert waiting(post) == ["first"], "the others' time has not come"


def test_what_a_channel_took_or_refused_waits_for_the_others_only(database: Database) -> None:
    post = Post(database, [])
    for key, state in (("took", DeliveryState.ACCEPTED), ("refused", DeliveryState.REFUSED)):
        post.put(key)
        end(post, begin(post, key), state)
    assert waiting(post) == []
    assert waiting(post, "b") == ["took", "refused"]


def test_what_was_refused_until_mended_waits_for_its_time_and_can_be_woken(database: Database) -> None:
    post = Post(database, [])
    for key, channel in (("mine", "a"), ("other", "b"), ("over", "a")):
        post.put(key)
        end(post, begin(post, key, channel), DeliveryState.REFUSED, retry_at=T0 + HOUR)
    with database.write() as connection:
        outbox.finish(connection, post.alert("over").id, AlertState.SENT, None)
    assert waiting(post) == ["other"]
    with database.write() as connection:
        deliveries.wake(connection, "a", post.clock())
    assert waiting(post) == ["mine", "other"]
    assert waiting(post, "b") == ["mine"]
    (kept,) = post.alert("over").deliveries
    assert kept.retry_at == T0 + HOUR, "what is over is left as it was"


def test_an_attempt_under_way_keeps_the_others_off_until_its_lease_is_over(database: Database) -> None:
    post = Post(database, [])
    post.put("a")
    begin(post, "a")
    post.clock.now += LEASE - SECOND
    assert waiting(post) == []
    post.clock.now += SECOND
    assert waiting(post) == ["a"]


def test_a_failed_attempt_waits_for_its_next_try_and_keeps_what_was_said(database: Database) -> None:
    post = Post(database, [])
    post.put("a")
    end(
        post,
        begin(post, "a"),
        DeliveryState.UNREACHABLE,
        said="超时",
        remedy="Check {braces} and 100%",
        retry_at=T0 + HOUR,
        may_have_arrived=True,
    )
    (kept,) = post.alert("a").deliveries
    assert (kept.said, kept.remedy, kept.may_have_arrived) == ("超时", "Check {braces} and 100%", True)
    assert waiting(post) == []
    post.clock.now += HOUR
    assert waiting(post) == ["a"]


def test_an_attempt_of_the_same_number_is_begun_once(database: Database) -> None:
    post = Post(database, [])
    post.put("a")
    before = post.alert("a")
    with database.write() as connection:
        assert deliveries.begin(connection, before, "a", T0) is not None
        assert deliveries.begin(connection, before, "a", T0) is None
        assert deliveries.begin(connection, before, "b", T0) is not None


def test_stale_are_those_past_their_use_and_those_that_nobody_carries(database: Database) -> None:
    post = Post(database, [])
    post.put("short", useful=HOUR)
    post.put("long", useful=3 * HOUR)
    post.put("briefing", reason=AlertReason.BRIEFING)
    with database.read() as connection:
        numbers = {alert.key: alert.id for alert in post.alerts()}
        assert outbox.stale(connection, ALERTS, T0) == [numbers["briefing"]]
        assert outbox.stale(connection, frozenset(AlertReason), T0 + HOUR) == [numbers["short"]]


def test_attempts_are_counted_for_each_channel_by_when_they_began(database: Database) -> None:
    post = Post(database, [])
    for n in range(6):
        post.put(f"a{n}")
        begin(post, f"a{n}", "a" if n % 3 else "b")
        post.clock.now += SECOND
    with database.read() as connection:
        before = T0 - SECOND
        assert deliveries.begun_since(connection, "a", before, 10) == [T0 + n * SECOND for n in (5, 4, 2, 1)]
        assert deliveries.begun_since(connection, "a", T0 + 2 * SECOND, 10) == [T0 + n * SECOND for n in (5, 4)]
        assert deliveries.begun_since(connection, "a", before, 3) == [T0 + n * SECOND for n in (5, 4, 2)]
        assert deliveries.begun_since(connection, "c", before, 10) == []


def test_one_message_about_several_alerts_counts_once(database: Database) -> None:
    post = Post(database, [])
    for n in range(3):
        post.put(f"a{n}")
        begin(post, f"a{n}", "a")
    with database.write() as connection:
        deliveries.join(connection, [d.id for d in connection.execute(select(outbox.DELIVERY.c.id))])
        assert deliveries.begun_since(connection, "a", T0 - SECOND, 10) == [T0]
        assert len(deliveries.told_together(connection, "a", [alert.id for alert in post.alerts()])) == 3
    assert len({alert.deliveries[0].digest_id for alert in post.alerts()}) == 1


def test_a_card_is_remembered_by_channel_and_replaced(database: Database) -> None:
    with database.write() as connection:
        deliveries.keep_card(connection, "a", "matter:1", "C1:1")
        deliveries.keep_card(connection, "a", "matter:1", "C1:2")
        assert deliveries.card_ref(connection, "a", "matter:1") == "C1:2"
        assert deliveries.card_ref(connection, "b", "matter:1") is None


def test_the_oldest_unsent_is_the_oldest_that_is_still_pending(database: Database) -> None:
    post = Post(database, [])
    with database.read() as connection:
        assert outbox.oldest_unsent(connection) is None
    for key in ("a", "b"):
        post.put(key)
        post.clock.now += SECOND
    with database.write() as connection:
        outbox.finish(connection, post.alert("a").id, AlertState.SENT, None)
        assert outbox.oldest_unsent(connection) == T0 + SECOND


def test_a_channel_that_does_not_get_through_is_named_with_its_last_word_and_since_when(database: Database) -> None:
    post = Post(database, [])
    story = [
        ("well", DeliveryState.UNREACHABLE),
        ("bad", DeliveryState.ACCEPTED),
        ("bad", DeliveryState.UNREACHABLE),
        ("well", DeliveryState.ACCEPTED),
        ("bad", DeliveryState.REFUSED),
    ]
    for n, (channel, state) in enumerate(story):
        post.put(f"a{n}")
        end(post, begin(post, f"a{n}", channel), state, said=f"word {n}")
        post.clock.now += HOUR
    begin(post, "a0", "bad")
    with database.read() as connection:
        found = deliveries.not_getting_through(connection)
    assert list(found) == ["bad"]
    last, since = found["bad"]
    assert (last.said, since) == ("word 4", T0 + 2 * HOUR)
