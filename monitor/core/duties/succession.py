"""What becomes of the turns of a recurring duty, or of the hops of a chain, at one review.

What should be is planned from the facts (series), what is stored follows it. Turns that passed while nobody looked are
kept as missed; only the last of them is told.

Each turn goes by its own version of the rule, and those that are planned after the newest go by the newest's. A start
that a person stated holds for its turn and for those after it; what came before stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from monitor.core.duties.applying import applied, made_to
from monitor.core.duties.course import Course, Step
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import Applicability, MatterFacts, Obligation, RulePack
from monitor.core.duties.series import Begun, Planned, duty_ended_at, plan, report_to
from monitor.core.duties.terms import End
from monitor.core.model import Anchor, DeadlineState, MatterState

# After these a person has ended the duty as a whole, or it never began.
CLOSING = (DeadlineState.WAIVED, DeadlineState.NOT_APPLICABLE)


def review_series(
    facts: MatterFacts,
    pack: RulePack,
    obligation: Obligation,
    holds: Applicability,
    standing: Sequence[Deadline],
    own: Callable[[Deadline], Obligation],
    now: datetime,
) -> Iterator[Step]:
    """Yield what becomes of each turn or hop; `standing` are those that there are, in order.

    `own` tells the rule in force that one goes by, `obligation` is the newest's, or the one in use where there is none.
    """
    stored = {deadline.ordinal: deadline for deadline in standing}
    if facts.state is not MatterState.OPEN:
        yield from _ended(facts, obligation, standing, now)
        return
    if not stored and holds is Applicability.NO:
        return
    rules = {ordinal: own(deadline) for ordinal, deadline in stored.items()}
    planned = list(_planned(facts, obligation, standing, rules, now))
    courses = list(_courses(facts, pack, obligation, rules, holds, stored, planned, now))
    missed = [course for course in courses if course.planned is not None and _is_past(course, now)]
    for course in missed[:-1]:
        course.mute()
    for course in courses:
        yield from course.steps()


def _planned(
    facts: MatterFacts,
    obligation: Obligation,
    standing: Sequence[Deadline],
    rules: Mapping[int, Obligation],
    now: datetime,
) -> Iterator[Planned]:
    """Yield the plan, stretch by stretch of turns that go by one rule and count from one start."""
    if not standing or standing[0].state is DeadlineState.NOT_APPLICABLE:
        yield from plan(obligation, facts, now)
        return
    # A start that a person has just stated counts in this review already.
    standing = [applied(turn, rules[turn.ordinal], made_to(turn, facts)) for turn in standing]
    first = standing[0]
    recurs = obligation.every is not None
    begins = [n for n, turn in enumerate(standing) if n == 0 or _parts(standing[n - 1], turn, recurs=recurs)]
    taken: set[int] = set()
    for n, following in zip(begins, [*begins[1:], None], strict=True):
        turn = standing[n]
        begun = Begun(turn.anchor, turn.started_at, turn.ordinal, None if turn.ordinal == 1 else first.started_at)
        planned = plan(rules[turn.ordinal], facts, now, begun if recurs or n else None, taken)
        for one in planned:
            if following is not None and one.ordinal >= standing[following].ordinal:
                break
            taken |= set() if one.response is None else {one.response.id}
            yield one


def _parts(before: Deadline, turn: Deadline, *, recurs: bool) -> bool:
    """Tell whether a turn or hop goes by another rule than the one before it, or a turn begins where a person said."""
    return turn.rule != before.rule or (recurs and Anchor.STATED in turn.anchors)


def _courses(
    facts: MatterFacts,
    pack: RulePack,
    obligation: Obligation,
    rules: Mapping[int, Obligation],
    holds: Applicability,
    stored: Mapping[int, Deadline],
    planned: Sequence[Planned],
    now: datetime,
) -> Iterator[Course]:
    """Yield each turn or hop with what happens to it: those that are there, those that are due to open.

    Where a person waived the newest, or the first was too old, no other follows; those that run go on. Each promise
    stands alone.
    """
    ends_with_one = not obligation.promised
    closed = ends_with_one and bool(stored) and stored[max(stored)].state in CLOSING
    opens = holds is not Applicability.NO and not closed
    for one in planned:
        course = Course(facts, rules.get(one.ordinal, obligation), stored.get(one.ordinal), now, one)
        if course.before is not None:
            _follow(course, one, holds, pack)
        elif opens:
            course.open(holds, pack.stale_after, ordinal=one.ordinal)
            _end_duty(course, one)
            opens = not ends_with_one or (course.deadline is not None and course.deadline.state not in CLOSING)
        yield course
    beyond = stored.keys() - {one.ordinal for one in planned}
    for ordinal in sorted(beyond):
        yield _unplanned(facts, rules[ordinal], stored[ordinal], now)


def _follow(course: Course, one: Planned, holds: Applicability, pack: RulePack) -> None:
    """Let a turn or hop that there is follow the plan."""
    assert course.before is not None
    state = course.before.state
    if state is DeadlineState.NOT_APPLICABLE and holds is not Applicability.NO:
        course.open(holds, pack.stale_after, ordinal=one.ordinal)
        return
    course.take_up(one)
    if state is DeadlineState.WITHDRAWN and holds is not Applicability.NO and one.ended_at is None:
        course.reopen(holds)
    if course.ended_by_response:
        course.adjust()
        course.resettle()
    if course.deadline_is_live:
        course.reckon(holds)
        course.adjust()
    if course.deadline_is_live:
        course.settle()
    _end_duty(course, one)
    if course.deadline_is_live:
        course.pass_time()


def _end_duty(course: Course, one: Planned) -> None:
    if course.deadline_is_live and one.ended_at is not None:
        course.end_duty(one.ended_at)


def _unplanned(facts: MatterFacts, obligation: Obligation, standing: Deadline, now: datetime) -> Course:
    """Let one that the facts ask for no more run on and raise a question; a turn after the duty's end is owed no more.

    What people decide about it holds, and a hop is still made by a report that reaches so high. A hop is no longer
    asked for where the grade was corrected downwards, which never erases a deadline silently.
    """
    chain = obligation.chain
    kept = Planned(
        ordinal=standing.ordinal,
        anchor=standing.anchor,
        started_at=standing.started_at,
        end=End(standing.plain_end) if chain is None else obligation.ends(standing.started_at),
        response=None if chain is None else report_to(chain, obligation, facts, standing.level),
        level=standing.level,
        follows=obligation.every is not None and standing.ordinal > 1,
    )
    course = Course(facts, obligation, standing, now, kept)
    if not course.deadline_is_live:
        return course
    ended_at = None if obligation.every is None else duty_ended_at(obligation.every, facts)
    if ended_at is not None and ended_at <= standing.started_at:
        course.end_duty(ended_at)
        return course
    if chain is not None:
        course.reckon(Applicability.NO)
    course.adjust()
    course.settle()
    if course.deadline_is_live:
        course.pass_time()
    return course


def _ended(facts: MatterFacts, obligation: Obligation, standing: Sequence[Deadline], now: datetime) -> Iterator[Step]:
    """Yield the end of what was live when the matter was dismissed or merged."""
    for deadline in standing:
        course = Course(facts, obligation, deadline, now)
        course.end(facts.state)
        yield from course.steps()


def _is_past(course: Course, now: datetime) -> bool:
    """Tell whether a turn ended without an answer."""
    deadline = course.deadline
    return deadline is not None and deadline.state is DeadlineState.MISSED and deadline.due_at <= now
