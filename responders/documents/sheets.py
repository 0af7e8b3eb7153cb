"""The lists as sheets: which columns each has, and the row of each thing. The same in every form and at every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.listed import Listed, ListedItem, ListedLog
from monitor.core.model import CASUALTY_FIELDS, DeadlineState, Verb
from monitor.core.particulars import Clarification, Conference, Continuation
from monitor.core.views import AlertView, DeadlineView, IncidentView, ResponseView
from responders.documents.messages import Composer
from responders.documents.points import said_point
from responders.labels import label

# A text that came from outside, a number, an instant, yes or no, or nothing.
Cell = str | int | datetime | bool | None
Titles = Mapping[int, tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its head for people, and about how many characters it is wide."""

    key: str
    head: str
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list's name and columns; `row` makes the cells of one thing, given titles and drills by matter."""

    name: str
    columns: Sequence[Column]
    row: Callable[[Any, Titles, Composer], Sequence[Cell]]


_NUMBER = Column("number", N_("No."), 8)
_DRILL = Column("drill", N_("Drill"), 6)
_INCIDENT = (Column("incident", N_("Incident"), 8), Column("incident_title", N_("Title of the incident"), 40))
_MOMENT = 27


def _moment(key: str, head: str) -> Column:
    return Column(key, head, _MOMENT)


def _said(value: Any, composer: Composer) -> str:
    return "" if value is None else composer.words(label(value))


def _of(matter_id: int | None, titles: Titles) -> tuple[int | None, str, bool]:
    title, drill = titles.get(matter_id or 0, ("", False))
    return matter_id, title, drill


def _incident(one: IncidentView, _titles: Titles, composer: Composer) -> Sequence[Cell]:
    return (
        one.id,
        one.title,
        composer.words(label(one.state)),
        one.opened_at,
        composer.names.kind(one.kind),
        composer.place(one),
        one.place.code,
        _said(one.severity, composer),
        composer.grade(one),
        one.confirmed,
        *(one.figures.get(name) for name in CASUALTY_FIELDS),
        one.items,
        one.sources,
        composer.wave(one),
        composer.standing(one),
        one.first_reported_at,
        one.occurred_at,
        one.last_seen_at,
        one.acted_at,
        one.merged_into,
        one.state_reason,
        *_offices(one),
        one.drill,
    )


def _offices(one: IncidentView) -> Sequence[Cell]:
    """Return who leads, who assists, and when the lead signed."""
    held = one.assignment
    if held is None:
        return "", "", None
    return held.lead.name, " + ".join(receipt.name for receipt in held.helps), held.lead.signed_at


def _deadline(one: DeadlineView, titles: Titles, composer: Composer) -> Sequence[Cell]:
    number, title, drill = _of(one.matter_id, titles)
    return (
        one.id,
        number,
        title,
        composer.clock(one),
        composer.state(one),
        one.provisional,
        composer.words(label(one.anchor)),
        one.started_at,
        one.due_at,
        one.estimated,
        one.opened_at,
        one.settled_at,
        _said(one.fault, composer),
        one.obligation_id,
        one.ordinal,
        drill,
    )


def _response(one: ResponseView, titles: Titles, composer: Composer) -> Sequence[Cell]:
    number, title, drill = _of(one.matter_id, titles)
    return (
        one.id,
        number,
        title,
        composer.words(label(one.kind)),
        one.title,
        one.url,
        one.published_at,
        one.by,
        one.logged_at,
        _said(one.level, composer),
        one.retracted_at,
        one.retracted_by,
        one.retracted_reason,
        *_beside(one, composer),
        one.promised_at,
        drill,
    )


def _beside(one: ResponseView, composer: Composer) -> Sequence[Cell]:
    """Return what only a conference has, then what only a clarification or a further release has."""
    said = one.particulars
    conference = said if isinstance(said, Conference) else Conference()
    return (
        conference.place,
        conference.speaker,
        composer.names.rank(conference.rank),
        conference.questions,
        conference.record_url,
        said.title or said.claim.name if isinstance(said, Clarification) else "",
        said.follows if isinstance(said, Continuation) else None,
    )


def _alert(one: AlertView, titles: Titles, composer: Composer) -> Sequence[Cell]:
    number, title, drill = _of(one.matter_id, titles)
    pair = N_("{name}: {value}")
    told = (composer.words(pair, name=d.channel, value=d.state) for d in one.deliveries)
    return (
        one.id,
        number,
        title,
        one.created_at,
        composer.words(label(one.reason)),
        said_point(one, composer.words),
        "" if one.obligation_id is None else composer.names.obligation(one.obligation_id),
        one.page,
        composer.words(label(one.state)),
        "" if one.silence is None else composer.words(label(Silence(one.silence))),
        composer.words(N_("; ")).join(told),
        composer.words(N_(", ")).join(person.name or person.contact for person in one.audience),
        drill,
    )


def _item(one: ListedItem, titles: Titles, composer: Composer) -> Sequence[Cell]:
    number, title, drill = _of(one.matter_id, titles)
    source, why = composer.names.source(one.source), composer.words(label(one.why))
    return one.id, number, title, source, one.title, one.url, one.published_at, one.first_seen_at, why, drill


