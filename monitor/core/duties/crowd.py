"""Let nothing but time pass over many deadlines at once, where nothing else can have changed them since their reviews.

Every change of facts is followed by a review in the same transaction, so between two reviews only time works on a
deadline. This asks the same functions as the review, of as little as time asks for; what needs more is left to the
review of the whole matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.dating import is_behind
from monitor.core.duties.deadlines import CLOCK_SLACK, Due, Transition
from monitor.core.duties.elapsing import elapse
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.overlays import for_grade
from monitor.core.duties.paging import together, with_pages
from monitor.core.duties.versions import same_days
from monitor.core.model import LIVE, DeadlineState, MatterState, Severity
from monitor.core.people.escalation import Act


class Passed(NamedTuple):
    """What time made of a deadline: where it stands now, what changed, who must be told."""

    deadline: Due
    state: DeadlineState
    watched_until: datetime
    check_at: datetime | None
    transitions: Sequence[Transition]
    alerts: Sequence[AlertDraft]


class Sibling(NamedTuple):
    """A live deadline of a matter; `is_due` where it is to be looked at now."""

    id: int
    obligation_id: str
    is_due: bool


class Rules:
    """The rules by which deadlines go on; what is the same for many of them is worked out once."""

    def __init__(self, pack: RulePack) -> None:
        self._places = {rule.id: place for place, rule in enumerate(pack.obligations)}
        self._rules = {rule.id: rule for rule in pack.obligations}
        self._known: dict[tuple[str, str | None, Severity | None], Obligation | None] = {}

    def place(self, due: Due) -> tuple[int, int]:
        """Return where a deadline stands in a review of its matter."""
        return self._places.get(due.obligation_id, 0), due.ordinal

    def of(self, due: Due, kept: Mapping[str, Obligation]) -> Obligation | None:
        """Return the rule by which a deadline goes on as in_force and version_for have it; None where it left the pack.

        `kept` are the rules that were kept for deadlines, by the names under which those know them.
        """
        asked = (due.obligation_id, due.rule, due.grade)
        if asked not in self._known:
            self._known[asked] = self._rule(due, kept)
        return self._known[asked]

    def _rule(self, due: Due, kept: Mapping[str, Obligation]) -> Obligation | None:
        rule = self._rules.get(due.obligation_id)
        if rule is None or not rule.enabled:
            return None
        own = None if due.rule is None else kept.get(due.rule)
        return for_grade(rule if own is None else same_days(own, rule), due.grade)


def pass_over(
    dues: Sequence[Due],
    rules: Rules,
    kept: Mapping[str, Obligation],
    acts: Sequence[Act],
    siblings: Sequence[Sibling],
    now: datetime,
    handed_back_at: datetime | None = None,
) -> list[Passed] | None:
    """Return what time alone makes of the deadlines of one matter that are due; None where all of it needs a review.

    `acts` are asked for where there is a policy and somebody has acted, `handed_back_at`, when a person last took the
    matter back, where there is a policy; `siblings`, the live deadlines of the matter, where `asks_for_siblings` says
    so.
    """
    found: list[Passed] = []
    ordered = dues if len(dues) == 1 else sorted(dues, key=rules.place)
    for due in ordered:
        rule = rules.of(due, kept)
        if rule is None or not _only_time(due, rule, now) or _depends_on_others(due, rule, dues, siblings):
            return None
        passed = elapse(due, rule, due.acted_at, now)
        alerts: Sequence[AlertDraft] = passed.alerts
        check_at = passed.check_at
        if due.policy is not None and due.paused_since is None:
            alerts, following = with_pages(alerts, due, due.policy, acts, due.watched_until, now, handed_back_at)
            check_at = min((at for at in (check_at, following) if at is not None), default=None)
        found.append(Passed(due, passed.state, passed.watched_until, check_at, passed.transitions, alerts))
    if len(found) == 1:
        return found
    alerts_of = together([(passed.deadline.due_at, passed.alerts) for passed in found])
    return [passed._replace(alerts=alerts) for passed, alerts in zip(found, alerts_of, strict=True)]


def asks_for_siblings(due: Due, rules: Rules, kept: Mapping[str, Obligation]) -> bool:
    """Tell whether what becomes of a deadline hangs on which others of its matter run."""
    rule = rules.of(due, kept)
    return due.policy is not None or (rule is not None and rule.chain is not None)


def _only_time(due: Due, rule: Obligation, now: datetime) -> bool:
    """Tell whether nothing but time works on a deadline.

    A matter that is not open, one at which a look failed, newer days and what a clock that ran ahead has made of a
    deadline ask for the review, as does the end of a turn: another one begins then.
    """
    if due.troubled or due.matter_state is not MatterState.OPEN:
        return False
    if due.state not in LIVE or due.settled_at is not None or due.watched_until > now + CLOCK_SLACK:
        return False
    if due.state is DeadlineState.MISSED and due.due_at > now + CLOCK_SLACK:
        return False
    if rule.promised or (rule.every is not None and due.due_at <= now):
        return False
    # The rule of the pack has the law's spans.
    return not is_behind(due, rule) and not (due.drill and due.rule is None)


def _depends_on_others(due: Due, rule: Obligation, dues: Sequence[Due], siblings: Sequence[Sibling]) -> bool:
    """Tell whether others that are not looked at here have a say: those that page on the same occasion, other hops."""
    here = {one.id for one in dues}
    if due.policy is not None and any(one.is_due and one.id not in here for one in siblings):
        return True
    hops = (one for one in siblings if one.obligation_id == due.obligation_id and one.id != due.id)
    return rule.chain is not None and any(True for _ in hops)
