"""Offers: what our own sources published, which incidents it may answer, and what people decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update

from monitor.core.model import MatterState
from monitor.core.offers.offer import Aside, Form, Offer, OfferState
from monitor.core.text import storable
from monitor.core.views import IncidentView, ResponseView
from monitor.store import assignments, views
from monitor.store.sql import insert, of
from monitor.store.tables import EditionRow, IncidentItemRow, IncidentRow, ItemRow, MatterRow, ResponseRow
from monitor.store.tables_assignment import AssignmentRow
from monitor.store.tables_offers import OfferRow

ASSIGNMENT = of(AssignmentRow)
EDITION = of(EditionRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
OFFER = of(OfferRow)
RESPONSE = of(ResponseRow)
# What machines may still change; the rest is what people decided.
UNDECIDED = (OfferState.OPEN.value, OfferState.ASIDE.value)
AT_ONCE = 500
MOST_ITEMS = 2000
# Others that brought the same title so much earlier did not take it from us; long before, they spoke of something else.
EARLIER, SHORTLY_BEFORE = timedelta(minutes=10), timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was recognised for one incident, as it is to be kept."""

    matter_id: int
    item_id: int
    form: Form
    why: Aside | None
    signs: str
    title: str
    url: str
    published_at: datetime | None
    found_at: datetime


def stand(connection: Connection, own: Collection[str]) -> tuple[int, ...]:
    """Return numbers of which one changes whenever there may be something to recognise anew."""
    newest = (
        select(func.max(ITEM.c.id)).where(ITEM.c.source_id.in_(own)),
        select(func.max(EDITION.c.number)).where(EDITION.c.name == "placing"),
        select(func.max(RESPONSE.c.id)),
        select(func.count()).select_from(RESPONSE).where(RESPONSE.c.retracted_at.is_not(None)),
        select(func.max(ASSIGNMENT.c.id)),
        select(func.count()).select_from(ASSIGNMENT).where(ASSIGNMENT.c.ended_at.is_not(None)),
        select(func.count()).select_from(MATTER).where(MATTER.c.state == MatterState.OPEN.value),
    )
    return tuple(int(connection.execute(query).scalar_one() or 0) for query in newest)


def own_items(connection: Connection, own: Collection[str], since: datetime) -> list[Row[Any]]:
    """Return what our own sources brought since then, oldest first."""
    latest = (
        select(ITEM)
        .where(ITEM.c.source_id.in_(own), ITEM.c.first_seen_at >= since)
        .order_by(ITEM.c.id.desc())
        .limit(MOST_ITEMS)
    )
    return list(reversed(connection.execute(latest).all()))


