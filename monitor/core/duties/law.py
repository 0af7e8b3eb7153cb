"""What a rule pack says of the law besides clocks: sources, whose duty it is, duties without an end, local terms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.core.duties.terms import Term
from monitor.core.model import Severity


@dataclass(frozen=True, slots=True)
class LegalSource:
    """Where an obligation comes from, quoted."""

    document: str
    article: str
    quote: str


class Role(StrEnum):
    """Whose duty it is: a unit where accidents happen, or the bureau of one level."""

    ENTERPRISE = "enterprise"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    STATE = "state"


class Group(StrEnum):
    """Obligations that are switched on together, because not every office has them; off unless the settings say so."""

    UPWARD_REPORTING = "upward_reporting"
    INVESTIGATION = "investigation"


class Stage(StrEnum):
    """Where in the work a duty without a clock bites."""

    STANDING = "standing"
    TRIAGE = "triage"
    REPORTING = "reporting"
    BEFORE_RELEASE = "before_release"
    RELEASE = "release"
    INVESTIGATION = "investigation"
    AFTERWARDS = "afterwards"


def role_of(region: str) -> Role:
    """Return the role of the bureau of a division (six digits, "000000" is the whole country)."""
    if region == "000000":
        return Role.STATE
    if region.endswith("0000"):
        return Role.PROVINCE
    return Role.CITY if region.endswith("00") else Role.COUNTY


@dataclass(frozen=True, slots=True)
class LastingDuty:
    """What the law asks without naming an end: who, what content, which channels. Nothing is counted from it."""

    id: str
    name_zh: str
    name_en: str
    stage: Stage
    source: LegalSource
    verified: bool = True
    note: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Stricter:
    """Stricter terms that a local pack sets for an obligation; the bounds narrow for which grades they hold.

    `origin` is the pack and its version, such as "cn-wuhan@2026.1".
    """

    obligation_id: str
    due: Term
    source: LegalSource
    at_least: Severity | None = None
    below: Severity | None = None
    verified: bool = True
    enabled: bool = True
    note: str = ""
    origin: str = ""

    def holds(self, severity: Severity | None) -> bool:
        """Tell whether the terms hold for a grade, the presumed one where none is proved."""
        if not self.enabled:
            return False
        if self.at_least is not None and (severity is None or severity < self.at_least):
            return False
        return self.below is None or severity is None or severity < self.below
