"""A claim from its first whisper to its end: growth, denial, confirmation; and what was denied before it was told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from monitor.core.model import DeadlineState, RumourState, Severity, Standing
from monitor.loops.deliver import scene_of
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import TransitionRow
from monitor.store.tables_talk import WhisperRow
from responders.documents.messages import Composer
from tests.responders.console.station import Station
from tests.story.rumour_mill import CLAIM, DENIAL, OFFICIAL, Mill

RUMOUR, FIVE = "OP-RUMOUR", "OP-AUTH-5H"
TRANSITION, WHISPER = of(TransitionRow), of(WhisperRow)


@pytest.fixture
def mill(database: Database) -> Mill:
    return Mill(Station(database))


def test_one_account_starts_no_firm_clock_and_no_duty_to_clarify(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    (incident,) = mill.incidents()
    assert (incident.severity, incident.likely) == (None, Severity.MAJOR)
    assert (incident.standing, incident.rumour) == (Standing.UNVERIFIED, RumourState.CLAIMED)
    running = mill.deadlines(incident.id)
    assert RUMOUR not in running
    assert running[FIVE].provisional


def test_a_claim_that_others_repeat_is_owed_a_clarification_from_then_on(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("friend", CLAIM, after=1)
    grown_at = mill.station.clock.now
    mill.tell("list", "白银化工厂爆炸致12死", after=1)
    (incident,) = mill.incidents()
    assert incident.rumour is RumourState.GROWING
    duty = mill.deadlines(incident.id)[RUMOUR]
    assert duty.state is DeadlineState.OPEN
    assert duty.started_at > grown_at


def test_an_official_confirmation_withdraws_the_clarification_and_makes_the_rest_firm(mill: Mill) -> None:
    for by in ("account", "friend", "stranger"):
        mill.tell(by, CLAIM, after=0.5)
    mill.tell("bureau", "白银化工厂爆炸致12死", after=1)
    (incident,) = mill.incidents()
    assert (incident.standing, incident.rumour) == (Standing.OFFICIAL, RumourState.CONFIRMED)
    assert incident.severity is Severity.MAJOR
    running = mill.deadlines(incident.id)
    assert running[RUMOUR].state is DeadlineState.WITHDRAWN
    assert (running[FIVE].state, running[FIVE].provisional) == (DeadlineState.OPEN, False)
    with mill.station.database.read() as connection:
        causes = connection.scalars(select(TRANSITION.c.cause).where(TRANSITION.c.obligation_id == RUMOUR))
        assert list(causes)[-1] == "rumour_confirmed"
    assert "rumour_confirmed" in mill.asked(incident.id)


def test_an_official_toll_goes_before_a_claimed_one_and_leaves_the_question_to_a_person(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("bureau", OFFICIAL, after=1)
    (incident,) = mill.incidents()
    assert (incident.figures, incident.severity, incident.likely) == ({"deaths": 3}, Severity.LARGER, None)
    assert mill.deadlines(incident.id)[FIVE].state is DeadlineState.OPEN
    assert "doubt:larger" in mill.asked(incident.id)


def test_a_denial_joins_what_it_denies_and_asks_but_ends_no_clock(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("police", DENIAL, after=1)
    (incident,) = mill.incidents()
    assert incident.rumour is RumourState.DENIED
    assert mill.denials(incident.id) == (DENIAL,)
    assert (incident.items, incident.sources, incident.figures) == (1, 1, {"deaths": 12})
    running = mill.deadlines(incident.id)
    assert running[FIVE].state is DeadlineState.OPEN
    assert running[RUMOUR].state is DeadlineState.OPEN
    assert mill.asked(incident.id).count("denied") == 1
    assert mill.whispers() == []
    mill.station.parts.desk.dismiss(incident.id, by="值班员", now=mill.station.clock(), reason="官方已否认")
    assert {d.state for d in mill.deadlines(incident.id).values()} == {DeadlineState.WITHDRAWN}


def test_the_messages_say_who_vouches_and_what_is_asked(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("police", DENIAL, after=1)
    (incident,) = mill.incidents()
    parts = mill.station.parts
    with mill.station.database.read() as connection:
        asked = next(alert for alert in views.alerts(connection, matter_id=incident.id) if alert.point == "denied")
        message = Composer(parts.words, parts.names).message(scene_of(connection, asked, mill.station.clock()))
    assert message.body.startswith(f"An official source denies it: {DENIAL}. Dismiss the incident")
    assert ("Vouched for", "unverified, officially denied") in {(line.label, line.value) for line in message.lines}
    assert message.card is not None
    assert "unverified, officially denied" in {line.value for line in message.card.lines}


def test_a_person_who_confirms_a_denied_incident_is_not_asked_again(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("police", DENIAL, after=1)
    (incident,) = mill.incidents()
    done = mill.station.parts.desk.confirm(incident.id, by="值班员", now=mill.station.clock())
    assert done.incident.rumour is RumourState.CONFIRMED
    assert mill.deadlines(incident.id)[RUMOUR].state is DeadlineState.WITHDRAWN
    mill.tell("bureau", DENIAL, after=1)
    assert mill.asked(incident.id).count("denied") == 1


def test_a_denial_of_something_else_in_that_city_leaves_the_incident_alone(mill: Mill) -> None:
    mill.tell("evening", "白银一化工厂爆炸致12死")
    mill.tell("police", "网传白银一幼儿园食物中毒不实 警方辟谣", after=1)
    (incident,) = mill.incidents()
    assert incident.rumour is None
    assert mill.denials(incident.id) == ()
    assert [title for title, _, _ in mill.whispers()] == ["网传白银一幼儿园食物中毒不实 警方辟谣"]


def test_a_denied_rumour_of_which_no_incident_is_known_is_kept_and_counted(mill: Mill) -> None:
    first = "网传定西水库垮坝系谣言 水利局辟谣"
    mill.tell("police", first)
    mill.tell("bureau", "定西水库垮坝系谣言", after=1)
    mill.tell("evening", "网传天水一小区起火致5死不实", after=1)
    mill.tell("police", "网传某明星离婚不实", after=1)
    assert mill.incidents() == []
    assert sorted(mill.whispers()) == [("网传天水一小区起火致5死不实", 1, 1), (first, 2, 2)]


def test_a_rumour_that_is_told_again_after_its_denial_finds_it(mill: Mill) -> None:
    mill.tell("police", DENIAL)
    assert len(mill.whispers()) == 1
    mill.tell("account", CLAIM, after=2)
    (incident,) = mill.incidents()
    assert incident.rumour is RumourState.DENIED
    assert mill.denials(incident.id) == (DENIAL,)
    assert mill.whispers() == []
    with mill.station.database.read() as connection:
        assert connection.scalars(select(WHISPER.c.matter_id)).all() == [incident.id]


def test_a_denial_moves_with_a_merge_and_counts_for_nothing_in_it(mill: Mill) -> None:
    mill.tell("account", CLAIM)
    mill.tell("evening", "四川绵阳一仓库起火致3死")
    mill.tell("police", DENIAL, after=1)
    claimed, burnt = mill.incidents()
    mill.station.parts.desk.merge(claimed.id, burnt.id, by="值班员", now=mill.station.clock())
    merged = next(incident for incident in mill.incidents() if incident.id == burnt.id)
    assert mill.denials(burnt.id) == (DENIAL,)
    assert merged.items == 2
    gone = next(incident for incident in mill.incidents() if incident.id == claimed.id)
    assert gone.rumour is None
