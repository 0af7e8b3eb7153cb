"""What people do in an appraisal of offices: plan, approve, give notice, check themselves, grade, settle, sign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from monitor.core.access.accounts import WHOLE_COUNTRY, By
from monitor.core.appraisal import steps
from monitor.core.appraisal.appraisal import Appraisal, Appraised, ByHand, Coverage, Deed
from monitor.core.appraisal.figures import Figure, Rated, figures
from monitor.core.appraisal.rules import AppraisalRules
from monitor.core.beijing import instant
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.people.contacts import Office
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.core.statistics.facts import Asked
from monitor.core.text import storable
from monitor.core.views import DeadlineView
from monitor.store import appraisals, ratings, statistics
from monitor.store.database import Database
from responders.desk.assignments import NoOffices, NotOfThisOffice, UnknownOffice

LONGEST_TITLE, LONGEST_PLAN, LONGEST_TEXT, LONGEST_WHY = 200, 4000, 4000, 1000
LONGEST_PERIOD = timedelta(days=731)
A_DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
Step = Callable[[Appraisal, Deed], Appraisal]


class UnknownAppraisal(Mistake):
    """A person named an appraisal that does not exist."""

    message = N_("There is no appraisal {id}. List them with: huiying appraisal list")


class NoTitle(Mistake):
    """An appraisal is called nothing."""

    message = N_("Give the appraisal a title, such as the year's.")


class UnfitPeriod(Mistake):
    """The period of an appraisal ends before it begins, or is longer than two years."""

    message = N_("The period from {first} to {last} cannot be appraised: exchange its days, or take two years at most.")


class UnfitDay(Mistake):
    """A day of an appraisal lies so far away that its year was mistyped."""

    message = N_("{day} lies outside the years from {first} to {last}. Check its year.")


class OwnOffice(Mistake):
    """Somebody grades the office that he belongs to."""

    message = N_("{by} belongs to {office}. Somebody from elsewhere gives and approves its grade.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an appraisal is planned with; no `offices` means all."""

    title: str
    first: date
    last: date
    begins_on: date
    plan: str = ""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppraisalDesk:
    """Carries the steps out, each in one transaction; `least` votes say something, `asked`: is the public asked?"""

    database: Database
    rules: AppraisalRules
    pack: RulePack
    least: int
    asked: bool

    @property
    def offices(self) -> tuple[Office, ...]:
        """The offices that can be appraised."""
        return tuple(self.pack.duty.offices.values())

    def plan(self, wanted: Wanted, *, by: str, now: datetime) -> int:
        """Plan an appraisal and return its number. Raise NoTitle, UnfitDay, UnfitPeriod, NoOffices, UnknownOffice."""
        title = storable(wanted.title).strip()[:LONGEST_TITLE]
        if not title:
            raise NoTitle
        for day in (wanted.first, wanted.last, wanted.begins_on):
            if not FIRST_DAY <= day <= LAST_DAY:
                raise UnfitDay(day=day.isoformat(), first=FIRST_DAY.year, last=LAST_DAY.year)
        if not timedelta(0) <= wanted.last - wanted.first <= LONGEST_PERIOD:
            raise UnfitPeriod(first=wanted.first.isoformat(), last=wanted.last.isoformat())
        chosen = self._chosen(wanted.offices)
        planned = Appraisal(
            id=0,
            title=title,
            coverage=Coverage.FOCUSED if len(chosen) < len(self.offices) else Coverage.FULL,
            first=wanted.first,
            last=wanted.last,
            begins_on=wanted.begins_on,
            plan=storable(wanted.plan).strip()[:LONGEST_PLAN],
            planned=_deed(by, now),
            offices=tuple(Appraised(office=one.id, name=storable(one.name)) for one in chosen),
        )
        with self.database.write() as connection:
            return appraisals.add(connection, planned)

    def approve(self, number: int, *, by: str, now: datetime) -> Appraisal:
        """Approve the plan."""
        return self._step(number, by, now, steps.approve)

    def give_notice(self, number: int, *, by: str, now: datetime) -> Appraisal:
        """Send the notice to all offices."""
        return self._step(number, by, now, lambda standing, deed: steps.give_notice(standing, deed, self.rules))

    def drop(self, number: int, *, by: str, now: datetime, reason: str) -> Appraisal:
        """Give the appraisal up."""
        why = storable(reason)[:LONGEST_WHY]
        return self._step(number, by, now, lambda standing, deed: steps.drop(standing, deed, why))

    def hand_in(
        self,
        number: int,
        office: str,
        texts: Mapping[str, str],
        by_hand: Mapping[str, ByHand],
        *,
        by: str,
        now: datetime,
    ) -> Appraisal:
        """Hand in the self-check of one's own office. Raise NotOfThisOffice."""
        self._refuse_stranger(office, by)
        said = {one.id: storable(texts.get(one.id, "")).strip()[:LONGEST_TEXT] for one in self.rules.contents}
        known = {one.id for one in self.rules.hand_figures()}
        written = {
            name: replace(one, source=storable(one.source).strip()[:LONGEST_WHY])
            for name, one in by_hand.items()
            if name in known
        }
        return self._step(
            number,
            by,
            now,
            lambda standing, deed: steps.hand_in(standing, office, deed, said, written, self.rules),
        )

    def review(
        self,
        number: int,
        office: str,
        grade: str,
        *,
        by: str,
        now: datetime,
        reason: str,
        seen: str | None = None,
    ) -> Appraisal:
        """Propose a grade on the figures as they are now; `seen` is the `version` of the self-check that was read.

        Raise OwnOffice, besides what the step raises.
        """
        self._refuse_own(office, by)
        why = storable(reason)[:LONGEST_WHY]
        standing = self.one(number)
        found = self.figures(standing, office)
        return self._step(
            number,
            by,
            now,
            lambda held, deed: steps.review(held, office, deed, grade, why, found, self.rules, seen),
        )

    def settle(self, number: int, office: str, grade: str, *, by: str, now: datetime, reason: str = "") -> Appraisal:
        """Approve a grade, as proposed or another. Raise OwnOffice, besides what the step raises."""
        self._refuse_own(office, by)
        why = storable(reason)[:LONGEST_WHY]
        return self._step(
            number, by, now, lambda standing, deed: steps.settle(standing, office, deed, grade, why, self.rules)
        )

    def sign(self, number: int, office: str, *, by: str, now: datetime) -> Appraisal:
        """Sign for the notice or the result, for one's own office. Raise NotOfThisOffice."""
        self._refuse_stranger(office, by)
        return self._step(number, by, now, lambda standing, deed: steps.sign(standing, office, deed))

    def all(self) -> list[Appraisal]:
        """Return the appraisals, the newest first."""
        with self.database.read() as connection:
            return appraisals.newest(connection)

    def one(self, number: int) -> Appraisal:
        """Return an appraisal. Raise UnknownAppraisal."""
        with self.database.read() as connection:
            return _present(appraisals.one(connection, number), number)

    def figures(self, appraisal: Appraisal, office: str) -> tuple[Figure, ...]:
        """Reckon the figures of an office for the period of an appraisal, as the log stands now."""
        asked = asked_of(appraisal, office)
        with self.database.read() as connection:
            facts = statistics.facts(connection, asked, sources=False)
            said = ratings.opinions(connection, [one.id for one in facts.responses])
        spreads = {number: opinion.spread for number, opinion in said.items()}
        return figures(facts, Rated(spreads, self.least, self.asked), self._is_public)

    def belongs(self, by: str, office: str) -> bool:
        """Tell whether somebody belongs to an office."""
        known = self.pack.duty.offices.get(office)
        return known is not None and self._contact(by) in known.members

    def _is_public(self, deadline: DeadlineView) -> bool:
        rule = deadline.rule or self.pack.obligation(deadline.obligation_id)
        return rule is not None and bool(rule.satisfied_by) and rule.satisfied_by <= TO_THE_PUBLIC

    def _chosen(self, ids: Iterable[str]) -> tuple[Office, ...]:
        if not self.offices:
            raise NoOffices
        known = {one.id: one for one in self.offices}
        for name in ids:
            if name not in known:
                raise UnknownOffice(id=name or "—", known=", ".join(f"{one.id} ({one.name})" for one in self.offices))
        wanted = set(ids)
        return tuple(one for one in self.offices if not wanted or one.id in wanted)

    def _step(self, number: int, by: str, now: datetime, step: Step) -> Appraisal:
        with self.database.write() as connection:
            before = self._held(connection, number)
            after = step(before, _deed(by, now))
            appraisals.save(connection, before, after)
            return after

    def _held(self, connection: Connection, number: int) -> Appraisal:
        return _present(appraisals.hold(connection, number), number)

    def _refuse_stranger(self, office: str, by: str) -> None:
        known = self.pack.duty.offices.get(office)
        if known is not None and self._contact(by) not in known.members:
            members = ", ".join(self.pack.duty.name(one) for one in known.members)
            raise NotOfThisOffice(name=str(by), office=known.name, members=members)
        if known is None:
            raise UnknownOffice(id=office or "—", known=", ".join(f"{one.id} ({one.name})" for one in self.offices))

    def _refuse_own(self, office: str, by: str) -> None:
        if self.belongs(by, office):
            raise OwnOffice(by=str(by), office=self.pack.duty.offices[office].name)

    def _contact(self, by: str) -> str:
        """Return which contact acts: an account says so, a typed name is looked up; empty where he is none."""
        if isinstance(by, By):
            return by.contact
        person = self.pack.duty.person(by)
        return "" if person is None else person.id


def asked_of(appraisal: Appraisal, office: str) -> Asked:
    """Return what an office's figures are asked of: all that is assigned to it, wherever it happened."""
    return Asked(
        since=instant(appraisal.first, time()).astimezone(UTC),
        until=instant(appraisal.last + A_DAY, time()).astimezone(UTC),
        region=WHOLE_COUNTRY,
        office=office,
    )


def _present(found: Appraisal | None, number: int) -> Appraisal:
    if found is None:
        raise UnknownAppraisal(id=number)
    return found


def _deed(by: str, now: datetime) -> Deed:
    return Deed(storable(str(by)), now, by.account if isinstance(by, By) else None)
