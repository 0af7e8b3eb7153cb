"""The audit log: add to it, seal it, read it. Most of it is written by triggers (see `audited`)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from monitor.core.audit.chain import AuditRow, Chain, Head, Link, SealedRow, ancestors, digest_of, earlier_of
from monitor.core.errors import N_, Mistake
from monitor.store import audited
from monitor.store.sql import exclusive, of
from monitor.store.tables_audit import AuditLogRow

LOG = of(AuditLogRow)
BATCH = 2000
CHUNK = 5000
ANCHORED = "briefing.anchored"
STARTED = "service.started"
INTERRUPTED = "audit.interrupted"
_SAID = (LOG.c.at, LOG.c.kind, LOG.c.matter_id, LOG.c.subject, LOG.c.text)
_UNSEALED = select(LOG.c.id, *_SAID).where(LOG.c.seq.is_(None)).order_by(LOG.c.id).limit(bindparam("most"))
_SEALED = (
    select(LOG.c.seq, LOG.c.hash, *_SAID)
    .where(LOG.c.seq >= bindparam("first"), LOG.c.seq < bindparam("end"))
    .order_by(LOG.c.seq)
)
_SEAL = (
    update(LOG)
    .where(LOG.c.id == bindparam("number"), LOG.c.seq.is_(None))
    .values(seq=bindparam("place"), hash=bindparam("found"))
)

_SEAL_MANY = text(
    "UPDATE audit SET seq = given.place, hash = given.found "
    "FROM unnest(CAST(:number AS bigint[]), CAST(:place AS bigint[]), CAST(:found AS text[])) "
    "AS given (number, place, found) WHERE audit.id = given.number AND audit.seq IS NULL"
)


class LogDamaged(Mistake):
    """A row that is to be proven is not as it was sealed."""

    message = N_("Row {seq} of the audit log is not as it was sealed. Examine the log with: huiying audit verify")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that a briefing carried outside."""

    day: str
    head: Head
    at: datetime


def note(
    connection: Connection,
    kind: str,
    detail: Mapping[str, Any],
    now: datetime,
    *,
    subject: str = "",
    matter_id: int | None = None,
) -> None:
    """Add a row about something that no followed table holds: a start, an issue, a login."""
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    connection.execute(insert(LOG).values(at=now, kind=kind, matter_id=matter_id, subject=subject, text=written))


def mend(connection: Connection) -> None:
    """Set triggers that are not there as they should be, and note of which tables changes went unrecorded."""
    if not audited.outdated(connection):
        return
    lost = audited.missing(connection)
    audited.install(connection)
    if not lost:
        return
    last = connection.execute(select(func.max(LOG.c.at))).scalar_one_or_none()
    if last is not None:
        told = {"tables": lost, "last": last.isoformat()}
        now = audited.now_of(connection.dialect.name)
        values = f"{now}, '{INTERRUPTED}', '', '{json.dumps(told)}'"
        connection.exec_driver_sql(f"INSERT INTO audit (at, kind, subject, text) SELECT {values}")


def interruptions(connection: Connection) -> list[tuple[datetime, dict[str, Any]]]:
    """Return when tables were found not to be followed, with their names and the last row before that."""
    query = select(LOG.c.at, LOG.c.text).where(LOG.c.kind == INTERRUPTED).order_by(LOG.c.id)
    return [(row.at, json.loads(row.text)) for row in connection.execute(query)]


def seal(connection: Connection, most: int = BATCH) -> int:
    """Number and chain up to `most` rows that wait for it, in the order in which they came; return how many.

    One process does so at a time.
    """
    exclusive(connection, "audit")
    rows = connection.execute(_UNSEALED, {"most": most}).all()
    if not rows:
        return 0
    chain = _chain(connection)
    places = []
    for row in rows:
        link = chain.add(_row(row))
        places.append({"number": row.id, "place": link.seq, "found": link.hash})
    _save_places(connection, places)
    return len(rows)


