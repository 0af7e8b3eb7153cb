"""Does a page speak of the incident for which it was logged? A wrong link is pasted easily at night."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.core.beijing import day_of
from monitor.core.evidence.captures import Finding, Seen
from monitor.core.incidents.topics import terms_of
from monitor.core.model import CASUALTY_FIELDS, Assessment

NEEDED = 2
SHARED = 0.3
FEWEST_SHARED = 2
# A minute is what people type; a page's own clock may run a little before ours.
SLACK = timedelta(minutes=5)
# What we read first may not be the first there was.
UNSEEN = timedelta(hours=1)


class Sign(StrEnum):
    """By what a page shows that it speaks of an incident."""

    PLACE = "place"
    KIND = "kind"
    FIGURE = "figure"
    NAMES = "names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of an incident: how its place is called, its kind and those near it, its figures, its title."""

    title: str = ""
    codes: AbstractSet[str] = frozenset()
    places: AbstractSet[str] = frozenset()
    kinds: AbstractSet[str] = frozenset()
    kind_words: AbstractSet[str] = frozenset()
    figures: Mapping[str, int] = field(default_factory=dict)
    began_at: datetime | None = None


def signs_of(subject: Subject, seen: Seen, read: Assessment) -> tuple[Sign, ...]:
    """Return the signs by which a page speaks of the subject; `read` is what the reader makes of its text."""
    whole = f"{seen.title}\n{seen.text}"
    codes = {code for code in (read.place.county, read.place.city) if code}
    found = []
    if codes & subject.codes or any(name in whole for name in subject.places):
        found.append(Sign.PLACE)
    if read.kind in subject.kinds or any(word in whole for word in subject.kind_words):
        found.append(Sign.KIND)
    told = {name: read.casualties.value(name) for name in CASUALTY_FIELDS}
    if any(value and told.get(name) == value for name, value in subject.figures.items()):
        found.append(Sign.FIGURE)
    wanted = terms_of(subject.title)
    shared = wanted & terms_of(whole)
    if len(shared) >= max(FEWEST_SHARED, SHARED * len(wanted)):
        found.append(Sign.NAMES)
    return tuple(found)


def findings_of(subject: Subject | None, seen: Seen, signs: tuple[Sign, ...], logged: datetime) -> tuple[Finding, ...]:
    """Return what a person has to be asked about a page that was kept for the first time.

    `subject` is None where nothing is known to compare with, `logged` the time of publication that a person gave.
    What cannot be read asks for a look by eye, nothing else.
    """
    if not seen.text:
        return (Finding.NO_TEXT,)
    found = []
    if subject is not None and is_before(seen, subject.began_at):
        found.append(Finding.OLD)
    elif subject is not None and len(signs) < NEEDED:
        found.append(Finding.ELSEWHERE)
    if is_after(seen, logged):
        found.append(Finding.LATER)
    return tuple(found)


def is_after(seen: Seen, moment: datetime) -> bool:
    """Tell whether the page says that it was published after `moment`."""
    if seen.published_at is not None:
        return seen.published_at > moment + SLACK
    return seen.published_day is not None and seen.published_day > _day(moment)


def is_before(seen: Seen, began_at: datetime | None) -> bool:
    """Tell whether the page says that it was published before the incident began."""
    if began_at is None:
        return False
    if seen.published_at is not None:
        return seen.published_at < began_at - UNSEEN
    return seen.published_day is not None and seen.published_day < _day(began_at - UNSEEN)


def _day(moment: datetime) -> date:
    return day_of(moment)
