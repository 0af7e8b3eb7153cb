"""The points at which alerts are made, in words: half time, an hour before the end, the third repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from monitor.core.beijing import hours_and_minutes
from monitor.core.errors import N_
from monitor.core.model import Wave
from monitor.core.views import AlertView
from responders.documents import adjusted, assignments, conferences, drafts, evidence, offers
from responders.labels import label
from responders.language import Words

PLAIN = {
    "undated": N_("no trustworthy time, so no clock yet"),
    "denied": N_("an official source denies it"),
    "spreading": N_("dismissed, but rumoured more and more"),
    "regraded_late": N_("a higher grade, reached too late to count by itself"),
    "calendar": N_("reckoned anew by the days now announced"),
    "too_old": N_("too old for a clock, but spoken of anew"),
    "remind": N_("acknowledged, but no response since"),
    "exhausted": N_("everybody was told, nobody has acknowledged"),
    "rota": N_("nobody on duty in the days to come"),
    "duty": N_("nobody on duty"),
}


def said_point(alert: AlertView, words: Words) -> str:
    """Say what an alert was about; nothing where its reason says it already."""
    return point_words(alert.point, alert.detail, words)


def point_words(point: str, detail: Mapping[str, str], words: Words) -> str:
    """Say a point by its stored name; nothing where the alert's reason says it already."""
    name, _, value = point.partition(":")
    if name == "share":
        return words(N_("{percent} percent of the time is over"), percent=round(float(value) * 100))
    if name == "before":
        return words(N_("{time} before the end"), time=_span(value))
    if name == "overdue":
        return words(N_("{time} after the end"), time=_span(value))
    if name == "page":
        return words(N_("page {n} of its round"), n=value)
    if name == "again":
        return words(N_("nobody has acted, repeat {n}"), n=value)
    if name == "wave":
        return words(label(Wave[value.upper()]))
    if name == "second":
        told = {name: detail.get(name, "") for name in ("item", "title")}
        return words(N_("second reading of item {item}: {title}"), **told)
    if name == "second_reader":
        return words(N_("the second reader fails")) if value == "down" else words(N_("the second reader is well again"))
    if known := (
        adjusted.said_point(point, words)
        or evidence.said_point(point, words)
        or drafts.said_point(point, words)
        or assignments.said_point(point, detail, words)
        or conferences.said_point(point, words)
        or offers.said_point(point, words)
    ):
        return known
    return words(PLAIN[name]) if name in PLAIN else ""


def _span(minutes: str) -> str:
    return hours_and_minutes(timedelta(minutes=int(minutes.removesuffix("m"))))
