"""Leave the daily briefing by a link, and come back. Looking changes nothing; the last reader cannot leave.

A forged link is told from ours by reading alone: whoever guesses keeps nobody from writing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from monitor.core.errors import N_, Mistake
from monitor.core.unsubscribing import address_of, token_of
from monitor.store import keys, unsubscriptions
from monitor.store.database import Database
from monitor.store.unsubscriptions import Unsubscription

KEY = "unsubscribe links"
PATH = "/u/"
BY_LINK = "link"


class LastReader(Mistake):
    """The only one who still gets the briefing wants to leave: nobody would read it, and nobody would notice."""

    message = N_(
        "You are the last one who gets the briefing, so you stay on the list. Ask for somebody else to be named under "
        "briefing: to: in huiying.yaml, then leave."
    )


class UnknownReader(Mistake):
    """A person named an address that does not get the briefing."""

    message = N_("{address} does not stand under briefing: to: in huiying.yaml.")


class Standing(StrEnum):
    """How the reader of a link stands."""

    STAYS = "stays"
    LEFT = "left"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Listed:
    """One who gets the briefing, and since when he has left it, if he has."""

    address: str
    left: Unsubscription | None = None


class Subscriptions:
    """Who of `addresses` gets the briefing; `public_url` is where people reach this service, empty for nowhere."""

    def __init__(self, database: Database, addresses: Collection[str], public_url: str) -> None:
        self._database = database
        self._addresses = tuple(addresses)
        self._public_url = public_url

    def prepare(self, now: datetime) -> None:
        """Make the key unless there is one."""
        with self._database.write() as connection:
            keys.ensure(connection, KEY, now)

    def link(self, connection: Connection, address: str) -> str:
        """Return where a reader leaves the list; empty where nobody can reach us or the key is missing."""
        key = keys.key(connection, KEY)
        return f"{self._public_url}{PATH}{token_of(key, address)}" if self._public_url and key else ""

    def has_left(self, connection: Connection, address: str) -> bool:
        """Tell whether a reader has left."""
        return address in unsubscriptions.standing(connection, [address])

    def look(self, token: str) -> Standing:
        """Say how the reader of a link stands; nothing is written, for mail scanners open every link they see."""
        with self._database.read() as connection:
            address = self._address(connection, token)
            if address is None:
                return Standing.FORGED
            return Standing.LEFT if self.has_left(connection, address) else Standing.STAYS

    def leave(self, token: str, now: datetime) -> Standing:
        """Take the reader of a link off the list. Raise LastReader."""
        if self.look(token) is Standing.FORGED:
            return Standing.FORGED
        with self._database.write() as connection:
            address = self._address(connection, token)
            if address is None:
                return Standing.FORGED
            gone = unsubscriptions.hold(connection, self._addresses)
            leaving = {one.casefold() for one in (*gone, address)}
            if address not in gone and not {one.casefold() for one in self._addresses} - leaving:
                raise LastReader
            unsubscriptions.add(connection, Unsubscription(address, now, BY_LINK))
            return Standing.LEFT

    def come_back(self, token: str) -> Standing:
        """Put the reader of a link on the list again."""
        if self.look(token) is Standing.FORGED:
            return Standing.FORGED
        with self._database.write() as connection:
            address = self._address(connection, token)
            if address is None:
                return Standing.FORGED
            unsubscriptions.remove(connection, address)
            return Standing.STAYS

    def restore(self, address: str) -> bool:
        """Put a reader on the list again; False where he had not left. Raise UnknownReader."""
        if address not in self._addresses:
            raise UnknownReader(address=address)
        with self._database.write() as connection:
            return unsubscriptions.remove(connection, address)

    def listed(self) -> Iterator[Listed]:
        """Yield everybody who is to get the briefing, in the order of the settings."""
        with self._database.read() as connection:
            gone = unsubscriptions.standing(connection, self._addresses)
        yield from (Listed(address, gone.get(address)) for address in self._addresses)

    def _address(self, connection: Connection, token: str) -> str | None:
        key = keys.key(connection, KEY)
        return None if key is None else address_of(key, token, self._addresses)
