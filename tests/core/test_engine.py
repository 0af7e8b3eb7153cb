"""What counts as a fault of the service, and which faults are grave enough for the dead-man's switch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.core.engine import CLOCKS, SAID, Ailment, EngineFacts, Leg, Stored, Troubled, complaints
from monitor.core.timekeeping import ClockTrouble

NOW = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
S = timedelta(seconds=1)
WELL = Leg(name="watch", good_at=NOW - S, started_at=NOW - 100 * S)


def told(facts: EngineFacts) -> list[tuple[Ailment, bool]]:
    return [(complaint.ailment, complaint.grave) for complaint in complaints(facts)]


def test_where_all_is_well_nothing_is_said() -> None:
    stored = Stored(beats={"crawl": (NOW, "")}, next_check=NOW + S, unreached=NOW - 10 * S)
    facts = EngineFacts(now=NOW, legs=(WELL,), needed=("watch", "crawl"), stored=stored, disk_free=10**12)
    assert told(facts) == []


def test_each_way_in_which_a_leg_fails_is_told_once() -> None:
    dead = Leg(name="a", good_at=NOW, dead=True, hanging=9.0, fault="x")
    hanging = Leg(name="b", good_at=NOW, hanging=9.0, fault="x")
    failing = Leg(name="c", good_at=NOW, fault="x")
    still = Leg(name="d", good_at=NOW - 121 * S)
    begun = Leg(name="e", started_at=NOW - 119 * S)
    facts = EngineFacts(now=NOW, scheduler_beats=False, legs=(dead, hanging, failing, still, begun))
    assert told(facts) == [
        (Ailment.SCHEDULER_DEAD, True),
        (Ailment.LEG_DEAD, True),
        (Ailment.LEG_HANGS, True),
        (Ailment.LEG_FAILS, True),
        (Ailment.LEG_STANDS, True),
    ]


def test_a_leg_that_no_process_runs_is_told_as_such_and_one_that_ended_stands_still() -> None:
    stored = Stored(beats={"crawl": (NOW - 121 * S, "")})
    facts = EngineFacts(now=NOW, legs=(WELL,), needed=("crawl", "watch", "sweep"), stored=stored)
    assert [(complaint.ailment, complaint.facts["name"]) for complaint in complaints(facts)] == [
        (Ailment.LEG_STANDS, "crawl"),
        (Ailment.LEG_NOWHERE, "sweep"),
    ]


def test_the_disk_is_told_before_it_is_full() -> None:
    for free, expected in [
        (2 * 10**9, []),
        (9 * 10**8, [(Ailment.DISK_LITTLE, False)]),
        (10**7, [(Ailment.DISK_FULL, True)]),
        (None, []),
    ]:
        assert told(EngineFacts(now=NOW, disk_free=free)) == expected


def test_a_deadline_that_is_late_or_forgotten_is_grave() -> None:
    for late, expected in [(29, []), (31, [(Ailment.DEADLINE_LATE, True)])]:
        assert told(EngineFacts(now=NOW, stored=Stored(next_check=NOW - late * S))) == expected
    assert told(EngineFacts(now=NOW, stored=Stored(forgotten=1))) == [(Ailment.DEADLINE_FORGOTTEN, True)]


def test_a_deadline_is_not_late_because_nobody_could_read_when_it_is_due() -> None:
    stored = Stored(next_check=NOW - 60 * S)
    assert told(EngineFacts(now=NOW, stored=stored, stored_age=50.0)) == [(Ailment.WATCH_BLIND, True)]
    fault = EngineFacts(now=NOW, stored=stored, stored_age=50.0, database_fault="gone")
    assert told(fault) == [(Ailment.DATABASE, True)]


def test_alerts_that_reach_nobody_are_grave_and_a_silent_drill_that_failed_is_told() -> None:
    stored = Stored(unreached=NOW - 121 * S, left=2, paths={"slack": "invalid_auth"})
    assert told(EngineFacts(now=NOW, stored=stored)) == [
        (Ailment.ALERT_UNREACHED, True),
        (Ailment.ALERT_LEFT, True),
        (Ailment.PATH, False),
    ]


def test_a_clock_that_is_off_is_told_with_its_sign() -> None:
    facts = EngineFacts(now=NOW, clocks={ClockTrouble.STEPPED: -7200 * S})
    (found,) = complaints(facts)
    assert (found.grave, found.facts) == (False, {"seconds": "-7200.0"})


def test_every_ailment_has_a_sentence() -> None:
    assert SAID.keys() == set(Ailment)
    assert CLOCKS.keys() == set(ClockTrouble)


def test_rows_that_were_set_aside_are_grave_where_a_deadline_or_an_alert_hangs_on_them() -> None:
    aside = [
        Troubled(leg=leg, rows=n, since=NOW - S, said="x") for n, leg in enumerate(("watch", "deliver", "crawl"), 1)
    ]
    found = list(complaints(EngineFacts(now=NOW, stored=Stored(troubled=tuple(aside)))))
    assert [(c.facts["name"], c.facts["count"], c.grave) for c in found] == [
        ("watch", 1, True), ("deliver", 2, True), ("crawl", 3, False),
    ]  # fmt: skip


def test_a_rota_without_anybody_is_told_now_and_a_day_ahead_and_is_not_grave() -> None:
    empty = Stored(unmanned={"总值班": NOW - S, "网信": NOW + 3600 * S})
    found = list(complaints(EngineFacts(now=NOW, stored=empty)))
    assert [(c.ailment, c.grave) for c in found] == [(Ailment.ROTA_EMPTY, False), (Ailment.ROTA_GAP, False)]
    assert found[1].facts == {"name": "网信", "at": "2026-07-09 21:00"}
