"""The daily silent drill: every way to people is tried as far as one can without ringing anybody, and the end is kept.

People are told, once a day and in working hours, over which channels an alert would not reach them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from monitor.core.beijing import day_of, instant
from monitor.core.duties.alerting import trouble_alert
from monitor.core.paths import PathCheck, PathOutcome
from monitor.store import duties, paths
from monitor.store.database import Database
from responders.channels.base import Channel, Triable
from responders.channels.trying import by_way, outcome_of


@dataclass(slots=True)
class SilentDrill:
    """Tries all channels once a day; any number of processes may do so at once."""

    database: Database
    channels: Collection[Channel]
    at: time
    clock: Callable[[], datetime]
    _done: date | None = None

    def tick(self, now: datetime) -> int:
        """Try what has not been tried today, once its time has come; return how many ways were tried."""
        day = day_of(now)
        if now < instant(day, self.at) or self._done == day:
            return 0
        with self.database.read() as connection:
            ended = paths.ended_on(connection, day)
        waiting = [channel for channel in self.channels if channel.name not in ended and isinstance(channel, Triable)]
        tried = sum(self._try(ways, day) for ways in by_way(waiting))
        with self.database.write() as connection:
            self._conclude(connection, day, now)
        return tried

    def _try(self, channels: list[Channel], day: date) -> int:
        """Try one way, for all channels that it leads to and that nobody else is trying."""
        with self.database.write() as connection:
            taken = [c for c in channels if paths.begin(connection, day, c.name, self.clock())]
        if not taken:
            return 0
        found = outcome_of(taken[0])
        with self.database.write() as connection:
            for channel in taken:
                paths.end(
                    connection,
                    PathCheck(
                        day=day,
                        channel=channel.name,
                        began_at=self.clock(),
                        ended_at=self.clock(),
                        outcome=found[0],
                        said=found[1],
                        remedy=found[2],
                    ),
                )
        return 1

    def _conclude(self, connection: Connection, day: date, now: datetime) -> None:
        """Once all ways have been tried, tell people of those that are closed, or that none is any more."""
        ended = paths.ended_on(connection, day)
        if {channel.name for channel in self.channels if isinstance(channel, Triable)} - ended.keys():
            return
        self._done = day
        closed = [c.name for c in self.channels if ended.get(c.name) is PathOutcome.FAILED]
        if closed:
            # Where every way is closed, whoever still hears of it must act today.
            all_closed = all(ended[name] is PathOutcome.FAILED for name in ended)
            detail = {"names": ", ".join(closed)}
            duties.save_alerts(
                connection, [trouble_alert(f"path:{day}", "path", now, page=all_closed, detail=detail)], now
            )
        elif PathOutcome.FAILED in paths.ended_on(connection, day - timedelta(days=1)).values():
            told = trouble_alert(f"path:over:{day}", "path:over", now, page=False)
            duties.save_alerts(connection, [told], now)
