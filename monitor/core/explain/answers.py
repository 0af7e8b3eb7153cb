"""The whole answer to why: of one item, and of one incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.duties.obligations import MatterFacts
from monitor.core.explain.duties import DutyExplained
from monitor.core.explain.grades import GradeExplained
from monitor.core.explain.item import ItemExplained
from monitor.core.explain.placing import PlacingExplained
from monitor.core.item_views import ItemDecision, ItemRecord, ItemView
from monitor.core.model import Assessment
from monitor.core.people.routing import Route
from monitor.core.views import AlertView, IncidentView, LogView, ResponseView, StepView


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """Why an item is thought of as it is; `record` is None for a text that is only tried.

    `explained` is by the present rules. `stored` is what was thought when it came, where that was kept; `same_rules`
    tells that the rules have not changed since, `agrees` that the present ones say the same.
    """

    explained: ItemExplained
    record: ItemRecord | None = None
    stored: Assessment | None = None
    same_rules: bool = True
    agrees: bool = True
    placing: PlacingExplained | None = None
    compared: tuple[PlacingExplained, ...] = ()
    decisions: tuple[ItemDecision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAnswer:
    """Why an incident has its grade, its duties and its alerts.

    `other_rules` counts the reports that were read by other rules than the present ones; `packs` names the rule pack
    under which each clock was started; `route` which offices the rules name.
    """

    incident: IncidentView
    facts: MatterFacts
    region: str
    grade: GradeExplained | None
    steps: tuple[StepView, ...]
    duties: tuple[DutyExplained, ...]
    items: tuple[ItemView, ...]
    responses: tuple[ResponseView, ...]
    alerts: tuple[AlertView, ...]
    log: tuple[LogView, ...]
    other_rules: int = 0
    packs: Mapping[str, str] = field(default_factory=dict)
    route: Route | None = None


def agrees(stored: Assessment, now: Assessment) -> bool:
    """Tell whether two readings of one text say the same to a person."""
    return _said(stored) == _said(now)


def _said(thought: Assessment) -> tuple[object, ...]:
    figures = tuple(
        thought.casualties.value(name) for name in ("deaths", "missing", "trapped", "injured", "serious", "loss_yuan")
    )
    return (
        thought.is_incident,
        thought.decoy,
        thought.kind,
        thought.scope,
        thought.place.code,
        thought.severity,
        thought.likely,
        thought.follow_up,
        figures,
    )
