"""Which deadlines one obligation comes to where it recurs or climbs from level to level, reckoned from facts alone.

Nothing here knows what is stored: the plan is the same in whatever order the facts arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from monitor.core.duties.adjusting import INSTANT
from monitor.core.duties.calendar import ONE_DAY
from monitor.core.duties.deadlines import start
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.serial import Chain, Every
from monitor.core.duties.terms import End, Term, months_after
from monitor.core.model import Anchor, Level, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One turn or hop: when it runs and which response is its own.

    From `over_at` on a response counts for the next turn. `ended_at` is when the whole duty ended before this turn was
    due. `follows` marks a turn that begins where the last one ended; `firm` is False where the grade is only presumed.
    """

    ordinal: int
    anchor: Anchor
    started_at: datetime
    end: End
    response: Response | None = None
    over_at: datetime | None = None
    ended_at: datetime | None = None
    level: Level | None = None
    follows: bool = False
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """From which turn or hop and moment on a duty is planned.

    `duty_began_at` is when its first turn began, None where this is the first.
    """

    anchor: Anchor
    at: datetime
    ordinal: int = 1
    duty_began_at: datetime | None = None


def plan(
    obligation: Obligation,
    facts: MatterFacts,
    now: datetime,
    begun: Begun | None = None,
    taken: Collection[int] = (),
) -> Iterator[Planned]:
    """Yield the turns or hops that there are at `now`, in order; the last of them may still be to come.

    A duty that recurs keeps the start `begun` that it had: an earlier report found later makes no past turns missed.
    A chain is planned from its first hop, unless `begun` names a later one that goes by another rule than those before.
    The responses numbered in `taken` were those of earlier turns.
    """
    if obligation.every is not None:
        yield from _turns(obligation, obligation.every, facts, now, begun or Begun(*start(obligation, facts)), taken)
    elif obligation.chain is not None:
        yield from _hops(obligation, obligation.chain, facts, begun)
    elif obligation.promised:
        yield from _promises(obligation, facts)


def _promises(obligation: Obligation, facts: MatterFacts) -> Iterator[Planned]:
    """Yield each promise of a next release; its ordinal is the number of the response that made it.

    A release keeps it from the middle of the time on: a word in between does not do away with what people wait for.
    One in the first half that names another moment replaces the promise.
    """
    fitting = _in_time(obligation, facts)
    for response in sorted(facts.responses, key=lambda r: r.id):
        made_at, due_at = response.published_at, response.promised_at
        if due_at is None:
            continue
        middle = made_at + (due_at - made_at) / 2
        later = [r for r in fitting if r.id != response.id and r.published_at > made_at]
        kept_by = next((r for r in later if r.published_at >= middle), None)
        replaced_at = next((r.published_at for r in later if r.promised_at is not None), middle)
        yield Planned(
            ordinal=response.id,
            anchor=Anchor.PROMISED,
            started_at=made_at,
            end=End(due_at),
            response=kept_by if replaced_at >= middle else None,
            ended_at=replaced_at if replaced_at < middle else None,
        )


def _turns(
    obligation: Obligation, every: Every, facts: MatterFacts, now: datetime, begun: Begun, taken: Collection[int]
) -> Iterator[Planned]:
    """Yield all turns that have begun, and the next one where the last was answered before its end."""
    anchor, began_at = begun.anchor, begun.at
    left = [r for r in _in_time(obligation, facts) if r.published_at > began_at and r.id not in taken]
    ended_at = duty_ended_at(every, facts)
    moments = turn_ends(every, obligation, began_at, begun.duty_began_at)
    due_at = next(moments, None)
    for ordinal in count(begun.ordinal):
        if due_at is None or (ended_at is not None and began_at >= ended_at):
            return
        following = next(moments, None)
        over_at = due_at + ((following or due_at + (due_at - began_at)) - due_at) / 2
        response = next((r for r in left if began_at < r.published_at <= over_at), None)
        left = [r for r in left if r is not response]
        yield Planned(
            ordinal=ordinal,
            anchor=anchor,
            started_at=began_at,
            end=End(due_at),
            response=response,
            over_at=over_at,
            ended_at=ended_at if ended_at is not None and response is None and ended_at < due_at else None,
            follows=ordinal > 1,
        )
        if due_at > now and response is None:
            return
        began_at, due_at = due_at, following


def duty_ended_at(every: Every, facts: MatterFacts) -> datetime | None:
    """Return when what ends a recurring duty was done."""
    return min((response.published_at for response in facts.responses if response.kind in every.until), default=None)


