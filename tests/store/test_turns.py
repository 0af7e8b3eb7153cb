"""Everybody comes to write to the embedded database, in the order of coming, however busily others write."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.store import database as module
from monitor.store.database import Database
from monitor.store.database_faults import DatabaseBusy
from monitor.store.sql import of
from monitor.store.tables import HeartbeatRow
from monitor.store.turns import Queue, queue_of
from tests.store.test_database import NOW, beat

BEAT = of(HeartbeatRow)
HOT, SPELL = 4, 0.02
WRITER = """
import sys
from tests.store.test_database import beat
from monitor.store.database import Database
database = Database(sys.argv[1])
for n in range(10):
    beat(database, f"other {n}")
print("written")
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    opened = Database(f"sqlite:///{tmp_path}/huiying.db")
    opened.migrate()
    opened.close()
    return f"sqlite:///{tmp_path}/huiying.db"


@pytest.fixture
def turns(url: str) -> Iterator[list[int]]:
    """Let some write one after the other without any pause, each through an opening of its own; give who wrote."""
    wrote, over = list[int](), threading.Event()

    def write(number: int) -> None:
        database = Database(url)
        while not over.is_set():
            with database.write():
                wrote.append(number)
                time.sleep(SPELL)
        database.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(HOT)]
    for thread in threads:
        thread.start()
    while len(wrote) < HOT:
        time.sleep(SPELL)
    yield wrote
    over.set()
    for thread in threads:
        thread.join(10)


def test_a_person_waits_for_those_who_came_before_and_for_nobody_else(url: str, turns: list[int]) -> None:
    database = Database(url)
    waited = []
    for n in range(20):
        before = len(turns)
        beat(database, f"person {n}")
        waited.append(len(turns) - before)
    database.close()
    # Between the count and the waiting this process may be held up itself; where people starved all would be long.
    assert sorted(waited)[len(waited) // 2] <= HOT + 1


def test_those_who_write_without_a_pause_have_equal_shares(turns: list[int]) -> None:
    time.sleep(50 * SPELL)
    counts = [turns.count(number) for number in range(HOT)]
    assert max(counts) - min(counts) <= 2


def test_another_process_comes_to_write_beside_them(url: str, turns: list[int]) -> None:
    before = len(turns)
    done = subprocess.run([sys.executable, "-c", WRITER, url], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("written\n", 0), done.stderr
    assert len(turns) > before
    database = Database(url)
    with database.read() as connection:
        found = connection.scalars(select(BEAT.c.loop).where(BEAT.c.loop.startswith("other"))).all()
    database.close()
    assert len(found) == 10


def test_who_waits_too_long_is_told_and_the_queue_goes_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(url)
    monkeypatch.setattr(module, "BUSY_MS", 50)
    refused = list[BaseException]()

    def try_to_write() -> None:
        try:
            beat(database)
        except DatabaseBusy as error:
            refused.append(error)

    with database.write():
        other = threading.Thread(target=try_to_write)
        other.start()
        other.join(10)
    assert len(refused) == 1
    beat(database, "after")
    with database.read() as connection:
        assert connection.scalars(select(BEAT.c.loop).where(BEAT.c.at == NOW)).all() == ["after"]
    database.close()


def test_who_fails_gives_the_turn_back() -> None:
    queue = Queue()
    with pytest.raises(ZeroDivisionError), queue.turn(1):
        raise ZeroDivisionError
    with queue.turn(0.1):
        pass


def test_one_file_has_one_queue_by_whatever_name(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path}/huiying.db")
    again = Database(f"sqlite:///file:{tmp_path}/huiying.db?uri=true")
    assert first._queue is again._queue is queue_of(tmp_path / "huiying.db")
    assert first._queue is not queue_of(tmp_path / "other.db")
    first.close()
    again.close()
