"""A bureau that is made up, with the real parts of the service, on a clock that only the year moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Connection, event

from monitor.config.briefing_setting import BriefingSetting
from monitor.config.duty import load_duty
from monitor.config.settings import Settings, SettingsFile
from monitor.core.access.roles import AccountRole
from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.core.model import AlertReason, TimeNote, Trust
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.loops.brief import Brief
from monitor.loops.conferences import ConferenceWatch
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.drafts import DraftWatch
from monitor.loops.duty import DutyWatch
from monitor.loops.receipts import ReceiptWatch
from monitor.loops.seal import Seal
from monitor.loops.watch import Watch
from monitor.service.missed import beside_of
from monitor.service.parts import Parts
from monitor.store import fetches, outbox, sources
from monitor.store.calendars import install
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Message, Receipt, Tone, Try
from responders.channels.email_letter import letter
from responders.documents.messages import Composer, Scene
from tests.accounts.people import People
from tests.story.office import MovedClock
from tests.year.wording import REGION

NAME = "示例省应急管理厅"
HERE = Path(__file__).parent
ADDRESS = "https://duty.bureau.example"
SENDER, READER = "huiying@bureau.example", "leaders@bureau.example"
BEGIN = datetime(2024, 12, 31, 16, tzinfo=UTC)
DAYS = 364
OWN = "release"
SOURCES = {
    "evening": ("示例晚报", Trust.LOCAL_MEDIA),
    OWN: ("示例省应急发布", Trust.OFFICIAL),
    "city": ("示例都市网", Trust.LOCAL_MEDIA),
    "list": ("示例热榜", Trust.PLATFORM),
}
PEOPLE = {
    "zhoulan": ("周岚", (AccountRole.DUTY,)),
    "hebin": ("何斌", (AccountRole.DUTY,)),
    "tangyue": ("唐悦", (AccountRole.DUTY, AccountRole.SPOKESPERSON)),
    "qiaoan": ("乔安", (AccountRole.REVIEWER,)),
    "luning": ("陆宁", (AccountRole.LEADER, AccountRole.APPROVER)),
    "shenyi": ("沈毅", (AccountRole.ADMIN,)),
}
BRIEFING = frozenset({AlertReason.BRIEFING})


@dataclass(slots=True)
class Box:
    """A channel that takes every message, except while it is down; `letters` keeps what was last sent by mail."""

    name: str
    clock: MovedClock
    down: tuple[datetime, datetime] = (BEGIN, BEGIN)
    can_reconcile: bool = False
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def is_down(self) -> bool:
        """Tell whether it takes nothing now."""
        return self.down[0] <= self.clock() < self.down[1]

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Take a message."""
        if self.is_down:
            raise DeliveryFailure("503 Service Unavailable")
        if self.name == "mail":
            self.letters = [letter(message, sender=SENDER, recipient=message.to or READER)]
        return Receipt()

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: it cannot be asked."""
        return None


@dataclass
class Bureau:
    """Everything of the service that the year needs, ticked by hand."""

    database: Database
    clock: MovedClock = field(default_factory=lambda: MovedClock(BEGIN))

    def __post_init__(self) -> None:
        by_the_clock(self.database, self.clock)
        self.parts = parts_of(self.database)
        self.people = People(self.database, self.clock, self.parts.duty)
        known = {account.login for account in self.people.register.all()}
        for login, (name, roles) in PEOPLE.items() if not known else ():
            self.people.hire(login, *roles, name=name, contact=login)
        parts, duty = self.parts, self.parts.duty
        self.composer = Composer(parts.words, parts.names, ADDRESS, REGION)
        self.watch = Watch(self.database, parts.pack, REGION)
        self.brief = Brief(
            self.database, self.composer, BriefingSetting(to=[READER]), parts.works, beside_of(parts), bureau=NAME
        )
        self.chat, self.mail, self.post = (Box(name, self.clock) for name in ("chat", "mail", "briefing"))
        self.legs = (
            self.watch,
            DraftWatch(self.database, parts.pack, parts.desk.drafts.path),
            ReceiptWatch(self.database, duty),
            ConferenceWatch(self.database, parts.pack, parts.conferences),
        )
        self.duty_watch = DutyWatch(self.database, duty)
        told = frozenset(AlertReason) - BRIEFING
        outlets = [Outlet(self.chat, told), Outlet(self.mail, told, broadcast=False), Outlet(self.post, BRIEFING)]
        self.deliveries = [
            Deliver(self.database, outlet, outlets, self._message, self.clock, duty.contacts) for outlet in outlets
        ]
        with self.database.write() as connection:
            sources.register(connection, SOURCES, BEGIN)

    def _message(self, connection: Connection, scene: Scene) -> Message:
        if scene.alert.reason is AlertReason.BRIEFING:
            # To draw its charts every morning takes longer than the rest of the year; the examples draw theirs.
            return Message(key=scene.alert.key, title=scene.alert.point, tone=Tone.CALM, written_at=scene.now)
        return self.composer.message(scene)

    def by(self, login: str) -> str:
        """Return how somebody signs."""
        return self.people.register.account(login).by

    def tell(self, source: str, key: str, title: str, text: str, *, heat: int | None = None) -> None:
        """Let a source publish something now."""
        now = self.clock()
        entry = Entry(
            key=f"{source}:{key}",
            title=title,
            text=text,
            url=f"https://{source}.example/{key}.html",
            published_at=now if text else None,
            time_note=TimeNote.STATED if text else TimeNote.ON_LIST_NOW,
            rank=None if heat is None else 50 - heat // 100_000,
            heat=heat,
        )
        self.parts.intake.take(self.parts.sources[source], [entry], now)
        self.fetched(source, new=1)

    def fetched(self, source: str, *, new: int = 0, failed: bool = False) -> None:
        """Let a retrieval of a source end now."""
        now = self.clock()
        outcome = Outcome.FAILED if failed else Outcome.ITEMS if new else Outcome.UNCHANGED
        done = Fetched(outcome=outcome, reason=FailureKind.TIMEOUT if failed else None)
        with self.database.write() as connection:
            fetches.record(
                connection, source, done, new=new, next_at=now + timedelta(days=2), failure_score=0.0, now=now
            )

    def look_at_rota(self) -> None:
        """Let hand-overs be told, and where nobody is on duty."""
        self.duty_watch.tick(self.clock())

    def tick(self) -> None:
        """Let all legs run once at this moment."""
        now = self.clock()
        for leg in self.legs:
            leg.tick(now)
        with self.database.read() as connection:
            waits = outbox.oldest_unsent(connection)
        for delivery in self.deliveries[:2] if waits is not None and waits <= now else ():
            delivery.tick(now)

    def morning(self) -> None:
        """Let the day's briefing be compiled, what is over be ended, and the log be sealed."""
        self.brief.tick(self.clock())
        self.deliveries[2].tick(self.clock())
        self.deliveries[0].sweep(self.clock())
        Seal(self.database).tick(self.clock())


