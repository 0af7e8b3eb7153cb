"""The channels as the settings name them, and as they can be tested; no secret is in any of this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.config.settings import EmailChannel, SettingsFile, SlackChannel
from monitor.loops.deliver import Outlet
from responders.channel_tests import Way, WayOut


def ways_of(form: SettingsFile) -> Iterator[Way]:
    """Yield every channel that the settings name, the console first."""
    yield Way("console", "console")
    for setting in form.channels:
        name = setting.name or setting.kind
        if isinstance(setting, EmailChannel):
            yield from (Way(f"{name}:{address}", "email") for address in setting.to)
        else:
            yield Way(name, setting.kind, armed=isinstance(setting, SlackChannel) and setting.arm)
    yield from (Way(f"briefing:{address}", "email") for address in form.briefing.addresses)


def ways_out(form: SettingsFile, outlets: Sequence[Outlet]) -> list[WayOut]:
    """Return the outlets as they can be tested."""
    armed = {way.name for way in ways_of(form) if way.armed}
    return [
        WayOut(channel=one.channel, pace=one.pace, armed=one.name in armed, broadcast=one.broadcast) for one in outlets
    ]
