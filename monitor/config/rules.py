"""Read a rule pack: obligations as data, with every mistake named by file and line.

Run as a program (`python -m monitor.config.rules`) it writes the JSON Schema that editors check packs against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from monitor.config.document import BadDocument, Document, Problem, check, read
from monitor.config.obligation_form import AppliesPart, ConcernPart, ObligationPart, obligation_of
from monitor.config.part import Part
from monitor.config.rule_checks import unfit_entries
from monitor.config.rule_entries import DutyPart, ExamplePart, StricterPart
from monitor.config.rule_fields import Span
from monitor.config.schema import schema_of, store_schema
from monitor.config.serial_fields import wrong_series
from monitor.config.waves import WavePart, uneven, wave_table
from monitor.core.duties.examples import Example
from monitor.core.duties.law import Role
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.overlays import switched
from monitor.core.errors import N_
from monitor.core.model import Anchor, Severity

RULES = Path(__file__).parents[1] / "rules"
PACKS = RULES / "packs"
SCHEMA_FILE = Path("docs") / "rules.schema.json"


class PackFile(Part):
    """The form of a rule pack's file."""

    id: str = Field(min_length=1)
    version: str = Field(min_length=1)
    stale_after: Span = Field(
        default=timedelta(hours=72),
        description="News older than this when first seen opens no deadline",
        json_schema_extra={"default": "72h"},
    )
    wave: WavePart | None = Field(default=None, description="Grades how far the public talks; without it nothing does")
    overlay_of: str | None = Field(default=None, description="The pack to which this local one adds")
    stricter: list[StricterPart] = Field(default=[], description="Stricter terms for obligations of that pack")
    obligations: list[ObligationPart] = Field(default=[], description="What is owed, and by when")
    duties: list[DutyPart] = Field(default=[], description="What the law asks without naming an end")
    examples: list[ExamplePart] = Field(default=[], description="What huiying rules test tries")


@dataclass(frozen=True, slots=True)
class PackRead:
    """A pack as it was read: its file, what it says, and its worked examples in the order of the file."""

    document: Document
    pack: RulePack
    examples: tuple[Example, ...]


def load_pack(name_or_path: str = "cn-gov") -> RulePack:
    """Load one pack as an office has it that switches no group of duties on; raise BadDocument with every mistake."""
    return switched(read_pack(name_or_path).pack, (), Role.STATE)


def read_pack(name_or_path: str) -> PackRead:
    """Read a shipped pack by name or any pack by path; raise BadDocument with every mistake in it."""
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        path = PACKS / f"{name_or_path}.yaml"
        if not path.exists():
            raise BadDocument([_no_such_pack(path)])
    document = read(path)
    form = check(document, PackFile, also=_contradictions(document))
    return PackRead(document, _pack(form), tuple(part.example() for part in form.examples))


def _pack(form: PackFile) -> RulePack:
    origin = f"{form.id}@{form.version}"
    return RulePack(
        id=form.id,
        version=form.version,
        obligations=tuple(obligation_of(part, origin) for part in form.obligations),
        stale_after=form.stale_after,
        wave=wave_table(form.wave),
        duties=tuple(part.duty(origin) for part in form.duties),
        overlay_of=form.overlay_of,
        stricter=tuple(part.terms(origin) for part in form.stricter),
    )


def _no_such_pack(path: Path) -> Problem:
    shipped = ", ".join(sorted(file.stem for file in PACKS.glob("*.yaml")))
    message = N_(
        "There is no rule pack {name}. Shipped: {shipped}. Name a pack of your own by its path: rules/own.yaml."
    )
    return Problem(str(path), 1, message, {"name": path.stem, "shipped": shipped})


