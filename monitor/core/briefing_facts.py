"""What a briefing is compiled from: the window, and all that was read about it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from monitor.core.audit.chain import Head
from monitor.core.briefing_course import CourseFacts
from monitor.core.briefing_voices import VoiceFacts
from monitor.core.drills import Drill
from monitor.core.incidents.heat import Heat
from monitor.core.item_views import SecondView
from monitor.core.missed.facts import MissedFacts
from monitor.core.model import DeadlineState, ResponseKind, aware
from monitor.core.paths import PathCheck
from monitor.core.people.assignments import Assignment
from monitor.core.rhythm import Works, by_weekday
from monitor.core.source_health import SourceFacts
from monitor.core.views import AlertView, DeadlineView, IncidentView

USUAL_WINDOW = timedelta(hours=24)
LONGEST_WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a day's briefing covers: from `since` up to, not including, `until`."""

    day: date
    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether a moment lies in the window."""
        return self.since <= at < self.until


def window_of(day: date, until: datetime, previous_end: datetime | None) -> Window:
    """Return the window of a day's briefing: 24 h, or more where the briefing before ended earlier (at most 7 days).

    So nothing falls between two briefings, also where one was never compiled.
    """
    since = aware(until) - USUAL_WINDOW
    if previous_end is not None:
        since = max(min(since, previous_end), until - LONGEST_WINDOW)
    return Window(day, since, until)


@dataclass(frozen=True, slots=True)
class Change:
    """A deadline changed, noticed inside the window; `cause` is the value of a Cause, `at` when it became true."""

    deadline: DeadlineView
    after: DeadlineState
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person gave with the act that ended a deadline: the response's title, the waiver's reason."""

    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was last published about an incident, and how often something was."""

    kind: ResponseKind
    published_at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class RotaGap:
    """A stretch of time in which nobody of a rota is on duty."""

    rota: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Ways:
    """How people are reached: the rotas and where nobody is on duty, the readers of the briefing and who left it."""

    rotas: int = 0
    gaps: tuple[RotaGap, ...] = ()
    readers: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was read at `now`. Counts are by the stored names of outcomes, verdicts, reasons and states.

    `incidents` holds every incident that anything here is about. `reporters` are the sources of an incident in the
    order in which they told of it; `asked` the alerts that put a question to a person, `unsent` those that wait, ended
    unsent or were refused; `unsigned` the assignments for which an office has not signed. `fetches` is keyed by source,
    then "outcome" or "outcome:reason"; `verdicts` by "verdict" or "verdict:class"; `deliveries` by channel, then state;
    `second`, the second readings, by what became of them. `graver` are those that found more than the first. `head` is
    the last sealed row of the audit log. `drills` were held in the window, `paths` are the last tries of the channels;
    `works` tells which days are worked; `missed` what groups of sources had of the day before, None where not asked.
    `answers`, `heats` and `assigned` (the ids of offices) are by incident, `heats` of those opened in the window only.
    """

    window: Window
    now: datetime
    incidents: Mapping[int, IncidentView] = field(default_factory=dict)
    live: tuple[DeadlineView, ...] = ()
    changes: tuple[Change, ...] = ()
    remarks: Mapping[int, Remark] = field(default_factory=dict)
    reporters: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    with_duties: frozenset[int] = frozenset()
    asked: tuple[AlertView, ...] = ()
    unsigned: tuple[Assignment, ...] = ()
    unsent: tuple[AlertView, ...] = ()
    drills: tuple[Drill, ...] = ()
    paths: tuple[PathCheck, ...] = ()
    sources: tuple[SourceFacts, ...] = ()
    works: Works = by_weekday
    missed: MissedFacts | None = None
    fetches: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    verdicts: Mapping[str, int] = field(default_factory=dict)
    drops: Mapping[str, int] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    second: Mapping[str, int] = field(default_factory=dict)
    graver: tuple[SecondView, ...] = ()
    head: Head | None = None
    voices: VoiceFacts = field(default_factory=VoiceFacts)
    answers: Mapping[int, Answer] = field(default_factory=dict)
    heats: Mapping[int, Heat] = field(default_factory=dict)
    assigned: Mapping[int, frozenset[str]] = field(default_factory=dict)
    course: CourseFacts = field(default_factory=CourseFacts)
    ways: Ways = field(default_factory=Ways)
