"""Word the entries of a newsletter: an incident or an item in a heading and a line; people edit them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.core.beijing import shown
from monitor.core.bulletins.bulletin import BulletinKind, Section, SectionKey
from monitor.core.errors import N_
from monitor.core.item_views import ItemRecord
from monitor.core.model import MatterState
from monitor.core.views import IncidentView, ResponseView
from responders.documents.bulletin_lines import UNKNOWN, cut, toll_of
from responders.documents.messages import Composer

LONGEST_HEADING = 60
TITLES = {
    BulletinKind.MOBILE: N_("Public events, {first} to {last}"),
    BulletinKind.MONTHLY: N_("Monthly review of public events, {first} to {last}"),
}


def title_of(kind: BulletinKind, first: date, last: date, composer: Composer) -> str:
    """Return the title of a newsletter of a period, from its first to its last day."""
    return composer.words(TITLES[kind], first=first, last=last)


def editorial(text: str) -> tuple[Section, ...]:
    """Return the editorial line as the first section; none where nothing was written."""
    return (Section(SectionKey.EDITORIAL, "", text),) if text.strip() else ()


def incident_entry(incident: IncidentView, responses: Sequence[ResponseView], composer: Composer) -> Section:
    """Return an incident as an entry: when, where, toll, grade, how often it was responded to."""
    words = composer.words
    known = [response for response in responses if response.retracted_at is None]
    parts = [
        words(
            N_("{at}, {place}. Toll: {toll}. Grade: {grade}."),
            at=shown(incident.occurred_at or incident.first_reported_at or incident.opened_at),
            place=cut(composer.place(incident)),
            toll=toll_of(incident.figures, composer),
            grade=composer.grade(incident) or words(UNKNOWN),
        ),
        words(
            N_("{items} titles from {sources} sources; {count} response(s)."),
            items=incident.items,
            sources=incident.sources,
            count=len(known),
        ),
    ]
    if incident.state is not MatterState.OPEN:
        parts.append(words(N_("Since then: {state}."), state=incident.state))
    return Section(SectionKey.ENTRY, cut(incident.title, LONGEST_HEADING), " ".join(parts), f"incident:{incident.id}")


def item_entry(record: ItemRecord, composer: Composer) -> Section:
    """Return a published piece as an entry: who published it, when, and where."""
    item = record.item
    text = composer.words(
        N_("{source}, {at}. {url}"),
        source=composer.names.source(item.source),
        at=shown(item.published_at or record.first_seen_at),
        url=cut(item.url, 300),
    )
    return Section(SectionKey.ENTRY, cut(item.title, LONGEST_HEADING), text.strip(), f"item:{record.id}")