def _log(one: ListedLog, titles: Titles, composer: Composer) -> Sequence[Cell]:
    number, title, drill = _of(one.matter_id, titles)
    what = label(Verb(one.what) if one.decided else DeadlineState(one.what))
    reason = one.reason if one.decided else composer.words(label(Cause(one.reason)))
    duty = composer.names.obligation(one.obligation_id) if one.obligation_id else ""
    return one.at, number, title, composer.words(what), duty, one.by, reason, drill


_DEADLINES = (
    _NUMBER, *_INCIDENT, Column("duty", N_("Duty"), 30), Column("state", N_("State")),
    Column("provisional", N_("Provisional"), 8), Column("counted_from", N_("Counted from")),
    _moment("started_at", N_("Began")), _moment("due_at", N_("Due")), Column("estimated", N_("Estimated"), 8),
    _moment("opened_at", N_("Opened")), _moment("settled_at", N_("Settled")), Column("fault", N_("Fault")),
    Column("rule", N_("Rule"), 30), Column("turn", N_("Turn"), 6), _DRILL,
)  # fmt: skip
_INCIDENTS = (
    _NUMBER, Column("title", N_("Title"), 50), Column("state", N_("State")), _moment("opened_at", N_("Opened")),
    Column("kind", N_("Kind"), 16), Column("place", N_("Place"), 24), Column("division", N_("Division code"), 10),
    Column("severity", N_("Grade"), 10), Column("presumed", N_("Grade counted by"), 14),
    Column("confirmed", N_("Confirmed"), 8), Column("deaths", N_("Dead"), 8), Column("missing", N_("Missing"), 8),
    Column("trapped", N_("Trapped"), 8), Column("injured", N_("Injured"), 8),
    Column("serious", N_("Seriously injured"), 8), Column("loss_yuan", N_("Loss (yuan)"), 14),
    Column("items", N_("Items"), 8), Column("sources", N_("Sources"), 8), Column("wave", N_("Public talk")),
    Column("standing", N_("Vouched for"), 16), _moment("first_reported_at", N_("First reported")),
    _moment("occurred_at", N_("Happened")), _moment("last_seen_at", N_("Last seen")),
    _moment("acted_at", N_("Acknowledged")), Column("merged_into", N_("Part of"), 8),
    Column("reason", N_("Reason"), 30), Column("lead", N_("Lead"), 16), Column("assisting", N_("Assisting"), 20),
    _moment("signed_at", N_("Lead signed")), _DRILL,
)  # fmt: skip
_RESPONSES = (
    _NUMBER, *_INCIDENT, Column("kind", N_("Kind"), 16), Column("title", N_("Title"), 50),
    Column("url", N_("Address"), 50), _moment("published_at", N_("Published")), Column("by", N_("By")),
    _moment("logged_at", N_("Logged")), Column("level", N_("Level")), _moment("withdrawn_at", N_("Withdrawn")),
    Column("withdrawn_by", N_("Withdrawn by")), Column("withdrawn_because", N_("Why withdrawn"), 30),
    Column("held_in", N_("Place"), 24), Column("speaker", N_("Speaker"), 24), Column("rank", N_("Rank"), 16),
    Column("questions", N_("Questions answered"), 8), Column("record", N_("Record"), 40),
    Column("claim", N_("Claim answered"), 40), Column("continues", N_("Continues"), 8),
    _moment("promised_at", N_("Next release promised")), _DRILL,
)  # fmt: skip
_ALERTS = (
    _NUMBER, *_INCIDENT, _moment("made_at", N_("Made")), Column("reason", N_("Reason"), 16),
    Column("point", N_("Point"), 16), Column("duty", N_("Duty"), 30), Column("page", N_("Urgent"), 8),
    Column("state", N_("State")), Column("silence", N_("Why not sent"), 20),
    Column("channels", N_("Channels"), 40), Column("people", N_("For"), 20), _DRILL,
)  # fmt: skip
_ITEMS = (
    _NUMBER, *_INCIDENT, Column("source", N_("Source"), 20), Column("title", N_("Title"), 50),
    Column("url", N_("Address"), 50), _moment("published_at", N_("Published")),
    _moment("first_seen_at", N_("First seen")), Column("because", N_("Why it belongs"), 30), _DRILL,
)  # fmt: skip
_LOG = (
    _moment("at", N_("At")), *_INCIDENT, Column("what", N_("What"), 20), Column("duty", N_("Duty"), 30),
    Column("by", N_("By")), Column("reason", N_("Reason"), 40), _DRILL,
)  # fmt: skip
SHEETS: Mapping[Listed, Sheet] = {
    Listed.INCIDENTS: Sheet(N_("Incidents"), _INCIDENTS, _incident),
    Listed.DEADLINES: Sheet(N_("Deadlines"), _DEADLINES, _deadline),
    Listed.RESPONSES: Sheet(N_("Responses"), _RESPONSES, _response),
    Listed.ALERTS: Sheet(N_("Alerts"), _ALERTS, _alert),
    Listed.ITEMS: Sheet(N_("Items"), _ITEMS, _item),
    Listed.LOG: Sheet(N_("Log"), _LOG, _log),
}
