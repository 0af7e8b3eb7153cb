"""The section of a rule pack that grades how far the public talks of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, ValidationError

from monitor.config.document import Document, Problem
from monitor.config.part import Part
from monitor.config.rule_fields import LegalSourcePart, Span, WaveGrade
from monitor.core.errors import N_
from monitor.core.incidents.wave import Measure, WaveTable
from monitor.core.model import Wave

Number = Annotated[int, Field(ge=1, le=1_000_000)]


class _Limits(Part):
    general: Number | None = Field(default=None, alias="一般")
    larger: Number | None = Field(default=None, alias="较大")
    major: Number | None = Field(default=None, alias="重大")

    def by_wave(self) -> dict[Wave, int]:
        """Return the numbers that are given, the lowest grade first."""
        given = {Wave.GENERAL: self.general, Wave.LARGER: self.larger, Wave.MAJOR: self.major}
        return {wave: number for wave, number in given.items() if number is not None}


class _Measures(Part):
    rank: _Limits = Field(default_factory=_Limits, description="Best place on any hot list; lower numbers are graver")
    hours: _Limits = Field(default_factory=_Limits, description="In how many different hours it stood on a hot list")
    talk: _Limits = Field(default_factory=_Limits, description="Titles in which the public speaks, within `within`")
    sources: _Limits = Field(default_factory=_Limits, description="Sources that are no authority, within `within`")
    rush: _Limits = Field(default_factory=_Limits, description="Such sources within `rush_within`")

    def limits(self) -> dict[Measure, dict[Wave, int]]:
        """Return the numbers of every measure."""
        return {measure: getattr(self, measure.value).by_wave() for measure in Measure}


class WavePart(Part):
    """The section `wave`."""

    within: Span = Field(default=timedelta(hours=24), json_schema_extra={"default": "24h"})
    rush_within: Span = Field(default=timedelta(hours=1), json_schema_extra={"default": "1h"})
    measures: _Measures = Field(description="The highest grade that any measure reaches counts")
    tell_from: WaveGrade = Field(
        default=Wave.MAJOR,
        description="People are told at once from this grade on",
        json_schema_extra={"default": "重大"},
    )
    except_provinces: list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = Field(
        default=[], description="First two digits of division codes outside the regime"
    )
    source: LegalSourcePart
    verified: bool = Field(description="Somebody compared the quote with its source")
    note: str = ""


def uneven(document: Document, waves: Any) -> Iterator[Problem]:
    """Yield the measures by which a graver wave would need less than a lesser one."""
    try:
        part = None if waves is None else WavePart.model_validate(waves)
    except ValidationError:
        return
    for measure, limits in {} if part is None else part.measures.limits().items():
        numbers = list(limits.values())
        if numbers != sorted(set(numbers), reverse=measure is Measure.RANK):
            message = N_("{key}: each grade must need more than the one below it; of rank, a lower number.")
            yield document.problem(("wave", "measures", measure.value), message, key=f"measures.{measure}")


def wave_table(part: WavePart | None) -> WaveTable | None:
    """Return the section as a value."""
    if part is None:
        return None
    return WaveTable(
        limits=part.measures.limits(),
        within=part.within,
        rush=part.rush_within,
        tell_from=part.tell_from,
        except_provinces=tuple(part.except_provinces),
        document=part.source.document,
        article=part.source.article,
        quote=part.source.quote,
        verified=part.verified,
        note=part.note,
    )
