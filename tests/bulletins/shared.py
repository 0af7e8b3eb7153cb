"""A night with an explosion, and how its issues are made."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.bulletins.bulletin import Bulletin, BulletinKind
from monitor.store import bulletins
from responders.documents.bulletin_texts import BulletinWriter
from responders.documents.messages import Composer
from responders.documents.scorecard import Proofs
from tests.responders.console.scenes import explosion
from tests.responders.console.station import REGION, T0, Station

M, H = timedelta(minutes=1), timedelta(hours=1)


def exploded(station: Station) -> Station:
    """Let it be an hour after the explosion."""
    explosion(station)
    station.clock.now = T0 + H
    return station


def writer_of(station: Station) -> BulletinWriter:
    composer = Composer(station.parts.words, station.parts.names, station.address, REGION)
    return BulletinWriter(composer, Proofs(composer, station.parts.desk.release_rules))


def make(
    station: Station,
    kind: BulletinKind = BulletinKind.FLASH,
    *,
    by: str = "王敏",
    incident: int = 1,
    after: int | None = None,
) -> Bulletin:
    """Have an issue made."""
    return station.parts.desk.bulletins.make(
        incident,
        kind,
        writer=writer_of(station),
        language=station.language,
        by=by,
        now=station.clock(),
        after=after,
    )


def stored(station: Station, number: int) -> Bulletin:
    with station.database.read() as connection:
        found = bulletins.bulletin(connection, number)
    assert found is not None
    return found


def text_of(bulletin: Bulletin) -> str:
    return "\n".join(f"{section.heading}\n{section.text}" for section in bulletin.content.sections)