def placings(connection: Connection, item_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """Return why each item stands with its incident, by matter and item."""
    found: dict[tuple[int, int], str] = {}
    for part in _parts(item_ids):
        rows = connection.execute(select(LINK.c.matter_id, LINK.c.item_id, LINK.c.why).where(LINK.c.item_id.in_(part)))
        found |= {(row.matter_id, row.item_id): row.why for row in rows}
    return found


def published_before(
    connection: Connection, items: Iterable[Row[Any]], own: Collection[str]
) -> dict[int, frozenset[int]]:
    """Return the matters, 0 for none, of what others published shortly before under the title of each of our items."""
    ours = [item for item in items if item.published_at is not None]
    if not ours:
        return {}
    titles = sorted({item.title for item in ours})
    since = min(item.published_at for item in ours) - SHORTLY_BEFORE
    theirs: dict[str, list[Row[Any]]] = defaultdict(list)
    for at in range(0, len(titles), AT_ONCE):
        query: Select[Any] = (
            select(ITEM.c.title, ITEM.c.published_at, func.coalesce(LINK.c.matter_id, 0).label("matter_id"))
            .outerjoin(LINK, LINK.c.item_id == ITEM.c.id)
            .where(ITEM.c.title.in_(titles[at : at + AT_ONCE]), ITEM.c.source_id.not_in(own))
            .where(ITEM.c.published_at >= since)
        )
        for row in connection.execute(query):
            theirs[row.title].append(row)
    found = {
        item.id: frozenset(
            row.matter_id
            for row in theirs[item.title]
            if item.published_at - SHORTLY_BEFORE <= row.published_at <= item.published_at - EARLIER
        )
        for item in ours
    }
    return {number: matters for number, matters in found.items() if matters}


def incidents_of_late(connection: Connection, since: datetime) -> list[IncidentView]:
    """Return the open incidents that were heard of since, with their assignments; drills are none."""
    query = (
        select(MATTER.c.id)
        .join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .where(MATTER.c.state == MatterState.OPEN.value, MATTER.c.drill.is_(False), INCIDENT.c.last_seen_at >= since)
    )
    found: list[IncidentView] = []
    for part in _parts(connection.scalars(query).all()):
        found += views.incidents(connection, ids=part, limit=len(part))
    return assignments.attached(connection, found)


def responses_of(connection: Connection, matter_ids: Collection[int]) -> dict[int, list[ResponseView]]:
    """Return the responses of each matter that stand."""
    found: dict[int, list[ResponseView]] = defaultdict(list)
    for part in _parts(matter_ids):
        ids = connection.scalars(
            select(RESPONSE.c.id).where(RESPONSE.c.matter_id.in_(part), RESPONSE.c.retracted_at.is_(None))
        ).all()
        for response in views.responses(connection, ids=ids, limit=len(ids) or 1):
            found[response.matter_id].append(response)
    return found


def known(connection: Connection, item_ids: Collection[int]) -> dict[tuple[int, int], Offer]:
    """Return the offers of items by matter and item; those of a matter that was merged count for what it became."""
    into = _merged(connection)
    found: dict[tuple[int, int], Offer] = {}
    for part in _parts(item_ids):
        for row in connection.execute(_query().where(OFFER.c.item_id.in_(part)).order_by(OFFER.c.id)):
            key = (_root(into, row.matter_id), row.item_id)
            rows = [found[key], _offer(row)] if key in found else [_offer(row)]
            (found[key],) = _once(rows, key[0])
    return found


def of_matters(
    connection: Connection, matter_ids: Collection[int], *, states: Collection[OfferState] = tuple(OfferState)
) -> dict[int, list[Offer]]:
    """Return the offers of each matter, the latest publication first, those of what was merged into it among them."""
    into, found = _merged(connection), defaultdict[int, list[Offer]](list)
    wanted = set(matter_ids)
    asked = wanted | {number for number in into if _root(into, number) in wanted}
    for part in _parts(asked):
        query = _query().where(OFFER.c.matter_id.in_(part))
        for row in connection.execute(query.order_by(func.coalesce(OFFER.c.published_at, OFFER.c.found_at).desc())):
            found[_root(into, row.matter_id)].append(_offer(row))
    once = {number: [one for one in _once(offers, number) if one.state in states] for number, offers in found.items()}
    return {number: offers for number, offers in once.items() if offers}


def latest(connection: Connection, *, states: Collection[OfferState], limit: int) -> list[Offer]:
    """Return offers of any matter, the last found first; what was merged has one of each publication."""
    query = _query().where(OFFER.c.state.in_([state.value for state in states]))
    rows = connection.execute(query.order_by(OFFER.c.id.desc()).limit(limit)).all()
    chosen = {one.id for one in known(connection, {row.item_id for row in rows}).values()}
    return [_offer(row) for row in rows if row.id in chosen]


def offer(connection: Connection, number: int) -> Offer | None:
    """Return one offer, None where there is none of that number."""
    row = connection.execute(_query().where(OFFER.c.id == number)).one_or_none()
    return None if row is None else _offer(row)


def belongs_to(connection: Connection, found: Offer, matter_id: int) -> bool:
    """Tell whether an offer is one for this matter, or for one that became part of it."""
    return _root(_merged(connection), found.matter_id) == matter_id


def keep(connection: Connection, found: Found) -> Offer | None:
    """Keep what was recognised; return the offer where it is one that nobody was told of yet."""
    state = OfferState.OPEN if found.why is None else OfferState.ASIDE
    values = {
        "matter_id": found.matter_id,
        "item_id": found.item_id,
        "form": found.form.value,
        "state": state.value,
        "why": found.why.value if found.why else "",
        "signs": found.signs,
        "title": storable(found.title),
        "url": storable(found.url),
        "published_at": found.published_at,
        "found_at": found.found_at,
        "decided_by": "",
    }
    statement = insert(connection, OfferRow).values(**values)
    same = ("form", "state", "why", "signs")
    changed = or_(*(OFFER.c[name] != statement.excluded[name] for name in same))
    number = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["matter_id", "item_id"],
            set_={name: statement.excluded[name] for name in same},
            where=OFFER.c.state.in_(UNDECIDED) & changed,
        ).returning(OFFER.c.id)
    ).scalar_one_or_none()
    return offer(connection, number) if number is not None and state is OfferState.OPEN else None


