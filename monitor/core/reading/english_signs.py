"""Put plain questions to an English text: is it news or talk, does it name a place, is the event meant literally?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.core.model import Casualties
from monitor.core.reading.english_casualties import unlinked

SIGNS = (
    "tagged", "toll", "place", "time", "thing", "link", "links", "colon", "long", "short", "terse", "me", "you",
    "others", "asked", "exclaimed", "tag", "tags", "reply", "lower", "quoted", "abstract", "simile", "year",
    "nothing", "bare",
)  # fmt: skip
LONG, SHORT, TERSE, TAGS = 18, 7, 3, 3
# How far apart an event word and the thing that it befell may stand, in characters.
REACH = 24
# Classes whose words tell of harm; a text without any of them tells of nothing.
HAZARDS = (
    "disaster", "force", "firm", "loose", "attack", "arms", "harm", "rescue", "relief", "damage", "health",
)  # fmt: skip
# Classes that speak of real things; an event word without any of them stands bare.
SOLID = (
    "disaster", "firm", "attack", "harm", "rescue", "relief", "damage", "weather", "places", "vehicles", "officials",
)  # fmt: skip
# Classes whose words are as often meant otherwise.
DOUBTFUL = ("force", "firm", "loose", "arms")
Seen = Mapping[str, Mapping[str, int]]

_PLACE = re.compile(r"\b(?:in|near|at|off|of|from|across|over|hits?|strikes?|rocks?)\s+(?:the\s+)?#?[A-Z][a-z]+")
_RETWEET = re.compile(r"\s*RT @\w+:?\s*")
_COLON = re.compile(r"[^@:]{3,40}: ")
_YEAR = re.compile(r"\b1[5-9]\d\d\b")
_QUOTES = "'\"‘“"


@dataclass(frozen=True, slots=True)
class Look:
    """One English text as the questions need it: `bare` is folded and without links, `plain` its words alone."""

    shown: str
    folded: str
    bare: str
    plain: str
    seen: Seen
    tagged: bool
    figures: Casualties


def signs(look: Look) -> frozenset[str]:
    """Return the names of the signs that a text shows."""
    seen = look.seen
    body = _RETWEET.sub("", look.shown, count=1).lstrip()
    doubtful = _places(seen, [f"class:{name}" for name in DOUBTFUL])
    tags, spaces = look.folded.count("#"), look.plain.count(" ")
    found = {
        "tagged": look.tagged,
        "toll": any(look.figures.value(name) is not None for name in ("deaths", "injured", "missing")),
        "place": bool(_PLACE.search(unlinked(look.shown))),
        "time": "sign:times" in seen,
        "thing": _near(doubtful, _places(seen, ("class:places", "class:vehicles", "sign:things"))),
        "link": look.bare != look.folded,
        "links": look.folded.count("http") > 1,
        "colon": bool(_COLON.match(body)),
        "long": spaces > LONG,
        "short": spaces <= SHORT,
        "terse": spaces <= TERSE,
        "me": "sign:me" in seen,
        "you": "sign:you" in seen,
        "others": "sign:others" in seen,
        "asked": "?" in look.bare,
        "exclaimed": "!" in look.bare,
        "tag": tags > 0,
        "tags": tags >= TAGS,
        "reply": body.startswith(("@", ".@")),
        "lower": body[:1].islower(),
        "quoted": bool(body) and body[0] in _QUOTES,
        "abstract": _near(doubtful, _places(seen, ("sign:abstract",))),
        "simile": any(0 < word - like <= REACH for word in doubtful for like in _places(seen, ("sign:simile",))),
        "year": bool(_YEAR.search(look.bare)),
        "nothing": not look.tagged and not any(f"class:{name}" in seen for name in HAZARDS),
        "bare": not look.tagged and not any(f"class:{name}" in seen for name in SOLID),
    }
    return frozenset(name for name, shown in found.items() if shown)


def _places(seen: Seen, roles: Iterable[str]) -> list[int]:
    return [start for role in roles for start in seen.get(role, {}).values()]


def _near(some: Iterable[int], others: Iterable[int]) -> bool:
    return any(one != other and abs(one - other) <= REACH for one in some for other in others)
