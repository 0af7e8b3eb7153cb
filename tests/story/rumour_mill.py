"""Accounts, a list, a paper and officials that tell and deny things; nothing of it ever happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.core.fetched import Entry
from monitor.core.incidents.rumours import spread_of
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Source, SourceKind
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import hearings, views, whispers
from tests.responders.console.station import Station

CLAIM = "网传白银一化工厂爆炸致12死"
DENIAL = "网传白银一化工厂爆炸致12死不实 警方辟谣"
OFFICIAL = "白银一化工厂爆炸致3死 应急管理局：仍在搜救"
TRUSTS = {
    "account": Trust.PERSONAL,
    "friend": Trust.PERSONAL,
    "stranger": Trust.PERSONAL,
    "list": Trust.PLATFORM,
    "evening": Trust.LOCAL_MEDIA,
    "police": Trust.OFFICIAL,
    "bureau": Trust.OFFICIAL,
    "release": Trust.OFFICIAL,
}


@dataclass(slots=True)
class Mill:
    """A station whose sources are those above."""

    station: Station
    told: int = field(default=0)

    def tell(self, by: str, title: str, text: str = "", *, after: float = 0) -> None:
        """Let a source publish something, so many hours later."""
        self.station.clock.now += timedelta(hours=after)
        self.told += 1
        now = self.station.clock()
        watched = Source(id=by, name=by, kind=SourceKind.FEED, url=f"https://{by}.example/feed", trust=TRUSTS[by])
        entry = Entry(
            key=f"{by}:{self.told}",
            title=title,
            text=text,
            url=f"https://{by}.example/{self.told}.html",
            published_at=now,
            time_note=TimeNote.STATED,
        )
        self.station.parts.intake.take(watched, [entry], now)

    def incidents(self) -> list[IncidentView]:
        """Return all incidents, the first first."""
        with self.station.database.read() as connection:
            return sorted(views.incidents(connection), key=lambda incident: incident.id)

    def deadlines(self, number: int) -> dict[str, DeadlineView]:
        """Return the deadlines of an incident by their obligation."""
        with self.station.database.read() as connection:
            return {d.obligation_id: d for d in views.deadlines(connection, matter_id=number)}

    def asked(self, number: int) -> list[str]:
        """Return the points of the alerts about an incident, oldest first."""
        with self.station.database.read() as connection:
            return [alert.point for alert in reversed(views.alerts(connection, matter_id=number))]

    def denials(self, number: int) -> tuple[str, ...]:
        """Return the titles that deny an incident."""
        with self.station.database.read() as connection:
            return tuple(voice.title for voice in spread_of(hearings.voices_of(connection, number)).denials)

    def whispers(self) -> list[tuple[str, int, int]]:
        """Return the denied rumours without an incident: title, denials, sources."""
        with self.station.database.read() as connection:
            return [(one.title, one.items, one.sources) for one in whispers.listed(connection)]
