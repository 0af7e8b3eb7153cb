"""Open the database, begin transactions, bring the schema up to date; tell what is wrong in a person's words."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.store import audit, audited, turns
from monitor.store.database_faults import (
    BadDatabaseUrl,
    DatabaseBusy,
    DatabaseMoved,
    DatabaseReadOnly,
    DatabaseTooNew,
    DriverMissing,
    mistake_of,
)
from monitor.store.editions import moved_to
from monitor.store.silence import Lines, limits_for

MIGRATIONS = Path(__file__).parent / "migrations"
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+]{0,30}")
MIGRATION_LOCK = 0x48594D47
BUSY_MS = 10_000
REPLAY_CACHE_KB = 32_000
# Pages that change again and again during a storm are carried from the write-ahead log to the file less often: 16 MB.
CHECKPOINT_PAGES = 4_000


class Database:
    """An engine and its transactions. Reading and writing are told apart: writers begin as writers."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """Open `url` (sqlite:///… or postgresql://…).

        `durable` False trades power-loss safety and the audit log for speed in replays.
        """
        self.engine = _engine(url, durable=durable)
        self._audited = durable
        self._lines = None if self.is_sqlite else Lines(self.engine)
        self._queue = turns.queue_of(_path_of(self.engine.url)) if self.is_sqlite else None
        self.name = self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading."""
        with self._told(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together or not at all."""
        with self._told(), self._turn(), self.engine.connect() as connection:
            if self.is_sqlite:
                turns.begin(connection, BUSY_MS / 1000)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def migrate(self) -> None:
        """Bring the schema to this program's version; several processes may call it at once."""
        with self._told(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            config = migration_config()
            revision = self._revision(connection)
            where = moved_to(connection)
            if where is not None:
                raise DatabaseMoved(name=self.name, where=where)
            if revision != known_revisions()[0]:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if self._audited:
                    audited.install(connection)
            elif self._audited:
                audit.mend(connection)
            connection.commit()

    def refuse_too_new(self) -> None:
        """Raise DatabaseTooNew where another process has brought the schema to a later version than this program's."""
        with self._told(), self.engine.connect() as connection:
            self._revision(connection)

    def _revision(self, connection: Connection) -> str | None:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is not None and revision not in known_revisions():
            raise DatabaseTooNew(name=self.name, revision=revision)
        return revision

    def is_current(self) -> bool:
        """Tell whether the schema is the one that this program knows; a later version may change it meanwhile."""
        with self.read() as connection:
            return MigrationContext.configure(connection).get_current_revision() == known_revisions()[0]

    def break_off(self) -> int:
        """Break off all connections to a server that says nothing any more; return how many there were."""
        return 0 if self._lines is None else self._lines.break_off()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._queue is None else self._queue.turn(BUSY_MS / 1000)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except turns.TurnNotCome:
            raise DatabaseBusy(name=self.name) from None
        except DBAPIError as error:
            mistake = mistake_of(error, self.name)
            if mistake is None:
                raise
            raise mistake from error


def usable(url: str) -> str:
    """Return the name of the database at `url`, which need not be there yet; change nothing.

    Raise BadDatabaseUrl, DriverMissing, or DatabaseReadOnly where the embedded one could not be written. A server is
    not asked.
    """
    parsed = _parsed(url)
    name = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() != "sqlite":
        return name
    file = _path_of(parsed)
    folder = next((above for above in file.parents if above.exists()), Path("/"))
    try:
        if file.exists():
            file.open("r+b").close()
        with TemporaryFile(dir=folder):
            return name
    except OSError:
        raise DatabaseReadOnly(name=name) from None


def migration_config() -> Config:
    """Return Alembic's configuration for our migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the versions of the schema that this program knows, the newest first."""
    return tuple(known.revision for known in ScriptDirectory.from_config(migration_config()).walk_revisions())


def as_json(value: Any) -> str:
    """Write JSON that keeps Chinese readable in the database."""
    return json.dumps(value, ensure_ascii=False)


def _engine(url: str, *, durable: bool) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, durable=durable)
    try:
        return create_engine(
            parsed,
            hide_parameters=True,
            json_serializer=as_json,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            connect_args=limits_for(parsed),
        )
    except ModuleNotFoundError:
        raise DriverMissing from None


def _parsed(url: str) -> URL:
    """Return the address in its parts; raise BadDatabaseUrl where it names no database that we can use."""
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise BadDatabaseUrl(url=parsed.render_as_string(hide_password=True))
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        # Whatever cannot be read may hold a password anywhere.
        raise BadDatabaseUrl(url=_harmless(url)) from None
    if parsed.get_backend_name() == "sqlite":
        _file_of(parsed)
    return parsed


def _file_of(parsed: URL) -> str:
    path = parsed.database
    if not path or path == ":memory:":
        # It would be another, empty one for each thread.
        raise BadDatabaseUrl(url=parsed.render_as_string())
    return path


def _path_of(parsed: URL) -> Path:
    """Return where the file of the embedded database is."""
    return Path(_file_of(parsed).removeprefix("file:").partition("?")[0]).absolute()


def _harmless(url: str) -> str:
    """Return what is no secret of an address that cannot be read."""
    if not set(url) & set(":@"):
        return url
    scheme, there, _ = url.partition("://")
    return f"{scheme}://…" if there and SCHEME.fullmatch(scheme) else "…"


def _sqlite(url: URL, *, durable: bool) -> Engine:
    path = _file_of(url)
    # A URI (file:…?mode=ro&uri=true) names a file that is there already.
    if not path.startswith("file:"):
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise DatabaseReadOnly(name=url.render_as_string()) from None
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=as_json,
        pool_size=20,
        max_overflow=20,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL" if durable else "PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        # What is deleted is overwritten in the file, such as the keys that are thrown away.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        if not durable:
            connection.execute(f"PRAGMA cache_size = -{REPLAY_CACHE_KB}")

    return engine
