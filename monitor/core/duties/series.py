"""Which deadlines one obligation comes to where it recurs or climbs from level to level, reckoned from facts alone.

Nothing here knows what is stored: the plan is the same in whatever order the facts arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

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


def plan(
    obligation: Obligation, facts: MatterFacts, now: datetime, begun: tuple[Anchor, datetime] | None = None
) -> Iterator[Planned]:
    """Yield the turns or hops that there are at `now`, in order; the last of them may still be to come.

    A duty that recurs keeps the start `begun` that it had: an earlier report found later makes no past turns missed.
    """
    if obligation.every is not None:
        yield from _turns(obligation, obligation.every, facts, now, begun or start(obligation, facts))
    elif obligation.chain is not None:
        yield from _hops(obligation, obligation.chain, facts)
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
    obligation: Obligation, every: Every, facts: MatterFacts, now: datetime, begun: tuple[Anchor, datetime]
) -> Iterator[Planned]:
    """Yield all turns that have begun, and the next one where the last was answered before its end."""
    anchor, began_at = begun
    left = [r for r in _in_time(obligation, facts) if r.published_at > began_at]
    ended_at = duty_ended_at(every, facts)
    moments = turn_ends(every, obligation, began_at)
    due_at = next(moments, None)
    for ordinal in count(1):
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


def first_end(obligation: Obligation, started_at: datetime) -> End:
    """Return when the first deadline of an obligation ends that starts at `started_at`."""
    if obligation.every is None:
        return obligation.ends(started_at)
    return End(next(turn_ends(obligation.every, obligation, started_at), obligation.ends(started_at).at))


def turn_ends(every: Every, obligation: Obligation, began_at: datetime) -> Iterator[datetime]:
    """Yield the ends of the turns of a duty that began at `began_at`, without end unless the rule bounds it."""
    calendar = obligation.calendar
    last = None if every.within is None else every.within.end(began_at, calendar).at
    first = began_at if every.after is None else every.after.end(began_at, calendar).at
    for moment in _moments(every, obligation, began_at):
        if last is not None and moment > last:
            return
        if moment > began_at and moment >= first:
            yield moment


def _moments(every: Every, obligation: Obligation, began_at: datetime) -> Iterator[datetime]:
    calendar = obligation.calendar
    if every.step is not None:
        for n in count(1):
            yield Term(every.step.count * n, every.step.unit).end(began_at, calendar).at
    for day in (calendar.day_of(began_at) + n * ONE_DAY for n in count()):
        last_of_month = (months_after(day.replace(day=1), 1) - ONE_DAY).day
        if not every.days or day.day in {min(number, last_of_month) for number in every.days}:
            yield from (calendar.instant(day, at) for at in every.at)


def _hops(obligation: Obligation, chain: Chain, facts: MatterFacts) -> Iterator[Planned]:
    """Yield the hops up to the first that nobody has made yet; a report to a higher level makes those below it too."""
    anchor, at = start(obligation, facts)
    reached = _levels_reached(chain, _in_time(obligation, facts))
    sure = chain.climbs(facts.firm)
    for ordinal, level in enumerate(chain.climbs(facts.presumed), 1):
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
