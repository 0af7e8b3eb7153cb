"""What a person is asked about a matter, or told of it, apart from what its deadlines owe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft, Silence, stamp, trouble_alert
from monitor.core.duties.obligations import MatterFacts
from monitor.core.model import AlertReason, AlertState, Wave
from monitor.core.people.policies import Whom


def regraded_late(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once for each grade, about one that was reached too long after the incident to open duties."""
    grade = facts.presumed
    level = grade.name.lower() if grade else "none"
    return _question(facts, "regraded_late", now, once_for=level)


def undated(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person about a major report that no trusted time supports, so that no deadline runs yet."""
    return _question(facts, "undated", now)


def aged(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once, whether a grave matter that was too old for a clock goes on: something speaks of it anew."""
    return _question(facts, "too_old", now)


def grown(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once for each grade, whether a dismissal still holds after graver news."""
    grade = facts.firm or facts.wave
    level = f"{'' if facts.firm else 'wave-'}{grade.name.lower()}" if grade else "none"
    return _question(facts, "grown", now, once_for=level)


def risen(facts: MatterFacts, wave: Wave, now: datetime) -> AlertDraft:
    """Tell, once for each grade, that the public talks of a matter as widely as never before: no clock hangs on it.

    Whoever has acted since it was known saw it on the page: that is kept, and not told.
    """
    known_at = facts.wave_known_at or now
    draft = AlertDraft(
        key=f"matter:{facts.id}:wave:{wave.name.lower()}",
        reason=AlertReason.WAVE,
        matter_id=facts.id,
        point=f"wave:{wave.name.lower()}",
        at=facts.waves[wave],
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=wave is Wave.MAJOR,
    )
    if facts.acted_at is None or facts.acted_at < known_at:
        return draft
    return replace(draft, state=AlertState.SKIPPED, silence=Silence.ACKNOWLEDGED)


def denied(facts: MatterFacts, title: str, now: datetime) -> AlertDraft:
    """Ask a person, once, whether an incident that an official source denies is to be dismissed; its clocks run on."""
    return _question(facts, "denied", now, detail={"title": title[:200]})


def spreading(facts: MatterFacts, now: datetime) -> AlertDraft:
    """Ask a person, once, about a dismissed incident of which a claim spreads: what is false has to be clarified."""
    return _question(facts, "spreading", now)


def handed_back(matter_id: int, by: str, whom: Iterable[Whom], now: datetime) -> AlertDraft:
    """Tell that whoever acted on a matter does so no more: the first page of the round that begins now."""
    key = f"matter:{matter_id}:handed_back@{stamp(now)}"
    told = trouble_alert(key, "handed_back", now, matter_id=matter_id, detail={"by": by})
    return replace(told, whom=tuple(dict.fromkeys(whom)))


def fault(matter_id: int, said: str, kind: str, now: datetime) -> AlertDraft:
    """Tell that the deadlines of a matter cannot be reckoned; again on each day on which that is so.

    It is about the service and names its matter only in `detail`: what is stored of that matter cannot be relied on.
    """
    key = f"fault:{matter_id}:{kind}:{now.astimezone(UTC):%Y%m%d}"
    return trouble_alert(key, "fault", now, detail={"matter": str(matter_id), "what": said[:500]})


def _question(
    facts: MatterFacts, point: str, now: datetime, *, once_for: str = "", detail: Mapping[str, str] | None = None
) -> AlertDraft:
    """Ask a person about a matter once, or once for each value of `once_for`."""
    key = f"matter:{facts.id}:{point}:{once_for}" if once_for else f"matter:{facts.id}:{point}"
    return trouble_alert(key, point, now, matter_id=facts.id, detail=detail)
