"""What an appraisal looks at, which grades it gives, and how early it is told; read from appraisal.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.duties.law import LegalSource


class FigureName(StrEnum):
    """What the log tells of an office's work, in the order in which it is shown."""

    DUE = "due"
    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"
    SHARE_IN_TIME = "share_in_time"
    FIRST_RELEASE = "first_release"
    RELEASES = "releases"
    CLARIFICATIONS = "clarifications"
    CONFERENCES = "conferences"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    FALSE_ALARMS = "false_alarms"
    SATISFACTION = "satisfaction"


@dataclass(frozen=True, slots=True)
class HandFigure:
    """A figure that the log cannot know; whoever writes it says where it comes from."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Content:
    """One of the things that are looked at, with what the log tells of it and what is written by hand."""

    id: str
    zh: str
    en: str
    figures: tuple[FigureName, ...] = ()
    by_hand: tuple[HandFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade; the higher its `height`, the better. The consequence is "" where there is none."""

    id: str
    zh: str
    en: str
    height: int
    consequence_zh: str = ""
    consequence_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalRules:
    """The rules of appraisals. `notice_days` lie between the notice and the day on which an appraisal begins."""

    contents: tuple[Content, ...]
    grades: tuple[Grade, ...]
    notice_days: int
    source: LegalSource
    verified: bool

    def grade(self, name: str) -> Grade | None:
        """Return the grade of that id."""
        return next((one for one in self.grades if one.id == name), None)

    def hand_figures(self) -> Iterator[HandFigure]:
        """Yield all figures that are written by hand."""
        for content in self.contents:
            yield from content.by_hand
