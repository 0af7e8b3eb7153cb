"""Word an issue on one incident from its facts: a flash report (快报) or a special report (专报).

Every sentence states a stored fact with its source or time, or says that something is not known. People edit the
texts afterwards; nothing here is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.core.beijing import short, shown
from monitor.core.bulletins.advice import advice, risks
from monitor.core.bulletins.bulletin import Bulletin, BulletinKind, Content, Section, SectionKey
from monitor.core.bulletins.changes import changes
from monitor.core.bulletins.facts import Facts, Side
from monitor.core.bulletins.passing import LONGEST_TEXT
from monitor.core.errors import N_
from monitor.core.model import MatterState
from responders.documents import heat
from responders.documents.bulletin_changes import change_lines
from responders.documents.bulletin_lines import (
    UNKNOWN,
    address_line,
    advice_line,
    cut,
    grade_of,
    heard_line,
    place_of,
    response_lines,
    risk_line,
    sourced_toll,
    term_name,
    toll_of,
    turn_line,
)
from responders.documents.bulletin_names import issue_name
from responders.documents.messages import DRILL, Composer
from responders.documents.scorecard import Proofs
from responders.labels import label

LONGEST_SUMMARY = 200
MOST_LINES = 12
MOST_OF_A_COUNT = 60
HEADINGS = {
    SectionKey.CHANGES: N_("What changed"),
    SectionKey.SITUATION: N_("The situation"),
    SectionKey.HEAT: N_("Heat of the talk"),
    SectionKey.SPREAD: N_("How it spread"),
    SectionKey.VOICES: N_("What each side says"),
    SectionKey.RISKS: N_("Risks"),
    SectionKey.RESPONSES: N_("Responses and time limits"),
    SectionKey.ADVICE: N_("Advice"),
}
SIDES = {Side.OFFICIAL: N_("Officials"), Side.MEDIA: N_("Media"), Side.PUBLIC: N_("The public")}
TITLES = {
    BulletinKind.FLASH: N_("Flash report on “{title}”"),
    BulletinKind.SPECIAL: N_("Special report on “{title}”"),
}


@dataclass(frozen=True, slots=True)
class BulletinWriter:
    """Words issues in one language; `proofs` word what releases lack, where the lists for that are loaded."""

    composer: Composer
    proofs: Proofs | None = None

    def __call__(self, kind: BulletinKind, facts: Facts, before: Bulletin | None) -> Content:
        """Return title and sections of an issue that continues `before`, where there was one."""
        words = self.composer.words
        title = words(TITLES[kind], title=cut(facts.title, 60))
        if facts.drill:
            title = words(DRILL, title=title)
        parts = self._flash(facts) if kind is BulletinKind.FLASH else self._special(facts)
        changed = [] if before is None else [(SectionKey.CHANGES, tuple(self._changes(facts, before)))]
        first = [(SectionKey.SUMMARY, (self.summary(facts),))] if kind is BulletinKind.SPECIAL else []
        return Content(title, tuple(self._section(key, lines) for key, lines in (*first, *changed, *parts)))

    def summary(self, facts: Facts) -> str:
        """Return the judgement in one paragraph of at most 200 characters: what does not fit is left to the parts."""
        told = ""
        for clause in self._clauses(facts):
            if len(told) + len(clause) <= LONGEST_SUMMARY:
                told += clause
        return told.strip()

    def _clauses(self, facts: Facts) -> Iterator[str]:
        words = self.composer.words
        yield words(N_("{place}: {title}. "), place=place_of(facts, self.composer), title=cut(facts.title, 60))
        yield words(N_("Toll: {toll}. "), toll=toll_of(facts.figures, self.composer))
        yield words(N_("Grade: {grade}. "), grade=grade_of(facts, self.composer))
        if facts.running:
            first = facts.running[0]
            yield words(N_("Next due: {name}, {due}. "), name=term_name(first, self.composer), due=shown(first.due_at))
        if count := len(facts.standing_responses):
            yield words(N_("{count} response(s) published. "), count=count)
        else:
            yield words(N_("What was published was withdrawn. ") if facts.said else N_("No response yet. "))
        yield words(
            N_("{titles} titles from {sources} sources. "), titles=facts.heat.titles, sources=facts.heat.sources
        )
        yield words(N_("As of {at}."), at=shown(facts.at))

    def _flash(self, facts: Facts) -> Iterator[tuple[SectionKey, Iterable[str]]]:
        yield SectionKey.SITUATION, self._situation(facts)
        yield SectionKey.HEAT, self._heat(facts)
        yield SectionKey.RESPONSES, response_lines(facts, self.composer)
        yield SectionKey.ADVICE, self._advice(facts)

    def _special(self, facts: Facts) -> Iterator[tuple[SectionKey, Iterable[str]]]:
        yield SectionKey.SITUATION, self._situation(facts)
        yield SectionKey.SPREAD, self._spread(facts)
        yield SectionKey.VOICES, self._voices(facts)
        yield SectionKey.RISKS, self._risks(facts)
        yield SectionKey.RESPONSES, response_lines(facts, self.composer)
        yield SectionKey.ADVICE, self._advice(facts)

    def _section(self, key: SectionKey, lines: Iterable[str]) -> Section:
        heading = self.composer.words(HEADINGS[key]) if key in HEADINGS else ""
        return Section(key, heading, "\n".join(self._fitting([line for line in lines if line])))

    def _fitting(self, lines: Sequence[str]) -> Iterator[str]:
        """Yield the lines that a section can hold; those that it cannot are counted."""
        room = LONGEST_TEXT - MOST_OF_A_COUNT
        for n, line in enumerate(lines):
            room -= len(line) + 1
            if room < 0:
                yield self.composer.words(N_("… and {n} more."), n=len(lines) - n)
                return
            yield line

    def _changes(self, facts: Facts, before: Bulletin) -> Iterator[str]:
        if before.facts is None:
            return
        words = self.composer.words
        named, at = issue_name(before, words), shown(before.facts.at)
        yield words(N_("Compared with {issue}, as of {at}:"), issue=named, at=at)
        yield from change_lines(changes(before.facts, facts), self.composer)

    def _situation(self, facts: Facts) -> Iterator[str]:
        words, composer = self.composer.words, self.composer
        unknown = words(UNKNOWN)
        yield words(N_("Time: {at}"), at=unknown if facts.occurred_at is None else shown(facts.occurred_at))
        yield words(N_("Place: {place}"), place=place_of(facts, composer))
        yield words(N_("What happened: {title} ({kind})"), title=cut(facts.title), kind=composer.names.kind(facts.kind))
        yield words(N_("Toll: {toll}"), toll=sourced_toll(facts, composer))
        yield words(N_("Grade: {grade}"), grade=grade_of(facts, composer))
        if facts.state is not MatterState.OPEN:
            yield words(N_("Since then: {state}. {reason}"), state=facts.state, reason=cut(facts.state_reason)).strip()
        if facts.standing is not None:
            vouched = words(N_(", ")).join(words(label(v)) for v in (facts.standing, facts.rumour) if v)
            yield words(N_("Vouched for: {standing}"), standing=vouched)
        if facts.first is None:
            yield words(N_("First report: {line}"), line=unknown)
        else:
            yield words(N_("First report: {line}"), line=heard_line(facts.first, composer))
            yield address_line(facts.first.url, composer)

    def _heat(self, facts: Facts) -> Iterator[str]:
        words = self.composer.words
        if facts.wave is not None:
            yield words(N_("Grade of the talk: {wave}"), wave=facts.wave)
        yield from heat.facts(facts.heat, words, self.composer.names)

    def _spread(self, facts: Facts) -> Iterator[str]:
        words, names = self.composer.words, self.composer.names
        yield from self._heat(facts)
        told = [words(N_("{name} {count}"), name=names.source(name), count=n) for name, n in facts.by_source.items()]
        if told:
            yield words(N_("By source: {told}"), told=words(N_(", ")).join(told[:MOST_LINES]))
        path = [f"{names.source(source)} ({short(at)})" for source, at in facts.path]
        if path:
            yield words(N_("Path: {told}"), told=" → ".join(path))
        if facts.turns:
            yield words(N_("Key points in time:"))
            yield from (turn_line(one, self.composer) for one in facts.turns[-MOST_LINES:])

    def _voices(self, facts: Facts) -> Iterator[str]:
        words = self.composer.words
        for side, name in SIDES.items():
            count = facts.sides.get(side, 0)
            yield words(N_("{side}: {count} in all"), side=words(name), count=count)
            yield from (heard_line(one, self.composer) for one in facts.heard if one.side is side)

    def _risks(self, facts: Facts) -> Iterator[str]:
        found = risks(facts)
        yield from (risk_line(one, facts, self.composer, self.proofs) for one in found)
        if not found:
            yield self.composer.words(N_("What is stored gives no ground for a warning."))

    def _advice(self, facts: Facts) -> Iterator[str]:
        found = advice(facts)
        yield from (advice_line(one, facts, self.composer, self.proofs) for one in found)
        if not found:
            yield self.composer.words(N_("By the rules nothing is owed now. Go on watching."))
