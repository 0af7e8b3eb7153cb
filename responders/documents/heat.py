"""How far the public talks of an incident, in words: the grounds of a grade, and the facts line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.incidents.heat import LATELY, Heat
from monitor.core.incidents.wave import Ground, Measure, WaveStep
from monitor.core.naming import Names
from responders.language import Words

GROUNDS: Mapping[Measure, str] = {
    Measure.RANK: N_("place {value} on a hot list (grade from place {limit})"),
    Measure.HOURS: N_("on hot lists in {value} different hours (grade from {limit})"),
    Measure.TALK: N_("{value} titles of public talk within {hours} h (grade from {limit})"),
    Measure.SOURCES: N_("{value} sources within {hours} h (grade from {limit})"),
    Measure.RUSH: N_("{value} sources within {hours} h only (grade from {limit})"),
}


def grounds(step: WaveStep, words: Words) -> str:
    """Say on what the grade of a wave rests."""
    return words(N_(", ")).join(_ground(ground, words) for ground in step.grounds)


def _ground(ground: Ground, words: Words) -> str:
    hours = f"{ground.minutes / 60:g}"
    return words(GROUNDS[ground.measure], value=ground.value, limit=ground.limit, hours=hours)


def facts(heat: Heat, words: Words, names: Names) -> Iterator[str]:
    """Say the facts one by one, those that are known."""
    yield words(
        N_("{titles} titles, {talk} of them public talk; {sources} source(s) that are no authority"),
        titles=heat.titles,
        talk=heat.talk,
        sources=heat.sources,
    )
    hours = round(LATELY.total_seconds() / 3600)
    yield words(
        N_("{lately} new titles in the last {hours} hours, {before} in the {hours} hours before"),
        lately=heat.lately,
        before=heat.before,
        hours=hours,
    )
    if heat.best is not None:
        best, at = heat.best, shown(heat.best.at)
        yield words(N_("best place {rank}: {name}, {at}"), rank=best.rank, name=names.source(best.source), at=at)
        yield words(N_("on hot lists in {value} different hours"), value=heat.hours)
    for source, figure in heat.peaks.items():
        name = names.source(source)
        yield words(N_("highest figure of {name}: {figure}"), name=name, figure=f"{figure:,}")
