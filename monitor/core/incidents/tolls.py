"""Who tells which figure now, and where two current figures contradict one another.

A toll that grows is no contradiction: a lower figure told before the higher one was is only older. An official figure
that others have overtaken is one all the same: it is what a spokesperson is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from monitor.core.incidents.history import AT_RISK
from monitor.core.incidents.voices import RANK
from monitor.core.model import CASUALTY_FIELDS, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one item says in figures, each with its sentence, and how well that is vouched for."""

    item_id: int
    source: str
    standing: Standing
    at: datetime
    figures: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """One figure as one voice tells it now; `since` is when that voice first told this value, `at` when it last did."""

    figure: str
    value: int
    source: str
    standing: Standing
    since: datetime
    at: datetime
    sentence: str
    item_id: int


@dataclass(frozen=True, slots=True)
class Tolls:
    """All current values of one figure, best vouched for first.

    `contradicted`: two of them cannot both be right; `official_lower`: somebody tells more than officials do.
    """

    figure: str
    told: tuple[Toll, ...]
    contradicted: bool
    official_lower: bool


def side_by_side(tellings: Iterable[Telling]) -> tuple[Tolls, ...]:
    """Put the figures of an incident side by side, one entry a figure that anybody tells.

    A voice is a source in one standing: what a list quotes from officials and what it has from hearsay are two.
    """
    current: dict[tuple[str, str, Standing], Toll] = {}
    for telling in sorted(tellings, key=lambda t: (t.at, t.item_id)):
        for figure, (value, sentence) in telling.figures.items():
            key = (figure, telling.source, telling.standing)
            before = current.get(key)
            same = before is not None and before.value == value
            current[key] = Toll(
                figure=figure,
                value=value,
                source=telling.source,
                standing=telling.standing,
                since=before.since if before is not None and same else telling.at,
                at=telling.at,
                sentence=sentence,
                item_id=telling.item_id,
            )
    return tuple(
        _tolls(figure, [toll for toll in current.values() if toll.figure == figure]) for figure in _told(current)
    )


def _told(current: Iterable[tuple[str, str, Standing]]) -> list[str]:
    named = {figure for figure, _, _ in current}
    return [figure for figure in CASUALTY_FIELDS if figure in named]


def _tolls(figure: str, told: Sequence[Toll]) -> Tolls:
    lower = _is_official_lower(told)
    ordered = sorted(told, key=lambda toll: (-RANK[toll.standing], -toll.value, toll.at, toll.source))
    return Tolls(figure, tuple(ordered), lower or any(_contradict(*pair) for pair in combinations(told, 2)), lower)


def _contradict(one: Toll, other: Toll) -> bool:
    """Tell whether two current values differ in a way that time does not explain.

    The missing and trapped become fewer as they are found, so a value told before the other was is only older. Of what
    does not shrink, only a lower value that is older is explained.
    """
    if one.value == other.value:
        return False
    lower, higher = sorted((one, other), key=lambda toll: toll.value)
    if lower.at < higher.since:
        return False
    return not (lower.figure in AT_RISK and higher.at < lower.since)


def _is_official_lower(told: Iterable[Toll]) -> bool:
    """Tell whether somebody tells more than the latest official word; the found are no longer missing to anybody."""
    by_time = sorted(told, key=lambda toll: (toll.at, toll.value))
    official = next((toll for toll in reversed(by_time) if toll.standing is Standing.OFFICIAL), None)
    return official is not None and any(
        toll.value > official.value and not (toll.figure in AT_RISK and toll.at < official.since)
        for toll in by_time
        if toll.standing is not Standing.OFFICIAL
    )
