"""What has become of a claim: it stands alone, grows, is denied by an official source, or is confirmed by one.

Recomputed from the voices each time: a late denial, a split or another threshold heals itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.incidents.voices import RANK, Voice, standing
from monitor.core.model import RumourState, Standing


class RumourWhy(StrEnum):
    """Why a rumour stands where it stands; each has a label in the catalogues."""

    HEARSAY = "hearsay"
    SOURCES = "sources"
    ITEMS = "items"
    OFFICIAL_DENIAL = "official_denial"
    VOUCHED = "vouched"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Growth:
    """When a claim has grown: told by so many sources, or by so many items, `within` a span from a claim.

    Only what nobody vouches for counts: reports in a medium's own words make no rumour grow. `confirmed_by` is the
    standing from which on a report ends it.
    """

    sources: int = 3
    items: int = 6
    within: timedelta = timedelta(hours=24)
    confirmed_by: Standing = Standing.OFFICIAL


@dataclass(frozen=True, slots=True)
class Rumour:
    """Where a claim stands, since when, why, and the item that shows it (None where a person decided).

    `grown_at` is when it had grown, also where it was denied afterwards.
    """

    state: RumourState
    since: datetime
    why: RumourWhy
    item_id: int | None = None
    grown_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the voices on one matter come to: how well it is vouched for, and the rumour, where it is one."""

    matter_id: int
    standing: Standing | None
    rumour: Rumour | None


def hear(matter_id: int, voices: Collection[Voice], growth: Growth, confirmed_at: datetime | None) -> Hearing:
    """Weigh the voices on a matter; `confirmed_at` is when a person confirmed it."""
    return Hearing(matter_id, standing(voices), rumour_of(voices, growth, confirmed_at))


def rumour_of(voices: Collection[Voice], growth: Growth, confirmed_at: datetime | None = None) -> Rumour | None:
    """Return the rumour that an incident is or was, or None where nothing was only claimed and nothing is denied.

    What is vouched for officially stays so: a denial afterwards is of some figure or detail, and stands beside it. So
    does the denial of another toll than the one that somebody vouches for.
    """
    if not any(voice.claim or voice.denies for voice in voices):
        return None
    ordered = sorted(voices, key=lambda voice: (voice.at, voice.item_id))
    telling = [voice for voice in ordered if not voice.denies]
    claims = [voice for voice in telling if voice.claim]
    denial = next((v for v in ordered if v.denies and v.official and not _of_another_toll(v, telling)), None)
    if not claims and denial is None:
        return None
    if confirmed_at is not None:
        return Rumour(RumourState.CONFIRMED, confirmed_at, RumourWhy.PERSON)
    vouching = next((voice for voice in telling if _vouches(voice, growth)), None)
    if vouching is not None:
        return Rumour(RumourState.CONFIRMED, vouching.at, RumourWhy.VOUCHED, vouching.item_id)
    grown = min(_growths(claims, telling, growth), key=lambda rumour: rumour.since, default=None)
    if denial is not None:
        grown_at = None if grown is None else grown.since
        return Rumour(RumourState.DENIED, denial.at, RumourWhy.OFFICIAL_DENIAL, denial.item_id, grown_at)
    return grown or Rumour(RumourState.CLAIMED, claims[0].at, RumourWhy.HEARSAY, claims[0].item_id)


def _of_another_toll(denial: Voice, telling: Sequence[Voice]) -> bool:
    """Tell whether a denial is of a number of dead, and those who vouch for the incident tell another."""
    told = {voice.deaths for voice in telling if not voice.claim and voice.deaths is not None}
    return denial.deaths is not None and bool(told) and denial.deaths not in told


def _vouches(voice: Voice, growth: Growth) -> bool:
    return voice.official or RANK[voice.standing] >= RANK[growth.confirmed_by]


def _growths(claims: Sequence[Voice], telling: Sequence[Voice], growth: Growth) -> Iterator[Rumour]:
    """Yield where a claim grew: for each claim, the item by which enough had repeated it."""
    echoes = [v for v in telling if v.maybe_recent and v.standing is Standing.UNVERIFIED]
    for claim in claims:
        if not claim.maybe_recent:
            continue
        heard = [v for v in echoes if claim.at <= v.at <= claim.at + growth.within]
        sources: set[str] = set()
        for count, voice in enumerate(heard, 1):
            sources.add(voice.source)
            if len(sources) >= growth.sources:
                yield Rumour(RumourState.GROWING, voice.at, RumourWhy.SOURCES, voice.item_id, voice.at)
                break
            if count >= growth.items:
                yield Rumour(RumourState.GROWING, voice.at, RumourWhy.ITEMS, voice.item_id, voice.at)
                break


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a claim went: what told it first, the sources and items that nobody vouches for, and all denials.

    `sources` are the sources in the order in which they told of it.
    """

    first: Voice | None
    sources: tuple[str, ...]
    items: int
    last_at: datetime | None
    denials: tuple[Voice, ...]


def spread_of(voices: Collection[Voice]) -> Spread:
    """Return how far a claim went."""
    ordered = sorted(voices, key=lambda voice: (voice.at, voice.item_id))
    echoes = [voice for voice in ordered if not voice.denies and voice.standing is Standing.UNVERIFIED]
    claims = [voice for voice in echoes if voice.claim]
    return Spread(
        first=next(iter(claims), None),
        sources=tuple(dict.fromkeys(voice.source for voice in echoes)),
        items=len(echoes),
        last_at=echoes[-1].at if echoes else None,
        denials=tuple(voice for voice in ordered if voice.denies),
    )
