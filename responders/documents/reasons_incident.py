"""Why an incident has its grade, its duties and its alerts, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core.beijing import shown, shown_end
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.duties.obligations import Applicability, Applies, Check, Condition, MatterFacts
from monitor.core.errors import N_
from monitor.core.explain.answers import IncidentAnswer
from monitor.core.explain.duties import DutyExplained, StartExplained, Supposed
from monitor.core.model import Anchor, DeadlineState, ResponseKind, RumourState, Severity, Verb, Wave, Why
from monitor.core.views import AlertView, LogView, StepView
from responders.documents.assignments import said_assignment, said_why
from responders.documents.due import said_due
from responders.documents.messages import Composer
from responders.documents.points import said_point
from responders.documents.reason_words import CONDITIONS, JURISDICTIONS, REMEDIES, STANDINGS
from responders.documents.reasons import Entry, Mark, Section, grade_entries, region_name, said
from responders.labels import label

HOW = {
    Applicability.FIRM: N_("firmly"),
    Applicability.PROVISIONAL: N_("provisionally"),
    Applicability.NO: N_("not"),
}
MARKS = {
    Applicability.FIRM: Mark.FOR,
    Applicability.PROVISIONAL: Mark.PLAIN,
    Applicability.NO: Mark.AGAINST,
}


def incident_sections(answer: IncidentAnswer, composer: Composer) -> tuple[Section, ...]:
    """Return everything that an incident's grade, duties and alerts rest on."""
    words = composer.words
    parts = (
        ("steps", words(N_("Grade over time")), _steps(answer, composer)),
        ("grade", words(N_("Grade")), _grade(answer, composer)),
        ("place", words(N_("Place")), _place(answer, composer)),
        ("office", words(N_("Responsible office")), _offices(answer, composer)),
        *(
            (f"duty-{duty.obligation_id}", composer.names.obligation(duty.obligation_id), _duty(answer, duty, composer))
            for duty in answer.duties
        ),
        ("alerts", words(N_("Alerts, and why each was sent or not")), _alerts(answer, composer)),
        ("decisions", words(N_("What people decided")), _decisions(answer, composer)),
    )
    return tuple(Section(name, title, found) for name, title, entries in parts if (found := tuple(entries)))


