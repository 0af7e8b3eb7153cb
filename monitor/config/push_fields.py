"""How the parts of a push source are read: in which columns or fields its rows hold what, and where its keys are."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from monitor.config.part import Part
from monitor.config.source_fields import one_or_more
from monitor.config.wording import Rejected
from monitor.core.errors import N_

SECRET = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)")
Names = Annotated[
    list[Annotated[str, Field(min_length=1)]], BeforeValidator(one_or_more, json_schema_input_type=str | list[str])
]


def secret_name(value: Any) -> str:
    """Read where a secret is kept: a sources file is passed on, so that the secret itself has no place in it."""
    if not isinstance(value, str) or not SECRET.fullmatch(value):
        raise Rejected(N_("{key} names where a secret is kept: env:NAME or file:PATH, never the secret itself."))
    return value


SecretNames = Annotated[
    list[Annotated[str, BeforeValidator(secret_name)]],
    BeforeValidator(one_or_more, json_schema_input_type=str | list[str]),
]


class PushFields(Part):
    """The column of a table, or the path in a JSON object, of each field; where several are named, the first counts."""

    title: Names = Field(default=[])
    text: Names = Field(default=[])
    url: Names = Field(default=[])
    author: Names = Field(default=[])
    time: Names = Field(default=[])
    id: Names = Field(default=[], description="What the sender knows the piece by; else its url, else its title")
    heat: Names = Field(default=[], description="How often it was passed on, read or liked")
    rows: str = Field(default="", description="Where the rows stand in one JSON object, like data.list[]")

    @model_validator(mode="after")
    def _says_something(self) -> PushFields:
        if not self.title and not self.text:
            raise Rejected(N_("fields needs title or text: without one of them a row says nothing."))
        return self

    def values(self) -> dict[str, Any]:
        """Return the fields that become those of a PushRule."""
        named = ("title", "text", "url", "author", "time", "id", "heat")
        return {name: tuple(getattr(self, name)) for name in named} | {"rows": self.rows}
