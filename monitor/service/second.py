"""From the settings to the second reader's leg."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.core.second.opinion import Limits
from monitor.loops.second_reading.ask import SecondReading
from monitor.loops.second_reading.find import Findings
from monitor.service.parts import Parts


def second_reading_of(parts: Parts, clock: Callable[[], datetime]) -> SecondReading | None:
    """Return the leg, None where there is no second reader."""
    setting, endpoint = parts.settings.form.second_reader, parts.endpoint
    if setting is None or endpoint is None:
        return None
    findings = Findings(
        grader=parts.grader,
        lore=parts.lore,
        pack=parts.pack,
        region=parts.region,
        limits=Limits(setting.questions_per_hour, setting.questions_per_day),
        prompt=endpoint.prompt.version,
        model=endpoint.model,
    )
    return SecondReading(parts.database, endpoint, findings, setting.requests_per_day, clock)
