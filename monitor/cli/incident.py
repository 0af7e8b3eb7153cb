"""One incident for people: how it stands, its deadlines, how its grade came about, its reports and why they belong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from monitor.cli import table
from monitor.cli.speech import say
from monitor.core.beijing import shown
from monitor.core.errors import N_, UnknownIncident
from monitor.core.incidents.chains import Linked
from monitor.core.incidents.heat import Heat, heat_of
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.tolls import Tolls, side_by_side
from monitor.core.incidents.voices import Voice
from monitor.core.incidents.wave import WaveStep
from monitor.core.item_views import ItemView
from monitor.core.model import MatterState, Severity, Why
from monitor.core.naming import Names
from monitor.core.views import (
    AdjustmentView,
    DeadlineView,
    FindingView,
    IncidentView,
    ResponseView,
    RumourView,
    StepView,
)
from monitor.store import adjustments, assignments, chains, hearings, heat, views
from responders.documents.adjusted import said_adjustment, said_finding
from responders.documents.assignments import plain_assignment, said_assignment
from responders.documents.due import said_due
from responders.documents.heat import facts, grounds
from responders.documents.messages import LINKED, Composer
from responders.documents.region import whose
from responders.labels import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An incident with all that belongs to it."""

    incident: IncidentView
    deadlines: Sequence[DeadlineView]
    steps: Sequence[StepView]
    responses: Sequence[ResponseView]
    items: Sequence[ItemView]
    heat: Heat
    waves: Sequence[WaveStep]
    rumour: RumourView | None
    denials: Sequence[Voice]
    tolls: Sequence[Tolls]
    links: Sequence[tuple[Linked, str]]
    hands: Hands
    now: datetime


def read_whole(connection: Connection, number: int, now: datetime) -> Whole:
    """Read everything about one incident as of `now`; raise UnknownIncident where there is none of that number."""
    found = views.incident(connection, number)
    if found is None:
        raise UnknownIncident(id=number)
    linked = chains.links_of(connection, [number]).get(number, [])
    titles = {i.id: i.title for i in views.incidents(connection, ids=[one.other_id for one in linked])}
    return Whole(
        now=now,
        incident=assignments.attached(connection, [found])[0],
        deadlines=views.deadlines(connection, matter_id=number),
        steps=views.steps(connection, number),
        responses=views.responses(connection, matter_id=number),
        items=views.items(connection, number),
        heat=heat_of(heat.talk_of(connection, number), now),
        waves=heat.steps_of(connection, number),
        rumour=hearings.rumour_of(connection, number),
        denials=[voice for voice in hearings.voices_of(connection, number) if voice.denies],
        tolls=side_by_side(hearings.tellings_of(connection, [number]).get(number, ())),
        links=[(one, titles.get(one.other_id, "")) for one in linked],
        hands=read_hands(connection, [number]),
    )


def as_plain(whole: Whole, names: Names, region: str) -> dict[str, Any]:
    """Return an incident with all that belongs to it as plain values."""
    return plain_incident(whole.incident, names, region) | {
        "items": [asdict(item) for item in whole.items],
        "deadlines": [plain_deadline(deadline, names, whole.hands) for deadline in whole.deadlines],
        "findings": [asdict(finding) for finding in whole.hands.findings],
        "severity_history": [asdict(step) for step in whole.steps],
        "heat": asdict(whole.heat),
        "wave_history": [asdict(step) for step in whole.waves],
        "responses": [asdict(response) for response in whole.responses],
        "rumour_watch": None if whole.rumour is None else asdict(whole.rumour),
        "denials": [asdict(voice) for voice in whole.denials],
        "tolls": [asdict(tolls) for tolls in whole.tolls],
        "links": [asdict(linked) | {"title": title} for linked, title in whole.links],
    }


