"""The rules in use, to be read: what is owed by when, on whose word, whether it is on, and what changed in it when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from monitor.core.duties.changes import between
from monitor.core.duties.law import LastingDuty
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.versions import same_days
from monitor.store import rule_versions
from monitor.store.rule_versions import Kept
from responders.console.console import Console
from responders.documents.law import Entry, duty_entry, obligation_entry
from responders.documents.rule_changes import difference_said
from responders.language import Words
from responders.versions import Outdated

PATH = "/rules"
Asked = Annotated[str, Query(max_length=100)]


class Shown(StrEnum):
    """Which of the rules are listed."""

    ALL = ""
    ON = "on"
    OFF = "off"
    UNVERIFIED = "unverified"
    LOCAL = "local"
    LASTING = "lasting"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is read; `on` is None for a duty without a term, which cannot be switched."""

    entry: Entry
    on: bool | None
    verified: bool
    local: bool
    origin: str

    def fits(self, words: Sequence[str], shown: Shown) -> bool:
        """Tell whether every word stands somewhere in it, and whether it is among those shown."""
        if shown is Shown.ON and not self.on:
            return False
        if shown is Shown.OFF and self.on is not False:
            return False
        if shown is Shown.UNVERIFIED and self.verified:
            return False
        if shown is Shown.LOCAL and not self.local:
            return False
        if shown is Shown.LASTING and self.on is not None:
            return False
        text = "\n".join((self.entry.id, self.entry.head, *self.entry.lines)).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version by which deadlines opened, and what changed from the one before."""

    origin: str
    first_used_at: datetime | None
    changes: tuple[str, ...]


def rule_rows(pack: RulePack, words: Words) -> list[RuleRow]:
    """Return everything that the packs in use say, in their order."""
    with_terms = (
        RuleRow(
            obligation_entry(rule, words),
            rule.enabled,
            rule.verified and all(terms.verified for terms in rule.local),
            bool(rule.local) or _is_overlay(rule, pack),
            rule.origins,
        )
        for rule in pack.obligations
    )
    lasting = (
        RuleRow(duty_entry(duty, words), on=None, verified=duty.verified, local=False, origin=duty.origin)
        for duty in pack.duties
    )
    return [*with_terms, *lasting]


def _is_overlay(rule: Obligation, pack: RulePack) -> bool:
    """Tell whether a rule comes from another pack than the first, which the others are laid over."""
    first = pack.id.partition("+")[0]
    return bool(rule.origin) and rule.origin.partition("@")[0] != first


def packs_in_use(pack: RulePack) -> list[tuple[str, int]]:
    """Return each pack with its version, and how many rules and terms come from it."""
    counted = Counter(rule.origin for rule in pack.obligations)
    counted.update(terms.origin for terms in pack.stricter)
    counted.update(duty.origin for duty in pack.duties)
    return [(origin, number) for origin, number in counted.items() if origin]


def version_rows(kept: Sequence[Kept], rule: Obligation, words: Words) -> Iterator[VersionRow]:
    """Yield the versions of a rule, the newest first; the one in use where no deadline has opened by it."""
    steps: list[tuple[str, datetime | None, Obligation]] = [
        (one.origin, one.first_used_at, same_days(one.rule, rule)) for one in kept
    ]
    if not steps or any(between(steps[-1][2], rule)):
        steps.append((rule.origins, None, rule))
    for (origin, at, now), before in zip(reversed(steps), [*reversed(steps[:-1]), None], strict=True):
        changes = () if before is None else tuple(difference_said(one, words) for one in between(before[2], now))
        yield VersionRow(origin, at, changes)


def routes(console: Console) -> APIRouter:
    """Return the routes of the list and of one rule."""
    router, words = APIRouter(), console.composer.words

    @router.get(PATH)
    def rules(request: Request, q: Asked = "", show: Asked = "") -> Response:
        shown = Shown(show) if show in set(Shown) else Shown.ALL
        rows, typed = rule_rows(console.pack, words), q.casefold().split()
        found = [row for row in rows if row.fits(typed, shown)]
        return console.pages.page(
            request,
            "rules.html",
            now=console.clock(),
            rows=found,
            whole=len(rows),
            packs=packs_in_use(console.pack),
            label=console.pack.label,
            q=q,
            show=shown.value,
        )

    @router.get(f"{PATH}/{{name}}")
    def rule(request: Request, name: str) -> Response:
        entries: list[Obligation | LastingDuty] = [*console.pack.obligations, *console.pack.duties]
        entry = next((one for one in entries if one.id == name), None)
        if entry is None:
            raise HTTPException(404)
        versions, outdated = _past(console, entry)
        row = next(row for row in rule_rows(console.pack, words) if row.entry.id == name)
        return console.pages.page(
            request, "rule.html", now=console.clock(), row=row, versions=versions, outdated=outdated
        )

    return router


def _past(console: Console, entry: Obligation | LastingDuty) -> tuple[list[VersionRow], list[Outdated]]:
    """Return the versions of a rule and the running deadlines under an older one; none where it has no term."""
    if isinstance(entry, LastingDuty):
        return [], []
    with console.database.read() as connection:
        kept = rule_versions.history(connection, entry.id)
    versions = list(version_rows(kept, entry, console.composer.words))
    # Only where there were several can a deadline run under an older one.
    outdated = console.office.versions.outdated() if len(versions) > 1 else []
    return versions, [one for one in outdated if one.deadline.obligation_id == entry.id]
