"""Why a text is thought of as it is: what speaks for and against, each figure, the place, and what would change it.

Whatever would have been thought otherwise is found by reading the text again with that one thing supposed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.duties.obligations import Jurisdiction, jurisdiction
from monitor.core.explain.grades import GradeExplained, explain_grade
from monitor.core.explain.uncounted import Uncounted, uncounted
from monitor.core.model import Assessment, Decoy, Item, Place, Scope, Severity, Why
from monitor.core.reading.assess import Examined, Reader
from monitor.core.reading.evidence import Ruling
from monitor.core.reading.place import Voiced
from monitor.core.reading.suppose import Suppose
from monitor.core.reading.weights import Side, Weight, summed
from monitor.core.verdict import INCIDENT, verdict_of

MOST_WORDS = 6


class Change(StrEnum):
    """What is supposed otherwise; each has a sentence in the catalogues."""

    WITHOUT_CLASS = "without_class"
    WITHOUT_ALL_CLASSES = "without_all_classes"
    WITHOUT_WORD = "without_word"
    WITHOUT_PLACE = "without_place"
    WITHOUT_NAME = "without_name"
    BY_PERSON = "by_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is thought of a text, in short. `verdict` and `tag` say what becomes of the item."""

    verdict: str
    tag: str
    points: int
    decoy: Decoy | None
    kind: str
    scope: Scope
    place: Place
    severity: Severity | None
    likely: Severity | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One thing supposed otherwise, and what would have been thought; `turns` tells that the item would fare otherwise.

    `subject` names the class, word or place in question, `words` those that would be overlooked.
    """

    change: Change
    subject: str
    words: tuple[str, ...]
    outcome: Outcome
    turns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExplained:
    """Everything that the reading of one text rests on.

    `setting` is the word of a thing or site that makes the happening one of its kind, `region` the bureau's own.
    """

    assessment: Assessment
    outcome: Outcome
    ruling: Ruling
    setting: str
    weights: tuple[Weight, ...]
    uncounted: tuple[Uncounted, ...]
    grade: GradeExplained | None
    places: tuple[Voiced, ...]
    region: str
    jurisdiction: Jurisdiction
    what_ifs: tuple[WhatIf, ...]


def explain_item(reader: Reader, item: Item, region: str) -> ItemExplained:
    """Return why `item` is thought of as it is by a bureau of `region`."""
    examined = reader.examine(item)
    found = examined.assessment
    # An unsure text is graded as well: what it would be is what a person needs to know.
    grade = explain_grade(
        reader.tables, reader.kind(found.kind), found.casualties, adrift=examined.adrift, wording=examined.wording
    )
    shown = f"{item.title}\n{item.text}"
    return ItemExplained(
        assessment=found,
        outcome=outcome_of(examined),
        ruling=examined.ruling,
        setting=examined.setting,
        weights=examined.weights,
        uncounted=tuple(uncounted(examined.mentions, found.casualties, shown)),
        grade=grade,
        places=reader.voices(item),
        region=region,
        jurisdiction=jurisdiction(found.place, found.scope, region),
        what_ifs=tuple(what_ifs(reader, item, examined)),
    )


def outcome_of(examined: Examined) -> Outcome:
    """Return what was thought, in short."""
    found = examined.assessment
    verdict, tag = verdict_of(found)
    return Outcome(
        verdict=verdict,
        tag=tag,
        points=summed(examined.weights),
        decoy=found.decoy,
        kind=found.kind,
        scope=found.scope,
        place=found.place,
        severity=found.severity,
        likely=found.likely,
    )


def what_ifs(reader: Reader, item: Item, examined: Examined) -> Iterator[WhatIf]:
    """Yield what the text would be taken for if one thing in it were otherwise."""
    before = outcome_of(examined)

    def supposing(change: Change, subject: str, words: tuple[str, ...], suppose: Suppose) -> WhatIf:
        after = outcome_of(reader.examine(item, suppose))
        return WhatIf(change, subject, words, after, turns=_differs(before, after))

    classes = {weight.name: weight.words for weight in examined.weights if weight.side is Side.DECOY}
    for name, words in classes.items():
        yield supposing(Change.WITHOUT_CLASS, name, words, Suppose(decoys=frozenset({name})))
    doubts = tuple(word for weight in examined.weights if weight.side is Side.DOUBT for word in weight.words)
    if doubts or len(classes) > 1:
        every = frozenset(decoy.value for decoy in Decoy) | {"private"}
        words = tuple(dict.fromkeys(word for found in (*classes.values(), doubts) for word in found))
        yield supposing(Change.WITHOUT_ALL_CLASSES, "", words, Suppose(decoys=every))
    for word in _turning(examined, classes):
        yield supposing(Change.WITHOUT_WORD, word, (word,), Suppose(words=frozenset({word})))
    if examined.assessment.is_incident and len(examined.telling) > 1:
        every_word = frozenset(examined.telling)
        yield supposing(Change.WITHOUT_WORD, "", examined.telling, Suppose(words=every_word))
    if examined.assessment.scope is not Scope.UNKNOWN:
        yield supposing(Change.WITHOUT_PLACE, "", (), Suppose(unplaced=True))
        name = examined.assessment.place.name
        if name and len(reader.voices(item)) > 1:
            yield supposing(Change.WITHOUT_NAME, name, (name,), Suppose(names=frozenset({name})))
    if before.verdict != INCIDENT or examined.assessment.decoy is Decoy.FOREIGN:
        yield supposing(Change.BY_PERSON, "", (), Suppose(vouched=True))


def _turning(examined: Examined, classes: Container[str]) -> Sequence[str]:
    """Return the words that each alone may make the difference.

    A text can deny what its title tells as hearsay without any word of that class: then the hearsay's word is it.
    """
    if examined.assessment.is_incident:
        return examined.telling[:MOST_WORDS]
    if examined.ruling is not Ruling.DENIED or Decoy.RUMOUR_DENIED in classes:
        return ()
    return [reason.detail for reason in examined.assessment.because if reason.why is Why.DECOY_WORD]


def _differs(before: Outcome, after: Outcome) -> bool:
    """Tell whether the item would fare otherwise, or as an incident's report be graver, less grave or elsewhere."""
    if (before.verdict, before.tag) != (after.verdict, after.tag):
        return True
    return before.verdict == INCIDENT and (before.scope, before.severity, before.likely, before.place.code) != (
        after.scope,
        after.severity,
        after.likely,
        after.place.code,
    )