def plain_incident(incident: IncidentView, names: Names, region: str) -> dict[str, Any]:
    """Return an incident as plain values, its codes named; `region` is the office's."""
    return asdict(incident) | {
        "place_name": names.place(incident.place),
        "kind_name": names.kind(incident.kind),
        "jurisdiction": whose(incident, region),
        "assignment": plain_assignment(incident.assignment),
    }


@dataclass(frozen=True, slots=True)
class Hands:
    """What people did to the deadlines of some matters, and what they found wrong."""

    adjustments: Sequence[AdjustmentView] = ()
    findings: Sequence[FindingView] = ()


def read_hands(connection: Connection, matter_ids: Collection[int]) -> Hands:
    """Read what people did to the deadlines of some matters, and what they found wrong."""
    return Hands(adjustments.adjustment_views(connection, matter_ids), adjustments.findings(connection, matter_ids))


def plain_deadline(deadline: DeadlineView, names: Names, hands: Hands) -> dict[str, Any]:
    """Return a deadline as plain values, its duty named.

    `fault` follows from the times, `findings` are what people found: of this deadline, or of the whole incident.
    """
    mine = (deadline.obligation_id, deadline.ordinal)
    made = [a.made for a in hands.adjustments if a.matter_id == deadline.matter_id and a.about == mine]
    found = [f for f in hands.findings if f.matter_id == deadline.matter_id and f.about in (mine, (None, None))]
    told = asdict(replace(deadline, rule=None))
    del told["rule"]
    return told | {
        "name": names.obligation(deadline.obligation_id),
        "level": None if deadline.level is None else deadline.level.name.lower(),
        "fault": deadline.fault,
        "adjustments": [asdict(one) | {"span": str(one.span) if one.span else None} for one in made],
        "findings": [asdict(finding) for finding in found],
    }


def show(whole: Whole, names: Names, region: str) -> None:
    """Print an incident; what was fetched cannot steer the terminal."""
    for line in _head(whole.incident, Composer(say, names, region=region)):
        click.echo(table.line(line))
    parts = (
        (N_("Responsible office"), said_offices(whole.incident, whole.now)),
        (N_("Deadlines"), [line for d in whole.deadlines for line in _deadline(d, names, whole.hands)]),
        (N_("Faults found"), [_found(finding, names) for finding in whole.hands.findings]),
        (N_("Who says what"), list(_voices(whole, Composer(say, names)))),
        (N_("Linked incidents"), [_linked(one, title) for one, title in whole.links]),
        (N_("Grade over time"), [_step(step) for step in whole.steps]),
        (N_("Public talk"), _talk(whole, names)),
        (N_("Responses"), [_response(response) for response in whole.responses]),
        (N_("Items"), [line for item in whole.items for line in _item(item, names)]),
    )
    for title, lines in parts:
        if lines:
            click.echo(f"\n{say(title)}")
        for line in lines:
            click.echo(f"  {table.line(line)}")


def said_offices(incident: IncidentView, now: datetime) -> list[str]:
    """Say who is responsible and who has signed, nothing where it is assigned to nobody."""
    return [] if incident.assignment is None else said_assignment(incident.assignment, now, say)


def _head(incident: IncidentView, composer: Composer) -> Iterator[str]:
    """Say what it is and what became of it."""
    yield f"#{incident.id} {incident.title} ({say(label(incident.state))})"
    facts = (
        _what(incident, composer),
        composer.grade(incident),
        composer.wave(incident),
        composer.figures(incident.figures),
        composer.standing(incident),
        say(N_("Confirmed by a person.")) if incident.confirmed else "",
    )
    yield " | ".join(fact for fact in facts if fact)
    if incident.state is MatterState.OPEN and (whose := composer.whose(incident)):
        yield whose
    if incident.merged_into is not None:
        yield f"{say(N_('This incident became part of'))} #{incident.merged_into} {incident.state_reason}".rstrip()
    elif incident.state_reason:
        yield incident.state_reason


def _what(incident: IncidentView, composer: Composer) -> str:
    """Return the kind and the place."""
    return " ".join(part for part in (composer.names.kind(incident.kind), composer.place(incident)) if part)


