"""Why one person was told, or was not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.explain.contact import ContactAnswer, ShiftExplained, ToldExplained
from monitor.core.people.duty import OF_CHANGE, Recipient
from responders.documents.messages import Composer
from responders.documents.points import said_point
from responders.documents.reasons import Entry, Mark, Section
from responders.documents.reasons_telling import attempt_entry, exact, further, stands
from responders.labels import label


def contact_sections(answer: ContactAnswer, composer: Composer) -> tuple[Section, ...]:
    """Return how a person is reached, who was on duty, and for whom each alert was."""
    words = composer.words
    span = {"since": shown(answer.since), "at": shown(answer.at)}
    parts = (
        ("ways", words(N_("How he is reached, in this order")), _ways(answer)),
        ("duty", words(N_("On duty at {at}"), at=shown(answer.at)), _shifts(answer, composer)),
        ("alerts", words(N_("Alerts from {since} to {at}"), **span), _told(answer, composer)),
    )
    return tuple(Section(name, title, found) for name, title, entries in parts if (found := tuple(entries)))


def _ways(answer: ContactAnswer) -> Iterator[Entry]:
    yield from (Entry(f"{way.channel}: {way.to}") for way in answer.contact.ways)


def _shifts(answer: ContactAnswer, composer: Composer) -> Iterator[Entry]:
    for shift in answer.shifts:
        yield _shift(shift, composer)
    if not answer.shifts:
        yield Entry(composer.words(N_("There is no rota.")))


def _shift(shift: ShiftExplained, composer: Composer) -> Entry:
    words, stretch = composer.words, shift.stretch
    span = words(N_("{begin} to {end}"), begin=shown(stretch.begin), end=shown(stretch.end))
    who = shift.name or words(N_("nobody"))
    why = "" if stretch.change is None else words(label(OF_CHANGE[stretch.change.kind]))
    by = "" if stretch.change is None else stretch.change.by
    note = words(N_("; ")).join(part for part in (span, stretch.layer, why, by) if part)
    told = words(N_("{name}: {value}"), name=shift.rota, value=who)
    return Entry(told, note=note, mark=Mark.FOR if shift.mine else Mark.AGAINST)


def _told(answer: ContactAnswer, composer: Composer) -> Iterator[Entry]:
    for one in answer.told:
        yield _alert(one, composer)
        for attempt in one.attempts:
            yield attempt_entry(attempt, composer, one.alert)
    if not answer.told:
        yield Entry(composer.words(N_("No alert was made in this time.")))


def _alert(one: ToldExplained, composer: Composer) -> Entry:
    words, alert = composer.words, one.alert
    matter = "" if alert.matter_id is None else f"#{alert.matter_id}"
    about = words(N_(", ")).join(
        part for part in (words(label(alert.reason)), said_point(alert, words), matter) if part
    )
    told = f"{exact(alert.created_at)} {about}: {_for_whom(one, composer)}"
    mark = Mark.AGAINST if one.meant is None or one.meant.silence else Mark.FOR
    return Entry(told, note=stands(alert, composer), mark=mark, link=f"/alerts/{alert.id}")


def _for_whom(one: ToldExplained, composer: Composer) -> str:
    words = composer.words
    if one.meant is not None:
        because = words(N_("for him: {because}"), because=_because(one.meant, composer))
        if one.meant.silence:
            return words(N_("; ")).join((because, words(further(one.meant.silence))))
        if not one.attempts:
            return words(N_("; ")).join((because, words(N_("no attempt to reach him was made"))))
        return because
    if one.others:
        named = (f"{other.name or other.contact} ({_because(other, composer)})" for other in one.others)
        return words(N_("not for him, but for {others}"), others=words(N_(", ")).join(named))
    if not one.alert.page:
        return words(N_("for no single person: no page, told in the team channels only"))
    return words(N_("for no single person: nobody was on duty, or there is no policy; told in the team channels"))


def _because(recipient: Recipient, composer: Composer) -> str:
    because = composer.words(label(recipient.because))
    return f"{because} {recipient.through}".rstrip()
