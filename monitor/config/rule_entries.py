"""What a rule pack holds besides obligations: duties without an end, stricter local terms, worked examples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.config.part import Part
from monitor.config.rule_fields import Grade, LegalSourcePart, WaveGrade
from monitor.config.serial_fields import LevelName, TermText
from monitor.config.wording import Rejected
from monitor.core.beijing import read
from monitor.core.duties.examples import Example
from monitor.core.duties.law import LastingDuty, Role, Stage, Stricter
from monitor.core.errors import N_, UnreadableTime
from monitor.core.model import LEVEL_OF_NAME, Anchor, Response, ResponseKind

RULE_ID = r"^[A-Z0-9][A-Z0-9-]*$"
NONE = "none"


def moment(value: Any) -> datetime:
    """Read a moment; one without a zone is Beijing time."""
    try:
        return read(str(value))
    except UnreadableTime:
        raise Rejected(N_("{key} ({got}) is no moment. Write it like 2026-07-09T20:30.")) from None


def moment_or_none(value: Any) -> datetime | None:
    """Read a moment, or none where there is to be no deadline."""
    return None if value == NONE else moment(value)


Moment = Annotated[datetime, BeforeValidator(moment, json_schema_input_type=str)]
MomentOrNone = Annotated[datetime | None, BeforeValidator(moment_or_none, json_schema_input_type=str)]
RuleId = Annotated[str, Field(pattern=RULE_ID)]


class NamePart(Part):
    """A name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class DutyPart(Part):
    """What the law asks without naming an end."""

    id: RuleId
    name: NamePart
    stage: Stage = Field(description="Where in the work it bites")
    source: LegalSourcePart
    verified: bool = Field(description="Somebody compared the quote with its source")
    note: str = ""

    def duty(self, origin: str) -> LastingDuty:
        """Return it as a value."""
        return LastingDuty(
            self.id, self.name.zh, self.name.en, self.stage, self.source.source(), self.verified, self.note, origin
        )


class StricterPart(Part):
    """Stricter terms for an obligation of the pack that this one is laid over."""

    rule: RuleId = Field(description="The obligation for which they are meant")
    at_least: Grade | None = Field(default=None, description="Only from this grade up")
    below: Grade | None = Field(default=None, description="Only under this grade")
    due: TermText = Field(description="How long, such as 30m; never longer than that obligation has")
    source: LegalSourcePart
    verified: bool = Field(description="Somebody compared the quote with its source")
    enabled: bool = True
    note: str = ""

    def terms(self, origin: str) -> Stricter:
        """Return them as a value."""
        source = self.source.source()
        return Stricter(
            self.rule, self.due, source, self.at_least, self.below, self.verified, self.enabled, self.note, origin
        )


class _Response(Part):
    kind: ResponseKind
    at: Moment
    level: LevelName | None = None
    promised: Moment | None = Field(default=None, description="When it says that the next release will come")


class _Given(Part):
    matter: str = "incident"
    kind: str = Field(default="other", description="The kind of incident")
    severity: Grade | None = None
    likely: Grade | None = None
    wave: WaveGrade | None = None
    sources: int = Field(default=1, ge=1)
    role: Role | None = Field(default=None, description="Whose duties; without it those of every office")
    at: dict[Anchor, Moment] = Field(default={}, description="The moments that are known")
    reached: Moment | None = Field(default=None, description="When the grade was reached; with the first moment else")
    responses: list[_Response] = Field(default=[], description="What was done")
    claims: list[Moment] = Field(default=[], description="When personal accounts, each another one, told of it")
    now: Moment | None = Field(default=None, description="When it is looked at; the last moment given else")


class ExamplePart(Part):
    """A worked example: what is given and when which obligation is then due."""

    given: _Given
    then: dict[RuleId, MomentOrNone] = Field(min_length=1, description="When each is due, or none")

    def example(self) -> Example:
        """Return it as a value."""
        given = self.given
        return Example(
            due=dict(self.then),
            matter=given.matter,
            kind=given.kind,
            severity=given.severity,
            likely=given.likely,
            wave=given.wave,
            sources=given.sources,
            role=given.role,
            at=dict(given.at),
            reached=given.reached,
            responses=tuple(_response(part) for part in given.responses),
            claims=tuple(given.claims),
            now=given.now,
        )


def _response(part: _Response) -> Response:
    return Response(
        part.kind, part.at, level=None if part.level is None else LEVEL_OF_NAME[part.level], promised_at=part.promised
    )
