"""`huiying run` as a process of its own: begins, fetches, answers, shares the work, says what is wrong, ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from monitor.store import sources
from monitor.store.database import Database
from tests.crawl.site import Site, running_site

ROOT = Path(__file__).parents[2]
LIMIT = 90.0
SOURCES = 3


class Running:
    """One process of the service."""

    def __init__(self, folder: Path, url: str, settings: str, *options: str) -> None:
        file = folder / "huiying.yaml"
        file.write_text(settings, encoding="utf-8")
        environment = os.environ | {
            "HUIYING_LANG": "en",
            "HUIYING_CONFIG": str(file),
            "HUIYING_DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", *options],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def address(self) -> str:
        """Wait for the console's address."""
        come(lambda: "Console: http" in self.output or self.process.poll() is not None)
        found = re.search(r"Console: (http://\S+)", self.output)
        assert found, self.output
        return found[1]

    def ended(self, limit: float = LIMIT) -> int:
        """Wait for the end; return the exit code."""
        code = self.process.wait(limit)
        self._reader.join(LIMIT)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(LIMIT)
        if self.process.stdout is not None:
            self.process.stdout.close()


Start = Callable[..., Running]


def come(condition: Callable[[], bool], limit: float = LIMIT) -> bool:
    """Wait until the condition holds; tell whether it did."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        for n in range(SOURCES):
            site.page(f"/{n}.xml", feed(n), "application/rss+xml")
        yield site


def ask(url: str) -> httpx.Response:
    """Ask for a page; the first one comes only when all pages are there."""
    return httpx.get(url, timeout=LIMIT)


@pytest.fixture
def start(tmp_path: Path, database_url: str, site: Site) -> Iterator[Start]:
    """Give a way to start processes that watch the local site; end them with the test."""
    rows = "".join(
        f"  - {{id: s{n}, name: 示例{n}, url: '{site.url}/{n}.xml', trust: local_media}}\n" for n in range(SOURCES)
    )
    (tmp_path / "sources.yaml").write_text(f"version: 1\nfeeds:\n{rows}", encoding="utf-8")
    with ExitStack() as stack:

        def begin(*options: str, console: str = "{port: 0}", more: str = "") -> Running:
            settings = (
                f"language: en\nsources: sources.yaml\nhttp: {{allow: ['127.0.0.1']}}\nconsole: {console}\n{more}"
            )
            running = Running(tmp_path, database_url, settings, *options)
            stack.callback(running.close)
            return running

        yield begin


def feed(number: int) -> str:
    rows = "".join(
        f"<item><title>第{number}号示例小区举办第{n}届花展</title><link>https://news.example/{number}/{n}</link></item>"
        for n in range(3)
    )
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>n</title>{rows}</channel></rss>"


def fetched(site: Site) -> list[str]:
    return sorted(asked.path for asked in site.asked if asked.path.endswith(".xml"))


def all_read(database: Database) -> bool:
    with database.read() as connection:
        known = sources.states(connection)
    return len(known) == SOURCES and all(state.last_good_at is not None for state in known.values())


def test_it_begins_fetches_answers_and_ends_when_told(start: Start, database: Database, site: Site) -> None:
    service = start()
    address = service.address()
    assert come(lambda: all_read(database)), service.output
    assert come(lambda: ask(f"{address}/healthz").status_code == 200), ask(f"{address}/healthz").text
    board = ask(address)
    assert board.status_code == 200
    assert 'id="unwell"' not in board.text
    before = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert service.ended() == 0, service.output
    assert time.monotonic() - before < 20
    assert service.lines[-1] == "Stopped."
    assert "Traceback" not in service.output
    assert fetched(site) == [f"/{n}.xml" for n in range(SOURCES)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_ends_although_a_source_hangs(start: Start, site: Site) -> None:
    asked, free = threading.Event(), threading.Event()

    def hang(_: object) -> None:
        asked.set()
        free.wait(LIMIT)

    site.raw["/0.xml"] = hang
    service = start("--only", "crawl")
    assert come(lambda: asked.is_set() or service.process.poll() is not None)
    assert asked.is_set(), service.output
    service.process.send_signal(signal.SIGINT)
    assert service.ended(30) == 0, service.output
    free.set()
    assert service.lines[-1] == "Stopped."


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_share_the_sources(start: Start, database: Database, site: Site) -> None:
    both = [start("--only", "crawl,watch") for _ in range(2)]
    assert come(lambda: all_read(database)), both[0].output
    time.sleep(2.5)
    for service in both:
        service.process.send_signal(signal.SIGTERM)
    assert [service.ended() for service in both] == [0, 0]
    assert fetched(site) == [f"/{n}.xml" for n in range(SOURCES)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestRefusals:
    def test_a_console_that_others_reach_by_no_name_is_refused(self, start: Start) -> None:
        service = start(console="{host: 0.0.0.0, port: 0}")
        assert service.ended() == 1
        assert "Name in hosts under which names people reach it" in service.output
        assert "Traceback" not in service.output

    def test_a_port_that_is_taken_is_told(self, start: Start) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            service = start(console=f"{{port: {port}}}")
            assert service.ended() == 1
        assert f"Port {port} on 127.0.0.1 is taken" in service.output
        assert "Traceback" not in service.output

    def test_a_role_that_does_not_exist_is_told(self, start: Start) -> None:
        service = start("--only", "crawl,cook")
        assert service.ended() == 1
        assert "cook" in service.output

    def test_a_process_without_a_role_is_not_started(self, start: Start) -> None:
        service = start("--only", " ,")
        assert service.ended() == 1
        assert "--only names no role. Choose from: crawl, " in service.output

    def test_without_a_way_out_every_page_says_so(self, start: Start, site: Site) -> None:
        site.pages.clear()
        service = start()
        address = service.address()
        told = f"{SOURCES} of {SOURCES} sources are failing"
        assert come(lambda: told in ask(f"{address}/incidents").text), service.output
        assert told in ask(address).text
        health = ask(f"{address}/health/engine")
        assert told in [part["what"] for part in health.json()["unwell"]]
        assert ask(f"{address}/healthz").status_code == 200, "that no source answers is no fault of ours"

    def test_a_console_without_the_other_legs_says_that_nobody_runs_them(self, start: Start) -> None:
        address = start("--only", "console").address()
        health = ask(f"{address}/health/engine")
        assert (health.status_code, health.json()["status"]) == (503, "grave")
        missing = {part["what"] for part in health.json()["unwell"]}
        assert missing == {f"No process runs the leg {name}" for name in ("crawl", "watch", "sweep")}


def test_a_process_that_was_left_behind_by_an_update_ends_in_order(start: Start, database: Database) -> None:
    service = start()
    service.address()
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))
    assert service.ended() == 1, service.output
    assert "was written by a newer version (9999_from_the_future). Update this program." in service.output
