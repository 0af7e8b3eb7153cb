"""Somebody leaves the duty file while alerts, running deadlines or the rota still count on him."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.people.duty import Duty
from monitor.core.people.handover import unmanned
from monitor.loops.duty import DutyWatch
from monitor.store import troubles
from monitor.store.database import Database
from tests.story.office import T0
from tests.story.roster import DUTY, Bureau, H, M

WITHOUT_BOSS = replace(DUTY, contacts={name: one for name, one in DUTY.contacts.items() if name != "boss"})


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def told_gone(bureau: Bureau) -> list[str]:
    return [alert.detail["who"] for alert in bureau.alerts() if alert.point == "duty:gone"]


def after_start(bureau: Bureau, duty: Duty) -> DutyWatch:
    """Start the service anew with another duty file."""
    bureau.duty = duty
    return DutyWatch(bureau.database, duty)


def test_nobody_is_missed_while_everybody_is_there(bureau: Bureau) -> None:
    bureau.major()
    bureau.duty_watch.tick(T0 + M)
    assert told_gone(bureau) == []


def test_whom_an_open_alert_is_for_is_missed_once_a_day(bureau: Bureau) -> None:
    bureau.major()
    gone = {name: one for name, one in DUTY.contacts.items() if name != "wang"}
    watch = after_start(bureau, replace(DUTY, contacts=gone))
    for minute in (1, 2, 30):
        watch.tick(T0 + minute * M)
    assert told_gone(bureau) == ["contact:wang"]
    [alert] = [alert for alert in bureau.alerts() if alert.point == "duty:gone"]
    assert (alert.page, alert.detail["name"]) == (True, "王敏")
    watch.tick(T0 + 24 * H)
    assert told_gone(bureau) == ["contact:wang"] * 2


def test_whom_the_policy_of_a_running_deadline_names_is_missed_until_it_ends(bureau: Bureau) -> None:
    number = bureau.major()
    watch = after_start(bureau, replace(DUTY, rotas={}))
    watch.tick(T0 + M)
    assert told_gone(bureau) == ["rota:duty"]
    bureau.desk.dismiss(number, by="李强", now=T0 + 2 * M, reason="误报")
    DutyWatch(bureau.database, bureau.duty).tick(T0 + 24 * H)
    assert told_gone(bureau) == ["rota:duty"]


def test_whom_a_change_of_the_rota_puts_on_duty_is_missed(bureau: Bureau) -> None:
    bureau.rota_desk.override("duty", "boss", begins=T0, ends=T0 + 24 * H, by="李强", now=T0)
    watch = after_start(bureau, WITHOUT_BOSS)
    watch.tick(T0 + M)
    assert told_gone(bureau) == ["contact:boss"]


def test_a_change_made_later_is_looked_at_within_ten_minutes(bureau: Bureau) -> None:
    watch = after_start(bureau, WITHOUT_BOSS)
    watch.tick(T0)
    Bureau(bureau.database).rota_desk.override("duty", "boss", begins=T0 + H, ends=T0 + 2 * H, by="李强", now=T0)
    watch.tick(T0 + 9 * M)
    assert told_gone(bureau) == []
    watch.tick(T0 + 10 * M)
    assert told_gone(bureau) == ["contact:boss"]


def test_a_rota_is_unmanned_from_its_first_gap_within_a_day() -> None:
    late = replace(DUTY.rotas["duty"].layers[0], begins=(T0 + timedelta(days=1)).date())
    gappy = replace(DUTY, rotas={"duty": replace(DUTY.rotas["duty"], layers=(late,))})
    assert unmanned(gappy, [], T0) == {"总值班": T0}
    assert unmanned(DUTY, [], T0) == {}


def test_only_rows_that_were_set_aside_are_summed_up(database: Database) -> None:
    with database.write() as connection:
        troubles.note(connection, "deliver", 1, ValueError("a"), T0)
        for minute in range(5):
            troubles.note(connection, "crawl", "news", ValueError("b"), T0 + minute * M)
        [found] = troubles.summary(connection)
    assert (found.leg, found.rows, found.since, found.said) == ("crawl", 1, T0, "ValueError: b")
