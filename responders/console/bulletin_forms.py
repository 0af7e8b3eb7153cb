"""What a person types into the forms of issues and newsletters."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from monitor.core.bulletins.bulletin import Content, Section, SectionKey
from monitor.core.bulletins.passing import LONGEST_TEXT, MOST_SECTIONS

LONGEST = 2000
DIGITS = 10
Line = Annotated[str, Field(max_length=LONGEST)]
Many = Annotated[list[Annotated[str, Field(max_length=4 * LONGEST_TEXT)]], Field(max_length=2 * MOST_SECTIONS)]


class BulletinTyped(BaseModel):
    """The fields of all forms of issues; the lists have one entry for each section, in their order."""

    token: Line = ""
    by: Line = ""
    kind: Line = ""
    after: Line = ""
    version: Line = ""
    comment: Line = ""
    verdict: Line = ""
    title: Line = ""
    key: Many = []
    about: Many = []
    heading: Many = []
    text: Many = []
    place: Many = []
    more_heading: Line = ""
    more_text: Annotated[str, Field(max_length=4 * LONGEST_TEXT)] = ""
    since: Line = ""
    until: Line = ""
    q: Line = ""
    editorial: Line = ""
    chosen: Annotated[list[Line], Field(max_length=4 * MOST_SECTIONS)] = []

    def seen(self) -> int:
        """Return the version that the page showed; a text that is none fits no issue."""
        return _number(self.version, -1)

    def last(self) -> int | None:
        """Return the last issue that the page showed, None where the form does not say."""
        return _number(self.after, -1) if self.after.strip() else None

    def content(self) -> Content:
        """Return the content as edited, its sections in the order that was typed; one that was added comes last.

        A section whose text was emptied goes when it is saved.
        """
        count = min(len(self.key), len(self.heading), len(self.text))
        kept: list[tuple[int, Section]] = []
        for n in range(count):
            about = self.about[n] if n < len(self.about) else ""
            place = _number(self.place[n], n + 1) if n < len(self.place) else n + 1
            kept.append((place, Section(_key(self.key[n]), self.heading[n], self.text[n], about)))
        sections = [section for _, section in sorted(kept, key=lambda one: one[0])]
        if self.more_text.strip():
            entries = any(section.key is SectionKey.ENTRY for section in sections)
            key = SectionKey.ENTRY if entries else SectionKey.ADVICE
            sections.append(Section(key, self.more_heading, self.more_text))
        return Content(self.title, tuple(sections))


def _key(text: str) -> SectionKey:
    return next((key for key in SectionKey if key.value == text), SectionKey.ADVICE)


def _number(text: str, otherwise: int) -> int:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < DIGITS else otherwise