def _save_places(connection: Connection, places: Sequence[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(_SEAL, places)
        return
    # One statement: a row at a time would cost a round trip each.
    lists = {name: [place[name] for place in places] for name in ("number", "place", "found")}
    connection.execute(_SEAL_MANY, lists)


def seal_all(connection: Connection) -> None:
    """Seal all that waits, within this transaction."""
    while seal(connection) == BATCH:
        pass


def _chain(connection: Connection) -> Chain:
    """Return the end of the stored chain."""
    last = head(connection)
    if last is None:
        return Chain()
    kept = connection.execute(select(LOG.c.seq, LOG.c.hash).where(LOG.c.seq.in_(list(ancestors(last.seq)))))
    return Chain({row.seq: row.hash for row in kept})


def head(connection: Connection) -> Head | None:
    """Return the last sealed row, or None where nothing is sealed yet."""
    last = select(LOG.c.seq, LOG.c.hash).where(LOG.c.seq.is_not(None)).order_by(LOG.c.seq.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return None if row is None else Head(row.seq, row.hash)


def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many rows wait to be sealed, and since when the oldest does."""
    query = select(func.count(), func.min(LOG.c.at)).where(LOG.c.seq.is_(None))
    count, oldest = connection.execute(query).one()
    return int(count), oldest


def any_waiting(connection: Connection) -> bool:
    """Tell whether a row waits to be sealed."""
    return connection.execute(select(LOG.c.id).where(LOG.c.seq.is_(None)).limit(1)).first() is not None


def rows(connection: Connection, first: int = 1) -> Iterator[SealedRow]:
    """Yield the sealed rows from a number on, in order; a chunk of them at a time is in memory."""
    last = connection.execute(select(func.max(LOG.c.seq))).scalar_one() or 0
    for begin in range(first, int(last) + 1, CHUNK):
        for row in connection.execute(_SEALED, {"first": begin, "end": begin + CHUNK}):
            yield SealedRow(row.seq, row.hash, _row(row))


def of_matter(connection: Connection, matter_id: int) -> list[SealedRow]:
    """Return the sealed rows of a matter, in order."""
    query = select(LOG.c.seq, LOG.c.hash, *_SAID).where(LOG.c.matter_id == matter_id, LOG.c.seq.is_not(None))
    return [SealedRow(row.seq, row.hash, _row(row)) for row in connection.execute(query.order_by(LOG.c.seq))]


def one(connection: Connection, seq: int) -> SealedRow:
    """Return one sealed row. Raise LogDamaged where there is none."""
    found = connection.execute(select(LOG.c.seq, LOG.c.hash, *_SAID).where(LOG.c.seq == seq)).one_or_none()
    if found is None:
        raise LogDamaged(seq=seq)
    return SealedRow(found.seq, found.hash, _row(found))


def listed(
    connection: Connection, *, since: datetime | None = None, matter_id: int | None = None, limit: int | None = None
) -> Iterator[tuple[int | None, str | None, AuditRow]]:
    """Yield the rows of the log, oldest first, or the newest `limit` of them; number and hash where sealed."""
    query = select(LOG.c.seq, LOG.c.hash, LOG.c.id, *_SAID)
    if since is not None:
        query = query.where(LOG.c.at >= since)
    if matter_id is not None:
        query = query.where(LOG.c.matter_id == matter_id)
    if limit is not None:
        newest = query.order_by(LOG.c.seq.is_(None).desc(), LOG.c.seq.desc(), LOG.c.id.desc()).limit(limit)
        for row in reversed(connection.execute(newest).all()):
            yield row.seq, row.hash, _row(row)
        return
    ordered = query.order_by(LOG.c.seq.is_(None), LOG.c.seq, LOG.c.id)
    for row in connection.execution_options(yield_per=CHUNK).execute(ordered):
        yield row.seq, row.hash, _row(row)


def newest(connection: Connection, kind: str, most: int) -> list[AuditRow]:
    """Return the newest rows of one kind, sealed or not, the newest first."""
    query = select(LOG.c.id, *_SAID).where(LOG.c.kind == kind).order_by(LOG.c.id.desc()).limit(most)
    return [_row(row) for row in connection.execute(query)]


def links(connection: Connection, seqs: Collection[int]) -> list[Link]:
    """Return the links of rows, each recomputed from what is stored. Raise LogDamaged."""
    wanted = sorted({number for seq in seqs for number in (seq, seq - 1, earlier_of(seq)) if number > 0})
    hashes, digests = {0: Chain().head.hash}, {}
    for begin in range(0, len(wanted), 500):
        query = select(LOG.c.seq, LOG.c.hash, *_SAID).where(LOG.c.seq.in_(wanted[begin : begin + 500]))
        for row in connection.execute(query):
            hashes[row.seq], digests[row.seq] = row.hash, digest_of(_row(row))
    found = []
    for seq in sorted(seqs):
        try:
            link = Link(seq, digests[seq], hashes[seq - 1], hashes[earlier_of(seq)])
        except KeyError as lost:
            raise LogDamaged(seq=lost.args[0]) from None
        if link.hash != hashes[seq]:
            raise LogDamaged(seq=seq)
        found.append(link)
    return found


def started_between(connection: Connection, begin: datetime, end: datetime) -> datetime | None:
    """Return when the service was last started after `begin` and up to `end`, or None."""
    query = select(func.max(LOG.c.at)).where(LOG.c.kind == STARTED, LOG.c.at > begin, LOG.c.at <= end)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def anchor(connection: Connection, day: str, carried: Head, now: datetime) -> None:
    """Note that a briefing carried a head outside."""
    note(connection, ANCHORED, {"day": day, "head": str(carried)}, now, subject=f"briefing:{day}")


def anchors(connection: Connection) -> list[Anchor]:
    """Return the heads that briefings carried outside, oldest first."""
    query = select(LOG.c.at, LOG.c.text).where(LOG.c.kind == ANCHORED).order_by(LOG.c.id)
    found = []
    for row in connection.execute(query):
        said = json.loads(row.text)
        seq, _, hash_ = said["head"].partition(":")
        found.append(Anchor(said["day"], Head(int(seq), hash_), row.at))
    return found


def _row(row: Any) -> AuditRow:
    return AuditRow(at=row.at, kind=row.kind, matter_id=row.matter_id, subject=row.subject, text=row.text)
