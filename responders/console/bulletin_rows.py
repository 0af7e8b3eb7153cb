"""The issues of bulletins on one incident, for its page."""

from __future__ import annotations

from monitor.core.bulletins.bulletin import OF_AN_INCIDENT, Bulletin
from monitor.store import bulletins as stored
from responders.console.console import Console


def read_issues(console: Console, number: int) -> tuple[Bulletin, ...]:
    """Return the issues on an incident, newest first."""
    with console.database.read() as connection:
        return tuple(stored.of_matter(connection, number))


def last_issues(found: tuple[Bulletin, ...]) -> dict[str, int]:
    """Return the id of the last issue of each kind that is not void, 0 where there is none, by the kind's value."""
    return {
        kind.value: next((one.id for one in found if one.kind is kind and not one.void), 0) for kind in OF_AN_INCIDENT
    }
