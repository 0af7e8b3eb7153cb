"""Why one alert was made and sent or not, and what became of every moment of a deadline, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from monitor.core.beijing import hours_and_minutes, local, shown
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.explain.telling import AlertAnswer, DeadlineAnswer, Fate, PointExplained
from monitor.core.model import DeadlineState, DeliveryState, Verb
from monitor.core.views import AlertView, DeliveryView, LogView
from responders.documents.messages import Composer
from responders.documents.points import point_words, said_point
from responders.documents.reasons import Entry, Mark, Section
from responders.labels import label

FATES: Mapping[Fate, str] = {
    Fate.TOLD: N_("told {since}"),
    Fate.WAITS: N_("made {since}, waits for a channel"),
    Fate.NOT_TOLD: N_("not told"),
    Fate.TO_COME: N_("still to come"),
    Fate.RESTS: N_("will not be told unless things change: somebody acted {since}"),
    Fate.ACTED: N_("not told: somebody had acted {since}"),
    Fate.BEFORE_OPENING: N_("not told: the clock was opened only {since}; the alert of its opening says what is left"),
    Fate.ENDED_BEFORE: N_("not told: the clock had ended {since}"),
    Fate.ENDED: N_("not told: the clock ended {since}, and this moment was not reached as it is now planned"),
    Fate.NOT_LOOKED_AT: N_("not told: nobody has looked at this clock since {since}; is the service running?"),
}
FATE_MARKS = {Fate.TOLD: Mark.FOR, Fate.WAITS: Mark.PLAIN, Fate.TO_COME: Mark.PLAIN}
DONE = (DeliveryState.ACCEPTED, DeliveryState.UNCONFIRMED)
# Longer than this between an alert and its first taker is a delay worth a sentence.
SLOW = timedelta(minutes=1)


def alert_sections(answer: AlertAnswer, composer: Composer) -> tuple[Section, ...]:
    """Return why an alert was made, how it left, and what came of it."""
    words = composer.words
    parts = (
        ("made", words(N_("Why it was made")), _made(answer, composer)),
        ("sent", words(N_("Who was told, and what the providers said")), _sent(answer, composer)),
        ("end", words(N_("What came of it")), _end(answer, composer)),
    )
    return tuple(Section(name, title, found) for name, title, entries in parts if (found := tuple(entries)))


def deadline_sections(answer: DeadlineAnswer, composer: Composer) -> tuple[Section, ...]:
    """Return how a deadline came to stand as it does, and what became of each moment at which people are told."""
    words = composer.words
    parts = (
        ("clock", composer.names.obligation(answer.deadline.obligation_id), _clock(answer, composer)),
        ("changes", words(N_("What became of it")), _changes(answer, composer)),
        ("points", words(N_("Moments at which people are told")), _points(answer, composer)),
        ("others", words(N_("Other alerts of this clock")), (_other(alert, composer) for alert in answer.others)),
        ("decisions", words(N_("What people decided")), (_decided(line, composer) for line in answer.decisions)),
    )
    return tuple(Section(name, title, found) for name, title, entries in parts if (found := tuple(entries)))


def exact(at: datetime) -> str:
    """Write an instant in Beijing time, to the second."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def _made(answer: AlertAnswer, composer: Composer) -> Iterator[Entry]:
    words, alert = composer.words, answer.alert
    about = words(N_(", ")).join(part for part in (words(label(alert.reason)), said_point(alert, words)) if part)
    yield Entry(about, note=alert.key)
    if answer.incident is not None:
        incident = answer.incident
        yield Entry(f"#{incident.id} {incident.title}", link=f"/incidents/{incident.id}")
    if answer.deadline is not None:
        clock, number = composer.clock(answer.deadline), answer.deadline.id
        told = words(N_("{clock}; due {due}"), clock=clock, due=shown(answer.deadline.due_at))
        yield Entry(told, note=answer.name, link=f"/deadlines/{number}")
    made = {"at": exact(alert.at), "made": exact(alert.created_at)}
    yield Entry(words(N_("Its moment was {at}; it was made {made}."), **made))
    if answer.late:
        yield Entry(_why_late(answer, composer), mark=Mark.AGAINST)
    pages = N_("It pages people until somebody acts.") if alert.page else N_("It pages nobody.")
    yield Entry(words(pages))