def _steps(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    before: StepView | None = None
    for step in answer.steps:
        told = [f"{shown(step.at)}  {_graded(step, composer)}", composer.figures(step.figures)]
        changed = _changed(before, step, composer) if before is not None else ""
        text = composer.words(N_(", ")).join(part for part in (*told, changed) if part)
        yield Entry(text, quote=step.sentence, link=f"/items/{step.item_id}")
        before = step
    if answer.other_rules:
        yield Entry(composer.words(N_("Of its reports, {n} were read by other rules than now."), n=answer.other_rules))


def _grade(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    """Say what the figures give, and what a report's wording presumes beyond them."""
    if answer.grade is not None:
        yield from grade_entries(composer, answer.grade)
    likely = answer.incident.likely
    if likely is not None and (answer.grade is None or answer.grade.likely is None):
        presumed = composer.words(N_("presumed {grade}"), grade=said(composer, likely))
        worded = composer.words(label(Why.GRADE_BY_WORDING))
        yield Entry(composer.words(N_("{name}: {value}"), name=presumed, value=worded))


def _graded(step: StepView, composer: Composer) -> str:
    words = composer.words
    firm = said(composer, step.severity) if step.severity else words(N_("no grade"))
    likely = words(N_("presumed {grade}"), grade=said(composer, step.likely)) if step.likely else ""
    return " ".join(part for part in (firm, likely) if part)


def _changed(before: StepView, step: StepView, composer: Composer) -> str:
    """Say whether the grade moved by a step."""
    was, now = _highest(before), _highest(step)
    if was == now:
        return ""
    rose = (now or 0) > (was or 0)
    return composer.words(N_("the grade rose") if rose else N_("the grade fell"))


def _highest(step: StepView) -> Severity | None:
    return max((s for s in (step.severity, step.likely) if s is not None), default=None)


def _place(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    yield Entry(composer.place(answer.incident))
    region = region_name(composer, answer.region)
    yield Entry(composer.words(JURISDICTIONS[answer.facts.jurisdiction], region=region))


def _offices(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    """Say which offices the rules name and why, and to which it is assigned."""
    words, held = composer.words, answer.incident.assignment
    for one in answer.route.every if answer.route else ():
        yield Entry(words(N_("{name}: {value}"), name=one.name, value=said_why(one, composer.names, words)))
    if held is not None:
        for line in said_assignment(held, held.made_at, words):
            yield Entry(line, mark=Mark.FOR)


def _duty(answer: IncidentAnswer, duty: DutyExplained, composer: Composer) -> Iterator[Entry]:
    words, facts = composer.words, answer.facts
    yield Entry(words(STANDINGS[duty.standing]), note=f"{duty.obligation_id} {duty.pack}")
    if duty.deadline is not None:
        yield Entry(_clock(duty, composer))
        started_under = answer.packs.get(duty.obligation_id, duty.pack)
        if started_under != duty.pack:
            yield Entry(words(N_("Its clock was started under the rules {pack}."), pack=started_under))
        if duty.left:
            yield Entry(words(N_("The rule has left the rule packs. The deadline runs to its end as it opened.")))
        if duty.in_use:
            yield Entry(
                words(N_("The rules in use ({pack}) say otherwise; its clock keeps its own."), pack=duty.in_use)
            )
        yield from _changes(answer, duty, composer)
    if duty.applies is not None:
        for check in duty.checks:
            text = _condition(check, duty.applies, facts, composer)
            yield Entry(text, mark=MARKS[check.holds], note=words(HOW[check.holds]) if _presumed(check) else "")
    if duty.start is not None:
        yield from _start(duty.start, composer)
    for supposed in duty.supposed:
        yield Entry(_supposed(supposed, composer), mark=Mark.OTHERWISE)
    if duty.source is not None:
        law = duty.source
        yield Entry(words(N_("Legal source")), quote=law.quote, note=f"{law.document} {law.article}")


def _presumed(check: Check) -> bool:
    return check.holds is Applicability.PROVISIONAL


def _clock(duty: DutyExplained, composer: Composer) -> str:
    words, deadline = composer.words, duty.deadline
    assert deadline is not None
    state = words(label(deadline.state))
    if deadline.provisional and deadline.live:
        state = words(N_("{state}, provisional"), state=state)
    return words(N_("{state}; due {due}"), state=state, due=said_due(deadline, words))


def _changes(answer: IncidentAnswer, duty: DutyExplained, composer: Composer) -> Iterator[Entry]:
    """Say what became of the clock, and why, one change a line."""
    words = composer.words
    for line in answer.log:
        name, _, ordinal = line.subject.partition("/")
        if line.by or name != duty.obligation_id:
            continue
        facts = {"at": shown(line.at), "state": words(label(DeadlineState(line.what)))}
        text = words(N_("{at}: {state}, because {cause}"), cause=words(label(Cause(line.reason))), **facts)
        yield Entry(text if ordinal in ("", "1") else f"({ordinal}) {text}")


def _condition(check: Check, applies: Applies, facts: MatterFacts, composer: Composer) -> str:
    words = composer.words
    needed: list[str] = []
    grade = facts.firm if check.condition is Condition.BELOW else facts.presumed
    found = said(composer, grade) if grade else words(N_("no grade"))
    if check.condition is Condition.AFTER:
        needed = [words(label(kind)) for kind in ResponseKind if kind in applies.after]
    elif check.condition is Condition.BELOW and applies.below is not None:
        needed = [said(composer, applies.below)]
    elif check.condition is Condition.AT_LEAST and applies.at_least is not None:
        needed = [said(composer, applies.at_least)]
    elif check.condition is Condition.CONCERN:
        needed = [said(composer, applies.concern_severity)] if applies.concern_severity else []
        if applies.concern_sources is not None:
            needed.append(words(N_("{n} sources"), n=applies.concern_sources))
        told = [found, words(N_("{n} sources"), n=facts.sources)]
        if applies.concern_wave is not None:
            needed.append(words(label(applies.concern_wave)))
            told += [words(label(facts.wave))] if facts.wave else []
        found = words(N_(", ")).join(told)
    elif check.condition is Condition.RUMOUR and applies.rumour is not None:
        needed = [words(label(state)) for state in RumourState if state in applies.rumour.states]
        rumour = facts.rumour(applies.rumour.growth)
        found = words(label(rumour.state)) if rumour else words(N_("no rumour"))
    template = CONDITIONS[check.condition]
    return words(template, **_named(template, needed=words(N_(" or ")).join(needed), found=found))


def _named(template: str, **facts: str) -> dict[str, str]:
    return {name: value for name, value in facts.items() if f"{{{name}}}" in template}


def _start(start: StartExplained, composer: Composer) -> Iterator[Entry]:
    words = composer.words
    counted = {"anchor": _anchor(start.anchor, composer), "at": shown(start.started_at), "due": shown_end(start.due_at)}
    yield Entry(words(N_("Counted from {anchor} {at}; due {due}"), **counted))
    if start.passed_over is not None and start.would_have_ended is not None:
        replaced = N_("From {anchor} it would have ended {due}, before the grade was reached: so it counts from then.")
        anchor = _anchor(start.passed_over, composer)
        yield Entry(words(replaced, anchor=anchor, due=shown_end(start.would_have_ended)))
    known = [f"{_anchor(anchor, composer)} {shown(at)}" for anchor, at in start.known.items()]
    rule = words(N_(", ")).join(_anchor(anchor, composer) for anchor in start.named)
    told = N_("The rule counts from the earliest known of: {named}. Known: {known}.")
    yield Entry(words(told, named=rule, known=words(N_(", ")).join(known)))


def _anchor(anchor: Anchor, composer: Composer) -> str:
    return composer.words(label(anchor))


def _supposed(supposed: Supposed, composer: Composer) -> str:
    words, value = composer.words, supposed.value
    told = str(value)
    if isinstance(value, Severity):
        told = said(composer, value)
    elif isinstance(value, Wave):
        told = words(label(value))
    elif isinstance(value, str):
        told = words(label(ResponseKind(value)))
    template = REMEDIES[supposed.remedy]
    text = words(template, **_named(template, value=told, how=words(HOW[supposed.holds])))
    runs = words(N_("Its clock would run."))
    return f"{text} {runs}" if supposed.would_start else text


def _alerts(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    for alert in reversed(answer.alerts):
        yield Entry(_alert(alert, composer), note=_deliveries(alert, composer), mark=_mark(alert))


def _mark(alert: AlertView) -> Mark:
    return Mark.AGAINST if alert.silence else Mark.FOR if alert.deliveries else Mark.PLAIN


def _alert(alert: AlertView, composer: Composer) -> str:
    words = composer.words
    duty = composer.names.obligation(alert.obligation_id) if alert.obligation_id else ""
    point = said_point(alert, words)
    about = words(N_(", ")).join(part for part in (words(label(alert.reason)), point, duty) if part)
    state = words(label(alert.state))
    silence = words(label(Silence(alert.silence))) if alert.silence else ""
    stands = words(N_("{name}: {value}"), name=state, value=silence) if silence else state
    return words(N_("{at} {about}. {stands}"), at=shown(alert.at), about=about, stands=stands)


def _deliveries(alert: AlertView, composer: Composer) -> str:
    words = composer.words
    return words(N_(", ")).join(f"{d.channel} {words(label(d.state))}" for d in alert.deliveries)


def _decisions(answer: IncidentAnswer, composer: Composer) -> Iterator[Entry]:
    for line in answer.log:
        if line.by:
            yield Entry(_decision(line, composer), note=line.reason)


def _decision(line: LogView, composer: Composer) -> str:
    return f"{shown(line.at)} {line.by}: {composer.words(label(Verb(line.what)))} {line.subject}".rstrip()