def decide(
    connection: Connection,
    number: int,
    state: OfferState,
    *,
    by: str,
    now: datetime,
    response_id: int | None = None,
) -> None:
    """Keep what a person decided of an offer."""
    values = {"state": state.value, "why": "", "decided_at": now, "decided_by": storable(str(by))}
    connection.execute(update(OFFER).where(OFFER.c.id == number).values(**values, response_id=response_id))


def reopen(connection: Connection, response_id: int) -> None:
    """Let what was logged as a response that no longer stands be open again, so that it can be logged anew."""
    logged = update(OFFER).where(OFFER.c.response_id == response_id, OFFER.c.state == OfferState.LOGGED.value)
    connection.execute(logged.values(state=OfferState.OPEN.value, response_id=None, decided_at=None, decided_by=""))


def _query() -> Select[Any]:
    return select(OFFER, ITEM.c.source_id, ITEM.c.text).join(ITEM, ITEM.c.id == OFFER.c.item_id)


def _offer(row: Row[Any]) -> Offer:
    return Offer(
        id=row.id,
        matter_id=row.matter_id,
        item_id=row.item_id,
        source=row.source_id,
        form=Form(row.form),
        state=OfferState(row.state),
        why=Aside(row.why) if row.why else None,
        title=row.title,
        text=row.text,
        url=row.url,
        published_at=row.published_at,
        found_at=row.found_at,
        response_id=row.response_id,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def _once(offers: Iterable[Offer], matter_id: int) -> list[Offer]:
    """Return one offer for each item: two incidents that became one may each have had it."""
    found: dict[int, Offer] = {}
    for one in offers:
        other = found.get(one.item_id)
        found[one.item_id] = one if other is None else max(one, other, key=lambda it: _weight(it, matter_id))
    return list(found.values())


def _weight(offer: Offer, matter_id: int) -> tuple[bool, bool, bool, int]:
    """Return what of two rows about one item counts: what people decided, then what was found for the matter itself."""
    decided = offer.state is OfferState.REFUSED
    return offer.state is OfferState.LOGGED, decided, offer.matter_id == matter_id, offer.id


def _merged(connection: Connection) -> dict[int, int]:
    """Return into what each merged matter went that has an offer, or leads to another."""
    rows = connection.execute(select(MATTER.c.id, MATTER.c.merged_into).where(MATTER.c.merged_into.is_not(None)))
    return {row.id: row.merged_into for row in rows}


def _root(into: Mapping[int, int], number: int) -> int:
    seen = {number}
    while (following := into.get(number)) is not None and following not in seen:
        seen.add(following)
        number = following
    return number


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
