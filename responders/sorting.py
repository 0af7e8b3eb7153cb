"""What people decide about a single item: that it does report an incident, or that it is none after all.

Each is the other's undoing. A decision is a fact that no machine overwrites; what follows from it for the incident and
its deadlines is decided as after any other news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import AlreadyReports, InNoIncident, OnlyReport, UnknownItem
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.placing import Lore, Placing
from monitor.core.incidents.topics import Background
from monitor.core.item_views import ItemRecord
from monitor.core.model import Assessment, Decoy, MatterState, Verb
from monitor.core.reading.assess import Reader
from monitor.core.reading.suppose import Suppose
from monitor.core.verdict import DECOY, INCIDENT, REPORTS
from monitor.core.views import Done
from monitor.store import decisions, duties, incidents, items, records, views
from monitor.store.corrections import refold
from monitor.store.database import Database
from monitor.store.editions import PLACING, hold
from monitor.store.matter_facts import facts_of
from monitor.store.surroundings import hear, surroundings


class Sorting:
    """Carries out what people decide about single items."""

    def __init__(
        self, database: Database, reader: Reader, lore: Lore, grader: Grader, pack: RulePack, region: str
    ) -> None:
        self._database = database
        self._reader = reader
        self._lore = lore
        self._grader = grader
        self._pack = pack
        self._region = region

    def report(self, item_id: int, *, by: str, now: datetime, reason: str = "") -> Done:
        """Count an item as a report of an incident: the one that it is most likely about, else a new one.

        What a person had set aside goes back where it was; an incident that was dismissed is taken up again.
        """
        background = Background()
        with self._database.read() as connection:
            # Outside the transaction that writes, because a month of titles takes its time.
            hear(connection, background, now)
        with self._database.write() as connection:
            hold(connection, PLACING, anew=True)
            record = _record(connection, item_id)
            if record.counts and not _is_abroad(record):
                raise AlreadyReports(id=item_id, incident=record.matter_id)
            thought = self._reader.assess(record.item, Suppose(vouched=True))
            home = _returning(connection, record) or self._place(connection, record, thought, background)
            matter_id = home.matter_id or incidents.open_matter(connection, record.item.title, now)
            for number in sorted({matter_id, record.matter_id or matter_id}):
                duties.lock_matter(connection, number)
            self._count(connection, record, thought, home, by=by)
            incidents.attach(connection, item_id, matter_id, why=Placing.BY_PERSON, detail=home.how, by=by)
            _take_up(connection, matter_id)
            was = {
                "verdict": record.verdict,
                "tag": record.tag,
                "class": _class_of(record),
                "incident": record.matter_id,
            }
            detail = {"item": item_id, "title": record.item.title, "was": was, "into": matter_id, "how": home.how}
            decisions.decide(
                connection,
                matter_id,
                Verb.REPORT,
                by=by,
                duty=self._pack.duty,
                now=now,
                reason=reason,
                item_id=item_id,
                detail=detail,
            )
            if record.matter_id is not None and record.matter_id != matter_id and record.counts:
                self._settle(connection, record.matter_id, now)
            return self._settle(connection, matter_id, now)

    def set_aside(self, item_id: int, decoy: Decoy, *, by: str, now: datetime, reason: str = "") -> Done:
        """Take an item out of its incident because it is a decoy; return the incident without it."""
        with self._database.write() as connection:
            hold(connection, PLACING, anew=True)
            record = _record(connection, item_id)
            matter_id = record.matter_id
            if matter_id is None:
                raise InNoIncident(id=item_id)
            duties.lock_matter(connection, matter_id)
            if _is_alone(connection, record):
                raise OnlyReport(id=item_id, incident=matter_id)
            items.set_verdict(connection, item_id, DECOY, decoy.value, by=by)
            incidents.detach(connection, item_id)
            was = {"verdict": record.verdict, "tag": record.tag, "why": record.why, "incident": matter_id}
            detail = {"item": item_id, "title": record.item.title, "was": was, "as": decoy.value}
            decisions.decide(
                connection,
                matter_id,
                Verb.SET_ASIDE,
                by=by,
                duty=self._pack.duty,
                now=now,
                reason=reason,
                item_id=item_id,
                detail=detail,
            )
            return self._settle(connection, matter_id, now)

    def _place(self, connection: Connection, record: ItemRecord, thought: Assessment, background: Background) -> _Home:
        """Find the incident that an item is about by the same weights as the intake's."""
        strange: set[int] = set()
        if record.matter_id is not None and _is_abroad(record):
            if _is_alone(connection, record):
                return _Home(record.matter_id, STAYED)
            strange = {record.matter_id}
        seen_at = record.first_seen_at
        around = surroundings(connection, self._lore, background, seen_at, without=strange)
        placed = around.place(record.item.title, thought, seen_at)
        return _Home(placed.matter_id, f"{placed.placing} {placed.detail}".rstrip())

    def _count(self, connection: Connection, record: ItemRecord, thought: Assessment, home: _Home, *, by: str) -> None:
        """Let an item count by what a person says; one that comes back is again what it was read as."""
        if home.verdict:
            items.set_verdict(connection, record.id, home.verdict, home.tag, by=by)
            return
        items.replace_assessment(connection, record.id, thought)
        items.set_verdict(connection, record.id, INCIDENT, thought.kind, by=by)

    def _settle(self, connection: Connection, matter_id: int, now: datetime) -> Done:
        """Make an incident anew from the items that now belong to it, and let that have its effects."""
        refold(connection, matter_id, self._grader)
        facts = facts_of(connection, matter_id, self._region)
        standing = duties.deadlines_of(connection, matter_id)
        duties.save_review(connection, review(facts, self._pack, standing, now), self._pack, now)
        incident = views.incident(connection, matter_id)
        assert incident is not None
        return Done(incident, tuple(views.deadlines(connection, matter_id=matter_id)))


