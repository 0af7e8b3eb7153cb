"""Published pages as evidence: whose turn it is, every look with its file, how each page stands, the time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select, update

from monitor.core.evidence.captures import EndWhy, EvidenceState, Followed, Outcome, Seen, Suspect
from monitor.core.model import LIVE, MatterState, ResponseKind, TimeNote
from monitor.store import troubles
from monitor.store.sql import insert, of
from monitor.store.tables import DeadlineRow, IncidentRow, MatterRow, ResponseRow
from monitor.store.tables_evidence import CapturePartRow, CaptureRow, EvidenceRow

CAPTURE = of(CaptureRow)
DEADLINE = of(DeadlineRow)
EVIDENCE = of(EvidenceRow)
INCIDENT = of(IncidentRow)
MATTER = of(MatterRow)
PART = of(CapturePartRow)
RESPONSE = of(ResponseRow)
LEG = "evidence"
# A matter of which nothing was heard for so long, and of which no clock runs, is watched no more.
QUIET = timedelta(days=90)
PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A page whose turn it is: the response it was logged for, how it stands, and the look to compare with."""

    response_id: int
    matter_id: int
    kind: ResponseKind
    title: str
    url: str
    by: str
    published_at: datetime
    logged_at: datetime
    retracted_at: datetime | None
    followed: Followed
    baseline_id: int | None
    baseline: Seen | None
    lease_until: datetime


