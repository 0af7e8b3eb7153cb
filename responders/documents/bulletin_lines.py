"""Single facts of an issue as finished lines: when and where, a voice, a response, a deadline, a piece of advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.beijing import shown
from monitor.core.bulletins.advice import Advice, Ground
from monitor.core.bulletins.facts import Facts, Heard, Lack, Said, Term, Turn
from monitor.core.checks.scorecard import Note, Remark
from monitor.core.errors import N_
from monitor.core.incidents.tolls import Tolls
from monitor.core.model import DeadlineState, Place, Severity
from responders.documents.messages import Composer
from responders.documents.scorecard import Proofs
from responders.labels import label

LONGEST_TITLE, LONGEST_ADDRESS = 120, 300
UNKNOWN = N_("not known")
ADVICE: Mapping[Ground, str] = {
    Ground.UNPROVED: N_(
        "The grade is presumed, not proved. Verify the toll at the site, then confirm or dismiss the incident."
    ),
    Ground.RUMOUR: N_("Nobody vouches for it yet. Look into the claim, then confirm or deny it publicly."),
}
RISKS: Mapping[Ground, str] = {
    Ground.UNPROVED: N_("The grade is presumed, not proved; it may turn out {grade}."),
    Ground.RUMOUR: N_("Nobody vouches for it yet; the claim may spread further."),
    Ground.SILENT: N_("Nothing has been published yet while a deadline runs; others speak first."),
    Ground.WITHDRAWN: N_("What was published was withdrawn; nothing stands while a deadline runs."),
}


def cut(text: str, limit: int = LONGEST_TITLE) -> str:
    """Return a fetched text on one line, its end replaced by a mark where it is too long."""
    told = " ".join(text.split())
    return told if len(told) <= limit else told[: limit - 1].rstrip() + "…"


def place_of(facts: Facts, composer: Composer) -> str:
    """Name the place, or say that it is not known."""
    named = composer.names.division(facts.place) if facts.place else facts.place_name
    return cut(named) or composer.words(UNKNOWN)


def named_place(code: str, composer: Composer) -> str:
    """Name a place by its code, or as the texts call it."""
    return composer.names.place(Place(name=code)) if not code.isdigit() else composer.names.division(code)


def grade_of(facts: Facts, composer: Composer) -> str:
    """Say the grade; one that is not proved is called presumed."""
    return said_grade(facts.grade, composer, firm=facts.grade == facts.severity or facts.confirmed)


def said_grade(grade: Severity | None, composer: Composer, *, firm: bool) -> str:
    """Say a grade, presumed where it is not firm."""
    if grade is None:
        return composer.words(UNKNOWN)
    return composer.severity(grade) if firm else composer.words(N_("presumed {grade}"), grade=composer.severity(grade))


def toll_of(figures: Mapping[str, int], composer: Composer) -> str:
    """Say the figures, or that none is known."""
    if not figures:
        return composer.words(UNKNOWN)
    told = composer.figures(figures) if any(name in figures for name in figures if name != "loss_yuan") else ""
    loss = f"{figures['loss_yuan']:,} {composer.figure('loss_yuan')}" if "loss_yuan" in figures else ""
    return composer.words(N_(", ")).join(part for part in (told, loss) if part)


def sourced_toll(facts: Facts, composer: Composer) -> str:
    """Say the figures, those of one turn together with who last changed them and when."""
    groups: list[tuple[Turn | None, dict[str, int]]] = []
    for name, value in facts.figures.items():
        turn = facts.told_by(name)
        group = next((figures for told_by, figures in groups if told_by is turn), None)
        if group is None:
            groups.append((turn, {name: value}))
        else:
            group[name] = value
    told = [_sourced(figures, turn, composer) for turn, figures in groups]
    return composer.words(N_("; ")).join(told) or composer.words(UNKNOWN)


def _sourced(figures: Mapping[str, int], turn: Turn | None, composer: Composer) -> str:
    toll = toll_of(figures, composer)
    if turn is None:
        return toll
    words, at = composer.words, shown(turn.at)
    if turn.by_person:
        return words(N_("{toll} (stated by a person, {at})"), toll=toll, at=at)
    if not turn.source:
        return words(N_("{toll} (last changed {at})"), toll=toll, at=at)
    source = composer.names.source(turn.source)
    return words(N_("{toll} (last changed by {source}, {at})"), toll=toll, source=source, at=at)


def heard_line(one: Heard, composer: Composer) -> str:
    """Say what a voice published, when."""
    text = N_("{at} {source} (denies): {title}") if one.denies else N_("{at} {source}: {title}")
    return composer.words(text, at=shown(one.at), source=composer.names.source(one.source), title=cut(one.title))


def address_line(url: str, composer: Composer) -> str:
    """Return an address as text, or nothing."""
    return composer.words(N_("Address: {url}"), url=cut(url, LONGEST_ADDRESS)) if url else ""


def turn_line(one: Turn, composer: Composer) -> str:
    """Say a step of the toll with its source and sentence."""
    return composer.words(
        N_("{at} {grade}; {figures}. {source}: “{sentence}”"),
        at=shown(one.at),
        grade=said_grade(one.grade, composer, firm=one.grade == one.severity),
        figures=toll_of(one.figures, composer),
        source=composer.words(N_("a person"))
        if one.by_person
        else composer.names.source(one.source) or composer.words(UNKNOWN),
        sentence=cut(one.sentence) or composer.words(UNKNOWN),
    )


def said_line(one: Said, composer: Composer) -> str:
    """Say a response, and whether it was withdrawn."""
    words = composer.words
    told = words(
        N_("{at} {kind}: {title} (logged by {by})"), at=shown(one.at), kind=one.kind, title=cut(one.title), by=one.by
    )
    if one.withdrawn_at is not None:
        told += words(N_("; withdrawn {at}"), at=shown(one.withdrawn_at))
    return told if not one.url else f"{told} {cut(one.url, LONGEST_ADDRESS)}"


def term_name(one: Term, composer: Composer) -> str:
    """Name a deadline by its obligation, its level and its turn."""
    return obligation_name(one.obligation, one.ordinal, composer) + (
        f" ({composer.words(label(one.level))})" if one.level is not None else ""
    )


def obligation_name(name: str, ordinal: int, composer: Composer) -> str:
    """Name an obligation, and which turn of it."""
    named = composer.names.obligation(name)
    return named if ordinal == 1 else f"{named} ({ordinal})"


def term_line(one: Term, facts: Facts, composer: Composer) -> str:
    """Say how a deadline stood."""
    words, name = composer.words, term_name(one, composer)
    if not one.live:
        state = N_("{name}: {state} (due {due})")
        return words(state, name=name, state=words(label(one.state)), due=shown(one.due_at))
    if one.rests:
        return words(N_("{name}: {state} (due {due})"), name=name, state=words(N_("paused")), due=shown(one.due_at))
    left = composer.span(one.due_at - facts.at)
    text = N_("{name}: due {due}, {left}; provisional") if one.provisional else N_("{name}: due {due}, {left}")
    return words(text, name=name, due=shown(one.due_at), left=left)


def advice_line(one: Advice, facts: Facts, composer: Composer, proofs: Proofs | None) -> str:
    """Say one piece of advice."""
    words = composer.words
    if one.term is not None:
        overdue = one.ground is Ground.OVERDUE
        text = (
            N_("Overdue since {due}: {name}. Do it at once and log it ({kinds}).")
            if overdue
            else N_("By {due} ({left}): {name}. Met by: {kinds}.")
        )
        return words(
            text,
            due=shown(one.term.due_at),
            left=composer.span(one.term.due_at - facts.at),
            name=term_name(one.term, composer),
            kinds=words(N_(", ")).join(words(label(kind)) for kind in one.term.met_by) or words(UNKNOWN),
        )
    if one.asked is not None:
        return words(
            N_("Answer in the next release what {times} titles ask about: {topic} (“{sentence}”)."),
            times=one.asked.times,
            topic=topic_name(one.asked.topic, proofs),
            sentence=cut(one.asked.sentence, 60),
        )
    if one.lack is not None:
        return words(N_("The last release: {lack}"), lack=lack_line(one.lack, proofs))
    if one.figure:
        return words(N_("{what} Check it, and say which holds as of when."), what=dispute(one, composer))
    return words(ADVICE[one.ground])


def risk_line(one: Advice, facts: Facts, composer: Composer, proofs: Proofs | None) -> str:
    """Say one risk."""
    words = composer.words
    if one.term is not None:
        name = term_name(one.term, composer)
        return words(N_("A duty is overdue since {due}: {name}."), due=shown(one.term.due_at), name=name)
    if one.asked is not None:
        topic = topic_name(one.asked.topic, proofs)
        return words(N_("{times} titles ask about {topic}; no release answers."), times=one.asked.times, topic=topic)
    if one.ground is Ground.AT_RISK:
        toll = toll_of({one.figure: one.now}, composer)
        return words(N_("{toll}: the number of dead may rise by as many."), toll=toll)
    if one.ground is Ground.GROWING:
        return words(
            N_("The talk grows: {now} new titles in the last six hours, {was} in the six before."),
            now=one.now,
            was=one.was,
        )
    if one.figure:
        return dispute(one, composer)
    return words(RISKS[one.ground], grade=grade_of(facts, composer))


def dispute(one: Advice, composer: Composer) -> str:
    """Say which current figures cannot all be right."""
    return composer.contradiction(
        Tolls(one.figure, (), contradicted=True, official_lower=one.ground is Ground.OFFICIAL_LOWER)
    )


def topic_name(topic: str, proofs: Proofs | None) -> str:
    """Name a topic that people ask about."""
    return topic if proofs is None else proofs.topic(topic)


def lack_line(lack: Lack, proofs: Proofs | None) -> str:
    """Say what a release lacks."""
    return lack.note if proofs is None else proofs.remark(Remark(Note(lack.note), lack.facts))


def response_lines(facts: Facts, composer: Composer) -> Iterator[str]:
    """Yield what was published, or that nothing was; then how each deadline stands, those that run first."""
    words = composer.words
    if not facts.said:
        yield words(N_("Not responded yet: nothing was logged as published by {at}."), at=shown(facts.at))
    elif not facts.standing_responses:
        yield words(N_("What was published was withdrawn; nothing stands at {at}."), at=shown(facts.at))
    yield from (said_line(one, composer) for one in facts.said)
    if not facts.terms:
        yield words(N_("No deadline has been opened."))
    yield from (term_line(one, facts, composer) for one in facts.running)
    superseded = (DeadlineState.SUPERSEDED, DeadlineState.WITHDRAWN, DeadlineState.NOT_APPLICABLE)
    ended = (one for one in facts.terms if not one.live and one.state not in superseded)
    yield from (term_line(one, facts, composer) for one in sorted(ended, key=lambda one: (one.due_at, one.key)))
