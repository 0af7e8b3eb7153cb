"""The second reader's table: which items wait for it, which requests were made, what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from monitor.core.beijing import day_of
from monitor.core.incidents.placing import Placing
from monitor.core.model import CASUALTY_FIELDS, Assessment, Place, Severity
from monitor.core.second.circuit import LOOKED_AT, Circuit, circuit_of
from monitor.core.second.opinion import PastRequest, ReadingState, Reply, RequestOutcome, Shown
from monitor.store import troubles
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, IncidentItemRow, ItemRow, MatterRow
from monitor.store.tables_second import SecondReadingRow, SecondRequestRow

ALERT = of(AlertRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
READING = of(SecondReadingRow)
REQUEST = of(SecondRequestRow)
LEG = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An item to be given to the second reader: its number, why, and what the first reading found."""

    item_id: int
    doubt: str
    verdict: str
    tag: str
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A request that was written down and is now to be made."""

    request_id: int
    item_id: int
    tries: int
    shown: Shown
    first: Mapping[str, Any]
    url: str
    source_id: str

    @property
    def first_reports(self) -> bool:
        """Whether the first reading took the item for an incident."""
        return str(self.first["verdict"]) == "incident"

    @property
    def place(self) -> Place:
        """Where the first reading found it to have happened."""
        return Place(*self.first["place"])


def add(connection: Connection, waiting: Sequence[Waiting], now: datetime) -> None:
    """Let items wait for the second reader."""
    if waiting:
        connection.execute(
            insert(connection, SecondReadingRow).on_conflict_do_nothing(index_elements=["item_id"]),
            [_waiting_row(one, now) for one in waiting],
        )


def _waiting_row(waiting: Waiting, now: datetime) -> dict[str, Any]:
    assessment, place = waiting.assessment, waiting.assessment.place
    figures = {name: value for name in CASUALTY_FIELDS if (value := assessment.casualties.value(name)) is not None}
    return {
        "item_id": waiting.item_id,
        "state": ReadingState.WAITING.value,
        "doubt": waiting.doubt,
        "first": {
            "verdict": waiting.verdict,
            "tag": waiting.tag,
            "kind": assessment.kind,
            "scope": assessment.scope.value,
            "place": [place.province, place.city, place.county, place.name],
            "figures": figures,
            "severity": assessment.severity,
            "likely": assessment.likely,
        },
        "added_at": now,
        "due_at": now,
        "tries": 0,
        "prompt": "",
        "model": "",
        "question_key": "",
        "said": "",
    }


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether an item waits that is due."""
    return connection.execute(select(READING.c.item_id).where(READING.c.due_at <= now).limit(1)).first() is not None


def end_old(connection: Connection, before: datetime, said: str, now: datetime) -> int:
    """End the items that have waited since before `before`; `said` is what they waited for. Return how many."""
    done = connection.execute(
        update(READING)
        .where(READING.c.due_at.is_not(None), READING.c.due_at <= now, READING.c.added_at < before)
        .values(state=ReadingState.TOO_OLD.value, due_at=None, ended_at=now, said=said)
    )
    return done.rowcount


def circuit(connection: Connection) -> Circuit:
    """Return whether the endpoint may be asked, as the last requests say."""
    rows = connection.execute(
        select(REQUEST)
        .where(REQUEST.c.outcome != RequestOutcome.ASKING.value)
        .order_by(REQUEST.c.id.desc())
        .limit(LOOKED_AT)
    )
    return circuit_of(
        [PastRequest(RequestOutcome(row.outcome), row.ended_at or row.at, row.retry_at, row.said) for row in rows]
    )


def requests_since(connection: Connection, since: datetime) -> int:
    """Count the requests made since."""
    return int(connection.execute(select(func.count()).where(REQUEST.c.at >= since)).scalar_one())


def under_way(connection: Connection, since: datetime) -> int:
    """Count the requests begun since that have not ended."""
    asking = REQUEST.c.outcome == RequestOutcome.ASKING.value
    return int(connection.execute(select(func.count()).where(asking, REQUEST.c.at >= since)).scalar_one())


