"""The part of huiying.yaml about releases: which gates a draft passes, in which order, and what may be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config.document import Document, Problem
from monitor.config.rule_fields import span
from monitor.config.wording import Rejected
from monitor.core.drafts.draft import Gate
from monitor.core.drafts.settings import USUAL, ReleasePath, Skip
from monitor.core.errors import N_
from monitor.core.model import ResponseKind, Severity

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=7)
Between = Literal["self_review", "secrecy", "approval"]
Grade = Literal["general", "larger", "major", "extraordinary"]


def later(value: Any) -> timedelta:
    """Read within what time a review is owed after an urgent publication: 1 hour to 7 days."""
    length = span(value)
    if not SHORTEST <= length <= LONGEST:
        raise Rejected(N_("{key} cannot be {got}. A review is owed within 1h to 7d."))
    return length


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SkipSetting(_Part):
    """A gate that some releases do not pass; a grade that nobody knows counts as above every bound."""

    gate: Between
    kinds: list[ResponseKind] = Field(default=[], description="For these kinds of response; all where left out")
    up_to: Grade | None = Field(default=None, description="Up to this grade of the incident; any where left out")


class ReleaseSetting(_Part):
    """The way of a release from its draft to the public."""

    gates: list[Between] = Field(
        default=["self_review", "secrecy", "approval"],
        max_length=3,
        description="The gates between draft and publication",
    )
    skip: list[SkipSetting] = Field(default=[], max_length=50, description="For which releases a gate is left out")
    later_review: Annotated[timedelta, BeforeValidator(later, json_schema_input_type=str)] = Field(
        default=timedelta(hours=24),
        description="Within what time the review of an urgent publication is owed",
        json_schema_extra={"default": "24h"},
    )

    @property
    def path(self) -> ReleasePath:
        """The path as a value."""
        skips = tuple(
            Skip(Gate(one.gate), frozenset(one.kinds), Severity[one.up_to.upper()] if one.up_to else None)
            for one in self.skip
        )
        return ReleasePath(tuple(Gate(gate) for gate in self.gates), skips, self.later_review)


def muddled_path(document: Document, release: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield gates that stand twice, and exceptions from a gate that does not exist."""
    gates = release.get("gates", [gate.value for gate in USUAL])
    if not isinstance(gates, list):
        return
    for n, gate in enumerate(gates):
        if gate in gates[:n]:
            yield document.problem(("release", "gates", n), N_("The gate {gate} stands here a second time."), gate=gate)
    skips = release.get("skip", [])
    for n, skip in enumerate(skips if isinstance(skips, list) else []):
        gate = skip.get("gate") if isinstance(skip, dict) else None
        if isinstance(gate, str) and gate not in gates:
            message = N_("There is no gate {gate} on the path, so nothing can be left out there.")
            yield document.problem(("release", "skip", n, "gate"), message, gate=gate)
