"""Why an item stands with its incident: the grounds that were weighed, and which of them turned it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.incidents.placing import NEAREST, Compared, Placing
from monitor.core.incidents.surroundings import DENIED_AT, JOIN_AT, RELATED_AT

_GROUND = re.compile(r"([a-z]+)=([+-]\d+(?:\.\d+)?)")
_NEAREST = re.compile(rf"{NEAREST}(\d+)")
BAR: Mapping[Placing, float] = {
    Placing.JOINED: JOIN_AT,
    Placing.OPENED: JOIN_AT,
    Placing.BY_PERSON: JOIN_AT,
    Placing.RELATED: RELATED_AT,
    Placing.DENIES: DENIED_AT,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What one ground weighs; `decisive` tells that without it the sum would lie on the other side of the bar."""

    name: str
    weight: float
    decisive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingExplained:
    """How an item was placed. `incident` is the one compared with; `by` names the person who placed it, if one did."""

    placing: Placing
    incident: int | None
    by: str = ""
    grounds: tuple[Ground, ...] = ()
    score: float = 0.0
    bar: float = JOIN_AT


def explain_placing(placing: Placing, detail: str, incident: int | None, by: str = "") -> PlacingExplained:
    """Return a stored placing with its grounds; `detail` is the line that was kept with it."""
    nearest = _NEAREST.search(detail)
    weights = {name: float(weight) for name, weight in _GROUND.findall(detail)}
    compared_with = int(nearest[1]) if nearest else None if placing is Placing.OPENED else incident
    return _explained(placing, compared_with, weights, by)


def explain_compared(compared: Compared) -> PlacingExplained:
    """Return how an item compares with a known incident now: it would join it or not."""
    placing = Placing.JOINED if compared.score >= JOIN_AT else Placing.UNPLACED
    return _explained(placing, compared.matter_id, compared.grounds, "")


def _explained(placing: Placing, incident: int | None, weights: Mapping[str, float], by: str) -> PlacingExplained:
    score, bar = sum(weights.values()), BAR.get(placing, JOIN_AT)
    over = score >= bar
    grounds = tuple(Ground(name, weight, (score - weight >= bar) is not over) for name, weight in weights.items())
    return PlacingExplained(placing=placing, incident=incident, by=by, grounds=grounds, score=score, bar=bar)
