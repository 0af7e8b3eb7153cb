"""Read a rule pack: obligations as data, with every mistake named by file and line.

Run as a program (`python -m monitor.config.rules`) it writes the JSON Schema that editors check packs against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from monitor.config.adjusting_fields import ExtendPart, Grounds, extend_rule
from monitor.config.calendars import known_calendar, shipped_calendar
from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.rule_checks import unfit_entries
from monitor.config.rule_entries import DutyPart, ExamplePart, NamePart, RuleId, StricterPart
from monitor.config.rule_fields import Grade, LegalSourcePart, Part, Span, WaveGrade
from monitor.config.schema import schema_of, store_schema
from monitor.config.serial_fields import (
    ChainSetting,
    EverySetting,
    TermText,
    WindowSetting,
    chain_of,
    every_of,
    window_of,
    wrong_series,
)
from monitor.config.waves import WavePart, uneven, wave_table
from monitor.core.duties.examples import Example
from monitor.core.duties.law import Group, Role
from monitor.core.duties.obligations import Applies, Obligation, Reminders, RulePack, RumourRule
from monitor.core.duties.overlays import switched
from monitor.core.duties.terms import Term, hours
from monitor.core.errors import N_
from monitor.core.incidents.rumours import Growth
from monitor.core.model import Anchor, ResponseKind, RumourState, Severity, Standing

RULES = Path(__file__).parents[1] / "rules"
PACKS = RULES / "packs"
SCHEMA_FILE = Path("docs") / "rules.schema.json"
# What stands for the term of a duty that has none of its own.
A_DAY = hours(24)
MATTER_KIND = r"^[a-z][a-z0-9_]*$"


CalendarName = Annotated[str, BeforeValidator(known_calendar)]


class _Concern(Part):
    severity: Grade | None = None
    sources: int | None = Field(default=None, ge=1)
    wave: WaveGrade | None = Field(default=None, description="Only where the place of the incident is known")


class _Rumour(Part):
    states: list[Literal["claimed", "growing", "denied"]] = Field(
        default=["growing", "denied"], min_length=1, description="In which of its states a rumour is owed this"
    )
    sources: int = Field(default=3, ge=2, description="A claim has grown once so many sources repeat it")
    items: int = Field(default=6, ge=2, description="... or so many items")
    within: Span = Field(
        default=timedelta(hours=24), description="... within this span", json_schema_extra={"default": "24h"}
    )
    confirmed_by: Literal["official", "media"] = Field(
        default="official", description="Whose own report ends a rumour: an official word, or a medium's as well"
    )


def rumour_setting(value: Any) -> Any:
    """Take true for the usual terms and false for none."""
    return {} if value is True else None if value is False else value


RumourSetting = Annotated[_Rumour | None, BeforeValidator(rumour_setting, json_schema_input_type=bool | _Rumour | None)]


class _Applies(Part):
    matter: Annotated[str, Field(pattern=MATTER_KIND)] = Field(
        default="incident", description="The kind of matter; any but incident is opened by a person"
    )
    kinds: list[str] = Field(default=[], description="Only for these kinds of incident")
    except_kinds: list[str] = Field(default=[], description="Not for these kinds of incident")
    at_least: Grade | None = Field(default=None, description="Only from this grade up")
    below: Grade | None = Field(default=None, description="Only under this grade")
    concern: _Concern = Field(default=_Concern(), description="One of these is enough")
    rumour: RumourSetting = Field(default=None, description="Only for what is only claimed; true for the usual terms")
    after: list[ResponseKind] = Field(default=[], description="Only once one of these was logged")
    except_provinces: list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = Field(
        default=[], description="First two digits of division codes outside the regime"
    )


class _Reminders(Part):
    shares: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[], description="Shares of the whole time")
    before: list[Span] = Field(default=[], description="Before the end")
    until_acknowledged: list[Span] = Field(default=[], description="After the opening, until somebody acts")
    overdue: list[Span] = Field(default=[], description="After the end, while nothing was published")


class _Obligation(Part):
    id: RuleId
    name: NamePart
    group: Group | None = Field(default=None, description="Off unless huiying.yaml switches the group on")
    roles: list[Role] = Field(default=[], description="Whose duty it is; every office's where nothing is said")
    applies: _Applies
    anchors: list[Anchor] = Field(min_length=1, description="Counted from the first of these that is known")
    if_past: Anchor | None = Field(default=None, description="Counted from this where the time was over before it came")
    due: TermText | None = Field(default=None, description="How long, such as 30m, 5h, 3d, 20wd, 2mo or 1y")
    proposed: bool = Field(default=False, description="The law names no end: this one is the pack's own")
    roll: bool = Field(default=False, description="An end on a free day moves to the next working day")
    calendar: CalendarName = Field(default="cn", description="cn, us-federal, plain (UTC) or plain@Europe/Brussels")
    repeats: bool = Field(default=False, description="Runs again after each release")
    every: EverySetting = Field(default=None, description="Recurs; each turn is a deadline of its own")
    chain: ChainSetting = Field(default=None, description="Climbs from level to level, each within due")
    promised: bool = Field(default=False, description="Ends when a release said that the next would come")
    regrade_within: WindowSetting = Field(
        default=None, description="How long after the incident a higher grade opens this by itself"
    )
    satisfied_by: list[ResponseKind] = Field(min_length=1)
    extend: ExtendPart | None = Field(default=None, description="How far a person may extend it; without it not at all")
    pause: Grounds = Field(default=[], description="On which grounds a person may let its time stand still")
    reset: Grounds = Field(default=[], description="On which grounds a person may let its time begin anew")
    reminders: _Reminders = _Reminders()
    source: LegalSourcePart
    verified: bool = Field(description="Somebody compared the quote with its source")
    enabled: bool = True
    note: str = ""


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
    obligations: list[_Obligation] = Field(default=[], description="What is owed, and by when")
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
    problems = list(_contradictions(document))
    try:
        form = check(document, PackFile)
    except BadDocument as bad:
        raise BadDocument(in_order([*bad.problems, *problems])) from None
    if problems:
        raise BadDocument(in_order(problems))
    return PackRead(document, _pack(form), tuple(part.example() for part in form.examples))


def _pack(form: PackFile) -> RulePack:
    origin = f"{form.id}@{form.version}"
    return RulePack(
        id=form.id,
        version=form.version,
        obligations=tuple(_obligation(part, origin) for part in form.obligations),
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
            part = _Obligation.model_validate(raw)
        except ValidationError:
            continue
        if part.applies.concern.wave is not None and waves is None:
            message = N_("{id} asks for a wave, but this pack grades none. Add a section wave, or take it out.")
            yield document.problem((*where, "applies", "concern", "wave"), message, id=part.id)
        for step, message, facts in _impossible(part, raw):
            yield document.problem((*where, *step), message, id=part.id, **facts)


Impossible = tuple[tuple[str, ...], str, dict[str, Any]]


def _impossible(part: _Obligation, raw: dict[str, Any]) -> Iterator[Impossible]:
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


def _wrong_term(part: _Obligation) -> Iterator[Impossible]:
    if part.due is not None and any(span >= part.due.at_least for span in part.reminders.before):
        message = N_("A reminder of {id} lies before its deadline begins. Make it shorter than {due}.")
        yield ("reminders", "before"), message, {"due": str(part.due)}
    if part.roll and (part.due is None or part.due.clocked):
        yield ("roll",), N_("{id} is not counted in days, so its end cannot roll to a working day."), {}


def _never_applies(applies: _Applies, raw: dict[str, Any]) -> Iterator[Impossible]:
    message = N_("{id} can never apply: no incident is at least {lowest} and below {below}.")
    if applies.below is None:
        return
    if applies.at_least is not None and applies.at_least >= applies.below:
        yield ("applies", "at_least"), message, {"lowest": raw["at_least"], "below": raw["below"]}
    lowest = _lowest(applies.concern)
    if lowest is not None and lowest >= applies.below:
        yield ("applies", "concern"), message, {"lowest": raw["concern"]["severity"], "below": raw["below"]}


def _lowest(concern: _Concern) -> Severity | None:
    """Return the grade without which there is no concern, or None where the sources or the public talk may do."""
    return concern.severity if concern.sources is None and concern.wave is None else None


def _obligation(part: _Obligation, origin: str) -> Obligation:
    applies = Applies(
        matter=part.applies.matter,
        at_least=part.applies.at_least,
        below=part.applies.below,
        concern_severity=part.applies.concern.severity,
        concern_sources=part.applies.concern.sources,
        concern_wave=part.applies.concern.wave,
        rumour=_rumour(part.applies.rumour),
        after=frozenset(part.applies.after),
        except_provinces=tuple(part.applies.except_provinces),
        kinds=frozenset(part.applies.kinds),
        except_kinds=frozenset(part.applies.except_kinds),
    )
    reminders = Reminders(
        shares=tuple(part.reminders.shares),
        before=tuple(part.reminders.before),
        until_acknowledged=tuple(part.reminders.until_acknowledged),
        overdue=tuple(part.reminders.overdue),
    )
    return Obligation(
        id=part.id,
        name_zh=part.name.zh,
        name_en=part.name.en,
        applies=applies,
        anchors=tuple(part.anchors),
        if_past=part.if_past,
        due=_term(part),
        repeats=part.repeats,
        calendar=shipped_calendar(part.calendar),
        every=every_of(part.every),
        chain=chain_of(part.chain),
        promised=part.promised,
        regrade_within=window_of(part.regrade_within),
        satisfied_by=frozenset(part.satisfied_by),
        extend=extend_rule(part.extend),
        pause=tuple(part.pause),
        reset=tuple(part.reset),
        reminders=reminders,
        source=part.source.source(),
        verified=part.verified,
        enabled=part.enabled,
        note=part.note,
        group=part.group,
        roles=frozenset(part.roles),
        proposed=part.proposed,
        origin=origin,
    )


def _term(part: _Obligation) -> Term:
    """Return the term of a duty; of one that recurs, the span between two turns; of a promise a day."""
    if part.due is not None:
        return replace(part.due, roll=part.roll)
    every = every_of(part.every)
    return A_DAY if every is None else every.gap


def _rumour(part: _Rumour | None) -> RumourRule | None:
    if part is None:
        return None
    growth = Growth(part.sources, part.items, part.within, Standing(part.confirmed_by))
    return RumourRule(frozenset(map(RumourState, part.states)), growth)


def schema() -> str:
    """Return the JSON Schema of rule packs."""
    return schema_of(PackFile, "Huiying rule pack")


if __name__ == "__main__":
    store_schema(SCHEMA_FILE, schema())
