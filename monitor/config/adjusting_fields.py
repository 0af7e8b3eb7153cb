"""What a rule lets people do to its deadline: extend it, let its time stand still, let it begin anew."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from monitor.config.rule_fields import Part
from monitor.config.wording import Rejected
from monitor.core.duties.adjusting import ExtendRule
from monitor.core.errors import N_

STRETCH = re.compile(r"([0-9]{1,4})\s*(m|h|d)")
Grounds = list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]]


def stretch(value: Any) -> tuple[int, str]:
    """Read by how much something may be extended, such as 60d: a number and its unit."""
    found = STRETCH.fullmatch(str(value).strip())
    if not found or int(found[1]) == 0:
        raise Rejected(N_("{key} cannot be {got}. Write a span such as 30m, 5h or 3d."))
    return int(found[1]), found[2]


Stretch = Annotated[tuple[int, str], BeforeValidator(stretch, json_schema_input_type=str)]


class ExtendPart(Part):
    """How far a rule lets its deadline be extended."""

    by: Stretch = Field(description="By how much at most, such as 60d")
    times: int = Field(default=1, ge=1, description="How often")
    approver: bool = Field(default=True, description="Whoever extends must say who approved it")
    notice: bool = Field(default=True, description="... and how those concerned were told")


def extend_rule(part: ExtendPart | None) -> ExtendRule | None:
    """Return the rule as a value."""
    return None if part is None else ExtendRule(*part.by, part.times, part.approver, part.notice)
