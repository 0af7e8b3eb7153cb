"""The sheet of a briefing: finished texts on one line each, the same for every form in which it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.errors import N_
from monitor.core.views import IncidentView
from responders.channels.base import Line, Tone
from responders.documents.messages import Composer

LONGEST = 400
LONGEST_TITLE = 120
MOST_ROWS = 100
NOTHING = "—"
CUT_MARK = " […]"
# The joiners of emoji and of Indic scripts are invisible but harmless.
JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a section: a word that marks it, what it is, and lines about it."""

    mark: str
    title: str
    notes: tuple[str, ...]
    tone: Tone
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the sheet: rows, then labelled counts, then closing remarks."""

    title: str
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A briefing without markup. `title` is the mail's subject, `heading` and `said` together; `foot`: small print."""

    language: str
    title: str
    heading: str
    said: str
    covers: str
    notice: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = ()


def section(
    composer: Composer, title: str, rows: Sequence[Row], *, none: str = "", remarks: Sequence[str] = ()
) -> Section:
    """Return a section of rows, or what is said where there is none; rows beyond the most shown are counted."""
    closing = list(remarks)
    if not rows and none and not remarks:
        closing = [composer.words(none)]
    if len(rows) > MOST_ROWS:
        closing.insert(0, composer.words(N_("… and {n} more."), n=len(rows) - MOST_ROWS))
    return Section(composer.words(title), tuple(rows[:MOST_ROWS]), remarks=tuple(closing))


def row(mark: str, title: str, notes: Iterable[str] = (), *, tone: Tone = Tone.CALM, url: str = "") -> Row:
    """Return a row of texts that cannot leave their line; empty notes are left out."""
    return Row(one_line(mark), one_line(title), tuple(one_line(note) for note in notes if note), tone, url)


def about(composer: Composer, incident: IncidentView | None) -> str:
    """Name an incident by number, grade, place and title; nothing where there is none."""
    if incident is None:
        return ""
    graded = " ".join(part for part in (f"#{incident.id}", composer.grade(incident), composer.wave(incident)) if part)
    return " | ".join((graded, composer.place(incident), one_line(incident.title, LONGEST_TITLE)))


def address(composer: Composer, incident: IncidentView | None) -> str:
    """Return where the console shows an incident, or nothing."""
    return f"{composer.console_url}/incidents/{incident.id}" if incident is not None and composer.console_url else ""


def one_line(text: str, limit: int = LONGEST) -> str:
    """Return `text` on one line, without what is invisible, steers a terminal or turns the direction of writing."""
    seen = "".join(c for c in text if c.isprintable() or c.isspace() or c in JOINERS)
    told = " ".join(seen.split()) or NOTHING
    return told if len(told) <= limit else told[: limit - len(CUT_MARK)].rstrip() + CUT_MARK
