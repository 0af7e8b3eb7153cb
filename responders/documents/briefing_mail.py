"""A stored briefing as the mail of one person: the page with its charts, the same as a paper for the word processor."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.briefing import WrittenBriefing
from monitor.core.errors import N_
from responders.channels.base import Enclosure, Link, Message, Tone
from responders.documents.briefing import page_of
from responders.documents.briefing_forms import drawn, official, sheet_from
from responders.documents.official_docx import docx_of
from responders.language import Words

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LEAVE = N_("I no longer want this briefing by mail")


def briefing_message(briefing: WrittenBriefing, words: Words, *, written_at: datetime, leave: str = "") -> Message:
    """Return a stored briefing as a message; `leave` is where its reader leaves the list.

    A briefing that is sent again is the same mail as before, one that was compiled anew is another of the same thread.
    One of an earlier version goes out as it was stored, without charts and paper.
    """
    day = briefing.day.isoformat()
    link = Link(words(LEAVE), leave) if leave else None
    sheet = None if briefing.sheet is None else sheet_from(briefing.sheet)
    pictures = {} if sheet is None else drawn(sheet)
    cids = {name: f"{name}.{day}@huiying" for name in pictures}
    enclosures = [Enclosure(f"{name}-{day}.png", "image/png", png, cid=cids[name]) for name, png in pictures.items()]
    if sheet is not None:
        paper = docx_of(official(sheet, pictures, words))
        enclosures.append(Enclosure(f"briefing-{day}.docx", DOCX, paper))
    return Message(
        key=f"briefing:{day}:{briefing.compiled_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}",
        title=briefing.title,
        tone=Tone.CALM,
        body=briefing.text,
        html=briefing.html if sheet is None else page_of(sheet, cids, link),
        links=(link,) if link else (),
        written_at=written_at,
        enclosures=tuple(enclosures),
        leave=leave,
        thread=f"briefing:{day}",
    )
