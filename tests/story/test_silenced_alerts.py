"""What a person did while an alert waited for its channel silences it, and the reason is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.config.settings import Settings, SettingsFile
from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import LONGEST_RETRY
from monitor.core.model import AlertReason, AlertState, MatterState, ResponseKind
from monitor.loops.watch import Watch
from monitor.service import Parts
from monitor.store import decisions
from monitor.store.database import Database
from responders.desk import Desk
from tests.story.matters import PACK, REGION, open_major
from tests.story.outbox import AWAY, Post, Told

MINUTE = timedelta(minutes=1)


def away(database: Database, **alert: object) -> tuple[Post, int]:
    """Return an office whose only channel is away, with one alert about one incident waiting."""
    post = Post(database, [Told(answers=[AWAY])])
    number = post.matter()
    post.put("a", matter=number, **alert)  # type: ignore[arg-type]
    post.tick()
    post.clock.now += MINUTE
    return post, number


@pytest.mark.parametrize("reason", [AlertReason.REMINDER, AlertReason.TROUBLE, AlertReason.UPDATED])
@pytest.mark.parametrize("state", [MatterState.DISMISSED, MatterState.MERGED])
def test_nothing_more_is_asked_about_an_incident_dismissed_meanwhile(
    database: Database, reason: AlertReason, state: MatterState
) -> None:
    post, number = away(database, reason=reason)
    with database.write() as connection:
        decisions.set_state(connection, number, state, reason="误报", merged_into=None)
    post.tick()
    assert (post.alert("a").state, post.alert("a").silence) == (AlertState.SUPPRESSED, Silence.DISMISSED.value)


@pytest.mark.parametrize("point", ["grown", "second"])
def test_a_question_about_a_dismissed_incident_is_delivered(database: Database, point: str) -> None:
    post, number = away(database, reason=AlertReason.TROUBLE, point=point)
    with database.write() as connection:
        decisions.set_state(connection, number, MatterState.DISMISSED, reason="误报", merged_into=None)
    post.clock.now += LONGEST_RETRY
    post.tick()
    assert post.alert("a").state is AlertState.SENT


def act_of(desk: Desk, number: int, what: str, at: datetime) -> None:
    """Let the person on duty do one thing."""
    if what == "acknowledge":
        desk.acknowledge(number, by="值班员", now=at)
    elif what == "dismiss":
        desk.dismiss(number, by="值班员", now=at, reason="误报")
    else:
        release = ResponseKind.AUTHORITATIVE_RELEASE
        desk.respond(number, release, title="通报", url="", published_at=at, by="发言人", now=at)


@pytest.mark.parametrize(
    ("what", "silence"),
    [
        ("acknowledge", Silence.ACKNOWLEDGED),
        ("dismiss", Silence.DISMISSED),
        ("respond", Silence.SETTLED),
    ],
)
def test_what_a_person_did_while_a_page_waited_silences_it_with_the_reason(
    database: Database, what: str, silence: Silence
) -> None:
    (number,) = open_major(database, 1)
    channel = Told(answers=[AWAY] * 1000)
    post = Post(database, [channel])
    post.clock.now += 11 * MINUTE
    Watch(database, PACK, REGION).tick(post.clock())
    post.tick()
    nag = next(a for a in post.alerts() if a.point.startswith("again:") and a.obligation_id == "OP-AUTH-5H")
    assert nag.state is AlertState.PENDING
    post.clock.now += MINUTE
    parts = Parts(Settings(SettingsFile.model_validate({"bureau": {"region": REGION}}), None), database)
    act_of(parts.desk, number, what, post.clock())
    channel.answers.clear()
    post.clock.now += LONGEST_RETRY
    post.tick(3, every=LONGEST_RETRY)
    silenced = post.alert(nag.key)
    assert (silenced.state, silenced.silence) == (AlertState.SUPPRESSED, silence.value)
    assert nag.key not in channel.keys[-3:]


def test_that_a_deadline_was_withdrawn_is_told_although_the_incident_is_dismissed(database: Database) -> None:
    post, number = away(database, reason=AlertReason.WITHDRAWN)
    with database.write() as connection:
        decisions.set_state(connection, number, MatterState.DISMISSED, reason="误报", merged_into=None)
    post.tick()
    assert post.alert("a").state is AlertState.SENT
