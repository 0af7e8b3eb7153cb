"""What a rule lets people do to its deadline: extend it, let its time stand still, let it begin anew."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from monitor.config.part import Part
from monitor.config.serial_fields import TermText
from monitor.core.duties.adjusting import ExtendRule

Grounds = list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]]


class ExtendPart(Part):
    """How far a rule lets its deadline be extended."""

    by: TermText = Field(description="By how much at most, such as 60d or 20wd")
    times: int = Field(default=1, ge=1, description="How often")
    approver: bool = Field(default=True, description="Whoever extends must say who approved it")
    notice: bool = Field(default=True, description="... and how those concerned were told")


def extend_rule(part: ExtendPart | None) -> ExtendRule | None:
    """Return the rule as a value."""
    return None if part is None else ExtendRule(part.by, part.times, part.approver, part.notice)
