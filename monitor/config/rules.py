"""Read a rule pack: obligations as data, with every mistake named by file and line."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config.document import BadDocument, Document, Problem, Rejected, check, read
from monitor.core.duties.obligations import Applies, LegalSource, Obligation, Reminders, RulePack
from monitor.core.errors import N_
from monitor.core.model import SEVERITY_OF_ZH, Anchor, ResponseKind, Severity

RULES = Path(__file__).parents[1] / "rules"
SPAN = re.compile(r"(\d+)\s*(m|h|d)")
UNIT = {"m": "minutes", "h": "hours", "d": "days"}


def span(value: Any) -> timedelta:
    """Read a span such as 30m, 5h or 3d; calendar days and working days are no spans."""
    found = SPAN.fullmatch(str(value).strip())
    if not found or int(found[1]) == 0:
        raise Rejected(N_("{key} cannot be {got}. Write a span such as 30m, 5h or 3d."))
    return timedelta(**{UNIT[found[2]]: int(found[1])})


def grade(value: Any) -> Severity:
    """Read a severity by its statutory name."""
    severity = SEVERITY_OF_ZH.get(str(value))
    if severity is None:
        raise Rejected(N_("{key} cannot be {got}; it is one of {expected}."), expected="、".join(SEVERITY_OF_ZH))
    return severity


Span = Annotated[timedelta, BeforeValidator(span, json_schema_input_type=str)]
Grade = Annotated[Severity, BeforeValidator(grade, json_schema_input_type=Literal["一般", "较大", "重大", "特别重大"])]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Name(_Part):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Concern(_Part):
    severity: Grade | None = None
    sources: int | None = Field(default=None, ge=1)


class _Applies(_Part):
    matter: Literal["incident"] = "incident"
    at_least: Grade | None = None
    below: Grade | None = None
    concern: _Concern = _Concern()
    rumour: bool = False
    after: list[ResponseKind] = []
    except_provinces: list[Annotated[str, Field(pattern=r"^\d\d$")]] = []


class _Reminders(_Part):
    shares: list[Annotated[float, Field(gt=0, lt=1)]] = []
    before: list[Span] = []
    until_acknowledged: list[Span] = []
    overdue: list[Span] = []


class _Source(_Part):
    document: str = Field(min_length=1)
    article: str
    quote: str = Field(min_length=1)


class _Obligation(_Part):
    id: str = Field(pattern=r"^[A-Z0-9][A-Z0-9-]*$")
    name: _Name
    applies: _Applies
    anchors: list[Anchor] = Field(min_length=1)
    if_past: Anchor | None = None
    due: Span
    repeats: bool = False
    satisfied_by: list[ResponseKind] = Field(min_length=1)
    reminders: _Reminders = _Reminders()
    source: _Source
    verified: bool
    enabled: bool = True
    note: str = ""


class PackFile(_Part):
    """The form of a rule pack's file."""

    id: str = Field(min_length=1)
    version: str = Field(min_length=1)
    stale_after: Span = timedelta(hours=72)
    obligations: list[_Obligation] = Field(min_length=1)


def load_pack(name_or_path: str = "cn-gov") -> RulePack:
    """Load a shipped pack by name or any pack by path; raise BadDocument with every mistake in it."""
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        path = RULES / f"{name_or_path}.yaml"
    document = read(path)
    form = check(document, PackFile)
    problems = list(_contradictions(document, form))
    if problems:
        raise BadDocument(problems)
    obligations = tuple(_obligation(part) for part in form.obligations)
    return RulePack(form.id, form.version, obligations, form.stale_after)


def _contradictions(document: Document, form: PackFile) -> list[Problem]:
    """Return what each part allows alone but the whole does not."""
    problems = []
    seen: set[str] = set()
    for n, part in enumerate(form.obligations):
        where = ("obligations", n)
        if part.id in seen:
            problems.append(document.problem((*where, "id"), N_("The obligation {id} stands here twice."), id=part.id))
        seen.add(part.id)
        long = [s for s in part.reminders.before if s >= part.due]
        if long:
            problems.append(
                document.problem(
                    (*where, "reminders", "before"),
                    N_("A reminder of {id} lies before its deadline begins. Make it shorter than {due}."),
                    id=part.id,
                    due=part.due,
                )
            )
        if part.enabled and not part.verified:
            problems.append(
                document.problem(
                    (*where, "enabled"),
                    N_("{id} is not verified against its source. Set enabled: false, or verify it."),
                    id=part.id,
                )
            )
    return problems


def _obligation(part: _Obligation) -> Obligation:
    applies = Applies(
        matter=part.applies.matter,
        at_least=part.applies.at_least,
        below=part.applies.below,
        concern_severity=part.applies.concern.severity,
        concern_sources=part.applies.concern.sources,
        rumour=part.applies.rumour,
        after=frozenset(part.applies.after),
        except_provinces=tuple(part.applies.except_provinces),
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
        due=part.due,
        repeats=part.repeats,
        satisfied_by=frozenset(part.satisfied_by),
        reminders=reminders,
        source=LegalSource(part.source.document, part.source.article, part.source.quote),
        verified=part.verified,
        enabled=part.enabled,
        note=part.note,
    )
