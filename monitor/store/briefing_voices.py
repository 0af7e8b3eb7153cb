"""Read what a briefing tells of who says what."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from monitor.core.briefing_facts import Window
from monitor.core.briefing_voices import VoiceFacts
from monitor.core.incidents.chains import Linked
from monitor.core.incidents.tolls import Tolls, side_by_side
from monitor.store import chains, hearings, whispers

AT_ONCE = 500


def voice_facts(connection: Connection, window: Window, open_ids: Collection[int]) -> VoiceFacts:
    """Read who says what of the incidents `open_ids`, and what was rumoured in the window."""
    contradicted: dict[int, tuple[Tolls, ...]] = {}
    links: dict[int, tuple[Linked, ...]] = {}
    for ids in _parts(open_ids):
        for number, tellings in hearings.tellings_of(connection, ids).items():
            found = tuple(tolls for tolls in side_by_side(tellings) if tolls.contradicted)
            if found:
                contradicted[number] = found
        links |= {number: tuple(linked) for number, linked in chains.links_of(connection, ids).items()}
    return VoiceFacts(
        contradicted=contradicted,
        links=links,
        rumours=tuple(r for r in hearings.rumours(connection, since=window.since) if window.holds(r.since)),
        whispers=tuple(w for w in whispers.listed(connection, since=window.since) if window.holds(w.last_at)),
    )


def _parts(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))
