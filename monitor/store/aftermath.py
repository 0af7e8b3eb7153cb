"""Read what an incident is looked back upon from; keep the review that was held, and the lessons."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select, update

from monitor.core.access.accounts import WHOLE_COUNTRY, By
from monitor.core.aftermath.facts import BegunDraft, Facts, Polled
from monitor.core.aftermath.followup import Case, HeldReview, Lesson
from monitor.core.fetched import Outcome
from monitor.core.incidents.placing import SPEAKS_ONLY
from monitor.core.model import LIVE, AlertReason, MatterState, Severity
from monitor.core.text import storable
from monitor.core.views import AlertView, IncidentView, LogView
from monitor.store import adjustments, assignments, conference_plans, drafts, evidence_views, release_checks, views
from monitor.store.sql import insert, of
from monitor.store.tables import FetchRow
from monitor.store.tables_aftermath import AftermathRow, LessonRow
from monitor.store.views import ALERT, DEADLINE, INCIDENT, ITEM, LINK, MATTER

AFTERMATH, LESSON, FETCH = of(AftermathRow), of(LessonRow), of(FetchRow)
MOST = 5000
A_DAY = timedelta(days=1)
# What addressing calls a page that is for nobody.
NOBODY = "duty:nobody"


def facts(connection: Connection, incident: IncidentView) -> Facts:
    """Read everything that is stored of an incident, whatever state it is in."""
    number = incident.id
    others = sorted(set(parts(connection, number)) - {number})
    responses = views.responses(connection, matter_id=number, limit=MOST)
    begun = [BegunDraft(one, drafts.versions(connection, one.id)[0].at) for one in drafts.of_matter(connection, number)]
    deadlines = views.deadlines(connection, matter_id=number, limit=MOST)
    return Facts(
        incident=assignments.attached(connection, [incident])[0],
        items=tuple(views.items(connection, number)),
        steps=tuple(views.steps(connection, number)),
        deadlines=tuple(deadlines),
        log=tuple(_log(connection, number, others)),
        alerts=tuple(_alerts(connection, number, others)),
        drafts=tuple(begun[::-1]),
        plans=tuple(conference_plans.of_matter(connection, number)),
        responses=tuple(responses),
        findings=tuple(adjustments.findings(connection, [number])),
        checks=release_checks.of_matter(connection, number),
        evidence=evidence_views.of_responses(connection, [one.id for one in responses]),
        polled=_polled(connection, incident),
        nobody_at=tuple(_nobody(connection, incident, max((one.due_at for one in deadlines), default=None))),
    )


def _log(connection: Connection, number: int, others: Collection[int]) -> list[LogView]:
    """Return the log with what people decided of the incidents that became part of this one; deadlines are its own."""
    found = views.log(connection, number)
    # A merge is logged at both ends.
    known = set(found)
    decided = dict.fromkeys(line for other in others for line in views.log(connection, other) if line.by)
    return sorted([*found, *(line for line in decided if line not in known)], key=lambda line: line.at)


def _alerts(connection: Connection, number: int, others: Collection[int]) -> list[AlertView]:
    """Return the alerts of an incident and of those that became part of it, the latest first."""
    found = [alert for one in (number, *others) for alert in views.alerts(connection, matter_id=one, limit=MOST)]
    return sorted(found, key=lambda alert: (alert.created_at, alert.id), reverse=True)


def _polled(connection: Connection, incident: IncidentView) -> Polled | None:
    """Return how the source that reported first was asked from then on until we saw it there; None without both."""
    reports = (
        select(ITEM.c.source_id, ITEM.c.published_at, ITEM.c.first_seen_at)
        .join(LINK, LINK.c.item_id == ITEM.c.id)
        .where(LINK.c.matter_id == incident.id, LINK.c.why.not_in([why.value for why in SPEAKS_ONLY]))
        .order_by(ITEM.c.first_seen_at, ITEM.c.id)
    )
    since = incident.first_reported_at
    first = connection.execute(reports.where(ITEM.c.published_at == since).limit(1)).one_or_none()
    if since is None or first is None:
        return None
    mine = FETCH.c.source_id == first.source_id
    between = (mine, FETCH.c.at > since, FETCH.c.at < first.first_seen_at)
    failed = FETCH.c.outcome == Outcome.FAILED.value
    counted = select(func.count()).select_from(FETCH)
    before = select(FETCH.c.id).where(mine, FETCH.c.at <= since).limit(1)
    return Polled(
        good=connection.execute(counted.where(*between, ~failed)).scalar_one(),
        failed=connection.execute(counted.where(*between, failed)).scalar_one(),
        before=connection.execute(before).first() is not None,
        seen_at=first.first_seen_at,
    )


def _nobody(connection: Connection, incident: IncidentView, until: datetime | None) -> Iterator[datetime]:
    """Yield when pages of the time of an incident were found to be for nobody."""
    query = select(ALERT.c.created_at).where(
        ALERT.c.reason == AlertReason.TROUBLE.value,
        ALERT.c.point == NOBODY,
        ALERT.c.created_at >= incident.opened_at - A_DAY,
    )
    if until is not None:
        query = query.where(ALERT.c.created_at <= until)
    yield from connection.scalars(query.order_by(ALERT.c.created_at))


def held(connection: Connection, matter_id: int) -> HeldReview | None:
    """Return the review of an incident that was held; without one of its own, the newest of what became part of it."""
    rows = connection.execute(select(AFTERMATH).where(AFTERMATH.c.matter_id.in_(parts(connection, matter_id)))).all()
    row = max(rows, key=lambda row: (row.matter_id == matter_id, row.at), default=None)
    if row is None:
        return None
    return HeldReview(
        matter_id=row.matter_id,
        held_on=row.held_on,
        attendees=row.attendees,
        conclusion=row.conclusion,
        by=row.by,
        at=row.at,
        account=row.account,
        signed_at=row.signed_at,
        signed_by=row.signed_by,
    )


def keep_held(
    connection: Connection, matter_id: int, held_on: date, attendees: str, conclusion: str, *, by: str, now: datetime
) -> None:
    """Keep that the review was held, in place of what was written before; a signature of that is gone."""
    values = {
        "held_on": held_on,
        "attendees": attendees,
        "conclusion": conclusion,
        "by": storable(str(by)),
        "account": _account(by),
        "at": now,
        "signed_at": None,
        "signed_by": "",
    }
    statement = insert(connection, AftermathRow).values(matter_id=matter_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["matter_id"], set_=values))


def sign(connection: Connection, matter_id: int, *, by: str, now: datetime) -> None:
    """Keep that somebody signed what was written of the review."""
    signed = update(AFTERMATH).where(AFTERMATH.c.matter_id == matter_id)
    connection.execute(signed.values(signed_at=now, signed_by=storable(str(by))))


def add_lesson(
    connection: Connection, matter_id: int, text: str, office: str, due_on: date | None, *, by: str, now: datetime
) -> int:
    """Keep a lesson and return its number."""
    statement = insert(connection, LessonRow).values(
        matter_id=matter_id,
        text=text,
        office=office,
        due_on=due_on,
        by=storable(str(by)),
        account=_account(by),
        made_at=now,
        done_by="",
        result="",
    )
    return int(connection.execute(statement.returning(LESSON.c.id)).scalar_one())


def end_lesson(connection: Connection, number: int, result: str, *, by: str, now: datetime) -> None:
    """Keep that a lesson is carried out."""
    done = update(LESSON).where(LESSON.c.id == number)
    connection.execute(done.values(done_at=now, done_by=storable(str(by)), result=result))


def lesson(connection: Connection, number: int) -> Lesson | None:
    """Return a lesson, None where there is none of that number."""
    row = connection.execute(select(LESSON).where(LESSON.c.id == number)).one_or_none()
    return None if row is None else _lesson(row)


def lessons(connection: Connection, matter_id: int) -> list[Lesson]:
    """Return the lessons of an incident and of those that became part of it, the oldest first."""
    query = select(LESSON).where(LESSON.c.matter_id.in_(parts(connection, matter_id))).order_by(LESSON.c.id)
    return [_lesson(row) for row in connection.execute(query)]


def open_lessons(connection: Connection, before: date, within: str = WHOLE_COUNTRY) -> list[Lesson]:
    """Return the lessons that are not carried out although their day lies before a day, the longest due first."""
    query = select(LESSON).where(LESSON.c.done_at.is_(None), LESSON.c.due_on < before)
    if within != WHOLE_COUNTRY:
        query = query.join(INCIDENT, INCIDENT.c.matter_id == LESSON.c.matter_id).where(views.lies_within(within))
    return [_lesson(row) for row in connection.execute(query.order_by(LESSON.c.due_on, LESSON.c.id))]


def parts(connection: Connection, matter_id: int) -> Collection[int]:
    """Return an incident's number with those of all that were merged into it."""
    known, found = {matter_id}, {matter_id}
    while found:
        found = set(connection.scalars(select(MATTER.c.id).where(MATTER.c.merged_into.in_(found)))) - known
        known |= found
    return known


