"""Watch the plans of press conferences: tell what is still open of each when it falls due, and nothing twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from monitor.core.conferences.rules import ConferenceRules
from monitor.core.conferences.telling import REST, alert_of, turn_of
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import Mistake
from monitor.core.model import MatterState
from monitor.store import conference_plans, duties, troubles, views
from monitor.store.database import Database

LEG = "conferences"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class ConferenceWatch:
    """Looks at the plans whose time has come; any number of processes may do so at once."""

    database: Database
    pack: RulePack
    rules: ConferenceRules

    def tick(self, now: datetime) -> int:
        """Make the alerts that are due; return how many there were."""
        with self.database.read() as connection:
            resting = set(connection.scalars(troubles.resting(LEG), {"now": now}))
            numbers = [number for number in conference_plans.due(connection, now) if str(number) not in resting]
        return sum(self._tried(number, now) for number in numbers)

    def _tried(self, number: int, now: datetime) -> bool:
        """Look at one plan; one that cannot be dealt with keeps nobody from the others."""
        try:
            return self._look(number, now)
        except Mistake:
            # The database itself fails, not this plan.
            raise
        except Exception as error:
            log.exception("Plan %s of a press conference cannot be dealt with", number)
            with self.database.write() as connection:
                troubles.note(connection, LEG, number, error, now)
            return False

    def _look(self, number: int, now: datetime) -> bool:
        with self.database.write() as connection:
            plan = conference_plans.plan(connection, number)
            if plan is None:
                return False
            duties.lock_matter(connection, plan.matter_id)
            before, plan = plan.matter_id, conference_plans.plan(connection, number) or plan
            if plan.matter_id != before:
                duties.lock_matter(connection, plan.matter_id)
            look_at = conference_plans.look_at(connection, number)
            if look_at is None or look_at > now:
                return False
            incident = views.incident(connection, plan.matter_id)
            if incident is None or incident.state is not MatterState.OPEN:
                conference_plans.look(connection, number, now + REST)
                return False
            turn = turn_of(plan, self.rules, now)
            if turn.tasks:
                duties.save_alerts(connection, [alert_of(plan, turn.tasks, now)], now, self.pack.duty)
            troubles.clear(connection, LEG, number)
            told = {**plan.told, **{task.id: now for task in turn.tasks}}
            conference_plans.look(connection, number, turn.look_at, told)
            return bool(turn.tasks)
