"""Names of places as patterns: what each may mean and how far it is trusted. Knows no text and reads no file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

FOREIGN = "@"
WHOLE_COUNTRY = ""
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


class Manner(IntEnum):
    """When a name counts as a place, from always to hardly ever."""

    ALWAYS = 0
    LATIN = 1
    CLEAR = 2
    LETTER = 3
    PLATE = 4
    UNDER_PARENT = 5


class Role(IntEnum):
    """What the neighbouring words make of a place."""

    NONE = 0
    AT = 1
    STREET = 2
    THING = 3
    MEDIA = 4
    OFFICE = 5
    ORIGIN = 6
    ROUTE = 7
    HOSPITAL = 8
    DATELINE = 9
    AGENT = 10
    CAUSE = 11
    AWAY = 12


@dataclass(frozen=True, slots=True)
class Division:
    """A division of GB/T 2260: six-digit code and full name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """One written form of a place.

    `stems` are all divisions it may mean, as codes without their closing zeros (21, 2101, 210102), or `@` + country;
    `alone` are those it means without a parent's name before it. `full` forms carry their suffix (和平区). A name that
    always plays one part has its `role` (a newspaper called after nothing but itself).
    """

    text: str
    stems: tuple[str, ...]
    alone: tuple[str, ...]
    manner: Manner = Manner.ALWAYS
    full: bool = False
    role: Role = Role.NONE


@dataclass(frozen=True, slots=True)
class Trust:
    """Short names of divisions by how far they are trusted alone; `peoples` are left out of autonomous names."""

    never: frozenset[str] = frozenset()
    with_parent: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    wary: frozenset[str] = frozenset()
    peoples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The words around names: what hides one, what gives it a role, what tells of an event, what leaves it clear."""

    hide: tuple[str, ...] = ()
    after: Mapping[str, Role] = field(default_factory=dict)
    before: Mapping[str, Role] = field(default_factory=dict)
    event: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    tell: tuple[str, ...] = ()


def stem_of(code: str) -> str:
    """Return a six-digit code without the zeros that stand for its lower levels; the whole country is empty."""
    stem = code
    while stem.endswith("00"):
        stem = stem[:-2]
    return stem


def code_of(stem: str) -> str:
    """Return the six-digit code of a stem."""
    return stem.ljust(6, "0")


def levels_of(stem: str) -> tuple[str, ...]:
    """Return the stems of the levels of a division, coarsest first; a county may lie directly in its province."""
    if stem.startswith(FOREIGN) or len(stem) <= 2:
        return (stem,)
    if len(stem) == 4:
        return stem[:2], stem
    if stem[:2] in MUNICIPALITIES or stem[2:4] == "90":
        return stem[:2], stem
    return stem[:2], stem[:4], stem


ENDINGS = ("特别行政区", "自治区", "地区", "林区", "特区", "新区", "省", "市", "县", "区", "盟", "旗")
AUTONOMOUS = re.compile("自治[县旗州区]$")


def short_of(name: str, peoples: Iterable[str]) -> str:
    """Return a division's name without its kind and its peoples, or the name itself where too little would be left."""
    bare = AUTONOMOUS.sub("", name)
    if bare != name:
        alternatives = "|".join(sorted(peoples, key=len, reverse=True))
        people_less = re.sub(f"({alternatives})+$", "", bare)
        return people_less if len(people_less) >= 2 else bare.removesuffix("族")
    ending = next((end for end in ENDINGS if name.endswith(end) and len(name) - len(end) >= 2), "")
    return name.removesuffix(ending)


def names_of(divisions: Iterable[Division], trust: Trust) -> Iterator[Name]:
    """Yield every written form of the divisions: full, short, and the 县 or 州 that people say for longer kinds."""
    full: dict[str, set[str]] = defaultdict(set)
    spoken: dict[str, set[str]] = defaultdict(set)
    short: dict[str, set[str]] = defaultdict(set)
    for division in divisions:
        stem, name = stem_of(division.code), division.name
        brief = short_of(name, trust.peoples)
        full[name].add(stem)
        if len(brief) >= 2 and brief != name:
            short[brief].add(stem)
            if (len(stem) == 6 and not name.endswith("旗")) or name.endswith("自治州"):
                spoken[brief + ("县" if len(stem) == 6 else "州")].add(stem)
    for text, stems in (spoken | full).items():
        if text in trust.never:
            yield name_of(text, stems, Manner.UNDER_PARENT)
        else:
            yield name_of(text, stems, Manner.ALWAYS if len(text) > 2 else Manner.CLEAR, full=True)
    for text in sorted(short.keys() - spoken.keys() - full.keys() - trust.never):
        yield _short_name(text, short[text], trust)


def _short_name(text: str, stems: Collection[str], trust: Trust) -> Name:
    counties = all(len(stem) == 6 for stem in stems)
    if text in trust.with_parent:
        name = name_of(text, stems, Manner.UNDER_PARENT if counties else Manner.CLEAR)
        return replace(name, alone=name.stems)
    if text not in trust.wary and (text in trust.sure or len(text) > 2 or not counties):
        return name_of(text, stems)
    return name_of(text, stems, Manner.CLEAR)


def name_of(
    text: str, stems: Collection[str], manner: Manner = Manner.ALWAYS, *, full: bool = False, role: Role = Role.NONE
) -> Name:
    """Return the name; alone it means its highest level only (吉林 the province, not the city)."""
    known = tuple(sorted(stems, key=lambda stem: (len(stem), stem)))
    highest = len(known[0])
    return Name(text, known, tuple(stem for stem in known if len(stem) == highest), manner, full, role)