def whole(connection: Connection, matter_id: int) -> int:
    """Return the number of the incident that another one is part of now: its own where it was never merged."""
    seen, into = {matter_id}, matter_id
    while True:
        found = connection.execute(select(MATTER.c.merged_into).where(MATTER.c.id == into)).scalar_one_or_none()
        if found is None or found in seen:
            return into
        seen.add(found)
        into = found


def cases(connection: Connection, since: datetime, within: str = WHOLE_COUNTRY) -> list[Case]:
    """Return the major incidents opened since a moment that stand, drills apart, with how their review stands."""
    runs = and_(DEADLINE.c.state.in_([state.value for state in LIVE]), DEADLINE.c.settled_at.is_(None))
    lasts = (
        select(
            DEADLINE.c.matter_id,
            func.max(DEADLINE.c.settled_at).label("ended_at"),
            func.sum(case((runs, 1), else_=0)).label("live"),
        )
        .where(DEADLINE.c.opened_at >= since)
        .group_by(DEADLINE.c.matter_id)
        .subquery()
    )
    merged = select(AFTERMATH.c.matter_id).join(MATTER, MATTER.c.id == AFTERMATH.c.matter_id)
    moved = {whole(connection, one) for one in connection.scalars(merged.where(MATTER.c.merged_into.is_not(None)))}
    grave = int(Severity.MAJOR)
    query = (
        select(MATTER.c.id, MATTER.c.title, MATTER.c.opened_at, lasts.c.ended_at, lasts.c.live, AFTERMATH.c.held_on)
        .join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .outerjoin(lasts, lasts.c.matter_id == MATTER.c.id)
        .outerjoin(AFTERMATH, AFTERMATH.c.matter_id == MATTER.c.id)
        .where(MATTER.c.state == MatterState.OPEN.value, MATTER.c.drill.is_(False), MATTER.c.opened_at >= since)
        .where(or_(INCIDENT.c.severity >= grave, INCIDENT.c.likely >= grave))
        .order_by(MATTER.c.opened_at, MATTER.c.id)
    )
    if within != WHOLE_COUNTRY:
        query = query.where(views.lies_within(within))
    return [
        Case(
            matter_id=row.id,
            title=row.title,
            opened_at=row.opened_at,
            ended_at=None if row.live else row.ended_at,
            held=row.held_on is not None or row.id in moved,
        )
        for row in connection.execute(query)
    ]


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(
        id=row.id,
        matter_id=row.matter_id,
        text=row.text,
        office=row.office,
        due_on=row.due_on,
        by=row.by,
        made_at=row.made_at,
        done_at=row.done_at,
        done_by=row.done_by,
        result=row.result,
    )


def _account(by: str) -> int:
    return by.account if isinstance(by, By) else 0
