"""What breaks the service itself: noticed by its health check, told to the switch outside."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.config.settings import Settings, SettingsFile
from monitor.service import Parts
from monitor.service.running import Service
from monitor.store.database import Database
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import until

LIMIT = 60.0


@contextmanager
def switch() -> Iterator[tuple[str, list[str]]]:
    """Give a dead-man's switch outside: its address, and the paths that were called."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/ping", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def row(stage: Stage, seed: int, *, within: float = 10.0) -> Row:
    """Break a running service in three ways, each afresh; it is to be noticed and told within so many seconds."""
    began = time.monotonic()
    found = {
        "scheduler dead": _broken(stage.fresh(), lambda service: service.heart._metronome.shutdown(wait=False)),
        "read-only": _broken(stage.fresh(), lambda service: forbid(service.parts.database)),
    }
    with small_disk() as folder:
        # Where the server keeps its data is the server's affair; ours is the disk of the embedded database.
        if folder is not None and stage.server is None:
            url = f"sqlite:///{folder / 'huiying.db'}"
            found["disk full"] = _broken(url, lambda service: fill(service.parts.database))
    told = ", ".join(f"{name}: noticed {noticed:.1f} s, told {out:.1f} s" for name, (noticed, out) in found.items())
    held = all(max(times) <= within for times in found.values())
    wanted = f"noticed <= {within:g} s, told to the outside dead-man's switch"
    return Row(
        "scheduler dead, disk full, database read-only", stage.kind, wanted, told, held, seed, time.monotonic() - began
    )


def _broken(database_url: str, breaking: Callable[[Service], object]) -> tuple[float, float]:
    """Return how long it took until the health check and the switch knew."""
    with switch() as (url, heard), patch("monitor.service.watchman.NEEDED", ("watch", "sweep")):
        form = {"http": {"allow": ["127.0.0.1"]}, "deadman": {"url": url, "every": "60s"}}
        parts = Parts(Settings(SettingsFile.model_validate(form), None), Database(database_url))
        parts.sources = {}
        service = Service(parts, ("watch", "deliver", "brief"))
        service.heart.start()
        until(lambda: bool(heard) and not _grave(service), limit=LIMIT)
        breaking(service)
        at = time.monotonic()
        noticed = until(lambda: _grave(service), limit=LIMIT, every=0.05)
        until(lambda: bool(heard) and heard[-1].endswith("/fail"), limit=LIMIT, every=0.05)
        told = time.monotonic() - at if heard and heard[-1].endswith("/fail") else float("inf")
        service.heart.stop(5.0)
        parts.close()
    return noticed, told


def _grave(service: Service) -> bool:
    return any(part.grave for part in service.unwell())


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """Give a disk of a few megabytes; None where this machine lets us have none."""
    with tempfile.TemporaryDirectory(prefix="huiying-disk-") as folder:
        made = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder]
        if subprocess.run(made, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


def fill(database: Database) -> None:
    """Leave no room on the disk of an embedded database."""
    ballast = Path(str(database.engine.url.database)).with_name("ballast")
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))


def forbid(database: Database) -> None:
    """Let the database refuse to write."""
    _on_each(database, "PRAGMA query_only = ON" if database.is_sqlite else "SET default_transaction_read_only = on")


def _on_each(database: Database, statement: str) -> None:
    """Run a statement on each connection that is made from now on, and let go of those that there are."""

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(database.engine, "connect", prepare)
    database.engine.dispose()
