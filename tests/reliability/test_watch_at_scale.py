"""Time passes over many deadlines at once as it would over each alone, whatever happened to them before."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text, update

from monitor.config.settings import Settings, SettingsFile
from monitor.core.duties.alerting import Silence
from monitor.core.duties.review import review
from monitor.core.errors import AlreadyDismissed
from monitor.core.model import ResponseKind
from monitor.core.troubles import FAULTS
from monitor.loops import watch as module
from monitor.loops.watch import NotReckoned, Watch
from monitor.service.parts import Parts
from monitor.store import duties, passing
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, TransitionRow
from monitor.store.tables_faults import TroubledRow
from responders.desk import Desk
from tests.reliability.crowd import gather
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0

M = timedelta(minutes=1)
NUMBERS = count()
ACTS = st.sampled_from(["tick", "tick", "tick", "acknowledge", "respond", "dismiss", "confirm", "round"])
STORY = st.lists(st.tuples(ACTS, st.integers(0, 2), st.integers(1, 400)), max_size=14)


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


def act(desk: Desk, verb: str, matter_id: int, now: datetime) -> None:
    if verb == "acknowledge":
        desk.acknowledge(matter_id, by="李", now=now)
    elif verb == "confirm":
        desk.confirm(matter_id, by="李", now=now)
    elif verb == "respond":
        kind = ResponseKind.AUTHORITATIVE_RELEASE
        desk.respond(matter_id, kind, title="通报", url="https://example.org/1", published_at=now, by="李", now=now)
    elif verb == "dismiss":
        with suppress(AlreadyDismissed):
            desk.dismiss(matter_id, by="李", now=now, reason="误报")


@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=STORY)
def test_many_at_once_come_to_what_each_alone_comes_to(story: list[tuple[str, int, int]], tmp_path: Path) -> None:
    outcomes, migrated = [], tmp_path / "migrated.db"
    if not migrated.exists():
        first = Database(f"sqlite:///{migrated}", durable=False)
        first.migrate()
        first.close()
    for kind in (Watch, Alone):
        file = tmp_path / f"{next(NUMBERS)}.db"
        copyfile(migrated, file)
        database = Database(f"sqlite:///{file}", durable=False)
        parts = Parts(Settings(SettingsFile.model_validate({"bureau": {"region": REGION}}), None), database)
        matters, now = open_major(database, 3), T0
        watch = kind(database, PACK, REGION)
        for verb, which, minutes in story:
            now += minutes * M
            if verb == "round":
                watch.go_round(now) if kind is Watch else None
            else:
                act(parts.desk, verb, matters[which], now)
            watch.tick(now)
        # What was silent is noticed with the next look at its deadline, alone, or at its matter, together.
        Watch(database, PACK, REGION).go_round(now)
        outcomes.append(rows(database))
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


def test_a_merged_matter_with_a_deadline_left_running_is_reviewed(database: Database) -> None:
    (matter,) = open_major(database, 1)
    with database.write() as connection:
        connection.execute(update(duties.MATTER).where(duties.MATTER.c.id == matter).values(state="dismissed"))
    assert Watch(database, PACK, REGION).tick(T0 + 10 * M) == 1
    with database.read() as connection:
        assert {row.state for row in connection.execute(of(DeadlineRow).select())} == {"withdrawn"}
