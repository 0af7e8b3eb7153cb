"""What people do once an incident is over: keep that its review was held, sign it, write down what was learnt."""

from __future__ import annotations

from datetime import date, datetime

from monitor.core.access.accounts import By
from monitor.core.aftermath.followup import HeldReview
from monitor.core.beijing import day_of, local
from monitor.core.drafts.draft import Person
from monitor.core.errors import N_, Mistake
from monitor.core.text import storable
from monitor.store import aftermath
from responders.desk.holder import Holder
from responders.desk.particulars import line

LONGEST_LINE, LONGEST_TEXT = 200, 4000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class UnreadableDate(Mistake):
    """A day of a review or a lesson is none."""

    message = N_("{value} is no day. Write it as 2026-07-09.")


class ReviewToCome(Mistake):
    """A review is said to have been held on a day to come."""

    message = N_("{day} is still to come (today is {today}). Log the review once it was held.")


class ReviewTooEarly(Mistake):
    """A review is said to have been held before the incident."""

    message = N_("{day} lies before the incident ({began}). Check the day, or the incident number.")


class NobodyAttended(Mistake):
    """A review was logged without anybody who took part."""

    message = N_("Say who took part in the review.")


class NotHeld(Mistake):
    """A review was to be signed that nobody has logged."""

    message = N_("No review of incident {id} is logged, so there is nothing to sign. Log it first.")


class SignedAlready(Mistake):
    """A review was to be signed again."""

    message = N_("The review of incident {id} is signed already, by {name} at {at}; nothing was changed.")


class OwnSignature(Mistake):
    """Somebody was to sign what he wrote down himself."""

    message = N_("{name} wrote the review of incident {id} down; somebody else has to sign it.")


class ReviewRewritten(Mistake):
    """Somebody signs what was written anew since he saw it."""

    message = N_("{name} has written the review of incident {id} anew since this page was shown. Read it, then sign.")


class ReviewSince(Mistake):
    """Somebody writes a review anew that was written or signed since he saw it."""

    message = N_(
        "The review of incident {id} was written down by {name} or signed since this page was shown; nothing was "
        "changed. Read it, then write it anew if it must be."
    )


class LessonEmpty(Mistake):
    """A lesson says nothing."""

    message = N_("Say what was learnt, or what is to be done.")


class UnknownLesson(Mistake):
    """A person named a lesson that this incident does not have."""

    message = N_("Incident {id} has no lesson {lesson}. Its review lists them.")


class LessonDone(Mistake):
    """A lesson was to be ended a second time."""

    message = N_("Lesson {lesson} is done already, as {name} logged; nothing was changed.")


class AftermathDesk(Holder):
    """Keeps what people make of an incident afterwards. No deadline changes by it."""

    def hold(
        self,
        incident_id: int,
        held_on: date,
        *,
        attendees: str,
        conclusion: str,
        by: str,
        now: datetime,
        seen: datetime | None = None,
    ) -> HeldReview:
        """Keep that the review was held; what was written and signed before is replaced, the audit log keeps it.

        `seen` is when that was changed last which the person saw, None where he saw none: nothing else is replaced.
        """
        present = _text(attendees)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            if held_on > day_of(now):
                raise ReviewToCome(day=held_on.isoformat(), today=f"{local(now):%Y-%m-%d}")
            began = day_of(incident.occurred_at or incident.first_reported_at or incident.opened_at)
            if held_on < began:
                raise ReviewTooEarly(day=held_on.isoformat(), began=began.isoformat())
            if not present:
                raise NobodyAttended
            before = aftermath.held(connection, incident_id)
            if before is not None and before.changed_at != seen:
                raise ReviewSince(id=incident_id, name=before.by)
            aftermath.keep_held(connection, incident_id, held_on, present, _text(conclusion), by=by, now=now)
            kept = aftermath.held(connection, incident_id)
            assert kept is not None
            return kept

    def sign(self, incident_id: int, *, by: str, now: datetime, seen: datetime | None = None) -> HeldReview:
        """Sign what was written of the review; `seen` is when that was written which the person read."""
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            kept = aftermath.held(connection, incident_id)
            if kept is None:
                raise NotHeld(id=incident_id)
            if kept.signed_at is not None:
                raise SignedAlready(id=incident_id, name=kept.signed_by, at=f"{local(kept.signed_at):%Y-%m-%d %H:%M}")
            if seen is not None and seen != kept.at:
                raise ReviewRewritten(id=incident_id, name=kept.by)
            if _person(by).is_(Person(kept.by, kept.account)):
                raise OwnSignature(id=incident_id, name=kept.by)
            aftermath.sign(connection, kept.matter_id, by=by, now=now)
            signed = aftermath.held(connection, incident_id)
            assert signed is not None
            return signed

    def add_lesson(
        self, incident_id: int, text: str, *, office: str = "", due_on: date | None = None, by: str, now: datetime
    ) -> int:
        """Keep a lesson or a measure and return its number."""
        said = _text(text)
        if not said:
            raise LessonEmpty
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            return aftermath.add_lesson(
                connection, incident_id, said, line(office, LONGEST_LINE), due_on, by=by, now=now
            )

    def end_lesson(self, incident_id: int, lesson_id: int, *, result: str, by: str, now: datetime) -> None:
        """Keep that a lesson is carried out, with its result."""
        with self._matter(incident_id) as (connection, _):
            found = aftermath.lesson(connection, lesson_id)
            if found is None or found.matter_id not in aftermath.parts(connection, incident_id):
                raise UnknownLesson(id=incident_id, lesson=lesson_id)
            if found.done_at is not None:
                raise LessonDone(lesson=lesson_id, name=found.done_by)
            aftermath.end_lesson(connection, lesson_id, _text(result), by=by, now=now)


def day(text: str) -> date:
    """Read a day that a person typed; raise UnreadableDate."""
    try:
        found = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise UnreadableDate(value=text.strip()[:40]) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise UnreadableDate(value=text.strip()[:40])
    return found


def _text(typed: str) -> str:
    return storable(typed).strip()[:LONGEST_TEXT]


def _person(by: str) -> Person:
    return Person(str(by), by.account, by.contact) if isinstance(by, By) else Person(by)
