"""The shapes of the gazetteer's YAML files. A list of names is one text, separated by 、 or by commas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.config.part import Part


def _split(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(word for part in re.split("[、,]", value) if (word := part.strip()))


Listed = Annotated[tuple[str, ...], BeforeValidator(_split)]
Coded = dict[str, Listed]


class ShortNames(Part):
    """names.yaml: how far the short names of divisions are trusted."""

    never: Listed
    with_parent: Listed
    sure: Listed
    wary: Listed
    peoples: Listed


class After(Part):
    """What follows a place name, by the role it gives."""

    street: Listed
    thing: Listed
    media: Listed
    office: Listed
    agent: Listed
    origin: Listed
    away: Listed
    route: Listed
    hospital: Listed
    plain: Listed


class Before(Part):
    """What stands before a place name, by the role it gives."""

    at: Listed
    route: Listed
    away: Listed
    origin: Listed
    hospital: Listed
    cause: Listed
    office: Listed
    plain: Listed


class Around(Part):
    """words.yaml: the words around place names."""

    hide: Listed
    after: After
    before: Before
    event: Listed
    left: str
    right: str
    tell: Listed
    letter: Listed


class Codebook(Part):
    """A file of names by code, or by several codes with spaces between them where it is not said which one is meant."""

    names: Coded = Field(default_factory=dict)
    sights: Coded = Field(default_factory=dict)
    waters: Coded = Field(default_factory=dict)
    roads: Coded = Field(default_factory=dict)
    plants: Coded = Field(default_factory=dict)
    airports: Coded = Field(default_factory=dict)
    rails: Coded = Field(default_factory=dict)
    seas: Coded = Field(default_factory=dict)
    universities: Coded = Field(default_factory=dict)
    careful: Coded = Field(default_factory=dict)
    media: Coded = Field(default_factory=dict)
    plates: Coded = Field(default_factory=dict)
    merged: Coded = Field(default_factory=dict)
    english: Coded = Field(default_factory=dict)

    def sections(self) -> Iterator[tuple[str, Coded]]:
        """Yield each section's key and its names by code."""
        for section in type(self).model_fields:
            yield section, getattr(self, section)


class Country(Part):
    """A foreign country."""

    names: Listed = ()
    letter: Annotated[str, Field(max_length=1)] = ""
    places: Listed = ()
    careful: Listed = ()
    english: Listed = ()


class Foreign(Part):
    """foreign.yaml: countries by the name that reasons show."""

    countries: dict[str, Country]
