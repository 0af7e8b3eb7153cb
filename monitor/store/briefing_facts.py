"""Read everything that a briefing is compiled from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.core.briefing_facts import Change, Facts, Remark, Window
from monitor.core.fetched import Outcome
from monitor.core.hosts import HostState
from monitor.core.model import AlertReason, AlertState, DeadlineState, MatterState, Verb
from monitor.core.source_health import SHORTEST_FREEZE, SHORTEST_SILENCE, SourceFacts
from monitor.core.views import AlertView, DeadlineView, DeliveryView, IncidentView
from monitor.store import (
    assignments,
    audit,
    briefing_course,
    deliveries,
    drills,
    fetches,
    hosts,
    items,
    outbox,
    paths,
    second_views,
    sources,
    views,
)
from monitor.store.briefing_voices import voice_facts
from monitor.store.sources import SourceState
from monitor.store.sql import of
from monitor.store.tables import (
    AlertRow,
    DeadlineRow,
    DecisionRow,
    DeliveryRow,
    FetchRow,
    IncidentItemRow,
    ItemRow,
    MatterRow,
    ResponseRow,
    TransitionRow,
)

ALERT = of(AlertRow)
DEADLINE = of(DeadlineRow)
DECISION = of(DecisionRow)
DELIVERY = of(DeliveryRow)
FETCH = of(FetchRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)
TRANSITION = of(TransitionRow)

REAL = or_(ALERT.c.matter_id.is_(None), ALERT.c.matter_id.not_in(drills.PRACTISED))
ALL = 1_000_000
AT_ONCE = 500
RHYTHM = timedelta(days=90)
ARRIVALS = 1500


def facts_of(connection: Connection, window: Window, source_ids: Collection[str], now: datetime) -> Facts:
    """Read the facts of a window as they stand at `now`; `source_ids` are the sources that are watched."""
    # A drill is no incident: nothing of it is told or counted here but that it was held.
    drilled = drills.practised(connection)
    live = tuple(d for d in views.deadlines(connection, live=True, limit=ALL) if d.matter_id not in drilled)
    changes = tuple(c for c in _changes(connection, window) if c.deadline.matter_id not in drilled)
    asked = tuple(_alerts(connection, _asking()))
    unsent = tuple(_alerts(connection, _unsent(window)))
    unsigned = tuple(assignments.unsigned(connection))
    fresh = [i for i in views.incidents(connection, since=window.since, until=window.until, limit=ALL) if not i.drill]
    deadlines = (*live, *(change.deadline for change in changes))
    graver = tuple(second_views.graver(connection, window.since, window.until))
    named = [one.matter_id for one in (*asked, *unsent)] + [one.matter_id for one in graver]
    named += [one.matter_id for one in unsigned]
    matters = {d.matter_id for d in deadlines} | {number for number in named if number is not None}
    ids = [incident.id for incident in fresh]
    known = {incident.id: incident for incident in (*_incidents(connection, matters), *fresh)}
    voices = voice_facts(connection, window, [i.id for i in known.values() if i.state is MatterState.OPEN])
    known |= {incident.id: incident for incident in _incidents(connection, voices.beside - known.keys())}
    course, charted = briefing_course.course_facts(connection, window.day)
    return Facts(
        window=window,
        now=now,
        answers=briefing_course.answers(connection, known.keys()),
        heats=briefing_course.heats(connection, ids, now),
        assigned=briefing_course.assigned(connection, known.keys() | charted),
        course=course,
        incidents=known,
        live=live,
        changes=changes,
        remarks=_remarks(connection, {change.deadline.id for change in changes}),
        reporters=_reporters(connection, ids),
        with_duties=_with_duties(connection, ids),
        asked=asked,
        unsigned=unsigned,
        unsent=unsent,
        drills=tuple(drills.drills(connection, since=window.since)),
        paths=tuple(paths.latest_day(connection)),
        sources=tuple(source_facts(connection, source_ids, now)),
        fetches=fetches.fetch_counts(connection, window.since, window.until),
        verdicts=items.verdict_counts(connection, window.since, window.until),
        drops=items.drop_counts(connection, window.since, window.until),
        alerts=_alert_counts(connection, window),
        deliveries=_delivery_counts(connection, window),
        second=second_views.counts(connection, window.since, window.until),
        graver=graver,
        voices=voices,
        head=audit.head(connection),
    )


def _changes(connection: Connection, window: Window) -> Iterable[Change]:
    """Yield what became of deadlines, in the order in which it was noticed."""
    rows = connection.execute(
        select(TRANSITION, DEADLINE.c.id.label("deadline_id"))
        .join(
            DEADLINE,
            and_(
                DEADLINE.c.matter_id == TRANSITION.c.matter_id,
                DEADLINE.c.obligation_id == TRANSITION.c.obligation_id,
                DEADLINE.c.ordinal == TRANSITION.c.ordinal,
            ),
        )
        .where(TRANSITION.c.noticed_at >= window.since, TRANSITION.c.noticed_at < window.until)
        .where(or_(TRANSITION.c.before.is_(None), TRANSITION.c.before != TRANSITION.c.after))
        .order_by(TRANSITION.c.id)
    ).all()
    known = _deadlines(connection, {row.matter_id for row in rows})
    for row in rows:
        yield Change(known[row.deadline_id], DeadlineState(row.after), row.cause, row.at)


def _deadlines(connection: Connection, matters: Collection[int]) -> dict[int, DeadlineView]:
    return {
        deadline.id: deadline
        for matter_id in matters
        for deadline in views.deadlines(connection, matter_id=matter_id, limit=ALL)
    }


def _incidents(connection: Connection, ids: Collection[int]) -> Iterable[IncidentView]:
    for part in _parts(ids):
        yield from views.incidents(connection, ids=part, limit=ALL)


def _remarks(connection: Connection, deadline_ids: Collection[int]) -> dict[int, Remark]:
    """Return what was given with the act that ended each deadline: the response that met it, or the waiver."""
    found: dict[int, Remark] = {}
    for part in _parts(deadline_ids):
        waived = select(DECISION.c.deadline_id, DECISION.c.reason, DECISION.c.by).where(
            DECISION.c.deadline_id.in_(part), DECISION.c.verb == Verb.WAIVE.value
        )
        answered = (
            select(DEADLINE.c.id, RESPONSE.c.title, RESPONSE.c.by)
            .join(RESPONSE, RESPONSE.c.id == DEADLINE.c.response_id)
            .where(DEADLINE.c.id.in_(part))
        )
        for query in (waived, answered):
            found |= {row[0]: Remark(row[1], row[2]) for row in connection.execute(query)}
    return found


def _reporters(connection: Connection, matter_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the sources of each incident in the order in which they told of it."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in _parts(matter_ids):
        rows = connection.execute(
            select(LINK.c.matter_id, ITEM.c.source_id)
            .join(ITEM, ITEM.c.id == LINK.c.item_id)
            .where(LINK.c.matter_id.in_(part))
            .group_by(LINK.c.matter_id, ITEM.c.source_id)
            .order_by(LINK.c.matter_id, func.min(ITEM.c.first_seen_at), ITEM.c.source_id)
        )
        for row in rows:
            found[row.matter_id].append(row.source_id)
    return {matter_id: tuple(names) for matter_id, names in found.items()}


def _with_duties(connection: Connection, matter_ids: Collection[int]) -> frozenset[int]:
    found: set[int] = set()
    for part in _parts(matter_ids):
        found.update(connection.scalars(select(DEADLINE.c.matter_id).where(DEADLINE.c.matter_id.in_(part)).distinct()))
    return frozenset(found)


def _asking() -> Select[Any]:
    """Ask for the alerts that put a question about a matter that is still open."""
    asks = and_(ALERT.c.reason == AlertReason.TROUBLE.value, ALERT.c.point.in_(("undated", "denied")))
    still_open = select(MATTER.c.id).where(MATTER.c.state == MatterState.OPEN.value)
    return select(ALERT).where(
        or_(asks, ALERT.c.reason == AlertReason.UPDATED.value), ALERT.c.matter_id.in_(still_open), REAL
    )


def _unsent(window: Window) -> Select[Any]:
    ended = ALERT.c.state.in_([AlertState.EXPIRED.value, AlertState.UNDELIVERABLE.value])
    return select(ALERT).where(
        or_(ALERT.c.state == AlertState.PENDING.value, and_(ended, ALERT.c.useful_until >= window.since)), REAL
    )


def _alerts(connection: Connection, query: Select[Any]) -> Iterable[AlertView]:
    rows = connection.execute(query.order_by(ALERT.c.created_at, ALERT.c.id)).all()
    attempts: dict[int, tuple[DeliveryView, ...]] = {}
    for part in _parts([row.id for row in rows]):
        attempts |= deliveries.deliveries_of(connection, part)
    yield from (outbox.alert_view(row, attempts.get(row.id, ())) for row in rows)


def _alert_counts(connection: Connection, window: Window) -> dict[str, int]:
    rows = connection.execute(
        select(ALERT.c.state, func.count())
        .where(ALERT.c.created_at >= window.since, ALERT.c.created_at < window.until, REAL)
        .group_by(ALERT.c.state)
    )
    return {row[0]: row[1] for row in rows}


def _delivery_counts(connection: Connection, window: Window) -> dict[str, dict[str, int]]:
    rows = connection.execute(
        select(DELIVERY.c.channel, DELIVERY.c.state, func.count())
        .join(ALERT, ALERT.c.id == DELIVERY.c.alert_id)
        .where(DELIVERY.c.started_at >= window.since, DELIVERY.c.started_at < window.until, REAL)
        .group_by(DELIVERY.c.channel, DELIVERY.c.state)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, state, number in rows:
        found[channel][state] = number
    return found


def source_facts(connection: Connection, source_ids: Collection[str], now: datetime) -> Iterable[SourceFacts]:
    """Yield what is known of the sources that are watched."""
    failing = hosts.failing_by_source(connection)
    for state in sources.states(connection).values():
        if state.id in source_ids:
            yield _source(connection, state, failing.get(state.id), now)


def _source(connection: Connection, state: SourceState, host: HostState | None, now: datetime) -> SourceFacts:
    """Return what is known of a source; its history is read only where it may be in trouble."""
    failing = state.last_outcome == Outcome.FAILED
    latest = state.last_new_at
    quiet = latest is None or now - latest > SHORTEST_SILENCE
    still = latest is None or now - latest > SHORTEST_FREEZE
    return SourceFacts(
        id=state.id,
        next_at=state.next_at,
        outcome=state.last_outcome,
        reason=state.last_reason,
        detail=_last_detail(connection, state.id) if failing else "",
        failure_score=state.failure_score,
        failing_since=_first_fetch(connection, state.id, after=state.last_good_at) if failing else None,
        first_fetch_at=_first_fetch(connection, state.id) if latest is None else None,
        last_fetch_at=state.last_fetch_at,
        last_good_at=state.last_good_at,
        last_new_at=latest,
        arrivals=_moments(connection, state.id, FETCH.c.new > 0, now) if quiet or failing else (),
        moves=_moments(connection, state.id, FETCH.c.outcome == Outcome.ITEMS.value, now) if still else (),
        host=host,
        known_since=state.known_since,
    )


def _last_detail(connection: Connection, source_id: str) -> str:
    query = select(FETCH.c.detail).where(FETCH.c.source_id == source_id).order_by(FETCH.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or ""


def _first_fetch(connection: Connection, source_id: str, *, after: datetime | None = None) -> datetime | None:
    query = select(func.min(FETCH.c.at)).where(FETCH.c.source_id == source_id)
    if after is not None:
        query = query.where(FETCH.c.at > after)
    first: datetime | None = connection.execute(query).scalar_one()
    return first


def _moments(connection: Connection, source_id: str, told: ColumnElement[bool], now: datetime) -> tuple[datetime, ...]:
    """Return the moments of those fetches of a source, oldest first."""
    moments = connection.scalars(
        select(FETCH.c.at)
        .where(FETCH.c.source_id == source_id, told, FETCH.c.at >= now - RHYTHM)
        .order_by(FETCH.c.at.desc())
        .limit(ARRIVALS)
    ).all()
    return tuple(reversed(moments))


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    """Cut ids into portions that every database takes in one query."""
    ordered = sorted(ids)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
