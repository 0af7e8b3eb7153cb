"""Running deadlines whose rule has changed since they opened: list them, and put one under the rule in use.

A pack that changes moves no running deadline by itself; a person does, with a reason, and the log keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.changes import Difference, between
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.pace import paced
from monitor.core.duties.review import Review, review
from monitor.core.duties.versions import adopt, outdated, same_days, under
from monitor.core.errors import N_, DeadlineNotLive, Mistake, ReasonMissing, UnknownDeadline
from monitor.core.model import Verb
from monitor.core.views import DeadlineView
from monitor.store import decisions, duties, views
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of

MOST = 10_000


class RuleLeft(Mistake):
    """The rule of a deadline is no longer in the packs in use."""

    message = N_("The rule {rule} is in none of the packs in use; its deadline {id} runs to its end as it is.")


class RuleUnchanged(Mistake):
    """A deadline goes by the rule in use already."""

    message = N_("Deadline {id} goes by the rule in use already; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Outdated:
    """A running deadline under an older version of its rule: what changed, and when it would be due."""

    deadline: DeadlineView
    differences: tuple[Difference, ...]
    would_be_due: datetime


class Versions:
    """Finds deadlines under older versions of their rules, and carries out what a person decides about them."""

    def __init__(self, database: Database, pack: RulePack, region: str) -> None:
        self._database = database
        self._pack = pack
        self._region = region

    def outdated(self) -> list[Outdated]:
        """Return the running deadlines whose rule has changed since they opened, the most urgent first."""
        with self._database.read() as connection:
            shown = views.deadlines(connection, live=True, limit=MOST)
            running = {d.id: d for one in {v.matter_id for v in shown} for d in duties.deadlines_of(connection, one)}
            found = ((view, running[view.id]) for view in shown)
            return [one for view, deadline in found for one in self._compared(connection, view, deadline)]

    def _compared(self, connection: Connection, view: DeadlineView, deadline: Deadline) -> Sequence[Outdated]:
        rule = self._pack.obligation(deadline.obligation_id)
        if rule is None or deadline.rule is None or not outdated(deadline, rule):
            return ()
        facts = facts_of(connection, deadline.matter_id, self._region)
        rule = paced(rule, facts.pace)
        if not outdated(deadline, rule):
            return ()
        due_at = under(deadline, rule, facts).due_at
        return (Outdated(view, tuple(between(same_days(deadline.rule, rule), rule)), due_at),)

    def adopt(self, deadline_id: int, *, by: str, now: datetime, reason: str) -> DeadlineView:
        """Put one running deadline under the rule in use; the log says who decided so and why."""
        if not reason.strip():
            raise ReasonMissing
        with self._database.write() as connection:
            found = views.deadline(connection, deadline_id)
            if found is None:
                raise UnknownDeadline(id=deadline_id)
            duties.lock_matter(connection, found.matter_id)
            standing = duties.deadlines_of(connection, found.matter_id)
            deadline = next(d for d in standing if d.id == deadline_id)
            if not deadline.live:
                raise DeadlineNotLive(id=deadline_id, state=deadline.state)
            facts = facts_of(connection, found.matter_id, self._region)
            rule = self._in_use(deadline, facts.pace)
            detail = {"from": deadline.rule.origins if deadline.rule is not None else "", "to": rule.origins}
            decisions.decide(
                connection, found.matter_id, Verb.ADOPT, by=by, duty=self._pack.duty, now=now, reason=reason.strip(),
                deadline_id=deadline_id, detail=detail,
            )  # fmt: skip
            facts = facts_of(connection, found.matter_id, self._region)
            duties.save_review(connection, Review((adopt(deadline, rule, facts, now),)), self._pack, now)
            standing = duties.deadlines_of(connection, found.matter_id)
            duties.save_review(connection, review(facts, self._pack, standing, now), self._pack, now)
            after = views.deadline(connection, deadline_id)
            assert after is not None
            return after

    def _in_use(self, deadline: Deadline, pace: float) -> Obligation:
        rule = self._pack.obligation(deadline.obligation_id)
        if rule is None:
            raise RuleLeft(rule=deadline.obligation_id, id=deadline.id)
        rule = paced(rule, pace)
        if not outdated(deadline, rule):
            raise RuleUnchanged(id=deadline.id)
        return rule
