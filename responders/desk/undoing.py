"""Take the last decision back, within minutes: a decision of its own, and nothing is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.duties.parting import given_up, taken_back
from monitor.core.duties.review import Review
from monitor.core.incidents.undoing import LastDecision, NothingToUndo, refuse_undo
from monitor.core.model import MatterState, Verb
from monitor.core.people.receipts import asked_again, relieved
from monitor.core.views import Done
from monitor.store import (
    assignments,
    claim_checks,
    conference_plans,
    corrections,
    decisions,
    duties,
    incidents,
    undoing,
)
from responders.desk.corrections import CorrectionDesk


class UndoDesk(CorrectionDesk):
    """Puts back what stood before a confirmation, dismissal, correction, assignment, merge or split."""

    def undo(self, incident_id: int, decision: int, *, by: str, now: datetime, reason: str = "") -> Done:
        """Undo the last decision on an incident; return the incident that one looks at afterwards.

        Raise NothingToUndo where another decision came after it, TooLateToUndo where its time is over.
        """
        with self._matter(incident_id, placing=True) as (connection, _):
            last = refuse_undo(undoing.last_decision(connection, incident_id), decision, incident_id, now)
            concerned = _concerned(last, incident_id)
            for number in concerned:
                if number != incident_id:
                    duties.lock_matter(connection, number)
                    _refuse_later(connection, last, number)
            self._put_back(connection, last, incident_id, by=by, now=now)
            if last.verb is Verb.MERGE:
                self._return_deadlines(connection, last, now)
            detail = {"undone": last.verb.value, "decision": last.id}
            for number in concerned:
                self._keep(connection, number, Verb.UNDO, by=by, now=now, reason=reason, detail=detail)
                if incidents.item_ids(connection, number):
                    self._fold(connection, number)
            done = [self._review(connection, number, now) for number in reversed(concerned)]
            return next(one for one in done if one.incident.id == concerned[0])

    def _put_back(
        self, connection: Connection, last: LastDecision, incident_id: int, *, by: str, now: datetime
    ) -> None:
        was = last.detail["was"]
        if last.verb is Verb.CORRECT:
            for about, values in was.items():
                if values is None:
                    corrections.forget(connection, incident_id, about)
                else:
                    corrections.state(connection, incident_id, about, values)
        elif last.verb is Verb.ASSIGN:
            self._take_back(connection, last, by=by, now=now)
        elif last.verb is Verb.MERGE:
            _part(connection, was, last.detail["merged"], last.detail["into"])
        elif last.verb is Verb.SPLIT:
            _join(connection, was, last.detail["into"], last.detail["from"], by=by)
        else:
            undoing.stand_as(connection, incident_id, was)

    def _take_back(self, connection: Connection, last: LastDecision, *, by: str, now: datetime) -> None:
        """Undo an assignment, and tell the offices that are no longer responsible, and those that are again."""
        number, before = last.detail["assignment"], last.detail["was"]["assignment"]
        undone, restored = assignments.take_back(connection, number, before, now)
        told = [*relieved(undone, restored.offices if restored else (), self._pack.duty, by, now)]
        told += asked_again(restored, undone.offices, now) if restored else ()
        duties.save_alerts(connection, told, now, self._pack.duty)

    def _return_deadlines(self, connection: Connection, last: LastDecision, now: datetime) -> None:
        """Let the deadlines of the one run again, and end those that came to the other by the merge."""
        was, source, target = last.detail["was"], last.detail["merged"], last.detail["into"]
        steps = [
            *taken_back(duties.deadlines_of(connection, source), was["running"], now),
            *given_up(duties.deadlines_of(connection, target), was["known"], now),
        ]
        duties.save_review(connection, Review(tuple(steps)), self._pack, now)


def _concerned(last: LastDecision, incident_id: int) -> tuple[int, ...]:
    """Return the incidents that an undo changes, first the one to show."""
    if last.verb is Verb.MERGE:
        return last.detail["merged"], last.detail["into"]
    if last.verb is Verb.SPLIT:
        return last.detail["from"], last.detail["into"]
    return (incident_id,)


def _refuse_later(connection: Connection, last: LastDecision, number: int) -> None:
    """Refuse where somebody has decided on the other incident since."""
    other = undoing.last_decision(connection, number)
    if other is None or other.verb is not last.verb or other.at != last.at:
        raise NothingToUndo(id=number)


def _part(connection: Connection, was: dict[str, Any], source: int, target: int) -> None:
    """Undo a merge: what came from the one goes back to it; what came since stays where it came to."""
    undoing.place_again(connection, was["items"], target, source)
    undoing.give_back(connection, was["responses"], source)
    for about in was.get("carried", ()):
        corrections.forget(connection, target, about)
    if was.get("assignment") is not None:
        assignments.move(connection, was["assignment"], source)
    conference_plans.give_back(connection, source, target)
    claim_checks.give_back(connection, source, target)
    undoing.stand_as(connection, source, was["source"])
    undoing.stand_as(connection, target, was["target"])
    undoing.link_again(connection, target, was["target_links"])
    undoing.link_again(connection, source, was["source_links"])


def _join(connection: Connection, was: dict[str, Any], new: int, old: int, *, by: str) -> None:
    """Undo a split: the new incident becomes part of the old one again."""
    decisions.move_all(connection, new, old, by=by)
    undoing.place_again(connection, was["items"], old, old)
    undoing.stand_as(connection, old, was["standing"])
    decisions.set_state(connection, new, MatterState.MERGED, reason="", merged_into=old)
    incidents.forget_incident(connection, new)
