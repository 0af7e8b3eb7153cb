"""Obligations x facts x now -> what becomes of a matter's deadlines. Pure: the caller reads, writes and tells.

One function, `review`, does everything that time, news or a person can cause. It recomputes from facts, so it may run
at any moment and any number of times: any split of moments gives the same transitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from monitor.core.duties import alerting, asking
from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.course import Course, Step
from monitor.core.duties.deadlines import (
    Cause,
    Deadline,
    Transition,
    anchors_for,
    countable,
    has_time,
    rule_that_left,
    waits_for_step,
)
from monitor.core.duties.obligations import (
    Applicability,
    Jurisdiction,
    MatterFacts,
    Obligation,
    RulePack,
    applicability,
)
from monitor.core.duties.overlays import in_force
from monitor.core.duties.pace import at_pace
from monitor.core.duties.paging import paged
from monitor.core.duties.regrading import graded_within
from monitor.core.duties.retracting import unwound
from monitor.core.duties.succession import review_series
from monitor.core.duties.versions import bound, version_for
from monitor.core.incidents.rumours import Hearing, hear
from monitor.core.model import AlertReason, Anchor, DeadlineState, MatterState, RumourState


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome for one matter.

    Five questions ask for a person: `undated`, a major report that no trusted time supports; `regraded`, a grade that
    was reached too long after the incident; `grown`, a dismissed incident that news have made graver; `aged`, one too
    old for a clock of which something speaks anew; `doubted`, one with running deadlines that an official source
    denies, or a dismissed one that is rumoured more and more. `risen` tells that the public talks of it more than
    before; `hearing` is what the voices on it come to.
    """

    steps: tuple[Step, ...] = ()
    undated: AlertDraft | None = None
    grown: AlertDraft | None = None
    aged: AlertDraft | None = None
    risen: AlertDraft | None = None
    doubted: AlertDraft | None = None
    regraded: AlertDraft | None = None
    hearing: Hearing | None = None

    @property
    def asides(self) -> tuple[AlertDraft, ...]:
        """The alerts that are about no deadline."""
        told = (self.undated, self.grown, self.aged, self.doubted, self.regraded, self.risen)
        return tuple(aside for aside in told if aside is not None)


def review(facts: MatterFacts, pack: RulePack, deadlines: Iterable[Deadline], now: datetime) -> Review:
    """Decide what the facts make of a matter's deadlines at `now`; only changed deadlines are returned."""
    pack = at_pace(pack, facts.pace)
    turns: dict[str, list[Deadline]] = {}
    for deadline in sorted(deadlines, key=lambda d: d.ordinal):
        turns.setdefault(deadline.obligation_id, []).append(deadline)
    latest = {name: found[-1] for name, found in turns.items()}
    steps: list[Step] = []
    waiting: Applicability = Applicability.NO
    grown = aged = spreading = regraded = False
    everything = facts
    for in_use in pack.obligations:
        rule = version_for(in_use, latest.get(in_use.id))
        obligation = in_force(rule, everything)
        facts = graded_within(obligation, everything)
        holds = applicability(obligation.applies, facts) if obligation.enabled else Applicability.NO
        standing = latest.get(obligation.id)
        regraded = regraded or _opens_only_by_late_grade(obligation, facts, everything, holds, standing)
        known = anchors_for(obligation, facts)
        if standing is None and waits_for_step(obligation) and not countable(obligation, known):
            continue
        if facts.retracted and obligation.repeats and facts.state is MatterState.OPEN:
            standing, undone = unwound(facts, obligation, turns.get(obligation.id, ()), now)
            steps.extend(undone)
        # A rumour is counted from when we found that it had grown, which needs no time of anybody's.
        timeless = not has_time(obligation, facts, known) and obligation.applies.rumour is None
        if standing is None and holds is not Applicability.NO and timeless:
            waiting = holds if facts.state is MatterState.OPEN and facts.maybe_recent else waiting
            continue
        anew = facts.state is MatterState.DISMISSED and _is_new(holds, standing)
        grown = grown or (anew and obligation.applies.rumour is None)
        spreading = spreading or (anew and obligation.applies.rumour is not None)
        if obligation.in_series:
            own = turns.get(obligation.id, [])
            versions = partial(_version_in_force, in_use, everything)
            done = list(review_series(facts, pack, obligation, holds, own, versions, now))
        else:
            done = list(_review_one(facts, pack, obligation, holds, standing, now))
        done = [bound(step, rule, now) for step in done]
        steps.extend(done)
        last = done[-1].deadline if done else standing
        aged = aged or (holds is not Applicability.NO and _is_asked_about(facts, pack, obligation, last, now))
    facts = everything
    for name in latest.keys() - {obligation.id for obligation in pack.obligations}:
        for orphan in turns[name]:
            steps.extend(_review_orphan(facts, orphan, now))
    before = {(d.obligation_id, d.ordinal): d for found in turns.values() for d in found}
    steps = paged(steps, before, facts, pack.duty, now)
    hearing = hear(facts.id, facts.voices, pack.growth, facts.anchors.get(Anchor.CONFIRMED))
    undated = None if waiting is Applicability.NO else asking.undated(facts, now)
    return Review(
        tuple(steps),
        undated,
        asking.grown(facts, now) if grown else None,
        asking.aged(facts, now) if aged else None,
        risen=_risen(facts, pack, now),
        regraded=asking.regraded_late(facts, now) if regraded else None,
        doubted=_denied(facts, pack, hearing, [*before.values(), *(step.deadline for step in steps)], now)
        or _spreading(facts, hearing, now, asked=spreading),
        hearing=hearing,
    )


