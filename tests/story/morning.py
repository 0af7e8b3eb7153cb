"""A bureau before its morning briefing: items come in, sources fail or fall silent, a clock that the test moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from monitor.config.briefing_setting import BriefingSetting
from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import day_of
from monitor.core.briefing import WrittenBriefing
from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.core.identity import item_key
from monitor.core.model import TimeNote, Trust
from monitor.core.naming import Names
from monitor.core.people.duty import Duty
from monitor.core.sources import WEIGHTS, FailureKind, Identity, Source, SourceKind
from monitor.loops.brief import Brief
from monitor.loops.watch import Watch
from monitor.service import Parts
from monitor.store import briefings, fetches, sources
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.language import Words
from responders.subscriptions import Subscriptions
from tests.story.office import MovedClock

# 08:27 Beijing time of 9 July 2026, the usual moment.
MOMENT = datetime(2026, 7, 9, 0, 27, tzinfo=UTC)
NEXT_FETCH = timedelta(days=2)
RECIPIENT = "duty@bureau.example"
NAMES = {"news": "晨报", "hot": "热搜", "office": "应急局网站"}


@dataclass(slots=True)
class Morning:
    """The parts that a briefing needs, in English unless another language is asked for."""

    database: Database
    to: Collection[str | Mapping[str, str]] = (RECIPIENT,)
    language: str = "en"
    console_url: str = "http://127.0.0.1:8765"
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))
    clock: MovedClock = field(default_factory=lambda: MovedClock(MOMENT - timedelta(hours=20)))
    parts: Parts = field(init=False)
    brief: Brief = field(init=False)
    composer: Composer = field(init=False)
    subscriptions: Subscriptions = field(init=False)
    public_url: str = ""
    bureau: str = ""
    duty: Duty = field(default_factory=Duty)

    def __post_init__(self) -> None:
        form = SettingsFile.model_validate({"language": self.language})
        self.parts = Parts(Settings(form, None), self.database)
        known = self.parts.names
        names = Names(known.kinds, known.places, known.obligations, self.names)
        self.composer = Composer(self.parts.words, names, self.console_url)
        other = "zh" if self.language == "en" else "en"
        theirs = self.parts.names_in(other)
        abroad = Names(theirs.kinds, theirs.places, theirs.obligations, self.names)
        self.brief = Brief(
            self.database,
            self.composer,
            BriefingSetting.model_validate({"to": list(self.to)}),
            others={other: Composer(Words(other), abroad, self.console_url)},
            duty=self.duty,
            bureau=self.bureau,
        )
        self.subscriptions = Subscriptions(self.database, self.brief.setting.addresses, self.public_url)
        self.subscriptions.prepare(self.clock())
        with self.database.write() as connection:
            sources.register(connection, self.names.keys(), MOMENT + NEXT_FETCH)

    def told(self, title: str, text: str = "", *, source: str = "news", dated: bool = True) -> int:
        """Let a source tell something now; return how many items were new."""
        watched = Source(
            id=source, name=self.names[source], kind=SourceKind.FEED, url="https://news.example/", trust=Trust.OFFICIAL
        )
        key = item_key(source_id=source, url="", external_id=title, title=title, text=text, identity=Identity.AUTO)
        now = self.clock()
        entry = Entry(
            key=key,
            title=title,
            text=text,
            published_at=now if dated else None,
            time_note=TimeNote.STATED if dated else TimeNote.MISSING,
        )
        return self.parts.intake.take(watched, [entry], now)

    def fetched(self, source: str, *, new: int = 0, reason: FailureKind | None = None, detail: str = "") -> None:
        """Let a fetch of a source end now; its failures in a row add up as the planner adds them."""
        now = self.clock()
        outcome = Outcome.FAILED if reason else Outcome.ITEMS if new else Outcome.UNCHANGED
        with self.database.write() as connection:
            before = sources.states(connection)[source].failure_score
            fetches.record(
                connection,
                source,
                Fetched(outcome=outcome, reason=reason, detail=detail),
                new=new,
                next_at=now + NEXT_FETCH,
                failure_score=before + WEIGHTS[reason] if reason else 0.0,
                now=now,
            )

    def leave(self, connection: Connection, address: str) -> str:
        """Return where a reader leaves the list."""
        return self.subscriptions.link(connection, address)

    def watch(self) -> None:
        """Let time pass over the deadlines."""
        Watch(self.database, self.parts.pack, "000000").tick(self.clock())

    def morning(self, **later: float) -> int:
        """Move to the usual moment, or so much later, and tick."""
        self.clock.now = MOMENT + timedelta(**later)
        return self.brief.tick(self.clock())


def stored(bureau: Morning, days: int = 0) -> WrittenBriefing | None:
    """Return the briefing of the usual day, or of so many days later."""
    with bureau.database.read() as connection:
        return briefings.read(connection, day_of(MOMENT) + timedelta(days=days))


def told(bureau: Morning, days: int = 0) -> str:
    """Return a stored briefing's title and text."""
    briefing = stored(bureau, days)
    assert briefing is not None
    return f"{briefing.title}\n{briefing.text}"


def section(text: str, title: str) -> str:
    """Return what stands under a title of the text."""
    return text.split(f"== {title} ==\n", 1)[1].split("\n== ", 1)[0]
