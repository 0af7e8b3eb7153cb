"""What a briefing says of the watching itself: sources that are unwell, what was read and left out, alerts not sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing
from monitor.core.duties.alerting import Silence
from monitor.core.errors import N_
from monitor.core.fetched import DropReason, Outcome
from monitor.core.item_views import SecondView
from monitor.core.model import AlertState, Decoy, DeliveryState
from monitor.core.second.opinion import ReadingState
from monitor.core.source_health import RESTING, SourceTrouble, Trouble
from monitor.core.sources import FailureKind
from monitor.core.views import AlertView
from responders.channels.base import Line, Tone
from responders.documents.briefing_sheet import NOTHING, Row, Section, about, address, one_line, row, section
from responders.documents.messages import Composer
from responders.labels import label
from responders.language import Words

TROUBLE: Mapping[Trouble, tuple[str, str]] = {
    Trouble.HOST: (
        N_("host failing"),
        N_("Its whole host {host} has failed since {since}; one source at a time asks."),
    ),
    Trouble.FAILING: (N_("failing"), N_("It has failed since {since}.")),
    Trouble.NOT_FETCHED: (N_("not fetched"), N_("It is due, but has not been fetched since {since}.")),
    Trouble.FROZEN: (
        N_("stands still"),
        N_("Its answer has been the same, byte for byte, since {since}, although it usually changes."),
    ),
    Trouble.SILENT: (N_("silent"), N_("It answers, but has brought nothing new since {since}.")),
}
VERDICTS: Mapping[str, str] = {
    "incident": N_("{n} about incidents"),
    "follow_up": N_("{n} about earlier incidents"),
    "decoy": N_("{n} only alike"),
    "": N_("{n} about other things"),
}


def troubles(briefing: Briefing, composer: Composer) -> Section:
    """Tell which sources are unwell, why and since when."""
    alone = [trouble for trouble in briefing.troubles if not trouble.host]
    hosts: dict[str, list[SourceTrouble]] = {}
    for trouble in briefing.troubles:
        if trouble.host:
            hosts.setdefault(trouble.host, []).append(trouble)
    rows = [_host(host, theirs, composer) for host, theirs in hosts.items()]
    rows += [_trouble(trouble, composer) for trouble in alone]
    none = N_("All watched sources are well.") if briefing.counts.sources else N_("No source has been watched yet.")
    return section(composer, N_("Sources that are unwell"), rows, none=none)


def _host(host: str, theirs: Sequence[SourceTrouble], composer: Composer) -> Row:
    """Tell of a failing host once, with the sources that wait for it."""
    mark, _ = TROUBLE[Trouble.HOST]
    words = composer.words
    named = words(N_(", ")).join(composer.names.source(one.source_id) for one in theirs)
    waiting = words(N_("{n} source(s) wait for it: {names}"), n=len(theirs), names=named)
    notes = [_reason(theirs[0], composer), trouble_said(theirs[0], words), waiting]
    return row(words(mark), host, notes, tone=Tone.NOTICE)


def _trouble(trouble: SourceTrouble, composer: Composer) -> Row:
    mark, _ = TROUBLE[trouble.trouble]
    notes = [_reason(trouble, composer), trouble_said(trouble, composer.words)]
    tone = Tone.CALM if trouble.trouble in RESTING else Tone.NOTICE
    return row(composer.words(mark), composer.names.source(trouble.source_id), notes, tone=tone)


def trouble_said(trouble: SourceTrouble, words: Words) -> str:
    """Say since when a source is unwell, and how."""
    return words(TROUBLE[trouble.trouble][1], since=shown(trouble.since), host=trouble.host)


def _reason(trouble: SourceTrouble, composer: Composer) -> str:
    reason = _known(FailureKind, trouble.reason)
    if reason is None:
        return trouble.reason
    return composer.words(label(reason), detail=one_line(trouble.detail))


def counts(briefing: Briefing, composer: Composer) -> Section:
    """Tell what was fetched, read, taken for something else and left out."""
    return Section(composer.words(N_("In numbers")), lines=tuple(_lines(briefing, composer)))


def _lines(briefing: Briefing, composer: Composer) -> Iterator[Line]:
    words, counted = composer.words, briefing.counts
    fetches = listed(counted.fetches, Outcome, composer)
    verdicts = words(N_(", ")).join(
        words(template, n=counted.verdicts[name]) for name, template in VERDICTS.items() if counted.verdicts.get(name)
    )
    yield Line(words(N_("Sources")), words(N_("{n} watched"), n=counted.sources))
    yield Line(words(N_("Fetches")), _sum(counted.fetches, fetches, composer))
    yield Line(words(N_("New items")), _sum(counted.verdicts, verdicts, composer))
    yield Line(words(N_("Only alike, by kind")), listed(counted.decoys, Decoy, composer) or NOTHING)
    yield Line(words(N_("Left out, by reason")), listed(counted.drops, DropReason, composer) or NOTHING)
    yield Line(words(N_("Alerts")), listed(counted.alerts, AlertState, composer) or NOTHING)
    if counted.second:
        yield Line(words(N_("Second readings")), listed(counted.second, ReadingState, composer))
    for channel, states in families(counted.deliveries):
        yield Line(words(N_("Over {channel}"), channel=channel), listed(states, DeliveryState, composer))


def _sum(numbers: Mapping[str, int], told: str, composer: Composer) -> str:
    total = sum(numbers.values())
    return composer.words(N_("{total}: {told}"), total=total, told=told) if told else str(total)


def listed(numbers: Mapping[str, int], kind: type[Enum], composer: Composer) -> str:
    """List numbers, the largest first, each with the name that people know."""
    ordered = sorted(numbers.items(), key=lambda entry: (-entry[1], entry[0]))
    return composer.words(N_(", ")).join(
        f"{_name(kind, name, composer)} {number}" for name, number in ordered if number
    )


def families(deliveries: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Sum up the channels that differ only in their recipient: nobody is told who else gets mail."""
    summed: dict[str, Counter[str]] = {}
    for channel, states in deliveries.items():
        summed.setdefault(channel.partition(":")[0], Counter()).update(states)
    yield from sorted(summed.items())


