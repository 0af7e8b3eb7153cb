"""The part of huiying.yaml about appraisals and what the public says of published responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from monitor.config.document import Document, Problem
from monitor.core.errors import N_


class AppraisalSetting(BaseModel):
    """By what offices are appraised, and whether the public rates responses."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    rules: str = Field(default="", description="Path of one's own rules of appraisals; the shipped ones if left out")
    ratings: bool = Field(
        default=False, description="Let the public rate published responses under public_url/rate/, without an account"
    )
    days: int = Field(default=30, ge=1, le=366, description="For so many days a response can be rated")
    least: int = Field(default=30, ge=1, le=100_000, description="Fewer votes say too little for a figure")


def unreachable(
    document: Document, setting: Mapping[str, Any] | None, console: Mapping[str, Any] | None
) -> Iterator[Problem]:
    """Yield ratings that nobody could reach."""
    if setting and setting.get("ratings") is True and not (console or {}).get("public_url"):
        message = N_("ratings need public_url in console: the address under which the public reaches this service.")
        yield document.problem(("appraisal", "ratings"), message)
