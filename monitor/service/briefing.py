"""The daily briefing as this office sends it: its readers, their languages, the people on duty, the links to leave."""

from __future__ import annotations

from monitor.core.briefing_readers import Reader
from monitor.core.errors import N_, Mistake
from monitor.loops.brief import Brief
from monitor.service.missed import beside_of
from monitor.service.parts import Parts
from responders.documents.messages import Composer
from responders.language import Words
from responders.subscriptions import Subscriptions


class UnknownOffice(Mistake):
    """A reader of the briefing is told of an office that the duty file does not have."""

    message = N_(
        "briefing: to: tells {address} of the office {office}, which the duty file does not have. It has: {known}"
    )


def readers_of(parts: Parts, language: str) -> tuple[Reader, ...]:
    """Return who gets the briefing; `language` is the bureau's own. Raise UnknownOffice."""
    readers = parts.settings.form.briefing.readers(language)
    for reader in readers:
        office = reader.edition.office
        if office and office not in parts.duty.offices:
            known = ", ".join(parts.duty.offices) or "—"
            raise UnknownOffice(address=reader.address, office=office, known=known)
    return readers


def brief_of(parts: Parts, composer: Composer) -> Brief:
    """Return what compiles and sends the briefing; an office that is unknown bounds nobody, for alerts must start."""
    form = parts.settings.form
    readers = form.briefing.readers(composer.words.language)
    languages = {reader.edition.language for reader in readers} - {""}
    others = {
        name: Composer(Words(name), parts.names_in(name), composer.console_url, composer.region) for name in languages
    }
    sender = form.mail.sender if form.mail is not None else ""
    return Brief(
        parts.database,
        composer,
        form.briefing,
        parts.works,
        beside_of(parts),
        others,
        parts.duty,
        form.bureau.name,
        seed=f"{form.bureau.region} {form.bureau.name} {sender}",
    )


def subscriptions_of(parts: Parts) -> Subscriptions:
    """Return who gets the briefing, and the links by which they leave."""
    form = parts.settings.form
    return Subscriptions(parts.database, form.briefing.addresses, form.console.public_url)
