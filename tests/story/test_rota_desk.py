"""People change the rota, and the service tells: who comes and goes, and where nobody is on duty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.errors import Mistake
from monitor.core.model import AlertReason
from monitor.core.people.rota import ChangeKind, Hours, Rota, on_duty
from monitor.core.views import AlertView
from monitor.store import people
from monitor.store.database import Database
from responders.rota import BadStretch, NobodyToSwap, SamePerson, ShiftOver, UnknownChange, UnknownContact, UnknownRota
from tests.story.office import T0
from tests.story.roster import BY_DAY, DUTY, Bureau, H, M, names

MORNING = datetime(2026, 7, 10, 0, 30, tzinfo=UTC)
WEEKDAYS = replace(BY_DAY, hours=(Hours(frozenset({0, 1, 2, 3, 4}), BY_DAY.handover, BY_DAY.handover),))
GAPPY = replace(DUTY, rotas={"duty": Rota("duty", "总值班", (WEEKDAYS,))})


def duty_at(bureau: Bureau, at: datetime) -> str | None:
    with bureau.database.read() as connection:
        changes = people.changes(connection, since=T0 - 24 * H)
    return on_duty(bureau.duty.rotas["duty"], changes, at).contact


def told(bureau: Bureau, reason: AlertReason) -> list[AlertView]:
    return [alert for alert in bureau.alerts() if alert.reason is reason]


def test_who_was_put_on_duty_is_paged_and_it_is_kept_why(database: Database) -> None:
    bureau = Bureau(database)
    made = bureau.rota_desk.override("总值班", "李强", begins=T0, ends=T0 + 2 * H, by="赵磊", now=T0, reason="病假")
    bureau.major()
    opened = bureau.of("opened")
    assert names(opened) == {"li": "override"}
    assert opened.audience[0].detail == str(made.id)
    assert duty_at(bureau, T0 + 3 * H) == "wang"


def test_taking_over_lasts_until_the_shift_ends(database: Database) -> None:
    bureau = Bureau(database)
    made = bureau.rota_desk.take("duty", "boss", by="赵磊", now=T0)
    assert (made.kind, made.begins, made.ends) == (ChangeKind.TAKE, T0, MORNING)
    assert duty_at(bureau, MORNING - M) == "boss"
    assert duty_at(bureau, MORNING) == "li"


def test_two_people_swap_what_is_left_of_this_shift_and_a_later_one(database: Database) -> None:
    bureau = Bureau(database)
    first, second = bureau.rota_desk.swap("duty", T0, T0 + 24 * H, by="王敏", now=T0)
    assert second.pair == first.id
    assert [duty_at(bureau, T0 + n * 24 * H) for n in range(4)] == ["li", "wang", "wang", "li"]
    bureau.major()
    assert names(bureau.of("opened")) == {"li": "swap"}


def test_taking_a_swap_back_takes_back_both_halves_from_now_on(database: Database) -> None:
    bureau = Bureau(database)
    first, second = bureau.rota_desk.swap("duty", T0, T0 + 24 * H, by="王敏", now=T0)
    bureau.rota_desk.cancel(second.id, by="王敏", now=T0 + H)
    assert [duty_at(bureau, T0 + n * 24 * H) for n in range(3)] == ["li", "li", "wang"], (
        "the first hour stays as it was"
    )
    assert duty_at(bureau, T0 + 2 * H) == "wang"
    with pytest.raises(UnknownChange):
        bureau.rota_desk.cancel(first.id, by="王敏", now=T0 + 2 * H)


def test_what_cannot_be_is_refused_with_a_sentence(database: Database) -> None:
    desk = Bureau(database).rota_desk
    gappy = Bureau(database, GAPPY).rota_desk
    saturday = datetime(2026, 7, 11, 12, tzinfo=UTC)
    attempts: dict[type[Mistake], Callable[[], object]] = {
        UnknownRota: lambda: desk.take("night", "li", by="x", now=T0),
        UnknownContact: lambda: desk.take("duty", "nobody", by="x", now=T0),
        BadStretch: lambda: desk.override("duty", "li", begins=T0, ends=T0, by="x", now=T0),
        SamePerson: lambda: desk.swap("duty", T0, T0 + 48 * H, by="x", now=T0),
        ShiftOver: lambda: desk.swap("duty", T0 - 24 * H, T0, by="x", now=T0),
        NobodyToSwap: lambda: gappy.swap("duty", T0, saturday, by="x", now=T0),
    }
    for mistake, attempt in attempts.items():
        with pytest.raises(mistake) as refused:
            attempt()
        assert str(refused.value)
    with database.read() as connection:
        assert people.changes(connection, since=T0 - 24 * H) == []


def test_a_hand_over_is_told_once_also_after_a_stop_and_by_two_processes(database: Database) -> None:
    bureau = Bureau(database)
    bureau.duty_watch.tick(MORNING - M)
    assert told(bureau, AlertReason.HANDOFF) == []
    for watch in (bureau.duty_watch, bureau.duty_watch):
        watch.tick(MORNING + 2 * H)
    (notice,) = told(bureau, AlertReason.HANDOFF)
    assert (notice.at, notice.page) == (MORNING, False)
    assert (notice.detail["before"], notice.detail["after"]) == ("王敏", "李强")


def test_taking_over_is_told_as_well_and_each_shift_has_its_own_notice(database: Database) -> None:
    bureau = Bureau(database)
    bureau.rota_desk.take("duty", "boss", by="赵磊", now=T0)
    for at in (T0 + M, MORNING + M, MORNING + 24 * H + M):
        bureau.duty_watch.tick(at)
    assert [n.detail["after"] for n in told(bureau, AlertReason.HANDOFF)] == ["赵磊", "李强", "王敏"]


def test_an_empty_stretch_is_told_once_a_day_and_pages_once_it_is_near(database: Database) -> None:
    bureau = Bureau(database, GAPPY)
    # Friday's shift lasts until Saturday 8:30 in Beijing.
    gap = datetime(2026, 7, 11, 0, 30, tzinfo=UTC)
    for hours in (0, 1, 2, 14):
        bureau.duty_watch.tick(T0 + hours * H)
    found = told(bureau, AlertReason.TROUBLE)
    assert [(alert.point, alert.page) for alert in found] == [("rota:gap", False), ("rota:gap", True)]
    assert found[0].detail["rota"] == "总值班"
    bureau.rota_desk.override("duty", "boss", begins=gap, ends=gap + 48 * H, by="x", now=T0)
    bureau.duty_watch.tick(T0 + 36 * H)
    later = [alert for alert in told(bureau, AlertReason.TROUBLE) if alert not in found]
    assert later == [], "the gap is filled, and the next one is more than seven days away"


def test_a_full_rota_raises_no_alarm(database: Database) -> None:
    bureau = Bureau(database)
    for day in range(10):
        bureau.duty_watch.tick(T0 + timedelta(days=day))
    assert told(bureau, AlertReason.TROUBLE) == []
