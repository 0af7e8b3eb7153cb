"""All tables of a period, in the order in which they are shown."""

from __future__ import annotations

from monitor.core.conferences.rules import ConferenceRules
from monitor.core.statistics.alert_tables import alerts, reaction, sources
from monitor.core.statistics.duty_tables import conferences, disclosure, duties, faults, responses
from monitor.core.statistics.facts import Asked, Facts
from monitor.core.statistics.incident_tables import incident_tables
from monitor.core.statistics.reckoned import Table

# From this height on the speaker heads a department or more, see release/speakers.yaml.
HEADS = 3


def tables(facts: Facts, asked: Asked, rules: ConferenceRules) -> tuple[Table, ...]:
    """Reckon all tables of a period's facts."""
    heads = frozenset(rank.id for rank in rules.ranks if rank.height >= HEADS)
    return (
        disclosure(facts, heads),
        duties(facts.deadlines),
        faults(facts.deadlines, facts.matters),
        *incident_tables(facts, asked),
        responses(facts.responses),
        conferences(facts.conferences, [rank.id for rank in rules.ranks]),
        alerts(facts.alerts),
        reaction(facts),
        sources(facts.sources),
    )
