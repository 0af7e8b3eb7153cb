"""Which items the second reader is asked about: those whose first reading leaves doubt, while they are news. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.obligations import Jurisdiction, jurisdiction
from monitor.core.model import Assessment, Item, Scope, Speaker, Why
from monitor.core.second.opinion import Asks

# News published longer ago is no longer asked about, nor an item that has waited for so long.
NEWS_FOR = timedelta(hours=24)
WAITS_FOR = timedelta(hours=6)
SIGNS = frozenset(Why) - {Why.NO_SIGNAL, Why.PLACE, Why.FOREIGN_PLACE, Why.RUMOUR_WORD, Why.ATTRIBUTION}


class Doubt(StrEnum):
    """Why an item is asked about."""

    DECOY = "decoy"
    NOT_BELIEVED = "not_believed"
    FOLLOW_UP = "follow_up"
    ABROAD = "abroad"
    RUMOUR = "rumour"
    PRESUMED = "presumed"
    NO_FIGURES = "no_figures"
    NO_PLACE = "no_place"
    NONE = "none"


def doubt_of(assessment: Assessment) -> Doubt:
    """Return what the first reading leaves in doubt; NONE where a figure and a place are sure, or nothing speaks."""
    if not assessment.is_incident:
        if assessment.decoy is not None:
            return Doubt.DECOY
        if assessment.follow_up:
            return Doubt.FOLLOW_UP
        signs = any(reason.why in SIGNS for reason in assessment.because)
        return Doubt.NOT_BELIEVED if signs else Doubt.NONE
    if assessment.scope is Scope.FOREIGN:
        return Doubt.ABROAD
    if assessment.decoy is not None:
        return Doubt.DECOY
    if assessment.speaker is Speaker.HEARSAY:
        return Doubt.RUMOUR
    if assessment.likely is not None:
        return Doubt.PRESUMED
    if assessment.severity is None:
        return Doubt.NO_FIGURES
    return Doubt.NO_PLACE if assessment.place.code is None else Doubt.NONE


def to_ask(
    item: Item, assessment: Assessment, asks: Asks, region: str, now: datetime, *, maybe_recent: bool
) -> Doubt | None:
    """Return why an item is to be asked about, or None: it is no news, certainly elsewhere, or leaves no doubt."""
    if not maybe_recent or (item.published_at is not None and now - item.published_at > NEWS_FOR):
        return None
    if jurisdiction(assessment.place, Scope.DOMESTIC, region) is Jurisdiction.NOT_OURS:
        return None
    doubt = doubt_of(assessment)
    return None if doubt is Doubt.NONE and asks is Asks.DOUBTFUL else doubt
