"""What changed since the last issue, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from monitor.core.beijing import shown
from monitor.core.bulletins.changes import Change, ChangeKind
from monitor.core.errors import N_
from monitor.core.model import Severity
from responders.documents.bulletin_lines import UNKNOWN, cut, named_place, obligation_name, toll_of
from responders.documents.messages import Composer

VALUES: Mapping[ChangeKind, str] = {
    ChangeKind.STATE: N_("The incident: {was} → {now}. {name}"),
    ChangeKind.FIGURE: N_("{was} → {now}"),
    ChangeKind.GRADE: N_("Grade: {was} → {now}"),
    ChangeKind.PLACE: N_("Place: {was} → {now}"),
    ChangeKind.KIND: N_("Kind: {was} → {now}"),
    ChangeKind.STANDING: N_("Vouched for: {was} → {now}"),
    ChangeKind.RUMOUR: N_("As a rumour: {was} → {now}"),
    ChangeKind.TALK: N_("Titles: {was} → {now}"),
    ChangeKind.RANK: N_("Best place on a hot list: {was} → {now}"),
    ChangeKind.WAVE: N_("Public talk: {was} → {now}"),
}
HAPPENED: Mapping[ChangeKind, str] = {
    ChangeKind.RESPONSE: N_("Published {at}: {kind} {name}"),
    ChangeKind.WITHDRAWN: N_("Withdrawn {at}: {name}"),
    ChangeKind.BEGAN: N_("A deadline began: {name}, due {at}"),
    ChangeKind.MET: N_("Kept: {name} (due {at})"),
    ChangeKind.MET_LATE: N_("Done too late: {name} (due {at})"),
    ChangeKind.MISSED: N_("Not kept: {name} (due {at})"),
    ChangeKind.ENDED: N_("No longer owed: {name} (due {at})"),
}
OF_A_DEADLINE = frozenset({ChangeKind.BEGAN, ChangeKind.MET, ChangeKind.MET_LATE, ChangeKind.MISSED, ChangeKind.ENDED})
CONFIRMED, UNCONFIRMED = N_("A person confirmed it."), N_("It is no longer confirmed.")
NOTHING = N_("Nothing that is stored has changed since.")


def change_lines(found: Iterable[Change], composer: Composer) -> Iterator[str]:
    """Yield a sentence for each change, or the one that says there is none."""
    told = [_line(one, composer) for one in found]
    yield from told or [composer.words(NOTHING)]


def _line(one: Change, composer: Composer) -> str:
    words = composer.words
    if one.kind is ChangeKind.CONFIRMED:
        return words(CONFIRMED if one.now else UNCONFIRMED)
    if one.kind in VALUES:
        was, now = (_value(one, value, composer) for value in (one.was, one.now))
        return words(VALUES[one.kind], was=was, now=now, name=cut(one.name)).strip()
    at = "" if one.at is None else shown(one.at)
    deadline = one.kind in OF_A_DEADLINE
    name = obligation_name(one.name, one.ordinal, composer) if deadline else cut(one.name)
    return words(HAPPENED[one.kind], at=at, name=name, kind=one.now if isinstance(one.now, Enum) else "")


def _value(one: Change, value: object, composer: Composer) -> object:
    if value is None or value == "":
        return composer.words(UNKNOWN)
    if isinstance(value, Severity):
        return composer.severity(value)
    if one.kind is ChangeKind.FIGURE:
        return toll_of({one.name: int(str(value))}, composer)
    if one.kind is ChangeKind.PLACE:
        return cut(named_place(str(value), composer))
    return composer.names.kind(str(value)) if one.kind is ChangeKind.KIND else value
