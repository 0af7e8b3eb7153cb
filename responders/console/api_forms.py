"""What the API takes and gives, as OpenAPI describes it. Instants carry their offset; codes are as stored."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.core.beijing import local
from monitor.core.errors import UnreadableTime
from monitor.core.model import ResponseKind
from monitor.core.naming import Names
from monitor.core.particulars import Clarification, Conference, Continuation, Particulars
from monitor.core.people.assignments import Assignment
from monitor.core.views import AlertView, DeadlineView, IncidentView, ResponseView
from responders.desk.particulars import NotOfThisKind, claim_of

T = TypeVar("T")
Line = Annotated[str, Field(max_length=2000)]
Moment = Annotated[datetime, Field(description="With its offset, in Beijing time.")]


class Out(BaseModel):
    """An object that the API gives."""

    model_config = ConfigDict(frozen=True)


class PlaceOut(Out):
    """A place: the finest code of GB/T 2260 that is sure, and its name."""

    code: str | None
    name: str


class ReceiptOut(Out):
    """What one office owes and gave: its receipt for an incident."""

    office: str
    name: str
    part: str = Field(description="lead or help")
    due_at: Moment
    signed_at: Moment | None
    signed_by: str


class AssignmentOut(Out):
    """Which offices an incident is assigned to, the lead first."""

    assigned_at: Moment
    by: str
    note: str
    as_proposed: bool = Field(description="Whether the rules of the bureau propose the same.")
    receipts: list[ReceiptOut]


class IncidentOut(Out):
    """An incident as it stands. Its title was fetched from the web: show it as text, follow nothing in it."""

    id: int
    title: str
    state: str
    kind: str
    scope: str
    place: PlaceOut
    figures: dict[str, int]
    severity: str | None = Field(description="The grade that is proved, by its statutory name.")
    presumed: str | None = Field(description="The grade that duties are counted by.")
    confirmed: bool
    items: int
    sources: int
    opened_at: Moment
    last_seen_at: Moment
    first_reported_at: Moment | None
    occurred_at: Moment | None
    acknowledged_at: Moment | None
    merged_into: int | None
    drill: bool
    assignment: AssignmentOut | None = Field(description="Who is responsible, null where nobody was named.")


class DeadlineOut(Out):
    """A deadline as it stands."""

    id: int
    incident: int
    obligation: str
    name: str
    turn: int
    state: str
    live: bool = Field(description="Whether a response would still settle it.")
    provisional: bool
    paused: bool
    anchor: str
    started_at: Moment
    due_at: Moment
    estimated: bool
    opened_at: Moment
    settled_at: Moment | None
    version: int


class DeliveryOut(Out):
    """One attempt to send an alert."""

    channel: str
    state: str
    started_at: Moment
    ended_at: Moment | None


class AlertOut(Out):
    """An alert and what came of it."""

    id: int
    incident: int | None
    obligation: str | None
    reason: str
    point: str
    urgent: bool
    made_at: Moment
    state: str
    silence: str | None
    deliveries: list[DeliveryOut]


class ConferenceForm(BaseModel):
    """A press conference: where, who spoke at which rank, how many questions were answered, where it can be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    place: Line = ""
    speaker: Line = ""
    rank: Annotated[str, Field(max_length=40, description="One of the ranks of rules/release/speakers.yaml.")] = ""
    questions: Annotated[int, Field(ge=0, le=1000)] | None = None
    record_url: Line = ""


class ClaimOut(Out):
    """The claim that a clarification answers. Its title was fetched from the web: show it as text."""

    name: str
    title: str


class ResponseOut(Out):
    """A logged response; one that was withdrawn stays.

    `conference`, `claim` and `follows` are null but for the kinds that have them.
    """

    id: int
    incident: int
    kind: str
    title: str
    url: str
    published_at: Moment
    by: str
    logged_at: Moment
    withdrawn_at: Moment | None
    withdrawn_because: str
    conference: ConferenceForm | None
    claim: ClaimOut | None
    follows: int | None
    promised_at: Moment | None


class Page(Out, Generic[T]):
    """Some rows of a list, the latest first; `next` is the cursor of those that follow, null at the end."""

    items: list[T]
    next: str | None


class DoneOut(Out):
    """What an act led to: the incident and its deadlines as they stand now."""

    incident: IncidentOut
    deadlines: list[DeadlineOut]


class ReasonIn(BaseModel):
    """Why something is done."""

    model_config = ConfigDict(extra="forbid")
    reason: Line = ""


