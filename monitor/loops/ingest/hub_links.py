"""What a fetch says about the source's hub: that there is one, and whether it tells what it promised to tell."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.fetched import Fetched, Outcome
from monitor.core.sources import Source
from monitor.core.websub import MISSED, State, interval
from monitor.store import websub
from monitor.store.database import Database
from monitor.store.sources import SourceState
from monitor.store.websub import Subscription

# A feed that names another hub at each fetch shall not make us ask a new one each time.
CHANGED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class HubLinks:
    """Notes which hubs sources name. Where `on` is False, hubs cannot reach us: that is noted and no more."""

    database: Database
    on: bool

    def met(self, source: Source, state: SourceState, fetched: Fetched, new: int, now: datetime) -> timedelta:
        """Note what a fetch says of the hub; return how often the source is to be looked at."""
        read = fetched.outcome is Outcome.ITEMS and fetched.reason is None
        with self.database.read() as connection:
            known = websub.subscription(connection, source.id)
        if read and (known is not None or fetched.hub):
            known = self._noted(source, known, fetched, now)
        if known is None or not self.on or not known.tells(now) or fetched.outcome is Outcome.FAILED:
            return source.interval
        missed = self._missed(known, state, new)
        return interval(source.interval, told=missed < MISSED)

    def _noted(
        self, source: Source, known: Subscription | None, fetched: Fetched, now: datetime
    ) -> Subscription | None:
        """Keep what a document offers now; return the subscription where it is still the one that was known."""
        if known is not None and (known.hub, known.topic) == (fetched.hub, fetched.topic):
            if known.state is not State.LEAVING:
                return known
        elif known is not None and not fetched.hub:
            with self.database.write() as connection:
                websub.leave(connection, known, now)
            return None
        with self.database.write() as connection:
            websub.name_hub(
                connection,
                source.id,
                hub=fetched.hub,
                topic=fetched.topic,
                token=secrets.token_urlsafe(32),
                secret=secrets.token_urlsafe(48),
                ask_at=now if known is None else now + CHANGED,
            )
        return None

    def _missed(self, known: Subscription, state: SourceState, new: int) -> int:
        """Count looks that found something new of which the hub had said nothing since the last look."""
        last = state.last_good_at
        if not new or last is None or (known.brought_at is not None and known.brought_at >= last):
            return known.missed
        with self.database.write() as connection:
            return websub.miss(connection, known)
