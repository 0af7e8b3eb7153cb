"""What people do with a press conference to come: plan it, move it, tick off what is prepared, give it up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.conferences.plan import Arrangement, Plan, PlanFlaw, PlanState, flaws
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.permitted import TYPING_SLACK
from monitor.core.duties.versions import rule_of
from monitor.core.errors import N_, Mistake, ResponseInFuture
from monitor.core.model import MatterState, ResponseKind, Verb
from monitor.core.particulars import Conference
from monitor.core.text import storable
from monitor.core.views import IncidentView
from monitor.store import conference_plans, decisions, duties, particulars
from monitor.store.database import Database
from responders.desk.holder import Holder, needed
from responders.desk.particulars import clean_conference, line, refuse_rank

LONGEST, LONGEST_MATERIALS = 500, 4000


class UnknownPlan(Mistake):
    """A person named a plan that does not exist, or not with this incident."""

    message = N_("There is no plan {id} of a press conference here.")


class PlanEnded(Mistake):
    """A person changed the plan of a conference that was held or given up."""

    message = N_("The conference of plan {id} was held or given up; nothing was changed. Plan another one.")


class PlannedAlready(Mistake):
    """A person began a second plan while one is open."""

    message = N_("Incident {id} has plan {plan} of a conference at {at}, which {by} made or changed. Change that one.")


class PlanChanged(Mistake):
    """Somebody else changed the plan since the page was shown."""

    message = N_("{by} has changed this plan since this page was shown. Look at how it stands now, then save again.")


class PlanInPast(Mistake):
    """A conference was planned for a time that has passed."""

    message = N_("{at} has passed (now {now}, Beijing time). Log a conference that was held; plan one to come.")


class UnknownTask(Mistake):
    """A person ticked what the list does not have."""

    message = N_("There is no task called {task} in the list for conferences. Choose one of: {known}.")


class NotOpen(Mistake):
    """A conference was planned for an incident that is dismissed."""

    message = N_("Incident {id} is dismissed. Confirm it first, then plan its press conference.")


class LoggedAlready(Mistake):
    """A routine conference of that moment is there."""

    message = N_("A routine conference at {at} is logged already; nothing was changed.")


class ConferenceDesk(Holder):
    """Keeps plans. A plan meets no deadline: the conference does, once it was held and logged."""

    def __init__(self, database: Database, pack: RulePack, region: str, rules: ConferenceRules) -> None:
        super().__init__(database, pack, region)
        self.rules = rules

    def plan(self, incident_id: int, arranged: Arrangement, *, by: str, now: datetime, seen: int | None = None) -> Plan:
        """Plan a conference, or change the plan that is open.

        `seen` is the version that was shown, 0 where there was none, None where nobody looked. Raise PlanChanged,
        PlannedAlready, PlanInPast, UnknownRank.
        """
        clean = self._clean(arranged)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            if incident.state is not MatterState.OPEN:
                raise NotOpen(id=incident_id)
            plans = conference_plans.of_matter(connection, incident_id)
            standing = next((one for one in plans if one.open), None)
            if standing is None:
                if seen:
                    raise PlanEnded(id=plans[0].id if plans else "—")
                _refuse_past(clean, now)
                number = conference_plans.add(connection, incident_id, clean, by=by, now=now)
            else:
                number = standing.id
                _refuse_stale(standing, incident_id, seen)
                if clean == standing.arranged:
                    return standing
                if clean.at != standing.arranged.at:
                    _refuse_past(clean, now)
                conference_plans.change(connection, standing, clean, by=by, now=now)
            self._keep(connection, incident_id, by, now, {"plan": number, "at": clean.at.isoformat()})
            return _present(connection, number)

    def tick(self, incident_id: int, plan_id: int, task: str, *, done: bool, by: str, now: datetime) -> Plan:
        """Keep that a task is done, or is open again. Raise UnknownPlan, PlanEnded, UnknownTask."""
        if self.rules.task(task) is None:
            raise UnknownTask(task=task, known=", ".join(one.id for one in self.rules.tasks))
        with self._plan(incident_id, plan_id) as (connection, standing):
            if done != (task in standing.ticks):
                conference_plans.tick(connection, standing, task, at=now if done else None, by=by, now=now)
            return _present(connection, plan_id)

    def drop(self, incident_id: int, plan_id: int, *, by: str, now: datetime, reason: str) -> Plan:
        """Give a conference up, with a reason. Raise UnknownPlan, PlanEnded, ReasonMissing."""
        why = needed(storable(reason))[:LONGEST]
        with self._plan(incident_id, plan_id) as (connection, standing):
            conference_plans.end(connection, standing, PlanState.DROPPED, by=by)
            self._keep(connection, incident_id, by, now, {"plan": plan_id, "dropped": True}, reason=why)
            return _present(connection, plan_id)

    def add_routine(self, said: Conference, *, held_at: datetime, title: str, by: str, now: datetime) -> int:
        """Keep a conference that was held for no incident, as the yearly figures count it; return its number."""
        if held_at > now + TYPING_SLACK:
            raise ResponseInFuture(published_at=shown(held_at), now=shown(now))
        clean = clean_conference(said, self.rules)
        with self._database.write() as connection:
            if particulars.routine_at(connection, held_at):
                raise LoggedAlready(at=shown(held_at))
            return particulars.add_routine(
                connection, clean, held_at=held_at, title=line(title, LONGEST), by=by, now=now
            )

    def due_at(self, connection: Connection, incident_id: int) -> datetime | None:
        """Return until when a conference is owed by law; None where no such duty runs."""
        live = (one for one in duties.deadlines_of(connection, incident_id) if one.live)
        return min((one.due_at for one in live if self._asks_for_conference(one)), default=None)

    def flaws(
        self, connection: Connection, incident: IncidentView, arranged: Arrangement, now: datetime
    ) -> tuple[PlanFlaw, ...]:
        """Return what is wrong with an arrangement as things stand."""
        asked, due_at = self.rules.asked(incident.presumed), self.due_at(connection, incident.id)
        return tuple(flaws(arranged, self.rules, asked, due_at, now))

    def _asks_for_conference(self, deadline: Deadline) -> bool:
        return rule_of(self._pack, deadline).satisfied_by == {ResponseKind.PRESS_CONFERENCE}

    def _clean(self, arranged: Arrangement) -> Arrangement:
        refuse_rank(arranged.rank, self.rules)
        return replace(
            arranged,
            place=line(arranged.place, LONGEST),
            speaker=line(arranged.speaker, LONGEST),
            inviter=line(arranged.inviter, LONGEST),
            live=line(arranged.live, LONGEST),
            materials=storable(arranged.materials).strip()[:LONGEST_MATERIALS],
        )

    def _keep(
        self,
        connection: Connection,
        incident_id: int,
        by: str,
        now: datetime,
        detail: dict[str, Any],
        reason: str = "",
    ) -> None:
        decisions.decide(
            connection,
            incident_id,
            Verb.PLAN,
            by=by,
            duty=self._pack.duty,
            now=now,
            reason=reason or shown(datetime.fromisoformat(detail["at"])),
            detail=detail,
            acts=False,
        )

    @contextmanager
    def _plan(self, incident_id: int, plan_id: int) -> Iterator[tuple[Connection, Plan]]:
        """Hold an open plan, with its matter, for the length of a transaction."""
        with self._matter(incident_id) as (connection, _):
            found = conference_plans.plan(connection, plan_id)
            if found is None or found.matter_id != incident_id:
                raise UnknownPlan(id=plan_id)
            if not found.open:
                raise PlanEnded(id=plan_id)
            yield connection, found


def _refuse_past(arranged: Arrangement, now: datetime) -> None:
    if arranged.at <= now:
        raise PlanInPast(at=shown(arranged.at), now=shown(now))


def _refuse_stale(standing: Plan, incident_id: int, seen: int | None) -> None:
    if seen == 0:
        at = shown(standing.arranged.at)
        raise PlannedAlready(id=incident_id, plan=standing.id, at=at, by=standing.changed_by)
    if seen is not None and seen != standing.version:
        raise PlanChanged(by=standing.changed_by)


def _present(connection: Connection, plan_id: int) -> Plan:
    found = conference_plans.plan(connection, plan_id)
    assert found is not None
    return found