def _contradictions(document: Document) -> Iterator[Problem]:
    """Yield what each value allows alone but the whole does not; parts that are wrong in themselves are left out."""
    whole = document.value.get("obligations") if isinstance(document.value, dict) else None
    waves = document.value.get("wave") if isinstance(document.value, dict) else None
    yield from uneven(document, waves)
    yield from unfit_entries(document)
    first: dict[str, int] = {}
    for n, raw in enumerate(whole if isinstance(whole, list) else ()):
        where = ("obligations", n)
        name = raw.get("id") if isinstance(raw, dict) else None
        if isinstance(name, str):
            line = document.line((*where, "id"))
            if name in first:
                yield document.problem(
                    (*where, "id"),
                    N_("The obligation {id} stands here twice, first on line {line}."),
                    id=name,
                    line=first[name],
                )
            first.setdefault(name, line)
        try:
            part = ObligationPart.model_validate(raw)
        except ValidationError:
            continue
        if part.applies.concern.wave is not None and waves is None:
            message = N_("{id} asks for a wave, but this pack grades none. Add a section wave, or take it out.")
            yield document.problem((*where, "applies", "concern", "wave"), message, id=part.id)
        for step, message, facts in _impossible(part, raw):
            yield document.problem((*where, *step), message, id=part.id, **facts)


Impossible = tuple[tuple[str, ...], str, dict[str, Any]]


def _impossible(part: ObligationPart, raw: dict[str, Any]) -> Iterator[Impossible]:
    """Yield where in an obligation something can never be, the template that says so and its facts."""
    yield from _never_applies(part.applies, raw["applies"])
    yield from (
        (*found, {})
        for found in wrong_series(part.every, part.chain, part.due, repeats=part.repeats, promised=part.promised)
    )
    yield from _wrong_term(part)
    if part.enabled and not part.verified:
        message = N_("{id} is not verified against its source. Set enabled: false, or verify it.")
        yield ("verified",), message, {}
    if part.repeats and Anchor.LAST_RELEASE not in part.anchors:
        yield ("anchors",), N_("{id} repeats, so last_release must be among its anchors; else it never runs anew."), {}
    if part.promised and part.anchors != [Anchor.PROMISED]:
        yield ("anchors",), N_("{id} waits for what a release promised, so its only anchor must be promised."), {}
    if Anchor.RUMOUR_SPREAD in (*part.anchors, part.if_past) and part.applies.rumour is None:
        yield ("anchors",), N_("{id} counts from the spreading of a rumour; say under applies: rumour: which one."), {}
    if part.if_past in part.anchors:
        yield ("if_past",), N_("if_past of {id} stands among its anchors already; it must be another moment."), {}


def _wrong_term(part: ObligationPart) -> Iterator[Impossible]:
    if part.due is not None and any(span >= part.due.at_least for span in part.reminders.before):
        message = N_("A reminder of {id} lies before its deadline begins. Make it shorter than {due}.")
        yield ("reminders", "before"), message, {"due": str(part.due)}
    if part.roll and (part.due is None or part.due.clocked):
        yield ("roll",), N_("{id} is not counted in days, so its end cannot roll to a working day."), {}


def _never_applies(applies: AppliesPart, raw: dict[str, Any]) -> Iterator[Impossible]:
    message = N_("{id} can never apply: no incident is at least {lowest} and below {below}.")
    if applies.below is None:
        return
    if applies.at_least is not None and applies.at_least >= applies.below:
        yield ("applies", "at_least"), message, {"lowest": raw["at_least"], "below": raw["below"]}
    lowest = _lowest(applies.concern)
    if lowest is not None and lowest >= applies.below:
        yield ("applies", "concern"), message, {"lowest": raw["concern"]["severity"], "below": raw["below"]}


def _lowest(concern: ConcernPart) -> Severity | None:
    """Return the grade without which there is no concern, or None where the sources or the public talk may do."""
    return concern.severity if concern.sources is None and concern.wave is None else None


def schema() -> str:
    """Return the JSON Schema of rule packs."""
    return schema_of(PackFile, "Huiying rule pack")


if __name__ == "__main__":
    store_schema(SCHEMA_FILE, schema())
