"""What `huiying doctor` says of hubs: what was promised, by whom nothing was, and what lies unused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.cli.doctor_engine import Finding
from monitor.cli.speech import say
from monitor.core.errors import N_, Mistake
from monitor.core.websub import MISSED, State
from monitor.crawl.hub_ways import HubFlaw, hub_flaw
from monitor.service import Parts
from monitor.service.streaming import takes_calls
from monitor.store import websub
from monitor.store.websub import Subscription

NAMED = 5
UNASKED = {
    HubFlaw.PLAIN: N_("Hub: {hub}, not used: it would be told a secret over http without encryption"),
    HubFlaw.INSIDE: N_("Hub: {hub}, not used: it lies in the own network and the source does not"),
}


def hub_findings(parts: Parts) -> Iterator[Finding]:
    """Yield how it stands with the hubs that sources offer; nothing where none does or the database cannot be read."""
    now = datetime.now(UTC)
    try:
        with parts.database.read() as connection:
            known = websub.subscriptions(connection)
    except Mistake:
        # Told above, where the database is examined.
        return
    if not known:
        return
    name = say(N_("Hubs"))
    if not takes_calls(parts):
        told = N_("off: {n} source(s) offer one; set console: public_url and websub to be told at once")
        yield Finding(name, well=True, said=say(told, n=len(known)))
        return
    well = [one for one in known if one.tells(now) and one.missed < MISSED]
    yield Finding(name, well=True, said=say(N_("{n} of {all} tell what is new"), n=len(well), all=len(known)))
    others = [one for one in known if one not in well and one.state is not State.WANTED]
    flaws = {one.source_id: _flaw(parts, one) for one in others}
    for one in sorted(others, key=lambda one: flaws[one.source_id] is not None)[:NAMED]:
        flaw = flaws[one.source_id]
        said = hub_said(one, now) if flaw is None else say(UNASKED[flaw], hub=one.hub)
        # That such a hub is not asked is as it should be; the source is looked at as ever.
        yield Finding(f"{name} {one.source_id}", well=flaw is not None, said=said)


def _flaw(parts: Parts, one: Subscription) -> HubFlaw | None:
    source = parts.sources.get(one.source_id)
    return None if source is None else hub_flaw(one.hub, source.url, parts.gate.settings.allow)


def hub_said(one: Subscription, now: datetime) -> str:
    """Say how it stands with one hub."""
    if one.tells(now):
        return say(N_("{hub} has told nothing of what was found"), hub=one.hub)
    if one.state is State.DENIED:
        return say(N_("{hub} denies: {said}"), hub=one.hub, said=one.said or "—")
    if one.state is State.LEAVING:
        return say(N_("{hub} is being left"), hub=one.hub)
    return say(N_("{hub} has not called back: {said}"), hub=one.hub, said=one.said or "—")
