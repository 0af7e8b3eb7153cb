"""Read what people are shown: incidents, deadlines, items, responses, alerts, logs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.sql.elements import ColumnElement

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.duties.obligations import Obligation
from monitor.core.item_views import ItemView
from monitor.core.model import (
    LIVE,
    Anchor,
    DeadlineState,
    Level,
    MatterState,
    ResponseKind,
    RumourState,
    Scope,
    Severity,
    Standing,
    Wave,
    significant,
)
from monitor.core.particulars import Particulars
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.core.views import AlertView, DeadlineView, IncidentView, LogView, ResponseView, StepView
from monitor.store import deliveries, outbox, particulars, people, rule_versions
from monitor.store.hearings import HEARING
from monitor.store.incidents import figures_of
from monitor.store.places import place_of
from monitor.store.sql import of
from monitor.store.tables import (
    AlertRow,
    AssessmentRow,
    DeadlineRow,
    DecisionRow,
    IncidentItemRow,
    IncidentRow,
    ItemRow,
    MatterRow,
    ResponseRow,
    SeverityStepRow,
    TransitionRow,
)

ALERT = of(AlertRow)
ASSESSMENT = of(AssessmentRow)
DEADLINE = of(DeadlineRow)
DECISION = of(DecisionRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)
STEP = of(SeverityStepRow)
TRANSITION = of(TransitionRow)


def _incidents() -> Select[Any]:
    known = [column for column in INCIDENT.c if column.name != "matter_id"]
    query = select(
        MATTER.c.id,
        MATTER.c.title,
        MATTER.c.state,
        MATTER.c.state_reason,
        MATTER.c.merged_into,
        MATTER.c.opened_at,
        MATTER.c.acted_at,
        MATTER.c.confirmed_at,
        MATTER.c.drill,
        *known,
        HEARING.c.standing,
        HEARING.c.rumour,
    )
    joined = query.join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    return joined.outerjoin(HEARING, HEARING.c.matter_id == MATTER.c.id)


def incident(connection: Connection, matter_id: int) -> IncidentView | None:
    """Return one incident, or None where there is none of that number."""
    row = connection.execute(_incidents().where(MATTER.c.id == matter_id)).one_or_none()
    return None if row is None else _incident(row)


def incidents(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    within: str = WHOLE_COUNTRY,
    limit: int = 200,
    offset: int = 0,
) -> list[IncidentView]:
    """Return incidents, the latest first; `since` and `until` bound when they were opened, `within` where they are."""
    query = _incidents().order_by(MATTER.c.opened_at.desc(), MATTER.c.id.desc()).limit(limit).offset(offset)
    if ids is not None:
        query = query.where(MATTER.c.id.in_(ids))
    if since is not None:
        query = query.where(MATTER.c.opened_at >= since)
    if until is not None:
        query = query.where(MATTER.c.opened_at < until)
    if within != WHOLE_COUNTRY:
        query = query.where(lies_within(within))
    return [_incident(row) for row in connection.execute(query)]


def lies_within(region: str) -> ColumnElement[bool]:
    """Tell in SQL what Place.within tells of an incident: its finest known division lies in `region`."""
    finest = func.coalesce(INCIDENT.c.county, INCIDENT.c.city, INCIDENT.c.province)
    return finest.startswith(significant(region), autoescape=True)


def _incident(row: Row[Any]) -> IncidentView:
    return IncidentView(
        id=row.id,
        title=row.title,
        state=MatterState(row.state),
        kind=row.kind,
        scope=Scope(row.scope),
        place=place_of(row),
        figures=figures_of(row),
        severity=None if row.severity is None else Severity(row.severity),
        likely=None if row.likely is None else Severity(row.likely),
        confirmed=row.confirmed_at is not None,
        sources=row.sources,
        items=row.items,
        opened_at=row.opened_at,
        last_seen_at=row.last_seen_at,
        first_reported_at=row.first_reported_at,
        occurred_at=row.occurred_at,
        acted_at=row.acted_at,
        merged_into=row.merged_into,
        state_reason=row.state_reason,
        wave=None if row.wave is None else Wave(row.wave),
        standing=None if row.standing is None else Standing(row.standing),
        rumour=None if row.rumour is None else RumourState(row.rumour),
        drill=row.drill,
    )


def deadline(connection: Connection, deadline_id: int) -> DeadlineView | None:
    """Return one deadline, or None where there is none of that number."""
    row = connection.execute(select(DEADLINE).where(DEADLINE.c.id == deadline_id)).one_or_none()
    return None if row is None else _deadline(row, rule_versions.rules(connection, {row.rule} - {None}).get(row.rule))


def deadlines(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    matter_id: int | None = None,
    live: bool = False,
    settled_since: datetime | None = None,
    opened_since: datetime | None = None,
    limit: int = 500,
) -> list[DeadlineView]:
    """Return deadlines sorted by their due moment; `live` keeps those that a response would still settle."""
    query = select(DEADLINE).order_by(DEADLINE.c.due_at, DEADLINE.c.id).limit(limit)
    if ids is not None:
        query = query.where(DEADLINE.c.id.in_(ids))
    if matter_id is not None:
        query = query.where(DEADLINE.c.matter_id == matter_id)
    if live:
        query = query.where(DEADLINE.c.state.in_([state.value for state in LIVE]), DEADLINE.c.settled_at.is_(None))
    if settled_since is not None:
        query = query.where(DEADLINE.c.settled_at >= settled_since)
    if opened_since is not None:
        query = query.where(DEADLINE.c.opened_at >= opened_since)
    rows = connection.execute(query).all()
    kept = rule_versions.rules(connection, {row.rule for row in rows if row.rule is not None})
    return [_deadline(row, kept.get(row.rule)) for row in rows]


def _deadline(row: Row[Any], rule: Obligation | None) -> DeadlineView:
    return DeadlineView(
        id=row.id,
        matter_id=row.matter_id,
        obligation_id=row.obligation_id,
        ordinal=row.ordinal,
        state=DeadlineState(row.state),
        provisional=row.provisional,
        anchor=Anchor(row.anchor),
        anchors={Anchor(name): datetime.fromisoformat(at) for name, at in row.anchors.items()},
        started_at=row.started_at,
        due_at=row.due_at,
        opened_at=row.opened_at,
        settled_at=row.settled_at,
        pack=row.pack,
        calendar=row.calendar,
        calendar_version=row.calendar_version,
        estimated=row.estimated,
        unrolled_at=row.unrolled_at,
        level=None if row.level is None else Level(row.level),
        plain_due_at=row.plain_due_at,
        paused_since=row.paused_since,
        version=row.version,
        response_id=row.response_id,
        rule=rule,
    )


def items(connection: Connection, matter_id: int) -> list[ItemView]:
    """Return the items of an incident in the order in which they became known, with the reasons read from each."""
    rows = connection.execute(
        select(
            ITEM.c.id,
            ITEM.c.title,
            ITEM.c.url,
            ITEM.c.source_id,
            ITEM.c.published_at,
            ITEM.c.first_seen_at,
            LINK.c.why,
            LINK.c.detail,
            ASSESSMENT.c.because,
        )
        .join(LINK, LINK.c.item_id == ITEM.c.id)
        .outerjoin(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id)
        .where(LINK.c.matter_id == matter_id)
        .order_by(ITEM.c.first_seen_at, ITEM.c.id)
    )
    return [
        ItemView(
            id=row.id,
            title=row.title,
            url=row.url,
            source=row.source_id,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
            why=row.why,
            detail=row.detail,
            because=tuple((r["why"], r["sentence"], r["detail"]) for r in row.because or ()),
        )
        for row in rows
    ]


def steps(connection: Connection, matter_id: int) -> list[StepView]:
    """Return the severity of an incident over time."""
    rows = connection.execute(select(STEP).where(STEP.c.matter_id == matter_id).order_by(STEP.c.id))
    return [
        StepView(
            at=row.at,
            severity=None if row.severity is None else Severity(row.severity),
            likely=None if row.likely is None else Severity(row.likely),
            figures=row.figures,
            item_id=row.item_id,
            sentence=row.sentence,
        )
        for row in rows
    ]


def responses(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    matter_id: int | None = None,
    since: datetime | None = None,
    limit: int = 200,
) -> list[ResponseView]:
    """Return logged responses, the latest first."""
    query = select(RESPONSE).order_by(RESPONSE.c.published_at.desc(), RESPONSE.c.id.desc()).limit(limit)
    if ids is not None:
        query = query.where(RESPONSE.c.id.in_(ids))
    if matter_id is not None:
        query = query.where(RESPONSE.c.matter_id == matter_id)
    if since is not None:
        query = query.where(RESPONSE.c.logged_at >= since)
    return _responses(connection, connection.execute(query).all())


def published(connection: Connection, since: datetime, until: datetime) -> list[ResponseView]:
    """Return what the public was told from `since` and before `until` and was not withdrawn, the latest first."""
    query = (
        select(RESPONSE)
        .where(RESPONSE.c.published_at >= since, RESPONSE.c.published_at < until, RESPONSE.c.retracted_at.is_(None))
        .where(RESPONSE.c.kind.in_([kind.value for kind in TO_THE_PUBLIC]))
        .order_by(RESPONSE.c.published_at.desc(), RESPONSE.c.id.desc())
    )
    return _responses(connection, connection.execute(query).all())


def response(connection: Connection, response_id: int) -> ResponseView | None:
    """Return one response, or None where there is none of that number."""
    row = connection.execute(select(RESPONSE).where(RESPONSE.c.id == response_id)).one_or_none()
    return None if row is None else _responses(connection, [row])[0]


def _responses(connection: Connection, rows: Sequence[Row[Any]]) -> list[ResponseView]:
    told = particulars.of_responses(connection, [(row.id, ResponseKind(row.kind)) for row in rows])
    return [_response(row, told.get(row.id)) for row in rows]


def _response(row: Row[Any], said: Particulars | None) -> ResponseView:
    return ResponseView(
        id=row.id,
        matter_id=row.matter_id,
        kind=ResponseKind(row.kind),
        title=row.title,
        url=row.url,
        published_at=row.published_at,
        by=row.by,
        logged_at=row.logged_at,
        level=None if row.level is None else Level(row.level),
        retracted_at=row.retracted_at,
        retracted_by=row.retracted_by,
        retracted_reason=row.retracted_reason,
        promised_at=row.promised_at,
        particulars=said,
    )


def alerts(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    matter_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[AlertView]:
    """Return alerts with their deliveries, the latest first."""
    query = select(ALERT).order_by(ALERT.c.created_at.desc(), ALERT.c.id.desc()).limit(limit).offset(offset)
    if ids is not None:
        query = query.where(ALERT.c.id.in_(ids))
    if matter_id is not None:
        query = query.where(ALERT.c.matter_id == matter_id)
    if since is not None:
        query = query.where(ALERT.c.created_at >= since)
    if until is not None:
        query = query.where(ALERT.c.created_at < until)
    rows = connection.execute(query).all()
    attempts = deliveries.deliveries_of(connection, [row.id for row in rows])
    meant = people.audiences(connection, [row.id for row in rows])
    return [outbox.alert_view(row, attempts.get(row.id, ()), meant.get(row.id, ())) for row in rows]


# Only a clock has nobody: a name of nothing but what no database keeps is none, and a person decided all the same.
NAMELESS = "—"


def log(connection: Connection, matter_id: int) -> list[LogView]:
    """Return what people decided and what became of the deadlines, oldest first."""
    decided = connection.execute(select(DECISION).where(DECISION.c.matter_id == matter_id))
    changed = connection.execute(select(TRANSITION).where(TRANSITION.c.matter_id == matter_id))
    lines = [
        LogView(at=row.at, what=row.verb, by=row.by or NAMELESS, subject=_other(row.detail), reason=row.reason)
        for row in decided
    ]
    lines += [
        LogView(at=row.at, what=row.after, subject=f"{row.obligation_id}/{row.ordinal}", reason=row.cause)
        for row in changed
    ]
    return sorted(lines, key=lambda line: line.at)


def _other(detail: Mapping[str, Any]) -> str:
    """Name the other incident, the duty or the offices that a decision is about, where it is about one."""
    return f"#{detail['other']}" if "other" in detail else str(detail.get("obligation") or detail.get("offices", ""))
