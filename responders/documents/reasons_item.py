"""Why an item is thought of as it is, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.explain.answers import ItemAnswer
from monitor.core.explain.item import Change, Outcome, WhatIf
from monitor.core.explain.placing import PlacingExplained
from monitor.core.incidents.placing import Placing
from monitor.core.model import CASUALTY_FIELDS, Assessment, Decoy, Scope, Why
from monitor.core.reading.place import Voiced
from monitor.core.reading.weights import Side, Weight
from monitor.core.verdict import DECOY, FOLLOW_UP, INCIDENT
from responders.documents.messages import Composer
from responders.documents.reason_words import GROUNDS, JURISDICTIONS, PASSED, ROLES, RULINGS, SIGNS
from responders.documents.reasons import Entry, Mark, Section, counted, grade_entries, region_name, said
from responders.labels import label

MOST_PLACES = 8
PRIVATE = "private"
DECOYS = {decoy.value: decoy for decoy in Decoy}
# Reasons that have a section of their own.
ELSEWHERE = (Why.FIGURE, Why.PLACE, Why.FOREIGN_PLACE, Why.GRADE, Why.GRADE_IF_MISSING_DEAD, Why.GRADE_BY_WORDING)


def item_sections(answer: ItemAnswer, composer: Composer) -> tuple[Section, ...]:
    """Return everything that an item's reading rests on, the verdict first."""
    words = composer.words
    parts = (
        ("verdict", N_("What it was taken for"), _verdict(answer, composer)),
        ("otherwise", N_("What would have changed it"), _otherwise(answer, composer)),
        ("evidence", N_("What speaks for and against a present incident"), _evidence(answer, composer)),
        ("figures", N_("Figures"), _figures(answer, composer)),
        ("grade", N_("Grade"), _grade(answer, composer)),
        ("place", N_("Place"), _place(answer, composer)),
        ("time", N_("Time"), _time(answer, composer)),
        ("placing", N_("Which incident it belongs to"), _placing(answer, composer)),
        ("decisions", N_("What people decided"), _decisions(answer, composer)),
    )
    return tuple(
        Section(name, words(title), found) for name, title, entries in parts if (found := _brief(entries, answer))
    )


def _brief(entries: Iterable[Entry], answer: ItemAnswer) -> tuple[Entry, ...]:
    """Leave out quotations of the title: it stands above."""
    title = answer.record.item.title.strip() if answer.record else None
    return tuple(replace(entry, quote="") if title and entry.quote == title else entry for entry in entries)


def headline(verdict: str, tag: str, composer: Composer) -> str:
    """Say in one sentence what an item is taken for."""
    words = composer.words
    if verdict == INCIDENT:
        return words(N_("A report of an incident: {kind}."), kind=composer.names.kind(tag))
    if verdict == DECOY:
        return words(N_("Set aside: {decoy}."), decoy=decoy_name(tag, composer))
    if verdict == FOLLOW_UP:
        return words(N_("Goes on about an incident already under way: {kind}."), kind=composer.names.kind(tag))
    return words(N_("Nothing in it speaks of an incident."))


def decoy_name(name: str, composer: Composer) -> str:
    """Say a decoy class; private misfortune is none of the named ones."""
    if name == PRIVATE:
        return composer.words(N_("private misfortune"))
    return composer.words(label(DECOYS[name])) if name in DECOYS else name


