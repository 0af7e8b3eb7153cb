"""Read what groups of sources had of the incidents of a month, what came late, what was left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from monitor.core.fetched import DropReason, Outcome
from monitor.core.missed.facts import (
    LATE_AFTER,
    MEASURED,
    Between,
    DropTally,
    Happening,
    LeftOut,
    Member,
    MissedFacts,
    Telling,
    member_by,
    member_of,
)
from monitor.core.model import Assessment, MatterState, Scope, Severity, Trust, Verb
from monitor.core.sources import Source
from monitor.core.verdict import INCIDENT as REPORTS_AN_INCIDENT
from monitor.core.verdict import verdict_of
from monitor.store.incidents import COUNTS
from monitor.store.places import place_of
from monitor.store.sql import of
from monitor.store.tables import (
    DecisionRow,
    DropRow,
    FetchRow,
    IncidentItemRow,
    IncidentRow,
    ItemRow,
    MatterRow,
)

DECISION = of(DecisionRow)
DROP = of(DropRow)
FETCH = of(FetchRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
AT_ONCE = 500
# What stands in the ledger as a duplicate is an Item already.
READ_AGAIN = tuple(reason.value for reason in DropReason if reason is not DropReason.DUPLICATE)
MOST_READ_AGAIN = 5000
# Further reports of a dismissed incident join it for so long.
DISMISSED_WITHIN = timedelta(days=21)
Reread = Callable[[str, Source | None, datetime], Assessment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is needed beside the database: the watched sources, the region, and who reads a title again."""

    sources: Mapping[str, Source]
    region: str
    reread: Reread

    def member(self, source: str, trust: str) -> Member:
        """Return the group of a source, which may be watched no more."""
        known = self.sources.get(source)
        return member_by(Trust(trust)) if known is None else member_of(known)


def missed_facts(
    connection: Connection,
    beside: Beside,
    since: datetime,
    until: datetime,
    now: datetime,
    *,
    late_after: timedelta = LATE_AFTER,
) -> MissedFacts:
    """Read what is compared for the incidents that were opened in [since, until)."""
    rows = _rows(connection, since - MEASURED, until)
    carried = _carried(connection, beside, [row.id for row in rows])
    fresh = [row.id for row in rows if row.opened_at >= since]
    tellings = _tellings(connection, beside, fresh)
    happenings = [_happening(row, beside, carried.get(row.id, ()), tellings.get(row.id, ())) for row in rows]
    left_out, drops = _left_out(connection, beside, since, until)
    groups: dict[str, int] = defaultdict(int)
    for source in beside.sources.values():
        groups[member_of(source).group] += 1
    return MissedFacts(
        since=since,
        until=until,
        now=now,
        happenings=tuple(_dated(connection, happenings, late_after)),
        groups=dict(groups),
        dismissed=tuple(_dismissed(connection, beside, since, until)),
        left_out=tuple(left_out),
        drops=drops,
        late_after=late_after,
    )


def _rows(connection: Connection, since: datetime, until: datetime) -> list[Row[Any]]:
    known = [column for column in INCIDENT.c if column.name != "matter_id"]
    query = (
        select(MATTER.c.id, MATTER.c.title, MATTER.c.state, MATTER.c.opened_at, *known)
        .join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .where(MATTER.c.opened_at >= since, MATTER.c.opened_at < until)
        .where(MATTER.c.drill.is_(False), MATTER.c.state != MatterState.MERGED.value)
        .order_by(MATTER.c.opened_at, MATTER.c.id)
    )
    return list(connection.execute(query))


def _happening(
    row: Row[Any],
    beside: Beside,
    carried: Iterable[tuple[Member, datetime]],
    tellings: Iterable[Telling],
    dismissed_at: datetime | None = None,
) -> Happening:
    firsts: dict[str, datetime] = {}
    members = list(carried)
    for member, at in members:
        firsts[member.group] = min(at, firsts.get(member.group, at))
    place, grades = place_of(row), [grade for grade in (row.severity, row.likely) if grade is not None]
    return Happening(
        id=row.id,
        title=row.title,
        kind=row.kind,
        place=place,
        state=MatterState(row.state),
        opened_at=row.opened_at,
        severity=Severity(max(grades)) if grades else None,
        ours=place.within(beside.region),
        foreign=row.scope == Scope.FOREIGN.value,
        dismissed_at=dismissed_at,
        carried=dict(sorted(firsts.items(), key=lambda one: (one[1], one[0]))),
        press=any(not member.social for member, _ in members),
        social=any(member.social for member, _ in members),
        tellings=tuple(tellings),
    )


def _carried(connection: Connection, beside: Beside, ids: Collection[int]) -> dict[int, list[tuple[Member, datetime]]]:
    """Return who spoke of each incident, and since when: by sources, as members of their groups."""
    found: dict[int, list[tuple[Member, datetime]]] = defaultdict(list)
    for part in _parts(ids):
        rows = connection.execute(
            select(LINK.c.matter_id, ITEM.c.source_id, ITEM.c.trust, func.min(ITEM.c.first_seen_at).label("at"))
            .join(ITEM, ITEM.c.id == LINK.c.item_id)
            .where(LINK.c.matter_id.in_(part))
            .group_by(LINK.c.matter_id, ITEM.c.source_id, ITEM.c.trust)
        )
        for row in rows:
            found[row.matter_id].append((beside.member(row.source_id, row.trust), row.at))
    return found


