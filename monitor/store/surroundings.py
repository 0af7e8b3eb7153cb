"""Read what an item is compared with before it is placed: the incidents of late, and what titles at large speak of."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.incidents.placing import WINDOW, Lore
from monitor.core.incidents.surroundings import Surroundings
from monitor.core.incidents.topics import Background, terms_of
from monitor.store import incidents, items

BACKGROUND = timedelta(days=30)


def hear(
    connection: Connection, background: Background, now: datetime, *, heard: int = 0, without: Container[int] = ()
) -> int:
    """Let `background` hear the titles stored after the item `heard`; return the last item that it has heard then.

    Those numbered in `without` are heard at their own time.
    """
    for title in items.titles_after(connection, heard, now - BACKGROUND):
        if title.id not in without:
            background.hear(terms_of(title.title), title.first_seen_at)
            heard = title.id
    return heard


def surroundings(
    connection: Connection,
    lore: Lore,
    background: Background,
    seen_at: datetime,
    *,
    without: Container[int] = (),
    until: int | None = None,
) -> Surroundings:
    """Return the incidents that were heard of lately before `seen_at`, or after; those numbered in `without` not.

    Of titles placed in editions after `until` it knows nothing.
    """
    since = seen_at - WINDOW
    recent = [known for known in incidents.candidates(connection, since) if known.matter_id not in without]
    return Surroundings(recent, incidents.told(connection, since, until=until), lore, background)


def catch_up(connection: Connection, around: Surroundings, seen_at: datetime, *, after: int, until: int) -> None:
    """Add to the incidents what others have placed in the editions after one, until another.

    Of an incident that is not known, which may have been forgotten, all is added.
    """
    since = seen_at - WINDOW
    changed = incidents.candidates(connection, since, after=after, until=until)
    strange = [candidate.matter_id for candidate in changed if not around.knows(candidate.matter_id)]
    for candidate in changed:
        around.put(candidate)
    for title in incidents.told(connection, since, after=after, until=until, of=strange):
        around.tell(title)
