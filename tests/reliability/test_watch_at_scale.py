"""Time passes over many deadlines at once as it would over each alone, whatever happened to them before."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text, update

from monitor.config.rules import load_pack
from monitor.core.duties import crowd
from monitor.core.duties.alerting import Silence
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.overlays import joined
from monitor.core.duties.review import review
from monitor.core.errors import AlreadyDismissed, Mistake
from monitor.core.model import ResponseKind
from monitor.core.troubles import FAULTS
from monitor.loops import watch as module
from monitor.loops.watch import NotReckoned, Watch
from monitor.store import duties, passing
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, TransitionRow
from monitor.store.tables_faults import TroubledRow
from monitor.store.tables_people import AudienceRow
from responders.desk import Desk
from tests.reliability.crowd import gather
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0
from tests.story.roster import DUTY, grader, packed

ALERT, AUDIENCE = of(AlertRow), of(AudienceRow)
M = timedelta(minutes=1)
NUMBERS = count()
VERBS = ("tick", "tick", "tick", "acknowledge", "hand back", "respond", "report", "dismiss", "confirm", "round")
STORY = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2), st.integers(1, 400)), max_size=14)


def everything() -> RulePack:
    """Return the usual rules with people to be told, local terms, and the hops and turns of the reports upwards."""
    local = (load_pack(name) for name in ("cn-wuhan", "cn-nantong", "cn-henan"))
    on = (replace(pack, stricter=tuple(replace(terms, enabled=True) for terms in pack.stricter)) for pack in local)
    pack = joined([PACK, *on])
    return replace(pack, obligations=tuple(replace(rule, enabled=True) for rule in pack.obligations), duty=DUTY)


PACKS = {"plain": PACK, "people": packed(), "everything": everything()}


class Alone(Watch):
    """Reviews every due matter as a whole, one by one: what the quick way must come to as well."""

    def tick(self, now: datetime) -> int:
        with self.database.write() as connection:
            found = passing.due(connection, now, (module.EVER, 0), 10_000)
            for matter_id in sorted({due.matter_id for due in found}):
                facts, standing = (
                    facts_of(connection, matter_id, self.region),
                    duties.deadlines_of(connection, matter_id),
                )
                duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)
        return len(found)


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return what was decided, without the numbers of the rows and without when nothing or silence was noticed."""
    found = {}
    with database.read() as connection:
        for table in (of(DeadlineRow), of(TransitionRow), of(AlertRow)):
            kept = [dict(row._mapping) for row in connection.execute(table.select())]
            # What an acknowledgement silenced is looked at by no one for its own sake: it is kept where something else
            # lets its matter be reviewed while the deadline runs.
            kept = [row for row in kept if row.get("silence") != Silence.ACKNOWLEDGED]
            found[table.name] = sorted((_decided(row) for row in kept), key=repr)
    return found


def _decided(row: dict[str, Any]) -> dict[str, Any]:
    left_out = {"id", "watched_until", *(["created_at"] if row.get("state") == "skipped" else [])}
    return {name: value for name, value in row.items() if name not in left_out}


def audiences(database: Database) -> set[tuple[str, str, str]]:
    """Return which alert was for whom, and why."""
    asked = select(ALERT.c.key, AUDIENCE.c.contact, AUDIENCE.c.because).join(ALERT, ALERT.c.id == AUDIENCE.c.alert_id)
    with database.read() as connection:
        return {(row.key, row.contact, row.because) for row in connection.execute(asked)}


def act(desk: Desk, verb: str, matter_id: int, now: datetime) -> None:
    if verb == "acknowledge":
        desk.acknowledge(matter_id, by="王敏", now=now)
    elif verb == "hand back":
        with suppress(Mistake):
            desk.hand_back(matter_id, by="王敏", now=now, reason="换班")
    elif verb == "report":
        report = ResponseKind.UPWARD_REPORT
        desk.respond(matter_id, report, title="报", url="", published_at=now, by="李", now=now)
    elif verb == "confirm":
        desk.confirm(matter_id, by="李", now=now)
    elif verb == "respond":
        kind = ResponseKind.AUTHORITATIVE_RELEASE
        desk.respond(matter_id, kind, title="通报", url="https://example.org/1", published_at=now, by="李", now=now)
    elif verb == "dismiss":
        with suppress(AlreadyDismissed):
            desk.dismiss(matter_id, by="李", now=now, reason="误报")


