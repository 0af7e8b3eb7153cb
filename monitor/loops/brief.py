"""Leg 5: once a day read the window's facts, compile and write the briefing, and give it to the outbox.

A briefing is stored once a day, whoever compiles it first; it leaves through leg 3 like any other alert.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from monitor.config.settings import BriefingSetting
from monitor.core.beijing import day_of, instant
from monitor.core.briefing import WrittenBriefing, briefing_of
from monitor.core.briefing_facts import window_of
from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft
from monitor.core.errors import N_, Mistake
from monitor.core.missed.facts import MissedFacts
from monitor.core.model import AlertReason
from monitor.core.rhythm import Works, by_weekday
from monitor.store import audit, briefing_facts, briefings, duties, missed_facts, troubles
from monitor.store.database import Database
from monitor.store.missed_facts import Beside
from responders.channels.base import Message, Tone
from responders.documents.briefing import briefing_message, written
from responders.documents.messages import Composer, Scene

LEG = "brief"


class NoRecipients(Mistake):
    """A briefing was to be sent, but nobody is to get it."""

    message = N_(
        "Nobody would get the briefing. Write addresses under briefing: to: in huiying.yaml, and the section mail."
    )


class DayToCome(Mistake):
    """A briefing was asked for a day that has not come."""

    message = N_("{day} has not come yet; a briefing tells what happened.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A briefing that was put into the outbox, and how many times this day's has been by now."""

    briefing: WrittenBriefing
    times: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Compiles briefings; any number of processes may do so at once. `beside` is for comparing the sources."""

    database: Database
    composer: Composer
    setting: BriefingSetting
    works: Works = by_weekday
    beside: Beside | None = None

    def tick(self, now: datetime) -> int:
        """Compile the day's briefing once its moment has come; return how many were compiled (0 or 1)."""
        day = day_of(now)
        if now < instant(day, self.setting.at):
            return 0
        with self.database.read() as connection:
            if day.isoformat() in connection.scalars(troubles.resting(LEG), {"now": now}).all():
                return 0
        try:
            return self._compile(day, now)
        except Mistake:
            # The database itself fails, not this day.
            raise
        except Exception as error:
            with self.database.write() as connection:
                troubles.note(connection, LEG, day.isoformat(), error, now)
            raise

    def _compile(self, day: date, now: datetime) -> int:
        with self.database.read() as connection:
            if briefings.is_stored(connection, day):
                return 0
            briefing = self._compiled(connection, day, instant(day, self.setting.at), now)
        with self.database.write() as connection:
            if not briefings.add(connection, briefing):
                return 0
            _anchor(connection, briefing, now)
            if self.setting.to:
                self._alert(connection, day, now)
        return 1

    def current(self, now: datetime) -> WrittenBriefing:
        """Compile the briefing as of now without storing it."""
        with self.database.read() as connection:
            return self._compiled(connection, day_of(now), now, now)

    def of_day(self, day: date, now: datetime) -> WrittenBriefing:
        """Return the stored briefing of a day, else compile that day's window without storing it. Raise DayToCome."""
        if day > day_of(now):
            raise DayToCome(day=day)
        with self.database.read() as connection:
            stored = briefings.read(connection, day)
            return stored or self._compiled(connection, day, min(now, instant(day, self.setting.at)), now)

    def send(self, briefing: WrittenBriefing, now: datetime) -> Sent:
        """Store a briefing as its day's and put it into the outbox at once, again if need be. Raise NoRecipients."""
        if not self.setting.to:
            raise NoRecipients
        with self.database.write() as connection:
            briefings.replace(connection, briefing)
            _anchor(connection, briefing, now)
            return Sent(briefing, self._alert(connection, briefing.day, now))

    @staticmethod
    def message(connection: Connection, scene: Scene, composer: Composer) -> Message:
        """Return the message of an alert of reason BRIEFING; its point is the day."""
        alert = scene.alert
        briefing = briefings.read(connection, date.fromisoformat(alert.point))
        if briefing is None:
            title = composer.words(N_("The briefing of {day} is no longer stored."), day=alert.point)
            return Message(key=alert.key, title=title, tone=Tone.CALM, written_at=scene.now)
        return briefing_message(briefing, key=alert.key, written_at=scene.now)

    def _compiled(self, connection: Connection, day: date, until: datetime, now: datetime) -> WrittenBriefing:
        before = briefings.last_before(connection, day)
        window = window_of(day, until, None if before is None else before.end(self.setting.at))
        facts = briefing_facts.facts_of(connection, window, self.composer.names.sources.keys(), now)
        missed = self._missed(connection, day, now)
        return written(briefing_of(replace(facts, works=self.works, missed=missed)), self.composer)

    def _missed(self, connection: Connection, day: date, now: datetime) -> MissedFacts | None:
        """Read what was missed on the Beijing day before; None where nobody can read the drop ledger again."""
        if self.beside is None:
            return None
        since, until = (instant(one, time.min) for one in (day - timedelta(days=1), day))
        return missed_facts.missed_facts(connection, self.beside, since, until, now)

    def _alert(self, connection: Connection, day: date, now: datetime) -> int:
        """Put an alert into the outbox; a further one of the same day has a number in its key. Return the number."""
        times = briefings.times_sent(connection, day) + 1
        key = f"briefing:{day}" if times == 1 else f"briefing:{day}:{times}"
        draft = AlertDraft(
            key=key,
            reason=AlertReason.BRIEFING,
            matter_id=None,
            point=day.isoformat(),
            at=now,
            not_before=now,
            useful_until=now + INFORMATION_KEEPS,
        )
        duties.save_alerts(connection, [draft], now)
        return times


def _anchor(connection: Connection, briefing: WrittenBriefing, now: datetime) -> None:
    """Keep which head of the audit log a briefing carries outside."""
    if briefing.head is not None:
        audit.anchor(connection, briefing.day.isoformat(), briefing.head, now)
