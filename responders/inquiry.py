"""Answer why: read what is stored of an item or an incident and ask the core. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.errors import UnknownAlert, UnknownDeadline, UnknownIncident, UnknownItem
from monitor.core.explain.answers import IncidentAnswer, ItemAnswer, agrees
from monitor.core.explain.contact import BACK, ContactAnswer, explain_contact
from monitor.core.explain.duties import explain_duties
from monitor.core.explain.grades import explain_grade
from monitor.core.explain.item import explain_item
from monitor.core.explain.placing import PlacingExplained, explain_compared, explain_placing
from monitor.core.explain.telling import AlertAnswer, DeadlineAnswer, explain_points, of_deadline
from monitor.core.incidents.grader import casualties_of
from monitor.core.incidents.placing import Lore
from monitor.core.incidents.topics import Background
from monitor.core.model import Item
from monitor.core.people.contacts import Contact
from monitor.core.people.routing import route
from monitor.core.reading.assess import Reader
from monitor.core.reading.suppose import Suppose
from monitor.store import assignments, audit, duties, outbox, people, records, views
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of
from monitor.store.surroundings import hear, surroundings

MOST_ALERTS = 200
# Changes that ended before cannot bear on the shift that a moment lies in.
LONGEST_SHIFT = timedelta(days=100)
MOST_OF_A_DEADLINE = 2000
# How many of the incidents that a text was compared with are shown.
NEAREST = 3


class Inquiry:
    """Answers why something was decided as it was."""

    def __init__(self, database: Database, reader: Reader, lore: Lore, pack: RulePack, region: str) -> None:
        self._database = database
        self._reader = reader
        self._lore = lore
        self._pack = pack
        self._region = region

    def item(self, item_id: int) -> ItemAnswer:
        """Return why a stored item is thought of as it is; raise UnknownItem."""
        with self._database.read() as connection:
            record = records.record(connection, item_id)
            decided = records.decisions(connection, item_id)
        if record is None:
            raise UnknownItem(id=item_id)
        explained = explain_item(self._reader, record.item, self._region)
        stored = record.assessment
        now = explained.assessment
        if record.decided_by and record.verdict:
            # What a person vouches for is compared with what would be kept on his word now.
            now = self._reader.assess(record.item, Suppose(vouched=True)) if stored and stored.is_incident else now
        placing = None
        if record.why is not None:
            placing = explain_placing(record.why, record.detail, record.matter_id, record.placed_by)
        return ItemAnswer(
            explained=explained,
            record=record,
            stored=stored,
            same_rules=stored is None or stored.rules_version == self._reader.version,
            agrees=stored is None or agrees(stored, now),
            placing=placing,
            decisions=tuple(decided),
        )

    def compare(self, item: Item, now: datetime) -> tuple[PlacingExplained, ...]:
        """Return the incidents that a text lies nearest to now, the nearest first."""
        background = Background()
        with self._database.read() as connection:
            hear(connection, background, now)
            around = surroundings(connection, self._lore, background, now)
        thought = self._reader.assess(item)
        found = sorted(around.compare(item.title, thought, now), key=lambda compared: -compared.score)
        return tuple(map(explain_compared, found[:NEAREST]))

    def incident(self, incident_id: int, now: datetime) -> IncidentAnswer:
        """Return why an incident stands as it does at `now`; raise UnknownIncident."""
        with self._database.read() as connection:
            found = views.incident(connection, incident_id)
            if found is None:
                raise UnknownIncident(id=incident_id)
            (incident,) = assignments.attached(connection, [found])
            offices = self._pack.duty.offices.values()
            facts = facts_of(connection, incident_id, self._region)
            standing = duties.deadlines_of(connection, incident_id)
            return IncidentAnswer(
                incident=incident,
                facts=facts,
                region=self._region,
                grade=explain_grade(
                    self._reader.tables, self._reader.kind(incident.kind), casualties_of(incident.figures)
                ),
                steps=tuple(views.steps(connection, incident_id)),
                duties=explain_duties(facts, self._pack, standing, now),
                items=tuple(views.items(connection, incident_id)),
                responses=tuple(views.responses(connection, matter_id=incident_id)),
                alerts=tuple(views.alerts(connection, matter_id=incident_id, limit=MOST_ALERTS)),
                log=tuple(views.log(connection, incident_id)),
                other_rules=records.read_by_others(connection, incident_id, self._reader.version),
                packs={d.obligation_id: d.pack for d in views.deadlines(connection, matter_id=incident_id)},
                route=route(offices, incident.place, incident.scope, incident.kind, incident.presumed),
            )

    def alert(self, alert_id: int) -> AlertAnswer:
        """Return why an alert was made and what came of it; raise UnknownAlert."""
        with self._database.read() as connection:
            alert = outbox.read(connection, alert_id)
            if alert is None:
                raise UnknownAlert(id=alert_id)
            started = audit.started_between(connection, alert.at, alert.created_at)
            if alert.matter_id is None:
                return AlertAnswer(alert=alert, started_at=started)
            named = (alert.obligation_id, alert.ordinal)
            deadlines = views.deadlines(connection, matter_id=alert.matter_id)
            acts = [line for line in views.log(connection, alert.matter_id) if line.by]
            return AlertAnswer(
                alert=alert,
                incident=views.incident(connection, alert.matter_id),
                deadline=next((d for d in deadlines if (d.obligation_id, d.ordinal) == named), None),
                name=f"{alert.obligation_id}/{alert.ordinal}" if alert.obligation_id else "",
                started_at=started,
                acted=max(acts, key=lambda line: line.at, default=None),
            )

    def deadline(self, deadline_id: int, now: datetime) -> DeadlineAnswer:
        """Return why a deadline stands as it does and what became of each of its moments; raise UnknownDeadline."""
        with self._database.read() as connection:
            seen = views.deadline(connection, deadline_id)
            if seen is None:
                raise UnknownDeadline(id=deadline_id)
            standing = duties.deadlines_of(connection, seen.matter_id)
            deadline = next(d for d in standing if d.id == deadline_id)
            alerts = views.alerts(connection, matter_id=seen.matter_id, limit=MOST_OF_A_DEADLINE)
            log = views.log(connection, seen.matter_id)
            facts = facts_of(connection, seen.matter_id, self._region)
            incident = views.incident(connection, seen.matter_id)
        mine = sorted(of_deadline(alerts, seen.obligation_id, seen.ordinal), key=lambda alert: (alert.at, alert.id))
        subject = f"{seen.obligation_id}/{seen.ordinal}"
        changes = tuple(line for line in log if not line.by and line.subject == subject)
        rule = rule_of(self._pack, deadline)
        told, others = explain_points(deadline, rule, mine, changes, facts, now)
        explained = explain_duties(facts, self._pack, standing, now)
        return DeadlineAnswer(
            deadline=seen,
            incident=incident,
            duty=next((d for d in explained if d.obligation_id == seen.obligation_id), None),
            law=rule.source if rule.source.document else None,
            left=self._pack.obligation(seen.obligation_id) is None,
            changes=changes,
            decisions=tuple(line for line in log if line.by),
            points=told,
            others=others,
        )

    def contact(self, contact: Contact, at: datetime) -> ContactAnswer:
        """Return why a person was told or not in the day up to `at`, and who was on duty then."""
        with self._database.read() as connection:
            changes = people.changes(connection, since=at - LONGEST_SHIFT)
            until = at + timedelta(microseconds=1)
            alerts = views.alerts(connection, since=at - BACK, until=until, limit=MOST_ALERTS)
        return explain_contact(contact, self._pack.duty, changes, alerts, at)


def try_text(reader: Reader, item: Item, region: str) -> ItemAnswer:
    """Return why a text would be thought of as it is, without storing it."""
    return ItemAnswer(explained=explain_item(reader, item, region))
