"""The shapes of the reader's rule files: words, weights and grading tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.part import Part

WordText = Annotated[str, Field(min_length=1)]
Words = list[WordText]
Peril = Literal["missing", "trapped", "adrift"]
Grade = Literal["一般", "较大", "重大", "特别重大"]
Regime = Literal["accident", "natural_disaster", "public_health", "public_security", "other"]


class NameEntry(Part):
    """A Chinese and an English name."""

    zh: WordText
    en: WordText


class KindEntry(Part):
    """One kind of accident or disaster."""

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    name: NameEntry
    regime: Regime
    table: str | None
    peril: list[Peril]
    settings: Words
    takes: list[str] = Field(default=[])
    near: list[str] = Field(default=[])
    events: Words
    topics: Words


class KindsFile(Part):
    """lexicon/kinds.yaml."""

    kinds: list[KindEntry] = Field(min_length=1)


class CasualtiesFile(Part):
    """lexicon/casualties.yaml."""

    death: Words
    missing: Words
    trapped: Words
    adrift: Words
    injured: Words
    serious: Words
    light: Words
    poisoned: Words
    sickened: Words
    hospital: Words
    rescued: Words
    contacted: Words
    busy: Words
    one: Words
    two: Words
    rising: Words
    corrected: Words
    increment: Words
    forecast: Words
    past: Words
    group: Words
    all: Words
    last: Words
    head: Words
    total: Words
    unknown: Words
    still: Words


class PointsEntry(Part):
    """What a word takes away in the title and in the opening sentences."""

    title: int = Field(ge=0)
    text: int = Field(ge=0)


class DecoyEntry(Part):
    """One decoy class."""

    id: str
    points: PointsEntry
    sure: Words
    unsure: Words


class DecoysFile(Part):
    """lexicon/decoys.yaml."""

    decoys: list[DecoyEntry]


class SignsFile(Part):
    """lexicon/signs.yaml."""

    happened: Words
    follow_up: Words
    rumour: Words
    sites: Words
    general: Words
    stops: Words


class VoiceEntry(Part):
    """The words of one voice that a text may name as its source."""

    notices: Words
    names: Words
    after: Words
    says: Words


class VoicesFile(Part):
    """lexicon/voices.yaml."""

    official: VoiceEntry
    media: VoiceEntry
    pending: Words
    refuting: Words


class EvidenceFile(Part):
    """lexicon/evidence.yaml."""

    base: int
    signs: dict[str, int]
    unsure: PointsEntry


class EnglishClassEntry(Part):
    """One class of English words, with what each of them is worth."""

    points: int
    words: Words


class EnglishFile(Part):
    """lexicon/english.yaml."""

    base: int
    classes: dict[str, EnglishClassEntry]
    signs: dict[str, int]
    tags: Words
    stops: Words
    things: Words
    abstract: Words
    simile: Words
    me: Words
    you: Words
    others: Words
    times: Words
    kinds: dict[str, Words]
    decoys: dict[str, EnglishClassEntry]


class SourceEntry(Part):
    """Where a table stands in the law."""

    document: WordText
    article: WordText
    quote: WordText


class TableEntry(Part):
    """One grading table."""

    id: str
    name: NameEntry
    measures: dict[str, dict[Grade, Annotated[int, Field(ge=0)]]] = Field(min_length=1)
    source: SourceEntry
    verified: bool


class SeverityFile(Part):
    """severity.yaml."""

    version: str
    tables: list[TableEntry] = Field(min_length=1)
    wording: dict[Grade, Words] = Field(default={})