def _tellings(connection: Connection, beside: Beside, ids: Collection[int]) -> dict[int, list[Telling]]:
    found: dict[int, list[Telling]] = defaultdict(list)
    for part in _parts(ids):
        rows = connection.execute(
            select(
                LINK.c.matter_id,
                ITEM.c.id,
                ITEM.c.source_id,
                ITEM.c.trust,
                ITEM.c.first_seen_at,
                ITEM.c.published_at,
            )
            .join(ITEM, ITEM.c.id == LINK.c.item_id)
            .where(LINK.c.matter_id.in_(part), COUNTS)
            .order_by(ITEM.c.first_seen_at, ITEM.c.id)
        )
        for row in rows:
            telling = Telling(
                item_id=row.id,
                source=row.source_id,
                member=beside.member(row.source_id, row.trust),
                first_seen_at=row.first_seen_at,
                published_at=row.published_at,
            )
            found[row.matter_id].append(telling)
    return found


def _dated(connection: Connection, happenings: Iterable[Happening], late_after: timedelta) -> Iterator[Happening]:
    """Yield the happenings; where a report came late, with how its source was asked meanwhile."""
    for one in happenings:
        if any(telling.lag > late_after for telling in one.tellings):
            tellings = (_asked(connection, t) if t.lag > late_after else t for t in one.tellings)
            yield replace(one, tellings=tuple(tellings))
        else:
            yield one


def _asked(connection: Connection, telling: Telling) -> Telling:
    """Return a late report with how its source was fetched between its publication and the fetch that brought it."""
    of_source = FETCH.c.source_id == telling.source
    rows = connection.execute(
        select(FETCH.c.outcome, func.count())
        .where(of_source, FETCH.c.at >= telling.published_at, FETCH.c.at < telling.first_seen_at)
        .where(FETCH.c.new == 0)
        .group_by(FETCH.c.outcome)
    )
    counts = {row[0]: int(row[1]) for row in rows}
    failed = counts.pop(Outcome.FAILED.value, 0)
    first = connection.execute(select(func.min(FETCH.c.at)).where(of_source)).scalar_one()
    return replace(telling, between=Between(good=sum(counts.values()), failed=failed, watched_since=first))


def _dismissed(connection: Connection, beside: Beside, since: datetime, until: datetime) -> Iterator[Happening]:
    """Yield the dismissed incidents of which a report came in the span."""
    last = (
        select(DECISION.c.matter_id, func.max(DECISION.c.at).label("at"))
        .where(DECISION.c.verb == Verb.DISMISS.value)
        .group_by(DECISION.c.matter_id)
        .subquery()
    )
    known = [column for column in INCIDENT.c if column.name != "matter_id"]
    heard = (
        select(LINK.c.matter_id)
        .join(ITEM, ITEM.c.id == LINK.c.item_id)
        .where(ITEM.c.first_seen_at >= since, ITEM.c.first_seen_at < until, COUNTS)
    )
    query = (
        select(MATTER.c.id, MATTER.c.title, MATTER.c.state, MATTER.c.opened_at, last.c.at.label("dismissed_at"), *known)
        .join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .join(last, last.c.matter_id == MATTER.c.id)
        .where(MATTER.c.state == MatterState.DISMISSED.value, MATTER.c.drill.is_(False), MATTER.c.id.in_(heard))
        .where(last.c.at >= since - DISMISSED_WITHIN, last.c.at < until)
        .order_by(MATTER.c.id)
    )
    rows = list(connection.execute(query))
    ids = [row.id for row in rows]
    carried, tellings = _carried(connection, beside, ids), _tellings(connection, beside, ids)
    for row in rows:
        yield _happening(row, beside, carried.get(row.id, ()), tellings.get(row.id, ()), row.dismissed_at)


def _left_out(
    connection: Connection, beside: Beside, since: datetime, until: datetime
) -> tuple[list[LeftOut], DropTally]:
    """Read again what was left out in the span: what would be an incident, and how much was looked at.

    The ledger keeps the title of an entry, not its text. What came in by another entry of the same title is known.
    """
    of_the_span = and_(DROP.c.first_at >= since, DROP.c.first_at < until, DROP.c.reason.in_(READ_AGAIN))
    rows = connection.execute(
        select(DROP.c.source_id, DROP.c.reason, DROP.c.title, DROP.c.first_at)
        .where(of_the_span)
        .order_by(DROP.c.first_at, DROP.c.id)
        .limit(MOST_READ_AGAIN)
    ).all()
    unread = 0
    if len(rows) >= MOST_READ_AGAIN:
        unread = connection.execute(select(func.count()).select_from(DROP).where(of_the_span)).scalar_one() - len(rows)
    titled = [row for row in rows if row.title.strip()]
    stored = _stored(connection, {row.title for row in titled}, since)
    found: dict[str, LeftOut] = {}
    for row in titled:
        if row.title in stored or row.title in found:
            continue
        read = beside.reread(row.title, beside.sources.get(row.source_id), row.first_at)
        if verdict_of(read)[0] != REPORTS_AN_INCIDENT or read.decoy is not None:
            continue
        grades = [grade for grade in (read.severity, read.likely) if grade is not None]
        found[row.title] = LeftOut(
            source=row.source_id,
            reason=row.reason,
            title=row.title,
            at=row.first_at,
            kind=read.kind,
            severity=max(grades) if grades else None,
        )
    known = sum(row.title in stored for row in titled)
    tally = DropTally(read=len(titled), known=known, mute=len(rows) - len(titled), unread=unread)
    return list(found.values()), tally


def _stored(connection: Connection, titles: Collection[str], since: datetime) -> set[str]:
    """Return those of the titles that an Item of the span or of the days before it has."""
    found: set[str] = set()
    wanted = sorted(titles)
    for at in range(0, len(wanted), AT_ONCE):
        part = wanted[at : at + AT_ONCE]
        recent = and_(ITEM.c.title.in_(part), ITEM.c.first_seen_at >= since - DISMISSED_WITHIN)
        found.update(connection.scalars(select(ITEM.c.title).where(recent)))
    return found


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