@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(story=[("tick", 0, 162), ("confirm", 0, 324), ("tick", 0, 314), ("hand back", 0, 1)], rules="plain")
@given(story=STORY, rules=st.sampled_from(sorted(PACKS)))
def test_many_at_once_come_to_what_each_alone_comes_to(
    story: list[tuple[str, int, int]], rules: str, tmp_path: Path
) -> None:
    outcomes, migrated, pack = [], tmp_path / "migrated.db", PACKS[rules]
    if not migrated.exists():
        first = Database(f"sqlite:///{migrated}", durable=False)
        first.migrate()
        first.close()
    for kind in (Watch, Alone):
        file = tmp_path / f"{next(NUMBERS)}.db"
        copyfile(migrated, file)
        database = Database(f"sqlite:///{file}", durable=False)
        desk = Desk(database, pack, grader(), REGION)
        matters, now = open_major(database, 3, pack=pack), T0
        watch = kind(database, pack, REGION)
        for verb, which, minutes in story:
            now += minutes * M
            if verb == "round":
                watch.go_round(now) if kind is Watch else None
            else:
                act(desk, verb, matters[which], now)
            watch.tick(now)
        # What was silent is noticed with the next look at its deadline, alone, or at its matter, together.
        Watch(database, pack, REGION).go_round(now)
        outcomes.append((rows(database), audiences(database)))
        database.close()
    assert outcomes[0] == outcomes[1]


def test_a_crowd_is_told_of_once_by_several_watchers_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 100)
    matters = gather(database, 1500, lambda n: T0 + timedelta(microseconds=n))
    watchers = [Watch(database, PACK, REGION) for _ in range(3)]
    threads = [threading.Thread(target=w.tick, args=(T0 + timedelta(seconds=1),)) for w in watchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        told = Counter(row.matter_id for row in connection.execute(of(AlertRow).select()))
        changed = Counter(row.matter_id for row in connection.execute(of(TransitionRow).select()))
    assert told == changed == Counter(matters)


@contextmanager
def refused(database: Database, matter_id: int) -> Iterator[None]:
    """Let the database refuse whatever is logged about one matter."""
    statement = (
        f"CREATE TRIGGER poison BEFORE INSERT ON transition WHEN NEW.matter_id = {matter_id} "
        "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        if database.is_sqlite
        else f"ALTER TABLE transition ADD CONSTRAINT poison CHECK (matter_id <> {matter_id})"
    )
    with database.write() as connection:
        connection.execute(text(statement))
    yield
    with database.write() as connection:
        connection.execute(
            text("DROP TRIGGER poison" if database.is_sqlite else "ALTER TABLE transition DROP CONSTRAINT poison")
        )


def test_a_row_that_the_database_refuses_delays_no_other_and_rests_after_five_faults(database: Database) -> None:
    matters = gather(database, 300, lambda n: T0)
    poison, now = matters[137], T0 + timedelta(seconds=1)
    with refused(database, poison):
        for n in range(FAULTS):
            with pytest.raises(NotReckoned) as told:
                Watch(database, PACK, REGION).tick(now + n * timedelta(seconds=1))
            assert told.value.facts["ids"] == str(poison)
        with database.read() as connection:
            assert {r.matter_id for r in connection.execute(of(TransitionRow).select())} == set(matters) - {poison}
            (kept,) = connection.execute(of(TroubledRow).select()).all()
        assert (kept.row, kept.faults) == (str(poison), FAULTS)
        assert kept.rests_until > now + 50 * timedelta(seconds=1)
        with pytest.raises(NotReckoned):
            Watch(database, PACK, REGION).tick(now + 10 * timedelta(seconds=1))
        with database.read() as connection:
            assert connection.execute(of(TroubledRow).select()).one().faults == FAULTS
    assert Watch(database, PACK, REGION).tick(now + 5 * M) == 1
    with database.read() as connection:
        assert connection.execute(of(TroubledRow).select()).all() == []


@pytest.mark.parametrize("garbage", ["state = 'half open'", "policy = '{}'", "paused_seconds = 9223372036854775807"])
def test_a_row_that_cannot_be_read_delays_no_other(database: Database, garbage: str) -> None:
    matters = gather(database, 50, lambda n: T0)
    poison = matters[17]
    with database.write() as connection:
        connection.execute(
            text(f"UPDATE deadline SET {garbage} WHERE matter_id = :m AND check_at IS NOT NULL"), {"m": poison}
        )
    with pytest.raises(NotReckoned) as told:
        Watch(database, PACK, REGION).tick(T0 + timedelta(seconds=1))
    assert told.value.facts["ids"] == str(poison)
    with database.read() as connection:
        assert {r.matter_id for r in connection.execute(of(TransitionRow).select())} == set(matters) - {poison}


def test_an_idle_watch_asks_one_question_and_writes_nothing(database: Database) -> None:
    gather(database, 50, lambda n: T0)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert Watch(database, PACK, REGION).tick(T0 - M) == 0
    assert len([statement for statement in asked if "SELECT" in statement]) == 1


def test_a_round_heals_what_slipped_through(database: Database) -> None:
    """A response was stored by a program that reviewed nothing afterwards."""
    (matter,) = open_major(database, 1)
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO response (matter_id, logged_for, kind, title, url, published_at, by, logged_at)"
                " VALUES (:m, :m, 'press_conference', '', '', :at, '', :at)"
            ),
            {"m": matter, "at": T0.replace(tzinfo=None) if database.is_sqlite else T0},
        )
    watch = Watch(database, PACK, REGION)
    assert watch.go_round(T0 + M) == 1
    with database.read() as connection:
        states = {row.obligation_id: row.state for row in connection.execute(of(DeadlineRow).select())}
    assert (states["OP-AUTH-5H"], states["OP-PRESS-24H"]) == ("met", "met")


