"""What a briefing knows of who says what: contradicting figures, rumours, links between incidents. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.incidents.chains import Linked
from monitor.core.incidents.tolls import Tolls
from monitor.core.views import RumourView, WhisperView


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFacts:
    """By incident: the figures that contradict one another, and its links; then what is rumoured and what was denied.

    `rumours` are those that changed in the window, `whispers` what was denied in it without a known incident.
    """

    contradicted: Mapping[int, tuple[Tolls, ...]] = field(default_factory=dict)
    links: Mapping[int, tuple[Linked, ...]] = field(default_factory=dict)
    rumours: tuple[RumourView, ...] = ()
    whispers: tuple[WhisperView, ...] = ()

    @property
    def beside(self) -> frozenset[int]:
        """The incidents that are named here beside those that it is read for."""
        linked = {one.other_id for links in self.links.values() for one in links}
        return frozenset(linked | {rumour.matter_id for rumour in self.rumours})
