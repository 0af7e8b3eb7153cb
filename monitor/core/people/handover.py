"""What is told about a rota itself: that duty changes hands, and that nobody is on duty in the days to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.beijing import day_of, shown
from monitor.core.duties.alerting import AlertDraft, stamp, trouble_alert
from monitor.core.model import AlertReason
from monitor.core.people.duty import OF_CHANGE, Because, Duty, Recipient
from monitor.core.people.rota import Change, Rota, Stretch, gaps, stretches

AHEAD = timedelta(days=7)
SOON = timedelta(hours=24)
# A hand-over that happened while the service was down is still told for so long.
BACK = timedelta(hours=6)
A_DAY = timedelta(hours=24)


def handovers(duty: Duty, changes: Sequence[Change], now: datetime) -> Iterator[AlertDraft]:
    """Yield a notice for each shift that lately began with somebody else: to him, and to who was on duty before."""
    for rota in duty.rotas.values():
        for before, after in pairwise(stretches(rota, changes, now - BACK, now + A_DAY)):
            if after.begin <= now and after.contact != before.contact:
                yield _handover(duty, rota, before, after, now)


def _handover(duty: Duty, rota: Rota, before: Stretch, after: Stretch, now: datetime) -> AlertDraft:
    return AlertDraft(
        key=f"rota:{rota.id}:shift:{after.contact or ''}@{stamp(after.begin)}",
        reason=AlertReason.HANDOFF,
        matter_id=None,
        point="handoff",
        at=after.begin,
        not_before=now,
        useful_until=max(after.end, now + BACK),
        detail={
            "rota": rota.name,
            "before": duty.name(before.contact) if before.contact else "—",
            "after": duty.name(after.contact) if after.contact else "—",
            "at": shown(after.begin),
        },
        audience=tuple(_two(duty, rota, before, after)),
    )


def _two(duty: Duty, rota: Rota, before: Stretch, after: Stretch) -> Iterator[Recipient]:
    if after.contact is not None and after.contact in duty.contacts:
        because = Because.LAYER if after.change is None else OF_CHANGE[after.change.kind]
        yield Recipient(after.contact, because, rota.id, after.layer, duty.name(after.contact))
    if before.contact is not None and before.contact in duty.contacts:
        yield Recipient(before.contact, Because.OFF_DUTY, rota.id, before.layer, duty.name(before.contact))


def unmanned(duty: Duty, changes: Iterable[Change], now: datetime) -> dict[str, datetime]:
    """Return the rotas in which nobody is on duty at some time within a day, and from when on that is so first."""
    made = list(changes)
    found = ((rota.name, gaps(rota, made, now, now + SOON)) for rota in duty.rotas.values())
    return {name: empty[0].begin for name, empty in found if empty}


def gap_alarms(duty: Duty, changes: Iterable[Change], now: datetime) -> Iterator[AlertDraft]:
    """Yield, once a day for each rota, that nobody is on duty for a time of the next seven days.

    It is a page where that time comes within a day.
    """
    made = list(changes)
    for rota in duty.rotas.values():
        found = gaps(rota, made, now, now + AHEAD)
        if not found:
            continue
        soon = found[0].begin < now + SOON
        key = f"rota:{rota.id}:gap:{day_of(now):%Y%m%d}{':soon' if soon else ''}"
        detail = {
            "rota": rota.name,
            "begins": shown(found[0].begin),
            "ends": shown(found[0].end),
            "gaps": str(len(found)),
        }
        yield trouble_alert(key, "rota:gap", now, page=soon, keeps=A_DAY, detail=detail)
