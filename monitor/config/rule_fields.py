"""What the parts of a rule pack are written in: spans, grades, legal sources."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from monitor.config.part import Part
from monitor.config.wording import Rejected
from monitor.core.duties.law import LegalSource
from monitor.core.errors import N_
from monitor.core.model import SEVERITY_OF_ZH, WAVE_OF_ZH, Severity, Wave

SPAN = re.compile(r"([0-9]{1,5})\s*(m|h|d)")
UNIT = {"m": "minutes", "h": "hours", "d": "days"}


def span(value: Any) -> timedelta:
    """Read a span such as 30m, 5h or 3d; calendar days and working days are no spans."""
    found = SPAN.fullmatch(str(value).strip())
    if not found or int(found[1]) == 0:
        raise Rejected(N_("{key} cannot be {got}. Write a span such as 30m, 5h or 3d."))
    return timedelta(**{UNIT[found[2]]: int(found[1])})


def grade(value: Any) -> Severity:
    """Read a severity by its statutory name."""
    severity = SEVERITY_OF_ZH.get(str(value))
    if severity is None:
        raise Rejected(N_("{key} cannot be {got}; it is one of {expected}."), expected="、".join(SEVERITY_OF_ZH))
    return severity


def wave_grade(value: Any) -> Wave:
    """Read the grade of a wave of public talk by its name."""
    wave = WAVE_OF_ZH.get(str(value))
    if wave is None:
        raise Rejected(N_("{key} cannot be {got}; it is one of {expected}."), expected="、".join(WAVE_OF_ZH))
    return wave


Span = Annotated[timedelta, BeforeValidator(span, json_schema_input_type=str)]
Grade = Annotated[Severity, BeforeValidator(grade, json_schema_input_type=Literal["一般", "较大", "重大", "特别重大"])]

WaveGrade = Annotated[Wave, BeforeValidator(wave_grade, json_schema_input_type=Literal["一般", "较大", "重大"])]


class LegalSourcePart(Part):
    """Where a rule comes from, quoted."""

    document: str = Field(min_length=1)
    article: str
    quote: str = Field(min_length=1)

    def source(self) -> LegalSource:
        """Return it as a value."""
        return LegalSource(self.document, self.article, self.quote)