STAYED, RETURNED = "stayed", "returned"


@dataclass(frozen=True, slots=True)
class _Home:
    """Where an item belongs: an incident, or a new one. `how` it was found; what it is again where it comes back."""

    matter_id: int | None
    how: str
    verdict: str = ""
    tag: str = ""


def _record(connection: Connection, item_id: int) -> ItemRecord:
    found = records.record(connection, item_id)
    if found is None:
        raise UnknownItem(id=item_id)
    return found


def _is_abroad(record: ItemRecord) -> bool:
    thought = record.assessment
    return record.decided_by == "" and thought is not None and thought.decoy is Decoy.FOREIGN


def _class_of(record: ItemRecord) -> str:
    """Return the decoy class that an item had; what happened abroad stood in an incident all the same."""
    return Decoy.FOREIGN.value if record.counts and _is_abroad(record) else record.tag


def _is_alone(connection: Connection, record: ItemRecord) -> bool:
    """Tell whether an item is all that reports its incident."""
    if record.matter_id is None or not record.counts:
        return False
    return len(incidents.reports_of(connection, [record.matter_id])[record.matter_id]) == 1


def _returning(connection: Connection, record: ItemRecord) -> _Home | None:
    """Return where an item goes back to that a person had set aside; an incident may have been merged meanwhile."""
    last = next(iter(reversed(records.decisions(connection, record.id))), None)
    if last is None or last.verb is not Verb.SET_ASIDE:
        return None
    was = last.detail["was"]
    known = was["verdict"] in REPORTS
    matter_id = _standing(connection, last.matter_id)
    return _Home(matter_id, RETURNED, was["verdict"] if known else "", was["tag"] if known else "")


def _standing(connection: Connection, matter_id: int) -> int:
    """Return the incident that one has become part of, or itself."""
    incident = views.incident(connection, matter_id)
    while incident is not None and incident.merged_into is not None:
        matter_id = incident.merged_into
        incident = views.incident(connection, matter_id)
    return matter_id


def _take_up(connection: Connection, matter_id: int) -> None:
    """Take up a dismissed incident again: the later of two decisions holds."""
    incident = views.incident(connection, matter_id)
    if incident is not None and incident.state is MatterState.DISMISSED:
        decisions.set_state(connection, matter_id, MatterState.OPEN)
