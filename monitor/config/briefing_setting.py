"""The part of huiying.yaml about the daily briefing: when it is sent, to whom, and what each of them is told."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config.setting_fields import Address, Region, TimeOfDay
from monitor.core.briefing_readers import Edition, Reader


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReaderSetting(_Part):
    """One who gets the briefing. A division or an office bounds what he is told; without them it is everything."""

    address: Address
    language: Literal["zh", "en"] | None = Field(default=None, description="That of the settings where left out")
    region: Region | None = Field(default=None, description="GB/T 2260 code of the division that he is told of")
    office: str = Field(default="", max_length=40, description="Id of the office in the duty file that he is told of")

    def reader(self, language: str) -> Reader:
        """Return the reader as a value; `language` is the bureau's own."""
        own = self.language in (None, language)
        return Reader(self.address, Edition("" if own else str(self.language), self.region or "", self.office))


def reader(value: Any) -> Any:
    """Take an address alone for a reader who is told everything."""
    return {"address": value} if isinstance(value, str) else value


OneReader = Annotated[ReaderSetting, BeforeValidator(reader, json_schema_input_type=str | ReaderSetting)]


class BriefingSetting(_Part):
    """When the daily briefing is sent and to whom; up to eight minutes later, never on the full or half hour."""

    at: TimeOfDay = Field(
        default=time(8, 27), description="Time of day in Beijing", json_schema_extra={"default": "08:27"}
    )
    to: list[OneReader] = []

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of all who get it."""
        return tuple(one.address for one in self.to)

    def readers(self, language: str) -> tuple[Reader, ...]:
        """Return those who get it; `language` is the bureau's own."""
        return tuple(one.reader(language) for one in self.to)
