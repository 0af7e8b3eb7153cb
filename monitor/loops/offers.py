"""Look whether what our own sources published answers an open incident, keep it as an offer, and tell people once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from monitor.core.errors import Mistake
from monitor.core.evidence.subject import Knowledge
from monitor.core.model import Assessment, Item, Trust
from monitor.core.offers.offer import Aside, Offer, OfferState
from monitor.core.offers.recognising import Known, Published, recognise
from monitor.core.offers.telling import alert_of
from monitor.core.offers.words import ReleaseWords
from monitor.core.people.duty import Duty
from monitor.core.sources import Source
from monitor.core.views import IncidentView, ResponseView
from monitor.store import duties, offers, troubles
from monitor.store.database import Database
from monitor.store.offers import Found

LEG = "offers"
# What we published longer ago answers nothing that is open now, or somebody has logged it long since.
PUBLISHED_WITHIN = timedelta(days=14)
HEARD_OF_WITHIN = timedelta(days=30)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class OfferWatch:
    """Recognises our own publications; any number of processes may do so at once. `broad` are kinds of many places."""

    database: Database
    sources: Mapping[str, Source]
    knowledge: Knowledge
    words: ReleaseWords
    broad: AbstractSet[str]
    duty: Duty
    _stand: tuple[int, ...] = ()
    _read: dict[int, Assessment] = field(default_factory=dict)

    def tick(self, now: datetime) -> int:
        """Look at what is new; return how many offers were made. What has not changed is not looked at again."""
        if not self.sources:
            return 0
        with self.database.read() as connection:
            stand = offers.stand(connection, self.sources.keys())
            if stand == self._stand:
                return 0
            resting = set(connection.scalars(troubles.resting(LEG), {"now": now}))
            found = self._found(connection, now)
        made = [self._tried(number, some, now) for number, some in found.items() if str(number) not in resting]
        if all(count is not None for count in made) and not resting:
            self._stand = stand
        return sum(count or 0 for count in made)

    def _found(self, connection: Connection, now: datetime) -> dict[int, list[Found]]:
        """Return what there is to keep anew, by matter."""
        rows = offers.own_items(connection, self.sources.keys(), now - PUBLISHED_WITHIN)
        ids = [row.id for row in rows]
        self._read = {number: read for number, read in self._read.items() if number in set(ids)}
        published = [self._published(row) for row in rows]
        placed = offers.placings(connection, ids)
        papers = offers.published_before(connection, rows, self.sources.keys())
        kept = offers.known(connection, ids)
        late = offers.incidents_of_late(connection, now - HEARD_OF_WITHIN) if rows else []
        answered = offers.responses_of(connection, [incident.id for incident in late])
        found: dict[int, list[Found]] = {}
        for incident in late:
            known = self._known(incident, answered.get(incident.id, ()))
            some = [one for one in self._of(known, published, placed, papers, now) if _is_news(one, kept)]
            if some:
                found[incident.id] = some
        return found

    def _of(
        self,
        known: Known,
        published: Sequence[Published],
        placed: Mapping[tuple[int, int], str],
        papers: Mapping[int, AbstractSet[int]],
        now: datetime,
    ) -> Iterator[Found]:
        """Yield what is recognised for one incident, in the order of publication."""
        before: list[Published] = []
        known = replace(known, twins=[one for one in published if one.url in known.logged])
        for one in sorted(published, key=lambda p: (p.published_at or p.found_at, p.item_id)):
            seen = recognise(
                one,
                known,
                self.words,
                placed=placed.get((known.matter_id, one.item_id), ""),
                before=before,
                papers=papers.get(one.item_id, frozenset()),
            )
            if seen is None:
                continue
            if seen.aside in (None, Aside.SAME):
                before.append(one)
            yield Found(
                matter_id=known.matter_id,
                item_id=one.item_id,
                form=seen.form,
                why=seen.aside,
                signs=" ".join(sign.value for sign in seen.signs),
                title=one.title,
                url=one.url,
                published_at=one.published_at,
                found_at=now,
            )

    def _published(self, row: Row[Any]) -> Published:
        source = self.sources[row.source_id]
        if row.id not in self._read:
            item = Item(
                title=row.title,
                text=row.text,
                url=row.url,
                source=row.source_id,
                trust=Trust(row.trust),
                language=row.language,
                region=source.region,
                published_at=row.published_at,
                first_seen_at=row.first_seen_at,
            )
            self._read[row.id] = self.knowledge.reader.assess(item)
        return Published(
            item_id=row.id,
            source=row.source_id,
            title=row.title,
            text=row.text,
            url=row.url,
            author=row.author,
            found_at=row.first_seen_at,
            read=self._read[row.id],
            office=source.office,
            published_at=row.published_at,
        )

    def _known(self, incident: IncidentView, responses: Sequence[ResponseView]) -> Known:
        return Known(
            matter_id=incident.id,
            subject=self.knowledge.subject(incident),
            place=incident.place,
            finest=self.knowledge.finest(incident.place),
            broad=incident.kind in self.broad,
            occurred_at=incident.occurred_at,
            offices=frozenset(incident.assignment.offices) if incident.assignment else frozenset(),
            logged=frozenset(response.url for response in responses) - {""},
            kinds=frozenset(response.kind for response in responses),
        )

    def _tried(self, matter_id: int, found: Sequence[Found], now: datetime) -> int | None:
        """Keep what was recognised for one matter; one that cannot be dealt with keeps nobody from the others."""
        try:
            with self.database.write() as connection:
                duties.lock_matter(connection, matter_id)
                made = [offer for one in found if (offer := offers.keep(connection, one)) is not None]
                duties.save_alerts(connection, [alert_of(offer, now) for offer in made], now, self.duty)
                troubles.clear(connection, LEG, matter_id)
            return len(made)
        except Mistake:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            log.exception("Offers for matter %s", matter_id)
            with self.database.write() as connection:
                troubles.note(connection, LEG, matter_id, error, now)
            return None


def _is_news(found: Found, kept: Mapping[tuple[int, int], Offer]) -> bool:
    """Tell whether something is to be written: what people decided is not, nor what is kept as it is."""
    known = kept.get((found.matter_id, found.item_id))
    if known is None:
        return True
    if known.state in (OfferState.LOGGED, OfferState.REFUSED):
        return False
    return (known.form, known.why) != (found.form, found.why)
