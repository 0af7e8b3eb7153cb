"""A press conference to come, as an event of a calendar. It keeps its UID, so that it moves where it is put off."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Event

from monitor.core.conferences.plan import Plan
from monitor.core.errors import N_
from responders.documents.conferences import page_of
from responders.documents.messages import DRILL, Composer
from responders.documents.plain_line import plain_line

LASTS = timedelta(hours=1)
ALARMS = (timedelta(hours=4), timedelta(hours=1), timedelta(minutes=15))


def conference_event(plan: Plan, about: str, composer: Composer, bureau: str, now: datetime, *, drill: bool) -> Event:
    """Return the event of a plan; `about` is the title of its incident."""
    words, arranged = composer.words, plan.arranged
    head = words(N_("Press conference: #{id} {title}"), id=plan.matter_id, title=about)
    head = plain_line(words(DRILL, title=head) if drill else head)
    named = f"{bureau}\nconference\n{plan.id}"
    event = Event()
    event.add("uid", f"{hashlib.sha256(named.encode()).hexdigest()[:40]}@huiying")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", arranged.at.astimezone(UTC).replace(microsecond=0))
    event.add("duration", LASTS)
    event.add("created", plan.made_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", plan.version)
    event.add("summary", head)
    event.add("description", words(N_("Speaks: {speaker}"), speaker=plain_line(arranged.speaker) or "—"))
    if arranged.place:
        event.add("location", plain_line(arranged.place))
    event.add("status", "CONFIRMED")
    if composer.console_url:
        event.add("url", page_of(plan.matter_id, composer.console_url))
    for before in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", head)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event
