"""What a briefing says of practice: the drills that were held."""

from __future__ import annotations

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing
from monitor.core.drills import Drill
from monitor.core.errors import N_
from responders.documents.briefing_sheet import Row, Section, row, section
from responders.documents.messages import Composer


def practice(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell which drills were held; nothing where none was."""
    rows = [_held(drill, composer) for drill in briefing.drills]
    return section(composer, N_("Drills"), rows) if rows else None


def _held(drill: Drill, composer: Composer) -> Row:
    words = composer.words
    ended = shown(drill.ended_at) if drill.ended_at is not None else words(N_("runs"))
    told = words(
        N_("{since} to {until}, begun by {by}"), since=shown(drill.started_at), until=ended, by=drill.started_by
    )
    score = words(N_("How it went: `huiying drill show {id}`"), id=drill.id)
    return row(words(N_("drill")), drill.title, (told, score))
