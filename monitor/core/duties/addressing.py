"""For whom each alert is, and whether it may be sent at night. The team channels carry every alert beside that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.duties.alerting import AlertDraft, Silence, trouble_alert
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.duty import Duty, Recipient, recipients
from monitor.core.people.policies import Whom
from monitor.core.people.rota import Change

# Information that waited for the morning is not told in the minute in which it becomes useless.
MORNING = timedelta(hours=1)


def addressed(drafts: Iterable[AlertDraft], duty: Duty, changes: Sequence[Change], now: datetime) -> list[AlertDraft]:
    """Return the alerts with the contacts they are for, and one more where a page is for nobody.

    What is no page waits until the quiet hours are over, or is skipped where it would be useless by then.
    """
    found: list[AlertDraft] = []
    meant: dict[tuple[Whom, ...], tuple[Recipient, ...]] = {}
    for draft in drafts:
        if draft.state is not AlertState.PENDING:
            found.append(draft)
        elif draft.page:
            whom = draft.whom or duty.at_hand
            if whom not in meant:
                meant[whom] = recipients(whom, duty, changes, now)
            found += _page(draft, whom, draft.audience or meant[whom], now)
        else:
            found.append(_by_daylight(draft, duty))
    return found


def _page(
    draft: AlertDraft, whom: tuple[Whom, ...], audience: tuple[Recipient, ...], now: datetime
) -> Iterator[AlertDraft]:
    if draft.spoken_for:
        audience = tuple(replace(one, silence=Silence.TOLD_WITH_ANOTHER.value) for one in audience)
    yield draft.told_to(whom, audience)
    if whom and not audience:
        yield nobody(whom, now)


def nobody(whom: Sequence[Whom], now: datetime) -> AlertDraft:
    """Tell, once a day for the same people, that a page reaches nobody but the readers of the team channels."""
    names = " ".join(f"{one.kind.value}:{one.id}" for one in whom)
    key = f"duty:nobody:{names[:200]}:{now.astimezone(UTC):%Y%m%d}"
    return trouble_alert(key, "duty:nobody", now, detail={"whom": names[:200]})


def _by_daylight(draft: AlertDraft, duty: Duty) -> AlertDraft:
    morning = duty.quiet.ends_at(draft.not_before) if duty.quiet is not None else None
    if morning is None or draft.reason is AlertReason.BRIEFING:
        return draft
    if draft.useful_until <= morning:
        return replace(draft, state=AlertState.SKIPPED, silence=Silence.QUIET_HOURS)
    return replace(draft, not_before=morning, useful_until=max(draft.useful_until, morning + MORNING))
