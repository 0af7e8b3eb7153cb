"""By which words a bureau's own publications are told apart. Values only; the lists are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.offers.offer import Form


@dataclass(frozen=True, slots=True)
class FormWords:
    """What stands in the title of one form; `unless` are words that take it back."""

    title: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """The forms in the order in which they are tried, the marks of what others wrote, and what is no release.

    `media` are names that follow `credits` ("来源：") where a text was taken over; `plain` are words that any release
    may have in its title, the longest first.
    """

    forms: Mapping[Form, FormWords]
    credits: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    reposts: tuple[str, ...] = ()
    not_releases: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
