"""One incident: what happened, why we think so, which clocks run, what was told and done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from monitor.core.beijing import local
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_, UnknownIncident
from monitor.core.evidence.views import EvidenceView
from monitor.core.incidents.chains import Tie
from monitor.core.incidents.heat import Heat, heat_of
from monitor.core.incidents.placing import SPEAKS_ONLY, Placing
from monitor.core.incidents.stated import TOLL
from monitor.core.incidents.undoing import LastDecision, undoable
from monitor.core.incidents.wave import WaveStep
from monitor.core.item_views import ItemView
from monitor.core.model import (
    FOUND_BY_PEOPLE,
    AlertState,
    Anchor,
    DeadlineState,
    Level,
    MatterState,
    ResponseKind,
    Severity,
    Verb,
    Why,
)
from monitor.core.views import AlertView, DeadlineView, IncidentView, LogView, ResponseView, StepView
from monitor.store import adjustments, duties, evidence_views, heat, undoing, views
from monitor.store.mark import mark
from monitor.store.seen import newest_decision
from responders.console.bulletin_rows import last_issues, read_issues
from responders.console.chart import Chart, chart_of
from responders.console.checked import CheckedRow, checked_rows
from responders.console.clocks import Clock, Urgency, by_time_left, kinds_of
from responders.console.console import Console
from responders.console.draft_sheet import read_drafts, reviewed, usual_kind
from responders.console.hands import DoneRow, FoundRow, done_rows, found_rows
from responders.console.kinds import read_choices
from responders.console.offered import Offered, read_offered
from responders.console.place_map import tiles
from responders.console.responsible import read_responsible
from responders.console.toll_chart import TollChart, toll_chart
from responders.console.typed import Failed, Typed
from responders.console.visitor import visitor_of
from responders.console.voices import Voices, read_voices
from responders.documents.bulletin_names import issue_name
from responders.documents.evidence import state_of
from responders.documents.heat import facts, grounds
from responders.documents.messages import Composer
from responders.documents.particulars import said_particulars
from responders.documents.points import said_point
from responders.labels import label

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ALWAYS = (Anchor.OCCURRED, Anchor.FIRST_REPORTED, Anchor.LEVEL_REACHED, Anchor.CONFIRMED)
ON_LIKELY, ON_FIRM = (Why.GRADE_IF_MISSING_DEAD, Why.GRADE_BY_WORDING), (Why.GRADE,)
MOST_ALERTS = 100
TIES = (
    (Tie.CAUSE, N_("led to the other")),
    (Tie.EFFECT, N_("followed from the other")),
    (Tie.RELATED, N_("belongs with the other")),
)


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """A moment from which clocks may count: when it was, where known, and which clocks count from it."""

    anchor: Anchor
    moments: tuple[datetime, ...]
    counts_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert and its texts: what it was about, why it was not sent."""

    alert: AlertView
    point: str
    silence: str

    def name(self, contact: str) -> str:
        """Return what one of those whom it is for was called."""
        return next((one.name for one in self.alert.audience if one.contact == contact and one.name), contact)


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log, its texts finished; `by` is empty where the clock itself changed."""

    at: datetime
    what: str
    by: str
    subject: str
    reason: str
    verb: Verb | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that the page of one incident shows. `proof` is the step that gave the present grade.

    `needed` is how many different people must acknowledge where not enough have; `upto` the last decision on anything
    that was made before, `mark` what /live compares with; `last` the decision on this that can be undone now.
    """

    incident: IncidentView
    clocks: tuple[Clock, ...]
    anchors: tuple[AnchorRow, ...]
    steps: tuple[StepView, ...]
    proof: StepView | None
    items: tuple[ItemView, ...]
    responses: tuple[ResponseView, ...]
    alerts: tuple[AlertRow, ...]
    log: tuple[LogRow, ...]
    heat: Heat
    heat_facts: tuple[str, ...]
    waves: tuple[WaveStep, ...]
    voices: Voices
    offered: Offered
    done: Mapping[tuple[str, int], Sequence[DoneRow]]
    findings: tuple[FoundRow, ...]
    evidence: Mapping[int, EvidenceView]
    checked: Mapping[int, CheckedRow]
    needed: int
    upto: int
    mark: str
    last: LastDecision | None

    def done_to(self, deadline: DeadlineView) -> Sequence[DoneRow]:
        """Return what people did to a deadline."""
        return self.done.get((deadline.obligation_id, deadline.ordinal), ())

    @property
    def open(self) -> bool:
        """Tell whether the incident is neither dismissed nor merged."""
        return self.incident.state is MatterState.OPEN

    @property
    def merged(self) -> bool:
        """Tell whether the incident became part of another."""
        return self.incident.state is MatterState.MERGED

    def item(self, number: int) -> ItemView | None:
        """Return the item of that number."""
        return next((item for item in self.items if item.id == number), None)

    @property
    def ended(self) -> tuple[Clock, ...]:
        """The clocks that neither run nor were met."""
        return tuple(clock for clock in self.clocks if clock.urgency is Urgency.ENDED)

    @property
    def toll(self) -> TollChart | None:
        """The toll and the grade over time as a drawing."""
        return toll_chart(self.steps)

    @property
    def grounds(self) -> tuple[Why, ...]:
        """On what the present grade rests: stated figures, or what makes a higher one likely."""
        proving = self.item(self.proof.item_id) if self.proof else None
        found = {why for why, _, _ in proving.because} if proving else set()
        likely = self.proof is not None and self.proof.likely is not None
        return tuple(why for why in (ON_LIKELY if likely else ON_FIRM) if why in found)

    @property
    def reports(self) -> tuple[ItemView, ...]:
        """The items that the incident is made of."""
        return tuple(item for item in self.items if item.why not in SPEAKS_ONLY)

    @property
    def by_source(self) -> list[tuple[str, list[ItemView]]]:
        """The reports by who published them, in the order in which the sources first did."""
        found: dict[str, list[ItemView]] = {}
        for item in self.reports:
            found.setdefault(item.source, []).append(item)
        return list(found.items())

    @property
    def talk(self) -> tuple[ItemView, ...]:
        """The items that only speak of the incident, or deny it."""
        return tuple(item for item in self.items if item.why in SPEAKS_ONLY)

    @property
    def chart(self) -> Chart | None:
        """The public talk over time, drawn where there is enough to see."""
        return chart_of(self.heat.course, self.waves)

    @property
    def acknowledged(self) -> tuple[LogRow, ...]:
        """When people acknowledged, and who."""
        return tuple(row for row in self.log if row.verb is Verb.ACKNOWLEDGE)

    @property
    def told(self) -> list[tuple[AlertState, int]]:
        """How many alerts stand how."""
        counts = Counter(row.alert.state for row in self.alerts)
        return [(state, counts[state]) for state in AlertState if counts[state]]

    @property
    def climbs(self) -> bool:
        """Whether a report to a higher level is owed, so that a person has to say whom it reached."""
        return any(clock.deadline.level is not None for clock in self.clocks)

    @property
    def usual_kind(self) -> ResponseKind:
        """The kind of response that the most pressing clock waits for."""
        waited_for = (kind for clock in self.clocks if clock.live for kind in clock.met_by)
        return next(waited_for, ResponseKind.AUTHORITATIVE_RELEASE)


