"""The names that data gives to codes: kinds, divisions, obligations; in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.model import Place


@dataclass(frozen=True, slots=True)
class Names:
    """Names by code; an unknown code is its own name."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    obligations: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)

    def kind(self, slug: str) -> str:
        """Return the name of a kind of incident."""
        return self.kinds.get(slug, slug)

    def obligation(self, name: str) -> str:
        """Return the name of an obligation."""
        return self.obligations.get(name, name)

    def source(self, name: str) -> str:
        """Return the name of a source."""
        return self.sources.get(name, name)

    def rank(self, name: str) -> str:
        """Return the name of a rank of speakers."""
        return self.ranks.get(name, name)

    def task(self, name: str) -> str:
        """Return the name of something to prepare for a conference."""
        return self.tasks.get(name, name)

    def place(self, place: Place) -> str:
        """Return the full name of a place, else what the text called it, else nothing."""
        return self._joined(place.province, place.city, place.county) or place.name

    def division(self, code: str) -> str:
        """Return the full name of a division with those it lies in, or its code where it has no name."""
        return self._joined(f"{code[:2]}0000", f"{code[:4]}00", code) or code

    def _joined(self, *codes: str | None) -> str:
        named = dict.fromkeys(self.places.get(code, "") for code in codes if code)
        return "".join(named)
