"""One incident for people: how it stands, its deadlines, how its grade came about, its reports and why they belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from monitor.cli import table
from monitor.cli.speech import say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.incidents.heat import Heat
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.wave import WaveStep
from monitor.core.model import LIVE, MatterState, Severity, Why
from monitor.core.naming import Names
from monitor.core.views import DeadlineView, IncidentView, ItemView, ResponseView, StepView
from responders.documents.heat import facts, grounds
from responders.documents.messages import Composer
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


def show(whole: Whole, names: Names, region: str) -> None:
    """Print an incident; what was fetched cannot steer the terminal."""
    for line in _head(whole.incident, Composer(say, names, region=region)):
        click.echo(table.line(line))
    parts = (
        (N_("Deadlines"), [_deadline(deadline, names) for deadline in whole.deadlines]),
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


def _head(incident: IncidentView, composer: Composer) -> Iterator[str]:
    """Say what it is and what became of it."""
    yield f"#{incident.id} {incident.title} ({say(label(incident.state))})"
    facts = (
        _what(incident, composer),
        composer.grade(incident),
        composer.wave(incident),
        composer.figures(incident.figures),
        say(N_("sounds like a rumour")) if incident.rumour else "",
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


def _deadline(deadline: DeadlineView, names: Names) -> str:
    """Return a deadline with its number, which a waiver needs."""
    state = say(label(deadline.state))
    if deadline.provisional and deadline.state in LIVE:
        state = say(N_("{state}, provisional"), state=state)
    due = say(N_("{state}; due {due}"), state=state, due=shown(deadline.due_at))
    return f"{deadline.id}  {names.obligation(deadline.obligation_id)}: {due}"


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
    told = f"{shown(response.published_at)}  {say(label(response.kind))}  {response.title} {response.url}".rstrip()
    return f"{told} ({response.by})"


def _item(item: ItemView, names: Names) -> Iterator[str]:
    """Say which report it is, and below it why it belongs here and what was read from it."""
    yield f"{item.id}  {shown(item.published_at or item.first_seen_at)}  {names.source(item.source)}: {item.title}"
    if item.url:
        yield f"    {item.url}"
    yield f"    - {say(label(Placing(item.why)))}{f': {item.detail}' if item.detail else ''}"
    for why, sentence, detail in item.because:
        yield f"    - {say(label(Why(why)))}: {' | '.join(part for part in (detail, sentence) if part)}"
