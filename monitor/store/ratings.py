"""Links over which the public rates responses, and the counts of what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from monitor.core.appraisal.appraisal import Deed
from monitor.core.appraisal.opinion import ANSWERS, Answer, Opinion, RatingLink, together
from monitor.store import buckets, keys
from monitor.store.keys import SECRET
from monitor.store.sql import insert, of
from monitor.store.tables_appraisal import RatingCountRow, RatingRow
from monitor.store.views import MATTER, RESPONSE

KEY = "public rating"
RATING, COUNT = of(RatingRow), of(RatingCountRow)


def add(connection: Connection, link: RatingLink) -> None:
    """Keep a new link, whatever number it has."""
    values = {
        "response_id": link.response_id,
        "token": link.token,
        "made_by": str(link.made.by),
        "made_at": link.made.at,
        "made_account": link.made.account,
        "ends_at": link.ends_at,
    }
    connection.execute(insert(connection, RatingRow).values(**values))


def revoke(connection: Connection, link: RatingLink, deed: Deed) -> None:
    """Let a link count nothing from now on; its counts stay."""
    values = {"revoked_by": str(deed.by), "revoked_at": deed.at, "revoked_account": deed.account}
    connection.execute(update(RATING).where(RATING.c.id == link.id).values(**values))


def by_token(connection: Connection, token: str) -> RatingLink | None:
    """Return the link of a token."""
    return next(iter(_read(connection, RATING.c.token == token)), None)


def of_response(connection: Connection, response_id: int) -> list[RatingLink]:
    """Return the links of a response, the newest first."""
    return _read(connection, RATING.c.response_id == response_id)


def cast(connection: Connection, votes: Iterable[tuple[int, Answer]]) -> None:
    """Add votes to their counts: each a link and an answer."""
    sums: dict[tuple[int, str], int] = {}
    for link_id, answer in votes:
        sums[link_id, answer.value] = sums.get((link_id, answer.value), 0) + 1
    # In one order, so that two processes never wait for each other.
    for (link_id, name), n in sorted(sums.items()):
        statement = insert(connection, RatingCountRow).values(rating_id=link_id, answer=name, votes=n)
        kept = {"votes": COUNT.c.votes + n}
        connection.execute(statement.on_conflict_do_update(index_elements=["rating_id", "answer"], set_=kept))


def opinions(connection: Connection, responses: Collection[int]) -> Mapping[int, Opinion]:
    """Return what was said of responses that could be rated, by their numbers, over all their links."""
    query = select(RATING.c.response_id, COUNT.c.answer, COUNT.c.votes)
    query = query.outerjoin(COUNT, COUNT.c.rating_id == RATING.c.id)
    spreads: dict[int, list[Opinion]] = {}
    for row in connection.execute(query.where(RATING.c.response_id.in_(responses))):
        voted = tuple(row.votes if answer.value == row.answer else 0 for answer in ANSWERS)
        spreads.setdefault(row.response_id, []).append(Opinion(voted))
    return {number: together(found) for number, found in spreads.items()}


def _read(connection: Connection, where: ColumnElement[bool]) -> list[RatingLink]:
    query = select(RATING, RESPONSE.c.title, RESPONSE.c.url, RESPONSE.c.published_at, RESPONSE.c.retracted_at)
    query = query.add_columns(MATTER.c.drill).join(RESPONSE, RESPONSE.c.id == RATING.c.response_id)
    query = query.join(MATTER, MATTER.c.id == RESPONSE.c.matter_id)
    return [_link(row) for row in connection.execute(query.where(where).order_by(RATING.c.id.desc()))]


def _link(row: Any) -> RatingLink:
    revoked = None if row.revoked_at is None else Deed(row.revoked_by, row.revoked_at, row.revoked_account)
    return RatingLink(
        id=row.id,
        response_id=row.response_id,
        token=row.token,
        made=Deed(row.made_by, row.made_at, row.made_account),
        ends_at=row.ends_at,
        revoked=revoked,
        title=row.title,
        url=row.url,
        published_at=row.published_at,
        stands=row.retracted_at is None and not row.drill,
    )


def daily_key(connection: Connection, day: date) -> bytes | None:
    """Return the key of a Beijing day, None before anybody needed it.

    Where the clock stepped back over midnight it is the key of the day after: no ballot is opened a second time.
    """
    kept = [name for name in _key_names(connection) if name in _valid(day)]
    return keys.key(connection, max(kept)) if kept else None


def renew_key(connection: Connection, day: date, now: datetime) -> None:
    """Make the key of a day, unless that of the day after is there, and throw all others away."""
    if daily_key(connection, day) is None:
        keys.ensure(connection, _key_name(day), now)
    _forget_keys(connection, day)


def outlived(connection: Connection, day: date, now: datetime) -> bool:
    """Tell whether a key or a mark is kept that has served its time."""
    return not set(_key_names(connection)) <= set(_valid(day)) or buckets.any_outlived(connection, now)


def forget(connection: Connection, day: date, now: datetime) -> None:
    """Throw the keys of other days away, and the marks that are older than a day."""
    _forget_keys(connection, day)
    buckets.forget_spent(connection, now)


def _forget_keys(connection: Connection, day: date) -> None:
    others = SECRET.c.name.like(f"{KEY} %") & SECRET.c.name.not_in(_valid(day))
    connection.execute(delete(SECRET).where(others))


def _key_names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(SECRET.c.name).where(SECRET.c.name.like(f"{KEY} %"))))


def _valid(day: date) -> tuple[str, str]:
    """Return what the keys are called that may be kept on a day."""
    return _key_name(day), _key_name(day + timedelta(days=1))


def _key_name(day: date) -> str:
    return f"{KEY} {day.isoformat()}"
