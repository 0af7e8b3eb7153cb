"""The written releases with their circumstances, and how far the checks agree with what is to be remarked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from monitor.config.lexicon import load_reader, load_words
from monitor.config.release import load_release_rules
from monitor.core.beijing import read
from monitor.core.checks.checker import Checker
from monitor.core.checks.circumstances import Circumstances, Earlier, Talk
from monitor.core.checks.scorecard import Mark, Scorecard
from monitor.core.incidents.tolls import Telling, side_by_side
from monitor.core.model import SEVERITY_OF_ZH, Place, ResponseKind, RumourState, Standing

FOLDER = Path(__file__).parent
NOW = "17:10"


@cache
def checker() -> Checker:
    return Checker(load_reader(), load_release_rules(load_words()[0].kinds))


@dataclass(frozen=True, slots=True)
class Written:
    """A written release, its circumstances, the notes that it has to get, and when it promises the next one."""

    name: str
    text: str
    known: Circumstances
    notes: frozenset[str]
    promised: datetime | None


def written(file: str) -> list[Written]:
    return [_written(raw) for raw in yaml.safe_load((FOLDER / file).read_text("utf-8"))]


def _written(raw: dict[str, Any]) -> Written:
    given = raw.get("given", {})
    said = raw.get("given_now", NOW)
    now = read(said if "T" in said else f"2026-07-09T{said}")
    known = Circumstances(
        now=now,
        response=ResponseKind(given.get("response", "authoritative_release")),
        kind=given.get("kind", "fire" if given.get("incident") else ""),
        place=Place(province=f"{given['place'][:2]}0000", city=given["place"], name=given["place_name"])
        if "place" in given
        else Place(),
        severity=SEVERITY_OF_ZH[given["severity"]] if "severity" in given else None,
        tolls=side_by_side(_tellings(given.get("reported", {}), now)),
        earlier=tuple(
            Earlier(ResponseKind.AUTHORITATIVE_RELEASE, read("2026-07-09T17:00"), text)
            for text in given.get("earlier", ())
        ),
        talk=tuple(Talk(title) for title in given.get("talk", ())),
        rumour=RumourState(given["rumour"]) if "rumour" in given else None,
        policy=bool(given.get("policy")),
    )
    promised = read(raw["promised"]) if "promised" in raw else None
    return Written(raw["name"], raw["text"], known, frozenset(raw["notes"]), promised)


def _tellings(reported: dict[str, int], now: datetime) -> list[Telling]:
    figures = {name: (value, f"{value}") for name, value in reported.items()}
    return [Telling(item_id=1, source="paper", standing=Standing.MEDIA, at=now, figures=figures)] if figures else []


def remarked(card: Scorecard) -> frozenset[str]:
    """Return the notes that ask for something to be mended."""
    return frozenset(
        remark.note.value
        for f in card.findings
        if f.mark in (Mark.PARTLY, Mark.MISSING, Mark.FULFILLED)
        for remark in f.remarks
    )


def compared(file: str) -> tuple[list[str], dict[str, int]]:
    """Return where the checks and a file of written releases differ, and how often they agree."""
    told: list[str] = []
    counts = {"texts": 0, "right": 0, "false": 0, "left out": 0, "promises": 0}
    for one in written(file):
        card = checker().checked(one.text, one.known)
        found = remarked(card)
        same = card.promised_at == one.promised
        counts["texts"] += 1
        counts["right"] += len(found & one.notes)
        counts["false"] += len(found - one.notes)
        counts["left out"] += len(one.notes - found)
        counts["promises"] += same
        if found != one.notes or not same:
            told.append(f"{one.name}: false {sorted(found - one.notes)}, left out {sorted(one.notes - found)}")
    return told, counts
