"""A server that is reached and says nothing: whoever waits for it is let go, and finds it again once it answers."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import make_url, text

from monitor.store.database import Database
from monitor.store.database_faults import DatabaseUnreachable


@dataclass(slots=True)
class Middleman:
    """Stands between us and a server; once `silent`, it takes everything and passes nothing on, for good."""

    target: tuple[str, int] | str
    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    ended: threading.Event = field(default_factory=threading.Event)
    silenced: int = 0
    opened: int = 0

    @property
    def port(self) -> int:
        return int(self.server.getsockname()[1])

    def silence(self) -> None:
        """Let no connection that there is say anything any more; later ones are good."""
        self.silenced = self.opened

    def run(self) -> None:
        while not self.ended.is_set():
            with suppress(OSError):
                near, _ = self.server.accept()
                self.opened += 1
                threading.Thread(target=self.pass_on, args=(near, self.opened), daemon=True).start()

    def pass_on(self, near: socket.socket, number: int) -> None:
        family = socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET
        with near, socket.socket(family) as far:
            far.connect(self.target)
            while not self.ended.is_set():
                ready, _, _ = select.select([near, far], [], [], 0.05)
                for one in ready:
                    said = one.recv(65536)
                    if not said:
                        return
                    if number > self.silenced:
                        (far if one is near else near).sendall(said)


@pytest.fixture
def middleman(postgres_template: tuple[str, str]) -> Iterator[tuple[Middleman, str]]:
    """Return one before a PostgreSQL, and the address by which it is asked."""
    server, name = postgres_template
    url = make_url(server)
    folder = url.query.get("host")
    target = f"{folder}/.s.PGSQL.5432" if folder else (url.host or "127.0.0.1", url.port or 5432)
    between = Middleman(target)
    thread = threading.Thread(target=between.run, daemon=True)
    thread.start()
    plain = url.set(host="127.0.0.1", port=between.port, database=name, query={})
    yield between, plain.render_as_string(hide_password=False)
    between.ended.set()
    between.server.close()


def test_whoever_waits_for_a_silent_server_is_let_go_and_finds_it_again(middleman: tuple[Middleman, str]) -> None:
    between, url = middleman
    database = Database(url)
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    between.silence()
    met: list[BaseException | int] = []

    def ask() -> None:
        try:
            with database.read() as connection:
                met.append(connection.execute(text("SELECT 2")).scalar_one())
        except DatabaseUnreachable as unreachable:
            met.append(unreachable)

    waiting = threading.Thread(target=ask, daemon=True)
    waiting.start()
    waiting.join(1)
    assert waiting.is_alive(), "nothing but somebody else ends this"
    assert database.break_off() == 1
    waiting.join(60)
    assert not waiting.is_alive()
    with database.read() as connection:
        assert connection.execute(text("SELECT 3")).scalar_one() == 3
    assert met == [2] or isinstance(met[0], DatabaseUnreachable)
    database.close()


def test_a_server_that_accepts_and_says_nothing_is_given_up_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        database = Database(f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/huiying")
        began = time.monotonic()
        with pytest.raises(DatabaseUnreachable), database.read():
            pass
        assert time.monotonic() - began < 20
        database.close()


def test_the_embedded_database_has_nothing_to_break_off(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/huiying.db")
    database.migrate()
    assert database.break_off() == 0
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.close()
