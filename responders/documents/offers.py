"""What is told of an offer: that we published something, and the question whether it is the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor.core.beijing import local, shown
from monitor.core.errors import N_
from monitor.core.naming import Names
from monitor.core.offers.offer import Aside, Form, Offer
from monitor.core.offers.telling import POINT
from monitor.core.views import AlertView
from responders.channels.base import Link
from responders.language import Words

FORMS: Mapping[Form, str] = {
    Form.FIRST: N_("first release"),
    Form.FURTHER: N_("further release"),
    Form.CONFERENCE_NOTICE: N_("announcement of a press conference"),
    Form.CONFERENCE_RECORD: N_("press conference"),
    Form.CLARIFICATION: N_("clarification"),
    Form.RESULT: N_("result of the inquiry"),
}
ASIDE: Mapping[Aside, str] = {
    Aside.REPOST: N_("taken over from others"),
    Aside.NO_RELEASE: N_("speaks of it, but releases nothing"),
    Aside.BEFORE: N_("published before the incident began"),
    Aside.SAME: N_("the same as what was published before"),
    Aside.KNOWN: N_("logged already"),
    Aside.ANOTHER_OFFICE: N_("published by an office to which the incident is not assigned"),
}
ASKED = N_("{source} published “{title}” at {at}. Is it the response ({form})? Log it, or say no. The clock runs on.")
ASKED_WHEN = N_(
    "{source} published “{title}”, at a time that is not sure. Is it the response ({form})? The clock runs on."
)
ANNOUNCED = N_(
    "{source} announced a press conference: “{title}”. Put it into the plan; the clock runs on until it was held."
)
HELD = N_(
    "{source} published “{title}”. Was this the press conference? Log it with the time at which it was held, or say "
    "no. The clock runs on."
)


def question(words: Words, *, source: str, title: str, form: Form, published_at: datetime | None) -> str:
    """Ask whether a publication is the response."""
    told = {"source": _on_one_line(source), "title": _on_one_line(title), "form": words(FORMS[form])}
    if form is Form.CONFERENCE_NOTICE:
        return words(ANNOUNCED, source=told["source"], title=told["title"])
    if form is Form.CONFERENCE_RECORD:
        return words(HELD, source=told["source"], title=told["title"])
    if published_at is None:
        return words(ASKED_WHEN, **told)
    return words(ASKED, **told, at=shown(published_at))


def question_of(offer: Offer, words: Words, names: Names) -> str:
    """Ask about an offer."""
    source = names.source(offer.source)
    return question(words, source=source, title=offer.title, form=offer.form, published_at=offer.published_at)


def said(alert: AlertView, words: Words, names: Names) -> str:
    """Ask what an alert of an offer asks; nothing for other alerts."""
    if alert.point != POINT:
        return ""
    detail = alert.detail
    published = datetime.fromisoformat(detail["published"]) if "published" in detail else None
    source, form = names.source(detail["source"]), Form(detail["form"])
    return question(words, source=source, title=detail["title"], form=form, published_at=published)


def said_point(point: str, words: Words) -> str:
    """Say the point of such an alert; nothing for others."""
    return words(N_("published by ourselves: is it the response?")) if point == POINT else ""


def links(alert: AlertView, words: Words, console_url: str) -> Iterator[Link]:
    """Yield the way to where it can be logged or refused."""
    if alert.point == POINT and console_url and alert.matter_id is not None:
        yield Link(words(N_("Log it, or say no")), f"{console_url}/incidents/{alert.matter_id}#offers")


def typed_time(offer: Offer) -> str:
    """Return the time of a publication as a form wants it; nothing where it is not trusted."""
    return "" if offer.published_at is None else local(offer.published_at).strftime("%Y-%m-%dT%H:%M:%S")


def _on_one_line(text: str) -> str:
    """Return a text without line ends; what else is in it each channel and page makes harmless itself."""
    return " ".join(text.split())