def _why_late(answer: AlertAnswer, composer: Composer) -> str:
    words, late = composer.words, hours_and_minutes(answer.late)
    if answer.started_at is not None:
        told = N_("It was made {time} late: the service was down and was started {at}.")
        return words(told, time=late, at=exact(answer.started_at))
    return words(
        N_("It was made {time} late: what it tells of became known only then, or the service stood still."), time=late
    )


def _sent(answer: AlertAnswer, composer: Composer) -> Iterator[Entry]:
    words, alert = composer.words, answer.alert
    for recipient in alert.audience:
        because = words(label(recipient.because))
        name = recipient.name or recipient.contact
        told = words(N_("For {name}: {because}"), name=name, because=because)
        why = words(further(recipient.silence)) if recipient.silence else ""
        yield Entry(told, note=why, mark=Mark.AGAINST if why else Mark.FOR)
    for attempt in alert.deliveries:
        yield attempt_entry(attempt, composer, alert)
    if not alert.deliveries:
        waits = words(N_("No channel has tried to send it."))
        yield Entry(waits, mark=Mark.AGAINST)
        return
    taken = [d.ended_at for d in alert.deliveries if d.state in DONE and d.ended_at is not None]
    if taken and min(taken) - alert.not_before > SLOW:
        delay = hours_and_minutes(min(taken) - alert.not_before)
        failed = sum(d.state not in DONE for d in alert.deliveries)
        told = N_("The first channel took it {time} after it was made; {n} attempt(s) before had failed.")
        yield Entry(words(told, time=delay, n=failed), mark=Mark.AGAINST)


def further(silence: str) -> str:
    """Say why somebody was not told, or not any further."""
    if silence == Silence.TOLD_WITH_ANOTHER:
        return N_("told by another alert of the same moment")
    return N_("not told any further, somebody acts already")


def attempt_entry(attempt: DeliveryView, composer: Composer, alert: AlertView) -> Entry:
    """Tell one attempt to send an alert, and what the provider said."""
    words = composer.words
    at = exact(attempt.ended_at or attempt.started_at)
    told = f"{at} {_over(attempt, alert)}: {words(label(attempt.state))}"
    said = [attempt.said, words(attempt.remedy)] if attempt.remedy else [attempt.said]
    if attempt.provider_id:
        said.append(words(N_("the provider's number: {id}"), id=attempt.provider_id))
    if attempt.may_have_arrived:
        said.append(words(N_("it may have arrived all the same")))
    if attempt.retry_at is not None:
        said.append(words(N_("next try {at}"), at=exact(attempt.retry_at)))
    mark = Mark.FOR if attempt.state in DONE else Mark.AGAINST if attempt.ended_at else Mark.PLAIN
    return Entry(told, note=words(N_("; ")).join(part for part in said if part), mark=mark)


def _end(answer: AlertAnswer, composer: Composer) -> Iterator[Entry]:
    words, alert = composer.words, answer.alert
    yield Entry(stands(alert, composer), mark=Mark.AGAINST if alert.silence else Mark.PLAIN)
    if alert.silence == Silence.ACKNOWLEDGED and answer.acted is not None:
        yield _decided(answer.acted, composer)
    yield Entry(words(N_("It is of use until {at}."), at=exact(alert.useful_until)))


def stands(alert: AlertView, composer: Composer) -> str:
    """Say what became of an alert, and why it was not sent."""
    words = composer.words
    state = words(label(alert.state))
    if not alert.silence:
        return state
    return words(N_("{name}: {value}"), name=state, value=words(label(Silence(alert.silence))))


