"""Read duty.yaml: who can be told, who is on duty when, and in what order they are told until somebody acts.

Run as a program (`python -m monitor.config.duty`) it writes the JSON Schema that editors check the file against.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.office_setting import OfficeSetting, ReceiptsSetting, muddled_offices, office_of, receipts_of
from monitor.config.part import Part
from monitor.config.rule_fields import Grade, Span, span
from monitor.config.schema import schema_of, store_schema
from monitor.config.setting_fields import Id, Name, TimeOfDay
from monitor.config.wording import Location, Rejected, nearest
from monitor.core.errors import N_
from monitor.core.model import BEIJING
from monitor.core.people.contacts import Contact, Way
from monitor.core.people.duty import Duty, Quiet
from monitor.core.people.policies import Policy, Rung, Whom, WhomKind
from monitor.core.people.rota import Hours, Layer, Rota

SCHEMA_FILE = Path("docs") / "duty.schema.json"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAIL = "mail"
LONGEST = timedelta(days=92)


def at_once_or_span(value: Any) -> timedelta:
    """Read a span such as 10m, or 0 for at once."""
    return timedelta(0) if str(value).strip() == "0" else span(value)


def day(value: Any) -> date:
    """Read a day such as 2026-07-06."""
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise Rejected(N_("{key} ({got}) is no day. Write it like 2026-07-06.")) from None


def zone(value: Any) -> str:
    """Read the name of a time zone such as Asia/Shanghai."""
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Rejected(N_("{key} ({got}) is no time zone. Write it like Asia/Shanghai.")) from None
    return str(value)


def turn(value: Any) -> timedelta:
    """Read the length of a turn: an hour to a quarter of a year."""
    length = span(value)
    if not timedelta(hours=1) <= length <= LONGEST:
        raise Rejected(N_("{key} cannot be {got}. A turn lasts from 1h to 92d."))
    return length


def slack_member(value: Any) -> str:
    """Read who somebody is in Slack: the ID of his workspace and his own there, such as T0123ABCD/U0123ABCD."""
    text = str(value).strip()
    if not re.fullmatch(r"[TE][A-Z0-9]{2,20}/[UW][A-Z0-9]{2,20}", text):
        raise Rejected(
            N_(
                "{key} ({got}) is no member of Slack. Write workspace and member, like T0123ABCD/U0123ABCD; "
                "/huiying in Slack tells them."
            )
        )
    return text


Member = Annotated[str, BeforeValidator(slack_member)]
Act = Literal["confirm", "dismiss", "acknowledge", "take_over", "respond", "snooze"]
Delay = Annotated[timedelta, BeforeValidator(at_once_or_span, json_schema_input_type=str | int)]
Day = Annotated[date, BeforeValidator(day, json_schema_input_type=str)]
Zone = Annotated[str, BeforeValidator(zone, json_schema_input_type=str)]
Turn = Annotated[timedelta, BeforeValidator(turn, json_schema_input_type=str)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Way(Part):
    channel: str = Field(min_length=1, description="Name of a channel in huiying.yaml, or mail for an e-mail")
    to: str = Field(min_length=1, max_length=200, description="Address there: an e-mail address, a user ID, a number")


class _Contact(Part):
    id: Id
    name: Name
    ways: list[_Way] = Field(min_length=1, description="In the order in which they are tried")
    slack: list[Member] = Field(default=[], description="Who he is in Slack, as workspace/member: T0123ABCD/U0123ABCD")
    acts: list[Act] | None = Field(default=None, description="What he may do in Slack; everything where it is left out")


class _Hours(Part):
    days: list[Weekday] = Field(default=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], min_length=1)
    begin: TimeOfDay = Field(alias="from", default=time(0), json_schema_extra={"default": "00:00"})
    end: TimeOfDay = Field(
        alias="until",
        default=time(0),
        description="Earlier than from: of the next day",
        json_schema_extra={"default": "00:00"},
    )


class _Layer(Part):
    name: Name
    members: list[str] = Field(min_length=1, description="Contacts, in the order of their turns")
    begins: Day = Field(description="The day of the first turn")
    handover: TimeOfDay = Field(description="Time of day at which turns begin")
    every: Turn = Field(description="Length of a turn, such as 12h, 1d or 7d")
    hours: list[_Hours] = Field(default=[], description="Only then; always where nothing is said")


class _Rota(Part):
    id: Id
    name: Name
    zone: Zone = BEIJING
    layers: list[_Layer] = Field(min_length=1, description="The first that covers a moment decides")


class _Step(Part):
    after: Delay = Field(description="After the round began, such as 10m; 0 in the first step")
    rota: list[str] = Field(default=[])
    contact: list[str] = Field(default=[])
    office: list[str] = Field(default=[])


class _Policy(Part):
    id: Id
    severity: Grade | None = Field(default=None, description="Only from this grade up")
    obligations: list[str] = Field(default=[], description="Only for these rules of the pack")
    steps: list[_Step] = Field(min_length=1)
    repeat: int = Field(default=3, ge=0, le=50, description="How often the steps begin again")
    pause: Span = Field(
        default=timedelta(minutes=15),
        description="... this long after the last step",
        json_schema_extra={"default": "15m"},
    )
    acknowledgements: int = Field(default=1, ge=1, le=2, description="How many different contacts must acknowledge")
    expires: Span | None = Field(default=None, description="An acknowledgement without a response is reminded of after")
    grace: Span = Field(
        default=timedelta(minutes=10),
        description="... and paging begins again this long after the reminder",
        json_schema_extra={"default": "10m"},
    )


class _Quiet(Part):
    begin: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="until")


class DutyFile(Part):
    """The form of duty.yaml."""

    version: Literal[1] = 1
    contacts: list[_Contact] = Field(min_length=1)
    offices: list[OfficeSetting] = Field(default=[])
    rotas: list[_Rota] = Field(default=[])
    policies: list[_Policy] = Field(min_length=1, description="The first that fits is taken; the last fits everything")
    quiet_hours: _Quiet | None = Field(default=None, description="What is no page waits until they are over")
    receipts: ReceiptsSetting = Field(default=ReceiptsSetting(), description="How soon an office must sign")


def load_duty(path: Path, channels: Collection[str], obligations: Collection[str]) -> Duty:
    """Load duty.yaml; raise BadDocument with every mistake in it.

    `channels` are the names by which contacts can be reached, `obligations` those of the rule pack.
    """
    document = read(path)
    form = check(document, DutyFile)
    problems = list(_contradictions(document, form, channels, obligations))
    if problems:
        raise BadDocument(in_order(problems))
    return Duty(
        contacts={c.id: _person(c) for c in form.contacts},
        offices={office.id: office_of(office) for office in form.offices},
        rotas={r.id: Rota(r.id, r.name, tuple(map(_layer, r.layers)), r.zone) for r in form.rotas},
        policies=tuple(map(_policy, form.policies)),
        quiet=Quiet(form.quiet_hours.begin, form.quiet_hours.end) if form.quiet_hours else None,
        receipts=receipts_of(form.receipts),
    )


def _person(form: _Contact) -> Contact:
    ways = tuple(Way(way.channel, way.to) for way in form.ways)
    members = frozenset((team, user) for team, _, user in (member.partition("/") for member in form.slack))
    return Contact(form.id, form.name, ways, members, None if form.acts is None else frozenset(form.acts))


def _layer(form: _Layer) -> Layer:
    hours = tuple(Hours(frozenset(map(WEEKDAYS.index, h.days)), h.begin, h.end) for h in form.hours)
    return Layer(form.name, tuple(form.members), form.begins, form.handover, form.every, hours)


def _policy(form: _Policy) -> Policy:
    return Policy(
        id=form.id,
        rungs=tuple(Rung(step.after, tuple(_whom(step))) for step in form.steps),
        repeat=form.repeat,
        pause=form.pause,
        needed=form.acknowledgements,
        expires=form.expires,
        grace=form.grace,
        at_least=form.severity,
        obligations=frozenset(form.obligations),
    )


def _whom(step: _Step) -> Iterator[Whom]:
    yield from (Whom(WhomKind.ROTA, name) for name in step.rota)
    yield from (Whom(WhomKind.CONTACT, name) for name in step.contact)
    yield from (Whom(WhomKind.OFFICE, name) for name in step.office)


def _contradictions(
    document: Document, form: DutyFile, channels: Collection[str], obligations: Collection[str]
) -> Iterator[Problem]:
    """Yield what each value allows alone but the whole does not."""
    for section in ("contacts", "offices", "rotas", "policies"):
        yield from _twice(document, [((section, n, "id"), part.id) for n, part in enumerate(getattr(form, section))])
    named = [((("contacts", n, "name")), c.name.casefold()) for n, c in enumerate(form.contacts)]
    yield from _twice(document, named)
    contacts = [contact.id for contact in form.contacts]
    for n, contact in enumerate(form.contacts):
        ways = [(("contacts", n, "ways", m, "channel"), way.channel) for m, way in enumerate(contact.ways)]
        yield from _unknown(document, ways, channels)
        yield from _twice(document, ways)
    members = [
        (("contacts", n, "slack", m), name) for n, c in enumerate(form.contacts) for m, name in enumerate(c.slack)
    ]
    yield from _twice(document, members)
    for n, office in enumerate(form.offices):
        members = [(("offices", n, "members", m), member) for m, member in enumerate(office.members)]
        yield from _unknown(document, members, contacts)
        yield from _twice(document, members)
    yield from muddled_offices(document, form.offices, form.receipts)
    for n, rota in enumerate(form.rotas):
        yield from _twice(
            document, [(("rotas", n, "layers", m, "name"), one.name) for m, one in enumerate(rota.layers)]
        )
        for m, layer in enumerate(rota.layers):
            where = ("rotas", n, "layers", m, "members")
            yield from _unknown(document, [((*where, k), one) for k, one in enumerate(layer.members)], contacts)
    yield from _policies(document, form, contacts, obligations)


def _policies(
    document: Document, form: DutyFile, contacts: Collection[str], obligations: Collection[str]
) -> Iterator[Problem]:
    known = {
        "rota": [rota.id for rota in form.rotas],
        "contact": contacts,
        "office": [office.id for office in form.offices],
    }
    for n, policy in enumerate(form.policies):
        where = ("policies", n)
        rules = [((*where, "obligations", m), name) for m, name in enumerate(policy.obligations)]
        yield from _unknown(document, rules, obligations)
        for m, step in enumerate(policy.steps):
            here = (*where, "steps", m)
            for kind, names in known.items():
                given = [((*here, kind, k), name) for k, name in enumerate(getattr(step, kind))]
                yield from _unknown(document, given, names)
            if not [*step.rota, *step.contact, *step.office]:
                yield document.problem(here, N_("This step tells nobody. Name a rota, a contact or an office."))
        delays = [step.after for step in policy.steps]
        if delays[0] != timedelta(0):
            yield document.problem((*where, "steps", 0, "after"), N_("The first step comes at once: write after: 0."))
        for m, (before, after) in enumerate(pairwise(delays), 1):
            if after <= before:
                message = N_("Each step comes later than the one before it.")
                yield document.problem((*where, "steps", m, "after"), message)
        bound = policy.severity is not None or bool(policy.obligations)
        if n == len(form.policies) - 1 and bound:
            message = N_("The last policy must fit every deadline: leave out its severity and obligations.")
            yield document.problem(where, message)
        if n < len(form.policies) - 1 and not bound:
            message = N_("This policy fits every deadline, so those after it are never taken. Put it last.")
            yield document.problem(where, message)


def _twice(document: Document, given: Iterable[tuple[Location, str]]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for where, name in given:
        if name in seen:
            message = N_("{name} stands here a second time, first on line {line}.")
            yield document.problem(where, message, name=name, line=seen[name])
        seen.setdefault(name, document.line(where))


def _unknown(document: Document, given: Iterable[tuple[Location, str]], known: Collection[str]) -> Iterator[Problem]:
    for where, name in given:
        if name not in known:
            near = nearest(name, list(known))
            if near:
                yield document.problem(where, N_("{got} is not known. Did you mean {near}?"), got=name, near=near)
            else:
                listed = ", ".join(known) or "—"
                yield document.problem(where, N_("{got} is not known. Known are: {known}"), got=name, known=listed)


def schema() -> str:
    """Return the JSON Schema of duty.yaml."""
    return schema_of(DutyFile, "Huiying duty")


if __name__ == "__main__":
    store_schema(SCHEMA_FILE, schema())
