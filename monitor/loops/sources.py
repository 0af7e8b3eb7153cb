"""Watch the watching: tell people when the sources see nothing, once for all of them, and when that is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.model import AlertReason, Trust
from monitor.core.people.duty import Duty
from monitor.core.rhythm import Works, by_weekday
from monitor.core.source_alerts import (
    REFUSED,
    Point,
    Told,
    alert_of,
    blindness,
    is_refused,
    news_of,
    refused_alert,
    refused_now,
    titles,
)
from monitor.core.sources import Source
from monitor.store import briefing_facts, duties, outbox
from monitor.store.database import Database

# After a start the sources stand as they stood at the last end; each is first given its turn.
FIRST_ROUND = timedelta(minutes=15)
# To learn the rhythm of hundreds of quiet sources takes a second or two, and nothing here is a matter of seconds.
EVERY = timedelta(minutes=5)
NAMED = 10
NO_HOSTS: Mapping[str, str] = {}
IMPORTANT = (Trust.OFFICIAL, Trust.CENTRAL_MEDIA)


@dataclass(slots=True)
class SourceWatch:
    """Looks at all sources; any number of processes may do so at once."""

    database: Database
    sources: Mapping[str, Source]
    duty: Duty = field(default_factory=Duty)
    works: Works = by_weekday
    _began_at: datetime | None = None
    _looked_at: datetime | None = None

    def tick(self, now: datetime) -> bool:
        """Make the alert that is due; tell whether there was one."""
        if self._began_at is None:
            self._began_at = now
        rested = self._looked_at is None or now - self._looked_at >= EVERY
        if now - self._began_at < FIRST_ROUND or not rested:
            return False
        self._looked_at = now
        important = {source.id for source in self.sources.values() if source.trust in IMPORTANT}
        with self.database.read() as connection:
            facts = list(briefing_facts.source_facts(connection, self.sources.keys(), now))
            last = told_last(connection)
            refusals = outbox.latest(connection, AlertReason.TROUBLE, [REFUSED])
        refused = sorted(one.id for one in facts if is_refused(one))
        found = blindness([f for f in facts if f.id not in refused], important, now, self.works)
        news = news_of(found, last, now)
        drafts = []
        if news is not None:
            drafts.append(alert_of(news, last, len(facts), self._names(news.named, found.hosts), now))
        told = refusals.detail["ids"].split() if refusals is not None else ()
        if refused_now(refused, told, None if refusals is None else refusals.created_at, now):
            new_first = sorted(refused, key=lambda name: (name in told, name))
            drafts.append(refused_alert(refused, refusals.id if refusals else 0, self._names(new_first), now))
        if not drafts:
            return False
        with self.database.write() as connection:
            duties.save_alerts(connection, drafts, now, self.duty)
        return True

    def _names(self, source_ids: Sequence[str], hosts: Mapping[str, str] = NO_HOSTS) -> list[str]:
        names = titles(source_ids, {name: source.name for name, source in self.sources.items()}, hosts)
        return names if len(names) <= NAMED else [*names[:NAMED], "…"]


def told_last(connection: Connection) -> Told | None:
    """Return the last alert about sources."""
    alert = outbox.latest(connection, AlertReason.TROUBLE, [point.value for point in Point])
    if alert is None:
        return None
    return Told(alert.id, Point(alert.point), alert.created_at, frozenset(alert.detail.get("ids", "").split()))
