"""An issue: its kind, its number in the year, its texts as people left them, and who looked at which. Pure values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.bulletins.facts import Facts
from monitor.core.drafts.draft import Person, canonical


class BulletinKind(StrEnum):
    """What is issued: 快报 and 专报 on one incident, 手机报 and 月报 of chosen entries."""

    FLASH = "flash"
    SPECIAL = "special"
    MOBILE = "mobile"
    MONTHLY = "monthly"


OF_AN_INCIDENT = (BulletinKind.FLASH, BulletinKind.SPECIAL)
NEWSLETTERS = (BulletinKind.MOBILE, BulletinKind.MONTHLY)


class BulletinState(StrEnum):
    """Where an issue stands; none is ever deleted, and a void one keeps its number."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    VOID = "void"


class BulletinAct(StrEnum):
    """What happened to a version. `LAPSED` is what an edit does to a review or a signature."""

    REVIEWED = "reviewed"
    SIGNED = "signed"
    RETURNED = "returned"
    LAPSED = "lapsed"
    VOIDED = "voided"


class SectionKey(StrEnum):
    """What a section is for; it decides what stands with it, such as a chart."""

    SUMMARY = "summary"
    CHANGES = "changes"
    SITUATION = "situation"
    HEAT = "heat"
    SPREAD = "spread"
    VOICES = "voices"
    RISKS = "risks"
    RESPONSES = "responses"
    ADVICE = "advice"
    EDITORIAL = "editorial"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, which may be empty, and a finished text; each of its lines is a paragraph.

    `about` is what an entry of a newsletter was made of: incident:3, item:12.
    """

    key: SectionKey
    heading: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of an issue that people edit."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A content as somebody saved it; the first one is the program's, in the name of who had it made."""

    number: int
    content: Content
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to one version; `hash` is over the whole issue as it was."""

    act: BulletinAct
    version: int
    by: Person
    at: datetime
    comment: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """An issue as it stands. `facts` are None of a newsletter; `follows` is the issue that it continues.

    `sequel` counts the issues on one incident: 0 for the first, 1 for 续报一. `authors` are all who wrote any version.
    """

    id: int
    kind: BulletinKind
    year: int
    number: int
    made_at: datetime
    language: str
    version: Version
    authors: tuple[Person, ...]
    steps: tuple[Step, ...] = ()
    matter_id: int | None = None
    follows: int | None = None
    sequel: int = 0
    facts: Facts | None = None

    @property
    def content(self) -> Content:
        """What stands in it now."""
        return self.version.content

    @property
    def void(self) -> bool:
        """Tell whether it was declared void."""
        return any(step.act is BulletinAct.VOIDED for step in self.steps)

    @property
    def state(self) -> BulletinState:
        """Where it stands, by what was done to exactly what it says now."""
        if self.void:
            return BulletinState.VOID
        if self.last(BulletinAct.SIGNED) is not None:
            return BulletinState.SIGNED
        return BulletinState.DRAFT if self.last(BulletinAct.REVIEWED) is None else BulletinState.REVIEWED

    def last(self, act: BulletinAct) -> Step | None:
        """Return the review or signature that holds now; an edit or a return takes it away for good."""
        undone = (BulletinAct.LAPSED, BulletinAct.RETURNED)
        found = next((step for step in reversed(self.steps) if step.act is act or step.act in undone), None)
        return found if found is not None and found.act is act and found.hash == digest(self) else None


def digest(bulletin: Bulletin) -> str:
    """Return the SHA-256 over kind, year, number and all texts, each preceded by its name and its length in bytes."""
    return hashlib.sha256(canonical(_parts(bulletin))).hexdigest()


def _parts(bulletin: Bulletin) -> Iterable[tuple[str, str]]:
    yield "kind", bulletin.kind.value
    yield "year", str(bulletin.year)
    yield "number", str(bulletin.number)
    yield "sequel", str(bulletin.sequel)
    yield "title", bulletin.content.title
    for section in bulletin.content.sections:
        yield from (("key", section.key.value), ("heading", section.heading), ("text", section.text))
        yield "about", section.about
    if bulletin.facts is not None:
        # The chart is drawn from these.
        yield "as of", bulletin.facts.at.isoformat()
        yield from (("course", f"{one.at.isoformat()} {one.titles}") for one in bulletin.facts.heat.course)