def _watched(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that a response's matter is watched: it is open, and a clock runs or something was heard of it."""
    since = now - QUIET
    live = exists().where(
        DEADLINE.c.matter_id == RESPONSE.c.matter_id,
        DEADLINE.c.state.in_([state.value for state in LIVE]),
        DEADLINE.c.settled_at.is_(None),
    )
    heard = exists().where(INCIDENT.c.matter_id == RESPONSE.c.matter_id, INCIDENT.c.last_seen_at > since)
    lately = or_(MATTER.c.updated_at > since, RESPONSE.c.logged_at > since, heard, live)
    return and_(MATTER.c.state == MatterState.OPEN.value, lately)


def enrol(connection: Connection, now: datetime) -> int:
    """Follow the pages of responses that nobody follows yet; return how many. One of a drill is nowhere to be found."""
    new = connection.execute(
        select(RESPONSE.c.id, MATTER.c.drill)
        .join(MATTER, MATTER.c.id == RESPONSE.c.matter_id)
        .where(RESPONSE.c.url != "", ~exists().where(EVIDENCE.c.response_id == RESPONSE.c.id))
        .order_by(RESPONSE.c.id)
        .limit(1000)
    ).all()
    if not new:
        return 0
    rows = [
        {
            "response_id": row.id,
            "state": EvidenceState.WAITING.value,
            "added_at": now,
            "due_at": None if row.drill else now,
            "suspect": "",
            "tries": 0,
            "told": False,
            "ended_at": now if row.drill else None,
            "ended_why": EndWhy.DRILL.value if row.drill else "",
        }
        for row in new
    ]
    connection.execute(insert(connection, EvidenceRow).on_conflict_do_nothing(index_elements=["response_id"]), rows)
    return len(rows)


def is_new(connection: Connection) -> bool:
    """Tell whether a response waits to be followed."""
    waiting = select(RESPONSE.c.id).where(
        RESPONSE.c.url != "", ~exists().where(EVIDENCE.c.response_id == RESPONSE.c.id)
    )
    return connection.execute(waiting.limit(1)).first() is not None


def take_up(connection: Connection, now: datetime) -> int:
    """Follow the pages again whose matter is watched again; return how many."""
    again = (
        select(RESPONSE.c.id)
        .join(EVIDENCE, EVIDENCE.c.response_id == RESPONSE.c.id)
        .join(MATTER, MATTER.c.id == RESPONSE.c.matter_id)
        .where(EVIDENCE.c.ended_why == EndWhy.NOT_WATCHED.value, _watched(now))
    )
    done = connection.execute(
        update(EVIDENCE).where(EVIDENCE.c.response_id.in_(again)).values(due_at=now, ended_at=None, ended_why="")
    )
    return done.rowcount


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether a page is to be looked at."""
    return (
        connection.execute(select(EVIDENCE.c.response_id).where(EVIDENCE.c.due_at <= now).limit(1)).first() is not None
    )


def _due(now: datetime) -> Any:
    return (
        select(EVIDENCE)
        .where(EVIDENCE.c.due_at <= now, EVIDENCE.c.response_id.not_in(troubles.resting_numbers(LEG)))
        .order_by(EVIDENCE.c.due_at, EVIDENCE.c.response_id)
    )


def claim(connection: Connection, now: datetime, *, lease_until: datetime) -> Turn | None:
    """Hold the page that has waited longest, for one look; None where none is due.

    One that is followed no more is ended here with the reason.
    """
    while True:
        held = _due(now).limit(1).with_for_update(skip_locked=True)
        row = connection.execute(held, {"now": now}).one_or_none()
        if row is None:
            return None
        response = connection.execute(
            select(RESPONSE, _watched(now).label("watched"))
            .join(MATTER, MATTER.c.id == RESPONSE.c.matter_id)
            .where(RESPONSE.c.id == row.response_id)
        ).one()
        why = _over(response)
        if why is not None:
            end(connection, row.response_id, why, now)
            continue
        mine = EVIDENCE.c.response_id == row.response_id
        connection.execute(update(EVIDENCE).where(mine).values(due_at=lease_until))
        return _turn(connection, row, response, lease_until)


def _over(response: Row[Any]) -> EndWhy | None:
    """Return why the page of a response is followed no more; one that we found gone is, for it may come back."""
    if response.retracted_at is not None and response.retracted_by:
        return EndWhy.RETRACTED
    return None if response.watched else EndWhy.NOT_WATCHED


def _turn(connection: Connection, row: Row[Any], response: Row[Any], lease_until: datetime) -> Turn:
    return Turn(
        response_id=row.response_id,
        matter_id=response.matter_id,
        kind=ResponseKind(response.kind),
        title=response.title,
        url=response.url,
        by=response.by,
        published_at=response.published_at,
        logged_at=response.logged_at,
        retracted_at=response.retracted_at,
        followed=_followed(row),
        baseline_id=row.baseline_id,
        baseline=None if row.baseline_id is None else seen(connection, row.baseline_id),
        lease_until=lease_until,
    )


def _followed(row: Row[Any]) -> Followed:
    return Followed(
        state=EvidenceState(row.state),
        suspect=Suspect(row.suspect),
        tries=row.tries,
        troubled_since=row.troubled_since,
        told=row.told,
        first_kept_at=row.first_kept_at,
        due_at=row.due_at,
    )


def still_held(connection: Connection, turn: Turn) -> bool:
    """Hold the page again; False where the lease ran out and another process has taken the turn."""
    held = select(EVIDENCE.c.due_at).where(EVIDENCE.c.response_id == turn.response_id).with_for_update()
    due_at: datetime | None = connection.execute(held).scalar_one()
    return due_at == turn.lease_until


def matter_of(connection: Connection, response_id: int) -> int:
    """Return the matter that a response belongs to now."""
    return int(connection.execute(select(RESPONSE.c.matter_id).where(RESPONSE.c.id == response_id)).scalar_one())


def is_retracted(connection: Connection, response_id: int) -> bool:
    """Tell whether a response was withdrawn, by whomever."""
    asked = select(RESPONSE.c.retracted_at).where(RESPONSE.c.id == response_id)
    return connection.execute(asked).scalar_one() is not None


def end(connection: Connection, response_id: int, why: EndWhy, now: datetime) -> None:
    """Follow a page no more, with the reason."""
    mine = EVIDENCE.c.response_id == response_id
    connection.execute(update(EVIDENCE).where(mine).values(due_at=None, ended_at=now, ended_why=why.value))


def save_followed(connection: Connection, response_id: int, followed: Followed, baseline_id: int | None) -> None:
    """Write how a page stands; `baseline_id` is the look that later ones are compared with."""
    row = {
        "state": followed.state.value,
        "suspect": followed.suspect.value,
        "tries": followed.tries,
        "troubled_since": followed.troubled_since,
        "told": followed.told,
        "first_kept_at": followed.first_kept_at,
        "due_at": followed.due_at,
        "baseline_id": baseline_id,
    }
    connection.execute(update(EVIDENCE).where(EVIDENCE.c.response_id == response_id).values(**row))


def before(connection: Connection, response_id: int) -> tuple[int, str]:
    """Return the number of the last look at a page and the digest of its manifest; 0 and "" where there is none."""
    asked = (
        select(CAPTURE.c.number, CAPTURE.c.manifest_sha256)
        .where(CAPTURE.c.response_id == response_id)
        .order_by(CAPTURE.c.number.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    return (0, "") if row is None else (row.number, row.manifest_sha256)


def save_capture(
    connection: Connection,
    response_id: int,
    number: int,
    found: Seen,
    *,
    warc: bytes,
    ip: str,
    outside_due_at: datetime | None,
    **told: Any,
) -> int:
    """Keep a look with its archive file; `told` are digests, manifest, signs, findings and sentences. Return its id."""
    row = {
        "response_id": response_id,
        "number": number,
        "at": found.at,
        "outcome": found.outcome.value,
        "failure": "" if found.failure is None else found.failure.value,
        "said": found.detail,
        "url": found.url,
        "ip": ip,
        "status": found.status,
        "content_type": found.content_type,
        "bytes": found.size,
        "cut": found.cut,
        "payload_sha256": found.payload,
        "warc_bytes": len(warc),
        "title": found.title,
        "text": found.text,
        "published_at": found.published_at,
        "published_day": found.published_day,
        "published_raw": found.published_raw,
        "time_note": found.time_note.value,
        "outside_due_at": outside_due_at,
        "outside_tries": 0,
        "outside_said": "",
        **told,
    }
    statement = insert(connection, CaptureRow).values(**row).returning(CAPTURE.c.id)
    capture_id = int(connection.execute(statement).scalar_one())
    pieces = [
        {"capture_id": capture_id, "number": n, "data": warc[at : at + PIECE]}
        for n, at in enumerate(range(0, len(warc), PIECE), 1)
    ]
    if pieces:
        connection.execute(insert(connection, CapturePartRow), pieces)
    return capture_id


def warc(connection: Connection, capture_id: int) -> bytes:
    """Return the archive file of a look; empty where nothing came over the wire."""
    asked = select(PART.c.data).where(PART.c.capture_id == capture_id).order_by(PART.c.number)
    return b"".join(connection.scalars(asked))


def seen(connection: Connection, capture_id: int) -> Seen:
    """Return what a look showed."""
    row = connection.execute(select(CAPTURE).where(CAPTURE.c.id == capture_id)).one()
    return Seen(
        outcome=Outcome(row.outcome),
        at=row.at,
        url=row.url,
        status=row.status,
        detail=row.said,
        content_type=row.content_type,
        size=row.bytes,
        cut=row.cut,
        payload=row.payload_sha256,
        title=row.title,
        text=row.text,
        published_at=row.published_at,
        published_day=row.published_day,
        published_raw=row.published_raw,
        time_note=TimeNote(row.time_note),
    )


def settled_late(connection: Connection, response_id: int, published_at: datetime) -> list[str]:
    """Return the duties that count as met in time by a response and would not be, had it come at `published_at`."""
    asked = select(DEADLINE.c.obligation_id).where(
        DEADLINE.c.response_id == response_id, DEADLINE.c.state == "met", DEADLINE.c.due_at < published_at
    )
    return list(connection.scalars(asked.order_by(DEADLINE.c.due_at)))
