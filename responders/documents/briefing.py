"""From a Briefing to what people read: one sheet of finished texts, written as plain text and as a page for mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from monitor.core.briefing import Briefing, WrittenBriefing
from responders.channels.base import Message, Tone
from responders.documents.briefing_sheet import sheet_of
from responders.documents.messages import Composer

# Dark enough to be read on white (contrast 4.5 and more), told apart by word as well.
COLOURS: Mapping[Tone, str] = {
    Tone.CALM: "#35588f",
    Tone.NOTICE: "#8a5a00",
    Tone.URGENT: "#b3261e",
    Tone.DONE: "#1f6b2b",
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def written(briefing: Briefing, composer: Composer) -> WrittenBriefing:
    """Write a briefing in the composer's language; both parts tell the same, and all fetched text is escaped."""
    sheet = sheet_of(briefing, composer)
    return WrittenBriefing(
        day=briefing.window.day,
        compiled_at=briefing.compiled_at,
        title=sheet.title,
        text=TEMPLATES.get_template("briefing.txt").render(sheet=sheet).strip() + "\n",
        html=TEMPLATES.get_template("briefing.html").render(sheet=sheet, colours=COLOURS),
    )


def briefing_message(briefing: WrittenBriefing, *, key: str, written_at: datetime) -> Message:
    """Return a stored briefing as the message of the alert called `key`."""
    return Message(
        key=key,
        title=briefing.title,
        tone=Tone.CALM,
        body=briefing.text,
        html=briefing.html,
        written_at=written_at,
    )
