"""Read what a briefing's charts show, what was published about its incidents, how far they are talked of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from sqlalchemy import Connection, select

from monitor.core.beijing import instant
from monitor.core.briefing_course import JUDGED, CourseFacts, Judged, begins
from monitor.core.briefing_facts import Answer
from monitor.core.incidents.heat import Heat, heat_of
from monitor.core.model import DeadlineState, ResponseKind
from monitor.store import assignments, heat, views
from monitor.store.views import DEADLINE, MATTER, RESPONSE

ALL = 1_000_000
AT_ONCE = 500
# Of more incidents in one briefing nobody reads how far each is talked of.
MOST_HEATS = 100


def course_facts(connection: Connection, day: date) -> tuple[CourseFacts, frozenset[int]]:
    """Return what was opened and what fell due since the charts begin, and the incidents that this is about."""
    first, earliest = (instant(begun, time.min) for begun in begins(day))
    until = instant(day, time.min)
    fresh = views.incidents(connection, since=first, until=until, limit=ALL)
    opened = tuple(incident for incident in fresh if not incident.drill)
    rows = connection.execute(
        select(DEADLINE.c.matter_id, DEADLINE.c.due_at, DEADLINE.c.state)
        .join(MATTER, MATTER.c.id == DEADLINE.c.matter_id)
        .where(MATTER.c.drill.is_(False), DEADLINE.c.due_at >= earliest, DEADLINE.c.due_at < until)
        .where(DEADLINE.c.state.in_([state.value for state in JUDGED]))
        .order_by(DEADLINE.c.id)
    ).all()
    matters = {row.matter_id for row in rows}
    known = {i.id: i for part in _parts(matters) for i in views.incidents(connection, ids=part, limit=ALL)}
    judged = tuple(Judged(known.get(row.matter_id), row.due_at, DeadlineState(row.state)) for row in rows)
    return CourseFacts(opened, judged), frozenset({*known, *(incident.id for incident in opened)})


def answers(connection: Connection, matter_ids: Collection[int]) -> dict[int, Answer]:
    """Return what was last published about each matter and stands; one of which nothing was is left out."""
    found: dict[int, Answer] = {}
    for part in _parts(matter_ids):
        rows = connection.execute(
            select(RESPONSE.c.matter_id, RESPONSE.c.kind, RESPONSE.c.published_at)
            .where(RESPONSE.c.matter_id.in_(part), RESPONSE.c.retracted_at.is_(None))
            .order_by(RESPONSE.c.published_at, RESPONSE.c.id)
        )
        for row in rows:
            before = found.get(row.matter_id)
            times = 1 if before is None else before.times + 1
            found[row.matter_id] = Answer(ResponseKind(row.kind), row.published_at, times)
    return found


def heats(connection: Connection, matter_ids: Iterable[int], now: datetime) -> dict[int, Heat]:
    """Return how far the public talks of incidents, of the first hundred of them."""
    return {number: heat_of(heat.talk_of(connection, number), now) for number in list(matter_ids)[:MOST_HEATS]}


def assigned(connection: Connection, matter_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the offices that are responsible for incidents or assist, by incident."""
    held = assignments.of_matters(connection, matter_ids)
    return {number: frozenset(assignment.offices) for number, assignment in held.items()}


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