def test_a_round_comes_to_every_matter_and_begins_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REVIEWED_AT_ONCE", 4)
    open_major(database, 10)
    watch = Watch(database, PACK, REGION)
    assert [watch.go_round(T0 + M) for _ in range(5)] == [4, 4, 2, 4, 4]


def test_the_round_rests_while_a_crowd_is_dealt_with(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    gather(database, 25, lambda n: T0)
    gather(database, 5, lambda n: T0 + 600 * M, None, T0)
    watch, rounds, usual = Watch(database, PACK, REGION), list[int](), crowd.pass_over

    def and_a_round(*asked: Any) -> Any:
        if watch._crowded:
            rounds.append(watch.go_round(T0 + M))
        return usual(*asked)

    monkeypatch.setattr(module, "pass_over", and_a_round)
    assert watch.tick(T0 + M) == 25
    assert rounds
    assert not any(rounds)
    assert watch.go_round(T0 + M) > 0


def test_a_merged_matter_with_a_deadline_left_running_is_reviewed(database: Database) -> None:
    (matter,) = open_major(database, 1)
    with database.write() as connection:
        connection.execute(update(duties.MATTER).where(duties.MATTER.c.id == matter).values(state="dismissed"))
    assert Watch(database, PACK, REGION).tick(T0 + 10 * M) == 1
    with database.read() as connection:
        assert {row.state for row in connection.execute(of(DeadlineRow).select())} == {"withdrawn"}


@pytest.mark.parametrize(
    ("state", "settled"), [("missed", T0 - 60 * M), ("met", T0 - 60 * M), ("waived", None), ("missed", T0 + 120 * M)]
)
def test_what_a_clock_ahead_has_settled_is_looked_at_once(
    database: Database, state: str, settled: datetime | None
) -> None:
    """The clock had run two hours ahead when these were settled: no beat until then goes over them again."""
    open_major(database, 3)
    with database.write() as connection:
        ended = update(duties.DEADLINE).values(
            state=state, settled_at=settled, watched_until=T0 + 120 * M, check_at=None
        )
        connection.execute(ended)
    watch = Watch(database, PACK, REGION)
    watch.tick(T0 + M)
    assert watch.tick(T0 + M + timedelta(seconds=1)) == 0
    with database.read() as connection:
        assert not passing.anything(connection, T0 + M + timedelta(seconds=2))