def graver(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell in which items the second reader found more than the first, also where nobody was asked."""
    rows = [_graver(found, briefing, composer) for found in briefing.graver]
    return section(composer, N_("Second reader: graver than the first reading"), rows) if rows else None


def _graver(found: SecondView, briefing: Briefing, composer: Composer) -> Row:
    words = composer.words
    incident = None if found.matter_id is None else briefing.incidents.get(found.matter_id)
    known = about(composer, incident)
    held_back = found.state is ReadingState.CAPPED
    notes = [
        words(N_("Item {item}, {at}"), item=found.item_id, at=shown(found.ended_at)),
        words(N_("presumed {grade}"), grade=composer.severity(found.grade)) if found.grade else "",
        words(N_("“{sentence}”"), sentence=one_line(found.quote)),
        words(N_("about {incident}"), incident=known) if known else "",
        words(N_("If it is a new incident: `huiying report {item}`"), item=found.item_id) if not known else "",
    ]
    tone = Tone.URGENT if held_back else Tone.NOTICE
    return row(words(label(found.state)), found.title, notes, tone=tone, url=address(composer, incident))


def unsent(briefing: Briefing, composer: Composer) -> Section:
    """Tell which alerts did not reach their people and why, those of one incident that share a fate together."""
    groups: dict[tuple[AlertState, str | None, int | None], list[AlertView]] = {}
    for alert in briefing.unsent:
        groups.setdefault((alert.state, alert.silence, alert.matter_id), []).append(alert)
    rows = [_unsent(alerts, briefing, composer) for alerts in groups.values()]
    return section(composer, N_("Alerts not delivered"), rows, none=N_("No alert is stuck or lost."))


def _unsent(alerts: Sequence[AlertView], briefing: Briefing, composer: Composer) -> Row:
    words, first = composer.words, alerts[0]
    incident = None if first.matter_id is None else briefing.incidents.get(first.matter_id)
    named = words(N_(", ")).join(dict.fromkeys(_what(alert, composer) for alert in alerts))
    attempts: dict[str, Counter[str]] = {}
    for delivery in (delivery for alert in alerts for delivery in alert.deliveries):
        attempts.setdefault(delivery.channel, Counter())[delivery.state.value] += 1
    tried = [f"{channel}: {listed(states, DeliveryState, composer)}" for channel, states in families(attempts)]
    silence = _known(Silence, first.silence or "")
    notes = [
        named if incident is not None else "",
        words(N_("{n} alert(s), the first made {at}"), n=len(alerts), at=shown(min(a.created_at for a in alerts))),
        "" if silence is None else words(label(silence)),
        "; ".join(tried) or words(N_("no attempt was made")),
    ]
    title = about(composer, incident) or named
    return row(words(label(first.state)), title, notes, tone=Tone.URGENT, url=address(composer, incident))


def _what(alert: AlertView, composer: Composer) -> str:
    """Name what an alert is about: its reason, and its duty where it has one."""
    reason = composer.words(label(alert.reason))
    if alert.obligation_id is None:
        return reason
    duty = composer.names.obligation(alert.obligation_id)
    return composer.words(N_("{duty}: {reason}"), duty=duty, reason=reason)


def _name(kind: type[Enum], stored: str, composer: Composer) -> str:
    known = _known(kind, stored)
    return stored if known is None else composer.words(label(known))


def _known(kind: type[Enum], stored: str) -> Enum | None:
    """Return the value that a text of the database stands for; None for one that this version does not know."""
    return next((value for value in kind if value.value == stored), None)
