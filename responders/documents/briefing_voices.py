"""What a briefing says of who says what: figures that contradict one another, rumours, linked incidents."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing
from monitor.core.errors import N_
from monitor.core.incidents.tolls import Toll
from monitor.core.model import RumourState
from responders.channels.base import Tone
from responders.documents.briefing_sheet import LONGEST_TITLE, Row, Section, about, address, one_line, row, section
from responders.documents.messages import LINKED, Composer
from responders.labels import label

MOST_WHISPERS = 10
TONES: Mapping[RumourState, Tone] = {
    RumourState.GROWING: Tone.NOTICE,
    RumourState.DENIED: Tone.NOTICE,
    RumourState.CONFIRMED: Tone.DONE,
}


def contradictions(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell which open incidents have figures that cannot all be right, and who tells which; None where none has."""
    rows = []
    for number, found in sorted(briefing.voices.contradicted.items()):
        incident = briefing.incidents.get(number)
        notes = [f"{composer.contradiction(tolls)} {_side_by_side(tolls.told, composer)}" for tolls in found]
        lower = any(tolls.official_lower for tolls in found)
        mark = composer.words(N_("official lower") if lower else N_("differing figures"))
        tone = Tone.URGENT if lower else Tone.NOTICE
        rows.append(row(mark, about(composer, incident), notes, tone=tone, url=address(composer, incident)))
    return section(composer, N_("Contradicting figures"), rows) if rows else None


def _side_by_side(told: tuple[Toll, ...], composer: Composer) -> str:
    words = composer.words
    return "; ".join(
        words(
            N_("{value}: {source} ({standing}) {at}"),
            value=toll.value,
            source=composer.names.source(toll.source),
            standing=words(label(toll.standing)),
            at=shown(toll.at),
        )
        for toll in told
    )


def rumours(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell what was claimed, grew, was denied or confirmed; None where nothing was."""
    words, voices = composer.words, briefing.voices
    rows: list[Row] = []
    for rumour in voices.rumours:
        incident = briefing.incidents.get(rumour.matter_id)
        notes = [words(label(rumour.why)), words(N_("since {at}"), at=shown(rumour.since))]
        tone = TONES.get(rumour.state, Tone.CALM)
        mark = words(label(rumour.state))
        rows.append(row(mark, about(composer, incident), notes, tone=tone, url=address(composer, incident)))
    for whisper in voices.whispers[:MOST_WHISPERS]:
        told = words(N_("{items} denial(s) from {sources} source(s)"), items=whisper.items, sources=whisper.sources)
        title = one_line(whisper.title, LONGEST_TITLE)
        rows.append(row(words(N_("denied, no incident known")), title, [told], tone=Tone.CALM, url=""))
    return section(composer, N_("Rumours"), rows) if rows else None


def links(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell which incidents of this briefing persons have linked; None where none is."""
    rows = []
    for number, linked in sorted(briefing.voices.links.items()):
        incident = briefing.incidents.get(number)
        notes = [
            composer.words(LINKED[one.tie], id=one.other_id, title=_title(briefing, one.other_id)) for one in linked
        ]
        mark = composer.words(N_("linked"))
        rows.append(row(mark, about(composer, incident), notes, tone=Tone.CALM, url=address(composer, incident)))
    return section(composer, N_("Linked incidents"), rows) if rows else None


def _title(briefing: Briefing, number: int) -> str:
    incident = briefing.incidents.get(number)
    return one_line(incident.title, LONGEST_TITLE) if incident is not None else ""
