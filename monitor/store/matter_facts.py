"""What the deadlines of one matter depend on, read from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, not_, or_, select

from monitor.core.duties.obligations import MatterFacts, jurisdiction
from monitor.core.model import Anchor, Level, MatterState, Place, Response, ResponseKind, Scope, Severity, Verb
from monitor.core.people.escalation import Act
from monitor.store import hearings, heat
from monitor.store.adjustments import adjustments_of
from monitor.store.incidents import COUNTS, ITEM, LINK
from monitor.store.matters import stated_anchors
from monitor.store.places import place_of
from monitor.store.sql import of
from monitor.store.tables import DecisionRow, IncidentRow, MatterRow, ResponseRow, SeverityStepRow
from monitor.store.tables_selfwatch import DrillRow

DECISION = of(DecisionRow)
DRILL = of(DrillRow)
INCIDENT = of(IncidentRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)
STEP = of(SeverityStepRow)
# A person who opens a matter or states a moment of it vouches for it as one who confirms.
VOUCHING = (Verb.CONFIRM.value, Verb.OPEN.value, Verb.STATE.value)
# By these a person of the office shows that it knows of the matter.
NOTICED = [verb.value for verb in (Verb.CONFIRM, Verb.DISMISS, Verb.ACKNOWLEDGE, Verb.RESPOND, Verb.WAIVE)]
# Built once: they are asked anew for every matter that is looked at.
ASKED: BindParameter[int] = bindparam("matter_id")
_MATTER = (
    select(
        MATTER.c.kind,
        MATTER.c.state,
        MATTER.c.confirmed_at,
        MATTER.c.acted_at,
        INCIDENT.c.scope,
        INCIDENT.c.province,
        INCIDENT.c.city,
        INCIDENT.c.county,
        INCIDENT.c.place_name,
        INCIDENT.c.among,
        INCIDENT.c.severity,
        INCIDENT.c.likely,
        INCIDENT.c.sources,
        INCIDENT.c.first_reported_at,
        INCIDENT.c.maybe_recent,
        INCIDENT.c.occurred_at,
        INCIDENT.c.first_seen_at,
        INCIDENT.c.kind.label("happening"),
        select(func.min(DECISION.c.at))
        .where(DECISION.c.matter_id == ASKED, DECISION.c.verb.in_(NOTICED))
        .scalar_subquery()
        .label("learned_at"),
        select(func.max(DECISION.c.at))
        .where(DECISION.c.matter_id == ASKED, DECISION.c.verb.in_(VOUCHING))
        .scalar_subquery()
        .label("vouched_at"),
        select(func.max(DECISION.c.at))
        .where(DECISION.c.matter_id == ASKED, DECISION.c.verb == Verb.HAND_BACK.value)
        .scalar_subquery()
        .label("handed_back_at"),
        DRILL.c.pace,
    )
    .outerjoin(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    .outerjoin(DRILL, DRILL.c.matter_id == MATTER.c.id)
    .where(MATTER.c.id == ASKED)
)
_REPORTED = ITEM.c.verdict == "incident"
_DATED = ITEM.c.published_at.is_not(None)
_UNDATED = and_(ITEM.c.published_at.is_(None), ITEM.c.maybe_recent)
_LIFE = (
    select(
        func.max(ITEM.c.published_at).filter(_REPORTED),
        func.max(ITEM.c.published_at).filter(not_(_REPORTED)),
        func.max(ITEM.c.first_seen_at).filter(_UNDATED),
    )
    .join(LINK, LINK.c.item_id == ITEM.c.id)
    .where(LINK.c.matter_id == ASKED, COUNTS, or_(_DATED, _UNDATED))
)
_REACHED = (
    select(STEP.c.severity, STEP.c.likely, func.min(STEP.c.reported_at).label("at"))
    .where(STEP.c.matter_id == ASKED)
    .group_by(STEP.c.severity, STEP.c.likely)
)
# What these keep asks for nobody's attention to the matter.
_NO_ACTS = (
    Verb.LINK,
    Verb.UNLINK,
    Verb.OPEN,
    Verb.RETRACT,
    Verb.REOPEN,
    Verb.SET_ANCHOR,
    Verb.FIND_FAULT,
    Verb.REVIEW_LATER,
    Verb.ASSIGN,
    Verb.SIGN,
    Verb.PLAN,
    Verb.CHECK_CLAIM,
)
_ACTS = (
    select(DECISION.c.at, DECISION.c.by, DECISION.c.detail, DECISION.c.verb)
    .where(DECISION.c.matter_id == ASKED, DECISION.c.verb.not_in([verb.value for verb in _NO_ACTS]))
    .order_by(DECISION.c.at, DECISION.c.id)
)
_ACTS_OF_MANY = (
    select(DECISION.c.matter_id, DECISION.c.at, DECISION.c.by, DECISION.c.detail, DECISION.c.verb)
    .where(
        DECISION.c.matter_id.in_(bindparam("ids", expanding=True)),
        DECISION.c.verb.not_in([verb.value for verb in _NO_ACTS]),
    )
    .order_by(DECISION.c.at, DECISION.c.id)
)
_BACKS_OF_MANY = (
    select(DECISION.c.matter_id, func.max(DECISION.c.at).label("at"))
    .where(DECISION.c.matter_id.in_(bindparam("ids", expanding=True)), DECISION.c.verb == Verb.HAND_BACK.value)
    .group_by(DECISION.c.matter_id)
)
_RESPONSES = (
    select(
        RESPONSE.c.id,
        RESPONSE.c.kind,
        RESPONSE.c.published_at,
        RESPONSE.c.level,
        RESPONSE.c.retracted_at,
        RESPONSE.c.retracted_by,
        RESPONSE.c.promised_at,
    )
    .where(RESPONSE.c.matter_id == ASKED)
    .order_by(RESPONSE.c.published_at, RESPONSE.c.id)
)


def facts_of(connection: Connection, matter_id: int, region: str) -> MatterFacts:
    """Read everything that the deadlines of one matter depend on."""
    matter = connection.execute(_MATTER, {"matter_id": matter_id}).one()
    place = Place() if matter.scope is None else place_of(matter)
    scope = Scope(matter.scope or Scope.UNKNOWN)
    waves = heat.steps_of(connection, matter_id)
    news_at, hinted_at = _life(connection, matter_id)
    responses, retracted, vanished = responses_of(connection, matter_id)
    return MatterFacts(
        id=matter_id,
        kind=matter.kind,
        happening=matter.happening or "other",
        state=MatterState(matter.state),
        scope=scope,
        jurisdiction=jurisdiction(place, scope, region),
        province=matter.province,
        severity=None if matter.severity is None else Severity(matter.severity),
        likely=None if matter.likely is None else Severity(matter.likely),
        confirmed=matter.confirmed_at is not None,
        voices=hearings.voices_of(connection, matter_id),
        sources=matter.sources or 1,
        dated=matter.first_reported_at is not None,
        maybe_recent=bool(matter.maybe_recent),
        anchors=_anchors(matter) | ({} if matter.scope is not None else stated_anchors(connection, matter_id)),
        reached=_reached(connection, matter_id),
        waves={step.wave: step.at for step in waves},
        wave_known_at=waves[-1].known_at if waves else None,
        responses=responses,
        retracted=retracted,
        vanished=vanished,
        adjustments=adjustments_of(connection, matter_id),
        acted_at=matter.acted_at,
        acts=() if matter.acted_at is None else acts_of(connection, matter_id),
        handed_back_at=matter.handed_back_at,
        news_at=news_at,
        hinted_at=hinted_at,
        vouched_at=matter.vouched_at,
        pace=matter.pace or 1.0,
    )


def _life(connection: Connection, matter_id: int) -> tuple[datetime | None, datetime | None]:
    """Return when a matter was last reported and last hinted at; see MatterFacts."""
    told = connection.execute(_LIFE, {"matter_id": matter_id}).one()
    return told[0], max((at for at in told[1:] if at is not None), default=None)


def _anchors(matter: Any) -> dict[Anchor, datetime]:
    known = {
        Anchor.OCCURRED: matter.occurred_at,
        Anchor.FIRST_REPORTED: matter.first_reported_at,
        Anchor.CONFIRMED: matter.confirmed_at,
        Anchor.FIRST_SEEN: matter.first_seen_at,
        Anchor.LEARNED: matter.learned_at,
    }
    return {anchor: at for anchor, at in known.items() if at is not None}


def _reached(connection: Connection, matter_id: int) -> dict[Severity, datetime]:
    """Return when each grade was first reported, firm or likely."""
    reached: dict[Severity, datetime] = {}
    for row in connection.execute(_REACHED, {"matter_id": matter_id}):
        highest = max((s for s in (row.severity, row.likely) if s is not None), default=None)
        if highest is not None:
            severity = Severity(highest)
            reached[severity] = min(row.at, reached.get(severity, row.at))
    return reached


def acts_of(connection: Connection, matter_id: int) -> tuple[Act, ...]:
    """Return when people acted on a matter and who they were, earliest first; none from before it was handed back."""
    return _acts(connection.execute(_ACTS, {"matter_id": matter_id}))


def acts_of_many(connection: Connection, matters: Collection[int]) -> dict[int, tuple[Act, ...]]:
    """Return the same for many matters; one on which nobody acted is left out."""
    found: dict[int, list[Any]] = defaultdict(list)
    if matters:
        for row in connection.execute(_ACTS_OF_MANY, {"ids": list(matters)}):
            found[row.matter_id].append(row)
    return {matter_id: _acts(rows) for matter_id, rows in found.items()}


def handed_back_of_many(connection: Connection, matters: Collection[int]) -> dict[int, datetime]:
    """Return when a person last took matters back; one that nobody did is left out."""
    if not matters:
        return {}
    return {row.matter_id: row.at for row in connection.execute(_BACKS_OF_MANY, {"ids": list(matters)})}


def _acts(rows: Iterable[Any]) -> tuple[Act, ...]:
    acts: list[Act] = []
    for row in rows:
        if row.verb == Verb.HAND_BACK.value:
            acts.clear()
        else:
            acts.append(Act(row.at, row.by, row.detail.get("contact", "")))
    return tuple(acts)


def responses_of(
    connection: Connection, matter_id: int
) -> tuple[tuple[Response, ...], dict[int, datetime], frozenset[int]]:
    """Return the responses of a matter that count, earliest first, when others were withdrawn, and which by nobody.

    What no person withdrew was found to be gone.
    """
    rows = connection.execute(_RESPONSES, {"matter_id": matter_id}).all()
    counting = (
        Response(ResponseKind(r.kind), r.published_at, r.id, None if r.level is None else Level(r.level), r.promised_at)
        for r in rows
        if r.retracted_at is None
    )
    retracted = {row.id: row.retracted_at for row in rows if row.retracted_at is not None}
    return tuple(counting), retracted, frozenset(row.id for row in rows if row.id in retracted and not row.retracted_by)
