"""Time passes over many deadlines at once: none is forgotten, none told twice, a broken one stops no other."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from monitor.core.model import AlertReason, AlertState, DeadlineState
from monitor.core.naming import Names
from monitor.core.views import AlertView
from monitor.loops.watch import NotReckoned, Watch
from monitor.service.heart import Pulse
from monitor.store import duties, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, TransitionRow
from responders.documents.messages import Composer, Scene
from responders.language import Words
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0

DEADLINE = of(DeadlineRow)
TRANSITION = of(TransitionRow)
H = timedelta(hours=1)
M = timedelta(minutes=1)


def watch(database: Database) -> Watch:
    return Watch(database, PACK, REGION)


def alerts(database: Database) -> list[AlertView]:
    with database.read() as connection:
        return views.alerts(connection, limit=100_000)


def spoil(database: Database, matter_id: int, **values: object) -> None:
    """Let what is stored of a matter's deadlines be such as no program writes."""
    with database.write() as connection:
        connection.execute(update(DEADLINE).where(DEADLINE.c.matter_id == matter_id).values(**values))


def states(database: Database, matter_id: int) -> dict[str, DeadlineState]:
    with database.read() as connection:
        return {d.obligation_id: d.state for d in views.deadlines(connection, matter_id=matter_id)}


def test_two_watchers_miss_nothing_and_tell_nothing_twice(database: Database) -> None:
    matters = open_major(database, 500)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(watch(database).tick, [T0 + 301 * M] * 2))
    told = Counter((a.matter_id, a.obligation_id, a.point) for a in alerts(database))
    assert set(told.values()) == {1}
    for point in ("opened", "share:0.5", "before:60m", "before:30m", "before:10m", "due"):
        assert {matter for matter, obligation, p in told if p == point and obligation == "OP-AUTH-5H"} == set(matters)
    with database.read() as connection:
        changes = Counter(
            (row.matter_id, row.obligation_id, row.after) for row in connection.execute(TRANSITION.select())
        )
    assert set(changes.values()) == {1}
    assert {m for m, o, after in changes if (o, after) == ("OP-AUTH-5H", "missed")} == set(matters)


def test_a_tick_looks_at_all_however_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.loops.watch.BATCH", 4)
    open_major(database, 11)
    assert watch(database).tick(T0 + 10 * M) == 11
    assert watch(database).tick(T0 + 10 * M) == 0


def test_a_broken_matter_stops_no_other_and_is_told_to_people(database: Database) -> None:
    first, broken, last = open_major(database, 3)
    spoil(database, broken, state="half open")
    with pytest.raises(NotReckoned) as told:
        watch(database).tick(T0 + 6 * H)
    assert told.value.facts["ids"] == str(broken)
    for matter in (first, last):
        assert states(database, matter)["OP-AUTH-5H"] is DeadlineState.MISSED
    (fault,) = [a for a in alerts(database) if a.reason is AlertReason.TROUBLE]
    assert fault.state is AlertState.PENDING
    assert fault.page
    assert fault.detail["matter"] == str(broken)
    assert "half open" in fault.detail["what"]
    composer = Composer(Words("en"), Names({}, {}, {}, {}))
    told_as = composer.message(Scene(fault, None, None, (), (), T0)).body
    assert f"incident {broken}" in told_as
    assert "half open" in told_as


def test_a_broken_matter_is_told_once_a_day_and_taken_up_again_once_mended(database: Database) -> None:
    (broken,) = open_major(database, 1)
    spoil(database, broken, state="half open")
    for minute in (301, 302, 330):
        with pytest.raises(NotReckoned):
            watch(database).tick(T0 + minute * M)
    assert len([a for a in alerts(database) if a.point == "fault"]) == 1
    with pytest.raises(NotReckoned):
        watch(database).tick(T0 + 26 * H)
    assert len([a for a in alerts(database) if a.point == "fault"]) == 2
    spoil(database, broken, state="open")
    watch(database).tick(T0 + 27 * H)
    assert set(states(database, broken).values()) == {DeadlineState.MISSED}


def test_more_broken_matters_than_a_batch_do_not_hide_those_behind_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.loops.watch.BATCH", 4)
    matters = open_major(database, 11)
    for broken in matters[:10]:
        spoil(database, broken, state="half open")
    with pytest.raises(NotReckoned) as told:
        watch(database).tick(T0 + 6 * H)
    assert told.value.facts["ids"] == ", ".join(map(str, matters[:10]))
    assert states(database, matters[-1])["OP-AUTH-5H"] is DeadlineState.MISSED