def read_sheet(console: Console, number: int, now: datetime) -> Sheet:
    """Read everything about one incident; raise UnknownIncident where there is none of that number."""
    composer = console.composer
    with console.database.read() as connection:
        marked, upto = mark(connection), newest_decision(connection)
        incident = views.incident(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        clocks = by_time_left(console.clock_of(d, now) for d in views.deadlines(connection, matter_id=number))
        steps = views.steps(connection, number)
        responses = views.responses(connection, matter_id=number)
        alerts = views.alerts(connection, matter_id=number, limit=MOST_ALERTS)
        talked_of = heat_of(heat.talk_of(connection, number), now)
        return Sheet(
            incident=incident,
            clocks=tuple(clocks),
            anchors=tuple(anchor_rows(incident, clocks)),
            steps=tuple(steps),
            proof=proof_of(steps),
            items=tuple(views.items(connection, number)),
            responses=tuple(responses),
            alerts=tuple(alert_row(alert, composer) for alert in alerts),
            log=tuple(_log_row(line, composer) for line in views.log(connection, number)),
            heat=talked_of,
            heat_facts=tuple(facts(talked_of, composer.words, composer.names)) if talked_of.titles else (),
            waves=tuple(heat.steps_of(connection, number)),
            voices=read_voices(console, connection, incident, responses),
            offered=read_offered(console, connection, number, tuple(clocks)),
            done=done_rows(adjustments.adjustment_views(connection, [number]), composer),
            findings=found_rows(adjustments.findings(connection, [number]), composer),
            evidence=evidence_views.of_responses(connection, [response.id for response in responses]),
            checked=checked_rows(console, connection, number),
            needed=duties.people_needed(connection, number, now),
            upto=upto,
            mark=marked,
            last=undoable(undoing.last_decision(connection, number), now),
        )


def proof_of(steps: Sequence[StepView]) -> StepView | None:
    """Return the step that reached the grade that holds now."""
    found: StepView | None = None
    for step in steps:
        if found is None or _grade(step) != _grade(found):
            found = step
    return found


def _grade(step: StepView) -> tuple[Severity | None, Severity | None]:
    return step.severity, step.likely


def anchor_rows(incident: IncidentView, clocks: Iterable[Clock]) -> list[AnchorRow]:
    """Put all moments side by side, those that nobody knows as well, and mark the ones that count."""
    known: dict[Anchor, set[datetime]] = {anchor: set() for anchor in ALWAYS}
    if incident.occurred_at is not None:
        known[Anchor.OCCURRED].add(incident.occurred_at)
    if incident.first_reported_at is not None:
        known[Anchor.FIRST_REPORTED].add(incident.first_reported_at)
    counts: dict[Anchor, list[str]] = {}
    for clock in clocks:
        for anchor, at in clock.deadline.anchors.items():
            known.setdefault(anchor, set()).add(at)
        if clock.live or clock.deadline.state in (DeadlineState.MET, DeadlineState.MET_LATE):
            counts.setdefault(clock.deadline.anchor, []).append(clock.name)
    return [AnchorRow(anchor, tuple(sorted(at)), tuple(counts.get(anchor, ()))) for anchor, at in known.items()]


def alert_row(alert: AlertView, composer: Composer) -> AlertRow:
    """Return an alert with its texts."""
    silence = composer.words(label(Silence(alert.silence))) if alert.silence else ""
    return AlertRow(alert, said_point(alert, composer.words), silence)


def _log_row(line: LogView, composer: Composer) -> LogRow:
    """Word one line: a person's decision keeps his own reason, a clock's change has a cause."""
    words = composer.words
    if line.by:
        subject = line.subject if line.subject.startswith("#") else composer.names.obligation(line.subject)
        what = f"{words(label(Verb(line.what)))} {subject if line.subject else ''}".rstrip()
        return LogRow(line.at, what, line.by, "", line.reason, Verb(line.what))
    obligation, _, ordinal = line.subject.partition("/")
    name = composer.names.obligation(obligation) + (f" ({ordinal})" if ordinal not in ("", "1") else "")
    return LogRow(line.at, words(label(DeadlineState(line.what))), "", name, words(label(Cause(line.reason))))


def said_placing(why: str, composer: Composer) -> str:
    """Say why an item belongs to its incident."""
    return composer.words(label(Placing(why)))


def said_why(why: str, composer: Composer) -> str:
    """Say the kind of a reason."""
    return composer.words(label(Why(why)))


def incident_page(
    console: Console, request: Request, number: int, *, failed: Failed | None = None, status: int = 200
) -> Response:
    """Render the page of one incident; a refused act shows its sentence and what was typed beside its form."""
    now = console.clock()
    sheet = read_sheet(console, number, now)
    beside = read_choices(console, sheet.incident, sheet.responses)
    composer, found = console.composer, read_drafts(console, number)
    issues = read_issues(console, number)
    return console.pages.page(
        request,
        "incident.html",
        now=now,
        status=status,
        sheet=sheet,
        drafts=found,
        issues=issues,
        last_issues=last_issues(issues),
        issue_name=lambda one: issue_name(one, composer.words),
        responsible=read_responsible(console, visitor_of(request), sheet.incident, now),
        draft_kind=usual_kind(sheet.usual_kind),
        reviewed=reviewed(found, sheet.responses),
        beside=beside,
        said_beside=lambda r: list(said_particulars(r.particulars, composer.words, composer.names.ranks)),
        upto=sheet.upto,
        map_tiles=tiles(sheet.incident.place, composer.names),
        toll_fields=TOLL,
        kinds_of_incident=sorted(composer.names.kinds.items(), key=lambda kind: kind[1]),
        incident=sheet.incident,
        failed=failed,
        typed=failed.typed if failed else Typed(),
        typed_at=local(now).strftime("%Y-%m-%dT%H:%M"),
        kinds=kinds_of(console.pack),
        levels=tuple(Level),
        kinds_of_fault=FOUND_BY_PEOPLE,
        ties=TIES,
        said_placing=lambda why: said_placing(why, composer),
        said_why=lambda why: said_why(why, composer),
        said_page=lambda response: state_of(sheet.evidence.get(response.id), composer.words),
        said_grounds=lambda step: grounds(step, composer.words),
    )


def routes(console: Console) -> APIRouter:
    """Return the route of one incident's page."""
    router = APIRouter()

    @router.get("/incidents/{number}")
    def incident(request: Request, number: Number) -> Response:
        return incident_page(console, request, number)

    return router
