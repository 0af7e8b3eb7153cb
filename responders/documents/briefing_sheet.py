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
# Of the longest briefing that there can be, no mail server must say that it is too large.
LARGEST_SECTION = 20_000
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
class Series:
    """One row of bars of a chart: what it is called, and a count for each of the chart's labels."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as values; the lines of its section say the same. `name` tells it from the others of the sheet."""

    name: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the sheet: a chart, rows, then labelled counts, then closing remarks."""

    title: str
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A briefing without markup. `title` is the mail's subject, `heading` and `said` together; `foot`: small print.

    `by` is the bureau whose briefing it is, `day` the day as it is written.
    """

    language: str
    title: str
    heading: str
    said: str
    covers: str
    notice: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = ()
    by: str = ""
    day: str = ""


def section(
    composer: Composer, title: str, rows: Sequence[Row], *, none: str = "", remarks: Sequence[str] = ()
) -> Section:
    """Return a section of rows, or what is said where there is none; rows beyond the most shown are counted."""
    closing = list(remarks)
    if not rows and none and not remarks:
        closing = [composer.words(none)]
    shown = _fitting(rows)
    if len(rows) > shown:
        closing.insert(0, composer.words(N_("… and {n} more."), n=len(rows) - shown))
    return Section(composer.words(title), tuple(rows[:shown]), remarks=tuple(closing))


def _fitting(rows: Sequence[Row]) -> int:
    """Return how many rows are shown: as many as fit, a hundred at most."""
    size = 0
    for n, one in enumerate(rows[:MOST_ROWS]):
        size += sum(map(len, (one.mark, one.title, one.url, *one.notes)))
        if size > LARGEST_SECTION:
            return max(n, 1)
    return min(len(rows), MOST_ROWS)


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