def claim(connection: Connection, now: datetime, *, lease_until: datetime, host: str, model: str) -> Turn | None:
    """Hold the newest waiting item for one request and write that request down; None where nothing waits.

    An item whose lease ran out was at a process that ended in the middle: its request is closed.
    """
    row = connection.execute(
        select(READING, ITEM.c.title, ITEM.c.text, ITEM.c.url, ITEM.c.source_id, ITEM.c.published_at)
        .join(ITEM, ITEM.c.id == READING.c.item_id)
        .where(READING.c.due_at <= now, READING.c.item_id.not_in(troubles.resting_numbers(LEG)))
        .order_by(READING.c.added_at.desc(), READING.c.item_id.desc())
        .limit(1)
        .with_for_update(skip_locked=True, of=READING),
        {"now": now},
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        update(REQUEST)
        .where(REQUEST.c.item_id == row.item_id, REQUEST.c.outcome == RequestOutcome.ASKING.value)
        .values(outcome=RequestOutcome.BROKEN_OFF.value, ended_at=now)
    )
    tries = row.tries + 1
    connection.execute(
        update(READING).where(READING.c.item_id == row.item_id).values(due_at=lease_until, tries=tries, model=model)
    )
    begun = insert(connection, SecondRequestRow).values(
        item_id=row.item_id,
        at=now,
        host=host,
        model=model,
        outcome=RequestOutcome.ASKING.value,
        said="",
        elapsed_ms=0,
    )
    return Turn(
        request_id=int(connection.execute(begun.returning(REQUEST.c.id)).scalar_one()),
        item_id=row.item_id,
        tries=tries,
        shown=Shown(row.title, row.text, day_of(row.published_at or row.added_at)),
        first=row.first,
        url=row.url,
        source_id=row.source_id,
    )


def first_waiting(connection: Connection, now: datetime) -> int | None:
    """Return the number of the item that `claim` comes to next."""
    asked = (
        select(READING.c.item_id)
        .where(READING.c.due_at <= now, READING.c.item_id.not_in(troubles.resting_numbers(LEG)))
        .order_by(READING.c.added_at.desc(), READING.c.item_id.desc())
        .limit(1)
    )
    found: int | None = connection.execute(asked, {"now": now}).scalar_one_or_none()
    return found


def end_request(connection: Connection, request_id: int, reply: Reply, now: datetime) -> None:
    """Write down how a request ended."""
    connection.execute(
        update(REQUEST)
        .where(REQUEST.c.id == request_id)
        .values(
            outcome=reply.outcome.value,
            ended_at=now,
            status=reply.status,
            said=reply.said,
            elapsed_ms=round(reply.elapsed.total_seconds() * 1000),
            retry_at=None if reply.retry_after is None else now + reply.retry_after,
        )
    )


def put_off(connection: Connection, turn: Turn, reply: Reply, due_at: datetime) -> None:
    """Let an item wait for another request; one that nobody read does not count as a try."""
    tries = turn.tries - reply.unheard
    connection.execute(
        update(READING).where(READING.c.item_id == turn.item_id).values(due_at=due_at, tries=tries, said=reply.said)
    )


def finish(
    connection: Connection,
    item_id: int,
    state: ReadingState,
    now: datetime,
    *,
    prompt: str,
    answer: Mapping[str, Any] | None = None,
    grade: Severity | None = None,
    matter_id: int | None = None,
    question_key: str = "",
    said: str = "",
) -> None:
    """Write what became of an item's second reading."""
    connection.execute(
        update(READING)
        .where(READING.c.item_id == item_id)
        .values(
            state=state.value,
            due_at=None,
            ended_at=now,
            prompt=prompt,
            answer=None if answer is None else dict(answer),
            grade=grade,
            matter_id=matter_id,
            question_key=question_key,
            said=said,
        )
    )


def matter_of(connection: Connection, item_id: int) -> int | None:
    """Return the matter that an item belongs to, or that into which it was merged; None where there is none.

    What was taken for talk about an incident may report another one, and belongs to none here.
    """
    counts = LINK.c.why != Placing.RELATED.value
    found = connection.execute(select(LINK.c.matter_id).where(LINK.c.item_id == item_id, counts)).scalar_one_or_none()
    return None if found is None else surviving(connection, found)


def surviving(connection: Connection, matter_id: int) -> int:
    """Return a matter, or the one that it has become part of."""
    seen: set[int] = set()
    while matter_id not in seen:
        seen.add(matter_id)
        into = connection.execute(select(MATTER.c.merged_into).where(MATTER.c.id == matter_id)).scalar_one_or_none()
        matter_id = matter_id if into is None else into
    return matter_id


def questions_since(connection: Connection, point: str, since: datetime) -> int:
    """Count the questions asked since."""
    asked = (ALERT.c.point == point, ALERT.c.created_at > since)
    return int(connection.execute(select(func.count()).where(*asked)).scalar_one())


def is_asked(connection: Connection, key: str) -> bool:
    """Tell whether a question was asked before."""
    return connection.execute(select(ALERT.c.id).where(ALERT.c.key == key)).first() is not None


def asked_without_matter(connection: Connection, since: datetime) -> Sequence[Row[Any]]:
    """Return the readings since that made a question about no known matter, each with its item's title."""
    query = (
        select(READING, ITEM.c.title)
        .join(ITEM, ITEM.c.id == READING.c.item_id)
        .where(
            READING.c.state == ReadingState.ASKED.value,
            READING.c.ended_at >= since,
            READING.c.matter_id.is_(None),
        )
        .order_by(READING.c.ended_at, READING.c.item_id)
    )
    return connection.execute(query).all()
