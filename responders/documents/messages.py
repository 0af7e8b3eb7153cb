"""From an alert and what it is about to a finished Message. Words and times only; markup is the channels' affair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.beijing import hours_and_minutes, shown
from monitor.core.duties.delivering import NAGGING
from monitor.core.duties.obligations import WHOLE_COUNTRY, Jurisdiction
from monitor.core.errors import N_
from monitor.core.incidents.chains import Tie
from monitor.core.incidents.tolls import Tolls
from monitor.core.incidents.wave import WaveStep
from monitor.core.model import AlertReason, DeadlineState, MatterState, Severity
from monitor.core.naming import Names
from monitor.core.views import AlertView, DeadlineView, IncidentView, MatterView, ResponseView
from responders.channels.base import Card, Line, Link, Message, Tone
from responders.documents import adjusted, conferences, drafts, evidence, offers, second_reading
from responders.documents.due import said_due, said_rolled
from responders.documents.heat import grounds
from responders.documents.questions import GROWING_WAVE, MAJOR_WAVE, NOT_ACKNOWLEDGED, QUESTIONS, changed
from responders.documents.region import said_whose, whose
from responders.labels import label
from responders.language import Words

LINKED: Mapping[Tie, str] = {
    Tie.CAUSE: N_("The cause: #{id} {title}"),
    Tie.EFFECT: N_("A consequence: #{id} {title}"),
    Tie.RELATED: N_("Belongs with it: #{id} {title}"),
}
# From here on a span is told in days.
IN_DAYS = timedelta(days=4)
# A reminder that comes later than this says so: whoever plans by it has that much less time.
WORTH_SAYING = timedelta(minutes=5)
DRILL = N_("[DRILL] {title}")
PRACTISE = N_("This is a drill; nothing has happened. Do what you would do, and log it here, but publish nothing.")
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
    waves: tuple[WaveStep, ...] = ()
    matter: MatterView | None = None


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes messages in one language."""

    words: Words
    names: Names
    console_url: str = ""
    region: str = WHOLE_COUNTRY

    def message(self, scene: Scene) -> Message:
        """Write the message for an alert about an incident."""
        return Message(
            key=scene.alert.key,
            title=self._title(scene),
            tone=tone_of(scene),
            body=self._body(scene),
            lines=tuple(self._lines(scene)),
            links=tuple(self._all_links(scene)),
            card=self._card(scene),
            written_at=scene.now,
            drill=scene.incident is not None and scene.incident.drill,
        )

    def _title(self, scene: Scene) -> str:
        parts = [self._head(scene)]
        if scene.incident is not None:
            wave = self.wave(scene.incident) if scene.alert.reason is AlertReason.WAVE else ""
            parts += [wave, self.grade(scene.incident), self.place(scene.incident), scene.incident.title]
        elif scene.matter is not None:
            parts.append(scene.matter.title)
        elif scene.alert.point == second_reading.POINT:
            parts.append(scene.alert.detail.get("title", ""))
        title = " | ".join(part for part in parts if part)
        # At the front as well, where a telephone that shows little of a title still shows it.
        return self.words(DRILL, title=title) if scene.incident is not None and scene.incident.drill else title

    def _head(self, scene: Scene) -> str:
        """Say in a few words what it is about: which clock, how much is left."""
        words, deadline = self.words, scene.deadline
        if deadline is None:
            return offers.said_point(scene.alert.point, words) or words(label(scene.alert.reason))
        clock = self.clock(deadline)
        if scene.alert.reason in (AlertReason.SETTLED, AlertReason.WITHDRAWN) or not deadline.live:
            return words(N_("[{clock}] {state}"), clock=clock, state=words(label(deadline.state)))
        asks = scene.alert.point in QUESTIONS or adjusted.said(scene.alert, words)
        if scene.alert.reason is AlertReason.UPDATED and not asks:
            return words(N_("[{clock}] no longer supported"), clock=clock)
        return words(N_("[{clock}] {left}"), clock=clock, left=self.left(deadline, scene.now))

    def left(self, deadline: DeadlineView, now: datetime) -> str:
        """Say how much time is left, or by how much it is overdue."""
        if deadline.rests and deadline.paused_since is not None:
            return self.words(N_("paused since {at}"), at=shown(deadline.paused_since))
        return self.span(deadline.due_at - now)

    def span(self, span: timedelta) -> str:
        """Say how much of a term is left, or by how much it is overdue."""
        if abs(span) >= IN_DAYS:
            text = N_("{days} days left") if span > timedelta(0) else N_("overdue by {days} days")
            return self.words(text, days=abs(span).days)
        if span >= timedelta(0):
            return self.words(N_("{time} left"), time=hours_and_minutes(span))
        return self.words(N_("overdue by {time}"), time=hours_and_minutes(span))

    def state(self, deadline: DeadlineView) -> str:
        """Say how a deadline stands."""
        return self.words(N_("paused")) if deadline.rests else self.words(label(deadline.state))

    def clock(self, deadline: DeadlineView) -> str:
        """Name a deadline by its obligation and its hours, or by the level that a report must reach."""
        name = self.names.obligation(deadline.obligation_id)
        if deadline.level is not None:
            return self.words(N_("{name} ({state})"), name=name, state=self.words(label(deadline.level)))
        if deadline.calendar:
            return name
        span = deadline.plain_end - deadline.started_at
        if span < timedelta(hours=1):
            return self.words(N_("{name} {minutes} min"), name=name, minutes=round(span / timedelta(minutes=1)))
        hours = round(span / timedelta(hours=1))
        return self.words(N_("{name} {hours} h"), name=name, hours=hours)

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

    def wave(self, incident: IncidentView) -> str:
        """Say how far the public talks of an incident, which is another thing than how grave it is."""
        return self.words(label(incident.wave)) if incident.wave is not None else ""

    def wave_with_grounds(self, step: WaveStep) -> str:
        """Say the grade of a wave with what it rests on."""
        wave = self.words(label(step.wave))
        return self.words(N_("{name}: {value}"), name=wave, value=grounds(step, self.words))

    def place(self, incident: IncidentView) -> str:
        """Name the place of an incident."""
        return self.names.place(incident.place) or self.words(label(incident.scope))

    def whose(self, incident: IncidentView) -> str:
        """Say why an incident is only watched, or what is asked about its place; nothing where it is ours."""
        return said_whose(incident, self.region, self.names, self.words)

    def elsewhere(self, incident: IncidentView) -> bool:
        """Tell whether the reports place an incident outside the region."""
        return whose(incident, self.region) is Jurisdiction.NOT_OURS

    def figures(self, figures: Mapping[str, int]) -> str:
        """Say the known figures in one line."""
        told = [f"{figures[name]} {self.words(text)}" for name, text in FIGURES.items() if name in figures]
        return self.words(N_(", ")).join(told) if told else self.words(N_("no figures yet"))

    def _body(self, scene: Scene) -> str:
        if scene.incident is not None and scene.incident.drill:
            return " ".join(part for part in (self.words(PRACTISE), self._told(scene)) if part)
        return self._told(scene)

    def _told(self, scene: Scene) -> str:
        reason, deadline = scene.alert.reason, scene.deadline
        if scene.alert.point == second_reading.POINT:
            return second_reading.asked(scene.alert.detail, self.words, known=scene.incident is not None)
        if scene.alert.point in QUESTIONS:
            return self.words(QUESTIONS[scene.alert.point], **scene.alert.detail)
        about_page = evidence.said(scene.alert, self.words, self.names)
        about_page = about_page or conferences.said(scene.alert, self.words, self.names)
        about_page = about_page or offers.said(scene.alert, self.words, self.names)
        if told := adjusted.said(scene.alert, self.words) or about_page:
            return told
        if reason is AlertReason.WAVE:
            return self.words(MAJOR_WAVE if scene.alert.page else GROWING_WAVE)
        if deadline is None:
            return ""
        if reason is AlertReason.ESCALATED:
            return self.words(NOT_ACKNOWLEDGED)
        if reason in (AlertReason.UPDATED, AlertReason.MOVED):
            return self.words(changed(scene.alert))
        if deadline.provisional and deadline.live:
            return " ".join(self._doubts(scene.incident))
        return ""

    def _doubts(self, incident: IncidentView | None) -> Iterator[str]:
        """Say what a person is asked about a provisional deadline: whether it is ours, whether it is so grave."""
        asked = self.whose(incident) if incident is not None else ""
        if asked:
            yield asked
        if incident is None or not asked or incident.presumed != incident.severity:
            yield self.words(N_("The grade is presumed, not proved. Please confirm or dismiss the incident."))

    def _lines(self, scene: Scene) -> Iterator[Line]:
        words = self.words
        if scene.alert.point == second_reading.POINT:
            yield from second_reading.lines(scene.alert.detail, words, self.names)
        if scene.deadline is not None:
            yield from self._times(scene.alert, scene.deadline, scene.now)
        yield from self._people(scene)
        if scene.incident is not None:
            yield from self._known(scene.incident, scene.waves)
        counting = [response for response in scene.responses if response.retracted_at is None]
        if scene.alert.reason is AlertReason.SETTLED and counting:
            latest = max(counting, key=lambda r: r.logged_at)
            yield Line(words(label(latest.kind)), f"{shown(latest.published_at)} {latest.title} ({latest.by})")

    def _times(self, alert: AlertView, deadline: DeadlineView, now: datetime) -> Iterator[Line]:
        """Say when a deadline ends and from when it counts, and by how much people are told late."""
        words, late = self.words, now - alert.at
        if alert.reason in NAGGING and late >= WORTH_SAYING:
            told = words(N_("planned for {at}, {time} late"), at=shown(alert.at), time=hours_and_minutes(late))
            yield Line(words(N_("Told late")), told)
        yield Line(words(N_("Due")), f"{said_due(deadline, words)} {words(N_('Beijing time'))}")
        if rolled := said_rolled(deadline, words):
            yield Line(words(N_("Free day")), rolled)
        yield Line(words(N_("Counted from")), f"{words(label(deadline.anchor))} {shown(deadline.started_at)}")

    def _known(self, incident: IncidentView, waves: Sequence[WaveStep]) -> Iterator[Line]:
        """Say what is known of an incident."""
        words = self.words
        yield Line(words(N_("Kind")), self.names.kind(incident.kind))
        yield Line(words(N_("Casualties")), self.figures(incident.figures))
        if waves:
            yield Line(words(N_("Public talk")), self.wave_with_grounds(waves[-1]))
        reports = words(N_("{items} from {sources} source(s)"), items=incident.items, sources=incident.sources)
        yield Line(words(N_("Reports")), reports)
        if told := self.standing(incident):
            yield Line(words(N_("Vouched for")), told)

    def _people(self, scene: Scene) -> Iterator[Line]:
        """Yield who is told, and what else they are told of by this."""
        words = self.words
        told_to = [one.name or one.contact for one in scene.alert.audience if not one.silence]
        if told_to:
            yield Line(words(N_("Told")), words(N_(", ")).join(told_to))
            others = list(self._opened_with(scene))
            if others:
                yield Line(words(N_("Running as well")), words(N_("; ")).join(others))

    def _opened_with(self, scene: Scene) -> Iterator[str]:
        """Yield the other running deadlines for which an opening rings as well, each with what is left."""
        if scene.alert.reason is AlertReason.OPENED and scene.alert.point == "opened":
            others = (one for one in scene.deadlines if one.live and one != scene.deadline)
            for one in sorted(others, key=lambda one: one.due_at):
                yield f"{self.clock(one)} {self.left(one, scene.now)}"

    def _links(self, incident: IncidentView | None) -> tuple[Link, ...]:
        if incident is None or not self.console_url:
            return ()
        return (Link(self.words(N_("Open in the console")), f"{self.console_url}/incidents/{incident.id}"),)

    def _all_links(self, scene: Scene) -> Iterator[Link]:
        yield from drafts.links(scene.alert, self.words, self.console_url)
        yield from conferences.links(scene.alert, self.words, self.console_url)
        yield from offers.links(scene.alert, self.words, self.console_url)
        yield from self._links(scene.incident)
        if scene.alert.point == second_reading.POINT:
            yield from second_reading.links(scene.alert.detail, self.words, self.console_url)

    def _card(self, scene: Scene) -> Card | None:
        return None if scene.incident is None else self.card(scene.incident, scene.deadlines)

    def card(self, incident: IncidentView, deadlines: Sequence[DeadlineView]) -> Card:
        """Describe the incident and all its deadlines as they stand, for a channel that keeps one message."""
        title = " | ".join(p for p in (self.grade(incident), self.place(incident), incident.title) if p)
        lines = [
            Line(self.words(N_("State")), self.words(label(incident.state))),
            Line(self.words(N_("Casualties")), self.figures(incident.figures)),
            *([Line(self.words(N_("Public talk")), self.wave(incident))] if incident.wave is not None else []),
            *([Line(self.words(N_("Vouched for")), told)] if (told := self.standing(incident)) else []),
            *(self._deadline_line(deadline) for deadline in deadlines),
        ]
        return Card(
            key=f"matter:{incident.id}",
            title=title,
            tone=card_tone(incident, deadlines),
            lines=tuple(lines),
            links=self._links(incident),
        )

    def _deadline_line(self, deadline: DeadlineView) -> Line:
        state = self.state(deadline)
        if deadline.provisional and deadline.live:
            state = self.words(N_("{state}, provisional"), state=state)
        due = self.words(N_("{state}; due {due}"), state=state, due=said_due(deadline, self.words))
        return Line(self.clock(deadline), due)


def tone_of(scene: Scene) -> Tone:
    """Return how pressing a message is."""
    if scene.alert.reason in (AlertReason.SETTLED, AlertReason.WITHDRAWN):
        return Tone.DONE
    return Tone.URGENT if scene.alert.page else Tone.NOTICE


def card_tone(incident: IncidentView, deadlines: Sequence[DeadlineView]) -> Tone:
    """Return how pressing an incident is as a whole."""
    states = {deadline.state for deadline in deadlines}
    if incident.state is not MatterState.OPEN or not any(deadline.live for deadline in deadlines):
        return Tone.DONE if states else Tone.CALM
    return Tone.URGENT if DeadlineState.MISSED in states or any(not d.provisional for d in deadlines) else Tone.NOTICE
