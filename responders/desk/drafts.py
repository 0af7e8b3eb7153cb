"""What people do with drafts: write, hand in, review, approve, send back, publish, give up. Each is one transaction.

Who may is asked here once more, whatever the door has asked: a draft is only as well reviewed as its weakest door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from monitor.core.access.accounts import About, By, may
from monitor.core.access.roles import Permission
from monitor.core.beijing import shown
from monitor.core.checks.scorecard import Scorecard
from monitor.core.drafts import gates
from monitor.core.drafts.draft import Draft, DraftState, Gate, GateStep, Person, Verdict, Version, Wording, digest
from monitor.core.drafts.settings import ReleasePath
from monitor.core.drafts.telling import NEEDED
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.errors import N_, Mistake
from monitor.core.model import ResponseKind, Verb, aware
from monitor.core.text import storable
from monitor.core.views import Done, IncidentView
from monitor.store import accounts, decisions, drafts, duties
from monitor.store.database import Database
from responders.desk.holder import Holder, needed
from responders.desk.logged import Told, keep_response, link_of, refuse_moment
from responders.desk.particulars import refuse_unheld

Read = Callable[[int, str, ResponseKind, datetime], Scorecard]
LONGEST_TITLE, LONGEST_PLACE, LONGEST_COMMENT = 500, 2000, 2000


class UnknownDraft(Mistake):
    """A person named a draft that does not exist, or not with this incident."""

    message = N_("There is no draft {id}.")


class NotInYourRole(Mistake):
    """Somebody did at a draft what his roles do not allow."""

    message = N_("{name} has no account whose roles allow this here. Nothing was changed.")


class DraftConflict(Mistake):
    """Two people edited a draft at once; both texts are kept, and the second one decides what is to stand."""

    message = N_(
        "{by} saved version {number} at {at}, while you were writing. Both texts are kept: theirs is version {number}, "
        "yours stands in the form. Take over what you need, then save again."
    )


class ElsewherePublished(Mistake):
    """A release was published on another site than the one that was approved."""

    message = N_(
        "{url} does not lie at the place that was approved ({place}). Edit the draft; it is then to be approved again."
    )


class CommentMissing(Mistake):
    """A draft was sent back without a word."""

    message = N_("Say what has to be mended; whoever wrote it reads it.")


@dataclass(frozen=True, slots=True)
class Held:
    """A draft that is held for the length of a transaction, with its incident and the gates asked of it."""

    connection: Connection
    draft: Draft
    incident: IncidentView
    path: tuple[Gate, ...]


class DraftDesk(Holder):
    """Carries out what people do with drafts; `read` checks a text that is published."""

    def __init__(self, database: Database, pack: RulePack, region: str, path: ReleasePath, read: Read) -> None:
        super().__init__(database, pack, region)
        self.path = path
        self._read = read

    def begin(self, incident_id: int, wording: Wording, *, by: str, now: datetime) -> Draft:
        """Begin a draft for an incident; one without a word in it is a start as well."""
        clean = _clean(wording)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            person = self._person(connection, incident, by, Permission.DRAFT)
            version = Version(
                number=1, wording=clean, by=person, at=now, answers=self._answers(connection, incident_id, clean.kind)
            )
            number = drafts.add(connection, incident_id, version, now)
            return _present(connection, number)

    def save(self, draft_id: int, wording: Wording, *, seen: int, by: str, now: datetime) -> Draft:
        """Keep an edit as a new version; what it affects has to be looked at again.

        `seen` is the version that was edited. Raise DraftConflict where somebody else saved another meanwhile.
        """
        clean = _clean(wording)
        with self._draft(draft_id) as held:
            draft = held.draft
            person = self._person(held.connection, held.incident, by, Permission.DRAFT)
            gates.refuse_closed(draft)
            if clean == draft.wording:
                return draft
            if seen != draft.version.number:
                last = draft.version
                raise DraftConflict(by=last.by.name, number=last.number, at=shown(last.at))
            lapsed = gates.edited(draft, clean, person, now)
            answers = self._answers(held.connection, draft.matter_id, clean.kind)
            drafts.add_version(held.connection, draft_id, gates.next_version(draft, clean, person, now, answers))
            drafts.add_steps(held.connection, draft, lapsed)
            if draft.state is DraftState.SUBMITTED:
                drafts.look(held.connection, draft_id, now)
            return _present(held.connection, draft_id)

    def submit(self, draft_id: int, *, seen: int, by: str, now: datetime) -> Draft:
        """Hand a draft in: those who have to look at it next are told."""
        with self._draft(draft_id) as held:
            person = self._person(held.connection, held.incident, by, Permission.DRAFT)
            step = gates.submitted(held.draft, seen, person, now)
            self._keep_step(held, step, DraftState.SUBMITTED, now)
            return _present(held.connection, draft_id)

    def judge(
        self, draft_id: int, gate: Gate, verdict: Verdict, *, seen: int, by: str, now: datetime, comment: str = ""
    ) -> Draft:
        """Let a draft pass a gate, or send it back with a comment. After an urgent publication this is the review owed.

        `verdict` is PASSED or RETURNED; sending back what is published is an objection, of which people are told.
        """
        said = storable(comment).strip()[:LONGEST_COMMENT]
        if verdict is Verdict.RETURNED and not said:
            raise CommentMissing
        with self._draft(draft_id) as held:
            draft = held.draft
            person = self._person(held.connection, held.incident, by, NEEDED[gate])
            step = gates.judged(draft, held.path, gate, verdict, seen=seen, by=person, now=now, comment=said)
            back = step.verdict is Verdict.RETURNED
            self._keep_step(held, step, DraftState.DRAFTING if back else draft.state, now)
            if draft.state is DraftState.PUBLISHED:
                self._later(held, step, now)
            return _present(held.connection, draft_id)

    def publish(
        self,
        draft_id: int,
        *,
        seen: int,
        published_at: datetime,
        by: str,
        now: datetime,
        url: str = "",
        urgent: str = "",
    ) -> Done:
        """Log that a draft was published as it stands; with an `urgent` reason before all have looked at it.

        What it left out is owed within the time that the bureau has set. `url` is the page's own address, where it was
        not known before; it has to lie at the place that was approved.
        """
        aware(published_at)
        with self._database.read() as connection:
            version = drafts.version(connection, draft_id, seen)
            found = drafts.draft(connection, draft_id)
        if found is None:
            raise UnknownDraft(id=draft_id)
        if version is None:
            gates.refuse_stale(found, seen)
            raise UnknownDraft(id=draft_id)
        link = address(version.wording.place, url)
        words = version.wording
        told = Told(words.kind, words.title, link, published_at, f"{words.title}\n{words.text}".strip())
        card = self._read(found.matter_id, told.text, told.kind, published_at)
        with self._draft(draft_id) as held:
            person = self._person(held.connection, held.incident, by, Permission.RESPOND)
            self._refuse_merged(held.incident)
            refuse_unheld(told, now)
            refuse_moment(published_at, held.incident, now)
            step = gates.published(held.draft, held.path, seen=seen, by=person, now=now, urgent=urgent.strip())
            self._log(held, step, told, card, now)
            return self._review(held.connection, held.draft.matter_id, now)

    def withdraw(self, draft_id: int, *, by: str, now: datetime, reason: str) -> Draft:
        """Give a draft up, with a reason."""
        why = needed(storable(reason))[:LONGEST_COMMENT]
        with self._draft(draft_id) as held:
            person = self._person(held.connection, held.incident, by, Permission.DRAFT)
            self._keep_step(held, gates.withdrawn(held.draft, person, now, why), DraftState.WITHDRAWN, now)
            return _present(held.connection, draft_id)

    def asked(self, draft: Draft, incident: IncidentView) -> tuple[Gate, ...]:
        """Return the gates that a draft has to pass, or had to when it was published."""
        if draft.state is DraftState.PUBLISHED:
            return draft.path
        return self.path.asked(draft.wording.kind, incident.presumed)

    def _log(self, held: Held, step: GateStep, told: Told, card: Scorecard, now: datetime) -> None:
        urgent = step.verdict is Verdict.PUBLISHED_URGENTLY
        detail = {
            "draft": held.draft.id,
            "version": held.draft.version.number,
            "hash": digest(held.draft.wording),
            "review": "later" if urgent else "passed",
            "reviewed_by": {gate.value: _who_passed(held.draft, gate) for gate in held.path},
        }
        if urgent:
            self._decided(held, Verb.PUBLISH_URGENTLY, step)
        number = keep_response(
            held.connection,
            held.draft.matter_id,
            told,
            card,
            by=_signed(step.by),
            now=now,
            duty=self._pack.duty,
            detail=detail,
        )
        drafts.add_steps(held.connection, held.draft, [step])
        later = now + self.path.later if urgent and gates.owed(held.draft, held.path) else None
        drafts.set_published(held.connection, held.draft.id, number, held.path, later, now)
        drafts.look(held.connection, held.draft.id, now if later else None)

    def _later(self, held: Held, step: GateStep, now: datetime) -> None:
        """Keep what became of a review that was owed after publication."""
        after = replace(held.draft, steps=(*held.draft.steps, step))
        objected = step.verdict is Verdict.OBJECTED
        self._decided(held, Verb.REVIEW_LATER, step, gate=step.gate.value, verdict=step.verdict.value)
        if objected or not gates.owed(after, after.path):
            drafts.end_later(held.connection, held.draft.id)
            drafts.look(held.connection, held.draft.id, now if objected else None)

    def _decided(self, held: Held, verb: Verb, step: GateStep, **detail: str) -> None:
        """Keep in the incident's log what happened; a later review is nobody's acknowledgement."""
        decisions.decide(
            held.connection,
            held.draft.matter_id,
            verb,
            by=_signed(step.by),
            duty=self._pack.duty,
            now=step.at,
            reason=step.comment,
            detail={"draft": held.draft.id, **detail},
            acts=verb is not Verb.REVIEW_LATER,
        )

    def _keep_step(self, held: Held, step: GateStep, state: DraftState, now: datetime) -> None:
        drafts.add_steps(held.connection, held.draft, [step])
        if state is not held.draft.state:
            drafts.set_state(held.connection, held.draft.id, state)
        drafts.look(held.connection, held.draft.id, None if state is DraftState.WITHDRAWN else now)

    def _answers(self, connection: Connection, matter_id: int, kind: ResponseKind) -> tuple[int, ...]:
        """Return the live deadlines that a response of a kind settles."""
        return tuple(
            deadline.id or 0
            for deadline in duties.deadlines_of(connection, matter_id)
            if deadline.live and kind in rule_of(self._pack, deadline).satisfied_by
        )

    def _person(self, connection: Connection, incident: IncidentView, by: str, permission: Permission) -> Person:
        """Return who acts; raise NotInYourRole where his account does not allow it, or he has none among others."""
        if not accounts.any_account(connection):
            contact = self._pack.duty.person(by)
            return Person(storable(by), 0, contact.id if contact else "")
        if isinstance(by, By):
            account = accounts.account(connection, by.account)
        else:
            account = accounts.of_login(connection, by.strip().casefold())
        if account is None or not may(account, permission, About(incident.place)):
            raise NotInYourRole(name=str(by))
        return Person(account.name, account.id, account.contact)

    @contextmanager
    def _draft(self, draft_id: int) -> Iterator[Held]:
        """Hold one draft, with the matter that it belongs to, for the length of a transaction."""
        with self._database.write() as connection:
            found = drafts.draft(connection, draft_id)
            if found is None:
                raise UnknownDraft(id=draft_id)
            duties.lock_matter(connection, found.matter_id)
            now_there = _present(connection, draft_id)
            if now_there.matter_id != found.matter_id:
                duties.lock_matter(connection, now_there.matter_id)
            incident = self._incident(connection, now_there.matter_id)
            yield Held(connection, now_there, incident, self.asked(now_there, incident))


def address(place: str, url: str) -> str:
    """Return the address of a published page: the one given, else the place where that is an address.

    Raise ElsewherePublished where an address was approved and another site is given.
    """
    approved = place.strip() if place.strip().startswith(("http://", "https://")) else ""
    given = link_of(url)
    if not given:
        return link_of(approved)
    if approved and urlsplit(given).hostname != urlsplit(link_of(approved)).hostname:
        raise ElsewherePublished(url=given, place=approved)
    return given


def _present(connection: Connection, draft_id: int) -> Draft:
    found = drafts.draft(connection, draft_id)
    assert found is not None
    return found


def _signed(person: Person) -> str:
    """Return the name that a decision is kept under, with its account where there is one."""
    return By.of(person.name, account=person.account, contact=person.contact) if person.account else person.name


def _who_passed(draft: Draft, gate: Gate) -> str:
    last = gates.last_at(draft, gate)
    return last.by.name if last is not None and gates.holds(draft, gate) else ""


def _clean(wording: Wording) -> Wording:
    """Return a wording that can be kept: line ends of one kind, nothing that a database refuses."""
    return Wording(
        kind=wording.kind,
        title=" ".join(storable(wording.title).split())[:LONGEST_TITLE],
        text=storable(wording.text).replace("\r\n", "\n").replace("\r", "\n").strip(),
        place=" ".join(storable(wording.place).split())[:LONGEST_PLACE],
    )
