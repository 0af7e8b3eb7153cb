"""What is told of a draft, and where its page is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.drafts.draft import Gate
from monitor.core.drafts.telling import POINT
from monitor.core.errors import N_
from monitor.core.views import AlertView
from responders.channels.base import Link
from responders.labels import label
from responders.language import Words

TOLD: Mapping[str, str] = {
    f"{POINT}:self_review": N_("A draft waits for the section's own review: {title} ({by}). Read it and pass it on."),
    f"{POINT}:secrecy": N_("A draft waits for the secrecy review: {title} ({by}). Pass it or send it back."),
    f"{POINT}:approval": N_("A draft waits for approval: {title} ({by}). Approve it or send it back."),
    f"{POINT}:publication": N_("A draft has passed all its gates: {title}. Publish it and log when that was."),
    f"{POINT}:returned": N_("A draft was sent back: {title}. {by} says: {comment}"),
    f"{POINT}:later": N_("Published before it was reviewed: {title}. The review is owed until {until} Beijing time."),
    f"{POINT}:objected": N_(
        "{by} objects to what is already published: {title}. {comment} Withdraw or correct it, and log that."
    ),
}


OTHER_POINTS = {
    "returned": N_("sent back"),
    "later": N_("review owed after publication"),
    "objected": N_("objected to after publication"),
}


def said_point(point: str, words: Words) -> str:
    """Say at which gate a draft waits, or what became of it; nothing for other points."""
    name, _, value = point.partition(":")
    if name != POINT:
        return ""
    return words(OTHER_POINTS[value]) if value in OTHER_POINTS else words(label(Gate(value)))


def links(alert: AlertView, words: Words, console_url: str) -> Iterator[Link]:
    """Yield the way to the draft's page."""
    number = alert.detail.get("draft", "")
    if alert.point in TOLD and console_url and number and alert.matter_id is not None:
        yield Link(words(N_("Open the draft")), page_of(alert.matter_id, int(number), console_url))


def page_of(matter_id: int, number: int, console_url: str = "") -> str:
    """Return the address of a draft's page."""
    return f"{console_url}/incidents/{matter_id}/drafts/{number}"
