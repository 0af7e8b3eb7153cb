"""From an alert and what it is about to a finished Message. Words and times only; markup is the channels' affair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.beijing import hours_and_minutes, shown
from monitor.core.errors import N_
from monitor.core.incidents.chains import Tie
from monitor.core.incidents.tolls import Tolls
from monitor.core.model import LIVE, AlertReason, DeadlineState, MatterState, Severity
from monitor.core.naming import Names
from monitor.core.views import AlertView, DeadlineView, IncidentView, ResponseView
from responders.channels.base import Card, Line, Link, Message, Tone
from responders.labels import label
from responders.language import Words

NO_TRUSTED_TIME = N_(
    "No report of this incident has a trustworthy time, so no deadline runs. Confirm the incident to start the clock."
)
TOO_OLD = N_(
    "The first report of this incident was too old for a clock when it came, but something newer speaks of it. "
    "Confirm the incident to start the clock, or dismiss it."
)
DENIED = N_(
    "An official source denies it: {title}. Dismiss the incident if nothing happened, or confirm it. "
    "Its clocks run on until somebody decides."
)
LINKED: Mapping[Tie, str] = {
    Tie.CAUSE: N_("The cause: #{id} {title}"),
    Tie.EFFECT: N_("A consequence: #{id} {title}"),
    Tie.RELATED: N_("Belongs with it: #{id} {title}"),
}
# What is asked of people by alerts that are about no reminder of a deadline, by the name of the alert's point.
QUESTIONS = {
    "undated": NO_TRUSTED_TIME,
    "too_old": TOO_OLD,
    "grown": N_(
        "This incident was dismissed, but newer reports make it graver. Confirm it to let its deadlines run, "
        "or leave it dismissed."
    ),
    "fault": N_("The deadlines of incident {matter} cannot be reckoned ({what}). Watch them by hand and tell your IT."),
    "sources:most": N_(
        "{failing} of {all} sources are failing, so incidents may be missed: {names}. Check the way to the network."
    ),
    "sources:blind": N_(
        "These official or central sources fail or have been silent for longer than usual: {names}. "
        "`huiying source test ID` shows why."
    ),
    "sources:over": N_("The sources that were told of as failing or silent are well again."),
    "denied": DENIED,
    "spreading": N_(
        "This incident was dismissed, but a claim of it spreads and nobody official has denied it. "
        "Clarify what is false, or confirm the incident."
    ),
    "rumour_confirmed": N_("What was a rumour is confirmed, so nothing false is left to clarify. Other clocks run on."),
    "doubt:rumour": N_("The reports no longer amount to a rumour. This deadline runs on until a person waives it."),
    "doubt:rule": N_("The rule of this deadline has left the rule pack. It runs on until a person waives it."),
}
FIGURES = {
    "deaths": N_("dead"),
    "missing": N_("missing"),
    "trapped": N_("trapped"),
    "injured": N_("injured"),
    "serious": N_("seriously injured"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a message about one alert can tell, as it stands at `now`."""

    alert: AlertView
    incident: IncidentView | None
    deadline: DeadlineView | None
    deadlines: tuple[DeadlineView, ...]
    responses: tuple[ResponseView, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes messages in one language."""

    words: Words
    names: Names
    console_url: str = ""

    def message(self, scene: Scene) -> Message:
        """Write the message for an alert about an incident."""
        return Message(
            key=scene.alert.key,
            title=self._title(scene),
            tone=tone_of(scene),
            body=self._body(scene),
            lines=tuple(self._lines(scene)),
            links=self._links(scene.incident),
            card=self._card(scene),
            written_at=scene.now,
        )

    def _title(self, scene: Scene) -> str:
        parts = [self._head(scene)]
        if scene.incident is not None:
            parts += [self.grade(scene.incident), self.place(scene.incident), scene.incident.title]
        return " | ".join(part for part in parts if part)

    def _head(self, scene: Scene) -> str:
        """Say in a few words what it is about: which clock, how much is left."""
        words, deadline = self.words, scene.deadline
        if deadline is None:
            return words(label(scene.alert.reason))
        clock = self.clock(deadline)
        if scene.alert.reason in (AlertReason.SETTLED, AlertReason.WITHDRAWN) or deadline.state not in LIVE:
            return words(N_("[{clock}] {state}"), clock=clock, state=words(label(deadline.state)))
        if scene.alert.reason is AlertReason.UPDATED and scene.alert.point not in QUESTIONS:
            return words(N_("[{clock}] figures corrected downwards"), clock=clock)
        return words(N_("[{clock}] {left}"), clock=clock, left=self.left(deadline, scene.now))

    def left(self, deadline: DeadlineView, now: datetime) -> str:
        """Say how much time is left, or by how much it is overdue."""
        span = deadline.due_at - now
        if span >= timedelta(0):
            return self.words(N_("{time} left"), time=hours_and_minutes(span))
        return self.words(N_("overdue by {time}"), time=hours_and_minutes(span))

    def clock(self, deadline: DeadlineView) -> str:
        """Name a deadline by its obligation and its hours."""
        hours = round((deadline.due_at - deadline.started_at) / timedelta(hours=1))
        return self.words(N_("{name} {hours} h"), name=self.names.obligation(deadline.obligation_id), hours=hours)

    def grade(self, incident: IncidentView) -> str:
        """Say how grave an incident is; a grade that is not proved is called presumed."""
        presumed = incident.presumed
        if presumed is None:
            return ""
        name = self.severity(presumed)
        firm = incident.severity == presumed or incident.confirmed
        return name if firm else self.words(N_("presumed {grade}"), grade=name)

    def standing(self, incident: IncidentView) -> str:
        """Say how well an incident is vouched for, and what became of it as a rumour."""
        return self.words(N_(", ")).join(self.words(label(v)) for v in (incident.standing, incident.rumour) if v)

    def figure(self, name: str) -> str:
        """Name a figure."""
        return self.words(FIGURES[name] if name in FIGURES else N_("yuan lost"))

    def contradiction(self, tolls: Tolls) -> str:
        """Say that current figures cannot all be right, above all where the official one is the lower."""
        text = (
            N_("{figure}: the official figure is lower than what others tell.")
            if tolls.official_lower
            else N_("{figure}: current figures contradict one another.")
        )
        return self.words(text, figure=self.figure(tolls.figure))

    def severity(self, severity: Severity) -> str:
        """Name a severity."""
        return self.words(label(severity))

    def place(self, incident: IncidentView) -> str:
        """Name the place of an incident."""
        return self.names.place(incident.place) or self.words(label(incident.scope))

    def figures(self, figures: Mapping[str, int]) -> str:
        """Say the known figures in one line."""
        told = [f"{figures[name]} {self.words(text)}" for name, text in FIGURES.items() if name in figures]
        return self.words(N_(", ")).join(told) if told else self.words(N_("no figures yet"))

    def _body(self, scene: Scene) -> str:
        reason, deadline = scene.alert.reason, scene.deadline
        if scene.alert.point in QUESTIONS:
            return self.words(QUESTIONS[scene.alert.point], **scene.alert.detail)
        if deadline is None:
            return ""
        if reason is AlertReason.UPDATED:
            return self.words(N_("The figures no longer support this deadline. It runs on until a person waives it."))
        if reason is AlertReason.MOVED:
            return self.words(N_("An earlier report was found: the deadline now ends earlier."))
        if deadline.provisional and deadline.state in LIVE:
            return self.words(N_("The grade is presumed, not proved. Please confirm or dismiss the incident."))
        return ""

    def _lines(self, scene: Scene) -> Iterator[Line]:
        words, deadline, incident = self.words, scene.deadline, scene.incident
        if deadline is not None:
            yield Line(words(N_("Due")), f"{shown(deadline.due_at)} {words(N_('Beijing time'))}")
            yield Line(
                words(N_("Counted from")),
                f"{words(label(deadline.anchor))} {shown(deadline.started_at)}",
            )
        if incident is not None:
            yield Line(words(N_("Kind")), self.names.kind(incident.kind))
            yield Line(words(N_("Casualties")), self.figures(incident.figures))
            yield Line(
                words(N_("Reports")),
                words(N_("{items} from {sources} source(s)"), items=incident.items, sources=incident.sources),
            )
            if told := self.standing(incident):
                yield Line(words(N_("Vouched for")), told)
        if scene.alert.reason is AlertReason.SETTLED and scene.responses:
            latest = max(scene.responses, key=lambda r: r.logged_at)
            yield Line(words(label(latest.kind)), f"{shown(latest.published_at)} {latest.title} ({latest.by})")

    def _links(self, incident: IncidentView | None) -> tuple[Link, ...]:
        if incident is None or not self.console_url:
            return ()
        return (Link(self.words(N_("Open in the console")), f"{self.console_url}/incidents/{incident.id}"),)

    def _card(self, scene: Scene) -> Card | None:
        """Describe the incident and all its deadlines as they stand, for a channel that keeps one message."""
        incident = scene.incident
        if incident is None:
            return None
        title = " | ".join(p for p in (self.grade(incident), self.place(incident), incident.title) if p)
        lines = [
            Line(self.words(N_("State")), self.words(label(incident.state))),
            Line(self.words(N_("Casualties")), self.figures(incident.figures)),
            *([Line(self.words(N_("Vouched for")), told)] if (told := self.standing(incident)) else []),
            *(self._deadline_line(deadline) for deadline in scene.deadlines),
        ]
        return Card(
            key=f"matter:{incident.id}",
            title=title,
            tone=card_tone(incident, scene.deadlines),
            lines=tuple(lines),
            links=self._links(incident),
        )

    def _deadline_line(self, deadline: DeadlineView) -> Line:
        state = self.words(label(deadline.state))
        if deadline.provisional and deadline.state in LIVE:
            state = self.words(N_("{state}, provisional"), state=state)
        due = self.words(N_("{state}; due {due}"), state=state, due=shown(deadline.due_at))
        return Line(self.clock(deadline), due)


def tone_of(scene: Scene) -> Tone:
    """Return how pressing a message is."""
    if scene.alert.reason in (AlertReason.SETTLED, AlertReason.WITHDRAWN):
        return Tone.DONE
    return Tone.URGENT if scene.alert.page else Tone.NOTICE


def card_tone(incident: IncidentView, deadlines: Sequence[DeadlineView]) -> Tone:
    """Return how pressing an incident is as a whole."""
    states = {deadline.state for deadline in deadlines}
    if incident.state is not MatterState.OPEN or not states & LIVE:
        return Tone.DONE if states else Tone.CALM
    return Tone.URGENT if DeadlineState.MISSED in states or any(not d.provisional for d in deadlines) else Tone.NOTICE
