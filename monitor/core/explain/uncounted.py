"""Numbers of people that a text tells and that no figure of it counts, with the reason as far as it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.model import Casualties, Figure
from monitor.core.reading.lexicon import Fate
from monitor.core.reading.mentions import Mention


class Passed(StrEnum):
    """Why a number of people is not the figure; each has a label in the catalogues."""

    EARLIER_OR_FEARED = "earlier_or_feared"
    PART = "part"
    ADDED_TO_IT = "added_to_it"
    WITHOUT_NUMBER = "without_number"
    INCREMENT = "increment"
    ANOTHER_COUNTS = "another_counts"
    NOT_KNOWN_YET = "not_known_yet"


# The figure that each fate is counted under.
COUNTED_AS: Mapping[Fate, str] = {
    Fate.DEATH: "deaths",
    Fate.MISSING: "missing",
    Fate.TRAPPED: "trapped",
    Fate.ADRIFT: "trapped",
    Fate.SERIOUS: "serious",
    Fate.INJURED: "injured",
    Fate.LIGHT: "injured",
    Fate.POISONED: "injured",
    Fate.SICKENED: "injured",
    Fate.HOSPITAL: "injured",
}


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A number that is told of people and not counted; `counted` is the figure that counts instead."""

    name: str
    value: int
    sentence: str
    offset: int
    why: Passed
    counted: int | None


def uncounted(mentions: Sequence[Mention], casualties: Casualties, shown: str) -> Iterator[Uncounted]:
    """Yield the numbers that are not counted, in the order of the text; `shown` is the text as published."""
    seen: set[tuple[str, int, Passed]] = set()
    for mention in sorted(mentions, key=lambda m: m.start):
        name = COUNTED_AS.get(mention.fate)
        figure: Figure | None = getattr(casualties, name) if name else None
        if name is None or not mention.value or _is_counted(mention, figure):
            continue
        sentence = shown[mention.sentence.start : mention.sentence.end].strip()
        why = _why(mention, figure, [m for m in mentions if COUNTED_AS.get(m.fate) == name])
        if (name, mention.value, why) not in seen:
            seen.add((name, mention.value, why))
            yield Uncounted(name, mention.value, sentence, mention.start, why, figure.value if figure else None)


def _is_counted(mention: Mention, figure: Figure | None) -> bool:
    """Tell whether a mention states the figure: it stands there, or says the same of the same event."""
    if figure is None:
        return False
    return mention.start == figure.offset or (mention.value == figure.value and not mention.past)


def _why(mention: Mention, figure: Figure | None, same: Sequence[Mention]) -> Passed:
    if mention.past:
        return Passed.EARLIER_OR_FEARED
    if figure is None:
        return Passed.NOT_KNOWN_YET
    if all(m.value != figure.value for m in same) and mention.value < figure.value:
        return Passed.ADDED_TO_IT
    if mention.group:
        return Passed.PART
    if mention.increment:
        return Passed.INCREMENT
    return Passed.WITHOUT_NUMBER if mention.single else Passed.ANOTHER_COUNTS
