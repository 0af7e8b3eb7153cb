"""The claims of an incident as they stand: what is claimed, who looked into it, what was published about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.errors import UnknownIncident
from monitor.core.incidents.claims import OPEN_STAGES, ClaimCheck, ClaimStage, stage_of
from monitor.core.incidents.voices import Voice
from monitor.core.model import MatterState, ResponseKind, RumourState
from monitor.core.particulars import Claim, Clarification
from monitor.core.views import IncidentView, ResponseView
from monitor.store import claim_checks, hearings, views


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that can be chosen: its name in a form, how it is worded, when and by whom it was told."""

    claim: Claim
    title: str
    at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim on its way: told, looked into, clarified."""

    claimed: Claimed
    stage: ClaimStage
    checks: tuple[ClaimCheck, ...]
    cleared: tuple[ResponseView, ...]

    @property
    def open(self) -> bool:
        """Tell whether something is left to do."""
        return self.stage in OPEN_STAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSheet:
    """All claims of an incident, the open ones first; what names no claim is about all of them."""

    incident: IncidentView
    rumour: RumourState | None
    rows: tuple[ClaimRow, ...]
    denials: tuple[Voice, ...]
    checks: tuple[ClaimCheck, ...]
    cleared: tuple[ResponseView, ...]

    @property
    def open(self) -> bool:
        """Tell whether the incident is neither dismissed nor merged."""
        return self.incident.state is MatterState.OPEN


def read_claims(connection: Connection, number: int) -> ClaimSheet:
    """Read the claims of an incident; raise UnknownIncident."""
    incident = views.incident(connection, number)
    if incident is None:
        raise UnknownIncident(id=number)
    checks = claim_checks.of_matters(connection, [number]).get(number, [])
    cleared = [
        one
        for one in views.responses(connection, matter_id=number)
        if one.kind is ResponseKind.CLARIFICATION and one.retracted_at is None
    ]
    claims = list(claims_of(connection, number))
    whispers = [one.claim.whisper_id for one in claims if one.claim.whisper_id is not None]
    before = [check for found in claim_checks.of_whispers(connection, whispers).values() for check in found]
    every = list({check.id: check for check in (*checks, *before)}.values())
    rows = [_row(one, every, cleared, incident.rumour) for one in claims]
    return ClaimSheet(
        incident=incident,
        rumour=incident.rumour,
        rows=tuple(sorted(rows, key=lambda row: not row.open)),
        denials=tuple(voice for voice in hearings.voices_of(connection, number) if voice.denies),
        checks=tuple(check for check in every if check.claim is None),
        cleared=tuple(one for one in cleared if not isinstance(one.particulars, Clarification)),
    )


def _row(
    claimed: Claimed, checks: Sequence[ClaimCheck], cleared: Sequence[ResponseView], rumour: RumourState | None
) -> ClaimRow:
    """Return one claim; what names no claim is about this one too."""
    mine = tuple(check for check in checks if check.claim in (None, claimed.claim))
    answers = tuple(
        one
        for one in cleared
        if not isinstance(one.particulars, Clarification) or one.particulars.claim == claimed.claim
    )
    last = max((one.published_at for one in answers), default=None)
    return ClaimRow(claimed, stage_of(mine, last, rumour), mine, answers)


def claims_of(connection: Connection, incident_id: int) -> Iterator[Claimed]:
    """Yield the claims of an incident: what is only claimed, and the denied rumours that turned out to tell of it."""
    for voice in hearings.voices_of(connection, incident_id):
        if voice.claim and not voice.denies:
            yield Claimed(Claim(item_id=voice.item_id), voice.title, voice.at, voice.source)
    for number, title in claim_checks.whispers_of(connection, incident_id).items():
        yield Claimed(Claim(whisper_id=number), title)