def _version_in_force(in_use: Obligation, facts: MatterFacts, turn: Deadline) -> Obligation:
    """Return the rule that one turn goes by."""
    return in_force(version_for(in_use, turn), facts)


def _denied(
    facts: MatterFacts,
    pack: RulePack,
    hearing: Hearing,
    deadlines: Iterable[Deadline],
    now: datetime,
) -> AlertDraft | None:
    """Ask a person what becomes of a denied incident whose deadlines run: a machine ends none of them.

    Of `deadlines`, each turn and hop, the last with the same number holds.
    """
    rumour = hearing.rumour
    if facts.state is not MatterState.OPEN or rumour is None or rumour.state is not RumourState.DENIED:
        return None
    about_rumours = {o.id for o in pack.obligations if o.applies.rumour is not None}
    standing = {(deadline.obligation_id, deadline.ordinal): deadline for deadline in deadlines}
    if not any(deadline.live for (name, _), deadline in standing.items() if name not in about_rumours):
        return None
    denial = next(voice for voice in facts.voices if voice.item_id == rumour.item_id)
    return asking.denied(facts, denial.title, now)


def _spreading(facts: MatterFacts, hearing: Hearing, now: datetime, *, asked: bool) -> AlertDraft | None:
    """Ask a person about a dismissed incident of which a claim has grown since; one that is denied asks nothing."""
    growing = hearing.rumour is not None and hearing.rumour.state is RumourState.GROWING
    return asking.spreading(facts, now) if asked and growing else None


def _opens_only_by_late_grade(
    obligation: Obligation,
    facts: MatterFacts,
    everything: MatterFacts,
    holds: Applicability,
    standing: Deadline | None,
) -> bool:
    """Tell whether a duty would open if the grade that came too late counted."""
    if facts is everything or facts.state is not MatterState.OPEN or holds is not Applicability.NO:
        return False
    opened = standing is not None and standing.state is not DeadlineState.NOT_APPLICABLE
    return obligation.enabled and not opened and applicability(obligation.applies, everything) is not Applicability.NO


def _is_new(holds: Applicability, standing: Deadline | None) -> bool:
    """Tell whether a duty is certain that was unknown or only presumed when a person dismissed the matter."""
    return holds is Applicability.FIRM and (
        standing is None or (standing.state is DeadlineState.WITHDRAWN and standing.provisional)
    )