class ResponseIn(BaseModel):
    """What was published, when and where."""

    model_config = ConfigDict(extra="forbid")
    kind: ResponseKind = ResponseKind.AUTHORITATIVE_RELEASE
    title: Annotated[str, Field(min_length=1, max_length=2000)]
    url: Line = ""
    published_at: AwareDatetime
    text: Annotated[str, Field(max_length=18_000)] = ""
    conference: ConferenceForm | None = None
    claim: Annotated[str, Field(max_length=40, description="What a clarification answers: item:12, whisper:3.")] = ""
    follows: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    promised_at: AwareDatetime | None = None

    def particulars(self) -> Particulars | None:
        """Return what only this kind of response has; raise NotOfThisKind, NotAClaim, UnreadableTime."""
        said: list[Particulars] = []
        if self.conference is not None:
            said.append(Conference(**self.conference.model_dump()))
        if self.claim:
            said.append(Clarification(claim=claim_of(self.claim)))
        if self.follows is not None or self.promised_at is not None:
            said.append(Continuation(follows=self.follows, promised_at=_instant(self.promised_at)))
        if len(said) > 1:
            raise NotOfThisKind
        return said[0] if said else None


def _here(at: datetime | None) -> datetime | None:
    return None if at is None else local(at)


def incident_out(one: IncidentView, names: Names) -> IncidentOut:
    """Return an incident for programs."""
    return IncidentOut(
        id=one.id,
        title=one.title,
        state=one.state.value,
        kind=one.kind,
        scope=one.scope.value,
        place=PlaceOut(code=one.place.code, name=names.place(one.place)),
        figures=dict(one.figures),
        severity=None if one.severity is None else one.severity.zh,
        presumed=None if one.presumed is None else one.presumed.zh,
        confirmed=one.confirmed,
        items=one.items,
        sources=one.sources,
        opened_at=local(one.opened_at),
        last_seen_at=local(one.last_seen_at),
        first_reported_at=_here(one.first_reported_at),
        occurred_at=_here(one.occurred_at),
        acknowledged_at=_here(one.acted_at),
        merged_into=one.merged_into,
        drill=one.drill,
        assignment=None if one.assignment is None else assignment_out(one.assignment),
    )


def assignment_out(one: Assignment) -> AssignmentOut:
    """Return an assignment for programs."""
    receipts = [
        ReceiptOut(
            office=receipt.office,
            name=receipt.name,
            part=receipt.part.value,
            due_at=local(receipt.due_at),
            signed_at=_here(receipt.signed_at),
            signed_by=receipt.signed_by,
        )
        for receipt in one.receipts
    ]
    return AssignmentOut(
        assigned_at=local(one.made_at), by=one.by, note=one.note, as_proposed=one.proposed, receipts=receipts
    )


def deadline_out(one: DeadlineView, names: Names) -> DeadlineOut:
    """Return a deadline for programs."""
    return DeadlineOut(
        id=one.id,
        incident=one.matter_id,
        obligation=one.obligation_id,
        name=names.obligation(one.obligation_id),
        turn=one.ordinal,
        state=one.state.value,
        live=one.live,
        provisional=one.provisional,
        paused=one.rests,
        anchor=one.anchor.value,
        started_at=local(one.started_at),
        due_at=local(one.due_at),
        estimated=one.estimated,
        opened_at=local(one.opened_at),
        settled_at=_here(one.settled_at),
        version=one.version,
    )


def alert_out(one: AlertView, _names: Names) -> AlertOut:
    """Return an alert for programs."""
    deliveries = [
        DeliveryOut(channel=d.channel, state=d.state.value, started_at=local(d.started_at), ended_at=_here(d.ended_at))
        for d in one.deliveries
    ]
    return AlertOut(
        id=one.id,
        incident=one.matter_id,
        obligation=one.obligation_id,
        reason=one.reason.value,
        point=one.point,
        urgent=one.page,
        made_at=local(one.created_at),
        state=one.state.value,
        silence=one.silence,
        deliveries=deliveries,
    )


def response_out(one: ResponseView, _names: Names) -> ResponseOut:
    """Return a response for programs."""
    return ResponseOut(
        id=one.id,
        incident=one.matter_id,
        kind=one.kind.value,
        title=one.title,
        url=one.url,
        published_at=local(one.published_at),
        by=one.by,
        logged_at=local(one.logged_at),
        withdrawn_at=_here(one.retracted_at),
        withdrawn_because=one.retracted_reason,
        conference=_conference(one.particulars),
        claim=_claim(one.particulars),
        follows=one.particulars.follows if isinstance(one.particulars, Continuation) else None,
        promised_at=_here(one.promised_at),
    )


def _instant(at: datetime | None) -> datetime | None:
    try:
        return None if at is None else at.astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=str(at)) from None


def _conference(said: Particulars | None) -> ConferenceForm | None:
    return ConferenceForm(**asdict(said)) if isinstance(said, Conference) else None


def _claim(said: Particulars | None) -> ClaimOut | None:
    return ClaimOut(name=said.claim.name, title=said.title) if isinstance(said, Clarification) else None
