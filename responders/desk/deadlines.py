"""What people can do to a deadline: waive and reopen it, extend it, let it rest, begin anew, state its start.

Each is one transaction. Where a page was shown, `seen` is the version of the deadline on it: whoever decides on a page
that is no longer true is told so, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.duties.adjusting import Adjustment, AdjustmentKind
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import Obligation
from monitor.core.duties.permitted import (
    refuse_extension,
    refuse_pause,
    refuse_reset,
    refuse_resumption,
    refuse_stale,
    refuse_start,
    stretch,
)
from monitor.core.duties.review import Review, taken_up, waive
from monitor.core.duties.versions import rule_of
from monitor.core.errors import N_, DeadlineNotLive, Mistake, UnknownDeadline
from monitor.core.model import FOUND_BY_PEOPLE, DeadlineState, Fault, MatterState, Verb, aware
from monitor.core.text import storable
from monitor.core.views import Done
from monitor.store import adjustments, decisions, duties, views
from responders.desk.holder import Holder, needed


class NotWaived(Mistake):
    """A person wanted a deadline to run again that nobody waived."""

    message = N_("Deadline {id} was not waived ({state}), so there is nothing to take back.")


class MatterNotOpen(Mistake):
    """A person acted on a deadline whose incident is dismissed."""

    message = N_("Incident {id} is dismissed. Confirm it first to take it up again.")


class EvidenceMissing(Mistake):
    """A person accused somebody of a fault without saying what shows it."""

    message = N_("Name the evidence: a document, its number or its address.")


class NotFoundByPeople(Mistake):
    """A person wanted to find what follows from the times alone."""

    message = N_("Whether a duty was fulfilled late or missed follows from the times; nobody finds it by hand.")


@dataclass(frozen=True, slots=True)
class Held:
    """A deadline that is held for the length of a transaction, with its rule and what people did to it before.

    `newest` is the last turn or hop of its duty.
    """

    connection: Connection
    deadline: Deadline
    newest: Deadline
    rule: Obligation
    made: tuple[Adjustment, ...]


class DeadlineDesk(Holder):
    """Carries out what people decide about single deadlines."""

    def waive(self, deadline_id: int, *, by: str, now: datetime, reason: str, seen: int | None = None) -> Done:
        """End one live deadline with a reason."""
        why = needed(reason)
        with self._deadline(deadline_id, seen) as held:
            if not held.deadline.live:
                raise DeadlineNotLive(id=deadline_id, state=held.deadline.state)
            self._decide(held, Verb.WAIVE, by=by, now=now, reason=why)
            duties.save_review(held.connection, Review((waive(held.deadline, now),)), self._pack, now)
            return self._review(held.connection, held.deadline.matter_id, now)

    def reopen(self, deadline_id: int, *, by: str, now: datetime, reason: str, seen: int | None = None) -> Done:
        """Take a waiver back: the deadline runs from where it began, and is missed if its end has come."""
        why = needed(reason)
        with self._deadline(deadline_id, seen) as held:
            if held.deadline.state is not DeadlineState.WAIVED:
                raise NotWaived(id=deadline_id, state=held.deadline.state)
            self._decide(held, Verb.REOPEN, by=by, now=now, reason=why, acts=False)
            duties.save_review(held.connection, Review((taken_up(held.deadline, now),)), self._pack, now)
            return self._review(held.connection, held.deadline.matter_id, now)

    def extend(
        self,
        deadline_id: int,
        *,
        by: str,
        now: datetime,
        reason: str,
        span: str = "",
        approver: str = "",
        notice: str = "",
        seen: int | None = None,
    ) -> Done:
        """Put the end of a deadline off as its rule allows; an empty `span` means as far as it allows."""
        asked = Adjustment(
            kind=AdjustmentKind.EXTEND,
            at=now,
            decided_at=now,
            by=by,
            reason=needed(reason),
            approver=approver.strip(),
            notice=notice.strip(),
        )
        with self._deadline(deadline_id, seen) as held:
            made = replace(asked, span=stretch(span, held.rule))
            refuse_extension(held.deadline, held.rule, held.made, made)
            return self._adjust(held, made, {"by": str(made.span), "approver": made.approver, "notice": made.notice})

    def pause(
        self,
        deadline_id: int,
        *,
        ground: str,
        by: str,
        now: datetime,
        at: datetime | None = None,
        reason: str = "",
        seen: int | None = None,
    ) -> Done:
        """Let the time of a deadline stand still, on a ground that its rule names, from `at` or from now on."""
        made = _adjustment(AdjustmentKind.PAUSE, by, now, at, reason, ground)
        with self._deadline(deadline_id, seen) as held:
            refuse_pause(held.deadline, held.rule, held.made, made)
            return self._adjust(held, made)

    def resume(
        self,
        deadline_id: int,
        *,
        by: str,
        now: datetime,
        at: datetime | None = None,
        reason: str = "",
        seen: int | None = None,
    ) -> Done:
        """Let the time of a deadline run again."""
        made = _adjustment(AdjustmentKind.RESUME, by, now, at, reason)
        with self._deadline(deadline_id, seen) as held:
            refuse_resumption(held.deadline, made)
            return self._adjust(held, made)

    def reset(
        self,
        deadline_id: int,
        *,
        ground: str,
        by: str,
        now: datetime,
        at: datetime | None = None,
        reason: str = "",
        seen: int | None = None,
    ) -> Done:
        """Let the time of a deadline begin anew at `at`, on a ground that its rule names."""
        made = _adjustment(AdjustmentKind.RESET, by, now, at, reason, ground)
        with self._deadline(deadline_id, seen) as held:
            refuse_reset(held.deadline, held.rule, held.newest, made)
            return self._adjust(held, made)

    def set_anchor(
        self, deadline_id: int, *, at: datetime, by: str, now: datetime, reason: str, seen: int | None = None
    ) -> Done:
        """State from when a deadline counts, earlier or later than the machine reckoned; no news moves it any more."""
        made = _adjustment(AdjustmentKind.SET_ANCHOR, by, now, at, needed(reason))
        with self._deadline(deadline_id, seen) as held:
            refuse_start(held.deadline, held.rule, held.newest, made)
            return self._adjust(held, made)

    def find_fault(
        self,
        incident_id: int,
        fault: Fault,
        *,
        by: str,
        now: datetime,
        reason: str,
        evidence: str,
        deadline_id: int | None = None,
    ) -> Done:
        """Keep that something was left out, told untruly or hidden: about an incident, or one of its deadlines."""
        why = needed(reason)
        if fault not in FOUND_BY_PEOPLE:
            raise NotFoundByPeople
        proof = storable(evidence).strip()
        if not proof:
            raise EvidenceMissing
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            standing = {d.id: d for d in duties.deadlines_of(connection, incident_id)}
            if deadline_id is not None and deadline_id not in standing:
                raise UnknownDeadline(id=deadline_id)
            about = None if deadline_id is None else standing[deadline_id]
            adjustments.save_finding(
                connection, incident_id, fault, deadline=about, by=by, now=now, reason=why, evidence=proof
            )
            detail = {"fault": fault.value, "evidence": proof}
            self._keep(
                connection,
                incident_id,
                Verb.FIND_FAULT,
                by=by,
                now=now,
                reason=why,
                deadline_id=deadline_id,
                detail=detail,
                acts=False,
            )
            return self._review(connection, incident_id, now)

    def _adjust(self, held: Held, made: Adjustment, detail: dict[str, str] | None = None) -> Done:
        """Keep what a person did to a deadline, and what follows from it."""
        told = {"at": shown(made.at), "ground": made.ground, **(detail or {})}
        self._decide(
            held,
            Verb(made.kind.value),
            by=made.by,
            now=made.decided_at,
            reason=made.reason or made.ground,
            detail={name: value for name, value in told.items() if value},
            acts=made.kind is not AdjustmentKind.SET_ANCHOR,
        )
        adjustments.save_adjustment(held.connection, held.deadline, made)
        return self._review(held.connection, held.deadline.matter_id, made.decided_at)

    def _decide(
        self,
        held: Held,
        verb: Verb,
        *,
        by: str,
        now: datetime,
        reason: str,
        detail: dict[str, str] | None = None,
        acts: bool = True,
    ) -> None:
        about = {"obligation": held.deadline.obligation_id, **(detail or {})}
        self._keep(
            held.connection,
            held.deadline.matter_id,
            verb,
            by=by,
            now=now,
            reason=reason,
            deadline_id=held.deadline.id,
            detail=about,
            acts=acts,
        )

    def _keep(self, connection: Connection, matter_id: int, verb: Verb, *, by: str, **facts: Any) -> None:
        """Keep a decision, and which contact he is who made it."""
        decisions.decide(connection, matter_id, verb, by=by, duty=self._pack.duty, **facts)

    @contextmanager
    def _deadline(self, deadline_id: int, seen: int | None) -> Iterator[Held]:
        """Hold one deadline of an open matter for the length of a transaction; refuse what a stale page asks for."""
        with self._database.write() as connection:
            found = views.deadline(connection, deadline_id)
            if found is None:
                raise UnknownDeadline(id=deadline_id)
            duties.lock_matter(connection, found.matter_id)
            incident = self._incident(connection, found.matter_id)
            standing = duties.deadlines_of(connection, found.matter_id)
            deadline = next(d for d in standing if d.id == deadline_id)
            own = (d for d in standing if d.obligation_id == deadline.obligation_id)
            refuse_stale(deadline, seen)
            self._refuse_merged(incident)
            if incident.state is not MatterState.OPEN:
                raise MatterNotOpen(id=incident.id)
            made = adjustments.adjustments_of(connection, found.matter_id)
            key = (deadline.obligation_id, deadline.ordinal)
            newest = max(own, key=lambda d: d.ordinal)
            yield Held(connection, deadline, newest, rule_of(self._pack, deadline), made.get(key, ()))


def _adjustment(
    kind: AdjustmentKind, by: str, now: datetime, at: datetime | None, reason: str, ground: str = ""
) -> Adjustment:
    moment = now if at is None else aware(at)
    return Adjustment(kind=kind, at=moment, decided_at=now, by=by, reason=reason.strip(), ground=ground.strip())
