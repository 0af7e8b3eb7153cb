"""What `huiying doctor` says of hosts that fail, and of sources that answer but bring nothing new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.cli.doctor_engine import Finding
from monitor.cli.speech import say
from monitor.core.beijing import short
from monitor.core.errors import N_, Mistake
from monitor.core.source_health import RESTING, trouble_of
from monitor.service import Parts
from monitor.store import briefing_facts, sources

NAMED = 5


def silent_findings(parts: Parts) -> Iterator[Finding]:
    """Yield what is to be said of sources that answer; nothing where they or the database cannot be read."""
    now = datetime.now(UTC)
    try:
        with parts.database.read() as connection:
            states = sources.states(connection)
            facts = list(briefing_facts.source_facts(connection, parts.sources.keys(), now))
        liars = [one for one in sorted(parts.sources) if one in states and states[one].validators.distrusted]
        found = [trouble_of(one, now, parts.works) for one in facts]
        waiting = Counter(one.host for one in found if one is not None and one.host)
        since = {one.host: one.since for one in found if one is not None and one.host}
    except Mistake:
        # Told above, where the sources and the database are examined.
        return
    if liars:
        yield Finding(say(N_("Answers of “not modified” that were untrue")), well=True, said=", ".join(liars))
    if waiting:
        told = N_("{host} since {since} ({n} sources)")
        hosts = [say(told, host=host, since=short(since[host]), n=n) for host, n in waiting.most_common(NAMED)]
        more = " …" if len(waiting) > NAMED else ""
        yield Finding(say(N_("Hosts that fail")), well=False, said=", ".join(hosts) + more)
    resting = sorted((one for one in found if one is not None and one.trouble in RESTING), key=lambda one: one.since)
    if not resting:
        return
    named = [say(N_("{id} since {since}"), id=one.source_id, since=short(one.since)) for one in resting[:NAMED]]
    said = ", ".join(named) + (" …" if len(resting) > NAMED else "")
    name = say(N_("Silent sources"))
    yield Finding(name, well=False, said=say(N_("{n} bring nothing new: {named}"), n=len(resting), named=said))
