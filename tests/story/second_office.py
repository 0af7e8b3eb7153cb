"""A bureau with a second reader: a model on a socket, a clock that the test moves, real databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from monitor.config.settings import Settings, SettingsFile
from monitor.core.fetched import Entry
from monitor.core.identity import item_key
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Identity, Source, SourceKind
from monitor.core.views import AlertView
from monitor.loops.deliver import scene_of
from monitor.loops.second_reading.ask import SecondReading
from monitor.loops.watch import Watch
from monitor.service import Parts
from monitor.service.second import second_reading_of
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, TransitionRow
from monitor.store.tables_second import SecondReadingRow, SecondRequestRow
from responders.channels.base import Message
from responders.documents.messages import Composer
from responders.language import Words
from tests.second.fake_model import KEY, MODEL, FakeModel
from tests.story.office import MovedClock

READING, REQUEST = of(SecondReadingRow), of(SecondRequestRow)
SHENYANG = "210100"


@dataclass(slots=True)
class SecondOffice:
    """The intake, the deadlines and the second reader of a bureau in Shenyang, ticked by hand."""

    database: Database
    model: FakeModel | None
    settings: dict[str, Any] = field(default_factory=dict)
    region: str = SHENYANG
    clock: MovedClock = field(default_factory=MovedClock)
    parts: Parts = field(init=False)
    reader: SecondReading | None = field(init=False)

    def __post_init__(self) -> None:
        form: dict[str, Any] = {"language": "zh", "bureau": {"region": self.region}, "http": {"allow": ["127.0.0.1"]}}
        if self.model is not None:
            told = {"base_url": self.model.base_url, "model": MODEL, "api_key": KEY, "timeout": 20}
            form["second_reader"] = told | self.settings
        self.parts = Parts(Settings(SettingsFile.model_validate(form), None), self.database)
        self.reader = second_reading_of(self.parts, self.clock)

    def told(self, *titles: str, text: str = "", source: str = "news", url: str = "") -> None:
        """Let a source tell something now."""
        watched = Source(id=source, name=source, kind=SourceKind.FEED, url="https://n.example/", trust=Trust.OFFICIAL)
        self.parts.intake.take(watched, [self.entry(source, title, text, url) for title in titles], self.clock())

    def entry(self, source: str, title: str, text: str, url: str) -> Entry:
        key = item_key(source_id=source, url="", external_id=title, title=title, text=text, identity=Identity.AUTO)
        now = self.clock()
        return Entry(key=key, title=title, text=text, url=url, published_at=now, time_note=TimeNote.STATED)

    def tick(self, **later: float) -> int:
        """Let time pass, look at the deadlines, and let the second reader do what it can; return its requests."""
        self.clock.advance(**later)
        Watch(self.database, self.parts.pack, self.region).tick(self.clock())
        return self.reader.tick(self.clock()) if self.reader is not None else 0

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    @property
    def states(self) -> list[str]:
        """What became of the second readings, in the order of the items."""
        return [row.state for row in self.rows(READING)]

    @property
    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.rows(REQUEST)]

    @property
    def questions(self) -> list[AlertView]:
        return [alert for alert in self.alerts if alert.point == "second"]

    @property
    def alerts(self) -> list[AlertView]:
        with self.database.read() as connection:
            return list(reversed(views.alerts(connection, limit=1000)))

    def message(self, alert: AlertView, language: str = "en") -> Message:
        """Write the message of an alert."""
        with self.database.read() as connection:
            scene = scene_of(connection, alert, self.clock())
        return Composer(Words(language), self.parts.names, "http://127.0.0.1:8765").message(scene)

    def duties(self) -> list[tuple[Any, ...]]:
        """Return everything that is stored of deadlines."""
        return [tuple(row) for table in (DeadlineRow, TransitionRow) for row in self.rows(of(table))]

    def rows_of_readings(self) -> list[Any]:
        """Return the stored second readings."""
        return self.rows(READING)
