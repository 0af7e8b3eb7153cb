"""A console on a real socket over a real database, on a clock that the test moves; the news is made up."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property

import httpx
import uvicorn
from fastapi import APIRouter, FastAPI

from monitor.config.gazetteer import place_names
from monitor.config.settings import Settings, SettingsFile
from monitor.core.duties.obligations import RulePack
from monitor.core.fetched import Entry
from monitor.core.model import TimeNote, Trust
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import EnglishLexicon
from monitor.core.reading.lexicon import Lexicon
from monitor.core.reading.severity import SeverityTables
from monitor.core.sources import Source, SourceKind
from monitor.loops.deliver import Outlet
from monitor.loops.watch import Watch
from monitor.service.office import office_of
from monitor.service.parts import Parts
from monitor.store import views
from monitor.store.database import Database
from responders.accounts import Accounts
from responders.console.app import console_app
from responders.console.health import ProbeAnswer, Unwell
from responders.documents.messages import Composer
from responders.links import AckLinks
from responders.subscriptions import Subscriptions
from tests.accounts.people import People
from tests.story.office import MovedClock

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
REGION = "620000"
SOURCES = {
    "evening": ("示例晚报", Trust.LOCAL_MEDIA),
    "release": ("示例发布", Trust.OFFICIAL),
    "city": ("示例都市网", Trust.LOCAL_MEDIA),
    "list": ("示例热榜", Trust.PLATFORM),
}


@dataclass
class Station:
    """Everything behind one console."""

    database: Database
    language: str = "en"
    clock: MovedClock = field(default_factory=MovedClock)
    unwell: list[Unwell] = field(default_factory=list)
    address: str = ""
    told: int = 0
    own: tuple[str, ...] = ("release",)
    public: tuple[str, ...] = ("duty.example.org",)
    readers: tuple[str, ...] = ("chief@bureau.example", "duty@bureau.example")
    strict: bool = False
    proxies: tuple[str, ...] = ()
    closing: bool = False
    outlets: list[Outlet] = field(default_factory=list)
    doors: list[APIRouter] = field(default_factory=list)

    @cached_property
    def parts(self) -> Parts:
        form = SettingsFile.model_validate(
            {
                "language": self.language,
                "bureau": {"region": REGION},
                "console": {"public_url": "https://duty.example.org"},
                "appraisal": {"ratings": True, "least": 3},
            }
        )
        parts = Parts(Settings(form, None), self.database)
        parts.sources = {name: source(name) for name in SOURCES}
        parts.lexicon, parts.reader, parts.pack = shared_parts()
        return parts

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.people.register, self.people.entrance, self.people.tokens)

    @cached_property
    def people(self) -> People:
        return People(self.database, self.clock)

    @cached_property
    def links(self) -> AckLinks:
        return AckLinks(self.database, self.parts.desk, "https://duty.example.org", self.parts.words, self.parts.duty)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        found = Subscriptions(self.database, self.readers, "https://duty.example.org")
        found.prepare(self.clock())
        return found

    def app(self, hosts: Iterable[str]) -> FastAPI:
        return console_app(
            database=self.database,
            desk=self.parts.desk,
            composer=Composer(self.parts.words, self.parts.names, self.address, REGION),
            sorting=self.parts.sorting,
            inquiry=self.parts.inquiry,
            pack=self.parts.pack,
            region_name=place_names()[REGION],
            bureau="示例省应急管理厅",
            health=lambda: self.unwell,
            probe=self.probe,
            probe_hosts=("probe.example.org",),
            clock=self.clock,
            accounts=self.accounts,
            office=office_of(self.parts, self.outlets),
            strict=self.strict,
            proxies=self.proxies,
            hosts=tuple(hosts),
            own=self.own,
            follows=self.parts.follows,
            links=self.links,
            subscriptions=self.subscriptions,
            public=self.public,
            duty=self.parts.duty,
            closing=lambda: self.closing,
            doors=self.doors,
        )

    def probe(self, path: str) -> ProbeAnswer:
        """Answer for the service: which probe was asked, and whether all is well."""
        return ProbeAnswer(503 if self.unwell else 200, path.encode())

    def tell(
        self,
        title: str,
        text: str = "",
        *,
        by: str = "evening",
        at: datetime | None = None,
        url: str | None = None,
        dated: bool = True,
    ) -> None:
        """Let a source publish something; `at` is its time of publication, which nobody knows unless `dated`."""
        self.told += 1
        entry = Entry(
            key=f"{by}:{self.told}",
            title=title,
            text=text,
            url=url if url is not None else f"https://{by}.example.cn/news/{self.told}.html",
            published_at=(at or self.clock()) if dated else None,
            time_note=TimeNote.STATED if dated else TimeNote.MISSING,
        )
        self.parts.intake.take(source(by), [entry], self.clock())

    def watch(self) -> None:
        """Let the time that passed have its effects."""
        Watch(self.database, self.parts.pack, REGION).tick(self.clock())

    def states(self) -> dict[str, str]:
        """Return the state of each deadline by its obligation."""
        with self.database.read() as connection:
            return {d.obligation_id: d.state.value for d in views.deadlines(connection)}


@cache
def shared_parts() -> tuple[tuple[Lexicon, EnglishLexicon, SeverityTables], Reader, RulePack]:
    """Return the parts that are slow to load and never change."""
    parts = Parts(Settings(SettingsFile(), None))
    return parts.lexicon, parts.reader, parts.rules


def source(name: str) -> Source:
    title, trust = SOURCES[name]
    return Source(id=name, name=title, kind=SourceKind.FEED, url=f"https://{name}.example.cn/feed", trust=trust)


@contextmanager
def serving(station: Station) -> Iterator[Station]:
    """Serve the console on a free port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listening.getsockname()[1]
        station.address = f"http://127.0.0.1:{port}"
        app = station.app((f"127.0.0.1:{port}", f"localhost:{port}"))
        config = uvicorn.Config(
            app, log_level="error", access_log=False, lifespan="off", server_header=False, proxy_headers=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield station
        finally:
            station.closing = server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def browsing(station: Station) -> Iterator[httpx.Client]:
    """Give a client that keeps cookies, as a browser does."""
    with httpx.Client(base_url=station.address, trust_env=False, timeout=60) as client:
        yield client


def token_of(answer: httpx.Response) -> str:
    """Return the token that a page's forms carry."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', answer.text)
    assert found is not None, "the page has no form"
    return found[1]
