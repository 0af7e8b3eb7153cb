"""What place, figures, time and talk weigh when an Item is compared with an incident."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from monitor.core.incidents.history import AT_RISK
from monitor.core.incidents.topics import terms_of
from monitor.core.model import Assessment, Place

OTHER_CITY = -6.0
TELLING_TOLL = 3
ANOTHER_TOLL = -2.0
# After so long without a report nobody goes missing anew, and the dead do not grow by more than those at risk.
SILENCE = timedelta(days=3)
LOST_ANEW = -4.0
FAR_APART = 10
FAR_MORE = 5


def place_score(one: Place, other: Place, *, broad: bool) -> float:
    """Weigh two places: agreement by how fine it is, contradiction as a strong no."""
    if one.province is None or other.province is None:
        return 0.0
    if one.province != other.province:
        return -9.0
    if one.city is None or other.city is None:
        return 1.4
    if one.city != other.city:
        return 0.5 if broad else OTHER_CITY
    if one.county is None or other.county is None:
        return 2.6
    if one.county == other.county:
        return 3.2
    return 1.0 if broad else -1.5


def lost_in(assessment: Assessment) -> int:
    """Return how many a text tells to be dead, missing or trapped."""
    return sum(assessment.casualties.value(name) or 0 for name in ("deaths", "missing", "trapped"))


def figures_score(assessment: Assessment, known: Mapping[str, int], *, alike: bool = True) -> float:
    """Weigh the dead: the same telling number speaks for, a growing one a little, a smaller one against.

    Where the dead are not told on both sides, far fewer injured speak against, and so do numbers far apart, either way,
    where the two are not `alike` in kind either.
    """
    deaths = assessment.casualties.value("deaths")
    before = known.get("deaths")
    if deaths is None or before is None:
        injured, hurt = assessment.casualties.value("injured"), known.get("injured")
        if injured is None or hurt is None:
            return 0.0
        if not alike and max(injured, hurt) >= max(FAR_APART, FAR_MORE * min(injured, hurt)):
            return -3.0
        return -1.0 if injured * 2 < hurt else 0.0
    if deaths == before:
        return 1.5 if deaths >= 3 else 0.5
    if deaths > before:
        if not alike and min(deaths, before) >= TELLING_TOLL:
            return ANOTHER_TOLL
        return 0.6 if deaths <= 3 * max(before, 3) else -0.5
    return -1.0


def late_score(assessment: Assessment, known: Mapping[str, int], silent_for: timedelta) -> float:
    """Weigh people told to be lost after a silence whom nobody had told of before: they were lost elsewhere."""
    if silent_for <= SILENCE or not any(known.get(name) for name in ("deaths", *AT_RISK)):
        return 0.0
    told = sum(assessment.casualties.value(name) or 0 for name in AT_RISK)
    before = sum(known.get(name, 0) for name in AT_RISK)
    deaths = assessment.casualties.value("deaths") or 0
    return LOST_ANEW if told > before or deaths > 2 * known.get("deaths", 0) + before else 0.0


def hurt_score(assessment: Assessment, known: Mapping[str, int]) -> float:
    """Weigh the same number of injured beside any number of dead."""
    injured = assessment.casualties.value("injured")
    return 0.5 if injured and injured == known.get("injured") else 0.0


def talk_score(items: int, silent_for: timedelta) -> float:
    """Weigh how much an incident is being talked about: what names no place is most likely about that."""
    if silent_for > timedelta(days=2):
        return 0.0
    return min(1.5, 0.45 * math.log(items))


def time_score(gap: timedelta) -> float:
    """Weigh the time since the incident was last heard of."""
    days = gap / timedelta(days=1)
    if days <= 1:
        return 1.0
    return 0.5 - 0.15 * days


def weighed_name(place: Place) -> str:
    """Return the name of a place that is weighed by its code; one without a code speaks by its words alone."""
    return place.name if place.code is not None else ""


def own_terms(title: str, place: Place) -> frozenset[str]:
    """Return the terms of a title without those of its place, nor those that the edges of its name make.

    The place is weighed by itself; its name must not count twice.
    """
    name = weighed_name(place)
    return terms_of(title.replace(name, " ")) - terms_of(name) if name else terms_of(title)


def detail_of(grounds: Mapping[str, float]) -> str:
    """Return the weights of a decision as one line."""
    return " ".join(f"{name}={value:+.1f}" for name, value in grounds.items())
