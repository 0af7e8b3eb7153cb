"""What the office's own pages work with besides the database, built once by the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.duties.pacing import Limits
from monitor.core.sources import Source
from monitor.store.missed_facts import Beside
from responders.channel_tests import ChannelTests, Way
from responders.desk.appraisals import AppraisalDesk
from responders.drills import Drills
from responders.previews import Previews
from responders.ratings import Ratings
from responders.rota import RotaDesk
from responders.versions import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The desks of the rota and of drills, the channels and how they are tried, the sources, the rules in use.

    `ways` are the channels as the settings name them, `limits` those of each kind of channel. `silent` names the
    channels that carry no drill, because a machine may listen there. `beside` is for comparing the sources. Nothing
    here holds a secret to be shown.
    """

    rota: RotaDesk
    drills: Drills
    ways: tuple[Way, ...]
    limits: Mapping[str, Limits]
    tests: ChannelTests
    sources: Mapping[str, Source]
    previews: Previews
    versions: Versions
    beside: Beside
    appraisals: AppraisalDesk
    ratings: Ratings | None = None
    silent: tuple[str, ...] = ()
    duty_file: str = ""
