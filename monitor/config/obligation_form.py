"""The form of one obligation in a rule pack, and the duty that it describes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from monitor.config.adjusting_fields import ExtendPart, Grounds, extend_rule
from monitor.config.calendars import known_calendar, shipped_calendar
from monitor.config.part import Part
from monitor.config.rule_entries import NamePart, RuleId
from monitor.config.rule_fields import Grade, LegalSourcePart, Span, WaveGrade
from monitor.config.serial_fields import (
    ChainSetting,
    EverySetting,
    TermText,
    WindowSetting,
    chain_of,
    every_of,
    window_of,
)
from monitor.core.duties.law import Group, Role
from monitor.core.duties.obligations import Applies, Obligation, Reminders, RumourRule
from monitor.core.duties.terms import Term, hours
from monitor.core.incidents.rumours import Growth
from monitor.core.model import Anchor, ResponseKind, RumourState, Standing

# What stands for the term of a duty that has none of its own.
A_DAY = hours(24)
MATTER_KIND = r"^[a-z][a-z0-9_]*$"
CalendarName = Annotated[str, BeforeValidator(known_calendar)]


class ConcernPart(Part):
    """What makes a lesser incident one of public concern."""

    severity: Grade | None = None
    sources: int | None = Field(default=None, ge=1)
    wave: WaveGrade | None = Field(default=None, description="Only where the place of the incident is known")


class RumourPart(Part):
    """For which rumours something is owed."""

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


RumourSetting = Annotated[
    RumourPart | None, BeforeValidator(rumour_setting, json_schema_input_type=bool | RumourPart | None)
]


class AppliesPart(Part):
    """For which matters something is owed."""

    matter: Annotated[str, Field(pattern=MATTER_KIND)] = Field(
        default="incident", description="The kind of matter; any but incident is opened by a person"
    )
    kinds: list[str] = Field(default=[], description="Only for these kinds of incident")
    except_kinds: list[str] = Field(default=[], description="Not for these kinds of incident")
    at_least: Grade | None = Field(default=None, description="Only from this grade up")
    below: Grade | None = Field(default=None, description="Only under this grade")
    concern: ConcernPart = Field(default=ConcernPart(), description="One of these is enough")
    rumour: RumourSetting = Field(default=None, description="Only for what is only claimed; true for the usual terms")
    after: list[ResponseKind] = Field(default=[], description="Only once one of these was logged")
    except_provinces: list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = Field(
        default=[], description="First two digits of division codes outside the regime"
    )


class RemindersPart(Part):
    """When people are reminded."""

    shares: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[], description="Shares of the whole time")
    before: list[Span] = Field(default=[], description="Before the end")
    until_acknowledged: list[Span] = Field(default=[], description="After the opening, until somebody acts")
    overdue: list[Span] = Field(default=[], description="After the end, while nothing was published")


class ObligationPart(Part):
    """One rule: for such matters, do this within so long."""

    id: RuleId
    name: NamePart
    group: Group | None = Field(default=None, description="Off unless huiying.yaml switches the group on")
    roles: list[Role] = Field(default=[], description="Whose duty it is; every office's where nothing is said")
    applies: AppliesPart
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
    reminders: RemindersPart = RemindersPart()
    source: LegalSourcePart
    verified: bool = Field(description="Somebody compared the quote with its source")
    enabled: bool = True
    note: str = ""


def obligation_of(part: ObligationPart, origin: str) -> Obligation:
    """Return the duty that a rule describes; `origin` names the pack and its version."""
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


def _term(part: ObligationPart) -> Term:
    """Return the term of a duty; of one that recurs, the span between two turns; of a promise a day."""
    if part.due is not None:
        return replace(part.due, roll=part.roll)
    every = every_of(part.every)
    return A_DAY if every is None else every.gap


def _rumour(part: RumourPart | None) -> RumourRule | None:
    if part is None:
        return None
    growth = Growth(part.sources, part.items, part.within, Standing(part.confirmed_by))
    return RumourRule(frozenset(map(RumourState, part.states)), growth)
