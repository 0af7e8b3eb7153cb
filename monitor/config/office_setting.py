"""The offices of duty.yaml: who belongs to each, what it is responsible for, how soon it must sign."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import cache
from itertools import combinations

from pydantic import Field

from monitor.config.document import Document, Problem, check, read
from monitor.config.lexicon import RULES
from monitor.config.lexicon_files import KindsFile
from monitor.config.part import Part
from monitor.config.rule_fields import Grade, Span
from monitor.config.setting_fields import Id, Name, Region
from monitor.config.wording import nearest
from monitor.core.errors import N_
from monitor.core.people.contacts import Office
from monitor.core.people.duty import ReceiptTimes


class OfficeSetting(Part):
    """An office; without a region it is only a group of people."""

    id: Id
    name: Name
    members: list[str] = Field(min_length=1)
    region: Region | None = Field(default=None, description="The division in which it is responsible")
    kinds: list[str] | None = Field(
        default=None, description="Kinds of incident that it leads; every kind where neither these nor assists stand"
    )
    assists: list[str] = Field(default=[], description="Kinds of incident in which it assists the lead")
    severity: Grade | None = Field(default=None, description="Only from this grade up")
    parent: str = Field(default="", description="The office above it, which assists it from 重大 up")


class ReceiptsSetting(Part):
    """How soon an office must sign for an incident; after as long again the officer on duty is told."""

    within: Span = Field(default=timedelta(minutes=30), json_schema_extra={"default": "30m"})
    major: Span = Field(default=timedelta(minutes=15), description="重大", json_schema_extra={"default": "15m"})
    extraordinary: Span = Field(
        default=timedelta(minutes=10), description="特别重大", json_schema_extra={"default": "10m"}
    )


def office_of(form: OfficeSetting) -> Office:
    """Return an office as it is written."""
    return Office(
        form.id,
        form.name,
        tuple(form.members),
        region=form.region or "",
        leads=_leads(form),
        helps=frozenset(form.assists),
        at_least=form.severity,
        parent=form.parent,
    )


def receipts_of(form: ReceiptsSetting) -> ReceiptTimes:
    """Return how soon offices must sign."""
    return ReceiptTimes(form.within, form.major, form.extraordinary)


def _leads(form: OfficeSetting) -> frozenset[str] | None:
    if form.region is None or (form.kinds is None and form.assists):
        return frozenset()
    return None if form.kinds is None else frozenset(form.kinds)


def muddled_offices(
    document: Document, offices: Sequence[OfficeSetting], receipts: ReceiptsSetting
) -> Iterator[Problem]:
    """Yield what of the offices cannot be meant: unknown kinds and offices, no region, two leads for the same."""
    ids = [office.id for office in offices]
    for n, office in enumerate(offices):
        where = ("offices", n)
        yield from _unknown_kinds(document, n, office)
        if office.region is None and (office.kinds is not None or office.assists or office.severity is not None):
            message = N_('The office {name} has kinds or a grade but no region. Add region, such as "210200".')
            yield document.problem(where, message, name=office.name)
        if office.parent and office.parent not in ids:
            yield _unknown(document, (*where, "parent"), office.parent, ids)
        elif office.id in _above(office, offices):
            message = N_("The office {name} stands above itself. Take parent away from one of them.")
            yield document.problem((*where, "parent"), message, name=office.name)
    yield from _two_leads(document, offices)
    if not receipts.extraordinary <= receipts.major <= receipts.within:
        message = N_("A graver incident cannot wait longer for its receipt: extraordinary ≤ major ≤ within.")
        yield document.problem(("receipts",), message)


def _unknown_kinds(document: Document, n: int, office: OfficeSetting) -> Iterator[Problem]:
    for key, given in (("kinds", office.kinds or ()), ("assists", office.assists)):
        for m, kind in enumerate(given):
            if kind not in _kinds():
                yield _unknown(document, ("offices", n, key, m), kind, _kinds())
    for m, kind in enumerate(office.assists):
        if kind in (office.kinds or ()):
            message = N_("{name} cannot both lead and assist in {kind}. Take it out of kinds or assists.")
            yield document.problem(("offices", n, "assists", m), message, name=office.name, kind=kind)


def _unknown(document: Document, where: tuple[str | int, ...], got: str, known: Collection[str]) -> Problem:
    near = nearest(got, list(known))
    if near:
        return document.problem(where, N_("{got} is not known. Did you mean {near}?"), got=got, near=near)
    return document.problem(where, N_("{got} is not known. Known are: {known}"), got=got, known=", ".join(known))


def _above(office: OfficeSetting, offices: Sequence[OfficeSetting]) -> set[str]:
    """Return the offices above one, itself among them where they go round in a ring."""
    parents = {one.id: one.parent for one in offices}
    found: set[str] = set()
    following = office.parent
    while following and following not in found:
        found.add(following)
        following = parents.get(following, "")
    return found


def _two_leads(document: Document, offices: Sequence[OfficeSetting]) -> Iterator[Problem]:
    """Yield each office that leads the same as one before it: of two, nothing says who is responsible."""
    for (n, first), (m, second) in combinations(enumerate(offices), 2):
        if first.region is None or first.region != second.region or first.severity != second.severity:
            continue
        one, other = _leads(first), _leads(second)
        if one is None and other is None:
            message = N_("{first} (line {line}) and {second} both lead every kind in {region}. Name their kinds.")
            facts = {"first": first.name, "second": second.name, "region": first.region}
            yield document.problem(("offices", m), message, line=document.line(("offices", n)), **facts)
        elif one is not None and other is not None and one & other:
            message = N_(
                "{first} (line {line}) and {second} both lead {kinds} in {region}. Leave it with one; the other may "
                "have it under assists."
            )
            facts = {"first": first.name, "second": second.name, "region": first.region}
            kinds = ", ".join(sorted(one & other))
            line = document.line(("offices", n))
            yield document.problem(("offices", m, "kinds"), message, line=line, kinds=kinds, **facts)


@cache
def _kinds() -> tuple[str, ...]:
    """Return the kinds of incident that the reader knows."""
    return tuple(kind.id for kind in check(read(RULES / "lexicon" / "kinds.yaml"), KindsFile).kinds)
