"""Let nothing but time pass over one deadline, where nothing else can have changed it since its matter was reviewed.

Every change of facts is followed by a review in the same transaction, so between two reviews only time works on a
deadline. This asks the same Course as the review; whatever it cannot decide alone it leaves to the review.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from monitor.core.duties.course import Course, Step
from monitor.core.duties.dating import is_behind
from monitor.core.duties.deadlines import CLOCK_SLACK, Deadline
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.versions import version_for
from monitor.core.model import MatterState

_unmoved = attrgetter(*(f.name for f in fields(Deadline) if f.name not in ("state", "watched_until", "check_at")))


def elapse(facts: MatterFacts, obligation: Obligation | None, deadline: Deadline, now: datetime) -> Step | None:
    """Return what time alone makes of a deadline at `now`; None where its whole matter has to be reviewed.

    Of `facts` only the state of the matter and `acted_at` are read. A rule that left the pack or was switched off, a
    matter that is not open, pages of a policy, turns and hops, local terms, newer days, and what a clock
    that ran ahead has made of a deadline ask for the review.
    """
    if obligation is None or not obligation.enabled or facts.state is not MatterState.OPEN or not deadline.live:
        return None
    if deadline.watched_until > now + CLOCK_SLACK:
        return None
    rule = version_for(obligation, deadline)
    # Pages depend on who acted and on the rota, turns and hops on one another, local terms on the grade.
    if deadline.policy is not None or rule.in_series or rule.local:
        return None
    if is_behind(deadline, rule):
        return None
    course = Course(facts, rule, deadline, now)
    course.pass_time()
    (step,) = course.steps() or (Step(deadline),)
    return step if is_plain(deadline, step.deadline) else None


def is_plain(before: Deadline, after: Deadline) -> bool:
    """Tell whether only what time changes differs: the state, and up to when it was and will be looked at."""
    return bool(_unmoved(before) == _unmoved(after))
