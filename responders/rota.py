"""What people can do about a rota: put somebody on duty for a time, swap two shifts, take over, take that back.

Each is one transaction; what is done is added and never overwritten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import aware
from monitor.core.people.contacts import Contact
from monitor.core.people.duty import Duty
from monitor.core.people.rota import Change, ChangeKind, Rota, Stretch, shift_at
from monitor.store import people
from monitor.store.database import Database
from monitor.store.sql import exclusive

LONGEST = timedelta(days=92)


class UnknownRota(Mistake):
    """A person named a rota that the duty file does not have."""

    message = N_("There is no rota {name}. The duty file has: {known}")


class UnknownContact(Mistake):
    """A person named a contact that the duty file does not have."""

    message = N_("There is no contact {name}. The duty file has: {known}")


class BadStretch(Mistake):
    """A change would end before it begins, lies in the past or is too long."""

    message = N_(
        "From {begins} until {ends} cannot be changed: it must end later than it begins and than now, "
        "and last 92 days at most."
    )


class NobodyToSwap(Mistake):
    """One of the moments of a swap is in nobody's shift."""

    message = N_("Nobody is on duty at {at}, so there is no shift to swap. Put somebody on duty for that time instead.")


class SamePerson(Mistake):
    """Both shifts of a swap are one person's."""

    message = N_("{name} has both shifts already; nothing was changed.")


class RotaMoved(Mistake):
    """A shift of a swap is not, or no longer, that of the person who was seen in it."""

    message = N_("The shift at {at} is now that of {name}. Look at the rota again; nothing was changed.")


class ShiftOver(Mistake):
    """A shift of a swap has ended."""

    message = N_("The shift at {at} is over; nothing was changed.")


class UnknownChange(Mistake):
    """A person named a change that is not stored, or no longer holds."""

    message = N_("There is no change {id} that still holds. The page of the rota and `huiying rota show` list them.")


class RotaDesk:
    """Carries out what people decide about the rotas."""

    def __init__(self, database: Database, duty: Duty) -> None:
        self._database = database
        self._duty = duty

    def override(
        self, rota: str, contact: str, *, begins: datetime, ends: datetime, by: str, now: datetime, reason: str = ""
    ) -> Change:
        """Put a contact on duty from `begins` until `ends`, whoever was to be."""
        return self._put(ChangeKind.OVERRIDE, rota, contact, max(begins, now), ends, by=by, now=now, reason=reason)

    def take(
        self, rota: str, contact: str, *, ends: datetime | None = None, by: str, now: datetime, reason: str = ""
    ) -> Change:
        """Put a contact on duty from now on: until `ends`, or until the present shift is over."""
        with self._database.read() as connection:
            until = ends or self._shift(connection, self.named(rota), now).end
        return self._put(ChangeKind.TAKE, rota, contact, now, until, by=by, now=now, reason=reason)

    def swap(
        self,
        rota: str,
        one: datetime,
        other: datetime,
        *,
        by: str,
        now: datetime,
        reason: str = "",
        seen: tuple[str, str] | None = None,
    ) -> tuple[Change, Change]:
        """Let the two people whose shifts lie at two moments take each other's; of one that runs, what is left.

        `seen` are the contacts who were seen in them: raise RotaMoved where they are others by now.
        """
        found = self.named(rota)
        with self._database.write() as connection:
            exclusive(connection, f"rota:{found.id}")
            first, second = (self._shift(connection, found, aware(at)) for at in (one, other))
            for stretch, at in ((first, one), (second, other)):
                if stretch.contact is None:
                    raise NobodyToSwap(at=shown(at))
                if stretch.end <= now:
                    raise ShiftOver(at=shown(at))
            for stretch, at, expected in zip((first, second), (one, other), seen or (), strict=False):
                if stretch.contact != expected:
                    raise RotaMoved(at=shown(at), name=self._duty.name(str(stretch.contact)))
            if first.contact == second.contact:
                raise SamePerson(name=self._duty.name(str(first.contact)))
            halves: list[Change] = []
            for stretch, contact in ((first, second.contact), (second, first.contact)):
                half = Change(
                    id=0,
                    rota=found.id,
                    kind=ChangeKind.SWAP,
                    contact=str(contact),
                    instead_of=str(stretch.contact),
                    begins=max(stretch.begin, now),
                    ends=stretch.end,
                    by=by,
                    reason=reason,
                    pair=halves[0].id if halves else None,
                    made_at=now,
                )
                halves.append(people.add_change(connection, half))
        return halves[0], halves[1]

    def cancel(self, number: int, *, by: str, now: datetime) -> Change:
        """Take a change back from now on; what was done under it stays as it was."""
        with self._database.write() as connection:
            found = people.change(connection, number)
            if found is None or found.cancelled_at is not None or found.ends <= now:
                raise UnknownChange(id=number)
            people.cancel(connection, found, by=by, now=now)
            return found

    def _put(
        self,
        kind: ChangeKind,
        rota: str,
        contact: str,
        begins: datetime,
        ends: datetime,
        *,
        by: str,
        now: datetime,
        reason: str,
    ) -> Change:
        found, person = self.named(rota), self._person(contact)
        if not now <= aware(begins) < aware(ends) or ends - begins > LONGEST:
            raise BadStretch(begins=shown(begins), ends=shown(ends))
        made = Change(
            id=0,
            rota=found.id,
            kind=kind,
            contact=person.id,
            begins=begins,
            ends=ends,
            by=by,
            reason=reason,
            made_at=now,
        )
        with self._database.write() as connection:
            exclusive(connection, f"rota:{found.id}")
            return people.add_change(connection, made)

    def _shift(self, connection: Connection, rota: Rota, at: datetime) -> Stretch:
        return shift_at(rota, people.changes(connection, since=at - LONGEST, rota=rota.id), at)

    def named(self, said: str) -> Rota:
        """Return the rota that is called so, by id or name; raise UnknownRota."""
        wanted = said.strip().casefold()
        rotas = self._duty.rotas.values()
        found = next((rota for rota in rotas if wanted in (rota.id.casefold(), rota.name.casefold())), None)
        if found is None:
            raise UnknownRota(name=said, known=", ".join(self._duty.rotas) or "—")
        return found

    def _person(self, said: str) -> Contact:
        found = self._duty.person(said)
        if found is None:
            raise UnknownContact(name=said, known=", ".join(self._duty.contacts) or "—")
        return found
