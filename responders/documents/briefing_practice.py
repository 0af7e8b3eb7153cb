"""What a briefing says of practice: the silent drill of the channels, and the drills that were held."""

from __future__ import annotations

from collections import Counter

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing
from monitor.core.drills import Drill
from monitor.core.errors import N_
from monitor.core.paths import PathCheck, PathOutcome
from responders.channels.base import Line, Tone
from responders.documents.briefing_sheet import Row, Section, row
from responders.documents.messages import Composer
from responders.labels import label


def practice(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell how the ways to people were found and which drills were held; nothing where there was neither."""
    closed = [check for check in briefing.paths if check.outcome is PathOutcome.FAILED]
    rows = [*(_closed(check, composer) for check in closed), *(_held(drill, composer) for drill in briefing.drills)]
    if not rows and not briefing.paths:
        return None
    lines = (_tried(briefing, composer),) if briefing.paths else ()
    return Section(composer.words(N_("Drills")), tuple(rows), lines=lines)


def _tried(briefing: Briefing, composer: Composer) -> Line:
    """Count how the silent drill ended, without naming who gets mail."""
    words, counts = composer.words, Counter(check.outcome for check in briefing.paths)
    told = words(N_(", ")).join(f"{words(label(one))} {counts[one]}" for one in PathOutcome if counts[one])
    return Line(words(N_("Silent drill of {day}"), day=briefing.paths[0].day), told)


def _closed(check: PathCheck, composer: Composer) -> Row:
    words, family = composer.words, check.channel.partition(":")[0]
    return row(words(label(PathOutcome.FAILED)), family, (check.said, words(check.remedy)), tone=Tone.URGENT)


def _held(drill: Drill, composer: Composer) -> Row:
    words = composer.words
    ended = shown(drill.ended_at) if drill.ended_at is not None else words(N_("runs"))
    told = words(
        N_("{since} to {until}, begun by {by}"), since=shown(drill.started_at), until=ended, by=drill.started_by
    )
    score = words(N_("How it went: `huiying drill show {id}`"), id=drill.id)
    return row(words(N_("drill")), drill.title, (told, score))
