"""Who says so: how well each thing told is vouched for, and what is only claimed.

Two questions, because they ask for different care. The standing tells people how far to rely on an incident. A claim is
what no grade may rest on alone: a personal account, whatever it quotes, and hearsay, whoever repeats it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Speaker, Standing, Trust

MEDIA = (Trust.CENTRAL_MEDIA, Trust.LOCAL_MEDIA)
RANK = {Standing.UNVERIFIED: 0, Standing.MEDIA: 1, Standing.OFFICIAL: 2}


def is_claim(trust: Trust, speaker: Speaker | None) -> bool:
    """Tell whether something is only claimed: by hearsay, or by a personal account."""
    return trust is Trust.PERSONAL or speaker is Speaker.HEARSAY


def standing_of(trust: Trust, speaker: Speaker | None) -> Standing:
    """Return how well something is vouched for, from who published it and whom it names as its source.

    A medium answers for what it quotes, so an official notice in it is official; a platform's list that quotes anybody
    stands no higher than a medium, and one that quotes nobody is a bare title.
    """
    if is_claim(trust, speaker):
        return Standing.UNVERIFIED
    if trust is Trust.OFFICIAL or (trust in MEDIA and speaker is Speaker.OFFICIAL):
        return Standing.OFFICIAL
    return Standing.MEDIA if trust in MEDIA or speaker is not None else Standing.UNVERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One item of an incident as a voice on it.

    `at` is the trusted time of publication, else when it was first seen. `denies` marks a text that denies a rumour,
    `deaths` is the number that it tells or denies. `maybe_recent` is False where the item is known to be old although
    no time of it can be trusted.
    """

    item_id: int
    title: str
    source: str
    trust: Trust
    at: datetime
    speaker: Speaker | None = None
    denies: bool = False
    maybe_recent: bool = True
    url: str = ""
    deaths: int | None = None

    @property
    def claim(self) -> bool:
        """Whether it is only claimed."""
        return is_claim(self.trust, self.speaker)

    @property
    def standing(self) -> Standing:
        """How well it is vouched for."""
        return standing_of(self.trust, self.speaker)

    @property
    def official(self) -> bool:
        """Whether an official word is heard in it, at first or second hand; a personal account brings none."""
        if self.trust is Trust.PERSONAL:
            return False
        return self.speaker is Speaker.OFFICIAL or (self.trust is Trust.OFFICIAL and not self.claim)


def standing(voices: Collection[Voice]) -> Standing | None:
    """Return the best standing of those that tell of an incident, or None where none does."""
    return max((v.standing for v in voices if not v.denies), key=RANK.__getitem__, default=None)


def only_claimed(voices: Collection[Voice]) -> bool:
    """Tell whether an incident rests on claims alone."""
    telling = [voice for voice in voices if not voice.denies]
    return bool(telling) and all(voice.claim for voice in telling)
