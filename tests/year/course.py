"""The course of a year as bare facts: what sort of thing came when, and what was known of it. No text, no place.

An incident's facts are those of an archive; its weeks are turned round, so that no day is the one on which anything
happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "course.jsonl"


@dataclass(frozen=True, slots=True)
class Toll:
    """What one report says, so many minutes after the first; None is not said."""

    after: int
    deaths: int | None = None
    missing: int | None = None
    trapped: int | None = None
    injured: int | None = None

    @property
    def known(self) -> dict[str, int]:
        """Return the numbers that it states."""
        return {name: value for name, value in asdict(self).items() if name != "after" and value is not None}


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident, or with a `decoy` what only looks like one; `minute` counts from the first midnight of the year."""

    minute: int
    kind: str
    tolls: tuple[Toll, ...] = ()
    decoy: str = ""


def written(course: Iterable[Happening]) -> str:
    """Write a course, one line each."""
    return "".join(json.dumps(_plain(one), ensure_ascii=False) + "\n" for one in course)


def course() -> list[Happening]:
    """Return the course that is kept with the tests, in the order of time."""
    return [_happening(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def share(*what: object) -> float:
    """Return a number from 0 to 1 that looks like chance and is the same every time."""
    return int.from_bytes(sha256("\n".join(map(str, what)).encode()).digest()[:6]) / 2**48


def _plain(one: Happening) -> dict[str, Any]:
    told = {"minute": one.minute, "kind": one.kind, "decoy": one.decoy}
    tolls = [{"after": toll.after, **toll.known} for toll in one.tolls]
    return {**{name: value for name, value in told.items() if value != ""}, "tolls": tolls}


def _happening(told: dict[str, Any]) -> Happening:
    tolls = tuple(Toll(**toll) for toll in told["tolls"])
    return Happening(told["minute"], told["kind"], tolls, told.get("decoy", ""))
