"""What is told of the made-up year: our own titles and texts in the place of the archive's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from monitor.config.gazetteer import place_names
from monitor.core.beijing import local
from tests.year.course import Happening, Toll, share

FILE = Path(__file__).parent / "wording.yaml"
REGION = "620000"


@dataclass(frozen=True, slots=True)
class Scene:
    """A happening with a place and words; `number` is its own in the year."""

    number: int
    happening: Happening
    place: str
    full: str
    title: str
    text: str
    who: str

    def told(self, toll: Toll, at: datetime, *, first: bool) -> tuple[str, str]:
        """Return title and text of a report; `at` is when it happened."""
        words, said = wording(), toll_said(toll)
        form = "unknown" if not said else "first" if first else "later"
        title = words["titles"][form].format(place=self.place, title=self.title, toll=said)
        if self.happening.decoy:
            return self.title, ""
        return title, self.say(words["texts"]["known" if said else "unknown"], toll, at)

    def say(self, template: str, toll: Toll | None = None, at: datetime | None = None) -> str:
        """Fill one of the templates."""
        moment = local(at) if at is not None else None
        facts = {} if moment is None else {"hour": moment.hour, "minute": f"{moment.minute:02d}"}
        day = "" if moment is None else f"{moment.month}月{moment.day}日"
        said = (toll_said(toll) if toll is not None else "") or "伤亡情况正在核实"
        named = {"place": self.place, "full": self.full, "title": self.title, "text": self.text, "who": self.who}
        return template.format(**named, **facts, day=day, toll=said)


@cache
def wording() -> Mapping[str, Any]:
    """Read the templates."""
    told: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return told


@cache
def places() -> tuple[tuple[str, str], ...]:
    """Return the county-level divisions of the region, short and in full, in an order of our own."""
    names = place_names()
    codes = [code for code in names if code.startswith(REGION[:2]) and not code.endswith("00")]
    # An order in which what happens soon after one another seldom lies near by: what is alike and near is one incident.
    codes.sort(key=lambda code: share("place144", code))
    return tuple((names[code], f"{names[REGION]}{names.get(code[:4] + '00', '')}{names[code]}") for code in codes)


def scene(number: int, happening: Happening) -> Scene:
    """Return a happening in words; each has a place of its own as long as there are some."""
    place, full = places()[number % len(places())]
    words = wording()
    if happening.decoy:
        choice = words["decoys"][happening.decoy]
        template = choice[int(share("decoy", number) * len(choice))]
        dead = happening.tolls[0].deaths or 2 + number % 7
        return Scene(number, happening, place, full, template.format(place=place, n=dead), "", "")
    choice = words["kinds"][happening.kind]
    chosen = choice[int(share("kind", number) * len(choice))]
    return Scene(number, happening, place, full, chosen["title"], chosen["text"], chosen["who"])


def toll_said(toll: Toll) -> str:
    """Say the numbers of a report."""
    forms = wording()["toll"]
    return "、".join(forms[name].format(n=number) for name, number in toll.known.items() if number)
