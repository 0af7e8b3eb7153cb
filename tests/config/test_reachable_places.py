"""Every entry of the gazetteer's files can be met: a short text made of it is read as exactly that place or part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from string import ascii_uppercase
from typing import TypeVar

import pytest
from pydantic import BaseModel

from monitor.config.document import check, read
from monitor.config.gazetteer import (
    CODEBOOKS,
    FOLDER,
    ROLES,
    SHORT_LISTS,
    load_names,
    official_divisions,
    place_names,
)
from monitor.config.gazetteer_files import Around, Codebook, Foreign, ShortNames
from monitor.core.model import TERRITORIES, Scope
from monitor.core.reading.place import Gazetteer, PlaceReading
from monitor.core.reading.place_mention import Scanner
from monitor.core.reading.place_name import Division, Name, Role, Trust, Words, names_of, short_of

M = TypeVar("M", bound=BaseModel)
Unmet = Iterator[str]
HAPPENED = "发生火灾"


@cache
def loaded() -> tuple[list[Name], Words]:
    return load_names()


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(*loaded())


@cache
def names() -> dict[str, str]:
    return place_names()


def entries(name: str, model: type[M]) -> M:
    return check(read(FOLDER / name), model)


def all_met(file: str, unmet: Iterable[str]) -> None:
    """Fail with the file and every entry of it that no text reaches."""
    lines = [f"{file}: {entry}" for entry in unmet]
    assert not lines, "not reachable:\n" + "\n".join(lines)


def parents(code: str) -> Iterator[str]:
    """Yield the names that may stand before a place to say where it lies: nothing first, then ever more."""
    first = code.split(maxsplit=1)[0]
    above = [names()[up] for up in (first[:2] + "0000", first[:4] + "00") if up in names() and up != code]
    yield ""
    yield from above
    yield "".join(above)


def is_at(found: PlaceReading, codes: str) -> bool:
    """Tell whether a text is read as there; several codes are the divisions that come into question."""
    at = codes.split()
    scope = Scope.HK_MO_TW if {code[:2] for code in at} <= TERRITORIES else Scope.DOMESTIC
    where = {found.place.code or "000000"} if len(at) == 1 else set(found.place.among)
    return found.scope is scope and where == set(at)


def texts(section: str, name: str) -> Iterator[str]:
    """Yield texts that name a place as the section says."""
    if section == "plates":
        yield from (f"{name}{letter}12345{HAPPENED}" for letter in ascii_uppercase)
    elif name.isascii():
        yield f"Fire in {name} kills 3"
        yield f"{name} fire"
    else:
        yield f"{name}{HAPPENED}"
        yield f"{name}，{HAPPENED}"


def unmet_names(book: Codebook) -> Unmet:
    for section, coded in book.sections():
        for code, listed in coded.items():
            for name in listed:
                tried = (up + text for up, text in product(parents(code), texts(section, name)))
                if not any(is_at(gazetteer().read(text), code) for text in tried):
                    read_as = gazetteer().read(f"{name}{HAPPENED}").place
                    yield f"{section}.{code}: {name} (alone it is {read_as.code})"


@pytest.mark.parametrize("file", CODEBOOKS)
def test_every_name_of_a_place_is_read_as_that_place(file: str) -> None:
    all_met(file, unmet_names(entries(file, Codebook)))


def unmet_divisions() -> Unmet:
    for division in official_divisions():
        tried = (f"{up}{division.name}{HAPPENED}" for up in parents(division.code))
        if not any(is_at(gazetteer().read(text), division.code) for text in tried):
            yield f"{division.code} {division.name}"


def test_every_division_is_read_as_itself() -> None:
    all_met("GB/T 2260", unmet_divisions())


def unmet_abroad(foreign: Foreign) -> Unmet:
    for country, entry in foreign.countries.items():
        listed = {"": (country,), "names": entry.names, "places": entry.places, "careful": entry.careful}
        for section, found in (listed | {"english": entry.english}).items():
            for name in found:
                if not any(abroad(text) == country for text in texts(section, name)):
                    yield f"{country}.{section}: {name} ({abroad(name + HAPPENED)})"
        if entry.letter and abroad(f"{entry.letter}{HAPPENED}") != country:
            yield f"{country}.letter: {entry.letter}"


def abroad(text: str) -> str | None:
    found = gazetteer().read(text)
    return found.because[0].detail if found.scope is Scope.FOREIGN else found.place.code


def test_every_name_abroad_is_read_as_its_country() -> None:
    all_met("foreign.yaml", unmet_abroad(entries("foreign.yaml", Foreign)))


def forms(divisions: Iterable[Division], trust: Trust) -> list[tuple[str, ...]]:
    return sorted(map(repr, names_of(divisions, trust)))  # type: ignore[arg-type]


def unmet_short(short: ShortNames) -> Unmet:
    """Yield the short names whose listing changes nothing, and those listed twice."""
    known: dict[str, list[Division]] = {}
    for division in official_divisions():
        for text in {division.name, short_of(division.name, short.peoples)}:
            known.setdefault(text, []).append(division)
    lists = {section: frozenset(getattr(short, section)) for section in SHORT_LISTS}
    for section in SHORT_LISTS:
        for word in getattr(short, section):
            without = lists | {section: lists[section] - {word}}
            called = known.get(word, [])
            if forms(called, Trust(peoples=short.peoples, **lists)) == forms(
                called, Trust(peoples=short.peoples, **without)
            ):
                yield f"{section}: {word}"
    shorts = [short_of(division.name, ()) for division in official_divisions()]
    for people in short.peoples:
        if not any(people in name for name in shorts):
            yield f"peoples: {people}"


def test_every_listed_short_name_is_trusted_otherwise_than_unlisted() -> None:
    all_met("names.yaml", unmet_short(entries("names.yaml", ShortNames)))


PLACES = ("甘肃", "兰州", "武威", "白银", "河北", "沈阳", "美国", "东京", "兰州市", "海南", "日本")


def mention_roles(text: str) -> set[Role]:
    """Return the parts that places at the beginning or the end of `text` play."""
    found = scanner().scan(text)
    return {mention.role for sentence in found for mention in sentence.mentions}


@cache
def scanner() -> Scanner:
    return Scanner(*loaded())


def unmet_roles(around: Around) -> Unmet:
    """Yield the words beside a name that never give it their part."""
    for side, lists in (("after", around.after), ("before", around.before)):
        sections = {section: getattr(lists, section) for section in type(lists).model_fields}
        others = [word for section, listed in sections.items() if section != "plain" for word in listed]
        for section, listed in sections.items():
            role = ROLES[section]
            for word in listed:
                written = [f"{place}{word}" if side == "after" else f"{word}{place}{HAPPENED}" for place in PLACES]
                if role is Role.NONE:
                    touched = [o for o in others if (word.startswith(o) if side == "after" else word.endswith(o))]
                    reached = bool(touched) and any(Role.NONE in mention_roles(text) for text in written)
                elif role is Role.STREET or role is Role.THING:
                    reached = any(not mention_roles(text) for text in written)
                elif role is Role.AT:
                    reached = any(m.at for text in written for s in scanner().scan(text) for m in s.mentions)
                else:
                    reached = any(role in mention_roles(text) or is_silenced(role, text) for text in written)
                if not reached:
                    yield f"{side}.{section}: {word}"


def is_silenced(role: Role, text: str) -> bool:
    """Tell whether a place abroad was left out because it only belongs to somebody."""
    return role is Role.AGENT and text.startswith(("美国", "东京", "日本")) and not mention_roles(text)


@cache
def by_first_character() -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for name in loaded()[0]:
        found.setdefault(name.text[0], []).append(name)
    return found


def overlapping(hide: str) -> Iterator[str]:
    """Yield texts in which a name stands inside `hide`, or begins in it and goes on behind it."""
    for at, character in enumerate(hide):
        for name in by_first_character().get(character, ()):
            inside, beyond = hide.startswith(name.text, at), name.text.startswith(hide[at:])
            if inside or beyond:
                rest = "" if inside else name.text[len(hide) - at :]
                codes = [stem.ljust(6, "0") for stem in name.stems if stem.isdigit()]
                ups = {up for code in codes for up in parents(code)} | {"", "在"}
                yield from (f"{up}{hide}{rest}{end}" for up in sorted(ups) for end in ("", HAPPENED, "县"))


def unmet_around(around: Around) -> Unmet:
    bare = Gazetteer(loaded()[0], replace(loaded()[1], hide=()))
    for word in around.hide:
        if not any(bare.weigh(text) != gazetteer().weigh(text) for text in overlapping(word)):
            yield f"hide: {word}"
    for word in around.event:
        if not any(s.events for place in ("甘肃，", "兰州") for s in scanner().scan(f"{place}{word}")):
            yield f"event: {word}"
    for word in around.letter:
        if abroad(f"美{word}") != "美国":
            yield f"letter: {word}"
    for word in around.tell:
        if any(word != other and word.startswith(other) for other in around.tell):
            yield f"tell: {word} (a shorter one tells as much)"
    for section in ("hide", "event", "tell", "letter", "left", "right"):
        listed = list(getattr(around, section))
        yield from (f"{section}: {word} (twice)" for word in sorted({w for w in listed if listed.count(w) > 1}))


def test_every_word_beside_a_name_gives_it_its_part() -> None:
    all_met("words.yaml", unmet_roles(entries("words.yaml", Around)))


def test_every_word_around_names_is_found() -> None:
    all_met("words.yaml", unmet_around(entries("words.yaml", Around)))
