"""What people can do: confirm, dismiss, acknowledge, respond, hand back, retract. Each is one transaction.

What they can do to a single deadline stands in `deadlines.py` beside this file, how they merge, split and link in
`grouping.py`; all of it is done at the same desk.

Every door (console, command line, chat) calls these and shows the result. A decision is kept first; what follows from
it for the deadlines is then decided as after any other news.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.checks.kept import unchecked
from monitor.core.checks.rules import ReleaseRules
from monitor.core.checks.scorecard import Scorecard
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.drafts.draft import FOR_THE_PUBLIC
from monitor.core.drafts.settings import ReleasePath
from monitor.core.duties import asking
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.permitted import TYPING_SLACK, MomentInFuture, MomentTooEarly
from monitor.core.errors import (
    N_,
    AlreadyDismissed,
    Mistake,
    UnknownResponse,
)
from monitor.core.incidents.grader import Grader
from monitor.core.model import Level, MatterState, ResponseKind, Verb, aware
from monitor.core.particulars import Particulars
from monitor.core.seen import Seen
from monitor.core.text import storable
from monitor.core.views import Done, ResponseView
from monitor.store import (
    conference_plans,
    decisions,
    duties,
    offers,
    release_checks,
    undoing,
    views,
)
from monitor.store.database import Database
from responders.desk.aftermath import AftermathDesk
from responders.desk.assignments import AssignmentDesk
from responders.desk.bulletins import BulletinDesk
from responders.desk.claims import ClaimDesk
from responders.desk.conferences import ConferenceDesk
from responders.desk.drafts import DraftDesk
from responders.desk.grouping import GroupingDesk
from responders.desk.holder import needed
from responders.desk.logged import WITHOUT_REVIEW, Told, complete_response, keep_response, link_of, refuse_moment
from responders.desk.offers import OfferDesk
from responders.desk.particulars import fitting, refuse_unheld
from responders.desk.release import Proofreader

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


class Desk(GroupingDesk):
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
        self.bulletins = BulletinDesk(database, pack, region, proofreader)
        self.conferences = ConferenceDesk(database, pack, region, conferences)
        self.claims = ClaimDesk(database, pack, region)
        self.aftermath = AftermathDesk(database, pack, region)
        self.offers = OfferDesk(database, pack, region, self._read, conferences)

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
            offers.reopen(connection, response_id)
            return self._review(connection, found.matter_id, now)


def _check_withdrawn(at: datetime, response: ResponseView, now: datetime) -> None:
    if at > now + TYPING_SLACK:
        raise MomentInFuture(at=shown(at), now=shown(now))
    if at < response.published_at:
        raise MomentTooEarly(at=shown(at), earliest=shown(response.published_at))
