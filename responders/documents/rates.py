"""How fast a channel may be used, for people."""

from __future__ import annotations

from monitor.core.duties.pacing import Pace
from monitor.core.errors import N_
from responders.language import Words


def rate_said(pace: Pace, words: Words) -> str:
    """Say how many messages a channel takes."""
    if pace.per_minute is None:
        return words(N_("unbounded")) if pace.per_second is None else words(N_("{n} a second"), n=pace.per_second)
    return words(N_("{n} a minute, {reserve} of them for pages"), n=pace.per_minute, reserve=pace.reserve)
