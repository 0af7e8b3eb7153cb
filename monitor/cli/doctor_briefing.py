"""Look who gets the daily briefing, and who has left it."""

from __future__ import annotations

from monitor.cli.doctor_engine import Finding
from monitor.cli.speech import say
from monitor.core.beijing import short
from monitor.core.errors import N_, Mistake
from monitor.service import Parts
from monitor.service.briefing import readers_of, subscriptions_of


def readers_finding(parts: Parts) -> Finding:
    """Say who gets it; it is unwell where somebody should and nobody does."""
    name = say(N_("Briefing"))
    try:
        readers_of(parts, parts.language)
        listed = list(subscriptions_of(parts).listed())
    except Mistake as mistake:
        return Finding(name, well=False, said=say.mistake(mistake))
    gone = [say(N_("{address} left {at}"), address=one.address, at=short(one.left.at)) for one in listed if one.left]
    said = say(N_("{n} recipient(s)"), n=len(listed) - len(gone))
    return Finding(name, well=not listed or len(gone) < len(listed), said="; ".join([said, *gone]))
