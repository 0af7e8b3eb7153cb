"""What many tests need: a database of each kind, the moved clock, the folder of real archives."""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright

from monitor.service import parts
from monitor.store.database import Database
from tests.postgres import running_postgres

ROOT = Path(__file__).parents[1]

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# A database in memory is copied in a tenth of the time that one on a disk takes; so much of it must be free.
MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30

# Machines are noisy: how long an example takes says nothing here, speed is measured by the benchmarks. Every run tries
# the same examples, so that a change is what makes it fail; `--hypothesis-profile=explore` looks for further ones.
settings.register_profile("huiying", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1500)
settings.load_profile("huiying")


def quick_folder() -> Path:
    """Return where tests write: in memory where there is enough of it and nobody named another place, else on disk."""
    named = "TMPDIR" in os.environ
    if not named and MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and free_memory() > ENOUGH:
        return MEMORY
    return Path(tempfile.gettempdir())


def free_memory() -> int:
    """Return how many bytes may be written in memory: what is to be had, as far as the folder may grow."""
    told = Path("/proc/meminfo").read_text(encoding="ascii")
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", told, re.MULTILINE)
    return min(int(found[1]) * 1024 if found else 0, shutil.disk_usage(MEMORY).free)


def pytest_configure() -> None:
    """Have what tests write on disk written there."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))


@pytest.fixture(scope="session", autouse=True)
def nothing_stale_is_looked_for_in_what_stays() -> None:
    """Spare the collector of garbage what was imported for all tests, as the service does when it starts."""
    gc.set_threshold(20_000, 20, 50)
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def words_read_once() -> Iterator[None]:
    """Have all parts share the words and places that come with the program: to read them takes longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_gazetteer", "load_words", "place_names"):
            patch.setattr(parts, name, cache(getattr(parts, name)))
        yield


class Compiled(BytecodeCache):
    """Keeps compiled templates in memory, whatever environment asks for them."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before of the same text."""
        if known := self._known.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._known[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def pages_compiled_once() -> Iterator[None]:
    """Have all consoles share their compiled templates: each test has a console of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("responders.console.pages.Environment", partial(Environment, bytecode_cache=Compiled()))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real archives, which is not part of the project; skip where it is absent."""
    folder = Path(os.environ.get("HUIYING_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"the real archives are not here ({folder}); set HUIYING_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a PostgreSQL: the one named by HUIYING_TEST_POSTGRES, else one started for the tests."""
    given = os.environ.get("HUIYING_TEST_POSTGRES")
    if given:
        yield given
        return
    with running_postgres(quick_folder()) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[tuple[str, str]]:
    """Return the server and the name of a migrated database, so that each test's own is a quick copy."""
    name = f"template_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    template = Database(on_server(postgres_server, name))
    template.migrate()
    template.close()
    yield postgres_server, name
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a migrated database, so that each test's own is a quick copy."""
    path = tmp_path_factory.mktemp("template") / "huiying.db"
    template = Database(f"sqlite:///{path}")
    template.migrate()
    template.close()
    return path


def on_server(server: str, name: str) -> str:
    """Return the address of the database `name` on the server."""
    before, _, query = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
def embedded_file(sqlite_template: Path, tmp_path: Path) -> Path:
    """Return the file of a fresh, migrated embedded database."""
    path = tmp_path / "huiying.db"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a fresh, migrated database of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('embedded_file')}"
        return
    server, template = request.getfixturevalue("postgres_template")
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield on_server(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a fresh, migrated database of each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def only_browser() -> Iterator[Browser]:
    """Return the only browser of the run, as a second one cannot stand beside it; skip where none is installed."""
    given = os.environ.get("HUIYING_CHROMIUM")
    path = given or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser is here ({', '.join(NAMES)}); set HUIYING_CHROMIUM to one")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        expect.set_options(timeout=30_000)
        yield launched
        launched.close()


@pytest.fixture
def browser(only_browser: Browser) -> Iterator[Browser]:
    """Return the browser; no page of a test is left open, as it would go on asking whoever has its port next."""
    yield only_browser
    for context in list(only_browser.contexts):
        context.close()
