"""The form of an answer: what is asked for as JSON Schema, and how strictly it is read.

The schema keeps to what every endpoint with structured output knows: all keys required, no others, no bounds on
numbers and lengths. The bounds are kept when the answer is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.model import Decoy, Scope
from monitor.core.second.opinion import COUNTED, Certainty, Claim, Opinion

LONGEST_QUOTE, LONGEST_PLACE, LONGEST_ANSWER = 600, 120, 8_000
SCOPES = {"yes": Scope.DOMESTIC, "no": Scope.FOREIGN, "unknown": Scope.UNKNOWN}
# Some models think aloud first, some put their answer into a fence.
THOUGHT_ENDS = "</think>"
FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)


class UnreadableAnswer(Exception):
    """An answer is not of the form that was asked for."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Claim(_Part):
    count: Annotated[int, Field(ge=0, le=1_000_000)]
    quote: Annotated[str, Field(max_length=LONGEST_QUOTE)]


class _Answer(_Part):
    is_incident: bool
    in_china: Literal["yes", "no", "unknown"]
    kind: Annotated[str, Field(max_length=40)]
    deaths: _Claim | None
    missing: _Claim | None
    trapped: _Claim | None
    injured: _Claim | None
    place: Annotated[str, Field(max_length=LONGEST_PLACE)]
    decoy: Annotated[str, Field(max_length=40)] | None
    certainty: Literal["high", "medium", "low"]
    quote: Annotated[str, Field(max_length=LONGEST_QUOTE)]


def opinion_of(content: str, kinds: Collection[str]) -> Opinion:
    """Read an answer; raise UnreadableAnswer where it is not one JSON object of exactly the form asked for."""
    if len(content) > LONGEST_ANSWER:
        raise UnreadableAnswer(f"{len(content)} characters")
    text = content if content.lstrip().startswith("{") else content.rpartition(THOUGHT_ENDS)[2]
    fenced = FENCE.fullmatch(text)
    try:
        answer = _Answer.model_validate_json((fenced[1] if fenced else text).strip())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "JSON"
        raise UnreadableAnswer(f"{place}: {first['type']}") from None
    if answer.kind not in kinds:
        raise UnreadableAnswer("kind: unknown")
    if answer.decoy is not None and answer.decoy not in {decoy.value for decoy in Decoy}:
        raise UnreadableAnswer("decoy: unknown")
    claims = {name: Claim(c.count, c.quote) for name in COUNTED if (c := getattr(answer, name)) is not None}
    return Opinion(
        is_incident=answer.is_incident,
        scope=SCOPES[answer.in_china],
        kind=answer.kind,
        claims=claims,
        place=answer.place,
        decoy=None if answer.decoy is None else Decoy(answer.decoy),
        certainty=Certainty(answer.certainty),
        quote=answer.quote,
    )


def schema(kinds: Collection[str]) -> dict[str, Any]:
    """Return the JSON Schema of an answer; `kinds` are the slugs that it may name."""
    claim = _closed({"count": {"type": "integer"}, "quote": {"type": "string"}})
    decoys: list[str | None] = [decoy.value for decoy in Decoy]
    return _closed(
        {
            "is_incident": {"type": "boolean"},
            "in_china": {"type": "string", "enum": list(SCOPES)},
            "kind": {"type": "string", "enum": list(kinds)},
            **{name: {"anyOf": [claim, {"type": "null"}]} for name in COUNTED},
            "place": {"type": "string"},
            "decoy": {"anyOf": [{"type": "string", "enum": decoys}, {"type": "null"}]},
            "certainty": {"type": "string", "enum": [certainty.value for certainty in Certainty]},
            "quote": {"type": "string"},
        }
    )


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
