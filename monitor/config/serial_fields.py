"""How a rule pack writes what has a calendar: terms, recurrence, chains of reports, windows of re-grading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from monitor.config.part import Part
from monitor.config.setting_fields import TimeOfDay
from monitor.config.wording import Rejected
from monitor.core.duties.serial import Chain, Every, RegradeWindow
from monitor.core.duties.terms import Term, Unit
from monitor.core.errors import N_
from monitor.core.model import LEVEL_OF_NAME, SEVERITY_OF_ZH, Level, ResponseKind, Severity

TERM = re.compile(r"([0-9]{1,4})\s*(mo|wd|m|h|d|y)")
LevelName = Literal["county", "city", "province", "state"]
GradeName = Literal["一般", "较大", "重大", "特别重大"]


def term(value: Any) -> Term:
    """Read a term such as 30m, 5h, 3d, 20wd, 2mo or 1y."""
    if isinstance(value, Term):
        return value
    found = TERM.fullmatch(str(value).strip())
    if not found or int(found[1]) == 0:
        raise Rejected(N_("{key} cannot be {got}. Write a term such as 30m, 5h, 3d, 20wd (working days), 2mo or 1y."))
    return Term(int(found[1]), Unit(found[2]))


TermText = Annotated[Term, BeforeValidator(term, json_schema_input_type=str)]


class _Every(Part):
    every: TermText | None = Field(default=None, description="A turn every so long, such as 24h, 1mo or 3mo")
    at: list[TimeOfDay] = Field(default=[], description="Times of day of the turns, in the calendar's zone")
    monthly: list[Annotated[int, Field(ge=1, le=31)]] = Field(
        default=[], description="Only on these days of the month; one that a month lacks is its last"
    )
    after: TermText | None = Field(default=None, description="The first turn comes no sooner than this")
    within: TermText | None = Field(default=None, description="No turn ends later than this after the start")
    until: list[ResponseKind] = Field(default=[], description="One of these ends the duty")


class _Chain(Part):
    levels: list[LevelName] = Field(min_length=1, description="The levels to report to, lowest first")
    up_to: dict[GradeName, LevelName] = Field(default={}, description="How far, by grade; all levels without it")


class _Window(Part):
    default: TermText | None = Field(default=None, description="For the kinds not named below; none without it")
    kinds: dict[str, TermText | None] = Field(default={}, description="By kind of incident; null for no bound")


def _every(value: Any) -> Any:
    """Take a bare term for a step."""
    return {"every": value} if isinstance(value, str | int) else value


def _chain(value: Any) -> Any:
    """Take a bare list for levels that must all be reached."""
    return {"levels": value} if isinstance(value, list) else value


def _window(value: Any) -> Any:
    """Take a bare term for all kinds."""
    return {"default": value} if isinstance(value, str | int) else value


EverySetting = Annotated[_Every | None, BeforeValidator(_every, json_schema_input_type=str | _Every | None)]
ChainSetting = Annotated[_Chain | None, BeforeValidator(_chain, json_schema_input_type=list[LevelName] | _Chain | None)]
WindowSetting = Annotated[_Window | None, BeforeValidator(_window, json_schema_input_type=str | _Window | None)]


def every_of(part: _Every | None) -> Every | None:
    """Return a recurrence as a value."""
    if part is None:
        return None
    times: list[time] = sorted(part.at)
    days = tuple(sorted(set(part.monthly)))
    return Every(part.every, tuple(times), days, part.after, part.within, frozenset(part.until))


def chain_of(part: _Chain | None) -> Chain | None:
    """Return a chain of levels as a value."""
    if part is None:
        return None
    up_to: dict[Severity, Level] = {SEVERITY_OF_ZH[g]: LEVEL_OF_NAME[level] for g, level in part.up_to.items()}
    return Chain(tuple(LEVEL_OF_NAME[level] for level in part.levels), up_to)


def window_of(part: _Window | None) -> RegradeWindow | None:
    """Return a window of re-grading as a value."""
    return None if part is None else RegradeWindow(part.default, part.kinds)


def wrong_series(
    every: _Every | None, chain: _Chain | None, due: Term | None, *, repeats: bool, promised: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield where the parts that make several deadlines of one duty contradict one another, and the template."""
    if sum((every is not None, chain is not None, repeats, promised)) > 1:
        where = "promised" if promised else "every" if every is not None else "chain"
        yield (where,), N_("{id} can have only one of repeats, every, chain and promised.")
    if promised and due is not None:
        yield ("due",), N_("{id} ends when a release promised it. Leave out due.")
    if every is None and due is None and not promised:
        yield (), N_("{id} has no term. Write due: 5h, or every: for a duty that recurs.")
    if every is not None and due is not None:
        yield ("due",), N_("{id} recurs, so each turn ends where the next begins. Leave out due.")
    if every is not None and (every.every is not None) == bool(every.at):
        yield ("every",), N_("every of {id} needs either a term under every: or times of day under at:.")
    if every is not None and every.monthly and not every.at:
        yield ("every", "monthly"), N_("{id} recurs on days of the month; say the time of day under at:.")
    if chain is not None:
        ranks = [LEVEL_OF_NAME[level] for level in chain.levels]
        if ranks != sorted(set(ranks)):
            yield ("chain",), N_("The levels of {id} must rise: county, city, province, state.")
        if not set(chain.up_to.values()) <= set(chain.levels):
            yield ("chain",), N_("up_to of {id} names a level that is not among its levels.")
