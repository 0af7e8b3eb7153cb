"""What a briefing says of the ways to people: channels that do not get through, empty hours of rotas, its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing
from monitor.core.briefing_facts import RotaGap
from monitor.core.errors import N_
from monitor.core.model import DeliveryState
from monitor.core.paths import PathCheck, PathOutcome
from responders.channels.base import Line, Tone
from responders.documents.briefing_health import families, listed
from responders.documents.briefing_sheet import Row, Section, row, section
from responders.documents.messages import Composer
from responders.labels import label

SOON = timedelta(days=1)
MOST_GAPS = 3
TOOK = frozenset({DeliveryState.ACCEPTED.value, DeliveryState.UNCONFIRMED.value})
FAILED = frozenset({DeliveryState.REFUSED.value, DeliveryState.UNREACHABLE.value})


def ways(briefing: Briefing, composer: Composer) -> Section:
    """Tell how people can be reached; nobody is told who else gets mail."""
    closed = [check for check in briefing.paths if check.outcome is PathOutcome.FAILED]
    rows = [
        *(_closed(check, composer) for check in closed),
        *_deaf(briefing, composer),
        *_empty(briefing, composer),
    ]
    told = section(composer, N_("Channels and duty rota"), rows)
    return Section(told.title, told.rows, lines=tuple(_lines(briefing, composer)), remarks=told.remarks)


def _closed(check: PathCheck, composer: Composer) -> Row:
    words, family = composer.words, check.channel.partition(":")[0]
    return row(words(label(PathOutcome.FAILED)), family, (check.said, words(check.remedy)), tone=Tone.URGENT)


def _deaf(briefing: Briefing, composer: Composer) -> Iterator[Row]:
    """Yield the channels that took nothing of what was sent over them."""
    for channel, states in families(briefing.counts.deliveries):
        if any(map(states.get, FAILED)) and not any(map(states.get, TOOK)):
            mark = composer.words(N_("took nothing"))
            yield row(mark, channel, [listed(states, DeliveryState, composer)], tone=Tone.URGENT)


def _empty(briefing: Briefing, composer: Composer) -> Iterator[Row]:
    """Yield each rota in which nobody is on duty at some time, with the first of those times."""
    words, by_rota = composer.words, dict[str, list[RotaGap]]()
    for gap in briefing.ways.gaps:
        by_rota.setdefault(gap.rota, []).append(gap)
    for rota, theirs in by_rota.items():
        first = theirs[:MOST_GAPS]
        notes = [words(N_("{since} to {until}"), since=shown(gap.begin), until=shown(gap.end)) for gap in first]
        rest = len(theirs) - len(first)
        notes += [words(N_("… and {n} more."), n=rest)] if rest else []
        soon = theirs[0].begin < briefing.compiled_at + SOON
        yield row(words(N_("nobody on duty")), rota, notes, tone=Tone.URGENT if soon else Tone.NOTICE)


def _lines(briefing: Briefing, composer: Composer) -> Iterator[Line]:
    words, found = composer.words, briefing.ways
    if briefing.paths:
        counts = Counter(check.outcome for check in briefing.paths)
        told = words(N_(", ")).join(f"{words(label(one))} {counts[one]}" for one in PathOutcome if counts[one])
        yield Line(words(N_("Silent drill of {day}"), day=briefing.paths[0].day), told)
    rotas = words(N_("{n} rota(s); empty hours in the next 7 days: {gaps}"), n=found.rotas, gaps=len(found.gaps))
    yield Line(words(N_("Duty rota")), rotas if found.rotas else words(N_("none; alerts go to the team channels only")))
    readers = words(N_("{n} get this briefing by mail"), n=found.readers - found.gone)
    left = words(N_("{n} left the list; `huiying brief --readers` names them"), n=found.gone) if found.gone else ""
    yield Line(words(N_("Recipients")), words(N_("; ")).join(part for part in (readers, left) if part))
