"""What changed since the last issue, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum

from monitor.core.beijing import shown
from monitor.core.bulletins.changes import Change, ChangeKind
from monitor.core.errors import N_
from monitor.core.model import Level, Severity
from responders.documents.bulletin_lines import UNKNOWN, cut, named_place, obligation_name, toll_of
from responders.documents.messages import Composer
from responders.labels import label

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
    ChangeKind.MOVED: N_("The end moved: {name}, {was} → {now}"),
    ChangeKind.LEVEL: N_("Level of {name}: {was} → {now}"),
}
HAPPENED: Mapping[ChangeKind, str] = {
    ChangeKind.RESPONSE: N_("Published {at}: {kind} {name}"),
    ChangeKind.WITHDRAWN: N_("Withdrawn {at}: {name}"),
    ChangeKind.BEGAN: N_("A deadline began: {name}, due {at}"),
    ChangeKind.MET: N_("Kept: {name} (due {at})"),
    ChangeKind.MET_LATE: N_("Done too late: {name} (due {at})"),
    ChangeKind.MISSED: N_("Not kept: {name} (due {at})"),
    ChangeKind.ENDED: N_("No longer owed: {name} (due {at})"),
    ChangeKind.OWED_AGAIN: N_("Owed again: {name}, due {at}"),
    ChangeKind.PAUSED: N_("Paused: {name} (due {at})"),
    ChangeKind.RESUMED: N_("Runs on: {name}, due {at}"),
    ChangeKind.FIRM: N_("No longer provisional: {name}, due {at}"),
    ChangeKind.PROVISIONAL: N_("Provisional now: {name}, due {at}"),
}
OF_NO_DEADLINE = frozenset({ChangeKind.STATE, ChangeKind.RESPONSE, ChangeKind.WITHDRAWN})
CONFIRMED, UNCONFIRMED = N_("A person confirmed it."), N_("It is no longer confirmed.")
PROVED, PRESUMED = N_("The grade is proved now."), N_("The grade is only presumed now.")
NOTHING = N_(
    "No change since in state, kind, place, toll, grade, responses, deadlines, number of titles and hot-list places."
)


def change_lines(found: Iterable[Change], composer: Composer) -> Iterator[str]:
    """Yield a sentence for each change, or the one that says there is none."""
    told = [_line(one, composer) for one in found]
    yield from told or [composer.words(NOTHING)]


def _line(one: Change, composer: Composer) -> str:
    words = composer.words
    if one.kind is ChangeKind.CONFIRMED:
        return words(CONFIRMED if one.now else UNCONFIRMED)
    if one.kind is ChangeKind.PROVED:
        return words(PROVED if one.now else PRESUMED)
    name = cut(one.name) if one.kind in OF_NO_DEADLINE else obligation_name(one.name, one.ordinal, composer)
    if one.kind in VALUES:
        was, now = (_value(one, value, composer) for value in (one.was, one.now))
        return words(VALUES[one.kind], was=was, now=now, name=name).strip()
    at = "" if one.at is None else shown(one.at)
    return words(HAPPENED[one.kind], at=at, name=name, kind=one.now if isinstance(one.now, Enum) else "")


def _value(one: Change, value: object, composer: Composer) -> object:
    if value is None or value == "":
        return composer.words(UNKNOWN)
    if isinstance(value, datetime):
        return shown(value)
    if isinstance(value, Level):
        return composer.words(label(value))
    if isinstance(value, Severity):
        return composer.severity(value)
    if one.kind is ChangeKind.FIGURE:
        return toll_of({one.name: int(str(value))}, composer)
    if one.kind is ChangeKind.PLACE:
        return cut(named_place(str(value), composer))
    return composer.names.kind(str(value)) if one.kind is ChangeKind.KIND else value