def test_what_time_does_not_ask_for_delays_no_end_and_is_found_by_the_round(database: Database) -> None:
    (broken,) = open_major(database, 1)
    spoil(database, broken, anchor="nowhere")
    assert watch(database).tick(T0 + 6 * H) == 1
    with database.read() as connection:
        after = set(connection.scalars(select(of(TransitionRow).c.after)))
    assert DeadlineState.MISSED.value in after
    watch(database).go_round(T0 + 6 * H)
    assert [a.point for a in alerts(database) if a.point == "fault"] == ["fault"]


def test_the_service_says_that_the_watch_is_unwell_until_all_is_well(database: Database) -> None:
    (broken,) = open_major(database, 1)
    spoil(database, broken, state="half open")
    pulse = Pulse("watch", watch(database).tick, seconds=1)
    pulse.beat(T0 + 6 * H)
    assert f"incident(s) {broken}" in pulse.fault
    assert pulse.good_at is None
    pulse.beat(T0 + 6 * H + M)
    assert pulse.fault
    spoil(database, broken, state="open")
    pulse.beat(T0 + 6 * H + 2 * M)
    assert not pulse.fault
    assert pulse.good_at == T0 + 6 * H + 2 * M


def test_a_deadline_whose_rule_left_the_pack_still_ends_and_is_asked_about(database: Database) -> None:
    (matter,) = open_major(database, 1)
    pack = replace(PACK, obligations=tuple(o for o in PACK.obligations if o.id != "OP-AUTH-5H"))
    orphaned = Watch(database, pack, REGION)
    assert orphaned.tick(T0 + 6 * H) == 1
    assert states(database, matter)["OP-AUTH-5H"] is DeadlineState.MISSED
    told = {a.point for a in alerts(database) if a.obligation_id == "OP-AUTH-5H"}
    assert {"doubt:rule", "due"} <= told
    assert orphaned.tick(T0 + 6 * H + M) == 0
    # The reminders that it opened with go on.
    assert orphaned.tick(T0 + 7 * H) == 1
    assert "overdue:120m" in {a.point for a in alerts(database) if a.obligation_id == "OP-AUTH-5H"}


def test_the_next_check_is_the_earliest_of_all(database: Database) -> None:
    with database.read() as connection:
        assert duties.next_check(connection) is None
    open_major(database, 2)
    with database.read() as connection:
        assert duties.next_check(connection) == T0 + 10 * M


def test_a_clock_that_ran_ahead_destroys_no_deadline(database: Database) -> None:
    (matter,) = open_major(database, 1)
    watch(database).tick(T0 + 10 * M)
    watch(database).tick(T0 + timedelta(days=40))
    assert set(states(database, matter).values()) == {DeadlineState.MISSED}
    assert watch(database).tick(T0 + 15 * M) == 1
    assert set(states(database, matter).values()) == {DeadlineState.OPEN}
    for minute in range(20, 24 * 60 + 10, 10):
        watch(database).tick(T0 + minute * M)
    assert set(states(database, matter).values()) == {DeadlineState.MISSED}
    told = [a for a in alerts(database) if a.state is AlertState.PENDING and a.created_at <= T0 + 25 * H]
    assert Counter(a.point for a in told if a.obligation_id == "OP-AUTH-5H" and a.created_at > T0 + 15 * M) == Counter(
        {"again:2": 1, "again:3": 1, "again:4": 1, "share:0.5": 1, "before:60m": 1, "before:30m": 1, "before:10m": 1}
        | {"due": 1, "overdue:30m": 1, "overdue:60m": 1, "overdue:120m": 1, "overdue:240m": 1, "overdue:480m": 1}
        | {"overdue:960m": 1}
    )
    with database.read() as connection:
        causes = [row.cause for row in connection.execute(TRANSITION.select().order_by(TRANSITION.c.id))]
    assert causes.count("clock_mended") == 2


def test_two_clocks_that_differ_a_little_disturb_nothing(database: Database) -> None:
    (matter,) = open_major(database, 1)
    watch(database).tick(T0 + 301 * M)
    before = len(alerts(database))
    assert watch(database).tick(T0 + 299 * M) == 0
    assert states(database, matter)["OP-AUTH-5H"] is DeadlineState.MISSED
    assert len(alerts(database)) == before
