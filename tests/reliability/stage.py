"""Where a fault is shown: a fresh database of one kind, and a PostgreSQL that can be stopped and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from monitor.store.database import Database
from tests.postgres import PREFIX, begun, server_in, sweep

# What is committed must outlive the server here; only a loss of power is left out.
SETTINGS = ("fsync = off", "synchronous_commit = on", "full_page_writes = off", "max_connections = 200")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what went wrong, what was wanted, what was measured, whether that is enough."""

    fault: str
    kind: str
    wanted: str
    measured: str
    held: bool
    seed: int
    seconds: float = 0.0


@dataclass(slots=True)
class Server:
    """A PostgreSQL of the harness' own."""

    folder: Path
    package: Any

    @property
    def address(self) -> str:
        return str(self.package.get_uri())

    def stop(self, how: signal.Signals) -> None:
        """Stop it: SIGINT breaks connections off in order, SIGQUIT at once and without a word."""
        number = self._number()
        assert number is not None
        os.kill(number, how)
        while self._number() is not None:
            time.sleep(0.05)

    def _number(self) -> int | None:
        try:
            return server_in(self.folder)
        except FileNotFoundError:
            return None

    def start(self) -> None:
        try:
            self.package.ensure_postgres_running()
        except subprocess.TimeoutExpired:
            self.package.ensure_postgres_running()


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server that keeps what it said it kept; stop it and remove its data at the end."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        server = Server(folder, begun(folder / "data"))
        try:
            with psycopg.connect(server.address, autocommit=True) as connection:
                for setting in SETTINGS:
                    connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            server.stop(signal.SIGINT)
            server.start()
            yield server
        finally:
            server.package.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class Stage:
    """A kind of database, and fresh ones of it."""

    kind: str
    folder: Path
    server: Server | None = None
    _opened: list[Database] = field(default_factory=list)

    def fresh(self) -> str:
        """Return the address of a new, migrated database."""
        name = f"stage_{uuid4().hex[:12]}"
        if self.server is None:
            url = f"sqlite:///{self.folder / name}.db"
        else:
            with psycopg.connect(self.server.address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            before, _, query = self.server.address.partition("?")
            url = f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
        database = Database(url)
        database.migrate()
        database.close()
        return url

    def open(self, url: str) -> Database:
        """Open a database until the stage is left."""
        self._opened.append(Database(url))
        return self._opened[-1]

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()


@contextmanager
def stages(kinds: list[str]) -> Iterator[list[Stage]]:
    """Give a stage for each kind of database that is asked for."""
    with tempfile.TemporaryDirectory(prefix="huiying-stage-") as folder:
        found = [Stage(kind, Path(folder)) for kind in kinds if kind == "sqlite"]
        if "postgresql" not in kinds:
            yield found
            return
        with running_server() as server:
            yield [*found, Stage("postgresql", Path(folder), server)]
