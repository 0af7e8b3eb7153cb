"""Leg 5: once a day read the window's facts, compile and write the briefing, and give it to the outbox.

A briefing is stored once a day, whoever compiles it first, with the editions that its readers get; it leaves through
leg 3 like any other alert.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.config.briefing_setting import BriefingSetting
from monitor.core.beijing import day_of, instant
from monitor.core.briefing import WrittenBriefing, briefing_of
from monitor.core.briefing_facts import Facts, RotaGap, Ways, window_of
from monitor.core.briefing_readers import OWN, Edition, Reader, moment_of
from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft, trouble_alert
from monitor.core.errors import N_, Mistake
from monitor.core.missed.facts import MissedFacts
from monitor.core.model import AlertReason
from monitor.core.people.duty import Duty
from monitor.core.people.rota import gaps
from monitor.core.rhythm import Works, by_weekday
from monitor.store import audit, briefing_facts, briefings, duties, missed_facts, people, troubles, unsubscriptions
from monitor.store.database import Database
from monitor.store.missed_facts import Beside
from responders.channels.base import Message, Tone
from responders.documents.briefing import written
from responders.documents.briefing_mail import briefing_message
from responders.documents.messages import Composer, Scene

LEG = "brief"
AHEAD = timedelta(days=7)
log = logging.getLogger(__name__)


class NoRecipients(Mistake):
    """A briefing was to be sent, but nobody is to get it."""

    message = N_(
        "Nobody would get the briefing. Write addresses under briefing: to: in huiying.yaml, and the section mail."
    )


class AllLeft(Mistake):
    """A briefing was to be sent, but everybody who is to get it has left the list."""

    message = N_(
        "Everybody under briefing: to: has left the list. Name another recipient in huiying.yaml, or agree with one "
        "who left and run `huiying brief --subscribe ADDRESS`."
    )


class DayToCome(Mistake):
    """A briefing was asked for a day that has not come."""

    message = N_("{day} has not come yet; a briefing tells what happened.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A briefing that was put into the outbox, how many times this day's has been by now, and for how many readers."""

    briefing: WrittenBriefing
    times: int
    readers: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Compiles briefings; any number of processes may do so at once. `beside` is for comparing the sources.

    `others` are composers of further languages by their names. `seed` decides how long after its time of day this
    office sends, `bureau` whose briefing it is; nobody is on duty but those of `duty`.
    """

    database: Database
    composer: Composer
    setting: BriefingSetting
    works: Works = by_weekday
    beside: Beside | None = None
    others: Mapping[str, Composer] = field(default_factory=dict)
    duty: Duty = field(default_factory=Duty)
    bureau: str = ""
    seed: str | None = None

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Who gets it, also who has left; an office that the duty file does not have bounds nobody."""
        given = self.setting.readers(self.composer.words.language)
        return tuple(replace(reader, edition=reader.edition.known_among(self.duty.offices)) for reader in given)

    def moment(self, day: date) -> datetime:
        """Return when the briefing of a day is compiled and sent; without a seed at its time of day."""
        return instant(day, self.setting.at) if self.seed is None else moment_of(day, self.setting.at, self.seed)

    def tick(self, now: datetime) -> int:
        """Compile the day's briefing once its moment has come; return how many were compiled (0 or 1)."""
        day = day_of(now)
        if now < self.moment(day):
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
            own = self._compiled(connection, day, instant(day, self.setting.at), now)
        with self.database.write() as connection:
            if not briefings.add(connection, own):
                return 0
            troubles.clear(connection, LEG, day.isoformat())
            _keep_others(connection, own, now)
            _anchor(connection, own, now)
            if self._staying(connection):
                self._alert(connection, day, now)
            elif self.setting.to:
                alarm = trouble_alert(f"briefing:{day}:nobody", "briefing:nobody", now, page=False)
                duties.save_alerts(connection, [alarm], now)
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
        """Store a briefing as its day's and put it into the outbox at once, again if need be.

        One that is stored is sent as it was. Raise NoRecipients and AllLeft.
        """
        if not self.setting.to:
            raise NoRecipients
        with self.database.write() as connection:
            staying = self._staying(connection)
            if not staying:
                raise AllLeft
            briefings.replace(connection, briefing)
            _keep_others(connection, briefing, now)
            _anchor(connection, briefing, now)
            return Sent(briefing, self._alert(connection, briefing.day, now), len(staying))

    def message(self, connection: Connection, scene: Scene, reader: Reader, leave: str = "") -> Message:
        """Return the message of an alert of reason BRIEFING for one reader; its point is the day.

        His edition is compiled now where it is not stored, as after a change of the settings. `leave` is his own link.
        """
        alert, composer = scene.alert, self._composer(reader.edition)
        day = date.fromisoformat(alert.point)
        own = briefings.read(connection, day)
        if own is None:
            title = composer.words(N_("The briefing of {day} is no longer stored."), day=alert.point)
            return Message(key=alert.key, title=title, tone=Tone.CALM, written_at=scene.now)
        told = briefings.read(connection, day, reader.edition.key)
        if told is None:
            until, at = own.end(self.setting.at), own.compiled_at
            told = self._written(self._facts(connection, day, until, scene.now), reader.edition)
            told = replace(told, compiled_at=at)
        return briefing_message(told, composer.words, written_at=scene.now, leave=leave)

    def _staying(self, connection: Connection) -> list[Reader]:
        gone = unsubscriptions.standing(connection, self.setting.addresses)
        return [reader for reader in self.readers if reader.address not in gone]

    def _composer(self, edition: Edition) -> Composer:
        return self.others.get(edition.language, self.composer)

    def _compiled(self, connection: Connection, day: date, until: datetime, now: datetime) -> WrittenBriefing:
        """Return the bureau's own edition with all others that somebody gets; a fault of one of those stops none."""
        facts = self._facts(connection, day, until, now)
        own = self._written(facts, OWN)
        others: list[WrittenBriefing] = []
        faults: dict[str, Exception] = {}
        for edition in dict.fromkeys(reader.edition for reader in self.readers if reader.edition != OWN):
            try:
                others.append(self._written(facts, edition))
            except Exception as fault:
                log.exception("edition %s of the briefing of %s", edition.key, day)
                faults[edition.key] = fault
        return replace(own, others=tuple(others), faults=faults)

    def _written(self, facts: Facts, edition: Edition) -> WrittenBriefing:
        office = self.duty.offices.get(edition.office)
        name = "" if office is None else office.name
        return written(briefing_of(facts, edition), self._composer(edition), by=self.bureau, office=name)

    def _facts(self, connection: Connection, day: date, until: datetime, now: datetime) -> Facts:
        before = briefings.last_before(connection, day)
        window = window_of(day, until, None if before is None else before.end(self.setting.at))
        facts = briefing_facts.facts_of(connection, window, self.composer.names.sources.keys(), now)
        ways = self._ways(connection, now)
        return replace(facts, works=self.works, missed=self._missed(connection, day, now), ways=ways)

    def _ways(self, connection: Connection, now: datetime) -> Ways:
        """Read where nobody is on duty in the next seven days, and who has left the list."""
        made = people.changes(connection, since=now) if self.duty.rotas else []
        empty = (
            RotaGap(rota.name, gap.begin, gap.end)
            for rota in self.duty.rotas.values()
            for gap in gaps(rota, made, now, now + AHEAD)
        )
        gone = len(self.readers) - len(self._staying(connection))
        return Ways(len(self.duty.rotas), tuple(empty), len(self.readers), gone)

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


def _keep_others(connection: Connection, briefing: WrittenBriefing, now: datetime) -> None:
    """Store the other editions; one that could not be written or stored is compiled when it is sent."""
    faults = dict(briefing.faults)
    for edition in briefing.others:
        try:
            with connection.begin_nested():
                briefings.replace(connection, edition)
        except OperationalError:
            # The database itself fails, not this edition.
            raise
        except Exception as fault:
            log.exception("edition %s of the briefing of %s", edition.edition, briefing.day)
            faults[edition.edition] = fault
    for key, why in faults.items():
        briefings.forget(connection, briefing.day, key)
        troubles.note(connection, LEG, f"{briefing.day} {key}", why, now)


def _anchor(connection: Connection, briefing: WrittenBriefing, now: datetime) -> None:
    """Keep which head of the audit log a briefing carries outside."""
    if briefing.head is not None:
        audit.anchor(connection, briefing.day.isoformat(), briefing.head, now)