def _found(finding: FindingView, names: Names) -> str:
    """Say what a person found, who and when."""
    about = f"{names.obligation(finding.obligation_id)}: " if finding.obligation_id else ""
    return f"{about}{said_finding(finding, say)} ({shown(finding.at)} {finding.by}: {finding.reason})"


def _deadline(deadline: DeadlineView, names: Names, hands: Hands) -> Iterator[str]:
    """Yield a deadline with its number, which a waiver needs, and what people did to it."""
    state = say(N_("paused")) if deadline.rests else say(label(deadline.state))
    if deadline.provisional and deadline.live:
        state = say(N_("{state}, provisional"), state=state)
    due = say(N_("{state}; due {due}"), state=state, due=said_due(deadline, say))
    yield f"{deadline.id}  {names.obligation(deadline.obligation_id)}: {due}"
    for one in (a.made for a in hands.adjustments if a.about == (deadline.obligation_id, deadline.ordinal)):
        yield f"    {shown(one.decided_at)} {one.by}: {said_adjustment(one, say)} {one.reason}".rstrip()


def _voices(whole: Whole, composer: Composer) -> Iterator[str]:
    """Say what became of it as a rumour, who denied it, and each figure with who tells it."""
    if whole.rumour is not None:
        rumour = whole.rumour
        yield f"{say(label(rumour.state))}  {shown(rumour.since)}  {say(label(rumour.why))}"
    for voice in whole.denials:
        yield f"{say(N_('Denied'))}  {shown(voice.at)}  {composer.names.source(voice.source)}: {voice.title}"
    for tolls in whole.tolls:
        if tolls.contradicted:
            yield composer.contradiction(tolls)
        for toll in tolls.told:
            who = f"{composer.names.source(toll.source)} ({say(label(toll.standing))})"
            yield f"{toll.value} {composer.figure(toll.figure)}  {who}  {shown(toll.at)}  {toll.sentence}"


def _linked(linked: Linked, title: str) -> str:
    return say(LINKED[linked.tie], id=linked.other_id, title=title)


def _step(step: StepView) -> str:
    likely = "" if step.likely is None else say(N_("presumed {grade}"), grade=_grade(step.likely))
    grades = " ".join(grade for grade in (_grade(step.severity), likely) if grade)
    return f"{shown(step.at)}  {grades or '—'}  {step.sentence}"


def _talk(whole: Whole, names: Names) -> list[str]:
    """Say how far the public talks of it, and when which grade was reached by what."""
    reached = [f"{shown(step.at)}  {say(label(step.wave))}: {grounds(step, say)}" for step in whole.waves]
    return [*facts(whole.heat, say, names), *reached] if whole.heat.titles else []


def _grade(severity: Severity | None) -> str:
    return "" if severity is None else say(label(severity))


def _response(response: ResponseView) -> str:
    """Return a response with its number, which its withdrawal needs."""
    told = f"{shown(response.published_at)}  {said_kind(response)}  {response.title} {response.url}".rstrip()
    return f"{response.id}  {told} ({response.by})"


def said_kind(response: ResponseView) -> str:
    """Name the kind of a response; one that was withdrawn is called so."""
    kind = say(label(response.kind))
    return kind if response.retracted_at is None else say(N_("{kind} (withdrawn)"), kind=kind)


def _item(item: ItemView, names: Names) -> Iterator[str]:
    """Say which report it is, and below it why it belongs here and what was read from it."""
    yield f"{item.id}  {shown(item.published_at or item.first_seen_at)}  {names.source(item.source)}: {item.title}"
    if item.url:
        yield f"    {item.url}"
    yield f"    - {say(label(Placing(item.why)))}{f': {item.detail}' if item.detail else ''}"
    for why, sentence, detail in item.because:
        yield f"    - {say(label(Why(why)))}: {' | '.join(part for part in (detail, sentence) if part)}"
