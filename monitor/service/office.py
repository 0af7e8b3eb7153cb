"""What the office's own pages work with, from the parts and the outlets of this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.config.channel_limits import load_limits
from monitor.loops.deliver import Outlet
from monitor.service.missed import beside_of
from monitor.service.parts import Parts
from monitor.service.ways import ways_of, ways_out
from responders.channel_tests import ChannelTests, Way
from responders.console.office import Office
from responders.previews import Previews


def office_of(parts: Parts, outlets: Sequence[Outlet]) -> Office:
    """Build it; `outlets` are those that alerts leave by, so that a test goes the same way."""
    form = parts.settings.form
    named = {way.name: way for way in ways_of(form)}
    # What only contacts are reached by stands in the duty file and not among the channels.
    ways = tuple(named.get(one.name) or Way(one.name, "email") for one in outlets)
    return Office(
        rota=parts.rota_desk,
        drills=parts.drills,
        ways=ways,
        limits=load_limits(),
        tests=ChannelTests(parts.database, ways_out(form, outlets), parts.words),
        sources=parts.sources,
        previews=Previews(parts.database, lambda: parts.gate, lambda: parts.reader, parts.sources),
        versions=parts.versions,
        beside=beside_of(parts),
        appraisals=parts.appraisals,
        ratings=parts.ratings,
        silent=tuple(one.name for one in outlets if not one.drills),
        duty_file=Path(form.duty).name if form.duty else "",
    )
