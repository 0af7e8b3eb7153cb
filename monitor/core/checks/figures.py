"""C9: the numbers beside those of the last release and of our reports; every change is explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.checks.circumstances import Circumstances, Earlier
from monitor.core.checks.draft import Draft
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark
from monitor.core.incidents.history import AT_RISK
from monitor.core.incidents.tolls import Toll
from monitor.core.model import Figure, Item, Standing
from monitor.core.reading.assess import Reader

COMPARED = ("deaths", "missing", "trapped", "injured")


def figures(draft: Draft, known: Circumstances, reader: Reader) -> Finding:
    """Return whether the numbers agree with what was said before, or say why they do not."""
    told = {name: figure for name in COMPARED if (figure := getattr(draft.assessment.casualties, name)) is not None}
    before = {} if not known.earlier else _before(known.earlier, reader)
    reported = dict(_reported(known))
    compared = [name for name in told if name in before or name in reported]
    if not compared:
        return Finding(Check.FIGURES, Mark.NOT_APPLICABLE, (), (Remark(Note.NOTHING_TO_COMPARE),))
    explained = bool(draft.of("explained"))
    remarks = [
        remark
        for name in compared
        for remark in (
            *_since_last(name, told[name], before.get(name), draft, explained=explained),
            *_beside_reports(name, told[name], reported.get(name), explained=explained),
        )
    ]
    proofs = tuple(dict.fromkeys(told[name].sentence for name in compared if told[name].sentence))
    grave = any(remark.note is Note.LOWER_THAN_BEFORE for remark in remarks)
    mark = Mark.MISSING if grave else Mark.PARTLY if remarks else Mark.FULFILLED
    return Finding(Check.FIGURES, mark, proofs, tuple(remarks))


def _before(earlier: tuple[Earlier, ...], reader: Reader) -> Mapping[str, int]:
    """Return the last value of each figure that was published or reported upwards."""
    found: dict[str, int] = {}
    for one in sorted(earlier, key=lambda e: e.published_at):
        casualties = reader.assess(Item(title="", text=one.text, published_at=one.published_at)).casualties
        found |= {name: value for name in COMPARED if (value := casualties.value(name)) is not None}
    return found


def _reported(known: Circumstances) -> Iterator[tuple[str, Toll]]:
    """Yield the highest value of each figure that somebody answers for, told before the release."""
    for one in known.tolls:
        told = [t for t in one.told if t.standing is not Standing.UNVERIFIED and t.at <= known.now]
        if told and one.figure in COMPARED:
            yield one.figure, max(told, key=lambda toll: (toll.value, toll.at))


def _since_last(name: str, told: Figure, before: int | None, draft: Draft, *, explained: bool) -> Iterator[Remark]:
    if before is None or told.value == before or explained:
        return
    facts: dict[str, str | int] = {"figure": name, "value": told.value, "before": before}
    if told.value < before and name not in AT_RISK:
        yield Remark(Note.LOWER_THAN_BEFORE, facts, told.sentence)
    elif not draft.of("as_of"):
        yield Remark(Note.CHANGED, facts, told.sentence)


def _beside_reports(name: str, told: Figure, toll: Toll | None, *, explained: bool) -> Iterator[Remark]:
    """The missing become fewer as they are found, so only what does not shrink is compared."""
    if toll is None or explained or name in AT_RISK or told.value >= toll.value:
        return
    facts: dict[str, str | int] = {"figure": name, "value": told.value, "reported": toll.value, "source": toll.source}
    yield Remark(Note.LOWER_THAN_REPORTS, facts, told.sentence)
