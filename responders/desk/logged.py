"""Keep a published response: its facts, its text with what was found in it, and how it was reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.checks.scorecard import Scorecard
from monitor.core.duties.permitted import TYPING_SLACK
from monitor.core.errors import BadLink, ResponseBeforeIncident, ResponseInFuture
from monitor.core.model import Level, ResponseKind, Verb
from monitor.core.particulars import Continuation, Particulars
from monitor.core.people.duty import Duty
from monitor.core.text import storable
from monitor.core.views import IncidentView
from monitor.store import conference_plans, decisions, particulars, release_checks

# What we read or saw first may not be the first there was: an official release may well precede it a little.
UNSEEN = timedelta(hours=1)
WITHOUT_REVIEW = "none"


@dataclass(frozen=True, slots=True)
class Told:
    """What was published, as it is to be logged."""

    kind: ResponseKind
    title: str
    url: str
    published_at: datetime
    text: str = ""
    level: Level | None = None
    particulars: Particulars | None = None


def keep_response(
    connection: Connection,
    incident_id: int,
    told: Told,
    card: Scorecard | None,
    *,
    by: str,
    now: datetime,
    duty: Duty,
    detail: Mapping[str, Any],
) -> int:
    """Log a response and that somebody logged it; return its number. `detail` says how it was reviewed."""
    response_id = decisions.save_response(
        connection,
        incident_id,
        told.kind,
        title=told.title,
        url=told.url,
        published_at=told.published_at,
        by=by,
        now=now,
        level=told.level,
        promised_at=told.particulars.promised_at if isinstance(told.particulars, Continuation) else None,
    )
    if told.particulars is not None:
        particulars.keep(connection, response_id, told.particulars, by=by, now=now)
    if told.kind is ResponseKind.PRESS_CONFERENCE:
        conference_plans.hold(connection, incident_id, response_id, told.published_at, by=by)
    if card is not None:
        release_checks.keep(connection, response_id, told.text, card, by=by, now=now)
    facts = {"kind": told.kind.value, "url": told.url, "published_at": told.published_at.isoformat(), **detail}
    facts |= {} if told.level is None else {"level": told.level.name.lower()}
    decisions.decide(connection, incident_id, Verb.RESPOND, by=by, duty=duty, now=now, reason=told.title, detail=facts)
    return response_id


def complete_response(connection: Connection, response_id: int, told: Told, *, by: str, now: datetime) -> None:
    """Keep what is said beside a response that is logged already, in place of what was said before."""
    said = told.particulars
    if said is None:
        return
    particulars.keep(connection, response_id, said, by=by, now=now)
    if isinstance(said, Continuation) and said.promised_at is not None:
        decisions.promise(connection, response_id, said.promised_at)


def link_of(url: str) -> str:
    """Return a web address that can be shown as a link; an empty one is allowed for a press conference's record."""
    text = storable(url).strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise BadLink(url=text) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in text):
        raise BadLink(url=text)
    return text


def refuse_moment(published_at: datetime, incident: IncidentView, now: datetime) -> None:
    """Refuse a response from the future or from before the incident; typing errors are cheaper to mend now."""
    if published_at > now + TYPING_SLACK:
        raise ResponseInFuture(published_at=shown(published_at), now=shown(now))
    known = (incident.occurred_at, incident.first_reported_at, incident.opened_at)
    began_at = min(at for at in known if at is not None)
    if published_at < began_at - UNSEEN:
        raise ResponseBeforeIncident(published_at=shown(published_at), began_at=shown(began_at))
