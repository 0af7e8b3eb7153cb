"""Which alerts a deadline owes its people, and when. Says who must be told and why; never how.

Each alert has a key that names its cause, so that the same cause never alerts twice. Points that passed unnoticed are
told as one late alert; the others are kept as skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from monitor.core.duties.deadlines import Deadline, Running
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.points import Point, points
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.duty import Recipient
from monitor.core.people.policies import Whom

INFORMATION_KEEPS = timedelta(hours=24)
SHORTEST_USE = timedelta(minutes=10)


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
    SIGNED = "signed"
    REASSIGNED = "reassigned"
    NO_LONGER_OPEN = "no_longer_open"
    READ_BACK = "read_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """An alert to be stored. `page` alerts stop once a person acts; `at` is the moment the alert is about.

    `whom` says who is meant beside the team channels, `audience` which contacts that is; who is on duty is looked up
    when the alert is stored. They are not told by one that is `spoken_for`: another of the same moment tells them.
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
    spoken_for: bool = False

    def told_to(self, whom: tuple[Whom, ...], audience: tuple[Recipient, ...] = ()) -> AlertDraft:
        """Return the same alert for these people; for a crowd, `replace` costs too much."""
        values = dict(zip(_FIELDS, _values(self), strict=True))
        values["whom"], values["audience"] = whom, audience
        return AlertDraft(**values)


_FIELDS = tuple(field.name for field in fields(AlertDraft))
_values = attrgetter(*_FIELDS)


def trouble_alert(
    key: str,
    point: str,
    now: datetime,
    *,
    matter_id: int | None = None,
    page: bool = True,
    keeps: timedelta = INFORMATION_KEEPS,
    detail: Mapping[str, str] | None = None,
) -> AlertDraft:
    """Return an alert that something needs a person: about a matter, or about the service where none is named."""
    return AlertDraft(
        key=key,
        reason=AlertReason.TROUBLE,
        matter_id=matter_id,
        point=point,
        at=now,
        not_before=now,
        useful_until=now + keeps,
        page=page,
        detail=detail or {},
    )


def stamp(at: datetime) -> str:
    """Return a moment as keys name it."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")


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
    drafts = [skipped(deadline, point, Silence.ACKNOWLEDGED) for point in come if point.silenced(acted_at)]
    speaking = [point for point in come if not point.silenced(acted_at)]
    if not speaking:
        return drafts
    drafts += [skipped(deadline, point, Silence.LATER_ALERT_TELLS) for point in speaking[:-1]]
    last = speaking[-1]
    return [*drafts, drafted(deadline, last, now, useful_until=_useful_until(deadline, obligation, now))]


def overtaken(
    deadline: Deadline, obligation: Obligation, facts: MatterFacts, now: datetime, *, until: datetime | None = None
) -> list[AlertDraft]:
    """Return the points that came since `watched_until` as skipped: what settles it came first, or somebody acted."""
    acts = [act.at for act in facts.acts] or ([facts.acted_at] if facts.acted_at else [])
    return [
        skipped(deadline, point, Silence.ACKNOWLEDGED if point.silenced_by(acts) else Silence.SETTLED)
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
        skipped(deadline, point, Silence.PAUSED)
        for point in come
        if deadline.watched_until < point.at <= now and (point.at <= since or point.reason is AlertReason.OPENED)
    ]


def next_look(deadline: Running, obligation: Obligation, acted_at: datetime | None, now: datetime) -> datetime | None:
    """Return the next moment at which the deadline must be looked at, or None where no further point comes."""
    return min((p.at for p in points(deadline, obligation) if p.at > now and not p.silenced(acted_at)), default=None)


def _useful_until(deadline: Running, obligation: Obligation, now: datetime) -> datetime:
    """Return when the next point makes an alert of now superfluous; a moment that is nearly come is not waited for."""
    following = next_look(deadline, obligation, None, now)
    return max(following or now + INFORMATION_KEEPS, now + SHORTEST_USE)


def opened(deadline: Deadline, obligation: Obligation, now: datetime) -> AlertDraft:
    """Tell that a deadline runs."""
    return drafted(
        deadline, Point("opened", now, AlertReason.OPENED), now, useful_until=_useful_until(deadline, obligation, now)
    )


def skipped_at_opening(deadline: Deadline, obligation: Obligation) -> list[AlertDraft]:
    """Keep the points that lay before the opening as skipped: the opening alert states what is left."""
    return [
        skipped(deadline, point, Silence.PASSED_BEFORE_OPENING)
        for point in sorted(points(deadline, obligation), key=lambda p: (p.at, p.name))
        if point.at <= deadline.opened_at
    ]


def told(deadline: Deadline, reason: AlertReason, now: datetime) -> AlertDraft:
    """Tell once of a change: moved, made firm, settled, withdrawn."""
    point = Point(f"{reason}:{stamp(deadline.due_at)}", now, reason, page=reason is AlertReason.MOVED)
    return drafted(deadline, point, now)


def redated(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that another version of the calendar moved the end, or made an estimated one certain."""
    point = Point(f"calendar:{deadline.calendar_version}", now, AlertReason.MOVED, page=False)
    return drafted(deadline, point, now, stamped=False)


