"""Open deadlines as a calendar: RFC 5545, and the name and the pace of renewal of RFC 7986.

Each deadline keeps its UID for ever, so that a calendar moves it where its end is moved. All stamps are UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from monitor.core.conferences.plan import Plan
from monitor.core.errors import N_
from monitor.core.views import DeadlineView
from responders.documents.conference_event import conference_event
from responders.documents.due import said_due
from responders.documents.messages import DRILL, Composer
from responders.documents.plain_line import plain_line

RENEWED = timedelta(minutes=15)
# Before the end; as many as lie within the term.
ALARMS = (timedelta(hours=2), timedelta(hours=1), timedelta(minutes=15))
MOST_ALARMED = timedelta(days=4)
A_DAY = timedelta(days=1)


def deadline_calendar(
    deadlines: Iterable[tuple[DeadlineView, str, bool]],
    composer: Composer,
    *,
    name: str,
    now: datetime,
    plans: Iterable[tuple[Plan, str, bool]] = (),
) -> bytes:
    """Return a calendar of deadlines, each with the title of its incident and whether that is a drill.

    `plans` are the press conferences to come, told of in the same way.
    """
    words = composer.words
    title = plain_line(
        words(N_("Response deadlines of {bureau}"), bureau=name) if name else words(N_("Response deadlines"))
    )
    calendar = Calendar()
    for key, value in (("prodid", "-//Huiying//Deadlines//ZH"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", title)
    calendar.add("name", title)
    calendar.add("refresh-interval", RENEWED, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for deadline, about, drill in deadlines:
        calendar.add_component(_event(deadline, plain_line(about), composer, name, now, drill=drill))
    for plan, about, drill in plans:
        calendar.add_component(conference_event(plan, plain_line(about), composer, name, now, drill=drill))
    whole: bytes = calendar.to_ical()
    return whole


def _event(deadline: DeadlineView, about: str, composer: Composer, bureau: str, now: datetime, *, drill: bool) -> Event:
    words, event = composer.words, Event()
    head = words(N_("{clock}: #{id} {title}"), clock=composer.clock(deadline), id=deadline.matter_id, title=about)
    if deadline.rests or deadline.provisional:
        head = words(N_("{title} ({state})"), title=head, state=_doubt(deadline, composer))
    head = plain_line(words(DRILL, title=head) if drill else head)
    told = words(
        N_("Due {due} Beijing time. The deadline is met by a published and logged response."),
        due=said_due(deadline, words),
    )
    event.add("uid", _uid(deadline, bureau))
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", deadline.due_at.astimezone(UTC).replace(microsecond=0))
    event.add("created", deadline.opened_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", deadline.version)
    event.add("summary", head)
    event.add("description", told)
    event.add("status", "TENTATIVE" if deadline.provisional or deadline.rests else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if composer.console_url:
        event.add("url", f"{composer.console_url}/incidents/{deadline.matter_id}")
    for before in _alarms(deadline):
        event.add_component(_alarm(before, head))
    return event


def _doubt(deadline: DeadlineView, composer: Composer) -> str:
    return composer.state(deadline) if deadline.rests else composer.words(N_("provisional"))


def _alarms(deadline: DeadlineView) -> list[timedelta]:
    """Return how long before its end a deadline rings; what rests does not, what takes days rings the day before."""
    if deadline.rests:
        return []
    term = deadline.due_at - deadline.started_at
    return [A_DAY] if term > MOST_ALARMED else [before for before in ALARMS if before < term]


def _alarm(before: timedelta, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -before)
    return alarm


def _uid(deadline: DeadlineView, bureau: str) -> str:
    named = f"{bureau}\n{deadline.matter_id}\n{deadline.obligation_id}\n{deadline.ordinal}"
    return f"{hashlib.sha256(named.encode()).hexdigest()[:40]}@huiying"
