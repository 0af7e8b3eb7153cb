"""Somebody who acts hands back: whoever is on duty is told at once, and paged again from there until somebody acts."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.model import AlertReason, AlertState
from monitor.store.database import Database
from tests.story.roster import BOSS, DUTY, ROTA, USUAL, Bureau, M, names, since


def test_a_hand_back_begins_a_round_of_its_own(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, expires=None),)))
    number = bureau.major()
    bureau.pass_time(5 * M)
    bureau.ack(number)
    bureau.pass_time(85 * M)
    assert bureau.pages() == []
    bureau.desk.hand_back(number, by="王敏", now=bureau.clock(), reason="换班")
    bureau.pass_time(65 * M)
    assert bureau.pages() == [("page:2", 100), ("page:3", 120), ("page:4", 130), ("exhausted", 150)]
    assert names(bureau.of("page:2")) == {"wang": "layer", "boss": "office"}


def test_a_hand_back_pages_the_first_step_of_the_policies_that_run(database: Database) -> None:
    """The policy for everything tells one contact; the incident's own tells the rota."""
    grave = replace(USUAL, id="grave", obligations=frozenset({"OP-AUTH-5H"}))
    other = replace(USUAL, rungs=(replace(USUAL.rungs[0], whom=(BOSS,)),))
    bureau = Bureau(database, replace(DUTY, policies=(grave, other)))
    number = bureau.major()
    bureau.ack(number)
    bureau.pass_time(20 * M)
    bureau.desk.hand_back(number, by="王敏", now=bureau.clock())
    bureau.deliver()
    told = bureau.of("handed_back", None)
    assert (told.page, names(told)) == (True, {"wang": "layer", "boss": "named"})
    assert grave.rungs[0].whom == (ROTA,)


def test_who_takes_it_again_stops_the_round_of_the_hand_back(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, expires=None),)))
    number = bureau.major()
    bureau.ack(number)
    bureau.pass_time(90 * M)
    bureau.desk.hand_back(number, by="王敏", now=bureau.clock())
    bureau.pass_time(12 * M)
    bureau.ack(number, by="李强")
    bureau.pass_time(90 * M)
    assert bureau.pages() == [("page:2", 100)]


def test_a_hand_back_after_the_end_pages_as_well(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, expires=None),)))
    number = bureau.major()
    bureau.pass_time(301 * M, every=7 * M)
    bureau.ack(number)
    bureau.pass_time(89 * M, every=7 * M)
    before = len(bureau.pages())
    bureau.desk.hand_back(number, by="王敏", now=bureau.clock())
    bureau.pass_time(61 * M)
    # At 420 the reminder of the missed deadline speaks for the page.
    assert bureau.pages()[before:] == [("page:2", 400), ("page:4", 430), ("exhausted", 450)]


def test_a_hand_back_among_two_who_are_needed_asks_for_two_again(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, needed=2, expires=None),)))
    number = bureau.major()
    bureau.ack(number, by="王敏")
    bureau.ack(number, by="赵磊")
    bureau.pass_time(90 * M)
    assert bureau.pages() == []
    bureau.desk.hand_back(number, by="赵磊", now=bureau.clock())
    bureau.ack(number, by="李强")
    bureau.pass_time(11 * M)
    assert bureau.pages() == [("page:2", 100)]
    bureau.ack(number, by="王敏")
    bureau.pass_time(60 * M)
    assert bureau.pages() == [("page:2", 100)]


def test_an_older_page_that_still_waits_is_not_sent_beside_the_new_ones(database: Database) -> None:
    bureau = Bureau(database, replace(DUTY, policies=(replace(USUAL, expires=None),)))
    number = bureau.major()
    bureau.pass_time(10 * M, every=10 * M)
    bureau.ack(number)
    bureau.pass_time(2 * M)
    bureau.desk.hand_back(number, by="王敏", now=bureau.clock())
    bureau.pass_time(30 * M)
    spoken = [
        (alert.point, since(alert.at))
        for alert in bureau.alerts()
        if alert.reason is AlertReason.ESCALATED and alert.state is AlertState.PENDING
    ]
    assert len(spoken) == len(set(spoken)) <= 1
