"""The database opens, migrates, keeps what it stored, and says what is wrong."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from sqlalchemy import select, text, update

from monitor.store import database as module
from monitor.store import heat, views
from monitor.store.database import Database, migration_config
from monitor.store.database_faults import (
    BadDatabaseUrl,
    DatabaseBusy,
    DatabaseContended,
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseUnreachable,
    DiskFull,
)
from monitor.store.sql import insert, of
from monitor.store.tables import HeartbeatRow

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
BEAT = of(HeartbeatRow)


def beat(database: Database, loop: str = "watch") -> None:
    with database.write() as connection:
        connection.execute(insert(connection, HeartbeatRow).values(loop=loop, at=NOW, detail=""))


def beats(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(BEAT.c.loop).order_by(BEAT.c.loop)))


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.check(config)


def test_migrating_again_and_at_once_changes_nothing(database: Database, database_url: str) -> None:
    beat(database)
    others = [Database(database_url) for _ in range(4)]
    threads = [threading.Thread(target=other.migrate) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert beats(database) == ["watch"]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(insert(connection, HeartbeatRow).values(loop="lost", at=NOW, detail=""))
            raise ZeroDivisionError

    beat(database, "kept")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert beats(database) == ["kept"]


def test_instants_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    beat(database)
    with database.read() as connection:
        assert connection.execute(select(BEAT.c.at)).scalar_one() == NOW
    with pytest.raises(Exception, match=r"(?i)naive"), database.write() as connection:
        connection.execute(insert(connection, HeartbeatRow).values(loop="x", at=datetime(2026, 1, 1), detail=""))


def test_a_schema_from_the_future_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(DatabaseTooNew, match="later"):
        database.migrate()
    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "later"


def test_what_could_not_be_done_beside_another_task_is_told_so(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("the embedded database has one writer")
    beat(database)
    with database.write() as holder:
        holder.execute(update(BEAT).values(detail="held"))
        statements = "SET LOCAL lock_timeout = '50ms'; UPDATE heartbeat SET detail = 'also'"
        with pytest.raises(DatabaseContended, match="Try again"), database.write() as other:
            other.exec_driver_sql(statements)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "huiying.db"
    opened = Database(f"sqlite:///{path}")
    opened.migrate()
    beat(opened, "before")
    opened.close()
    return path


def test_a_locked_file_is_told_and_loses_nothing(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 50)
    database = Database(f"sqlite:///{sqlite_file}")
    holder = sqlite3.connect(sqlite_file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseBusy):
        beat(database, "later")
    holder.rollback()
    holder.close()
    beat(database, "later")
    assert beats(database) == ["before", "later"]
    database.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only file")
def test_a_file_without_rights_is_told(sqlite_file: Path) -> None:
    sqlite_file.chmod(0o444)
    database = Database(f"sqlite:///{sqlite_file}")
    with pytest.raises(DatabaseReadOnly):
        beat(database)
    database.close()


def test_a_database_opened_read_only_is_told_and_loses_nothing(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true")
    with pytest.raises(DatabaseReadOnly, match="cannot be written"):
        beat(database, "later")
    assert beats(database) == ["before"]
    database.close()


def test_an_address_in_the_form_of_a_uri_makes_no_folder(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    database = Database(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true")
    assert beats(database) == ["before"]
    database.close()
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DatabaseReadOnly, match="folder"):
        Database(f"sqlite:///{tmp_path}/file/var/huiying.db")


def test_a_full_disk_is_told_and_loses_nothing(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///{sqlite_file}")

    def fill() -> None:
        with database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            rows = [{"loop": f"{n}", "at": NOW, "detail": "x" * 4000} for n in range(1000)]
            connection.execute(insert(connection, HeartbeatRow), rows)

    with pytest.raises(DiskFull):
        fill()
    assert beats(database) == ["before"]
    database.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "huiying.db"
    path.write_text("this is a text" * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseDamaged, match="backup"):
        database.migrate()
    database.close()


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    database = Database("postgresql://someone:secret@127.0.0.1:1/huiying?connect_timeout=2")
    with pytest.raises(DatabaseUnreachable) as caught:
        database.migrate()
    assert "secret" not in str(caught.value)
    database.close()


@pytest.mark.parametrize("url", ["huiying.db", "mysql://localhost/x", "oracle+nothing://x"])
def test_an_address_that_names_no_database_is_told(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///"):
        Database(url)


def test_what_was_stored_before_waves_were_graded_outlives_the_upgrade(database: Database) -> None:
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        at = {"at": NOW.replace(tzinfo=None) if database.is_sqlite else NOW}
        connection.execute(
            text(
                "INSERT INTO matter (id, kind, office, title, state, state_reason, opened_at, updated_at)"
                " VALUES (1, 'incident', '', 'x', 'open', '', :at, :at)"
            ),
            at,
        )
        connection.execute(
            text(
                "INSERT INTO incident (matter_id, kind, scope, place_name, rumour, sources, items, maybe_recent,"
                " first_seen_at, last_seen_at) VALUES (1, 'fire', 'domestic', '', FALSE, 7, 9, TRUE, :at, :at)"
            ),
            at,
        )
        connection.commit()
    database.migrate()
    with database.read() as connection:
        found = views.incident(connection, 1)
        assert found is not None
        assert (found.kind, found.sources, found.items, found.wave) == ("fire", 7, 9, None)
        assert heat.steps_of(connection, 1) == []