def parts_of(database: Database) -> Parts:
    """Return the parts of the made-up bureau's service."""
    form = SettingsFile.model_validate({"language": "zh", "bureau": {"region": REGION, "name": NAME}})
    parts = Parts(Settings(form, None), database)
    parts.sources = {name: _source(name) for name in SOURCES}
    # Which days are worked is kept with the moment at which it was read: that of the year, not of the machine.
    with database.write() as connection:
        for calendar in parts.calendars().values():
            install(connection, calendar, BEGIN)
    duty = load_duty(HERE / "duty.yaml", ["chat", "mail"], [rule.id for rule in parts.rules.obligations])
    parts.duty, parts.pack = duty, replace(parts.pack, duty=duty)
    return parts


def by_the_clock(database: Database, clock: MovedClock) -> None:
    """Let the embedded database, which dates the rows of its log itself, go by the clock of the year."""

    def stamped(form: str, *_: object) -> str:
        return clock().astimezone(UTC).strftime(form.replace("%f", "%S.%f", 1).replace("%S.%S", "%S"))[:23]

    def begun(raw: object, _: object) -> None:
        raw.create_function("strftime", -1, stamped)  # type: ignore[attr-defined]
        # The year is made anew where it was not kept.
        raw.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]

    event.listen(database.engine, "connect", begun)
    database.engine.dispose()


def morning_of(day: int, hour: int, minute: int) -> datetime:
    """Return a time of day of a day of the year, counted from 0."""
    return BEGIN + timedelta(days=day, hours=hour, minutes=minute)


def _source(name: str) -> Source:
    title, trust = SOURCES[name]
    ranked = trust is Trust.PLATFORM
    kind = SourceKind.API if ranked else SourceKind.FEED
    return Source(id=name, name=title, kind=kind, url=f"https://{name}.example/feed", trust=trust, ranked=ranked)
