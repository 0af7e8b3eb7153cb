"""Which alerts a deadline owes its people, and when. Says who must be told and why; never how.

Each alert has a key that names its cause, so that the same cause never alerts twice. Points that passed unnoticed are
told as one late alert; the others are kept as skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from monitor.core.duties.deadlines import Deadline, Running
from monitor.core.duties.keeping import last_kept
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.model import AlertReason, AlertState, Wave
from monitor.core.people.duty import Recipient
from monitor.core.people.policies import Whom

INFORMATION_KEEPS = timedelta(hours=24)
SHORTEST_USE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


class Silence(StrEnum):
    """Why an alert that was due is not sent; each has a label in the catalogues."""

    PASSED_BEFORE_OPENING = "passed_before_opening"
    LATER_ALERT_TELLS = "later_alert_tells"
    SETTLED = "settled"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    NO_LONGER_USEFUL = "no_longer_useful"
    NO_CHANNEL = "no_channel"
    REFUSED_EVERYWHERE = "refused_everywhere"
    NEXT_TURN = "next_turn"
    PAUSED = "paused"
    END_MOVED = "end_moved"
    TOLD_WITH_ANOTHER = "told_with_another"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """An alert to be stored. `page` alerts stop once a person acts; `at` is the moment the alert is about.

    `whom` says who is meant beside the team channels, `audience` which contacts that is; who is on duty is looked up
    when the alert is stored.
    """

    key: str
    reason: AlertReason
    matter_id: int | None
    obligation_id: str | None = None
    ordinal: int = 1
    point: str = ""
    at: datetime
    not_before: datetime
    useful_until: datetime
    page: bool = False
    state: AlertState = AlertState.PENDING
    silence: Silence | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    whom: tuple[Whom, ...] = ()
    audience: tuple[Recipient, ...] = ()

    def told_to(self, whom: tuple[Whom, ...], audience: tuple[Recipient, ...] = ()) -> AlertDraft:
        """Return the same alert for these people; for a crowd, `replace` costs too much."""
        values = dict(zip(_FIELDS, _values(self), strict=True))
        values["whom"], values["audience"] = whom, audience
        return AlertDraft(**values)


_FIELDS = tuple(field.name for field in fields(AlertDraft))
_values = attrgetter(*_FIELDS)


class Point(NamedTuple):
    """A moment at which people are told: its name, the moment, and whether it stops once somebody acts."""

    name: str
    at: datetime
    reason: AlertReason
    page: bool = True
    until_acted_since: datetime | None = None

    def silenced_by(self, acts: Iterable[datetime]) -> bool:
        """Tell whether a person had acted by then since the moment that this point nags about."""
        since = self.until_acted_since
        return since is not None and any(since <= at <= self.at for at in acts)

    def silenced(self, acted_at: datetime | None) -> bool:
        """Tell whether a person has acted since the moment that this point nags about."""
        return self.until_acted_since is not None and acted_at is not None and acted_at >= self.until_acted_since


@last_kept
def points(deadline: Running, obligation: Obligation) -> Iterator[Point]:
    """Yield all moments of a deadline, unordered: shares, spans before, the end, spans after, repeats until acted."""
    reminders, due_at = obligation.reminders, deadline.due_at
    running = due_at - deadline.started_at - deadline.paused
    for share in reminders.shares:
        at = deadline.started_at + deadline.paused + running * share
        yield Point(f"share:{share:g}", at, AlertReason.REMINDER, page=False)
    for span in reminders.before:
        yield Point(f"before:{minutes(span)}m", due_at - span, AlertReason.REMINDER)
    # The next turn of a duty that people know of opens untold, so nobody is asked to take note of it. A policy has its
    # own way of going on until somebody acts.
    told = obligation.every is None or deadline.ordinal == 1
    nags = reminders.until_acknowledged if told and deadline.policy is None else ()
    for n, span in enumerate(nags, 1):
        if deadline.opened_at + span < due_at:
            since = deadline.opened_at
            yield Point(f"again:{n}", since + span, AlertReason.OPENED, until_acted_since=since)
    yield Point("due", due_at, AlertReason.DUE)
    for span in reminders.overdue:
        yield Point(f"overdue:{minutes(span)}m", due_at + span, AlertReason.OVERDUE, until_acted_since=due_at)


def minutes(span: timedelta) -> int:
    """Return a span in whole minutes."""
    return span // MINUTE


def passed(
    deadline: Running,
    obligation: Obligation,
    acted_at: datetime | None,
    now: datetime,
    *,
    until: datetime | None = None,
) -> list[AlertDraft]:
    """Return an alert for the last point that came since `watched_until`, and the earlier ones as skipped.

    Points after `until` never come.
    """
    come = _come(deadline, obligation, now, until)
    if not come:
        return []
    drafts = [_skipped(deadline, point, Silence.ACKNOWLEDGED) for point in come if point.silenced(acted_at)]
    speaking = [point for point in come if not point.silenced(acted_at)]
    if not speaking:
        return drafts
    drafts += [_skipped(deadline, point, Silence.LATER_ALERT_TELLS) for point in speaking[:-1]]
    last = speaking[-1]
    until = max(_next_point(deadline, obligation, now) or now + INFORMATION_KEEPS, now + SHORTEST_USE)
    return [*drafts, _draft(deadline, last, now, useful_until=until)]


def overtaken(
    deadline: Deadline, obligation: Obligation, facts: MatterFacts, now: datetime, *, until: datetime | None = None
) -> list[AlertDraft]:
    """Return the points that came since `watched_until` as skipped: what settles it came first, or somebody acted."""
    acts = [act.at for act in facts.acts] or ([facts.acted_at] if facts.acted_at else [])
    return [
        _skipped(deadline, point, Silence.ACKNOWLEDGED if point.silenced_by(acts) else Silence.SETTLED)
        for point in _come(deadline, obligation, now, until)
    ]


def _come(deadline: Running, obligation: Obligation, now: datetime, until: datetime | None) -> list[Point]:
    """Return the points that came since `watched_until`, in order."""
    last_at = now if until is None else min(now, until)
    come = (p for p in points(deadline, obligation) if deadline.watched_until < p.at <= last_at)
    return sorted(come, key=lambda p: (p.at, p.name))


def silent(deadline: Running, obligation: Obligation, since: datetime, now: datetime) -> list[AlertDraft]:
    """Keep the points as skipped that came unnoticed before a pause began, or nagged while it went on."""
    come = sorted(points(deadline, obligation), key=lambda p: (p.at, p.name))
    return [
        _skipped(deadline, point, Silence.PAUSED)
        for point in come
        if deadline.watched_until < point.at <= now and (point.at <= since or point.reason is AlertReason.OPENED)
    ]


def next_look(deadline: Running, obligation: Obligation, acted_at: datetime | None, now: datetime) -> datetime | None:
    """Return the next moment at which the deadline must be looked at, or None where no further point comes."""
    return min((p.at for p in points(deadline, obligation) if p.at > now and not p.silenced(acted_at)), default=None)


def _next_point(deadline: Running, obligation: Obligation, now: datetime) -> datetime | None:
    return next_look(deadline, obligation, None, now)


def opened(deadline: Deadline, obligation: Obligation, now: datetime) -> AlertDraft:
    """Tell that a deadline runs."""
    until = max(_next_point(deadline, obligation, now) or now + INFORMATION_KEEPS, now + SHORTEST_USE)
    return _draft(deadline, Point("opened", now, AlertReason.OPENED), now, useful_until=until)


def skipped_at_opening(deadline: Deadline, obligation: Obligation) -> list[AlertDraft]:
    """Keep the points that lay before the opening as skipped: the opening alert states what is left."""
    return [
        _skipped(deadline, point, Silence.PASSED_BEFORE_OPENING)
        for point in sorted(points(deadline, obligation), key=lambda p: (p.at, p.name))
        if point.at <= deadline.opened_at
    ]


def told(deadline: Deadline, reason: AlertReason, now: datetime) -> AlertDraft:
    """Tell once of a change: moved, made firm, settled, withdrawn."""
    point = Point(f"{reason}:{_stamp(deadline.due_at)}", now, reason, page=reason is AlertReason.MOVED)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS)


def redated(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that another version of the calendar moved the end, or made an estimated one certain."""
    point = Point(f"calendar:{deadline.calendar_version}", now, AlertReason.MOVED, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS, stamped=False)


