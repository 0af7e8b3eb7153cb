"""Who says what of one incident, for its page: figures side by side, denials, a response to be taken over, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from monitor.core.beijing import local
from monitor.core.incidents.chains import Happening, Linked, Tie, hints
from monitor.core.incidents.tolls import Tolls, side_by_side
from monitor.core.incidents.voices import Voice
from monitor.core.model import MatterState, ResponseKind, RumourState
from monitor.core.views import IncidentView, ResponseView, RumourView
from monitor.store import chains, hearings, views
from responders.console.console import Console

HINTS_WITHIN = timedelta(days=16)
MOST_LOOKED_AT = 500
MOST_HINTS = 5


@dataclass(frozen=True, slots=True)
class Offered:
    """An official denial of our own bureau, ready to be logged as the response that it is."""

    kind: ResponseKind
    title: str
    url: str
    published_at: str
    item_id: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another incident and what it is, or may be, to this one."""

    incident: IncidentView
    tie: Tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """What is said of an incident and by whom; `denial` is the official one that counts."""

    tolls: tuple[Tolls, ...]
    rumour: RumourView | None
    denials: tuple[Voice, ...]
    denial: Voice | None
    offered: Offered | None
    links: tuple[Neighbour, ...]
    hints: tuple[Neighbour, ...]

    @property
    def contradicted(self) -> tuple[Tolls, ...]:
        """The figures of which two current values cannot both be right."""
        return tuple(tolls for tolls in self.tolls if tolls.contradicted)


def read_voices(
    console: Console, connection: Connection, incident: IncidentView, responses: Sequence[ResponseView]
) -> Voices:
    """Read who says what of an incident, and what it is linked with."""
    rumour = hearings.rumour_of(connection, incident.id)
    denials = tuple(voice for voice in hearings.voices_of(connection, incident.id) if voice.denies)
    denied = rumour is not None and rumour.state is RumourState.DENIED
    linked = chains.links_of(connection, [incident.id]).get(incident.id, [])
    return Voices(
        tolls=side_by_side(hearings.tellings_of(connection, [incident.id]).get(incident.id, ())),
        rumour=rumour,
        denials=denials,
        denial=next((v for v in denials if denied and rumour is not None and v.item_id == rumour.item_id), None),
        offered=_offered(denials, console.own, responses),
        links=tuple(_neighbours(connection, linked)),
        hints=tuple(_hints(console, connection, incident, {one.other_id for one in linked})),
    )


def _offered(denials: Sequence[Voice], own: frozenset[str], responses: Sequence[ResponseView]) -> Offered | None:
    """Offer the first denial of our own that is not logged yet."""
    logged = {response.url or response.title for response in responses}
    found = next((v for v in denials if v.source in own and v.official and (v.url or v.title) not in logged), None)
    if found is None:
        return None
    at = local(found.at).strftime("%Y-%m-%dT%H:%M")
    return Offered(ResponseKind.CLARIFICATION, found.title, found.url, at, found.item_id)


def _neighbours(connection: Connection, linked: Sequence[Linked]) -> list[Neighbour]:
    known = {i.id: i for i in views.incidents(connection, ids=[one.other_id for one in linked])}
    return [Neighbour(known[one.other_id], one.tie) for one in linked if one.other_id in known]


def _hints(console: Console, connection: Connection, incident: IncidentView, linked: set[int]) -> list[Neighbour]:
    """Return the incidents that may have led to this one, or may follow from it: a hint, nothing more."""
    if incident.state is not MatterState.OPEN:
        return []
    since, until = incident.opened_at - HINTS_WITHIN, incident.opened_at + HINTS_WITHIN
    around = views.incidents(connection, since=since, until=until, limit=MOST_LOOKED_AT)
    known = {i.id: i for i in around if i.state is MatterState.OPEN and i.id not in linked}
    found = hints(_happening(incident), map(_happening, known.values()), console.follows)
    return [Neighbour(known[number], tie) for number, tie in found][:MOST_HINTS]


def _happening(incident: IncidentView) -> Happening:
    known = (incident.occurred_at, incident.first_reported_at, incident.opened_at)
    return Happening(incident.id, incident.kind, incident.place, min(at for at in known if at is not None))
