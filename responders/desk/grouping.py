"""Which reports make one incident, and which incidents belong together: merge, split, link. Each is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.duties.merging import carried_over
from monitor.core.duties.review import Review
from monitor.core.errors import (
    CircularChain,
    DrillApart,
    MergeIntoDismissed,
    NoReportLeft,
    NotAnItemOf,
    NothingLeft,
    NotLinked,
    SelfLink,
    SelfMerge,
)
from monitor.core.incidents.chains import Tie
from monitor.core.model import MatterState, Verb
from monitor.core.seen import Seen
from monitor.core.views import Done, IncidentView
from monitor.store import (
    adjustments,
    assignments,
    chains,
    corrections,
    decisions,
    duties,
    incidents,
    undoing,
)
from responders.desk.undoing import UndoDesk


class GroupingDesk(UndoDesk):
    """Carries out what people decide of incidents among one another."""

    def merge(
        self, incident_id: int, into: int, *, by: str, now: datetime, reason: str = "", seen: Seen | None = None
    ) -> Done:
        """Let an incident become part of another: its items, responses and running deadlines move."""
        if incident_id == into:
            raise SelfMerge(id=into)
        # Always the lower number first, so that two merges cannot wait for each other.
        with self._matter(min(incident_id, into), placing=True, seen=seen) as (connection, _):
            duties.lock_matter(connection, max(incident_id, into))
            source, target = (self._incident(connection, number) for number in (incident_id, into))
            self._refuse_merged(source)
            self._refuse_merged(target)
            _refuse_drills(source, target)
            if target.state is MatterState.DISMISSED and source.state is not MatterState.DISMISSED:
                raise MergeIntoDismissed(id=incident_id, into=into)
            was = _before_merge(connection, incident_id, into)
            was["carried"] = corrections.carry_over(connection, incident_id, into)
            detail = {"merged": incident_id, "into": into, "was": was}
            for number in (incident_id, into):
                self._keep(connection, number, Verb.MERGE, by=by, now=now, reason=reason, detail=detail)
            decisions.move_all(connection, incident_id, into, by=by)
            chains.move_all(connection, incident_id, into)
            assignments.carry(connection, incident_id, into)
            decisions.set_state(connection, incident_id, MatterState.MERGED, reason=reason, merged_into=into)
            incidents.forget_incident(connection, incident_id)
            self._fold(connection, into)
            running = [deadline for deadline in duties.deadlines_of(connection, incident_id) if deadline.live]
            known = {deadline.obligation_id for deadline in duties.deadlines_of(connection, into)}
            self._review(connection, incident_id, now)
            self._review(connection, into, now)
            standing = duties.deadlines_of(connection, into)
            moved = tuple(carried_over(running, standing, into, now))
            duties.save_review(connection, Review(tuple(step for _, step in moved)), self._pack, now)
            opened = {d.obligation_id: d for d in standing if d.obligation_id not in known}
            for before in running:
                # A deadline that the merge itself opened goes on as people left the one whose place it takes.
                after = next((step.deadline for was, step in moved if was is before), opened.get(before.obligation_id))
                if after is not None:
                    adjustments.carry_over(connection, before, after)
            return self._review(connection, into, now)

    def split(
        self,
        incident_id: int,
        item_ids: Sequence[int],
        *,
        by: str,
        now: datetime,
        reason: str = "",
        seen: Seen | None = None,
    ) -> Done:
        """Take items out of an incident into a new one; return the new one."""
        with self._matter(incident_id, placing=True, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            present = incidents.item_ids(connection, incident_id)
            strange = [item for item in item_ids if item not in present]
            if strange or not item_ids:
                raise NotAnItemOf(id=incident_id, item=", ".join(map(str, strange)) or "—")
            if set(present) == set(item_ids):
                raise NothingLeft(id=incident_id)
            placed = [row for row in undoing.placings(connection, incident_id) if row[0] in set(item_ids)]
            was = {"items": placed, "standing": undoing.standing(connection, incident_id)}
            new = incidents.open_matter(connection, incident.title, now)
            decisions.move_items(connection, item_ids, new, by=by)
            if len(incidents.reports_of(connection, [incident_id, new])) < 2:
                raise NoReportLeft(id=incident_id)
            detail = {"items": list(item_ids), "from": incident_id, "into": new, "was": was}
            for number in (incident_id, new):
                self._keep(connection, number, Verb.SPLIT, by=by, now=now, reason=reason, detail=detail)
                self._fold(connection, number)
            self._review(connection, incident_id, now)
            return self._review(connection, new, now)

    def link(self, incident_id: int, other: int, tie: Tie, *, by: str, now: datetime, reason: str = "") -> Done:
        """Keep what an incident is to another: its cause, its effect, or related. A second tap logs nothing new."""
        with self._pair(incident_id, other) as connection:
            known = {one.other_id: one.tie for one in chains.links_of(connection, [other]).get(other, ())}
            if known.get(incident_id) is not tie:
                if tie is not Tie.RELATED:
                    cause, effect = (incident_id, other) if tie is Tie.CAUSE else (other, incident_id)
                    chains.unlink(connection, incident_id, other)
                    if chains.leads_to(connection, effect, cause):
                        raise CircularChain(cause=cause, effect=effect)
                chains.link(connection, incident_id, other, tie, by=by, now=now)
                self._decide_both(connection, Verb.LINK, incident_id, other, tie, by=by, now=now, reason=reason)
            return self._review(connection, incident_id, now)

    def unlink(self, incident_id: int, other: int, *, by: str, now: datetime, reason: str = "") -> Done:
        """Take back that two incidents are linked."""
        with self._pair(incident_id, other) as connection:
            if not chains.unlink(connection, incident_id, other):
                raise NotLinked(id=incident_id, other=other)
            self._decide_both(connection, Verb.UNLINK, incident_id, other, Tie.RELATED, by=by, now=now, reason=reason)
            return self._review(connection, incident_id, now)

    def _decide_both(
        self,
        connection: Connection,
        verb: Verb,
        incident_id: int,
        other: int,
        tie: Tie,
        *,
        by: str,
        now: datetime,
        reason: str,
    ) -> None:
        """Log a decision about a link with both incidents; it silences no reminder of either."""
        for number, linked, told in ((incident_id, other, tie.turned), (other, incident_id, tie)):
            detail = {"other": linked, "as": told.value}
            self._keep(connection, number, verb, by=by, now=now, reason=reason, detail=detail, acts=False)

    @contextmanager
    def _pair(self, incident_id: int, other: int) -> Iterator[Connection]:
        """Hold two incidents that are neither the same nor merged, always the lower number first."""
        if incident_id == other:
            raise SelfLink(id=incident_id)
        with self._matter(min(incident_id, other)) as (connection, _):
            duties.lock_matter(connection, max(incident_id, other))
            both = [self._incident(connection, number) for number in (incident_id, other)]
            for incident in both:
                self._refuse_merged(incident)
            _refuse_drills(*both)
            yield connection


def _before_merge(connection: Connection, source: int, target: int) -> dict[str, Any]:
    """Return what a merge will change, so that it can be undone."""
    return {
        "items": undoing.placings(connection, source),
        "responses": undoing.responses_of(connection, source),
        "source": undoing.standing(connection, source),
        "target": undoing.standing(connection, target),
        "source_links": undoing.links(connection, source),
        "target_links": undoing.links(connection, target),
        "assignment": assignments.to_carry(connection, source, target),
        "running": [one.id for one in duties.deadlines_of(connection, source) if one.live],
        "known": [one.id for one in duties.deadlines_of(connection, target)],
    }


def _refuse_drills(*incidents: IncidentView) -> None:
    """Keep drills apart from all others."""
    for incident in incidents:
        if incident.drill:
            raise DrillApart(id=incident.id)
