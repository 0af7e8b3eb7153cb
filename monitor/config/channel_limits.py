"""Read what each kind of channel takes from channels.yaml, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from monitor.config.document import BadDocument, Document, Problem, check, read
from monitor.config.part import Part
from monitor.config.rules import RULES
from monitor.core.duties.pacing import Crowd, Limits, Pace
from monitor.core.errors import N_

FILE = "channels.yaml"


class _Crowd(Part):
    minutes: list[int] = Field(min_length=1)
    before_seconds: int = Field(ge=0, le=60)
    after_seconds: int = Field(ge=1, le=60)


class _Kind(Part):
    per_second: int | None = Field(default=None, ge=1)
    burst: int = Field(default=1, ge=1)
    per_minute: int | None = Field(default=None, ge=1)
    reserve: int = Field(default=0, ge=0)
    penalty_seconds: int | None = Field(default=None, ge=1)
    crowd: _Crowd | None = None
    sizes: dict[str, int] = Field(default={}, description="The greatest sizes, by name")
    source: str = Field(min_length=1)
    verified: bool


class LimitsFile(Part):
    """channels.yaml."""

    channels: dict[str, _Kind]


def load_limits(folder: Path = RULES) -> Mapping[str, Limits]:
    """Return the limits by kind of channel; raise BadDocument with every mistake in the file."""
    document = read(folder / FILE)
    form = check(document, LimitsFile)
    problems = list(_contradictions(document, form))
    if problems:
        raise BadDocument(problems)
    return {kind: _limits(kind, part) for kind, part in form.channels.items()}


def _contradictions(document: Document, form: LimitsFile) -> Iterator[Problem]:
    for kind, part in form.channels.items():
        where: tuple[Any, ...] = ("channels", kind)
        if part.reserve and part.reserve >= (part.per_minute or 0):
            message = N_("The reserve of {kind} leaves no message a minute for notices. Make it smaller.")
            yield document.problem((*where, "reserve"), message, kind=kind)
        for minute in part.crowd.minutes if part.crowd else ():
            if not 0 <= minute < 60:
                message = N_("{minute} is no minute of an hour.")
                yield document.problem((*where, "crowd", "minutes"), message, minute=minute)


def _crowd(part: _Crowd) -> Crowd:
    before, after = timedelta(seconds=part.before_seconds), timedelta(seconds=part.after_seconds)
    return Crowd(tuple(part.minutes), before, after)


def _limits(kind: str, part: _Kind) -> Limits:
    pace = Pace(
        per_second=part.per_second,
        burst=part.burst,
        per_minute=part.per_minute,
        reserve=part.reserve,
        penalty=None if part.penalty_seconds is None else timedelta(seconds=part.penalty_seconds),
        crowd=None if part.crowd is None else _crowd(part.crowd),
    )
    return Limits(kind=kind, pace=pace, sizes=part.sizes, source=part.source, verified=part.verified)
