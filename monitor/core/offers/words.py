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
class ConferenceWords:
    """What press conferences are called, and by what one that was held differs from one that is only announced.

    `held` are marks of a record unless the title also has one of `coming`, or a number before one of `hours`;
    `surely_held` are marks of a record whatever else stands there.
    """

    names: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    surely_held: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """The forms in the order in which they are tried, the marks of what others wrote, and what is no release.

    `media` are names that follow `credits` ("来源：") where a text was taken over; `plain` are words that any release
    may have in its title, the longest first. A title with one of `releases` is a release in spite of `not_releases`.
    """

    forms: Mapping[Form, FormWords]
    conferences: ConferenceWords = ConferenceWords()
    credits: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    reposts: tuple[str, ...] = ()
    not_releases: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
