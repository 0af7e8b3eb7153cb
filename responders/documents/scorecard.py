"""What the checks of a release found, in sentences: what fulfils each, what is missing, how to mend it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.core.beijing import shown
from monitor.core.checks.rules import ReleaseRules
from monitor.core.checks.scorecard import Finding, Mark, Measured, Note, Remark, Scorecard
from monitor.core.errors import N_
from responders.documents import reasons
from responders.documents.messages import Composer
from responders.documents.reasons import Entry, Section

SHOWN_PROOFS = 3

NOTES: Mapping[Note, str] = {
    Note.NO_PUBLISHER: N_("It does not say who publishes it. Name the office in the title or at the end."),
    Note.NO_TIME: N_("It does not say when it happened. Give the day and the hour."),
    Note.NO_HOUR: N_("It names the day without the hour. Give the hour at which it happened."),
    Note.NO_PLACE: N_("It does not say where it happened. Name the county, the town and the site."),
    Note.OTHER_PLACE: N_("It names {place}, but the reports place it at {known}. Check the place."),
    Note.NO_EVENT: N_("It does not say what happened. Name the kind of incident."),
    Note.NO_TOLL: N_("It says nothing of casualties. Give the figures, or say that they are being verified."),
    Note.NOTHING_OPEN: N_("It does not say what is not known yet. Say what is being verified."),
    Note.NOT_HOW: N_("It does not say how the open points are being found out. Say who examines what."),
    Note.NO_FORCES: N_("It does not say which forces are at work. Give people and vehicles in numbers."),
    Note.NOBODY_SAVED: N_(
        "It does not say what became of the injured or trapped. Say who was saved and is treated where."
    ),
    Note.NO_LEVEL: N_("It does not say which level of response was started. Give the level and the measures."),
    Note.NO_COMMAND: N_("It does not say who commands at the site."),
    Note.NO_INQUIRY: N_(
        "It does not say who investigates. Name the inquiry, or say that the cause is being investigated."
    ),
    Note.GUESSED_CAUSE: N_("It names a cause that no inquiry has found. Write that the cause is being investigated."),
    Note.NO_ADVICE: N_("It does not tell people what to do. Add advice, such as which road or area to avoid."),
    Note.NO_PHONE: N_("It gives no telephone for questions. Add one; the office's is {phone}."),
    Note.OTHER_PHONE: N_("The telephone is not that of the office ({phone}). Check the number."),
    Note.NO_EMPATHY: N_("It has no word for those who were harmed or for their families."),
    Note.NOT_ANSWERED: N_("People ask about {topic} ({times} times); it does not answer."),
    Note.NO_PROMISE: N_("It does not say when the next release comes. Give the day and the hour."),
    Note.PROMISE_WITHOUT_TIME: N_("It promises more without saying when. Give the day and the hour."),
    Note.PROMISE_PAST: N_("The moment that it promises has passed already. Check the time."),
    Note.LOWER_THAN_BEFORE: N_("{figure}: {value}, but {before} were told before. Explain why it is fewer."),
    Note.CHANGED: N_("{figure}: {value}, {before} were told before. Say as of when, or why it changed."),
    Note.LOWER_THAN_REPORTS: N_(
        "{figure}: {value}, but {source} tells {reported}. Check it, or explain the difference."
    ),
    Note.RUMOUR_IN_TITLE: N_("The title repeats the rumour. Put the fact into the title instead."),
    Note.NOT_REFUTED: N_("It cites a rumour without saying that it is untrue."),
    Note.NO_EVIDENCE: N_("It denies a rumour without saying what was found. Give what was checked and the result."),
    Note.LITTLE_SPREAD: N_(
        "Few have heard this rumour so far; the release would make it known. Consider leaving it out."
    ),
    Note.MUCH_EMPTY: N_("{percent} of the text are set phrases without a fact. Replace them by what was done."),
    Note.FEW_FACTS: N_("Only {percent} of the text hold a fact: a number, a time, a measure."),
    Note.TOO_SHORT: N_("With {length} characters it is too short to say what is needed; {least} is the least."),
    Note.TOO_LONG: N_("With {length} characters it is longer than people read; {most} is the most."),
    Note.LIKE_LAST: N_("{percent} of it stood in the last release. Say first what is new."),
    Note.IDENTITY_NUMBER: N_("It holds the number of an identity card. Take it out."),
    Note.MOBILE_NUMBER: N_("It holds a private mobile number. Take it out, or say that it is a service line."),
    Note.BANK_CARD: N_("It holds the number of a bank card. Take it out."),
    Note.PLATE: N_("It holds the number plate of a vehicle. Take it out unless people need it."),
    Note.HOME_ADDRESS: N_("It holds a home address. Name the neighbourhood only."),
    Note.PERSON: N_("It names a private person ({name}). Write the surname alone unless the family agreed."),
    Note.NO_SPEAKER: N_("It does not say who speaks. For this grade it should be at least: {needed}."),
    Note.LOW_SPEAKER: N_("The highest speaker is: {rank}. For this grade it should be at least: {needed}."),
    Note.INVESTIGATOR: N_("A member of the inquiry speaks. Without leave of its head nobody of it may."),
    Note.NOT_AUTHORISED: N_("This may only be released by: {authority}. Refer to its release."),
    Note.NO_BACKGROUND: N_("The background and the legal basis are missing."),
    Note.NO_AIM: N_("The aims and tasks are missing."),
    Note.NO_SCOPE: N_("It does not say for whom it holds."),
    Note.NO_MEASURES: N_("The measures are missing."),
    Note.NO_PLAIN_FORM: N_("It is plain prose. Use questions and answers, examples or a chart."),
    Note.NOT_OF_THIS_KIND: N_("Not asked of this kind of response."),
    Note.NOBODY_HARMED: N_("Nobody is known to be harmed."),
    Note.NOTHING_ASKED: N_("No questions were found in what people say."),
    Note.IT_IS_OVER: N_("It is over, so no next release is owed."),
    Note.NOTHING_TO_COMPARE: N_("There are no earlier figures to compare with."),
    Note.NO_RUMOUR: N_("It cites no rumour."),
    Note.NOT_CHECKED: N_("The text could not be checked ({fault}). The response is logged all the same."),
}
TITLE: Mapping[Mark, str] = {
    Mark.FULFILLED: N_("{check} {name}: fulfilled"),
    Mark.PARTLY: N_("{check} {name}: partly"),
    Mark.MISSING: N_("{check} {name}: missing"),
    Mark.NOT_APPLICABLE: N_("{check} {name}: does not apply"),
}


@dataclass(frozen=True, slots=True)
class Proofs:
    """Words what the checks found in one language; `rules` name checks, topics and ranks."""

    composer: Composer
    rules: ReleaseRules

    def remark(self, remark: Remark) -> str:
        """Say one note with its facts."""
        return self.composer.words(
            NOTES[remark.note], **{name: self._fact(name, v) for name, v in remark.facts.items()}
        )

    def topic(self, name: str) -> str:
        """Return the name of a topic that people ask about."""
        return str(self._fact("topic", name))

    def name(self, finding: Finding) -> str:
        """Return the name of a check."""
        rule = self.rules.checks[finding.check]
        return self._chosen(rule.zh, rule.en)

    def title(self, finding: Finding) -> str:
        """Say how far one check is fulfilled."""
        return self.composer.words(TITLE[finding.mark], check=finding.check.value, name=self.name(finding))

    def section(self, finding: Finding) -> Section:
        """Return one check with what is missing, what fulfils it and where it comes from."""
        return Section(finding.check.value.lower(), self.title(finding), tuple(self._entries(finding)))

    def sections(self, findings: Iterable[Finding]) -> tuple[Section, ...]:
        """Return the checks, those that ask for something first, those that do not apply last."""
        order = (Mark.MISSING, Mark.PARTLY, Mark.FULFILLED, Mark.NOT_APPLICABLE)
        return tuple(self.section(one) for one in sorted(findings, key=lambda f: order.index(f.mark)))

    def score(self, score: int | None) -> str:
        """Say the score."""
        words = self.composer.words
        return (
            words(N_("No score: nothing could be checked"))
            if score is None
            else words(N_("Score {score} of 100"), score=score)
        )

    def head(self, card: Scorecard) -> Iterator[str]:
        """Yield the score, when the next release is promised, and what was counted."""
        words, measured = self.composer.words, card.measured
        yield self.score(card.score)
        if card.promised_at is not None:
            yield words(
                N_("Next release promised for {at}; once logged, it is a deadline."), at=shown(card.promised_at)
            )
        yield self.counted(measured)

    def counted(self, measured: Measured) -> str:
        """Say how long the text is and how much of it are facts and phrases."""
        return self.composer.words(
            N_("{length} characters; {facts} hold facts, {empty} are set phrases."),
            length=measured.length,
            facts=f"{measured.factual:.0%}",
            empty=f"{measured.empty:.0%}",
        )

    def _entries(self, finding: Finding) -> Iterator[Entry]:
        words = self.composer.words
        asks = finding.mark in (Mark.PARTLY, Mark.MISSING)
        for remark in finding.remarks:
            mark = reasons.Mark.AGAINST if asks else reasons.Mark.PLAIN
            yield Entry(self.remark(remark), quote=remark.sentence, mark=mark)
        for proof in finding.proofs[:SHOWN_PROOFS]:
            yield Entry(words(N_("Fulfilled by")), quote=proof, mark=reasons.Mark.FOR)
        rule = self.rules.checks[finding.check]
        checked = words(N_("compared with the source")) if rule.verified else words(N_("not compared with the source"))
        where = f"{rule.source.document} {rule.source.article} ({checked})"
        yield Entry(words(N_("Asked by")), quote=rule.source.quote, note=where)

    def _fact(self, name: str, value: str | int) -> str | int:
        """Return a fact as it is read: what the rules name by an id, by its name."""
        if name == "figure":
            return self.composer.figure(str(value))
        if name == "source":
            return self.composer.names.source(str(value))
        named = {one.id: self._chosen(one.zh, one.en) for one in self._named(name)}
        return named.get(str(value), value)

    def _named(self, fact: str) -> tuple[Any, ...]:
        if fact == "topic":
            return self.rules.topics
        if fact in ("rank", "needed"):
            return self.rules.ranks
        return self.rules.authorities if fact == "authority" else ()

    def _chosen(self, zh: str, en: str) -> str:
        return zh if self.composer.words.language == "zh" else en
