"""What people can do: confirm, dismiss, merge, split, link, acknowledge, respond, retract. Each is one transaction.

What they can do to a single deadline stands in `deadlines.py` beside this file, and is done at the same desk.

Every door (console, command line, chat) calls these and shows the result. A decision is kept first; what follows from
it for the deadlines is then decided as after any other news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.checks.kept import unchecked
from monitor.core.checks.rules import ReleaseRules
from monitor.core.checks.scorecard import Scorecard
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.drafts.draft import FOR_THE_PUBLIC
from monitor.core.drafts.settings import ReleasePath
from monitor.core.duties import asking
from monitor.core.duties.merging import carried_over
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.permitted import TYPING_SLACK, MomentInFuture, MomentTooEarly
from monitor.core.duties.review import Review
from monitor.core.errors import (
    N_,
    AlreadyDismissed,
    CircularChain,
    DrillApart,
    MergeIntoDismissed,
    Mistake,
    NoReportLeft,
    NotAnItemOf,
    NothingLeft,
    NotLinked,
    SelfLink,
    SelfMerge,
    UnknownResponse,
)
from monitor.core.incidents.chains import Tie
from monitor.core.incidents.history import Grader
from monitor.core.model import Level, MatterState, ResponseKind, Verb, aware
from monitor.core.particulars import Particulars
from monitor.core.seen import Seen
from monitor.core.text import storable
from monitor.core.views import Done, IncidentView, ResponseView
from monitor.store import (
    adjustments,
    assignments,
    chains,
    conference_plans,
    corrections,
    decisions,
    duties,
    incidents,
    release_checks,
    undoing,
    views,
)
from monitor.store.database import Database
from responders.desk.assignments import AssignmentDesk
from responders.desk.claims import ClaimDesk
from responders.desk.conferences import ConferenceDesk
from responders.desk.drafts import DraftDesk
from responders.desk.holder import needed
from responders.desk.logged import WITHOUT_REVIEW, Told, complete_response, keep_response, link_of, refuse_moment
from responders.desk.particulars import fitting, refuse_unheld
from responders.desk.release import Proofreader
from responders.desk.undoing import UndoDesk

USUAL_PATH = ReleasePath()
NOTHING_ASKED = ConferenceRules()


class AlreadyRetracted(Mistake):
    """A person withdrew a response that is withdrawn."""

    message = N_("Response {id} is already withdrawn since {at}, as {by} logged; nothing was changed.")


class NobodyActs(Mistake):
    """A person handed back what nobody has taken."""

    message = N_("Nobody has acknowledged incident {id}, so there is nothing to hand back.")


class EmptyText(Mistake):
    """A text to be checked holds nothing."""

    message = N_("The text is empty. Paste the whole release, its title on the first line.")


class NotSetUp(Mistake):
    """A desk was built without the lists that releases are checked by."""

    message = N_("Releases cannot be checked here: the lists of words were not loaded.")


class Desk(UndoDesk):
    """Carries out what people decide."""

    def __init__(
        self,
        database: Database,
        pack: RulePack,
        grader: Grader,
        region: str,
        proofreader: Proofreader | None = None,
        path: ReleasePath = USUAL_PATH,
        conferences: ConferenceRules = NOTHING_ASKED,
    ) -> None:
        super().__init__(database, pack, grader, region)
        self._proofreader = proofreader
        self.assignments = AssignmentDesk(database, pack, region)
        self.drafts = DraftDesk(database, pack, region, path, self._read)
        self.conferences = ConferenceDesk(database, pack, region, conferences)
        self.claims = ClaimDesk(database, pack, region)

    def confirm(self, incident_id: int, *, by: str, now: datetime, reason: str = "", seen: Seen | None = None) -> Done:
        """Confirm that an incident is real and as grave as presumed; a dismissed one is taken up again."""
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            detail = {"was": undoing.standing(connection, incident_id)}
            self._keep(connection, incident_id, Verb.CONFIRM, by=by, now=now, reason=reason, detail=detail)
            decisions.set_confirmed(connection, incident_id, now)
            decisions.set_state(connection, incident_id, MatterState.OPEN)
            return self._review(connection, incident_id, now)

    def dismiss(self, incident_id: int, *, by: str, now: datetime, reason: str, seen: Seen | None = None) -> Done:
        """Dismiss an incident as a false alarm; its live deadlines are withdrawn, everything stays in the log."""
        why = needed(reason)
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            if incident.state is MatterState.DISMISSED:
                raise AlreadyDismissed(id=incident_id)
            detail = {"was": undoing.standing(connection, incident_id)}
            self._keep(connection, incident_id, Verb.DISMISS, by=by, now=now, reason=why, detail=detail)
            decisions.set_state(connection, incident_id, MatterState.DISMISSED, reason=why)
            return self._review(connection, incident_id, now)

    def acknowledge(
        self, incident_id: int, *, by: str, now: datetime, reason: str = "", seen: Seen | None = None
    ) -> Done:
        """Take note that somebody acts: the nagging stops, the deadlines run on."""
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            self._keep(connection, incident_id, Verb.ACKNOWLEDGE, by=by, now=now, reason=reason)
            return self._review(connection, incident_id, now)

    def respond(
        self,
        incident_id: int,
        kind: ResponseKind,
        *,
        title: str,
        url: str,
        published_at: datetime,
        by: str,
        now: datetime,
        level: Level | None = None,
        text: str = "",
        particulars: Particulars | None = None,
        seen: Seen | None = None,
    ) -> Done:
        """Log a response; deadlines that it satisfies are met, or met late. A second tap logs nothing new.

        `level` is whom a report to a higher level reached. A `text` is checked and kept with what was found, whatever
        that is; the next release that it promises becomes a deadline. `particulars` are what only its kind has;
        logged again with more of them, a response is completed.
        """
        reached = level if kind is ResponseKind.UPWARD_REPORT else None
        told = Told(
            kind,
            storable(title).strip(),
            link_of(url),
            aware(published_at),
            storable(text).strip(),
            reached,
            particulars,
        )
        refuse_unheld(told, now)
        card = self._read(incident_id, told.text, kind, published_at) if told.text else None
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            refuse_moment(published_at, incident, now)
            told = replace(told, particulars=fitting(connection, incident_id, told, self.conferences.rules))
            known = decisions.logged_as(connection, incident_id, kind, told.title, told.url, published_at, reached)
            if known is not None:
                complete_response(connection, known, told, by=by, now=now)
                return self._review(connection, incident_id, now)
            review = {"review": WITHOUT_REVIEW} if kind in FOR_THE_PUBLIC else {}
            keep_response(connection, incident_id, told, card, by=by, now=now, duty=self._pack.duty, detail=review)
            return self._review(connection, incident_id, now)

    def check_release(
        self, incident_id: int, text: str, kind: ResponseKind = ResponseKind.AUTHORITATIVE_RELEASE, *, now: datetime
    ) -> Scorecard:
        """Return what the checks find in a draft for an incident; nothing is kept. Raise UnknownIncident, NotSetUp."""
        with self._database.read() as connection:
            incident = self._incident(connection, incident_id)
            known = self._reader.circumstances(connection, incident, kind, now)
        return self._reader.checked(text, known)

    def add_text(self, response_id: int, text: str, *, by: str, now: datetime) -> Scorecard:
        """Check the text of a response that is logged and keep it in place of an earlier one; what it promises is owed.

        Raise UnknownResponse, EmptyText.
        """
        wording = storable(text).strip()
        if not wording:
            raise EmptyText
        with self._database.read() as connection:
            found = views.response(connection, response_id)
        if found is None:
            raise UnknownResponse(id=response_id)
        card = self._read(found.matter_id, wording, found.kind, found.published_at, without=(response_id,))
        with self._database.write() as connection:
            duties.lock_matter(connection, found.matter_id)
            found = views.response(connection, response_id) or found
            release_checks.keep(connection, response_id, wording, card, by=by, now=now)
            self._review(connection, found.matter_id, now)
        return card

    def _read(
        self, incident_id: int, text: str, kind: ResponseKind, at: datetime, *, without: Collection[int] = ()
    ) -> Scorecard:
        """Check a text that is published; nothing is locked meanwhile."""
        if self._proofreader is None:
            return unchecked(NotSetUp.__name__)
        with self._database.read() as connection:
            incident = self._incident(connection, incident_id)
            known = self._proofreader.circumstances(connection, incident, kind, at, without=without)
        return self._proofreader.checked(text, known)

    @property
    def release_rules(self) -> ReleaseRules:
        """What releases are checked by, for those who word what was found; raise NotSetUp."""
        return self._reader.checker().rules

    @property
    def _reader(self) -> Proofreader:
        if self._proofreader is None:
            raise NotSetUp
        return self._proofreader

    def hand_back(
        self, incident_id: int, *, by: str, now: datetime, reason: str = "", seen: Seen | None = None
    ) -> Done:
        """Take an acknowledgement back: nobody acts any more, so people are told and the nagging goes on."""
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            if incident.acted_at is None:
                raise NobodyActs(id=incident_id)
            # What came while somebody acted was silenced by that, and is not told belatedly.
            self._review(connection, incident_id, now)
            self._keep(connection, incident_id, Verb.HAND_BACK, by=by, now=now, reason=reason, acts=False)
            decisions.hand_back(connection, incident_id)
            if incident.state is MatterState.OPEN:
                live = (d for d in duties.deadlines_of(connection, incident_id) if d.live)
                first = (whom for d in live if d.policy is not None for whom in d.policy.rungs[0].whom)
                told = asking.handed_back(incident_id, by, first, now)
                duties.save_alerts(connection, [told], now, self._pack.duty)
            return self._review(connection, incident_id, now)

    def retract(self, response_id: int, *, at: datetime | None = None, by: str, now: datetime, reason: str) -> Done:
        """Keep that a published response was withdrawn; a deadline that no other one meets runs again."""
        why, withdrawn_at = needed(reason), now if at is None else aware(at)
        with self._database.write() as connection:
            found = views.response(connection, response_id)
            if found is None:
                raise UnknownResponse(id=response_id)
            duties.lock_matter(connection, found.matter_id)
            found = views.response(connection, response_id) or found
            if found.retracted_at is not None:
                raise AlreadyRetracted(id=response_id, at=shown(found.retracted_at), by=found.retracted_by or "Huiying")
            _check_withdrawn(withdrawn_at, found, now)
            detail = {"response": response_id, "title": found.title, "at": withdrawn_at.isoformat()}
            self._keep(connection, found.matter_id, Verb.RETRACT, by=by, now=now, reason=why, detail=detail, acts=False)
            decisions.retract(connection, response_id, at=withdrawn_at, by=by, reason=why)
            conference_plans.reopen(connection, response_id, now)
            return self._review(connection, found.matter_id, now)

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


def _check_withdrawn(at: datetime, response: ResponseView, now: datetime) -> None:
    if at > now + TYPING_SLACK:
        raise MomentInFuture(at=shown(at), now=shown(now))
    if at < response.published_at:
        raise MomentTooEarly(at=shown(at), earliest=shown(response.published_at))