def _is_asked_about(
    facts: MatterFacts, pack: RulePack, obligation: Obligation, deadline: Deadline | None, now: datetime
) -> bool:
    """Tell whether a duty of a grade was too old for a clock although something speaks of the matter anew."""
    if facts.state is not MatterState.OPEN or facts.hinted_at is None or obligation.applies.at_least is None:
        return False
    old = deadline is not None and deadline.state is DeadlineState.NOT_APPLICABLE
    return old and now - facts.hinted_at <= pack.stale_after


def _risen(facts: MatterFacts, pack: RulePack, now: datetime) -> AlertDraft | None:
    """Tell that a wave of our own reached a grade of which people are told, unless that was long ago."""
    table, wave = pack.wave, facts.wave
    if table is None or wave is None or wave < table.tell_from or facts.state is not MatterState.OPEN:
        return None
    ours = facts.jurisdiction is not Jurisdiction.NOT_OURS and facts.province is not None
    if not ours or str(facts.province)[:2] in table.except_provinces or now - facts.waves[wave] > pack.stale_after:
        return None
    return asking.risen(facts, wave, now)


def _review_orphan(facts: MatterFacts, standing: Deadline, now: datetime) -> Iterator[Step]:
    """Let a deadline whose rule has left the pack run to its end: only a person may end it sooner."""
    course = Course(facts, rule_that_left(standing), standing, now)
    if facts.state is not MatterState.OPEN:
        course.end(facts.state)
    elif standing.live:
        course.alerts.append(alerting.orphaned(standing, now))
        course.adjust()
        course.settle()
        if course.deadline_is_live:
            course.pass_time()
    yield from course.steps()


def _review_one(
    facts: MatterFacts,
    pack: RulePack,
    obligation: Obligation,
    holds: Applicability,
    standing: Deadline | None,
    now: datetime,
) -> Iterator[Step]:
    course = Course(facts, obligation, standing, now)
    if standing is None:
        if facts.state is MatterState.OPEN and holds is not Applicability.NO:
            course.open(holds, pack.stale_after, ordinal=1)
        yield from course.steps()
        return
    if facts.state is not MatterState.OPEN:
        course.end(facts.state)
        yield from course.steps()
        return
    if standing.state is DeadlineState.NOT_APPLICABLE and holds is not Applicability.NO:
        course.open(holds, pack.stale_after, ordinal=standing.ordinal)
        yield from course.steps()
        return
    if standing.state is DeadlineState.WITHDRAWN and holds is not Applicability.NO:
        course.reopen(holds)
    if course.ended_by_response and (not obligation.repeats or course.lost_its_response):
        course.adjust()
        course.resettle()
    if course.deadline_is_live:
        course.reckon(holds)
        course.adjust()
        course.settle()
    if course.deadline_is_live:
        course.pass_time()
    yield from course.steps()
    if obligation.repeats and holds is not Applicability.NO and course.ended_by_response:
        following = Course(facts, obligation, None, now)
        following.open(holds, pack.stale_after, ordinal=standing.ordinal + 1)
        yield from following.steps()


def waive(deadline: Deadline, now: datetime) -> Step:
    """End a live deadline because a person with the authority to do so decided it."""
    state = DeadlineState.WAIVED
    ended = replace(deadline, state=state, check_at=None, settled_at=now)
    change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.WAIVED, now)
    return Step(ended, (change,), (alerting.told(ended, AlertReason.WITHDRAWN, now),))


def taken_up(deadline: Deadline, now: datetime) -> Step:
    """Let a waived deadline run again, unmoved, because a person decided it; what it missed meanwhile is reviewed."""
    state = DeadlineState.OPEN
    again = replace(deadline, state=state, settled_at=None, watched_until=now, check_at=now)
    change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.REOPENED, now)
    return Step(again, (change,), (alerting.runs_again(again, "reopened", now),))
