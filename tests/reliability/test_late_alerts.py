"""A service that was down says of each deadline once that it is late, and by how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from monitor.core.duties.alerting import Silence
from monitor.core.model import AlertState
from monitor.core.naming import Names
from monitor.loops.watch import Watch
from monitor.store.database import Database
from responders.channels.base import Message
from responders.documents.messages import Composer, Scene
from responders.language import Words
from tests.story.matters import PACK, REGION, open_major
from tests.story.outbox import Post, Told

NAMES = Names({}, {}, {}, {})


def test_after_twelve_hours_one_late_alert_a_deadline_states_the_lateness(database: Database) -> None:
    post, said = Post(database, [Told()]), list[Message]()

    def compose(_: Connection, scene: Scene) -> Message:
        said.append(Composer(Words("en"), NAMES).message(scene))
        return said[-1]

    post.compose = compose
    post.deliveries = [replace(one, compose=compose) for one in post.deliveries]
    open_major(database, 1)
    post.tick()
    said.clear()
    post.clock.now += timedelta(hours=12, minutes=30)
    Watch(database, PACK, REGION).tick(post.clock())
    post.tick(3)
    late = [line.value for message in said for line in message.lines if line.label == "Told late"]
    assert len(said) == len(late) == 2, "one for the five hours, one for the twenty-four"
    assert sorted(text.rpartition(", ")[2] for text in late) == ["0:30 late", "3:30 late"]
    kept = [a for a in post.alerts() if a.silence == Silence.LATER_ALERT_TELLS]
    assert {a.state for a in kept} == {AlertState.SKIPPED}
    assert {"before:60m", "before:30m", "before:10m", "due"} <= {a.point for a in kept}


def test_a_reminder_in_time_says_nothing_of_lateness(database: Database) -> None:
    post, said = Post(database, [Told()]), list[Message]()

    def compose(_: Connection, scene: Scene) -> Message:
        said.append(Composer(Words("en"), NAMES).message(scene))
        return said[-1]

    post.deliveries = [replace(one, compose=compose) for one in post.deliveries]
    open_major(database, 1)
    post.tick()
    said.clear()
    post.clock.now += timedelta(minutes=10)
    Watch(database, PACK, REGION).tick(post.clock())
    post.tick()
    assert said
    assert not [line for message in said for line in message.lines if line.label == "Told late"]