def adjusted(deadline: Deadline, cause: str, now: datetime) -> AlertDraft:
    """Tell what a person did to a deadline; nobody is woken for it."""
    point = Point(f"{cause}:{stamp(deadline.due_at)}", now, AlertReason.MOVED, page=False)
    return drafted(deadline, point, now)


def runs_again(deadline: Deadline, cause: str, now: datetime) -> AlertDraft:
    """Tell that a deadline runs again that was met or waived: somebody has to act."""
    return drafted(deadline, Point(cause, now, AlertReason.OPENED), now)


def contradicted(deadline: Deadline, earlier: datetime, now: datetime) -> AlertDraft:
    """Ask a person, once for each moment, about an earlier report than any known when he stated the start."""
    point = Point(f"doubt:start:{stamp(earlier)}", now, AlertReason.UPDATED, page=False)
    draft = drafted(deadline, point, now, stamped=False)
    return replace(draft, detail={"earlier": earlier.isoformat()})


def doubted(deadline: Deadline, facts: MatterFacts, now: datetime) -> AlertDraft:
    """Tell once that nothing known supports a running deadline any more: a person decides, nothing is erased."""
    level = facts.severity.name.lower() if facts.severity else "none"
    point = Point(f"doubt:{level}", now, AlertReason.UPDATED, page=False)
    return drafted(deadline, point, now, stamped=False)


def doubted_rumour(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell once that a running clarification rests on no rumour any more: a person decides."""
    point = Point("doubt:rumour", now, AlertReason.UPDATED, page=False)
    return drafted(deadline, point, now, stamped=False)


def confirmed_rumour(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that a clarification is owed no more, because official sources confirm what was a rumour."""
    point = Point("rumour_confirmed", now, AlertReason.WITHDRAWN, page=False)
    return drafted(deadline, point, now)


def orphaned(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell once that the rule of a running deadline is no longer in the pack: it runs on by the one it kept."""
    point = Point("doubt:rule", now, AlertReason.UPDATED)
    return drafted(deadline, point, now, stamped=False)


def adopted(deadline: Deadline, now: datetime) -> AlertDraft:
    """Tell that a person put a running deadline under the version of its rule that is in use."""
    point = Point(f"adopted:{stamp(now)}", now, AlertReason.MOVED, page=False)
    return drafted(deadline, point, now)


def drafted(
    deadline: Running,
    point: Point,
    now: datetime,
    *,
    useful_until: datetime | None = None,
    stamped: bool = True,
    silence: Silence | None = None,
    whom: tuple[Whom, ...] = (),
) -> AlertDraft:
    """Return the alert of a point of a deadline, told from `now` on; with a `silence`, kept and told to nobody."""
    return AlertDraft(
        key=_key(deadline, point, stamped=stamped),
        reason=point.reason,
        matter_id=deadline.matter_id,
        obligation_id=deadline.obligation_id,
        ordinal=deadline.ordinal,
        point=point.name,
        at=point.at,
        not_before=now,
        useful_until=useful_until or now + INFORMATION_KEEPS,
        page=point.page,
        state=AlertState.PENDING if silence is None else AlertState.SKIPPED,
        silence=silence,
        whom=whom,
    )


def skipped(deadline: Running, point: Point, silence: Silence) -> AlertDraft:
    """Return a point of a deadline that is kept and told to nobody."""
    return drafted(deadline, point, point.at, useful_until=point.at, silence=silence)


def _key(deadline: Running, point: Point, *, stamped: bool) -> str:
    """Name the cause: the same point of the same deadline at the same moment is one alert."""
    base = f"matter:{deadline.matter_id}:{deadline.obligation_id}:{deadline.ordinal}:{point.name}"
    return f"{base}@{stamp(point.at)}" if stamped else base
