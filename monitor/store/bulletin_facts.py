"""Read what an issue on one incident is made of, as it stands at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.bulletins.facts import Facts, Heard, Said, Side, Term, Turn
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.incidents.heat import Mention, Talk, heat_of
from monitor.core.incidents.stated import BY_PERSON
from monitor.core.incidents.tolls import side_by_side
from monitor.core.incidents.voices import Voice
from monitor.core.model import ResponseKind, Standing, Trust
from monitor.core.views import DeadlineView, IncidentView, ResponseView, StepView
from monitor.store import hearings, heat, views

# How many voices of each side an issue names; how many there are in all it counts.
MOST_HEARD = 6
MOST_ON_THE_PATH = 12
SIDE_OF = {Standing.OFFICIAL: Side.OFFICIAL, Standing.MEDIA: Side.MEDIA, Standing.UNVERIFIED: Side.PUBLIC}
MEDIA = frozenset({Trust.CENTRAL_MEDIA, Trust.LOCAL_MEDIA})


def read_facts(connection: Connection, incident: IncidentView, pack: RulePack, now: datetime) -> Facts:
    """Return what is known of an incident at `now`; what its people asked and its releases lack is added by others."""
    number = incident.id
    talk = heat.talk_of(connection, number)
    items = {item.id: item for item in views.items(connection, number)}
    voices = hearings.voices_of(connection, number)
    heard = heard_of(voices, talk, {item.id: item.url for item in items.values()})
    sources = {item.id: item.source for item in items.values()}
    tellings = hearings.tellings_of(connection, [number]).get(number, ())
    return Facts(
        incident=number,
        at=now,
        title=incident.title,
        kind=incident.kind,
        place=incident.place.code,
        place_name=incident.place.name,
        opened_at=incident.opened_at,
        state=incident.state,
        state_reason=incident.state_reason,
        severity=incident.severity,
        likely=incident.likely,
        confirmed=incident.confirmed,
        standing=incident.standing,
        rumour=incident.rumour,
        wave=incident.wave,
        figures=dict(incident.figures),
        occurred_at=incident.occurred_at,
        reported_at=incident.first_reported_at,
        first=first_of(voices),
        heat=heat_of(talk, now),
        by_source=dict(Counter(mention.source for mention in talk.mentions).most_common()),
        path=path_of(talk),
        turns=tuple(_turn(step, sources) for step in views.steps(connection, number)),
        heard=latest_of(heard),
        sides=dict(Counter(one.side for one in heard)),
        disputed={tolls.figure: tolls.official_lower for tolls in side_by_side(tellings) if tolls.contradicted},
        said=tuple(sorted(map(_said, views.responses(connection, matter_id=number)), key=lambda one: (one.at, one.id))),
        terms=tuple(_term(one, pack, now) for one in views.deadlines(connection, matter_id=number)),
        drill=incident.drill,
    )


def heard_of(voices: Collection[Voice], talk: Talk, urls: Mapping[int, str]) -> tuple[Heard, ...]:
    """Return every piece once with its side, in time: what reports or denies, then what only speaks of it."""
    known = {voice.item_id for voice in voices}
    found = [_voiced(voice) for voice in voices]
    found += [
        Heard(
            item=one.item_id,
            title=one.title,
            source=one.source,
            url=urls.get(one.item_id, ""),
            at=one.at,
            side=_side(one),
        )
        for one in talk.mentions
        if one.item_id not in known
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.item)))


def first_of(voices: Iterable[Voice]) -> Heard | None:
    """Return what reported it first; what denies it or only speaks of it reports nothing."""
    told = [_voiced(voice) for voice in voices if not voice.denies]
    return min(told, key=lambda one: (one.at, one.item), default=None)


def latest_of(heard: Collection[Heard]) -> tuple[Heard, ...]:
    """Return the latest of each side, no title twice, in time."""
    kept: list[Heard] = []
    for side in Side:
        mine: dict[str, Heard] = {}
        for one in heard:
            if one.side is side:
                mine.setdefault(one.title, one)
        kept += list(mine.values())[-MOST_HEARD:]
    return tuple(sorted(kept, key=lambda one: (one.at, one.item)))


def path_of(talk: Talk) -> tuple[tuple[str, datetime], ...]:
    """Return when each source first spoke of it, the first ones in their order."""
    began: dict[str, datetime] = {}
    for mention in sorted(talk.mentions, key=lambda one: (one.at, one.item_id)):
        began.setdefault(mention.source, mention.at)
    return tuple(began.items())[:MOST_ON_THE_PATH]


def _voiced(voice: Voice) -> Heard:
    return Heard(
        item=voice.item_id,
        title=voice.title,
        source=voice.source,
        url=voice.url,
        at=voice.at,
        side=SIDE_OF[voice.standing],
        denies=voice.denies,
    )


def _side(mention: Mention) -> Side:
    if mention.trust is Trust.OFFICIAL:
        return Side.OFFICIAL
    return Side.MEDIA if mention.trust in MEDIA else Side.PUBLIC


def _turn(step: StepView, sources: Mapping[int, str]) -> Turn:
    return Turn(
        at=step.at,
        severity=step.severity,
        likely=step.likely,
        figures=dict(step.figures),
        source=sources.get(step.item_id, ""),
        sentence=step.sentence,
        by_person=step.item_id == BY_PERSON,
    )


def _said(response: ResponseView) -> Said:
    return Said(
        id=response.id,
        kind=response.kind,
        title=response.title,
        url=response.url,
        at=response.published_at,
        by=response.by,
        withdrawn_at=response.retracted_at,
    )


def _term(deadline: DeadlineView, pack: RulePack, now: datetime) -> Term:
    met_by = rule_of(pack, deadline).satisfied_by
    return Term(
        obligation=deadline.obligation_id,
        ordinal=deadline.ordinal,
        state=deadline.state,
        live=deadline.live,
        overdue=deadline.live and deadline.overdue(now),
        provisional=deadline.provisional,
        due_at=deadline.due_at,
        met_by=tuple(kind for kind in ResponseKind if kind in met_by),
        level=deadline.level,
        rests=deadline.rests,
    )
