"""Reachable people: a Contact with the ways to reach him in order, an Office with those who belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.core.model import Severity


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a contact: the name of a configured channel, and his address there."""

    channel: str
    to: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who can be told; the next of his `ways` opens when the one before it has not been accepted.

    `slack` are the members (workspace, user) that he is in Slack, `acts` what he may do there; None means everything.
    """

    id: str
    name: str
    ways: tuple[Way, ...]
    slack: frozenset[tuple[str, str]] = frozenset()
    acts: frozenset[str] | None = None

    @property
    def telephone(self) -> str:
        """The number at which he can be called, digits with their plus sign: the first way that leads to one."""
        return next((number for way in self.ways if (number := number_of(way.to))), "")


def number_of(address: str) -> str:
    """Return an address as a telephone number, empty where it is none."""
    plain = re.sub(r"[\s().-]", "", address)
    return plain if re.fullmatch(r"\+?[0-9]{7,15}", plain) else ""


@dataclass(frozen=True, slots=True)
class Office:
    """The responsible unit, and the contacts who belong to it.

    In the division `region` it leads what happens of the kinds in `leads` (None: of every kind) and helps with those in
    `helps`, from the grade `at_least` on. `parent` is the office above it. Without a region no rule names it.
    """

    id: str
    name: str
    members: tuple[str, ...]
    region: str = ""
    leads: frozenset[str] | None = frozenset()
    helps: frozenset[str] = frozenset()
    at_least: Severity | None = None
    parent: str = ""