def first_end(obligation: Obligation, started_at: datetime, *, follows: bool = False) -> End:
    """Return when the deadline of an obligation ends that starts at `started_at`; `follows` marks a later turn."""
    if obligation.every is None:
        return obligation.ends(started_at)
    unbounded = replace(obligation.every, after=None, within=None)
    ends = (
        turn_ends(unbounded, obligation, started_at, started_at)
        if follows
        else turn_ends(obligation.every, obligation, started_at)
    )
    return End(next(ends, obligation.ends(started_at).at))


def turn_ends(
    every: Every, obligation: Obligation, began_at: datetime, duty_began_at: datetime | None = None
) -> Iterator[datetime]:
    """Yield the ends of the turns from one on that began at `began_at`, without end unless the rule bounds it.

    `duty_began_at` is when the first turn of all began; from there the rule's bounds count.
    """
    calendar = obligation.calendar
    origin = duty_began_at or began_at
    last = None if every.within is None else every.within.end(origin, calendar).at
    first = began_at if every.after is None else every.after.end(origin, calendar).at
    # A turn that follows begins where the last day of the one before ended: that day is its day 0, not the next.
    counted_from = began_at if duty_began_at is None else began_at - INSTANT
    for moment in _moments(every, obligation, began_at, counted_from):
        if last is not None and moment > last:
            return
        if moment > began_at and moment >= first:
            yield moment


def _moments(every: Every, obligation: Obligation, began_at: datetime, counted_from: datetime) -> Iterator[datetime]:
    calendar = obligation.calendar
    if every.step is not None:
        for n in count(1):
            since = began_at if every.step.clocked else counted_from
            yield Term(every.step.count * n, every.step.unit).end(since, calendar).at
    for day in (calendar.day_of(began_at) + n * ONE_DAY for n in count()):
        last_of_month = (months_after(day.replace(day=1), 1) - ONE_DAY).day
        if not every.days or day.day in {min(number, last_of_month) for number in every.days}:
            yield from (calendar.instant(day, at) for at in every.at)


def _hops(obligation: Obligation, chain: Chain, facts: MatterFacts, begun: Begun | None) -> Iterator[Planned]:
    """Yield the hops up to the first that nobody has made yet; a report to a higher level makes those below it too."""
    later = begun if begun is not None and begun.ordinal > 1 else None
    anchor, at = start(obligation, facts) if later is None else (later.anchor, later.at)
    reached = _levels_reached(chain, _in_time(obligation, facts))
    sure = chain.climbs(facts.firm)
    for ordinal, level in enumerate(chain.climbs(facts.presumed), 1):
        if later is not None and ordinal < later.ordinal:
            continue
        began_at = max(at, _owed_since(chain, level, facts) or at)
        report = next((response for to, response in reached if to >= level), None)
        yield Planned(
            ordinal=ordinal,
            anchor=anchor if began_at == at else Anchor.LEVEL_REACHED,
            started_at=began_at,
            end=obligation.ends(began_at),
            response=report,
            level=level,
            firm=level in sure,
        )
        if report is None:
            return
        at, anchor = max(at, report.published_at), Anchor.REPORTED


def _levels_reached(chain: Chain, reports: Sequence[Response]) -> list[tuple[Level, Response]]:
    """Return which level each report reached; one that does not say reached the next that none had reached."""
    reached: list[tuple[Level, Response]] = []
    for report in reports:
        above = [level for level in chain.levels if all(to < level for to, _ in reached)]
        level = report.level or (above[0] if above else chain.levels[-1])
        reached.append((level, report))
    return reached


def report_to(chain: Chain, obligation: Obligation, facts: MatterFacts, level: Level | None) -> Response | None:
    """Return the first report that reached a level, whether or not the facts ask for it; None where none did."""
    reached = _levels_reached(chain, _in_time(obligation, facts))
    return next((response for to, response in reached if level is not None and to >= level), None)


def _owed_since(chain: Chain, level: Level, facts: MatterFacts) -> datetime | None:
    """Return when the grade was reached that carries the report so high; None where every grade does."""
    if level in chain.climbs(None):
        return None
    return min((at for grade, at in facts.reached.items() if level in chain.climbs(grade)), default=None)


def _in_time(obligation: Obligation, facts: MatterFacts) -> list[Response]:
    """Return the fitting responses in the order of time."""
    fitting = (response for response in facts.responses if response.kind in obligation.satisfied_by)
    return sorted(fitting, key=lambda r: (r.published_at, r.level or 0, r.id))