def _clock(answer: DeadlineAnswer, composer: Composer) -> Iterator[Entry]:
    words, deadline = composer.words, answer.deadline
    state = words(label(deadline.state))
    yield Entry(words(N_("{state}; due {due}"), state=state, due=exact(deadline.due_at)), note=deadline.pack)
    if answer.incident is not None:
        title = f"#{answer.incident.id} {answer.incident.title}"
        yield Entry(title, link=f"/incidents/{answer.incident.id}/why#why-duty-{deadline.obligation_id}")
    counted = {"anchor": words(label(deadline.anchor)), "at": exact(deadline.started_at)}
    yield Entry(words(N_("Counted from {anchor} {at}"), **counted))
    by_time = sorted(deadline.anchors.items(), key=lambda pair: pair[1])
    known = [f"{words(label(anchor))} {exact(at)}" for anchor, at in by_time]
    yield Entry(words(N_("Known moments: {known}"), known=words(N_("; ")).join(known)))
    if answer.left:
        yield Entry(words(N_("The rule has left the rule packs. The deadline runs to its end as it opened.")))
    law = answer.law
    if law is not None:
        yield Entry(words(N_("Legal source")), quote=law.quote, note=f"{law.document} {law.article}")


def _changes(answer: DeadlineAnswer, composer: Composer) -> Iterator[Entry]:
    words = composer.words
    for line in answer.changes:
        facts = {"at": exact(line.at), "state": words(label(DeadlineState(line.what)))}
        yield Entry(words(N_("{at}: {state}, because {cause}"), cause=words(label(Cause(line.reason))), **facts))


def _points(answer: DeadlineAnswer, composer: Composer) -> Iterator[Entry]:
    for point in answer.points:
        yield _point(point, composer)


def _point(point: PointExplained, composer: Composer) -> Entry:
    words = composer.words
    name = point_words(point.name, {}, words) or words(N_("the end"))
    since = {} if point.since is None else {"since": exact(point.since)}
    template = FATES[point.fate]
    fate = words(template, **(since if "{since}" in template else {}))
    told = words(N_("{at} {name}: {fate}"), at=exact(point.at), name=name, fate=fate)
    mark = FATE_MARKS.get(point.fate, Mark.AGAINST)
    if point.alert is None:
        return Entry(told, mark=mark)
    state = stands(point.alert, composer)
    return Entry(told, note=_with_channels(point.alert, state, composer), mark=mark, link=f"/alerts/{point.alert.id}")


def _other(alert: AlertView, composer: Composer) -> Entry:
    words = composer.words
    about = words(N_(", ")).join(part for part in (words(label(alert.reason)), said_point(alert, words)) if part)
    note = _with_channels(alert, stands(alert, composer), composer)
    mark = Mark.AGAINST if alert.silence else Mark.FOR if alert.deliveries else Mark.PLAIN
    return Entry(f"{exact(alert.at)} {about}", note=note, mark=mark, link=f"/alerts/{alert.id}")


def _with_channels(alert: AlertView, state: str, composer: Composer) -> str:
    words = composer.words
    channels = (f"{_over(attempt, alert)} {words(label(attempt.state))}" for attempt in alert.deliveries)
    return words(N_("; ")).join((state, *channels))


def _over(attempt: DeliveryView, alert: AlertView) -> str:
    """Name the channel of an attempt, and the person where it was for one."""
    if not attempt.contact:
        return attempt.channel
    called = (one.name for one in alert.audience if one.contact == attempt.contact and one.name)
    return f"{attempt.channel} ({next(called, attempt.contact)})"


def _decided(line: LogView, composer: Composer) -> Entry:
    verb = composer.words(label(Verb(line.what)))
    return Entry(f"{exact(line.at)} {line.by}: {verb} {line.subject}".rstrip(), note=line.reason)