def regraded_late(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once for each grade, about one that was reached too long after the incident to open duties."""
    grade = facts.presumed
    level = grade.name.lower() if grade else "none"
    return _question(facts, "regraded_late", f"matter:{facts.id}:regraded_late:{level}", now)


def adjusted(deadline: Deadline, cause: str, now: datetime) -> AlertDraft:
    """Tell what a person did to a deadline; nobody is woken for it."""
    point = Point(f"{cause}:{_stamp(deadline.due_at)}", now, AlertReason.MOVED, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS)


def runs_again(deadline: Deadline, cause: str, now: datetime) -> AlertDraft:
    """Tell that a deadline runs again that was met or waived: somebody has to act."""
    return _draft(deadline, Point(cause, now, AlertReason.OPENED), now, useful_until=now + INFORMATION_KEEPS)


def contradicted(deadline: Deadline, earlier: datetime, now: datetime) -> AlertDraft:
    """Ask a person, once for each moment, about an earlier report than any known when he stated the start."""
    point = Point(f"doubt:start:{_stamp(earlier)}", now, AlertReason.UPDATED, page=False)
    draft = _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS, stamped=False)
    return replace(draft, detail={"earlier": earlier.isoformat()})


def handed_back(matter_id: int, by: str, now: datetime) -> AlertDraft:
    """Tell that whoever acted on a matter does so no more."""
    return AlertDraft(
        key=f"matter:{matter_id}:handed_back@{_stamp(now)}",
        reason=AlertReason.TROUBLE,
        matter_id=matter_id,
        point="handed_back",
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=True,
        detail={"by": by},
    )


def doubted(deadline: Deadline, facts: MatterFacts, now: datetime) -> AlertDraft:
    """Tell once that nothing known supports a running deadline any more: a person decides, nothing is erased."""
    level = facts.severity.name.lower() if facts.severity else "none"
    point = Point(f"doubt:{level}", now, AlertReason.UPDATED, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS, stamped=False)


def doubted_rumour(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell once that a running clarification rests on no rumour any more: a person decides."""
    point = Point("doubt:rumour", now, AlertReason.UPDATED, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS, stamped=False)


def confirmed_rumour(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that a clarification is owed no more, because official sources confirm what was a rumour."""
    point = Point("rumour_confirmed", now, AlertReason.WITHDRAWN, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS)


def orphaned(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell once that the rule of a running deadline is no longer in the pack: it runs on without reminders."""
    point = Point("doubt:rule", now, AlertReason.UPDATED)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS, stamped=False)


def adopted(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that a person put a running deadline under the version of its rule that is in use."""
    point = Point(f"adopted:{_stamp(now)}", now, AlertReason.MOVED, page=False)
    return _draft(deadline, point, now, useful_until=now + INFORMATION_KEEPS)


def undated(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person about a major report that no trusted time supports, so that no deadline runs yet."""
    return _question(facts, "undated", f"matter:{facts.id}:undated", now)


def aged(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once, whether a grave matter that was too old for a clock goes on: something speaks of it anew."""
    return _question(facts, "too_old", f"matter:{facts.id}:too_old", now)


def grown(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once for each grade, whether a dismissal still holds after graver news."""
    grade = facts.firm or facts.wave
    level = f"{'' if facts.firm else 'wave-'}{grade.name.lower()}" if grade else "none"
    return _question(facts, "grown", f"matter:{facts.id}:grown:{level}", now)


def risen(facts: MatterFacts, wave: Wave, now: datetime) -> AlertDraft:
    """Tell, once for each grade, that the public talks of a matter as widely as never before: no clock hangs on it.

    Whoever has acted since it was known saw it on the page: that is kept, and not told.
    """
    known_at = facts.wave_known_at or now
    draft = AlertDraft(
        key=f"matter:{facts.id}:wave:{wave.name.lower()}",
        reason=AlertReason.WAVE,
        matter_id=facts.id,
        point=f"wave:{wave.name.lower()}",
        at=facts.waves[wave],
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=wave is Wave.MAJOR,
    )
    if facts.acted_at is None or facts.acted_at < known_at:
        return draft
    return replace(draft, state=AlertState.SKIPPED, silence=Silence.ACKNOWLEDGED)


def denied(facts: MatterFacts, title: str, now: datetime) -> AlertDraft:
    """Ask a person, once, whether an incident that an official source denies is to be dismissed; its clocks run on."""
    return _question(facts, "denied", f"matter:{facts.id}:denied", now, detail={"title": title[:200]})


def spreading(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once, about a dismissed incident of which a claim spreads: what is false has to be clarified."""
    return _question(facts, "spreading", f"matter:{facts.id}:spreading", now)


def _question(
    facts: MatterFacts, point: str, key: str, now: datetime, *, detail: Mapping[str, str] | None = None
) -> AlertDraft:
    return AlertDraft(
        key=key,
        reason=AlertReason.TROUBLE,
        matter_id=facts.id,
        point=point,
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=True,
        detail=detail or {},
    )


def fault(matter_id: int, said: str, kind: str, now: datetime) -> AlertDraft:
    """Tell that the deadlines of a matter cannot be reckoned; again on each day on which that is so.

    It is about the service and names its matter only in `detail`: what is stored of that matter cannot be relied on.
    """
    return AlertDraft(
        key=f"fault:{matter_id}:{kind}:{now.astimezone(UTC):%Y%m%d}",
        reason=AlertReason.TROUBLE,
        matter_id=None,
        point="fault",
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=True,
        detail={"matter": str(matter_id), "what": said[:500]},
    )


def _draft(
    deadline: Running, point: Point, now: datetime, *, useful_until: datetime, stamped: bool = True
) -> AlertDraft:
    return AlertDraft(
        key=_key(deadline, point, stamped=stamped),
        reason=point.reason,
        matter_id=deadline.matter_id,
        obligation_id=deadline.obligation_id,
        ordinal=deadline.ordinal,
        point=point.name,
        at=point.at,
        not_before=now,
        useful_until=useful_until,
        page=point.page,
    )


def _skipped(deadline: Running, point: Point, silence: Silence) -> AlertDraft:
    return AlertDraft(
        key=_key(deadline, point, stamped=True),
        reason=point.reason,
        matter_id=deadline.matter_id,
        obligation_id=deadline.obligation_id,
        ordinal=deadline.ordinal,
        point=point.name,
        at=point.at,
        not_before=point.at,
        useful_until=point.at,
        page=point.page,
        state=AlertState.SKIPPED,
        silence=silence,
    )


def _key(deadline: Running, point: Point, *, stamped: bool) -> str:
    """Name the cause: the same point of the same deadline at the same moment is one alert."""
    base = f"matter:{deadline.matter_id}:{deadline.obligation_id}:{deadline.ordinal}:{point.name}"
    return f"{base}@{_stamp(point.at)}" if stamped else base


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
