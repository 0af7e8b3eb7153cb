"""Whatever mixture of faults Slack and the network commit, each alert arrives once and the incident keeps one card."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from responders.channels.base import DeliveryFailure, Receipt, Try
from responders.channels.slack import Slack
from tests.responders.channels.messages import CHANNEL, card, message
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Answer, Fault, MovedClock

Trouble = tuple[Fault | Answer, str] | None
FAULTS = st.none() | st.tuples(
    st.sampled_from(
        [
            Fault.SERVER_ERROR,
            Fault.DROPPED_REPLY,
            Fault.THROTTLED,
            Fault.GARBAGE,
            Answer({"ok": False, "error": "fatal_error"}),
        ]
    ),
    st.sampled_from(["chat.postMessage", "chat.update", "conversations"]),
)


def delivered(
    slack: Slack, fake: FakeSlack, clock: MovedClock, key: str, ref: str | None, troubles: list[Trouble]
) -> Receipt:
    """Deliver as the delivery loop does: an undecided attempt is asked about before the next; the card is kept."""
    since: datetime | None = None
    said = message(key=key, card=card(state=key))
    for _ in range(60):
        clock.advance(2)
        if troubles and (trouble := troubles.pop()):
            fake.fail(trouble[0], on=trouble[1])
        began = datetime.fromtimestamp(clock.now, UTC)
        attempt = Try(card_ref=ref, since=since)
        try:
            found = slack.find(said, attempt) if since else None
            return found or slack.send(said, attempt)
        except DeliveryFailure as failure:
            if failure.permanent:
                raise
            ref = failure.card_ref or ref
            since = since or (began if failure.may_have_arrived else None)
    raise AssertionError("never delivered")


@settings(max_examples=60, deadline=None)
@given(st.lists(FAULTS, max_size=25), st.sets(st.integers(1, 3)))
def test_each_alert_arrives_once_under_one_card(troubles: list[Trouble], deletions: set[int]) -> None:
    clock = MovedClock()
    with FakeSlack(clock=clock, burst=1) as fake:
        slack = Slack(name="值班", token=fake.token, channel=CHANNEL, base_url=fake.base_url, timeout=5)
        keys, ref = [f"a-{number}" for number in range(4)], None
        for number, key in enumerate(keys):
            if number in deletions:
                fake.delete(fake.posts()[0].ts)
            ref = delivered(slack, fake, clock, key, ref, troubles).card_ref
        [shown] = fake.posts()
        assert ref == f"{CHANNEL}:{shown.ts}"
        assert f"时钟: {keys[-1]}" in shown.shown
        assert fake.thread(shown.ts)[-1].key == keys[-1]
        replies = Counter(post.key for post in fake.channels[CHANNEL] if post.thread_ts)
        assert replies == Counter(keys)
