"""Links over which the public rates responses, and the counts of what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from monitor.core.appraisal.appraisal import Deed
from monitor.core.appraisal.opinion import ANSWERS, Answer, Opinion, RatingLink, together
from monitor.store import keys
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
    """Return the key of a Beijing day, None before anybody needed it."""
    return keys.key(connection, f"{KEY} {day.isoformat()}")


def renew_key(connection: Connection, day: date, now: datetime) -> None:
    """Make the key of a day and throw all others away."""
    keys.ensure(connection, f"{KEY} {day.isoformat()}", now)
    others = SECRET.c.name.like(f"{KEY} %") & (SECRET.c.name != f"{KEY} {day.isoformat()}")
    connection.execute(delete(SECRET).where(others))
