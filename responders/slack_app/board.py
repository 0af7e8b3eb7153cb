"""What /huiying and the Home tab show: the open deadlines by the time that is left, one incident, the help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import short
from monitor.core.errors import N_, UnknownIncident
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import views
from responders.channels.layout import parts
from responders.channels.safe_text import cut, one_line
from responders.channels.slack_blocks import blocks, paragraphs
from responders.documents.messages import DRILL, Composer
from responders.slack_app.buttons import buttons, shown_now
from responders.slack_app.people import Person

MOST_LINES, MOST_DEADLINES, TITLE = 20, 500, 60
Blocks = list[dict[str, Any]]

NOTHING_OPEN = N_("No deadline is running.")
HELP = N_(
    "/huiying: the open deadlines, those with the least time left first\n"
    "/huiying 12: incident 12, with its buttons\n"
    "/huiying help: this\n"
    "All times are Beijing time. What you press is kept in the log under the name {name}."
)


def board(connection: Connection, composer: Composer, now: datetime) -> Blocks:
    """Return the open deadlines as blocks: overdue and pressing ones first, provisional ones marked."""
    running = views.deadlines(connection, live=True, limit=MOST_DEADLINES)
    known = {
        one.id: one for one in views.incidents(connection, ids={d.matter_id for d in running}, limit=MOST_DEADLINES)
    }
    lines = list(_lines(running, known, composer, now))
    if not lines:
        return paragraphs(composer.words(NOTHING_OPEN))
    more = len(lines) - MOST_LINES
    head = composer.words(N_("{count} open deadlines, as of {at}"), count=len(lines), at=short(now))
    tail = [composer.words(N_("… and {count} more"), count=more)] if more > 0 else []
    return paragraphs("\n".join([head, *lines[:MOST_LINES], *tail]))


def _lines(
    running: Iterable[DeadlineView], known: Mapping[int, IncidentView], composer: Composer, now: datetime
) -> Iterator[str]:
    """Yield one line a deadline; those whose time stands still come last."""
    for deadline in sorted(running, key=lambda d: (d.rests, d.due_at, d.id)):
        incident = known.get(deadline.matter_id)
        if incident is None:
            continue
        title = cut(one_line(incident.title), TITLE)
        told = composer.words(DRILL, title=title) if incident.drill else title
        left = composer.left(deadline, now)
        doubt = composer.words(N_("provisional")) if deadline.provisional else ""
        mark = "⚫" if deadline.rests else "🔴" if deadline.overdue(now) else "🟡" if deadline.provisional else "🟠"
        grade = composer.grade(incident)
        said = [left, composer.clock(deadline), doubt, grade, f"#{incident.id} {told}", short(deadline.due_at)]
        yield f"{mark} " + " | ".join(part for part in said if part)


def one_incident(connection: Connection, number: int, composer: Composer, person: Person) -> Blocks:
    """Return one incident with the buttons that this person may press; raise UnknownIncident."""
    incident = views.incident(connection, number)
    if incident is None:
        raise UnknownIncident(id=number)
    deadlines = views.deadlines(connection, matter_id=number)
    card = composer.card(incident, deadlines)
    shown = shown_now(connection, incident, deadlines)
    usable = tuple(b for b in buttons(incident, deadlines, shown, composer.words) if b.id in person.may)
    return blocks(parts(replace(card, title=f"#{incident.id} {card.title}", buttons=usable)), card.tone)


def help_text(composer: Composer, person: Person) -> Blocks:
    """Return what can be typed."""
    return paragraphs(composer.words(HELP, name=person.name))
