"""The points at which alerts are made, in words: half time, an hour before the end, the third repeat."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.beijing import hours_and_minutes
from monitor.core.errors import N_
from monitor.core.views import AlertView
from responders.language import Words


def said_point(alert: AlertView, words: Words) -> str:
    """Say what an alert was about; nothing where its reason says it already."""
    name, _, value = alert.point.partition(":")
    if name == "share":
        return words(N_("{percent} percent of the time is over"), percent=round(float(value) * 100))
    if name == "before":
        return words(N_("{time} before the end"), time=_span(value))
    if name == "overdue":
        return words(N_("{time} after the end"), time=_span(value))
    if name == "again":
        return words(N_("nobody has acted, repeat {n}"), n=value)
    if name == "undated":
        return words(N_("no trustworthy time, so no clock yet"))
    if name == "denied":
        return words(N_("an official source denies it"))
    if name == "spreading":
        return words(N_("dismissed, but rumoured more and more"))
    if name == "too_old":
        return words(N_("too old for a clock, but spoken of anew"))
    return ""


def _span(minutes: str) -> str:
    return hours_and_minutes(timedelta(minutes=int(minutes.removesuffix("m"))))
