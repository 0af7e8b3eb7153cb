"""How everybody is reached: the ways of each person in order, each with its last proof; the channels; tests of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from monitor.core.duties.pacing import Limits
from monitor.core.errors import N_, Mistake
from monitor.core.paths import PathCheck
from monitor.core.people.contacts import Contact, Way
from monitor.core.people.rota import shift_at
from monitor.core.views import DeliveryView
from monitor.store import armed, deliveries, paths, people
from monitor.store.deliveries import NO_PROOF, Proof
from responders.channel_tests import TriedChannel, last_tests, said_of
from responders.console.console import Console
from responders.console.office_page import Typed, carry_out
from responders.documents.rates import rate_said
from responders.rota import LONGEST

PATH = "/channels"
# Older proofs prove little: people change their numbers.
PROVEN_WITHIN = timedelta(days=90)
SENT = N_("Test over {name}: {said}")


class UnknownPerson(Mistake):
    """A contact was named that the duty file does not have any more."""

    message = N_("The duty file has no contact {contact} any more. Load the page again.")


@dataclass(frozen=True, slots=True)
class LastTest:
    """The last test of a way, its end in a line."""

    at: datetime | None
    by: str
    well: bool
    said: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way to a person: its proof from alerts, and its last test."""

    way: Way
    proof: Proof
    test: LastTest | None
    testable: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, his offices, where he is on duty now, and his ways in order."""

    contact: Contact
    offices: tuple[str, ...]
    on_duty: tuple[str, ...]
    ways: tuple[WayRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A channel and how it fares: `last` is its last attempt, `check` its last silent try, `held` what it holds."""

    name: str
    kind: str
    rate: str
    limits: Limits | None
    last: DeliveryView | None
    proof: Proof
    check: PathCheck | None
    held: int | None
    test: LastTest | None
    testable: bool
    drills: bool


def channels_page(console: Console, request: Request, *, said: str = "") -> Response:
    """Render everybody and every channel; a test that was refused says why."""
    now = console.clock()
    with console.database.read() as connection:
        rows = _channel_rows(console, connection, now)
        persons = _person_rows(console, connection, now)
    return console.pages.page(
        request,
        "channels.html",
        now=now,
        status=422 if said else 200,
        channels=rows,
        persons=persons,
        said=said,
    )


def _channel_rows(console: Console, connection: Connection, now: datetime) -> list[ChannelRow]:
    office, tests = console.office, _views(console, last_tests(connection))
    names = [way.name for way in office.ways]
    checks = {check.channel: check for check in paths.latest(connection, names)}
    rows = []
    for way in office.ways:
        limits = office.limits.get(way.kind)
        found = deliveries.proofs(connection, way.name, now - PROVEN_WITHIN)
        rows.append(
            ChannelRow(
                name=way.name,
                kind=way.kind,
                rate="" if limits is None else rate_said(limits.pace, console.composer.words),
                limits=limits,
                last=deliveries.last_attempt(connection, way.name),
                proof=_of_all(found),
                check=checks.get(way.name),
                held=armed.count(connection, way.name, now) if way.armed else None,
                test=tests.get((way.name, "")),
                testable=office.tests.reaches_all(way.name),
                drills=way.name not in office.silent,
            )
        )
    return rows


def _of_all(found: Mapping[str, Proof]) -> Proof:
    """Put together what is known of a channel, whomever it reached."""
    known = NO_PROOF
    for proof in found.values():
        if proof.taken_at is not None and (known.taken_at is None or proof.taken_at > known.taken_at):
            known = replace(known, taken_at=proof.taken_at, confirmed=proof.confirmed)
        if proof.failed_at is not None and (known.failed_at is None or proof.failed_at > known.failed_at):
            known = replace(known, failed_at=proof.failed_at, said=proof.said, remedy=proof.remedy)
    return known


def _person_rows(console: Console, connection: Connection, now: datetime) -> list[PersonRow]:
    duty, office = console.duty, console.office
    tests = _views(console, last_tests(connection))
    used = {way.channel for contact in duty.contacts.values() for way in contact.ways}
    proofs = {name: deliveries.proofs(connection, name, now - PROVEN_WITHIN) for name in used}
    changes = people.changes(connection, since=now - LONGEST)
    on_duty = {rota.name: shift_at(rota, changes, now).contact for rota in duty.rotas.values()}
    return [
        PersonRow(
            contact,
            tuple(one.name for one in duty.offices.values() if contact.id in one.members),
            tuple(name for name, who in on_duty.items() if who == contact.id),
            tuple(
                WayRow(
                    way,
                    proofs[way.channel].get(contact.id, NO_PROOF),
                    tests.get((way.channel, contact.id)),
                    way.channel in office.tests.names,
                )
                for way in contact.ways
            ),
        )
        for contact in duty.contacts.values()
    ]


def _views(console: Console, tests: Mapping[tuple[str, str], TriedChannel]) -> dict[tuple[str, str], LastTest]:
    words = console.composer.words
    return {key: LastTest(one.at, one.by, one.well, said_of(one, words)) for key, one in tests.items()}


def routes(console: Console) -> APIRouter:
    """Return the routes of the page and of tests."""
    router, words = APIRouter(), console.composer.words

    @router.get(PATH)
    def channels(request: Request) -> Response:
        return channels_page(console, request)

    @router.post(f"{PATH}/test")
    def test(request: Request, token: Typed = "", by: Typed = "", channel: Typed = "", contact: Typed = "") -> Response:
        def deed(name: str, now: datetime) -> str:
            person = console.duty.contacts.get(contact) if contact else None
            if contact and person is None:
                raise UnknownPerson(contact=contact)
            tested = console.office.tests.test(channel, by=name, now=now, contact=person)
            return words(SENT, name=channel, said=said_of(tested, words))

        def refused(said: str) -> Response:
            return channels_page(console, request, said=said)

        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=refused)

    return router