def _verdict(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    words, now, record = composer.words, answer.explained, answer.record
    if record is not None:
        yield Entry(headline(record.verdict, record.tag, composer))
        if record.decided_by:
            yield Entry(words(N_("A person decided this: {name}. No machine changes it."), name=record.decided_by))
        if not (answer.same_rules and answer.agrees):
            yield from _changed_rules(answer, composer)
    if record is None or record.decided_by or not answer.agrees:
        read_as = headline(now.outcome.verdict, now.outcome.tag, composer)
        yield Entry(words(N_("By the present rules it reads: {verdict}"), verdict=read_as))
    if now.assessment.decoy is Decoy.FOREIGN:
        yield Entry(words(N_("It happened abroad, so it is only watched.")))
    yield Entry(words(RULINGS[now.ruling], points=now.outcome.points))
    for reason in now.assessment.because:
        if reason.why not in ELSEWHERE and reason.why is not Why.NO_SIGNAL:
            yield Entry(_joined(composer, words(label(reason.why)), reason.detail), quote=reason.sentence)
    if now.setting:
        kind = composer.names.kind(now.assessment.kind)
        yield Entry(words(N_("What it befell, {setting}, makes it: {kind}"), setting=now.setting, kind=kind))
    yield Entry(words(N_("Words and tables of version {version}."), version=now.assessment.rules_version))


def _changed_rules(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    """Say that it was read by other rules, and how it read then."""
    words, stored = composer.words, answer.stored
    if stored is None:
        return
    if not answer.same_rules:
        yield Entry(words(N_("It was read by other rules (version {version})."), version=stored.rules_version))
    then = [_thought(stored, composer), *(f"{words(label(r.why))}: {r.detail}" for r in stored.because if r.detail)]
    yield Entry(words(N_("It was read then as: {reading}"), reading=words(N_("; ")).join(then)))


def _thought(thought: Assessment, composer: Composer) -> str:
    """Say a reading in short: kind, figures, grade."""
    words = composer.words
    told = [composer.names.kind(thought.kind)] if thought.is_incident else []
    told += [words(label(thought.decoy))] if thought.decoy else []
    told += [
        counted(composer, name, value)
        for name in CASUALTY_FIELDS
        if (value := thought.casualties.value(name)) is not None
    ]
    told += [said(composer, thought.severity)] if thought.severity else []
    told += [words(N_("presumed {grade}"), grade=said(composer, thought.likely))] if thought.likely else []
    return words(N_(", ")).join(told) or words(N_("nothing of note"))


def _otherwise(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    for what_if in answer.explained.what_ifs:
        yield Entry(_what_if(what_if, composer), mark=Mark.OTHERWISE)


def _what_if(what_if: WhatIf, composer: Composer) -> str:
    words = composer.words
    listed = words(N_(", ")).join(what_if.words)
    supposed = {
        Change.WITHOUT_CLASS: N_("Without the words of the class {subject} ({listed}): {outcome}"),
        Change.WITHOUT_ALL_CLASSES: N_("Without any of the words that speak against it ({listed}): {outcome}"),
        Change.WITHOUT_WORD: N_("Without the word(s) {listed}: {outcome}"),
        Change.WITHOUT_PLACE: N_("Without a known place: {outcome}"),
        Change.WITHOUT_NAME: N_("Without the place name {listed}: {outcome}"),
        Change.BY_PERSON: N_("If a person counts it as a report: {outcome}"),
    }[what_if.change]
    outcome = _outcome(what_if.outcome, composer, points=what_if.change is not Change.BY_PERSON)
    if not what_if.turns:
        outcome = words(N_("the same. {outcome}"), outcome=outcome)
    facts = {"subject": decoy_name(what_if.subject, composer), "listed": listed, "outcome": outcome}
    return words(supposed, **facts)


def _outcome(outcome: Outcome, composer: Composer, *, points: bool) -> str:
    words = composer.words
    told = [headline(outcome.verdict, outcome.tag, composer)]
    if outcome.verdict == INCIDENT:
        place = composer.names.place(outcome.place) or words(label(outcome.scope))
        grade = said(composer, outcome.severity) if outcome.severity else words(N_("no grade"))
        likely = words(N_("presumed {grade}"), grade=said(composer, outcome.likely)) if outcome.likely else ""
        told.append(words(N_(", ")).join(part for part in (place, grade, likely) if part))
    return " ".join(told) + (" " + words(N_("({points} points)"), points=outcome.points) if points else "")


def _evidence(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    told = [weight for weight in answer.explained.weights if weight.points or weight.words]
    for weight in sorted(told, key=lambda weight: (weight.side is not Side.BASE, -abs(weight.points))):
        mark = Mark.FOR if weight.points > 0 else Mark.AGAINST if weight.points < 0 else Mark.PLAIN
        listed = composer.words(N_(", ")).join(weight.words)
        yield Entry(_joined(composer, f"{weight.points:+d} {_weight(weight, composer)}", listed), mark=mark)


def _weight(weight: Weight, composer: Composer) -> str:
    words = composer.words
    if weight.side is Side.BASE:
        return words(N_("where every text begins"))
    if weight.side is Side.SIGN:
        return words(SIGNS.get(weight.name, weight.name))
    if weight.side is Side.DECOY:
        return words(N_("words of the class {decoy}"), decoy=decoy_name(weight.name, composer))
    if weight.side is Side.DOUBT:
        return words(N_("words that raise doubt"))
    return words(N_("words of the list {name}"), name=weight.name)


def _figures(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    words, casualties = composer.words, answer.explained.assessment.casualties
    for name in CASUALTY_FIELDS:
        figure = getattr(casualties, name)
        if figure is not None:
            at = words(N_("at character {offset}"), offset=figure.offset)
            yield Entry(counted(composer, name, figure.value), quote=figure.sentence, note=at, mark=Mark.FOR)
    for passed in answer.explained.uncounted:
        told = counted(composer, passed.name, passed.value)
        text = words(N_("Not counted: {figure} ({why})"), figure=told, why=words(PASSED[passed.why]))
        yield Entry(text, quote=passed.sentence, note=words(N_("at character {offset}"), offset=passed.offset))


def _grade(answer: ItemAnswer, composer: Composer) -> tuple[Entry, ...]:
    grade, thought = answer.explained.grade, answer.explained.assessment
    if grade is None:
        return ()
    told = thought.is_incident or thought.decoy is not None or any(m.value is not None for m in grade.measures)
    return grade_entries(composer, grade) if told else ()


def _place(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    words, now = composer.words, answer.explained
    thought = now.assessment
    if thought.scope is Scope.UNKNOWN:
        yield Entry(words(N_("No place is known.")))
    else:
        name = composer.names.place(thought.place) or thought.place.name
        code = thought.place.code or ""
        place = words(label(thought.scope)) if not name else f"{name} {code}".rstrip()
        yield Entry(words(N_("Read as: {place}"), place=place))
    for voiced in now.places[:MOST_PLACES]:
        yield Entry(_voiced(voiced, composer), quote=voiced.sentence)
    yield Entry(words(JURISDICTIONS[now.jurisdiction], region=region_name(composer, now.region)))


def _voiced(voiced: Voiced, composer: Composer) -> str:
    words = composer.words
    meant = words(N_(" or ")).join(composer.names.places.get(code, code) or code for code in voiced.means[:4])
    facts = {"name": voiced.name, "meant": meant, "weight": f"{voiced.weight:g}", "role": words(ROLES[voiced.role])}
    if voiced.sure:
        return words(N_("{name}: {meant}, weight {weight}, {role}"), **facts)
    return words(N_("{name}: perhaps {meant}, weight {weight}, {role}"), **facts)


def _time(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    words, record = composer.words, answer.record
    if record is None:
        return
    note = words(label(record.time_note)) if record.time_note else ""
    if record.item.published_at is not None:
        at = shown(record.item.published_at)
        yield Entry(words(N_("Published {at}; this time is trusted."), at=at), note=note)
    else:
        yield Entry(words(N_("Its time of publication is not trusted, so it starts no clock.")), note=note)
        recent = N_("It may be news: nothing shows that it is old.")
        old = N_("It is old by its day or by where it stood.")
        yield Entry(words(recent if record.maybe_recent else old))
    if record.published_raw:
        yield Entry(words(N_("What the source wrote: {raw}"), raw=record.published_raw))
    if record.author:
        yield Entry(words(N_("Published by {author}."), author=record.author))
    yield Entry(words(N_("First seen {at}."), at=shown(record.first_seen_at)))
    occurred = answer.explained.assessment.occurred_at
    if occurred is not None:
        yield Entry(words(N_("It says that it happened at {at}."), at=shown(occurred)))


def _placing(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    words, record, placing = composer.words, answer.record, answer.placing
    if record is not None and placing is None and record.verdict in (INCIDENT, FOLLOW_UP):
        yield Entry(words(label(Placing.UNPLACED)))
    if placing is not None and record is not None:
        place = Entry(words(label(placing.placing)), link=f"/incidents/{record.matter_id}")
        yield Entry(f"{place.text} #{record.matter_id}", note=placing.by, link=place.link)
        yield from _grounds(placing, composer)
    for compared in answer.compared:
        joins = compared.placing is Placing.JOINED
        text = N_("It would join incident {id}.") if joins else N_("It would not join incident {id}.")
        yield Entry(words(text, id=compared.incident), link=f"/incidents/{compared.incident}")
        yield from _grounds(compared, composer)


def _grounds(placing: PlacingExplained, composer: Composer) -> Iterator[Entry]:
    words = composer.words
    if not placing.grounds:
        return
    if placing.placing is Placing.OPENED and placing.incident is not None:
        yield Entry(words(N_("The nearest known incident was {id}."), id=f"#{placing.incident}"))
    told = [f"{words(GROUNDS.get(g.name, g.name))} {g.weight:+.1f}" for g in placing.grounds]
    over = placing.score >= placing.bar
    summed = N_("{grounds}. In sum {score}; {bar} is needed, and reached.")
    lacking = N_("{grounds}. In sum {score}; {bar} is needed, {lack} are lacking.")
    facts = {"score": f"{placing.score:+.1f}", "bar": f"{placing.bar:+.1f}", "grounds": words(N_(", ")).join(told)}
    if over:
        yield Entry(words(summed, **facts))
    else:
        yield Entry(words(lacking, lack=f"{placing.bar - placing.score:.1f}", **facts))
    turning = [words(GROUNDS.get(g.name, g.name)) for g in placing.grounds if g.decisive]
    if turning:
        otherwise = N_("Without one of these it would be otherwise: {grounds}.")
        yield Entry(words(otherwise, grounds=words(N_(", ")).join(turning)), mark=Mark.OTHERWISE)


def _decisions(answer: ItemAnswer, composer: Composer) -> Iterator[Entry]:
    for decision in answer.decisions:
        told = f"{shown(decision.at)} {decision.by}: {composer.words(label(decision.verb))} #{decision.matter_id}"
        given = decision.detail.get("as")
        note = decoy_name(given, composer) if isinstance(given, str) else ""
        yield Entry(_joined(composer, told, note), note=decision.reason)


def _joined(composer: Composer, text: str, detail: str) -> str:
    return composer.words(N_("{name}: {value}"), name=text, value=detail) if detail else text
