"""Titles that belong to no incident, found again by the terms they share with the titles of one.

What the likeness of a title to a topic is made of can be said of each term by itself; so the titles that are like it
are found by adding up along the terms of the topic, and no title that shares nothing with it is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from monitor.core.incidents.topics import terms_of


@dataclass(frozen=True, slots=True)
class Sought:
    """What a title is like: each shared term adds its worth, each term `every`, and all must reach `least`.

    Of the terms one at least must be among the `roots`.
    """

    worth: Mapping[str, float]
    every: float
    least: float
    roots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Title:
    """A title, when it became known, and its terms."""

    number: int
    text: str
    at: datetime
    terms: tuple[str, ...]


@dataclass(slots=True)
class Talk:
    """The titles of late, by number and by term."""

    _titles: dict[int, Title] = field(default_factory=dict)
    _by_term: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __contains__(self, number: int) -> bool:
        return number in self._titles

    def add(self, number: int, text: str, at: datetime) -> None:
        """Remember a title that is not known yet."""
        title = self._titles[number] = Title(number, text, at, tuple(terms_of(text)))
        for term in title.terms:
            self._by_term[term].add(number)

    def forget(self, before: datetime) -> None:
        """Leave out the oldest; they stand first, but for those that came while others were being stored."""
        old: list[Title] = []
        for title in self._titles.values():
            if title.at >= before:
                break
            old.append(title)
        for title in old:
            self._drop(title)

    def _drop(self, title: Title) -> None:
        del self._titles[title.number]
        for term in title.terms:
            self._by_term[term].discard(title.number)
            if not self._by_term[term]:
                del self._by_term[term]

    def like(self, sought: Sought) -> list[Title]:
        """Return the titles that are like what is sought, oldest first."""
        by_term = self._by_term
        near: set[int] = set().union(*(by_term[root] for root in sought.roots & by_term.keys()))
        sums = dict.fromkeys(near, 0.0)
        for term in by_term.keys() & sought.worth.keys():
            worth = sought.worth[term]
            for number in by_term[term] & near:
                sums[number] += worth
        # What was added up in another order differs in the last digits.
        least = sought.least - 1e-6
        titles = [self._titles[number] for number in near]
        found = (one for one in titles if sums[one.number] + len(one.terms) * sought.every >= least)
        return sorted(found, key=attrgetter("at", "number"))
