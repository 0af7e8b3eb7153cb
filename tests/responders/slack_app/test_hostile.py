"""Hostile texts through every message and form: nothing is marked up, nothing rings, nothing is refused by Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from monitor.core.errors import Mistake
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import MatterRow
from responders.slack_app.buttons import Shown
from responders.slack_app.events import Event, event_of
from responders.slack_app.forms import Origin
from tests.responders.fakes.slack_rules import texts
from tests.responders.slack_app.workplace import WANG, Workplace, workplace

NASTY = [
    "<!channel> <!here> <@U0BOSS> <!subteam^S1>",
    "<https://evil.example|点此批准>",
    "`code` *bold* _it_ ~no~ > quote",
    "&lt;!here&gt; &amp;",
    "\u202etxet\u202c \u200b \x00\x07\x1b[31m",
    "[点此](javascript:alert(1)) ``` {{7*7}} ${x}",
    "🇨🇳" * 900,
    "塌" * 4000,
    "&" * 4000,
    "\ud800half",
    "\n\n\n" * 50 + "=1+1",
    " ",
]


@pytest.fixture
def place(embedded_file: Path) -> Iterator[Workplace]:
    database = Database(f"sqlite:///{embedded_file}")
    with workplace(database) as opened:
        yield opened
    database.close()


def live_markup(blocks: list[dict[str, object]]) -> list[str]:
    """Return the texts that Slack would parse."""
    return [text["text"] for text in texts(blocks) if text["type"] == "mrkdwn"]


@pytest.mark.parametrize("nasty", NASTY)
def test_a_title_is_shown_and_does_nothing(place: Workplace, nasty: str) -> None:
    number = place.major()
    title = nasty.encode("utf-8", "replace").decode().replace("\0", "") or "x"
    with place.database.write() as connection:
        connection.execute(update(of(MatterRow)).where(of(MatterRow).c.id == number).values(title=title))
    place.keep()
    assert place.card().mentions == []
    assert all("evil.example" not in address for address, _ in place.card().links)
    for typed in ("", str(number)):
        place.slack.command(WANG, typed)
        told = place.slack.told(WANG)
        assert not any("<!" in text or "evil" in text for text in live_markup(told.blocks))
        assert "<" not in told.text
    for act in ("dismiss", "snooze", "respond"):
        place.slack.press(WANG, place.card(), act)
        form = place.slack.form(WANG)
        assert live_markup([form.view]) == []
        place.slack.views.clear()


@pytest.mark.parametrize("nasty", NASTY)
def test_what_is_typed_is_kept_as_text(place: Workplace, nasty: str) -> None:
    number = place.major()
    place.slack.press(WANG, place.card(), "respond")
    typed = nasty[:500]
    place.slack.submit(place.slack.form(WANG), title=typed, url="")
    if typed.strip():
        assert len(place.responses(number)) == 1, place.slack.views
        place.slack.told(WANG)
    place.slack.views.clear()
    place.keep()
    place.slack.press(WANG, place.card(), "dismiss")
    place.slack.submit(place.slack.form(WANG), reason=nasty[:1000])
    place.settle()
    place.keep()
    assert all(post.mentions == [] for post in place.slack.thread(place.card().ts))
    assert not any("\x1b" in line or "\x00" in line or "\u202e" in line for line in place.history())
    place.slack.command(WANG, nasty[:200])
    assert place.slack.told(WANG).words


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("type", "user", "team", "actions", "container", "view", "state", "message", "event", "team_id", "trigger_id")
SHAPED = st.dictionaries(st.sampled_from(NAMES), JUNK | st.just("block_actions") | st.just("view_submission"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(["interactive", "slash_commands", "events_api", "hello"]), payload=SHAPED)
def test_no_payload_of_any_shape_breaks_the_reading(kind: str, payload: dict[str, object]) -> None:
    event = event_of(kind, payload)
    assert event is None or Event.stored(event.plain()) == event


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_no_metadata_of_any_shape_is_taken_for_ours(text: str) -> None:
    with pytest.raises(Mistake):
        Origin.read(text)


@given(st.integers(1, 2**31 - 1), st.integers(0, 10**15), st.text("0123456789abcdef", min_size=4, max_size=20))
def test_what_a_button_carries_comes_back(incident: int, upto: int, mark: str) -> None:
    origin = Origin(Shown(incident, upto, mark), "C1", "1.2", "https://hooks.slack.com/x" + "y" * 50)
    assert Origin.read(origin.packed()) == origin
